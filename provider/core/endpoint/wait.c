#include "core/endpoint/wait.h"

#include "base/digest.h"
#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/backoff.h"
#include "core/endpoint/call.h"
#include "core/endpoint/log_tail.h"

/* A look's reply is bounded by the service row; an arena holds one. */
#define LOOK_CEILING (8u << 20)
#define LINE_CEILING (64u << 10)
/* So many polls in a row may fail for reasons that pass. */
#define MAX_FAILED_POLLS 5

struct wait {
    struct cloud_call *call;
    struct str desired;
    struct arena *last; /* what the last look showed; NULL: there was none */
    int64_t started_ms;
    int64_t delay_ms;
    int failed_polls;
    bool has_left_rest;     /* seen in a state other than paused since the change */
    struct wait_test *test; /* NULL: the state alone counts */
    bool has_looked;
    bool is_unshown; /* the state is reached, and the test does not hold */
    int64_t unshown_since_ms;
};

static int64_t now(const struct wait *wait) {
    return wait->call->ctx->clock->now_ms(wait->call->ctx->clock);
}

static enum state_class wanted_class(const struct cloud_call *call, struct str desired) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->action_count; i++) {
        if (str_is_c(desired, tables->actions[i].desired)) {
            return tables->actions[i].class;
        }
    }
    return STATE_READY;
}

bool wait_is_reached(const struct cloud_call *call, struct str desired, enum state_class state) {
    if (state == wanted_class(call, desired) || state == STATE_OTHER) {
        return true;
    }
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    return hooks->state_suffices != NULL && hooks->state_suffices(call->inputs, desired, state);
}

/* Between 90 and 110 per cent, so that a large stack does not poll in step. */
static int64_t jittered(int64_t delay_ms) {
    uint8_t byte = 0;
    digest_random(&byte, 1);
    return delay_ms * (900 + (int64_t)byte * 200 / 255) / 1000;
}

static enum cancel_reason pause_before_poll(struct wait *wait) {
    const struct wait_policy *policy = &wait->call->cloud->tables->wait;
    enum cancel_reason reason = cancel_sleep(wait->call->ctx->cancel, jittered(wait->delay_ms));
    wait->delay_ms = backoff_next_ms(policy, wait->delay_ms);
    return reason;
}

static bool passes(enum err_code code) {
    return code == ERR_UNAVAILABLE || code == ERR_EXHAUSTED || code == ERR_UNCERTAIN;
}

/* One look in an arena of its own, so that the looks of a long wait do not pile up. What was seen
 * before stays readable while it is made, and no longer: many wait at once. */
static enum err_code poll(struct wait *wait, struct observation *seen) {
    struct ctx *ctx = wait->call->ctx;
    struct arena *arena = arena_new(LOOK_CEILING);
    struct ctx poll_ctx;
    ctx_fork(&poll_ctx, ctx, arena, ctx->cancel);
    struct cloud_call poll_call = *wait->call;
    poll_call.ctx = &poll_ctx;
    poll_call.params = value_map_clone(arena, wait->call->params);
    struct observation fresh = {0};
    enum err_code code = ctx_join(ctx, &poll_ctx, cloud_observe(&poll_call, &fresh));
    if (code == ERR_OK) {
        wait->failed_polls = 0;
        wait->has_looked = true;
        *seen = fresh;
        arena_free(wait->last);
        wait->last = arena;
        return ERR_OK;
    }
    arena_free(arena);
    wait->failed_polls++;
    return passes(code) && wait->failed_polls < MAX_FAILED_POLLS ? ERR_OK : code;
}

static void show_progress(const struct wait *wait, const struct observation *seen) {
    const struct status_paths *paths = &wait->call->cloud->tables->status;
    struct arena *arena = arena_new(LINE_CEILING);
    struct log log = wait->call->ctx->log;
    log.arena = arena;
    const struct value *ready =
        paths->ready_replicas == NULL ? NULL : value_at(seen->wire, paths->ready_replicas);
    const struct value *target =
        paths->target_replicas == NULL ? NULL : value_at(seen->wire, paths->target_replicas);
    struct words replicas = words_none();
    if (value_is_number(ready) && value_is_number(target)) {
        replicas = words_text(arena, ", %.0f/%.0f replicas ready", ready->number, target->number);
    }
    log_status(&log, "%.*s%p, %lld s", STR_ARG(seen->state_word), WORDS_ARG(replicas),
               (long long)((now(wait) - wait->started_ms) / 1000));
    arena_free(arena);
}

/* The error that was just written, with what the endpoint logged before. */
static enum err_code with_log(struct cloud_call *call, enum err_code code, struct log_tail log) {
    struct error *error = &call->ctx->error;
    error->log = log.lines;
    if (log.unread.text.len > 0) {
        error->message = words_join(call->ctx->arena, error->message, " ", log.unread);
    }
    return code;
}

static enum err_code fail_state(struct wait *wait, const struct observation *seen,
                                struct words next_step) {
    struct cloud_call *call = wait->call;
    struct log_tail log = log_tail_read(call);
    enum err_code code =
        ctx_fail(call->ctx, ERR_PRECONDITION, "%s: endpoint %p is %p. %p",
                 call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                 WORDS_ARG(outcome_describe(call, seen)), WORDS_ARG(next_step));
    return with_log(call, code, log);
}

/* ERR_OK: go on waiting. */
static enum err_code judge(struct wait *wait, const struct observation *seen) {
    bool settling = now(wait) - wait->started_ms < wait->call->cloud->tables->wait.settle_ms;
    if (seen->kind == OBSERVATION_GONE) {
        return settling ? ERR_OK : advice_fail_gone(wait->call);
    }
    switch (seen->state) {
    case STATE_FAILED:
        return fail_state(wait, seen, advice_state(wait->call, seen->state));
    case STATE_UPDATE_FAILED:
        return settling && !wait->has_left_rest
                   ? ERR_OK
                   : fail_state(wait, seen, advice_state(wait->call, seen->state));
    case STATE_GONE: /* so the answer to a change says */
        return settling ? ERR_OK : advice_fail_gone(wait->call);
    case STATE_PAUSED:
        return settling && !wait->has_left_rest
                   ? ERR_OK
                   : fail_state(wait, seen,
                                words_text(wait->call->ctx->arena,
                                           "Somebody paused it while this run waited; %p to resume "
                                           "it.",
                                           WORDS_ARG(advice_again(wait->call))));
    case STATE_PENDING:
    case STATE_READY:
    case STATE_IDLE:
    case STATE_OTHER:
        wait->has_left_rest = true;
        return ERR_OK;
    }
    return ERR_OK;
}

static long long seconds_of(const struct wait *wait) {
    return (long long)((now(wait) - wait->started_ms) / 1000);
}

/* A word from before the change is no answer to it. */
static struct words still_text(const struct wait *wait, const struct observation *seen) {
    struct words words = outcome_describe(wait->call, seen);
    return words_text(wait->call->ctx->arena, "%s %p",
                      seen->is_stale ? "did not yet show the change and was" : "was still",
                      WORDS_ARG(words));
}

static enum err_code give_up(struct wait *wait, const struct observation *seen,
                             enum cancel_reason reason) {
    struct cloud_call *call = wait->call;
    struct words still = still_text(wait, seen);
    if (reason != CANCEL_DEADLINE) {
        return ctx_fail(call->ctx, ERR_CANCELLED,
                        "%s: endpoint %p %p after %lld s when the run was cancelled. %p",
                        call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                        WORDS_ARG(still), seconds_of(wait), WORDS_ARG(advice_waited(call)));
    }
    long long seconds = seconds_of(wait);
    struct log_tail log = log_tail_read(call);
    enum err_code code = ctx_fail(
        call->ctx, ERR_DEADLINE,
        "%s: endpoint %p %p after %lld s when the time given for it ran out. %p.",
        call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)), WORDS_ARG(still),
        seconds, WORDS_ARG(outcome_with_more_time(call, advice_waited(call))));
    return with_log(call, code, log);
}

/* Some services say that an endpoint runs before they say where. */
static bool lacks_address(const struct wait *wait, const struct observation *seen) {
    const struct status_paths *paths = &wait->call->cloud->tables->status;
    return paths->address != NULL && seen->kind == OBSERVATION_SEEN && seen->state == STATE_READY &&
           value_text_at(seen->wire, paths->address).len == 0 &&
           (paths->private_network == NULL || value_at(seen->wire, paths->private_network) == NULL);
}

static void warn_of_address(const struct wait *wait, const struct observation *seen) {
    const struct cloud_call *call = wait->call;
    if (lacks_address(wait, seen)) {
        log_warning(&call->ctx->log,
                    "%s: endpoint %p runs, but the service shows no address; its outputs follow "
                    "with the next %p",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                    WORDS_ARG(advice_look(call)));
    }
}

/* Has what was asked not shown for longer than an old state may linger? */
static bool has_settled(struct wait *wait) {
    if (!wait->is_unshown) {
        wait->is_unshown = true;
        wait->unshown_since_ms = now(wait);
        wait->delay_ms = wait->call->cloud->tables->wait.first_ms;
    }
    return now(wait) - wait->unshown_since_ms >= wait->call->cloud->tables->wait.settle_ms;
}

static bool is_done(struct wait *wait, const struct observation *seen) {
    if (!wait_is_reached(wait->call, wait->desired, seen->state)) {
        wait->is_unshown = false;
        return false;
    }
    if (wait->test != NULL && !wait->has_looked) {
        return false;
    }
    bool shows = wait->test == NULL || wait->test->holds(wait->test, seen);
    return (shows && !lacks_address(wait, seen)) || has_settled(wait);
}

/* The answer to a request is followed by a look at once; looks keep their distance. */
static enum cancel_reason pause_before_look(struct wait *wait, const struct observation *seen) {
    bool is_answer = wait->test != NULL && !wait->has_looked &&
                     wait_is_reached(wait->call, wait->desired, seen->state);
    return is_answer ? cancel_state(wait->call->ctx->cancel) : pause_before_poll(wait);
}

/* When the time ends before what may be an old look counts: its words say that the state is
 * reached, and it lacks what was asked. */
static bool is_old_and_lacking(const struct wait *wait, const struct observation *seen) {
    return seen->is_stale && wait->test != NULL &&
           wait_is_reached(wait->call, wait->desired,
                           cloud_classify(wait->call->cloud, seen->wire).state) &&
           !wait->test->holds(wait->test, seen);
}

static enum err_code loop(struct wait *wait, struct observation *seen) {
    while (!is_done(wait, seen)) {
        bool reached = wait_is_reached(wait->call, wait->desired, seen->state);
        TRY(reached ? ERR_OK : judge(wait, seen));
        show_progress(wait, seen);
        enum cancel_reason reason = pause_before_look(wait, seen);
        enum err_code code = reason == CANCEL_NONE ? poll(wait, seen) : ERR_OK;
        if (code == ERR_CANCELLED || code == ERR_DEADLINE) {
            reason = code == ERR_DEADLINE ? CANCEL_DEADLINE : CANCEL_TRIPPED;
        } else {
            TRY(code);
        }
        if (reason == CANCEL_DEADLINE && (wait->is_unshown || is_old_and_lacking(wait, seen))) {
            error_clear(&wait->call->ctx->error);
            return ERR_OK;
        }
        if (reason != CANCEL_NONE) {
            return give_up(wait, seen, reason);
        }
    }
    return ERR_OK;
}

static void begin(struct wait *wait, struct cloud_call *call) {
    *wait = (struct wait){.call = call, .delay_ms = call->cloud->tables->wait.first_ms};
    wait->started_ms = now(wait);
}

static void end(struct wait *wait) {
    arena_free(wait->last);
}

enum err_code wait_until_state(struct cloud_call *call, struct str desired,
                               struct observation *seen) {
    return wait_until_shown(call, desired, NULL, seen);
}

enum err_code wait_until_shown(struct cloud_call *call, struct str desired, struct wait_test *test,
                               struct observation *seen) {
    struct wait wait;
    begin(&wait, call);
    wait.desired = desired;
    wait.test = test;
    wait.has_looked = seen->is_look;
    enum err_code code = loop(&wait, seen);
    if (code == ERR_OK && wait.last != NULL) { /* the last line stays on the screen */
        show_progress(&wait, seen);
    }
    if (code == ERR_OK) {
        warn_of_address(&wait, seen);
    }
    if (seen->kind == OBSERVATION_SEEN) {
        seen->wire = value_copy(call->ctx->arena, seen->wire);
    }
    seen->state_word = arena_str(call->ctx->arena, seen->state_word);
    end(&wait);
    return code;
}

enum err_code wait_while_pending(struct cloud_call *call, bool *was_pending) {
    struct wait wait;
    begin(&wait, call);
    struct observation seen = {0};
    *was_pending = false;
    enum err_code code = poll(&wait, &seen);
    while (code == ERR_OK && seen.kind == OBSERVATION_SEEN && seen.state == STATE_PENDING) {
        *was_pending = true;
        show_progress(&wait, &seen);
        enum cancel_reason reason = pause_before_poll(&wait);
        code = reason == CANCEL_NONE ? poll(&wait, &seen) : give_up(&wait, &seen, reason);
    }
    end(&wait);
    return code;
}

static enum err_code give_up_on_delete(struct wait *wait, const struct observation *seen,
                                       enum cancel_reason reason) {
    struct cloud_call *call = wait->call;
    bool late = reason == CANCEL_DEADLINE;
    long long seconds = seconds_of(wait);
    struct log_tail log =
        late ? log_tail_read(call) : (struct log_tail){.lines = STR_EMPTY, .unread = words_none()};
    struct words next = advice_undeleted(call);
    next = late ? words_text(call->ctx->arena, "%p.", WORDS_ARG(outcome_with_more_time(call, next)))
                : next;
    const char *contradiction =
        call->was_absent ? ", although the service answered the request to delete it with \"not "
                           "found\""
                         : "";
    enum err_code code =
        ctx_fail(call->ctx, late ? ERR_DEADLINE : ERR_CANCELLED,
                 "%s: endpoint %p was still there (%p) after %lld s when %s%s. %p",
                 call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                 WORDS_ARG(outcome_describe(call, seen)), seconds,
                 late ? "the time given for it ran out" : "the run was cancelled", contradiction,
                 WORDS_ARG(next));
    return with_log(call, code, log);
}

/* Where a name is the id, somebody may make a new endpoint under it as soon as the deleted one is
 * gone, between two looks: it was made after the delete, or later than the one that the first look
 * showed. */
static bool is_made_anew(const struct wait *wait, const struct observation *seen,
                         struct str *first) {
    struct arena *arena = wait->call->ctx->arena;
    const struct cloud *cloud = wait->call->cloud;
    if (cloud->tables->id_created != NULL || cloud_created_at(cloud, seen->wire) < 0) {
        return false;
    }
    struct str created = value_text_at(seen->wire, cloud->tables->status.created_at);
    *first = first->len == 0 ? arena_str(arena, created) : *first;
    return cloud_is_made_since(wait->call, seen) || clock_is_later(created, *first);
}

/* The last line says the end. */
static void show_gone(const struct wait *wait) {
    struct arena *arena = arena_new(LINE_CEILING);
    struct log log = wait->call->ctx->log;
    log.arena = arena;
    log_status(&log, "gone, %lld s", (long long)((now(wait) - wait->started_ms) / 1000));
    arena_free(arena);
}

enum err_code wait_until_gone(struct cloud_call *call) {
    struct wait wait;
    begin(&wait, call);
    struct observation seen = {0};
    struct str first = STR_EMPTY; /* when it was made, by the first look that tells it */
    bool is_shown = false;
    enum err_code code = poll(&wait, &seen);
    while (code == ERR_OK && seen.kind != OBSERVATION_GONE && !is_made_anew(&wait, &seen, &first)) {
        show_progress(&wait, &seen);
        is_shown = true;
        enum cancel_reason reason = pause_before_poll(&wait);
        code = reason == CANCEL_NONE ? poll(&wait, &seen) : give_up_on_delete(&wait, &seen, reason);
    }
    if (code == ERR_OK && is_shown) {
        show_gone(&wait);
    }
    end(&wait);
    return code;
}
