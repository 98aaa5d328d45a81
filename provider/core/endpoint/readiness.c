#include "core/endpoint/readiness.h"

#include "base/words.h"
#include "core/endpoint/call.h"
#include "core/endpoint/outcome.h"
#include "core/props/prop.h"
#include "rest/url.h"

#define PATIENCE_MS (60 * 1000)
#define PAUSE_MS 2000
#define TRY_MS 10000

static const struct operation question = {
    .name = "answers",
    .doing = "asking the endpoint whether it answers",
    .method = "GET",
    .host = "endpoint",
    .path = "{+route}",
    .repeat = REPEAT_SAFE,
    .timeout_ms = TRY_MS,
};
static const struct retry_policy once = {.max_tries = 1};

static bool is_asked(const struct cloud_call *call, const struct observation *seen) {
    const struct answers_table *table = &call->cloud->tables->answers;
    return table->url != NULL && str_is_c(value_text_at(call->inputs, "readiness"), "answers") &&
           value_bool_at(call->inputs, "waitForReady", true) &&
           str_is_c(cloud_desired_state(call->cloud, call->inputs), "running") &&
           seen->kind == OBSERVATION_SEEN && seen->state == STATE_READY &&
           !cloud_is_excepted(call, table->never, table->never_count);
}

/* Made of nothing but the address and the key that was given for it. */
static void open_session(const struct cloud_call *call, const struct rest_service *service,
                         const struct rest_base_url *address, struct rest_session *session) {
    struct str key = value_text_at(call->inputs, "readinessKey");
    *session = (struct rest_session){
        .service = service,
        .transport = call->session->transport,
        .retry = &once,
        .base_urls = address,
        .base_url_count = 1,
    };
    if (key.len > 0) {
        session->scheme = sign_scheme_find("bearer");
        session->credential.token = key;
    }
}

static bool refuses_key(const struct rest_reply *reply) {
    return reply->status == 401 || reply->status == 403;
}

/* One try, in memory of its own. */
static enum err_code ask(struct cloud_call *call, const struct rest_session *session,
                         const struct value *params, struct arena *scratch,
                         struct rest_reply *reply) {
    struct ctx *ctx = call->ctx;
    struct ctx own_ctx;
    ctx_fork(&own_ctx, ctx, scratch, ctx->cancel);
    enum err_code code = rest_call(&own_ctx, session, &question, params, NULL, reply);
    return ctx_join(ctx, &own_ctx, code);
}

static void warn(struct cloud_call *call, struct str url, const struct rest_reply *reply,
                 bool has_key, int64_t waited_ms) {
    struct ctx *ctx = call->ctx;
    struct words how = words_text(ctx->arena, " within %lld s", (long long)waited_ms / 1000);
    if (refuses_key(reply)) {
        how = has_key ? words_text(call->ctx->arena, " to readinessKey")
                      : words_text(call->ctx->arena, " without a key (readinessKey)");
    }
    log_warning(&ctx->log, "readiness: endpoint %p runs, but %.*s does not answer%p: %p",
                WORDS_ARG(call_told_id(call, call->id)), STR_ARG(url), WORDS_ARG(how),
                WORDS_ARG(words_without_stop(ctx->arena, ctx->error.message)));
}

static void ask_until_it_answers(struct cloud_call *call, struct str url, struct str route) {
    struct ctx *ctx = call->ctx;
    struct arena *scratch = arena_new(1u << 20);
    const struct rest_base_url address = {"endpoint", url};
    struct rest_service service = *call->session->service;
    struct rest_session session;
    struct rest_reply reply = {0};
    struct value *params = value_map(ctx->arena);
    int64_t started_ms = ctx->clock->now_ms(ctx->clock);
    value_map_set_text(ctx->arena, params, "route", route);
    service.failures = NULL; /* what they advise is about who manages endpoints */
    service.failure_count = 0;
    open_session(call, &service, &address, &session);
    log_status(&ctx->log, "endpoint %p runs, waiting for its answer",
               WORDS_ARG(call_told_id(call, call->id)));
    enum err_code code = ask(call, &session, params, scratch, &reply);
    while (code != ERR_OK && !refuses_key(&reply) &&
           ctx->clock->now_ms(ctx->clock) - started_ms < PATIENCE_MS &&
           cancel_sleep(ctx->cancel, PAUSE_MS) == CANCEL_NONE) {
        arena_reset(scratch);
        reply = (struct rest_reply){0};
        code = ask(call, &session, params, scratch, &reply);
    }
    if (code != ERR_OK && cancel_state(ctx->cancel) != CANCEL_TRIPPED) {
        struct str whole = arena_printf(ctx->arena, "%.*s%.*s", STR_ARG(url), STR_ARG(route));
        warn(call, whole, &reply, session.scheme != NULL,
             ctx->clock->now_ms(ctx->clock) - started_ms);
    }
    error_clear(&ctx->error);
    arena_free(scratch);
}

void readiness_ask(struct cloud_call *call, const struct observation *seen) {
    const struct answers_table *table = &call->cloud->tables->answers;
    if (!is_asked(call, seen)) {
        return;
    }
    const struct value *outputs = outcome_outputs(call, seen, call->inputs);
    if (table->needs != NULL && value_at(outputs, table->needs) == NULL) {
        return; /* nothing tells what it answers to */
    }
    struct url_parts parts;
    struct str url = value_text_at(outputs, table->url);
    struct str route =
        table->path != NULL ? str_of(table->path) : value_text_at(outputs, table->route);
    while (str_ends(url, STR("/"))) {
        url = str_slice(url, 0, url.len - 1);
    }
    if (url.len == 0) {
        return; /* which was told already */
    }
    if (!url_split(url, &parts)) {
        log_warning(&call->ctx->log,
                    "readiness: endpoint %p runs, but is not asked: its address has a login, or "
                    "is none",
                    WORDS_ARG(call_told_id(call, call->id)));
        return;
    }
    if (!str_starts(route, STR("/"))) {
        route = arena_printf(call->ctx->arena, "/%.*s", STR_ARG(route));
    }
    ask_until_it_answers(call, url, route);
}
