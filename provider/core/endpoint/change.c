#include "core/endpoint/change.h"

#include "core/endpoint/refusal.h"
#include "core/endpoint/wait.h"

static enum err_code check_answer(struct cloud_call *call, const struct value *olds,
                                  const struct value *news, const struct observation *seen) {
    struct ctx *ctx = call->ctx;
    const struct prop_table *props = &call->cloud->tables->props;
    struct diff_list unapplied = {.ctx = ctx};
    prop_unapplied(&unapplied, props, olds, news, outcome_decode(call, seen, news));
    if (unapplied.count == 0) {
        return ERR_OK;
    }
    return ctx_fail(
        ctx, ERR_PRECONDITION,
        "%s: the service took the change of endpoint %.*s but did not apply: %.*s. Take the change back, or "
        "replace the endpoint: %.*s",
        call->cloud->tables->title, STR_ARG(call->id),
        STR_ARG(refusal_paths(ctx->arena, &unapplied)), STR_ARG(refusal_replace_command(call)));
}

enum err_code change_send(struct cloud_call *call, const struct value *olds,
                          const struct value *news, struct observation *seen) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    struct value *body = prop_encode_update(call->ctx, &call->cloud->tables->props, olds, news);
    if (body->map.count > 0 && call->cloud->tables->update_whole) {
        body = prop_encode_whole(call->ctx, &call->cloud->tables->props, news);
    }
    if (hooks->adjust_update != NULL) {
        hooks->adjust_update(call, olds, news, body);
    }
    if (body->map.count == 0) {
        return ERR_OK;
    }
    struct observation answer = {0};
    enum err_code code = hooks->update != NULL
                             ? hooks->update(call, olds, news, body, &answer)
                             : cloud_update_default(call, olds, news, body, &answer);
    if (code == ERR_OK ||
        answer.kind == OBSERVATION_SEEN) { /* of a change in several steps, the last look */
        *seen = answer;
    }
    TRY(refusal_of_update(call, olds, news, code));
    if (seen->kind != OBSERVATION_SEEN) {
        return ctx_fail(call->ctx, ERR_NOT_FOUND, "%s: endpoint %.*s is gone; run pulumi refresh",
                        call->cloud->tables->title, STR_ARG(call->id));
    }
    return check_answer(call, olds, news, seen);
}

static const struct action_row *action_for(const struct cloud_call *call, struct str desired) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->action_count; i++) {
        if (str_is_c(desired, tables->actions[i].desired)) {
            return &tables->actions[i];
        }
    }
    return NULL;
}

/* While an endpoint starts or applies a change it is on its way to running by itself. */
static bool needs_action(const struct cloud_call *call, const struct action_row *action,
                         struct str desired, const struct observation *seen, bool force) {
    if (action == NULL || seen->state == action->class) {
        return false;
    }
    if (action->class != STATE_READY) {
        return force || !wait_is_reached(call, desired, seen->state);
    }
    switch (seen->state) {
    case STATE_PAUSED:
        return true;
    case STATE_IDLE:
        return force || !wait_is_reached(call, desired, seen->state);
    case STATE_FAILED:
    case STATE_OTHER:
        return force;
    case STATE_PENDING:
    case STATE_READY:
    case STATE_UPDATE_FAILED:
    case STATE_GONE:
        return false;
    }
    return false;
}

static bool wants_to_wait(const struct cloud_call *call) {
    return value_bool_at(call->inputs, "waitForReady", true);
}

/* A request that was repeated may find its first copy done ("already running"): then the endpoint
 * says so. */
static bool is_done_already(struct cloud_call *call, const struct action_row *action,
                            struct str desired, struct observation *seen) {
    struct error refused = error_keep(&call->ctx->error);
    struct observation now = {0};
    bool found = cloud_observe(call, &now) == ERR_OK && now.kind == OBSERVATION_SEEN;
    error_put_back(&call->ctx->error, &refused);
    if (!found || needs_action(call, action, desired, &now, false)) {
        return false;
    }
    error_clear(&call->ctx->error);
    *seen = now;
    return true;
}

static enum err_code act(struct cloud_call *call, const struct action_row *action,
                         struct str desired, struct observation *seen) {
    struct rest_reply reply;
    if (action->class == STATE_READY && seen->state == STATE_FAILED &&
        call->cloud->hooks.revive != NULL) {
        return call->cloud->hooks.revive(call, seen);
    }
    enum err_code code = cloud_change(call, action->operation, NULL, &reply);
    if (code != ERR_OK && reply.class == FAILURE_PRECONDITION &&
        is_done_already(call, action, desired, seen)) {
        return ERR_OK;
    }
    TRY(code);
    return cloud_observe_reply(call, &reply, seen) ? ERR_OK : cloud_observe(call, seen);
}

/* Put to sleep once, an endpoint wakes with the next request and falls asleep by itself: callers
 * may be using it. */
static bool is_left_awake(const struct action_row *action, const struct observation *seen,
                          enum change_cause cause) {
    return cause == CHANGE_BESIDE && action != NULL && action->class == STATE_IDLE &&
           (seen->state == STATE_READY || seen->state == STATE_PENDING);
}

enum err_code change_state(struct cloud_call *call, struct observation *seen,
                           enum change_cause cause) {
    struct str desired = cloud_desired_state(call, call->inputs);
    const struct action_row *action = action_for(call, desired);
    if (is_left_awake(action, seen, cause)) {
        desired = STR("running");
    } else if (needs_action(call, action, desired, seen, cause == CHANGE_ASKED)) {
        TRY(act(call, action, desired, seen));
    }
    return wants_to_wait(call) ? wait_until_state(call, desired, seen) : ERR_OK;
}
