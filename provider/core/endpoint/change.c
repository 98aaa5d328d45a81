#include "core/endpoint/change.h"

#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/postponed.h"
#include "core/endpoint/refusal.h"
#include "core/endpoint/wait.h"
#include "core/props/unread.h"

static enum err_code fail_unapplied(struct cloud_call *call, const struct diff_list *unapplied) {
    struct ctx *ctx = call->ctx;
    return ctx_fail(
        ctx, ERR_PRECONDITION,
        "%s: the service took the change of endpoint %p but did not apply: %p. Take the change back; "
        "what cannot be changed in place takes %p",
        call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
        WORDS_ARG(refusal_paths(ctx->arena, &call->cloud->tables->props, unapplied)),
        WORDS_ARG(refusal_replace_advice(call, unapplied)));
}

/* Live values. Where one thing is spelled in two ways they are spelled as the program does, or did
 * before it took it out. */
static struct value *decode_changed(struct cloud_call *call, const struct observation *seen,
                                    const struct value *olds, const struct value *news) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    struct value *live = outcome_decode(call, seen, news);
    if (hooks->choose_taken_out != NULL) {
        hooks->choose_taken_out(call->ctx, olds, news, live);
    }
    return live;
}

/* Of what was sent, what does not show. */
static struct diff_list unapplied_of(struct cloud_call *call, const struct value *olds,
                                     const struct value *news, const struct observation *seen) {
    const struct prop_table *props = &call->cloud->tables->props;
    struct diff_list unapplied = {.ctx = call->ctx};
    prop_unapplied(&unapplied, props, olds, news, decode_changed(call, seen, olds, news));
    unread_unapplied(&unapplied, props, seen->wire, olds, news);
    return unapplied;
}

enum err_code change_answer(struct cloud_call *call, const struct value *olds,
                            const struct value *news, const struct observation *seen) {
    struct diff_list unapplied = unapplied_of(call, olds, news, seen);
    return unapplied.count == 0 ? ERR_OK : fail_unapplied(call, &unapplied);
}

static bool carries_labels(const struct cloud_call *call, const struct value *body) {
    const struct cloud_tables *tables = call->cloud->tables;
    return mark_is_possible(tables) && value_get_c(body, tables->mark.labels) != NULL;
}

/* What is sent whole starts from what the service has. */
static enum err_code complete(struct cloud_call *call, struct observation *before,
                              struct value **body) {
    const struct prop_table *props = &call->cloud->tables->props;
    if (!prop_sends_whole(props, *body)) {
        return ERR_OK;
    }
    if (before->kind == OBSERVATION_UNSEEN) {
        TRY(cloud_observe(call, before));
    }
    if (before->kind != OBSERVATION_SEEN) {
        return advice_fail_gone(call);
    }
    *body = prop_keep_unknown(call->ctx, props, NULL, *body, before->wire);
    return ERR_OK;
}

enum err_code change_send(struct cloud_call *call, const struct value *olds,
                          const struct value *news, struct observation *before,
                          struct observation *seen) {
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
    TRY(complete(call, before, &body));
    if (carries_labels(call, body)) { /* they are sent as a whole */
        body = mark_put(call, body, mark_new(call));
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
    return seen->kind == OBSERVATION_SEEN ? ERR_OK : advice_fail_gone(call);
}

bool change_carries_settings(struct cloud_call *call, const struct change *change) {
    const struct prop_table *props = &call->cloud->tables->props;
    return prop_encode_update(call->ctx, props, change->olds, change->news)->map.count > 0;
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

/* While an endpoint starts or applies a change it is on its way to running by itself. A word that
 * nobody knows says nothing of what an earlier run asked for. */
static bool needs_action(const struct cloud_call *call, const struct action_row *action,
                         struct str desired, const struct observation *seen,
                         enum change_cause cause) {
    bool force = cause == CHANGE_ASKED;
    bool repeats = cause == CHANGE_MENDS && seen->state == STATE_OTHER;
    if (action == NULL || seen->state == action->class) {
        return false;
    }
    if (action->class != STATE_READY) { /* a new one runs, whatever its word for that is */
        bool is_new = call->creation != CREATION_UNPROVEN && seen->state == STATE_OTHER;
        return force || repeats || is_new || !wait_is_reached(call, desired, seen->state);
    }
    switch (seen->state) {
    case STATE_PAUSED:
        return true;
    case STATE_IDLE:
        return force || !wait_is_reached(call, desired, seen->state);
    case STATE_OTHER:
        return force || repeats;
    case STATE_FAILED:
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
 * says so, in a word that is known. */
static bool is_done_already(struct cloud_call *call, const struct action_row *action,
                            struct str desired, struct observation *seen) {
    struct error refused = error_keep(&call->ctx->error);
    struct observation now = {0};
    bool found = cloud_observe(call, &now) == ERR_OK && now.kind == OBSERVATION_SEEN;
    error_put_back(&call->ctx->error, &refused);
    if (!found || now.state == STATE_OTHER ||
        needs_action(call, action, desired, &now, CHANGE_GOES_ON)) {
        return false;
    }
    error_clear(&call->ctx->error);
    *seen = now;
    return true;
}

/* A 404 proves nothing while a look finds the endpoint. */
static enum err_code fail_missing(struct cloud_call *call, enum err_code code,
                                  struct observation *seen) {
    struct error refused = call->ctx->error;
    struct observation now = {0};
    enum err_code proved = cloud_prove_missing(call, &now);
    if (proved == ERR_OK) {
        *seen = now;
        return advice_fail_gone(call);
    }
    if (now.kind == OBSERVATION_SEEN) {
        return proved;
    }
    error_put_back(&call->ctx->error, &refused);
    return code;
}

static enum err_code try_act(struct cloud_call *call, const struct action_row *action,
                             struct str desired, struct observation *seen) {
    struct rest_reply reply;
    if (action->class == STATE_READY && seen->state == STATE_FAILED &&
        call->cloud->hooks.revive != NULL) {
        return call->cloud->hooks.revive(call, seen);
    }
    struct cloud_turn turn = {0};
    enum err_code code = ERR_OK;
    do {
        code = cloud_change(call, action->operation, NULL, &reply);
        if (code != ERR_OK && reply.class == FAILURE_PRECONDITION &&
            is_done_already(call, action, desired, seen)) {
            return ERR_OK;
        }
    } while (code != ERR_OK && cloud_was_busy(call, &reply, &turn));
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        return fail_missing(call, code, seen);
    }
    TRY(code);
    return cloud_observe_reply(call, &reply, seen) ? ERR_OK : cloud_observe(call, seen);
}

static enum err_code act(struct cloud_call *call, const struct action_row *action,
                         struct str desired, struct observation *seen) {
    return refusal_of_act(call, try_act(call, action, desired, seen));
}

/* Put to sleep once, an endpoint wakes with the next request and falls asleep by itself: callers
 * may be using it. */
static bool is_left_awake(const struct action_row *action, const struct observation *seen,
                          enum change_cause cause) {
    return cause == CHANGE_BESIDE && action != NULL && action->class == STATE_IDLE &&
           (seen->state == STATE_READY || seen->state == STATE_PENDING);
}

/* The end of an update. */
struct ending {
    struct wait_test test;
    struct cloud_call *call;
    const struct change *change;
    bool was_resumed;
};

static bool names(const struct diff_list *list, struct str path) {
    for (size_t i = 0; i < list->count; i++) {
        if (str_is(list->entries[i].path, path)) {
            return true;
        }
    }
    return false;
}

/* What pausing and resuming reset and does not show as the program asks. */
static struct diff_list unmet_resets(struct cloud_call *call, const struct value *news,
                                     const struct value *live) {
    const struct prop_table *props = &call->cloud->tables->props;
    struct diff_list unmet = {.ctx = call->ctx};
    prop_unapplied(&unmet, props, NULL, prop_only(call->ctx, props, PROP_PAUSE_RESETS, news),
                   prop_only(call->ctx, props, PROP_PAUSE_RESETS, live));
    return unmet;
}

/* What was sent, or was reset by a resume, and does not show. */
static struct diff_list missing(const struct ending *ending, const struct observation *seen) {
    struct cloud_call *call = ending->call;
    const struct change *change = ending->change;
    struct diff_list unapplied = unapplied_of(call, change->olds, change->news, seen);
    struct diff_list resets = {0};
    if (ending->was_resumed && seen->state != STATE_PAUSED) { /* of one that rests none show */
        resets = unmet_resets(call, change->news,
                              decode_changed(call, seen, change->olds, change->news));
    }
    for (size_t i = 0; i < resets.count; i++) {
        if (!names(&unapplied, resets.entries[i].path)) {
            diff_list_add(&unapplied, resets.entries[i].path, resets.entries[i].kind, false);
        }
    }
    return unapplied;
}

static bool shows(struct wait_test *self, const struct observation *seen) {
    return missing((const struct ending *)self, seen).count == 0;
}

static void warn_other(struct cloud_call *call, struct str path) {
    log_warning(&call->ctx->log, "%s: the service answers another value for %.*s than was asked",
                call->cloud->tables->title, STR_ARG(path));
}

/* What this update did not send is somebody else's doing, or was ignored before. */
static void warn_others(const struct ending *ending, const struct observation *seen,
                        const struct diff_list *told) {
    struct cloud_call *call = ending->call;
    const struct value *news = ending->change->news;
    struct diff_list all = {.ctx = call->ctx,
                            .ignored = ending->change->ignored,
                            .ignored_count = ending->change->ignored_count};
    prop_unapplied(&all, &call->cloud->tables->props, NULL, news,
                   decode_changed(call, seen, ending->change->olds, news));
    for (size_t i = 0; i < all.count; i++) {
        if (!names(told, all.entries[i].path)) {
            warn_other(call, all.entries[i].path);
        }
    }
}

static void warn_lasting(const struct ending *ending, const struct observation *seen) {
    struct cloud_call *call = ending->call;
    const struct change *change = ending->change;
    struct diff_list lasting = {.ctx = call->ctx};
    const struct lasting sides = {
        .olds = change->olds,
        .news = change->news,
        .before = change->before.kind == OBSERVATION_SEEN
                      ? decode_changed(call, &change->before, change->olds, change->news)
                      : NULL,
        .live = decode_changed(call, seen, change->olds, change->news),
    };
    prop_lasting(&lasting, &call->cloud->tables->props, &sides);
    for (size_t i = 0; i < lasting.count; i++) {
        log_warning(&call->ctx->log,
                    "%s: %.*s was taken out of the program, but the service shows it as it was; "
                    "for another value, say which",
                    call->cloud->tables->title, STR_ARG(lasting.entries[i].path));
    }
}

static enum err_code look_once(const struct ending *ending, struct observation *seen) {
    struct cloud_call *call = ending->call;
    struct observation now = {0};
    TRY(cloud_observe(call, &now));
    if (now.kind != OBSERVATION_SEEN) { /* it may not show yet */
        return ERR_OK;
    }
    *seen = now;
    struct diff_list unapplied = missing(ending, seen);
    for (size_t i = 0; i < unapplied.count; i++) {
        warn_other(call, unapplied.entries[i].path);
    }
    warn_others(ending, seen, &unapplied);
    warn_lasting(ending, seen);
    return ERR_OK;
}

static enum err_code end_update(struct ending *ending, struct str desired,
                                struct observation *seen) {
    struct cloud_call *call = ending->call;
    if (!wants_to_wait(call)) {
        return look_once(ending, seen);
    }
    TRY(wait_until_shown(call, desired, &ending->test, seen));
    struct diff_list unapplied = missing(ending, seen);
    warn_others(ending, seen, &unapplied);
    warn_lasting(ending, seen);
    return unapplied.count == 0 ? ERR_OK : fail_unapplied(call, &unapplied);
}

/* What a rest reset, and what changed while the endpoint rested and so was not sent: also of one
 * that still shows that it rests, whose values count for nothing otherwise (outcome_decode). */
static enum err_code send_reset(const struct ending *ending, struct observation *seen) {
    struct cloud_call *call = ending->call;
    struct ctx *ctx = call->ctx;
    const struct prop_table *props = &call->cloud->tables->props;
    bool waits = ending->change != NULL && ending->change->resets_wait;
    const struct value *before = waits ? ending->change->olds : call->inputs;
    const struct value *olds = prop_only(ctx, props, PROP_PAUSE_RESETS, before);
    const struct value *news = prop_only(ctx, props, PROP_PAUSE_RESETS, call->inputs);
    struct observation awake = *seen;
    awake.state = STATE_PENDING;
    if (seen->kind != OBSERVATION_SEEN) {
        return ERR_OK;
    }
    const struct value *live = decode_changed(call, &awake, before, call->inputs);
    live = prop_only(ctx, props, PROP_PAUSE_RESETS,
                     prop_refresh(ctx, props, live, postponed_said_or_taken_out(ctx, olds, news)));
    struct observation answer = {0};
    TRY(change_send(call, live, news, seen, &answer)); /* nothing, when they are the same */
    *seen = answer.kind == OBSERVATION_SEEN ? answer : *seen;
    return ERR_OK;
}

/* A resume gives some settings values of its own. While it starts a change may be refused. */
static enum err_code send_reset_after(const struct ending *ending, struct str desired,
                                      struct observation *seen) {
    struct cloud_call *call = ending->call;
    if (wants_to_wait(call)) {
        TRY(wait_until_state(call, desired, seen));
        TRY(cloud_observe(call, seen));
    }
    return send_reset(ending, seen);
}

static const struct action_row *action_in(const struct cloud_call *call, enum state_class state) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->action_count; i++) {
        if (tables->actions[i].class == state) {
            return &tables->actions[i];
        }
    }
    return NULL;
}

/* Until it is on its way no more, and what it is then. */
static enum err_code await_arrival(struct cloud_call *call, struct observation *seen) {
    bool was_pending = false;
    struct observation now = {0};
    TRY(wait_while_pending(call, &was_pending));
    TRY(cloud_observe(call, &now));
    *seen = now.kind == OBSERVATION_SEEN ? now : *seen;
    return ERR_OK;
}

/* The state that an endpoint is in, or comes to, when nothing is done about it. */
static enum err_code leave_state(struct cloud_call *call, struct observation *seen,
                                 struct str *desired) {
    if (seen->state == STATE_PENDING && wants_to_wait(call)) {
        TRY(await_arrival(call, seen));
    }
    const struct action_row *present = action_in(call, seen->state);
    *desired = present != NULL ? str_of(present->desired) : STR("running");
    return ERR_OK;
}

static enum err_code wait_for(struct ending *ending, struct str desired, struct observation *seen) {
    struct cloud_call *call = ending->call;
    if (ending->change != NULL && call->changed) {
        return end_update(ending, desired, seen);
    }
    return wants_to_wait(call) ? wait_until_state(call, desired, seen) : ERR_OK;
}

/* What was on its way may have been on its way to rest: a pause of a run before, cut off. */
static bool has_come_to_rest(const struct cloud_call *call, const struct action_row *action,
                             const struct observation *before, const struct observation *now) {
    return call->ctx->error.code == ERR_PRECONDITION && action != NULL &&
           action->class == STATE_READY && before->state == STATE_PENDING &&
           now->kind == OBSERVATION_SEEN && now->state == STATE_PAUSED;
}

enum err_code change_start(struct cloud_call *call, struct observation *seen) {
    struct str running = STR("running");
    const struct action_row *action = action_for(call, running);
    const struct observation before = *seen;
    enum err_code code = ERR_OK;
    if (seen->state != STATE_PAUSED) {
        code = wait_until_state(call, running, seen);
        if (code == ERR_OK || !has_come_to_rest(call, action, &before, seen)) {
            return code;
        }
        error_clear(&call->ctx->error);
    }
    TRY(act(call, action, running, seen));
    return wait_until_state(call, running, seen);
}

enum err_code change_rest(struct cloud_call *call, struct observation *seen) {
    struct str paused = STR("paused");
    TRY(act(call, action_for(call, paused), paused, seen));
    return seen->kind == OBSERVATION_GONE ? advice_fail_gone(call)
                                          : wait_until_state(call, paused, seen);
}

/* By the program before, or by a run whose update failed: the engine's inputs know only the first.
 */
static bool was_to_rest(const struct cloud_call *call, const struct change *change) {
    return change != NULL && (str_is_c(cloud_desired_state(call->cloud, change->olds), "paused") ||
                              str_is_c(value_text_at(call->recorded, "desiredState"), "paused"));
}

/* Does it leave a rest that the program asked for, or that is seen? Somebody else, or a run that
 * was cut off, may have resumed it before: what was reset then is still to be sent. */
static bool leaves_rest(const struct cloud_call *call, const struct action_row *action,
                        const struct observation *seen, const struct change *change) {
    return action != NULL && action->class != STATE_PAUSED &&
           prop_has(&call->cloud->tables->props, PROP_PAUSE_RESETS) &&
           (was_to_rest(call, change) || seen->state == STATE_PAUSED ||
            (change != NULL && change->resets_wait));
}

/* On its way it may still be to the rest that the program asked for before. */
static bool may_come_to_rest(const struct cloud_call *call, const struct action_row *action,
                             const struct observation *seen, const struct change *change) {
    return action != NULL && action->class != STATE_PAUSED && seen->state == STATE_PENDING &&
           was_to_rest(call, change);
}

static enum err_code bring_about(struct ending *ending, const struct action_row *action,
                                 struct str desired, enum change_cause cause,
                                 struct observation *seen) {
    struct cloud_call *call = ending->call;
    if (may_come_to_rest(call, action, seen, ending->change)) {
        TRY(await_arrival(call, seen));
    }
    bool acts = needs_action(call, action, desired, seen, cause);
    bool leaves = leaves_rest(call, action, seen, ending->change);
    ending->was_resumed = leaves;
    if (leaves && action->class == STATE_IDLE) { /* afterwards it would wake */
        TRY(send_reset(ending, seen));
    }
    TRY(acts ? act(call, action, desired, seen) : ERR_OK);
    return leaves && action->class == STATE_READY ? send_reset_after(ending, desired, seen)
                                                  : ERR_OK;
}

static enum err_code resume(struct ending *ending, const struct action_row *action,
                            struct str desired, struct observation *seen) {
    error_clear(&ending->call->ctx->error);
    TRY(bring_about(ending, action, desired, CHANGE_ASKED, seen));
    return wait_for(ending, desired, seen);
}

enum err_code change_state(struct cloud_call *call, struct observation *seen,
                           enum change_cause cause, const struct change *change) {
    struct str desired = cloud_desired_state(call->cloud, call->inputs);
    const struct action_row *action = action_for(call, desired);
    struct ending ending = {.test = {shows}, .call = call, .change = change};
    bool is_left = change != NULL && change->keeps_state;
    if (is_left) {
        TRY(leave_state(call, seen, &desired));
    } else if (is_left_awake(action, seen, cause)) {
        is_left = true;
        desired = STR("running");
    } else {
        TRY(bring_about(&ending, action, desired, cause, seen));
    }
    const struct observation before = *seen;
    enum err_code code = wait_for(&ending, desired, seen);
    bool resumes = code != ERR_OK && cause == CHANGE_ASKED && !is_left &&
                   has_come_to_rest(call, action, &before, seen);
    return resumes ? resume(&ending, action, desired, seen) : code;
}
