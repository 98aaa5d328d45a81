#include "core/endpoint/call.h"

#include <ctype.h>

#include "base/words.h"
#include "core/config_headers.h"
#include "core/endpoint/access.h"
#include "core/endpoint/entry_mark.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/template.h"
#include "core/endpoint/unconfirmed.h"
#include "core/site.h"
#include "rest/url.h"

/* Where the endpoint lives, as far as its id does not say it: an input may have been changed since,
 * and the configuration may be another. */
static struct str place_of(const struct cloud_call *call, const struct scope_row *row) {
    struct arena *arena = call->ctx->arena; /* some are numbers, and may be written as such */
    struct str text = value_id_at(arena, call->recorded, row->property);
    text = text.len > 0 ? text : value_id_at(arena, call->inputs, row->property);
    return text.len > 0 ? text : config_text(call->config, row->config);
}

/* Scope and name. */
static void fill_params(struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct arena *arena = call->ctx->arena;
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        struct str text = place_of(call, row);
        if (text.len > 0 && value_text_at(call->params, row->property).len == 0) {
            value_map_set_text(arena, call->params, row->property, text);
        }
    }
    for (size_t i = 0; i < tables->param_count; i++) {
        struct str text = config_text(call->config, tables->params[i].config);
        if (text.len > 0) {
            value_map_set_text(arena, call->params, tables->params[i].name, text);
        }
    }
    const char *name = tables->name_rule.property;
    struct str input = value_text_at(call->inputs, name);
    if (input.len > 0 && value_text_at(call->params, name).len == 0) {
        value_map_set_text(arena, call->params, name, input);
    }
}

static bool is_key(const char *key, const char *other) {
    return other != NULL && str_is_c(str_of(key), other);
}

static bool is_credential(const struct cloud_tables *tables, const char *key) {
    for (size_t i = 0; i < tables->auth_count; i++) {
        const struct auth_row *row = &tables->auth[i];
        if (is_key(key, row->token) || is_key(key, row->access_key) ||
            is_key(key, row->secret_key) || is_key(key, row->requires)) {
            return true;
        }
    }
    return false;
}

bool call_has_credential(const struct config *config, const struct cloud_tables *tables) {
    for (size_t i = 0; i < tables->config_count; i++) {
        const char *key = tables->config[i].key;
        bool is_given = config_text(config, key).len > 0 || config_fault(config, key).len > 0;
        if (is_given && is_credential(tables, key)) {
            return true;
        }
    }
    return false;
}

/* Where a key is looked for; NULL: each that is a credential. */
static struct words places_tried(struct cloud_call *call, const char *only) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct arena *arena = call->ctx->arena;
    const struct site_row *site = config_site(call->config, tables);
    struct words tried = words_none();
    for (size_t i = 0; i < tables->config_count; i++) {
        const char *key = tables->config[i].key;
        if (only == NULL ? is_credential(tables, key) : str_is_c(str_of(only), key)) {
            struct str places = config_places(arena, tables, site, &tables->config[i]);
            tried = words_join(arena, tried, "; ", words_foreign(places));
        }
    }
    return tried;
}

static bool has_key(const struct cloud_call *call, const char *key) {
    return key == NULL || config_text(call->config, key).len > 0;
}

static enum err_code refuse_half(struct cloud_call *call, const char *there, const char *missing) {
    return ctx_fail(call->ctx, ERR_UNAUTHENTICATED,
                    "%s: inference:%s is set (by %p) but inference:%s is not; both are needed. "
                    "Looked at %p. %p",
                    call->cloud->tables->title, there,
                    WORDS_ARG(words_own(call->ctx->arena, config_place(call->config, there))),
                    missing, WORDS_ARG(places_tried(call, missing)),
                    WORDS_ARG(access_advice(call, missing)));
}

/* One half of a key pair, or halves of two: a mistake to name, not a reason to look further. */
static enum err_code check_pair(struct cloud_call *call, const struct auth_row *row) {
    const char *access = row->access_key != NULL ? row->access_key : row->token;
    const char *secret = row->access_key != NULL ? row->secret_key : row->requires;
    bool is_pair = access != NULL && secret != NULL;
    if (!is_pair || (!has_key(call, access) && !has_key(call, secret))) {
        return ERR_OK;
    }
    if (!has_key(call, access) || !has_key(call, secret)) {
        return has_key(call, access) ? refuse_half(call, access, secret)
                                     : refuse_half(call, secret, access);
    }
    if (!row->one_family || config_is_one_family(call->config, access, secret)) {
        return ERR_OK;
    }
    return ctx_fail(
        call->ctx, ERR_UNAUTHENTICATED,
        "%s: the access key comes from %p but the secret key from %p; take both from one "
        "place",
        call->cloud->tables->title,
        WORDS_ARG(words_own(call->ctx->arena, config_place(call->config, access))),
        WORDS_ARG(words_own(call->ctx->arena, config_place(call->config, secret))));
}

/* What was configured is meant for whatever keys there are; what was only found is not. */
static bool token_fits(const struct config *config, const struct auth_row *row) {
    struct str place = config_place(config, row->session_token);
    return !row->one_family && (str_starts(place, STR("inference:")) ||
                                config_is_one_family(config, row->session_token, row->access_key) ||
                                config_is_one_family(config, row->session_token, row->secret_key));
}

static enum err_code session_token_of(struct cloud_call *call, const struct auth_row *row,
                                      struct str *token) {
    if (row->session_token == NULL || token_fits(call->config, row)) {
        *token = config_text(call->config, row->session_token);
        return ERR_OK;
    }
    TRY(config_text_beside(call->ctx, call->config, row->session_token, row->access_key, token));
    redact_add(&call->ctx->redact, *token);
    return ERR_OK;
}

static enum err_code find_credential(struct cloud_call *call, const struct account *account,
                                     struct rest_session *session) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->auth_count; i++) {
        const struct auth_row *row = &tables->auth[i];
        TRY(check_pair(call, row));
        if (!has_key(call, row->token) || !has_key(call, row->access_key) ||
            !has_key(call, row->secret_key) || !has_key(call, row->requires)) {
            continue;
        }
        call->auth = row;
        struct str session_token;
        TRY(session_token_of(call, row, &session_token));
        session->gate = row->probe ? account->gate : NULL;
        session->scheme = sign_scheme_find(row->scheme);
        session->credential = (struct sign_credential){
            .token = config_text(call->config, row->token),
            .access_key = config_text(call->config, row->access_key),
            .secret_key = config_text(call->config, row->secret_key),
            .session_token = session_token,
            .service = str_of(row->service),
            .region = value_text_at(call->params, "region"),
            .project_id = value_text_at(call->params, "projectId"),
        };
        return ERR_OK;
    }
    struct words tried = places_tried(call, NULL);
    return ctx_fail(call->ctx, ERR_UNAUTHENTICATED, "%s: no credentials. Looked at %p. %p",
                    tables->title, WORDS_ARG(tried), WORDS_ARG(access_advice(call, NULL)));
}

/* "SDK_ADDRESS_{region}" for ap-southeast-1: SDK_ADDRESS_AP_SOUTHEAST_1. */
static enum err_code base_url_from_env(struct cloud_call *call, const struct base_url_row *row,
                                       struct str *url) {
    struct str name;
    struct str missing;
    *url = STR_EMPTY;
    if (row->env == NULL ||
        !template_expand(call->ctx->arena, row->env, call->params, &name, &missing)) {
        return ERR_OK;
    }
    char *spelled = arena_alloc(call->ctx->arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        spelled[i] = name.ptr[i] == '-' ? '_' : (char)toupper((unsigned char)name.ptr[i]);
    }
    spelled[name.len] = '\0';
    return config_text_env(call->ctx, call->config, row->config, (struct str){spelled, name.len},
                           url);
}

/* What was filled in is a part of the host's name and stays one: where credentials go is not for
 * it to say. */
static enum err_code check_host(struct cloud_call *call, const char *template, struct str url) {
    struct url_parts made;
    struct str host;
    (void)str_split(str_slice(str_of(template), strlen("https://"), strlen(template)), '/', &host);
    size_t path_len = host.ptr == NULL ? 0 : host.len + 1;
    if (url_split(url, &made) && made.path.len == path_len && made.port.len == 0 &&
        made.query.len == 0) {
        return ERR_OK;
    }
    struct words told =
        call_is_public(call, "region") ? words_own(call->ctx->arena, url) : words_foreign(url);
    return ctx_fail(call->ctx, ERR_INVALID, "%s: \"%p\", made of the region, is no address",
                    call->cloud->tables->title, WORDS_ARG(told));
}

static enum err_code base_url_of(struct cloud_call *call, const struct base_url_row *row,
                                 struct str *url) {
    struct str missing;
    *url = config_text(call->config, row->config);
    if (url->len == 0) {
        TRY(base_url_from_env(call, row, url));
    }
    if (url->len > 0) {
        return ERR_OK;
    }
    if (!template_expand(call->ctx->arena, row->template, call->params, url, &missing)) {
        return ctx_fail(call->ctx, ERR_INVALID, "%s: the address of the service needs \"%.*s\"",
                        call->cloud->tables->title, STR_ARG(missing));
    }
    return check_host(call, row->template, *url);
}

static bool is_of_site(const struct base_url_row *row, const struct site_row *site) {
    return row->site == NULL || (site != NULL && strcmp(row->site, site->name) == 0);
}

static enum err_code fill_base_urls(struct cloud_call *call, struct rest_session *session) {
    const struct cloud_tables *tables = call->cloud->tables;
    const struct site_row *site = site_of(tables, value_text_at(call->params, "region"));
    struct rest_base_url *urls =
        ARENA_ARRAY(call->ctx->arena, tables->base_url_count, struct rest_base_url);
    size_t count = 0;
    for (size_t i = 0; i < tables->base_url_count; i++) {
        const struct base_url_row *row = &tables->base_urls[i];
        if (is_of_site(row, site)) {
            TRY(base_url_of(call, row, &urls[count].url));
            urls[count++].key = row->key;
        }
    }
    session->base_urls = urls;
    session->base_url_count = count;
    return ERR_OK;
}

/* Settings that go with all requests of a cloud. */
static void fill_manners(struct cloud_call *call, struct rest_session *session) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->config_count; i++) {
        const struct config_row *row = &tables->config[i];
        struct config_headers headers = {0};
        if (row->proxy) {
            session->proxy = config_text(call->config, row->key);
        } else if (row->reserved != NULL &&
                   config_headers_read(call->ctx->arena, config_text(call->config, row->key),
                                       row->reserved, &headers) == NULL) {
            session->headers = headers.items;
            session->header_count = headers.count;
        }
    }
}

/* Keys of one site are nobody's business on the other. */
static enum err_code check_site(struct cloud_call *call) {
    struct words wrong =
        scope_foreign_site(call->ctx->arena, call->cloud->tables, call->config, call->params);
    return wrong.text.len == 0 ? ERR_OK
                               : ctx_fail(call->ctx, ERR_INVALID, "%s: region: %p",
                                          call->cloud->tables->title, WORDS_ARG(wrong));
}

static const struct retry_policy *retry_of(struct cloud_call *call) {
    const struct retry_policy *usual = call->cloud->tables->service.retry;
    double retries = config_number(call->config, "maxRetries", -1);
    if (retries < 0) {
        return usual;
    }
    struct retry_policy *policy = ARENA_NEW(call->ctx->arena, struct retry_policy);
    *policy = *usual;
    policy->max_tries = (int)retries + 1;
    return policy;
}

static enum err_code complete_scope(struct cloud_call *call, struct str id) {
    const struct cloud_tables *tables = call->cloud->tables;
    if (call->cloud->hooks.complete_scope != NULL) {
        TRY(call->cloud->hooks.complete_scope(call));
    }
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        if (row->required && value_text_at(call->params, row->property).len == 0) {
            return ctx_fail(
                call->ctx, ERR_INVALID,
                "%s: \"%s\" is not known for \"%.*s\"; expected %s, or set inference:%s",
                tables->title, row->property, STR_ARG(id), tables->id_help, row->config);
        }
    }
    return ERR_OK;
}

/* How long to go on with a service that asks to slow down: a change does so until its deadline. 0
 * where a number of tries was configured. */
static int64_t throttle_until_ms(const struct cloud_call *call, bool is_look) {
    struct ctx *ctx = call->ctx;
    if (config_number(call->config, "maxRetries", -1) >= 0) {
        return 0;
    }
    return is_look ? ctx->clock->now_ms(ctx->clock) + CALL_LOOK_MS : cancel_deadline(ctx->cancel);
}

static struct rest_observer *observer_of(struct provider *provider) {
    const struct provider_options *options = provider_options(provider);
    bool is_logged = config_text(provider_config(provider), "requestLog").len > 0;
    return options->observer == NULL && is_logged ? options->request_log : options->observer;
}

/* An operation that takes a key of its own needs neither the account's credentials nor its scope.
 */
static enum err_code open_session(struct provider *provider, struct cloud_call *call, struct str id,
                                  bool is_look, bool own_credential) {
    struct rest_session *session = ARENA_NEW(call->ctx->arena, struct rest_session);
    session->service = &call->cloud->tables->service;
    const struct account *account = provider_account(provider, call->cloud);
    session->limiter = account->limiter;
    session->authorize = call->cloud->hooks.authorize;
    session->renew = call->cloud->hooks.renew;
    session->user = call;
    session->retry = retry_of(call);
    session->throttle_until_ms = throttle_until_ms(call, is_look);
    session->skew = provider_skew(provider);
    session->observer = observer_of(provider);
    TRY(check_site(call));
    TRY(own_credential ? ERR_OK : find_credential(call, account, session));
    TRY(fill_base_urls(call, session));
    fill_manners(call, session);
    TRY(provider_transport(provider, call->ctx, &session->transport));
    call->session = session;
    if (own_credential) {
        return ERR_OK;
    }
    TRY(complete_scope(call, id));
    /* Looking the project up takes a session, and the headers of the next requests take the
     * project. */
    session->credential.project_id = value_text_at(call->params, "projectId");
    return ERR_OK;
}

static enum err_code fail_id(struct cloud_call *call, struct str id, struct words why) {
    const struct cloud_tables *tables = call->cloud->tables;
    if (str_find(id, STR("://")) >= 0) {
        why = words_text(call->ctx->arena, ", but the address of a page");
    }
    return ctx_fail(call->ctx, ERR_INVALID,
                    "\"%.*s\" is not an id of %s%p; expected %s, such as %s", STR_ARG(id),
                    tables->token, WORDS_ARG(why), tables->id_help, tables->id_example);
}

static enum err_code resolve_id(struct cloud_call *call, struct str id) {
    const struct cloud_tables *tables = call->cloud->tables;
    return id.len == 0 || template_parse(call->ctx->arena, tables->id_import, id, call->params)
               ? ERR_OK
               : fail_id(call, id, words_none());
}

/* A part of an id that is left out moves the others to its place. */
static enum err_code check_parts(struct cloud_call *call, struct str id) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        struct str part = value_text_at(call->params, row->property);
        if (part.len > 0 && row->id_pattern != NULL && !prop_matches(row->id_pattern, part)) {
            return fail_id(
                call, id,
                words_text(call->ctx->arena, ": \"%.*s\" is no %s", STR_ARG(part), row->property));
        }
    }
    return ERR_OK;
}

/* What is in the state was made, or read: only an import, or a command, may name what cannot be. */
static enum err_code check_import(struct cloud_call *call, const struct call_subject *subject) {
    const struct cloud_tables *tables = call->cloud->tables;
    if (call->recorded == NULL) {
        TRY(check_parts(call, subject->id));
    }
    struct str last = value_text_at(
        call->params, tables->id_created != NULL ? "endpointId" : tables->name_rule.property);
    bool is_typed = subject->id.len > 0 && call->recorded == NULL;
    return !is_typed || tables->id_pattern == NULL || prop_matches(tables->id_pattern, last)
               ? ERR_OK
               : fail_id(call, subject->id, words_text(call->ctx->arena, ", so it does not exist"));
}

/* Somebody typed one that no state holds, or copied it from somewhere: what surrounds it is no part
 * of it. */
static struct str id_of(const struct cloud_call *call, const struct call_subject *subject) {
    struct str id = unconfirmed_id(subject->id, subject->recorded);
    return call->recorded != NULL ? id : arena_str(call->ctx->arena, str_trim(id));
}

static void begin(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                  struct str urn, const struct value *inputs, struct cloud_call *out) {
    *out = (struct cloud_call){
        .ctx = ctx,
        .cloud = cloud,
        .config = provider_config(provider),
        .props = &cloud->tables->props,
        .params = value_map(ctx->arena),
        .urn = urn,
        .ledger = provider_ledger(provider),
        .account = provider_account(provider, cloud)->state,
        .sweeps = provider_account(provider, cloud)->sweeps,
        .said = provider_account(provider, cloud)->said,
        .prices = provider_account(provider, cloud)->prices,
        .own = cloud->hooks.call_size == 0 ? NULL : arena_alloc(ctx->arena, cloud->hooks.call_size),
        .inputs = inputs,
        .started_wall = ctx->clock->wall_seconds(ctx->clock),
        .create_times = {.from = ctx->clock->wall_seconds(ctx->clock)},
    };
    config_redact(out->config, &ctx->redact);
    redact_add_value(&ctx->redact, inputs);
}

/* The first place that says it takes precedence (docs/waiting.md). */
static struct time_limit limit_of(const struct cloud_call *call, const struct call_limit *limit) {
    double configured = config_number(call->config, "timeout", 0);
    if (limit->phase == NULL) {
        return (struct time_limit){LIMIT_FIXED, limit->asked_seconds, 0};
    }
    const struct value *own = value_get_c(value_get_c(call->inputs, "timeouts"), limit->phase);
    if (limit->asked_seconds > 0) {
        return (struct time_limit){LIMIT_OPTION, limit->asked_seconds, 0};
    }
    if (value_is_number(own)) {
        return (struct time_limit){LIMIT_INPUT, own->number, 0};
    }
    if (configured > 0) {
        return (struct time_limit){LIMIT_SETTING, configured, 0};
    }
    return (struct time_limit){LIMIT_USUAL, (double)limit->usual_ms / 1000, 0};
}

struct words call_question_text(struct ctx *ctx) {
    struct words why = words_without_stop(ctx->arena, ctx->error.message);
    return ctx->error.code == ERR_DEADLINE
               ? words_text(ctx->arena, "%p: such a question has %d s, whatever is set",
                            WORDS_ARG(why), CALL_QUESTION_MS / 1000)
               : why;
}

void call_set_deadline(struct cloud_call *call, const struct call_limit *limit) {
    struct ctx *ctx = call->ctx;
    call->phase = limit->phase;
    call->limit = limit_of(call, limit);
    double longest = 30.0 * 24 * 3600;
    if (call->limit.seconds > longest) {
        call->limit.seconds = longest;
    }
    call->limit.end_ms = ctx->clock->now_ms(ctx->clock) + (int64_t)(call->limit.seconds * 1000);
    cancel_set_deadline(ctx->cancel, call->limit.end_ms);
}

/* A function's is no entry of the state; an import's is none yet. */
static void note_entry(const struct cloud_call *call) {
    if (call->urn.len > 0 && call->recorded != NULL) {
        ledger_note_id(call->ledger, call->urn, call->id);
    } else if (call->urn.len > 0) {
        ledger_note_new(call->ledger, call->urn, call->id);
    }
}

static void begin_about(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                        const struct call_subject *subject, struct cloud_call *out) {
    begin(provider, ctx, cloud, subject->urn, subject->inputs, out);
    bool has_state = subject->recorded != NULL && subject->recorded->map.count > 0;
    out->recorded = has_state ? subject->recorded : NULL;
    out->arguments = subject->arguments;
}

/* What the id says goes into the parameters. */
static enum err_code read_id(struct cloud_call *call, const struct call_subject *subject) {
    TRY(resolve_id(call, id_of(call, subject)));
    return check_import(call, subject);
}

enum err_code call_check_id(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                            const struct call_subject *subject) {
    struct cloud_call call;
    begin_about(provider, ctx, cloud, subject, &call);
    return read_id(&call, subject);
}

static const struct call_limit usual_look = {.asked_seconds = CALL_LOOK_MS / 1000.0};

enum err_code call_open(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                        const struct call_subject *subject, const struct call_limit *limit,
                        struct cloud_call *out) {
    begin_about(provider, ctx, cloud, subject, out);
    call_set_deadline(out, limit != NULL ? limit : &usual_look); /* looking a project up counts */
    TRY(config_refuse_faults(ctx, out->config, cloud->tables));
    out->mark = entry_mark_of(subject->recorded);
    struct str id = id_of(out, subject);
    TRY(read_id(out, subject));
    fill_params(out);
    TRY(open_session(provider, out, id, subject->is_look, false));
    if (id.len > 0) {
        out->id = call_id(out);
        note_entry(out);
        if (!subject->is_look) {
            ledger_note_change(out->ledger, out->id);
        }
    }
    return ERR_OK;
}

enum err_code call_open_function(struct provider *provider, struct ctx *ctx,
                                 const struct cloud *cloud, const struct function_row *function,
                                 const struct value *args, struct cloud_call *out) {
    const struct operation *operation = cloud_operation(cloud, function->operation);
    begin(provider, ctx, cloud, STR_EMPTY, args, out);
    out->is_function = true;
    out->arguments = &function->args;
    call_set_deadline(out, &usual_look);
    TRY(config_refuse_faults(ctx, out->config, cloud->tables));
    fill_params(out);
    TRY(open_session(provider, out, STR_EMPTY, true,
                     operation != NULL && operation->credential != NULL));
    return ERR_OK;
}
