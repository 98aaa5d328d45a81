/* Bringing a switch of the model about: what the program asks for against what goes on. */
#include <math.h>

#include "base/words.h"
#include "clouds/ark/internal.h"
#include "clouds/ark/rolling.h"
#include "clouds/clouds.h"
#include "core/endpoint/call.h"
#include "core/endpoint/change.h"
#include "core/endpoint/mark.h"
#include "core/props/prop.h"

#define MINUTE_MS (60 * 1000)
#define LEAST_MS (150 * (int64_t)MINUTE_MS)
#define SPARE 1.5

/* What the program asks for */

static double step_of(const struct value *inputs) {
    return rolling_number(inputs, "switchStrategy.step", ROLLING_MOST_STEP, ROLLING_STEP);
}

static double minutes_of(const struct value *inputs) {
    return rolling_number(inputs, "switchStrategy.minutes", ROLLING_MOST_MINUTES, ROLLING_MINUTES);
}

static bool is_rolling_asked(const struct value *inputs) {
    return !str_is(value_text_at(inputs, "modelSwitch"), STR("replace"));
}

static bool has_foundation(const struct value *inputs) {
    return value_is_map(value_at(inputs, "modelReference.foundationModel"));
}

static bool has_version(const struct value *inputs) {
    return value_text_at(inputs, "modelReference.foundationModel.modelVersion").len > 0;
}

static struct switch_plan no_switch(struct arena *arena, const char *why) {
    return (struct switch_plan){.in_place = false, .words = words_own(arena, str_of(why))};
}

static struct words pace(struct arena *arena, const struct value *news) {
    double minutes = minutes_of(news);
    return minutes == 1 ? words_text(arena, "%.0f %% a minute", step_of(news))
                        : words_text(arena, "%.0f %% every %.0f minutes", step_of(news), minutes);
}

/* The version alone tells enough where the model stays. */
static struct str target_text(struct arena *arena, const struct value *olds,
                              const struct value *news) {
    static const char name[] = "modelReference.foundationModel.name";
    return str_is(value_text_at(olds, name), value_text_at(news, name))
               ? value_text_at(news, "modelReference.foundationModel.modelVersion")
               : rolling_asked_text(arena, news);
}

static bool is_paused(const struct value *inputs) {
    return str_is_c(value_text_at(inputs, "desiredState"), "paused");
}

/* What has to be done about an endpoint that rests. */
static const char *start_words(const struct value *olds, const struct value *news) {
    if (!is_paused(olds)) {
        return "";
    }
    return is_paused(news) ? "a model is switched while its endpoint runs, so pulumi up refuses "
                             "this as long as desiredState is paused; with running, "
                           : "it is started first and waited for, then ";
}

static struct switch_plan plan_known(struct ctx *ctx, const struct value *outputs,
                                     const struct value *olds, const struct value *news) {
    struct arena *arena = ctx->arena;
    const char *first = start_words(olds, news);
    const struct value *serves = value_at(outputs, "modelReference");
    struct str to = target_text(arena, olds, news);
    bool goes_back = serves != NULL && value_at(outputs, "rolling") != NULL &&
                     value_equal(serves, value_at(news, "modelReference"));
    struct words words = goes_back
                             ? words_text(arena, "%straffic goes back to %.*s", first, STR_ARG(to))
                             : words_text(arena, "%straffic moves to %.*s by %p, and its id stays",
                                          first, STR_ARG(to), WORDS_ARG(pace(arena, news)));
    return (struct switch_plan){.in_place = true, .words = words};
}

static struct switch_plan plan(struct ctx *ctx, const struct value *outputs,
                               const struct value *olds, const struct value *news) {
    if (!is_rolling_asked(news)) {
        return no_switch(ctx->arena, "it is replaced, as modelSwitch asks");
    }
    if (value_is_false(value_at(outputs, "supportRolling"))) {
        return no_switch(ctx->arena, "it is replaced, because it cannot switch its model in place "
                                     "(supportRolling is false)");
    }
    if (value_has_unknown(value_at(news, "modelReference"))) {
        return (struct switch_plan){.in_place = true, .words = words_none()};
    }
    if (!has_foundation(olds) || !has_foundation(news)) {
        return no_switch(ctx->arena,
                         "it is replaced, because only foundation models are switched in place");
    }
    if (!has_version(news)) {
        return no_switch(ctx->arena,
                         "it is replaced, because a switch in place needs modelVersion");
    }
    return plan_known(ctx, outputs, olds, news);
}

static bool is_under_way(const struct value *outputs) {
    return value_is_map(value_at(outputs, "rolling"));
}

static int64_t usual_ms(const struct value *news) {
    double minutes = SPARE * ceil(100 / step_of(news)) * minutes_of(news);
    int64_t all_ms = (int64_t)(minutes * MINUTE_MS);
    return all_ms > LEAST_MS ? all_ms : LEAST_MS;
}

/* The rehearsal */

/* A model is switched while its endpoint runs. */
static bool has_to_start(const struct observation *seen) {
    return seen->state == STATE_PAUSED || seen->state == STATE_PENDING;
}

static enum err_code refuse_unsupported(struct cloud_call *call) {
    return ctx_fail(call->ctx, ERR_PRECONDITION,
                    "%s: endpoint %p cannot switch its model in place (supportRolling is false); "
                    "nothing was changed. Set modelSwitch: replace for a new endpoint with another "
                    "id",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)));
}

/* Not when money is missing, or such a model. */
static void advise(struct cloud_call *call, enum err_code code) {
    struct error *error = &call->ctx->error;
    bool is_about_switch =
        code == ERR_INVALID ||
        (code == ERR_PRECONDITION && str_starts_nocase(error->cloud_code, STR("OperationDenied.")));
    if (is_about_switch) {
        error->message = words_text(
            call->ctx->arena, "%p. %s; modelSwitch: replace makes a new endpoint with another id",
            WORDS_ARG(words_without_stop(call->ctx->arena, error->message)),
            call->changed ? "The endpoint was started and serves the model it had"
                          : "Nothing was changed");
    }
}

static bool would_be_taken(const struct cloud_call *call, enum err_code code) {
    return code != ERR_OK && str_is_nocase(call->ctx->error.cloud_code, STR("DryRunOperation"));
}

/* One that would be taken is an error of its own. */
static enum err_code rehearse_create(struct cloud_call *call, const struct value *news) {
    struct value *body = rolling_request(call, news);
    struct rest_reply reply;
    struct cloud_turn turn = {0};
    enum err_code code = ERR_OK;
    value_map_set_c(call->ctx->arena, body, "DryRun", value_bool(call->ctx->arena, true));
    do {
        code = cloud_send(call, "rollingRehearse", body, &reply);
    } while (code != ERR_OK && !would_be_taken(call, code) && cloud_was_busy(call, &reply, &turn));
    if (would_be_taken(call, code)) {
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    if (code != ERR_OK) {
        advise(call, code);
        return code;
    }
    call->changed = true; /* it was no dry run: the switch is found under way */
    struct situation at = {0};
    return value_text_at(reply.result, "Id").len > 0 ? rolling_find(call, news, &at) : ERR_OK;
}

static enum err_code rehearse(struct cloud_call *call, const struct value *news, bool may_start,
                              struct observation *seen) {
    struct situation at = {0};
    if (!is_rolling_asked(news) || !has_foundation(news)) {
        return ERR_OK;
    }
    TRY(rolling_look(call, &at));
    if (rolling_goes_on(&at)) {
        bool is_foreign = at.rolling.state == ROLLING_RUNNING && !rolling_goes_to(&at, news) &&
                          !rolling_is_ours(call, &at.rolling);
        return is_foreign ? rolling_refuse_foreign(call, &at.rolling) : ERR_OK;
    }
    if (rolling_is_served(at.seen.wire, news)) {
        return ERR_OK;
    }
    if (value_is_false(value_get_c(at.seen.wire, "SupportRolling"))) {
        return refuse_unsupported(call);
    }
    if (may_start && has_to_start(&at.seen)) {
        *seen = at.seen;
        TRY(change_start(call, seen));
    }
    return rehearse_create(call, news);
}

/* Carrying it out */

static bool wants_to_wait(const struct cloud_call *call) {
    return value_bool_at(call->inputs, "waitForReady", true);
}

static void check_strategy(struct cloud_call *call, const struct rolling *rolling,
                           const struct value *news) {
    double step = value_number_at(news, "switchStrategy.step", rolling->step);
    double minutes = value_number_at(news, "switchStrategy.minutes", rolling->minutes);
    if (rolling->id.len > 0 && (rolling->step != step || rolling->minutes != minutes)) {
        log_warning(&call->ctx->log,
                    "%s: the service does not go by switchStrategy: it moves %.0f %% every %.0f "
                    "minutes",
                    call->cloud->tables->title, rolling->step, rolling->minutes);
    }
}

/* One that goes elsewhere has to be over before another begins. */
static enum err_code end_other(struct cloud_call *call, const struct value *news,
                               struct situation *at) {
    if (at->rolling.state == ROLLING_RUNNING) {
        TRY(rolling_is_ours(call, &at->rolling) ? rolling_cancel(call, at)
                                                : rolling_refuse_foreign(call, &at->rolling));
    }
    if (!rolling_goes_on(at)) {
        return ERR_OK;
    }
    bool is_end = rolling_is_served(at->seen.wire, news) && !wants_to_wait(call);
    return is_end ? ERR_OK
                  : rolling_wait(call, &at->rolling, ROLLING_UNTIL_REVERTED, news, &at->seen);
}

static enum err_code follow(struct cloud_call *call, const struct value *news,
                            struct situation *at) {
    return wants_to_wait(call)
               ? rolling_wait(call, &at->rolling, ROLLING_UNTIL_SERVED, news, &at->seen)
               : ERR_OK;
}

static enum err_code switch_to(struct cloud_call *call, const struct value *news, bool is_asked,
                               struct situation *at) {
    TRY(rolling_look(call, at));
    if (rolling_goes_on(at) && !rolling_goes_to(at, news)) {
        if (!is_asked && at->rolling.state == ROLLING_RUNNING &&
            !rolling_is_ours(call, &at->rolling)) {
            return ERR_OK;
        }
        TRY(end_other(call, news, at));
        TRY(rolling_look(call, at));
    }
    if (rolling_goes_to(at, news)) {
        return follow(call, news, at);
    }
    if (rolling_goes_on(at) || rolling_is_served(at->seen.wire, news) || !is_asked) {
        return ERR_OK;
    }
    TRY(rolling_begin(call, news, at));
    check_strategy(call, &at->rolling, news);
    return rolling_goes_on(at) ? follow(call, news, at) : ERR_OK;
}

static enum err_code carry_out(struct cloud_call *call, const struct value *news, bool is_asked,
                               struct observation *seen) {
    struct situation at = {0};
    if (!is_rolling_asked(news) || !has_foundation(news)) {
        return ERR_OK;
    }
    enum err_code code = switch_to(call, news, is_asked, &at);
    if (at.seen.kind != OBSERVATION_UNSEEN) {
        *seen = at.seen;
    }
    /* After a change the endpoint is looked at anyway. */
    return code == ERR_OK && !call->changed ? cloud_observe(call, seen) : code;
}

const struct cloud_switching rolling_switching = {
    .plan = plan,
    .is_under_way = is_under_way,
    .usual_ms = usual_ms,
    .rehearse = rehearse,
    .carry_out = carry_out,
};
