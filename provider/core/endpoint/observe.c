#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/sweep_answer.h"

/* How an endpoint is looked at, and what proves that there is none. */

static bool observe_item(struct cloud_call *call, const struct value *item,
                         struct observation *out) {
    const struct rest_reply reply = {.result = item};
    return cloud_observe_reply(call, &reply, out);
}

enum err_code cloud_fail_unreadable(struct cloud_call *call, struct words which) {
    return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                    "%s: endpoint %p is listed but cannot be read; try again",
                    call->cloud->tables->title, WORDS_ARG(which));
}

/* Before its id is known an endpoint goes by its name. */
static enum err_code find_by_name(struct cloud_call *call, struct observation *out) {
    const char *property = call->cloud->tables->name_rule.property;
    struct str name = value_text_at(call->params, property);
    const struct value *item = NULL;
    struct str id;
    TRY(pager_find(call, STR_EMPTY, name, &item, &id));
    if (item == NULL) {
        *out = (struct observation){.kind = OBSERVATION_GONE};
        return ERR_OK;
    }
    value_map_set_text(call->ctx->arena, call->params, "endpointId", id);
    return observe_item(call, item, out)
               ? ERR_OK
               : cloud_fail_unreadable(call, call_told_part(call, property));
}

enum err_code cloud_refuse_unlisted(struct cloud_call *call, struct words which, const char *what,
                                    int64_t since) {
    const struct cloud_tables *tables = call->cloud->tables;
    int64_t age_seconds = call->ctx->clock->wall_seconds(call->ctx->clock) - since;
    int64_t lag_seconds = tables->list.lag_ms / 1000;
    if (since < 0 || age_seconds >= lag_seconds || -age_seconds >= lag_seconds) {
        return ERR_OK;
    }
    return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                    "%s: endpoint %p is not listed yet: %s %lld s ago, and the list may lack a "
                    "new endpoint for %lld s. Run this again then",
                    tables->title, WORDS_ARG(which), what, (long long)age_seconds,
                    (long long)lag_seconds);
}

/* Unless this call's own change was taken: then it is there, or on its way out. Whoever takes a
 * list that lags for the endpoint's end drops it, and it runs on, unknown; on maas its name can
 * never be used again (docs/apis/maas.md 3.2). */
enum err_code cloud_refuse_new(struct cloud_call *call) {
    const char *path = call->cloud->tables->status.created_output;
    if (path == NULL || call->removal >= REMOVAL_KNOWN || call->changed) {
        return ERR_OK;
    }
    int64_t created = clock_parse_rfc3339(value_text_at(call->recorded, path));
    return cloud_refuse_unlisted(call, call_told_id(call, call->id), "it was made", created);
}

/* The next run may prove it. */
static bool may_pass(enum err_code code) {
    return code == ERR_UNAVAILABLE || code == ERR_EXHAUSTED || code == ERR_DEADLINE ||
           code == ERR_CANCELLED;
}

/* A 404 alone is no proof: a token of another account sees it as well, and it may be about what the
 * endpoint is in. Behind a delete that was accepted the service's own is one. */
static enum err_code prove_gone(struct cloud_call *call, bool is_own, struct observation *out) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    if (call->removal == REMOVAL_ACCEPTED && is_own) {
        *out = (struct observation){.kind = OBSERVATION_GONE};
        return ERR_OK;
    }
    struct error not_found = error_keep(&ctx->error);
    const struct value *item = NULL;
    struct str id = value_text_at(
        call->params, tables->list.id != NULL ? "endpointId" : tables->name_rule.property);
    enum err_code code =
        tables->list.proves_gone ? pager_find(call, id, STR_EMPTY, &item, &id) : ERR_OK;
    if (code != ERR_OK) {
        struct words why = ctx->error.message;
        struct words advice = may_pass(code) ? words_none() : advice_drop(call);
        return ctx_fail(
            ctx, code,
            "%p. It is not taken as deleted, because the account cannot be listed either: "
            "%p%s%p",
            WORDS_ARG(words_without_stop(ctx->arena, not_found.message)),
            WORDS_ARG(advice.text.len == 0 ? why : words_without_stop(ctx->arena, why)),
            advice.text.len == 0 ? "" : ".", WORDS_ARG(advice));
    }
    if (item == NULL) {
        TRY(cloud_refuse_new(call));
        *out = (struct observation){.kind = OBSERVATION_GONE};
        return ERR_OK;
    }
    if (call->removal != REMOVAL_NONE && observe_item(call, item, out)) {
        out->state = STATE_PENDING;
        return ERR_OK;
    }
    return cloud_fail_unreadable(call, call_told_id(call, call_id(call)));
}

enum err_code cloud_observe_answer(struct cloud_call *call, const struct rest_reply *reply,
                                   struct observation *out) {
    bool is_shown = cloud_observe_reply(call, reply, out);
    out->date_seconds = reply->date_seconds;
    return is_shown ? ERR_OK
                    : ctx_fail(call->ctx, ERR_UNAVAILABLE,
                               "%s: the reply to reading the endpoint does not show it",
                               call->cloud->tables->title);
}

enum err_code cloud_observe_default(struct cloud_call *call, struct observation *out) {
    const struct cloud_tables *tables = call->cloud->tables;
    if (tables->id_created != NULL && tables->name_rule.unique && pager_can_list(call->cloud) &&
        value_get_c(call->params, "endpointId") == NULL) {
        return find_by_name(call, out);
    }
    const struct value *item = NULL;
    if (sweep_answers(call, &item) && observe_item(call, item, out)) {
        return ERR_OK;
    }
    struct rest_reply reply;
    enum err_code code = cloud_send(call, "get", NULL, &reply);
    if (code == ERR_OK) {
        return cloud_observe_answer(call, &reply, out);
    }
    if (reply.class != FAILURE_NOT_FOUND) {
        return code;
    }
    TRY(prove_gone(call, cloud_is_own_refusal(call, &reply), out));
    error_clear(&call->ctx->error);
    return ERR_OK;
}

enum err_code cloud_observe(struct cloud_call *call, struct observation *out) {
    int64_t asked_ms = call->ctx->clock->now_ms(call->ctx->clock);
    TRY(call->cloud->hooks.observe != NULL ? call->cloud->hooks.observe(call, out)
                                           : cloud_observe_default(call, out));
    if (out->state == STATE_GONE) { /* some services go on showing what was deleted */
        *out = (struct observation){.kind = OBSERVATION_GONE};
    }
    out->is_look = true;
    out->asked_ms = asked_ms;
    return ERR_OK;
}
