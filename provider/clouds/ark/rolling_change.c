/* Asking the service for a switch of the model, and to take one back; and whether it did so. */
#include "base/words.h"
#include "clouds/ark/internal.h"
#include "clouds/ark/rolling.h"
#include "clouds/clouds.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/mark.h"
#include "core/props/prop.h"

#define LOOK_AGAIN_MS 1000

/* What goes on */

enum err_code rolling_look(struct cloud_call *call, struct situation *out) {
    TRY(ark_look(call, &out->seen));
    if (out->seen.kind != OBSERVATION_SEEN) {
        return advice_fail_gone(call);
    }
    return rolling_of(call, out->seen.wire, &out->rolling);
}

bool rolling_goes_on(const struct situation *at) {
    return at->rolling.state != ROLLING_OVER;
}

bool rolling_goes_to(const struct situation *at, const struct value *news) {
    return at->rolling.state == ROLLING_RUNNING && rolling_is_model(at->rolling.to, news);
}

bool rolling_is_ours(struct cloud_call *call, const struct rolling *rolling) {
    return str_find(rolling->description, mark_prefix(call)) >= 0;
}

enum err_code rolling_refuse_foreign(struct cloud_call *call, const struct rolling *rolling) {
    return ctx_fail(
        call->ctx, ERR_PRECONDITION,
        "%s: endpoint %p is being switched to %.*s (%.*s, %.*s, %.0f %%), and that was not begun "
        "by this resource; %s. Wait for its end or take it back in the console, then %p",
        call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
        STR_ARG(rolling_model_text(call->ctx->arena, rolling->to)), STR_ARG(rolling->id),
        STR_ARG(rolling->status), rolling->percent,
        call->changed ? "it was left alone, what else differed was changed" : "nothing was sent",
        WORDS_ARG(advice_again(call)));
}

/* What is asked for */

static const struct value *model_of(struct ctx *ctx, const struct value *news) {
    const struct prop *row = prop_find(&ark_tables.props, STR("modelReference"));
    return prop_encode_value(ctx, row, value_at(news, "modelReference"));
}

/* Whether the service takes one is not established: none is sent that nobody asks for. */
static void put_strategy(struct arena *arena, const struct value *news, struct value *body) {
    const struct value *strategy = value_at(news, "switchStrategy");
    const struct value *step = value_at(strategy, "step");
    const struct value *minutes = value_at(strategy, "minutes");
    struct value *out = value_map(arena);
    if (step != NULL) {
        value_map_set_c(arena, out, "Step", step);
    }
    if (minutes != NULL) {
        value_map_set_c(arena, out, "WaitDuration", minutes);
    }
    if (out->map.count > 0) {
        value_map_set_c(arena, body, "RollingStrategy", out);
    }
}

struct value *rolling_request(struct cloud_call *call, const struct value *news) {
    struct arena *arena = call->ctx->arena;
    struct value *body = value_map(arena);
    value_map_set_text(arena, body, "EndpointId", value_text_at(call->params, "endpointId"));
    value_map_set_c(arena, body, "ModelReference", model_of(call->ctx, news));
    value_map_set_text(arena, body, "Description", mark_new(call));
    put_strategy(arena, news, body);
    return body;
}

/* Beginning */

/* No fault of the connection hides what was promised: what shows is looked for until then. */
static bool find(struct cloud_call *call, const struct value *news, int64_t for_ms,
                 struct situation *at) {
    const struct clock *clock = call->ctx->clock;
    int64_t end_ms = clock->now_ms(clock) + for_ms;
    struct error kept = error_keep(&call->ctx->error);
    bool is_found = false;
    do {
        is_found = rolling_look(call, at) == ERR_OK &&
                   (rolling_goes_to(at, news) || rolling_is_served(at->seen.wire, news));
        error_clear(&call->ctx->error);
    } while (!is_found && clock->now_ms(clock) < end_ms &&
             cancel_sleep(call->ctx->cancel, LOOK_AGAIN_MS) == CANCEL_NONE);
    error_put_back(&call->ctx->error, &kept);
    return is_found;
}

enum err_code rolling_find(struct cloud_call *call, const struct value *news,
                           struct situation *at) {
    return find(call, news, call->cloud->tables->wait.settle_ms, at)
               ? ERR_OK
               : ctx_fail(call->ctx, ERR_UNCERTAIN,
                          "%s: the service took the switch of endpoint %p to %.*s, but the "
                          "endpoint shows none: %p, which looks for it first",
                          call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                          STR_ARG(rolling_asked_text(call->ctx->arena, news)),
                          WORDS_ARG(advice_again(call)));
}

/* As it was asked for: the service may not tell of it at once, nor everybody. */
static struct rolling promised(struct cloud_call *call, struct str id, const struct value *body) {
    return (struct rolling){
        .state = ROLLING_RUNNING,
        .id = arena_str(call->ctx->arena, id),
        .status = STR("Running"),
        .to = value_at(body, "ModelReference.FoundationModel"),
        .step = value_number_at(body, "RollingStrategy.Step", ROLLING_STEP),
        .minutes = value_number_at(body, "RollingStrategy.WaitDuration", ROLLING_MINUTES),
        .description = value_text_at(body, "Description"),
    };
}

static void follow_promise(struct cloud_call *call, struct str id, const struct value *body,
                           struct situation *at) {
    struct rolling told;
    at->rolling = promised(call, id, body);
    if (rolling_get(call, at->rolling.id, &told) == ERR_OK) {
        at->rolling = told;
    }
    error_clear(&call->ctx->error);
}

/* Somebody else may have begun one since the last look. */
static enum err_code look_after_refusal(struct cloud_call *call, const struct value *news,
                                        struct situation *at, enum err_code code) {
    if (find(call, news, 0, at)) {
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    bool is_foreign = at->rolling.state == ROLLING_RUNNING && !rolling_is_ours(call, &at->rolling);
    return is_foreign ? rolling_refuse_foreign(call, &at->rolling) : code;
}

static enum err_code begin(struct cloud_call *call, const struct value *news, struct situation *at,
                           struct rest_reply *reply) {
    const struct value *body = rolling_request(call, news);
    enum err_code code = cloud_change(call, "rollingCreate", body, reply);
    struct str id = value_text_at(reply->result, "Id");
    if (code == ERR_OK && id.len > 0) {
        follow_promise(call, id, body, at);
        return ERR_OK;
    }
    if (code == ERR_OK) {
        return rolling_find(call, news, at);
    }
    if (reply->maybe_done) {
        bool is_found = find(call, news, call->cloud->tables->wait.settle_ms, at);
        if (is_found) {
            error_clear(&call->ctx->error);
        }
        return is_found ? ERR_OK : code;
    }
    bool is_about_state = code == ERR_PRECONDITION || code == ERR_INVALID || code == ERR_EXISTS;
    return is_about_state ? look_after_refusal(call, news, at, code) : code;
}

enum err_code rolling_begin(struct cloud_call *call, const struct value *news,
                            struct situation *at) {
    struct cloud_turn turn = {0};
    struct rest_reply reply;
    enum err_code code = ERR_OK;
    do {
        code = begin(call, news, at, &reply);
    } while (code != ERR_OK && !reply.maybe_done && !rolling_goes_on(at) &&
             cloud_was_busy(call, &reply, &turn));
    return code;
}

/* Taking back */

enum err_code rolling_cancel(struct cloud_call *call, struct situation *at) {
    struct value *body = value_map(call->ctx->arena);
    struct rest_reply reply;
    struct rolling asked = at->rolling;
    value_map_set_text(call->ctx->arena, body, "Id", asked.id);
    enum err_code code = cloud_change_in_turn(call, "rollingCancel", body, &reply);
    if (code == ERR_OK || code == ERR_CANCELLED || code == ERR_DEADLINE) {
        return code;
    }
    struct error kept = error_keep(&call->ctx->error);
    bool is_over = rolling_look(call, at) == ERR_OK &&
                   (at->rolling.state != ROLLING_RUNNING || !str_is(at->rolling.id, asked.id));
    error_clear(&call->ctx->error);
    if (is_over) {
        return ERR_OK;
    }
    error_put_back(&call->ctx->error, &kept);
    call->ctx->error.message = words_text(
        call->ctx->arena,
        "%p. Switch %.*s to %.*s goes on: take it back in the console, or wait for its end, then "
        "%p",
        WORDS_ARG(words_without_stop(call->ctx->arena, call->ctx->error.message)),
        STR_ARG(asked.id), STR_ARG(rolling_model_text(call->ctx->arena, asked.to)),
        WORDS_ARG(advice_again(call)));
    return code;
}
