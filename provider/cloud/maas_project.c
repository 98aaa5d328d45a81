#include "cloud/maas_int.h"

void maas_free_projects(struct maas_account *account) {
    while (account->projects != NULL) {
        struct project *project = account->projects;
        account->projects = project->next;
        maas_forget(&project->id);
        arena_free(project->arena);
    }
}

static struct project *project_of(struct maas_account *account, const struct cloud_call *call) {
    struct str key =
        arena_printf(call->ctx->arena, "%.*s %.*s", STR_ARG(maas_base_url(call->session, "iam")),
                     STR_ARG(maas_project_name(call)));
    for (struct project *project = account->projects; project != NULL; project = project->next) {
        if (str_is(project->key, key)) {
            return project;
        }
    }
    struct arena *arena = arena_new(4096);
    struct project *project = ARENA_NEW(arena, struct project);
    *project =
        (struct project){.next = account->projects, .arena = arena, .key = arena_str(arena, key)};
    account->projects = project;
    return project;
}

static enum err_code refuse_projects(struct cloud_call *call, size_t count, struct str name) {
    return ctx_fail(
        call->ctx, ERR_INVALID,
        "Huawei Cloud MaaS: %zu projects are named \"%.*s\": set inference:maasProjectId, or projectId "
        "at the resource",
        count, STR_ARG(name));
}

static enum err_code look_up(struct cloud_call *call, struct str *id) {
    struct arena *arena = call->ctx->arena;
    struct str name = maas_project_name(call);
    value_map_set_c(arena, call->params, "projectName", value_string(arena, name));
    struct rest_reply reply;
    TRY(cloud_send(call, "projects", NULL, &reply));
    const struct value *projects = value_get_c(reply.result, "projects");
    size_t count = projects != NULL && projects->kind == VALUE_LIST ? projects->list.count : 0;
    if (count != 1) {
        return refuse_projects(call, count, name);
    }
    *id = value_text_at(projects->list.items[0], "id");
    return id->len > 0 ? ERR_OK : refuse_projects(call, 0, name);
}

/* A token that is bought for the project's name tells its id. */
static enum err_code ask(struct cloud_call *call, struct str *id) {
    if (maas_buys_tokens(call->session)) {
        TRY(maas_token_project(call, id));
    }
    return id->len > 0 ? ERR_OK : look_up(call, id);
}

/* With the lock held, which is given up while IAM is asked. */
static enum err_code find(struct maas_account *account, struct project *project,
                          struct cloud_call *call) {
    struct str id = STR_EMPTY;
    project->busy = true;
    (void)pthread_mutex_unlock(&account->mutex);
    enum err_code code = ask(call, &id);
    (void)pthread_mutex_lock(&account->mutex);
    project->busy = false;
    if (code == ERR_OK) {
        project->id = maas_keep(id);
    }
    (void)pthread_cond_broadcast(&account->changed);
    return code;
}

enum err_code maas_project_id(struct cloud_call *call, struct str *id) {
    struct maas_account *account = call->account;
    enum err_code code = ERR_OK;
    (void)pthread_mutex_lock(&account->mutex);
    struct project *project = project_of(account, call);
    while (code == ERR_OK && project->id == NULL) {
        code = project->busy ? maas_wait_turn(account, call->ctx) : find(account, project, call);
    }
    if (code == ERR_OK) {
        *id = arena_str(call->ctx->arena, str_of(project->id));
    }
    (void)pthread_mutex_unlock(&account->mutex);
    return code;
}
