#include "core/methods/provider.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"
#include "describe.h"

/* A core whose answers are in its requests. Properties that mean something:
 *
 *   mode: "fail"         fail with `code` (name of an err_code) and `message`
 *   mode: "initFailed"   the object `id` exists but is not ready; `reasons`
 *   mode: "missingKeys"  the settings `keys` are missing
 *   mode: "wait"         wait until cancelled; with `made` the object `id` exists by then
 *   mode: "deaf"         never return, whatever happens
 *   mode: "unknown"      answer with an unknown value where there must be none
 *   log: [{level, ephemeral, message}]  messages to the engine
 *
 * Anything else is echoed. */
struct provider {
    const struct provider_options *options;
    pthread_mutex_t mutex;
    struct arena *arena;        /* of the configuration */
    const struct value *config; /* guarded by mutex; NULL before Configure */
    atomic_size_t waiting;
};

static const struct provider_options no_options;

struct provider *provider_new(const struct provider_options *options) {
    struct provider *provider = MEM_NEW(struct provider);
    provider->options = options == NULL ? &no_options : options;
    pthread_mutex_init(&provider->mutex, NULL);
    provider->arena = arena_new(1024 * 1024);
    atomic_init(&provider->waiting, 0);
    return provider;
}

void provider_free(struct provider *provider) {
    arena_free(provider->arena);
    pthread_mutex_destroy(&provider->mutex);
    mem_free(provider);
}

struct str provider_version(void) {
    return STR("9.8.7");
}

struct str provider_schema(void) {
    return STR("{\"name\":\"echo\"}");
}

const struct terraform_mapping terraform_mappings[] = {
    {{"echoform", 8}, {"{\"name\":\"echoform\"}", 19}},
    {{"other", 5}, {"{}", 2}},
};
const size_t terraform_mapping_count = 2;

bool provider_parse_urn(struct str urn, struct str *type, struct str *name) {
    struct str rest = urn;
    struct str qualified = STR_EMPTY;
    if (!str_starts(urn, STR("urn:pulumi:"))) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        ptrdiff_t at = str_find(rest, STR("::"));
        if (at < 0) {
            return false;
        }
        qualified = str_slice(rest, 0, (size_t)at);
        rest = str_slice(rest, (size_t)at + 2, rest.len);
    }
    *type = qualified;
    *name = rest;
    return true;
}

/* ---- modes */

static bool mode_is(const struct value *properties, const char *mode) {
    return str_is_c(value_text_at(properties, "mode"), mode);
}

static enum err_code fail(struct ctx *ctx, const struct value *properties) {
    struct str name = value_text_at(properties, "code");
    struct str message = value_text_at(properties, "message");
    for (enum err_code code = ERR_INVALID; code < ERR_CODE_COUNT; code++) {
        if (str_is_c(name, err_name(code))) {
            return ctx_fail(ctx, code, "%.*s", STR_ARG(message));
        }
    }
    return ctx_fail(ctx, ERR_INTERNAL, "no such code");
}

static struct str *texts_of(struct arena *arena, const struct value *list, size_t *count) {
    *count = list == NULL ? 0 : list->list.count;
    struct str *texts = ARENA_ARRAY(arena, *count, struct str);
    for (size_t i = 0; i < *count; i++) {
        texts[i] = list->list.items[i]->string;
    }
    return texts;
}

static struct words *words_of(struct arena *arena, const struct value *list, size_t *count) {
    const struct str *texts = texts_of(arena, list, count);
    struct words *words = ARENA_ARRAY(arena, *count, struct words);
    for (size_t i = 0; i < *count; i++) {
        words[i] = words_foreign(texts[i]);
    }
    return words;
}

static enum err_code init_failed(struct ctx *ctx, const struct value *properties,
                                 const struct value *inputs) {
    struct error_partial partial = {
        .id = value_text_at(properties, "id"), .properties = properties, .inputs = inputs};
    partial.reasons =
        words_of(ctx->arena, value_get_c(properties, "reasons"), &partial.reason_count);
    struct str message = value_text_at(properties, "message");
    (void)ctx_fail(ctx, ERR_INIT_FAILED, "%.*s", STR_ARG(message));
    ctx->error.partial = partial;
    return ERR_INIT_FAILED;
}

static enum err_code wait_for_cancel(struct provider *provider, struct ctx *ctx,
                                     const struct value *properties) {
    atomic_fetch_add(&provider->waiting, 1);
    enum cancel_reason reason = cancel_sleep(ctx->cancel, INT64_MAX / 2);
    atomic_fetch_sub(&provider->waiting, 1);
    if (value_get_c(properties, "made") != NULL) {
        return init_failed(ctx, properties, NULL);
    }
    return ctx_fail_cancelled(ctx, reason, "creating the object");
}

_Noreturn static void never_return(struct provider *provider) {
    atomic_fetch_add(&provider->waiting, 1);
    for (;;) {
        (void)pause();
    }
}

static void log_all(struct ctx *ctx, const struct value *records) {
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    for (size_t i = 0; records != NULL && i < records->list.count; i++) {
        const struct value *record = records->list.items[i];
        const struct value *ephemeral = value_get_c(record, "ephemeral");
        struct str message = value_text_at(record, "message");
        enum log_level level = LOG_DEBUG;
        while (level < LOG_ERROR && !str_is_c(value_text_at(record, "level"), levels[level])) {
            level++;
        }
        log_emit(&ctx->log, level, ephemeral != NULL && ephemeral->boolean, "%.*s",
                 STR_ARG(message));
    }
}

static enum err_code obey(struct provider *provider, struct ctx *ctx,
                          const struct value *properties, const struct value *inputs) {
    log_all(ctx, value_get_c(properties, "log"));
    if (mode_is(properties, "fail")) {
        return fail(ctx, properties);
    }
    if (mode_is(properties, "initFailed")) {
        return init_failed(ctx, properties, inputs);
    }
    if (mode_is(properties, "wait")) {
        return wait_for_cancel(provider, ctx, properties);
    }
    if (mode_is(properties, "deaf")) {
        never_return(provider);
    }
    return ERR_OK;
}

static const struct value *with(struct arena *arena, const struct value *properties,
                                const char *key, const struct value *value) {
    struct value *out = value_map_clone(arena, properties);
    value_map_set_c(arena, out, key, value);
    return out;
}

static const struct value *outputs(struct ctx *ctx, const struct value *properties) {
    if (mode_is(properties, "unknown")) {
        return with(ctx->arena, properties, "made", value_unknown(ctx->arena));
    }
    return properties;
}

/* ---- methods */

static enum err_code check(struct provider *provider, struct ctx *ctx,
                           const struct check_request *request, struct check_response *out) {
    TRY(obey(provider, ctx, request->news, NULL));
    const struct value *failures = value_get_c(request->news, "failures");
    if (failures == NULL) {
        out->inputs = request->news;
        return ERR_OK;
    }
    out->failure_count = failures->list.count;
    out->failures = ARENA_ARRAY(ctx->arena, out->failure_count, struct check_failure);
    for (size_t i = 0; i < out->failure_count; i++) {
        const struct value *failure = failures->list.items[i];
        out->failures[i] =
            (struct check_failure){.property = value_text_at(failure, "property"),
                                   .reason = words_foreign(value_text_at(failure, "reason"))};
    }
    return ERR_OK;
}

enum err_code provider_check_config(struct provider *provider, struct ctx *ctx,
                                    const struct check_request *request,
                                    struct check_response *out) {
    return check(provider, ctx, request, out);
}

static struct value *check_details(struct arena *arena, const struct check_request *request) {
    struct value *out = value_map_clone(arena, request->news);
    value_map_set_c(arena, out, "name", value_string(arena, request->name));
    value_map_set_c(arena, out, "type", value_string(arena, request->type));
    value_map_set_c(arena, out, "hasOlds", value_bool(arena, request->olds != NULL));
    value_map_set_c(arena, out, "seed", value_number(arena, (double)request->random_seed.len));
    if (request->has_autonaming) {
        value_map_set_c(arena, out, "proposedName", value_string(arena, request->proposed_name));
        value_map_set_c(arena, out, "autonamingMode",
                        value_number(arena, (double)request->autonaming_mode));
    }
    return out;
}

enum err_code provider_check(struct provider *provider, struct ctx *ctx,
                             const struct check_request *request, struct check_response *out) {
    TRY(check(provider, ctx, request, out));
    if (mode_is(request->news, "details")) {
        out->inputs = check_details(ctx->arena, request);
    }
    return ERR_OK;
}

static bool is_true(const struct value *map, const char *key) {
    const struct value *value = value_get_c(map, key);
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}

static enum err_code diff(struct provider *provider, struct ctx *ctx,
                          const struct diff_request *request, struct diff_response *out) {
    TRY(obey(provider, ctx, request->news, NULL));
    const struct value *entries = value_get_c(request->news, "entries");
    out->entry_count = entries == NULL ? 0 : entries->list.count;
    out->entries = ARENA_ARRAY(ctx->arena, out->entry_count, struct diff_entry);
    for (size_t i = 0; i < out->entry_count; i++) {
        const struct value *entry = entries->list.items[i];
        out->entries[i] = (struct diff_entry){
            .path = value_text_at(entry, "path"),
            .kind = (enum diff_kind)value_get_c(entry, "kind")->number,
            .input_diff = is_true(entry, "inputDiff"),
        };
    }
    out->changed = out->entry_count > 0;
    out->delete_before_replace = is_true(request->news, "deleteBeforeReplace");
    out->diffs = texts_of(ctx->arena, value_get_c(request->news, "diffs"), &out->diff_count);
    out->replaces =
        texts_of(ctx->arena, value_get_c(request->news, "replaces"), &out->replace_count);
    out->stables = ARENA_ARRAY(ctx->arena, request->ignore_change_count + 1, struct str);
    for (size_t i = 0; i < request->ignore_change_count; i++) {
        out->stables[out->stable_count++] = request->ignore_changes[i];
    }
    out->stables[out->stable_count++] =
        request->old_inputs == NULL ? STR("no old inputs") : STR("old inputs");
    return ERR_OK;
}

enum err_code provider_diff_config(struct provider *provider, struct ctx *ctx,
                                   const struct diff_request *request, struct diff_response *out) {
    return diff(provider, ctx, request, out);
}

enum err_code provider_diff(struct provider *provider, struct ctx *ctx,
                            const struct diff_request *request, struct diff_response *out) {
    return diff(provider, ctx, request, out);
}

void provider_attach(struct provider *provider, struct str engine) {
    (void)provider;
    (void)engine;
}

enum err_code provider_configure(struct provider *provider, struct ctx *ctx,
                                 const struct configure_request *request) {
    const struct value *given = request->args != NULL ? request->args : request->variables;
    TRY(obey(provider, ctx, given, NULL));
    pthread_mutex_lock(&provider->mutex);
    provider->config = value_copy(provider->arena, given);
    pthread_mutex_unlock(&provider->mutex);
    return ERR_OK;
}

static const struct value *config_of(struct provider *provider) {
    pthread_mutex_lock(&provider->mutex);
    const struct value *config = provider->config;
    pthread_mutex_unlock(&provider->mutex);
    return config;
}

static enum err_code require_config(struct provider *provider, struct ctx *ctx) {
    if (config_of(provider) == NULL) {
        return ctx_fail(ctx, ERR_PRECONDITION, "the provider is not configured yet");
    }
    return ERR_OK;
}

enum err_code provider_create(struct provider *provider, struct ctx *ctx,
                              const struct create_request *request, struct create_response *out) {
    TRY(require_config(provider, ctx));
    TRY(obey(provider, ctx, request->properties, NULL));
    out->id = request->preview ? STR_EMPTY : value_text_at(request->properties, "id");
    out->properties = outputs(ctx, request->properties);
    if (mode_is(request->properties, "details")) {
        out->properties = with(ctx->arena, request->properties, "timeout",
                               value_number(ctx->arena, request->timeout_seconds));
    }
    return ERR_OK;
}

/* It has made nothing that could be taken back. */
enum err_code provider_undo_create(struct provider *provider, struct ctx *ctx,
                                   const struct create_undo *undo) {
    (void)provider;
    (void)ctx;
    (void)undo;
    return ERR_OK;
}

enum err_code provider_read(struct provider *provider, struct ctx *ctx,
                            const struct read_request *request, struct read_response *out) {
    TRY(require_config(provider, ctx));
    if (str_is_c(request->id, "gone")) {
        return ERR_OK;
    }
    TRY(obey(provider, ctx, request->properties, request->inputs));
    struct value *properties = value_map_clone(ctx->arena, request->properties);
    value_map_set_c(ctx->arena, properties, "hadProperties",
                    value_bool(ctx->arena, request->properties != NULL));
    value_map_set_c(ctx->arena, properties, "hadInputs",
                    value_bool(ctx->arena, request->inputs != NULL));
    out->id = request->id;
    out->properties = outputs(ctx, properties);
    out->inputs = value_map_clone(ctx->arena, request->inputs);
    return ERR_OK;
}

enum err_code provider_update(struct provider *provider, struct ctx *ctx,
                              const struct update_request *request, struct update_response *out) {
    TRY(require_config(provider, ctx));
    TRY(obey(provider, ctx, request->news, NULL));
    out->properties = outputs(ctx, request->news);
    return ERR_OK;
}

enum err_code provider_delete(struct provider *provider, struct ctx *ctx,
                              const struct delete_request *request) {
    TRY(require_config(provider, ctx));
    return obey(provider, ctx, request->properties, NULL);
}

enum err_code provider_invoke(struct provider *provider, struct ctx *ctx,
                              const struct invoke_request *request, struct invoke_response *out) {
    struct arena *arena = ctx->arena;
    out->result = request->args;
    if (str_is_c(request->token, "describe")) {
        out->result = with(arena, NULL, "value", describe_value(arena, request->args));
    } else if (str_is_c(request->token, "config")) {
        TRY(require_config(provider, ctx));
        out->result = config_of(provider);
    } else if (str_is_c(request->token, "waiting")) {
        out->result = with(arena, NULL, "waiting",
                           value_number(arena, (double)atomic_load(&provider->waiting)));
    } else if (!str_is_c(request->token, "echo")) {
        return ctx_fail(ctx, ERR_INVALID, "there is no function %.*s", STR_ARG(request->token));
    }
    return obey(provider, ctx, request->args, NULL);
}

enum err_code provider_list(struct provider *provider, struct ctx *ctx,
                            const struct list_request *request, struct list_receiver *receiver) {
    const struct value *count = value_get_c(request->query, "count");
    TRY(obey(provider, ctx, request->query, NULL));
    if (value_has_unknown(request->query)) {
        return receiver->computed(receiver);
    }
    for (int i = 0; count != NULL && i < (int)count->number; i++) {
        struct str id = arena_printf(ctx->arena, "id-%d", i);
        TRY(receiver->result(receiver, id, arena_printf(ctx->arena, "name-%d", i)));
    }
    if (mode_is(request->query, "failLate")) {
        return ctx_fail(ctx, ERR_UNAVAILABLE, "the cloud went away");
    }
    return receiver->continuation(receiver, request->continuation_token);
}
