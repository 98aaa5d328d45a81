#include "core/methods/diagnose.h"

#include <stdlib.h>

#include "base/words.h"
#include "core/endpoint/access.h"
#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/scope.h"
#include "core/failures.h"

#define REPORT_CEILING ((size_t)1 << 20)
#define CLOUD_CEILING ((size_t)64 << 20)

enum { CLOUD_SECONDS = 30 };

/* ---- the report */

static void say(struct diagnosis *diagnosis, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One line; what is not our own word is masked. */
static void say(struct diagnosis *diagnosis, const char *format, ...) {
    struct ctx *ctx = diagnosis->ctx;
    va_list args;
    va_start(args, format);
    struct words line = words_vtext(ctx->arena, format, args);
    va_end(args);
    buf_append(&diagnosis->text, redact_words(&ctx->redact, line).text);
    buf_append_char(&diagnosis->text, '\n');
}

static void say_wrong(struct diagnosis *diagnosis, struct words what) {
    diagnosis->faults++;
    say(diagnosis, "  [wrong] %p", WORDS_ARG(what));
}

/* The failure that the context holds, in its own words. */
static void say_failure(struct diagnosis *diagnosis) {
    const struct ctx *ctx = diagnosis->ctx;
    struct str text = redact_words(&ctx->redact, ctx->error.message).text;
    diagnosis->faults++;
    buf_append(&diagnosis->text, STR("  [wrong] "));
    buf_append(&diagnosis->text, text);
    buf_append_char(&diagnosis->text, '\n');
}

/* ---- settings */

/* Whether Check takes no such setting, or not as it stands. */
static bool is_refused(const struct diagnosis *diagnosis, struct str key) {
    const struct check_response *checked = &diagnosis->checked;
    for (size_t i = 0; i < checked->failure_count; i++) {
        if (str_is(checked->failures[i].property, key)) {
            return true;
        }
    }
    return false;
}

static bool is_refused_to(const struct diagnosis *diagnosis, const struct cloud_tables *tables) {
    for (size_t i = 0; i < tables->config_count; i++) {
        if (is_refused(diagnosis, str_of(tables->config[i].key))) {
            return true;
        }
    }
    return false;
}

static void tell_setting(struct diagnosis *diagnosis, const struct config *config,
                         const struct config_row *row) {
    struct str text = config_text(config, row->key);
    struct words place = config_place_text(diagnosis->ctx->arena, config, row->key);
    if (config_fault(config, row->key).len > 0) {
        say(diagnosis, "  %s: cannot be used (%p)", row->key, WORDS_ARG(place));
    } else if (text.len > 0) {
        struct str shown = config_is_secret(config, row->key) ? STR("[secret]") : text;
        struct words from =
            place.text.len > 0 ? place : words_own(diagnosis->ctx->arena, STR("default"));
        say(diagnosis, "  %s: %.*s (%p)", row->key, STR_ARG(shown), WORDS_ARG(from));
    }
}

static void tell_settings(struct diagnosis *diagnosis, const struct config *config,
                          const struct config_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        tell_setting(diagnosis, config, &rows[i]);
    }
}

static void tell_common_settings(struct diagnosis *diagnosis, const struct config *config) {
    say(diagnosis, "\nAll clouds");
    tell_settings(diagnosis, config, common_config, common_config_count);
    for (size_t i = 0; i < common_config_count; i++) {
        struct str fault = config_fault(config, common_config[i].key);
        if (fault.len > 0) {
            say_wrong(diagnosis, words_foreign(fault));
        }
    }
}

/* ---- a cloud */

static void hear_host(struct diagnosis *diagnosis, struct str host) {
    for (size_t i = 0; i < diagnosis->host_count; i++) {
        if (str_is(diagnosis->hosts[i], host)) {
            return;
        }
    }
    if (diagnosis->host_count < DIAGNOSIS_HOSTS) {
        diagnosis->hosts[diagnosis->host_count++] = arena_str(diagnosis->ctx->arena, host);
    }
}

/* The request's context may have memory that ends before the cloud is told of. */
static void hear(struct rest_observer *self, const struct ctx *ctx,
                 const struct rest_exchange *exchange) {
    struct diagnosis *diagnosis = (struct diagnosis *)self;
    if (exchange->status > 0) {
        hear_host(diagnosis, exchange->host);
    }
    if (exchange->date_seconds >= 0) {
        diagnosis->has_clock = true;
        diagnosis->behind_seconds = exchange->date_seconds - ctx->clock->wall_seconds(ctx->clock);
    }
}

/* The date of a reply is whole seconds and old by its way (rest/skew.h). */
static void tell_clock(struct diagnosis *diagnosis) {
    long long off = (long long)diagnosis->behind_seconds;
    if (!diagnosis->has_clock) {
        return;
    }
    if (llabs(off) < SKEW_LEAST_SECONDS) {
        say(diagnosis, "  [ok] this machine's clock is right to the minute");
        return;
    }
    say_wrong(diagnosis, words_text(diagnosis->ctx->arena,
                                    "this machine's clock is %lld s %s the service's: set it "
                                    "right",
                                    llabs(off), off > 0 ? "behind" : "ahead of"));
}

static void tell_heard(struct diagnosis *diagnosis) {
    for (size_t i = 0; i < diagnosis->host_count; i++) {
        say(diagnosis, "  [ok] %.*s answers", STR_ARG(diagnosis->hosts[i]));
    }
    tell_clock(diagnosis);
}

/* What one question came to, told after what was heard of the service. */
struct answer {
    enum err_code code;
    struct error error;
};

static enum err_code open_cloud(struct provider *provider, struct ctx *ctx,
                                const struct cloud *cloud, struct cloud_call *call) {
    const struct call_subject subject = {.is_look = true};
    const struct call_limit limit = {.asked_seconds = CLOUD_SECONDS};
    return call_open(provider, ctx, cloud, &subject, &limit, call);
}

/* Empty where the service does not tell. */
static enum err_code ask_account(struct cloud_call *call, struct str *account) {
    const struct identity_table *identity = &call->cloud->tables->identity;
    struct rest_reply reply;
    *account = STR_EMPTY;
    if (identity->operation == NULL) {
        return ERR_OK;
    }
    enum err_code code = cloud_send(call, identity->operation, NULL, &reply);
    if (code == ERR_OK) {
        *account = value_id_at(call->ctx->arena, reply.result, identity->account);
    }
    return identity->optional ? ERR_OK : code;
}

/* The first page is enough. */
static enum err_code ask_list(struct cloud_call *call) {
    struct pager pager;
    struct pager_item item;
    pager_resume(&pager, call, STR_EMPTY, 1);
    (void)pager_next(&pager, &item);
    return pager_end(&pager);
}

static void keep_answer(struct ctx *ctx, enum err_code code, struct answer *answer) {
    answer->code = code;
    answer->error = error_keep(&ctx->error);
}

static void tell_answer(struct diagnosis *diagnosis, const struct answer *answer,
                        struct words good) {
    if (answer->code != ERR_OK) {
        error_put_back(&diagnosis->ctx->error, &answer->error);
        say_failure(diagnosis);
    } else if (good.text.len > 0) {
        say(diagnosis, "  [ok] %p", WORDS_ARG(good));
    }
}

static void ask_opened(struct diagnosis *diagnosis, struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    struct str account;
    struct answer identity;
    struct answer list;
    keep_answer(call->ctx, ask_account(call, &account), &identity);
    keep_answer(call->ctx, ask_list(call), &list);
    tell_heard(diagnosis);
    struct words scope = scope_text(call);
    tell_answer(diagnosis, &identity,
                account.len == 0 ? words_none()
                                 : words_text(arena, "account %.*s", STR_ARG(account)));
    tell_answer(diagnosis, &list,
                words_text(arena, "the endpoints of %p may be listed", WORDS_ARG(scope)));
}

static void ask(struct diagnosis *diagnosis, struct provider *provider, const struct cloud *cloud) {
    struct cloud_call call;
    diagnosis->host_count = 0;
    diagnosis->has_clock = false;
    if (open_cloud(provider, diagnosis->ctx, cloud, &call) == ERR_OK) {
        ask_opened(diagnosis, &call);
        return;
    }
    tell_heard(diagnosis);
    say_failure(diagnosis);
}

/* The list is asked all the same: a service may know the place of the credentials' owner. */
static void tell_unset(struct diagnosis *diagnosis, const struct config *config,
                       const struct cloud_tables *tables) {
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        if (row->required && config_text(config, row->config).len == 0) {
            say(diagnosis, "  [not set] inference:%s: each resource has to set %s itself",
                row->config, row->property);
        }
    }
}

static void examine(struct diagnosis *diagnosis, struct provider *provider,
                    const struct cloud *cloud) {
    const struct cloud_tables *tables = cloud->tables;
    const struct config *config = provider_config(provider);
    say(diagnosis, "\n%s", tables->title);
    tell_settings(diagnosis, config, tables->config, tables->config_count);
    if (is_refused_to(diagnosis, tables)) {
        /* Not with what is left: a key would go where another address was meant. */
        say(diagnosis, "  [not asked] a setting of this cloud cannot be used: mend it first");
    } else if (call_has_credential(config, tables)) {
        tell_unset(diagnosis, config, tables);
        ask(diagnosis, provider, cloud);
    } else {
        say(diagnosis, "  [not asked] no credentials");
    }
}

/* Each cloud has its own time and memory. */
static void examine_apart(struct diagnosis *diagnosis, struct provider *provider,
                          const struct cloud *cloud, struct ctx *ctx) {
    struct arena *arena = arena_new(CLOUD_CEILING);
    struct cancel *cancel = cancel_new(ctx->cancel, ctx->clock);
    struct ctx fork;
    ctx_fork(&fork, ctx, arena, cancel);
    diagnosis->ctx = &fork;
    examine(diagnosis, provider, cloud);
    (void)ctx_join(ctx, &fork, ERR_OK);
    diagnosis->ctx = ctx;
    cancel_free(cancel);
    arena_free(arena);
}

/* ---- all of it */

/* What is wrong with one setting hides nothing of the others. */
static const struct value *without_refused(const struct diagnosis *diagnosis,
                                           const struct value *configuration) {
    struct value *usable = value_map_clone(diagnosis->ctx->arena, configuration);
    for (size_t i = 0; i < configuration->map.count; i++) {
        struct str key = configuration->map.entries[i].key;
        if (is_refused(diagnosis, key)) {
            value_map_remove(usable, key);
        }
    }
    return usable;
}

static enum err_code configure(struct diagnosis *diagnosis, struct provider *provider,
                               const struct value *configuration) {
    struct ctx *ctx = diagnosis->ctx;
    struct check_request check = {.news = configuration};
    struct check_response *checked = &diagnosis->checked;
    TRY(provider_check_config(provider, ctx, &check, checked));
    for (size_t i = 0; i < checked->failure_count; i++) {
        const struct check_failure *failure = &checked->failures[i];
        say_wrong(diagnosis, words_text(ctx->arena, "inference:%.*s: %p",
                                        STR_ARG(failure->property), WORDS_ARG(failure->reason)));
    }
    struct configure_request request = {.source = CONFIG_OF_STACK,
                                        .args = without_refused(diagnosis, configuration)};
    return provider_configure(provider, ctx, &request);
}

/* Some that are there, and some that may be. */
static bool has_credentials(const struct diagnosis *diagnosis, struct provider *provider) {
    const struct cloud *const *cloud = provider_options(provider)->clouds;
    for (; *cloud != NULL; cloud++) {
        if (call_has_credential(provider_config(provider), (*cloud)->tables) ||
            is_refused_to(diagnosis, (*cloud)->tables)) {
            return true;
        }
    }
    return false;
}

void diagnosis_init(struct diagnosis *diagnosis) {
    *diagnosis = (struct diagnosis){.observer = {.exchange = hear}};
    buf_init(&diagnosis->text, REPORT_CEILING);
}

void diagnosis_cleanup(struct diagnosis *diagnosis) {
    buf_cleanup(&diagnosis->text);
}

void diagnosis_run(struct diagnosis *diagnosis, struct provider *provider, struct ctx *ctx,
                   const struct value *configuration) {
    diagnosis->ctx = ctx;
    struct str version = provider_version();
    say(diagnosis, "pulumi-resource-inference %.*s", STR_ARG(version));
    if (configure(diagnosis, provider, configuration) != ERR_OK) {
        say_failure(diagnosis);
        return;
    }
    config_redact(provider_config(provider), &ctx->redact);
    tell_common_settings(diagnosis, provider_config(provider));
    const struct cloud *const *cloud = provider_options(provider)->clouds;
    for (; *cloud != NULL; cloud++) {
        examine_apart(diagnosis, provider, *cloud, ctx);
    }
    if (!has_credentials(diagnosis, provider)) {
        buf_append_char(&diagnosis->text, '\n');
        say_wrong(diagnosis, words_text(diagnosis->ctx->arena,
                                        "no cloud has credentials; those of a stack are read from "
                                        "PULUMI_CONFIG"));
    }
}
