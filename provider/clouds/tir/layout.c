/* Two layouts of one API: the older one has team and project in the path, the newer one the project
 * in the query (docs/apis/tir.md 1.1). */
#include "base/flight.h"
#include "base/mem.h"
#include "clouds/tir/internal.h"
#include "core/config.h"
#include "core/endpoint/access.h"

#define ANSWER_CEILING 1024

struct tir_account {
    struct flight_group *layouts; /* by address, project and location: whether the newer one
                                     answers there, bool */
};

void *tir_account_new(const struct clock *clock) {
    struct tir_account *account = MEM_NEW(struct tir_account);
    account->layouts =
        flight_group_new(clock, "E2E Networks TIR: asking which layout of the API answers");
    return account;
}

void tir_account_free(void *account) {
    struct tir_account *own = account;
    flight_group_free(own->layouts);
    mem_free(own);
}

static void use_service(struct cloud_call *call, struct str project) {
    value_map_set_text(call->ctx->arena, call->params, "base", STR_EMPTY);
    value_map_set_text(call->ctx->arena, call->params, "queryProject", project);
}

static enum err_code use_legacy(struct cloud_call *call, struct str project) {
    struct arena *arena = call->ctx->arena;
    struct str team = value_text_at(call->params, "teamId");
    if (team.len == 0) {
        return ctx_fail(call->ctx, ERR_INVALID,
                        "E2E Networks TIR: the legacy API layout needs a team: set teamId or "
                        "%p (inference:tir:getProjects lists them)",
                        WORDS_ARG(access_setting(call, "tirTeamId")));
    }
    struct str base =
        arena_printf(arena, "/teams/%.*s/projects/%.*s", STR_ARG(team), STR_ARG(project));
    value_map_set_text(arena, call->params, "base", base);
    return ERR_OK;
}

/* A list, or an object for none at all; anything else is no answer of the service. */
static bool shows_endpoints(const struct rest_reply *reply) {
    const struct value *data = value_get_c(reply->body, "data");
    return value_is_list(data) || value_is_map(data);
}

/* A refusal of the credential, too many requests and what something on the way answers tell nothing
 * of layouts. */
static bool is_refusal_of_layout(const struct cloud_call *call, const struct rest_reply *reply) {
    int status = reply->status;
    bool is_other = status == 401 || status == 403 || status == 408 || status == 429;
    return status >= 400 && status < 500 && !is_other && cloud_is_own_refusal(call, reply);
}

/* One try. */
static bool ask(struct cloud_call *call, struct str project, bool *is_told) {
    const struct retry_policy once = {.max_tries = 1};
    struct rest_session session = *call->session;
    session.retry = &once;
    struct cloud_call own = *call;
    own.session = &session;
    own.params = value_map_clone(call->ctx->arena, call->params);
    use_service(&own, project);
    struct rest_reply reply = {0};
    bool is_taken = cloud_send(&own, "layout", NULL, &reply) == ERR_OK;
    bool answers = is_taken && shows_endpoints(&reply);
    *is_told = answers || (!is_taken && is_refusal_of_layout(&own, &reply));
    return answers;
}

/* What is not told is asked again by the next call; this one takes the layout that has always been
 * there. */
static bool find_out(struct cloud_call *call, struct str project, struct flight *flight) {
    struct error kept = error_keep(&call->ctx->error);
    bool is_told = false;
    bool answers = ask(call, project, &is_told);
    error_put_back(&call->ctx->error, &kept);
    if (!is_told) {
        flight_hand_over(flight);
        return false;
    }
    struct arena *arena = arena_new(ANSWER_CEILING);
    bool *data = ARENA_NEW(arena, bool);
    *data = answers;
    flight_succeed(flight, arena, data);
    return answers;
}

/* Asked once in the life of a process, and only where both layouts are possible. */
static enum err_code service_answers(struct cloud_call *call, struct str project, bool *answers) {
    const struct tir_account *account = call->account;
    struct str key = arena_printf(
        call->ctx->arena, "%.*s %.*s %.*s", STR_ARG(config_text(call->config, "tirEndpoint")),
        STR_ARG(project), STR_ARG(value_text_at(call->params, "location")));
    struct flight *flight;
    TRY(flight_begin(account->layouts, call->ctx, key, FLIGHT_ANY_TIME, &flight));
    *answers = flight_is_led(flight) ? find_out(call, project, flight)
                                     : *(const bool *)flight_data(flight);
    flight_release(flight);
    return ERR_OK;
}

enum err_code tir_choose_layout(struct cloud_call *call, struct str project) {
    struct str layout = config_text(call->config, "tirApiLayout");
    bool by_team = str_is_c(layout, "legacy");
    if (str_is_c(layout, "auto") && value_text_at(call->params, "teamId").len > 0) {
        bool answers = false;
        TRY(service_answers(call, project, &answers));
        by_team = !answers;
    }
    if (by_team) {
        return use_legacy(call, project);
    }
    use_service(call, project);
    return ERR_OK;
}
