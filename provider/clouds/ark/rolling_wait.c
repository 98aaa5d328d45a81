/* Waiting for a switch of the model: hours, with few looks. */
#include <math.h>

#include "base/words.h"
#include "clouds/ark/internal.h"
#include "clouds/ark/rolling.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/outcome.h"

#define SCRATCH_CEILING (8u << 20)
/* So many looks in a row may fail for reasons that pass. */
#define MAX_FAILED_LOOKS 5
#define FIRST_PAUSE_MS 1000
#define LONGEST_PAUSE_MS (120 * 1000)
#define MINUTE_MS (60.0 * 1000)

double rolling_minutes_left(const struct rolling *rolling) {
    double step = rolling->step > 0 ? rolling->step : ROLLING_STEP;
    return ceil((100 - rolling->percent) / step) * rolling->minutes;
}

int64_t rolling_pause_ms(int64_t delay_ms, double minutes_left) {
    int64_t next_ms = delay_ms == 0 ? FIRST_PAUSE_MS : delay_ms + delay_ms / 2;
    double left_ms = minutes_left * MINUTE_MS;
    next_ms = next_ms < LONGEST_PAUSE_MS ? next_ms : LONGEST_PAUSE_MS;
    next_ms = left_ms <= 0 || (double)next_ms < left_ms ? next_ms : (int64_t)left_ms;
    return next_ms > FIRST_PAUSE_MS ? next_ms : FIRST_PAUSE_MS;
}

struct wait {
    struct cloud_call *call;
    enum rolling_goal goal;
    const struct value *news;
    struct rolling rolling; /* as seen last; its texts are the call's */
    struct arena *scratch;
    int64_t delay_ms;
    int failed_looks;
};

static void keep(struct wait *wait, const struct rolling *fresh) {
    struct arena *arena = wait->call->ctx->arena;
    wait->rolling.state = fresh->state;
    wait->rolling.percent = fresh->percent;
    wait->rolling.tells_end = fresh->tells_end;
    wait->rolling.step = fresh->step;
    wait->rolling.minutes = fresh->minutes;
    if (!str_is(wait->rolling.status, fresh->status)) {
        wait->rolling.status = arena_str(arena, fresh->status);
    }
}

static void show_progress(const struct wait *wait) {
    const struct rolling *rolling = &wait->rolling;
    struct log log = wait->call->ctx->log;
    log.arena = wait->scratch; /* reset by the next look */
    if (rolling->state == ROLLING_REVERTING) {
        log_status(&log, "going back, %.0f %% still at %.*s", rolling->percent,
                   STR_ARG(rolling_model_text(log.arena, rolling->to)));
    } else {
        double minutes = rolling_minutes_left(rolling);
        log_status(&log, "rolling %.0f %%, about %.0f minute%s left", rolling->percent, minutes,
                   minutes == 1 ? "" : "s");
    }
}

/* One that was begun just now may not be found yet. */
static bool passes(enum err_code code) {
    return code == ERR_UNAVAILABLE || code == ERR_EXHAUSTED || code == ERR_UNCERTAIN ||
           code == ERR_NOT_FOUND;
}

/* Only the endpoint shows that all has moved; it is asked when that may be. */
static bool may_be_there(const struct rolling *rolling) {
    bool tells = rolling->tells_end || rolling->state == ROLLING_REVERTING;
    return rolling->state == ROLLING_OVER || rolling->percent >= 100 || !tells;
}

static bool is_at_goal(const struct wait *wait, const struct rolling *fresh,
                       const struct observation *seen) {
    if (seen->kind == OBSERVATION_GONE || fresh->state == ROLLING_OVER) {
        return true;
    }
    return wait->goal == ROLLING_UNTIL_SERVED ? rolling_is_served(seen->wire, wait->news)
                                              : rolling_has_arrived(fresh, seen->wire);
}

/* A switch that is not found may be one of an endpoint that is gone. */
static enum err_code look_without(struct wait *wait, struct cloud_call *call, bool *is_done,
                                  struct observation *seen) {
    struct error kept = error_keep(&call->ctx->error);
    enum err_code code = ark_look(call, seen);
    if (code != ERR_OK) {
        return code;
    }
    *is_done = is_at_goal(wait, &wait->rolling, seen);
    if (*is_done) {
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    error_put_back(&call->ctx->error, &kept);
    return ERR_NOT_FOUND;
}

/* One look at the switch, and at the endpoint when that may be at its goal. */
static enum err_code look_with(struct wait *wait, struct cloud_call *call, bool *is_done,
                               struct observation *seen) {
    struct rolling fresh;
    enum err_code code = rolling_get(call, wait->rolling.id, &fresh);
    if (code == ERR_NOT_FOUND) {
        return look_without(wait, call, is_done, seen);
    }
    TRY(code);
    keep(wait, &fresh);
    if (!may_be_there(&fresh)) {
        return ERR_OK;
    }
    TRY(ark_look(call, seen));
    *is_done = is_at_goal(wait, &fresh, seen);
    return ERR_OK;
}

/* In an arena of its own: a switch may take a day. */
static enum err_code look(struct wait *wait, bool *is_done, struct observation *seen) {
    struct ctx *ctx = wait->call->ctx;
    struct ctx fork;
    struct observation now = {0};
    arena_reset(wait->scratch);
    ctx_fork(&fork, ctx, wait->scratch, ctx->cancel);
    struct cloud_call call = *wait->call;
    call.ctx = &fork;
    call.params = value_map_clone(wait->scratch, wait->call->params);
    enum err_code code = ctx_join(ctx, &fork, look_with(wait, &call, is_done, &now));
    if (now.kind != OBSERVATION_UNSEEN) {
        *seen = now;
        seen->wire = value_copy(ctx->arena, now.wire);
        seen->state_word = arena_str(ctx->arena, now.state_word);
    }
    wait->failed_looks = code == ERR_OK ? 0 : wait->failed_looks + 1;
    if (passes(code) && wait->failed_looks < MAX_FAILED_LOOKS) {
        error_clear(&ctx->error);
        return ERR_OK;
    }
    return code;
}

static enum err_code give_up(struct wait *wait, enum cancel_reason reason) {
    struct cloud_call *call = wait->call;
    struct arena *arena = call->ctx->arena;
    bool is_late = reason == CANCEL_DEADLINE;
    struct words more =
        is_late ? words_text(arena, ". %p", WORDS_ARG(outcome_more_time(call))) : words_none();
    return ctx_fail(
        call->ctx, is_late ? ERR_DEADLINE : ERR_CANCELLED,
        "%s: %.0f %% of endpoint %p served %.*s when %s. The switch goes on by itself; %p%p",
        call->cloud->tables->title, wait->rolling.percent, WORDS_ARG(call_told_id(call, call->id)),
        STR_ARG(rolling_model_text(arena, wait->rolling.to)),
        is_late ? "the time given for it ran out" : "the run was cancelled",
        WORDS_ARG(advice_follow(call)), WORDS_ARG(more));
}

static enum err_code fail_ended(struct wait *wait) {
    struct cloud_call *call = wait->call;
    bool is_back = str_is_nocase(wait->rolling.status, STR("Reverted"));
    struct words how = is_back ? words_text(call->ctx->arena, "was taken back by somebody else")
                               : words_text(call->ctx->arena, "ended as %.*s before all had moved",
                                            STR_ARG(wait->rolling.status));
    return ctx_fail(call->ctx, ERR_PRECONDITION, "%s: the switch of endpoint %p to %.*s %p; %s",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                    STR_ARG(rolling_model_text(call->ctx->arena, wait->rolling.to)), WORDS_ARG(how),
                    advice_has_state(call) ? "pulumi up begins it anew" : "run the command again");
}

static enum err_code judge(struct wait *wait, const struct observation *seen) {
    if (seen->kind == OBSERVATION_GONE) {
        return advice_fail_gone(wait->call);
    }
    bool is_good =
        wait->goal == ROLLING_UNTIL_REVERTED || rolling_is_served(seen->wire, wait->news);
    return is_good ? ERR_OK : fail_ended(wait);
}

/* That nobody can see it stops no switch. */
static enum err_code fail_unseen(struct wait *wait, enum err_code code) {
    struct error *error = &wait->call->ctx->error;
    if (code == ERR_CANCELLED || code == ERR_DEADLINE) {
        return give_up(wait, code == ERR_DEADLINE ? CANCEL_DEADLINE : CANCEL_TRIPPED);
    }
    error->message =
        words_text(wait->call->ctx->arena, "%p. The switch goes on by itself; %p",
                   WORDS_ARG(words_without_stop(wait->call->ctx->arena, error->message)),
                   WORDS_ARG(advice_follow(wait->call)));
    return code;
}

static enum cancel_reason pause_before_next(struct wait *wait) {
    bool reverts = wait->rolling.state == ROLLING_REVERTING;
    wait->delay_ms =
        rolling_pause_ms(wait->delay_ms, reverts ? 1 : rolling_minutes_left(&wait->rolling));
    return cancel_sleep(wait->call->ctx->cancel, wait->delay_ms);
}

static enum err_code loop(struct wait *wait, struct observation *seen) {
    for (;;) {
        bool is_done = false;
        enum err_code code = look(wait, &is_done, seen);
        if (code != ERR_OK) {
            return fail_unseen(wait, code);
        }
        if (is_done) {
            return judge(wait, seen);
        }
        show_progress(wait);
        enum cancel_reason reason = pause_before_next(wait);
        if (reason != CANCEL_NONE) {
            return give_up(wait, reason);
        }
    }
}

enum err_code rolling_wait(struct cloud_call *call, const struct rolling *rolling,
                           enum rolling_goal goal, const struct value *news,
                           struct observation *seen) {
    struct wait wait = {.call = call, .goal = goal, .news = news, .rolling = *rolling};
    wait.scratch = arena_new(SCRATCH_CEILING);
    enum err_code code = loop(&wait, seen);
    if (code != ERR_OK && seen->kind == OBSERVATION_SEEN && wait.rolling.state != ROLLING_OVER) {
        seen->wire = rolling_put(call->ctx->arena, seen->wire, &wait.rolling);
    }
    arena_free(wait.scratch);
    return code;
}
