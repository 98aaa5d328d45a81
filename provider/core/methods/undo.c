#include "core/methods/undo.h"

#include "core/endpoint/call.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/name.h"

/* The process ends soon after its engine. */
#define UNDO_SECONDS 3

static const struct retry_policy only_once = {.max_tries = 1};

struct create_undo {
    const struct cloud *cloud;
    struct str urn;
    struct str id;
    const struct value *inputs;
    struct str created_at;  /* as the service showed it to the call; empty when it did not yet */
    struct str create_mark; /* empty where endpoints carry none */
};

static struct str created_at(const struct cloud *cloud, const struct observation *seen) {
    const char *path = cloud->tables->status.created_at;
    return path == NULL || seen->kind != OBSERVATION_SEEN ? STR_EMPTY
                                                          : value_text_at(seen->wire, path);
}

/* A name that cannot be used again is lost with the endpoint: one that the program chose stays. */
static bool may_go(const struct cloud_call *call) {
    const struct name_rule *rule = &call->cloud->tables->name_rule;
    return call->creation == CREATION_PROVEN &&
           (rule->reusable || name_is_auto(call->inputs, rule));
}

const struct create_undo *undo_of(const struct cloud_call *call, const struct observation *seen) {
    struct str time = created_at(call->cloud, seen);
    if (!may_go(call) || (time.len == 0 && call->create_mark.len == 0)) {
        return NULL;
    }
    struct create_undo *undo = ARENA_NEW(call->ctx->arena, struct create_undo);
    *undo = (struct create_undo){.cloud = call->cloud,
                                 .urn = call->urn,
                                 .id = call->id,
                                 .inputs = call->inputs,
                                 .created_at = time,
                                 .create_mark = call->create_mark};
    return undo;
}

/* By all that is known of what was made: its time, its mark, or both. */
static bool is_what_was_made(const struct create_undo *undo, const struct observation *seen) {
    bool same_time =
        undo->created_at.len == 0 || str_is(created_at(undo->cloud, seen), undo->created_at);
    bool same_mark = undo->create_mark.len == 0 ||
                     str_is(mark_of(undo->cloud->tables, seen->wire), undo->create_mark);
    return seen->kind == OBSERVATION_SEEN && same_time && same_mark;
}

enum err_code provider_undo_create(struct provider *provider, struct ctx *ctx,
                                   const struct create_undo *undo) {
    struct cloud_call call;
    struct observation seen = {0};
    struct rest_reply reply;
    const struct call_subject subject = {.urn = undo->urn, .id = undo->id, .inputs = undo->inputs};
    const struct call_limit limit = {.asked_seconds = UNDO_SECONDS};
    TRY(call_open(provider, ctx, undo->cloud, &subject, &limit, &call));
    struct rest_session once = *call.session;
    once.retry = &only_once;
    once.renew = NULL;
    call.session = &once;
    TRY(cloud_observe(&call, &seen));
    if (!is_what_was_made(undo, &seen)) {
        return ctx_fail(ctx, ERR_PRECONDITION, "%s: endpoint %.*s is not the one that was made",
                        undo->cloud->tables->title, STR_ARG(undo->id));
    }
    return cloud_send(&call, "delete", NULL, &reply);
}
