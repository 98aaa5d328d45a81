#include "clouds/maas/internal.h"

#define PROJECT_CEILING 4096

static enum err_code refuse_projects(struct cloud_call *call, size_t count, struct str name) {
    bool is_region = str_is(name, value_text_at(call->params, "region"));
    return ctx_fail(
        call->ctx, ERR_INVALID,
        "Huawei Cloud MaaS: %s named \"%.*s\": check inference:%s, or set inference:maasProjectId, "
        "or projectId at the resource",
        count == 0 ? "no project is" : "several projects are", STR_ARG(name),
        is_region ? "maasRegion, whose own project has its name" : "maasProjectName");
}

/* It proves neither that there is a project nor that there is none. */
static enum err_code refuse_answer(struct cloud_call *call, const char *what) {
    return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                    "Huawei Cloud MaaS: looking the project up: the reply is not the service's: it "
                    "%s. Set inference:maasProjectId, or run it again",
                    what);
}

/* The project's id, and how many of the list have its name. IAM shows no others (docs/apis/maas.md
 * 2.3): a list that does is not the answer to the question, and may lack the one that was asked
 * for. False when something in it is no project. */
static bool find_project(const struct value *projects, struct str name, struct str *id,
                         size_t *count) {
    *count = 0;
    for (size_t i = 0; i < projects->list.count; i++) {
        const struct value *project = projects->list.items[i];
        struct str own = value_text_at(project, "name");
        struct str own_id = value_text_at(project, "id");
        if (own.len == 0 || own_id.len == 0) {
            return false;
        }
        if (str_is_nocase(own, name)) {
            *id = own_id;
            *count += 1;
        }
    }
    return true;
}

static enum err_code look_up(struct cloud_call *call, struct str *id) {
    struct arena *arena = call->ctx->arena;
    struct str name = maas_project_name(call);
    value_map_set_text(arena, call->params, "projectName", name);
    struct rest_reply reply;
    TRY(cloud_send(call, "projects", NULL, &reply));
    const struct value *projects = value_get_c(reply.result, "projects");
    struct str found = STR_EMPTY;
    size_t count = 0;
    if (!value_is_list(projects) || !find_project(projects, name, &found, &count)) {
        return refuse_answer(call, "holds no list of projects with their ids");
    }
    if (count == 0 && projects->list.count > 0) {
        return refuse_answer(call, "shows other projects than the one that was asked for");
    }
    if (count != 1) {
        return refuse_projects(call, count, name);
    }
    *id = found;
    return ERR_OK;
}

/* A token that is bought for the project's name tells its id. */
static enum err_code ask(struct cloud_call *call, struct str *id) {
    if (maas_buys_tokens(call->session)) {
        TRY(maas_token_project(call, id));
    }
    return id->len > 0 ? ERR_OK : look_up(call, id);
}

static enum err_code find(struct cloud_call *call, struct flight *flight) {
    struct str id = STR_EMPTY;
    enum err_code code = ask(call, &id);
    if (code != ERR_OK) {
        flight_hand_over(flight);
        return code;
    }
    struct arena *arena = arena_new(PROJECT_CEILING);
    struct str *kept = ARENA_NEW(arena, struct str);
    *kept = arena_str(arena, id);
    flight_succeed(flight, arena, kept);
    return ERR_OK;
}

enum err_code maas_project_id(struct cloud_call *call, struct str *id) {
    struct maas_account *account = call->account;
    struct arena *arena = call->ctx->arena;
    struct str key = arena_printf(arena, "%.*s %.*s", STR_ARG(maas_base_url(call->session, "iam")),
                                  STR_ARG(maas_project_name(call)));
    struct flight *flight;
    TRY(flight_begin(account->projects, call->ctx, key, FLIGHT_ANY_TIME, &flight));
    enum err_code code = flight_is_led(flight) ? find(call, flight) : ERR_OK;
    if (code == ERR_OK) {
        *id = arena_str(arena, *(const struct str *)flight_data(flight));
    }
    flight_release(flight);
    return code;
}
