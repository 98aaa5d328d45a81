/* Functions: the look-ups whose answers need more than decoding (docs/apis/tir.md 2.7, 2.8). */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/endpoint/access.h"

enum err_code tir_need_project(struct cloud_call *call) {
    if (value_get_c(call->params, "projectId") != NULL) {
        return ERR_OK;
    }
    return ctx_fail(call->ctx, ERR_INVALID,
                    "E2E Networks TIR: no project is known; give projectId or set "
                    "%p (inference:tir:getProjects lists them)",
                    WORDS_ARG(access_setting(call, "tirProjectId")));
}

/* A list goes below a name of its own, so that the rows of the function find it. */
static const struct value *below(struct arena *arena, const char *name, const struct value *list) {
    struct value *out = value_map(arena);
    value_map_set_c(arena, out, name, value_is_list(list) ? list : value_list(arena));
    return out;
}

#define PAGE_SIZE 100
#define MAX_PAGES 100

/* None at all may come as an empty object, too. */
static enum err_code list_of(struct cloud_call *call, const char *operation,
                             const struct value *result, const struct value **items) {
    bool is_empty = value_is_map(result) && result->map.count == 0;
    *items = value_is_list(result) ? result : value_list(call->ctx->arena);
    return value_is_list(result) || is_empty ? ERR_OK : tir_fail_without_list(call, operation);
}

/* In the place of a page past the end there may be none. */
static bool is_past_end(const struct cloud_call *call, int page, const struct rest_reply *reply) {
    return page > 1 && reply->class == FAILURE_NOT_FOUND && cloud_is_own_refusal(call, reply);
}

static enum err_code send_page(struct cloud_call *call, const char *operation, int page,
                               const struct value **items) {
    struct arena *arena = call->ctx->arena;
    struct rest_reply reply;
    value_map_set_c(arena, call->params, "pageNumber", value_number(arena, page));
    value_map_set_c(arena, call->params, "pageSize", value_number(arena, PAGE_SIZE));
    enum err_code code = cloud_send(call, operation, NULL, &reply);
    if (code != ERR_OK && is_past_end(call, page, &reply)) {
        error_clear(&call->ctx->error);
        *items = value_list(arena);
        return ERR_OK;
    }
    TRY(code);
    return list_of(call, operation, reply.result, items);
}

/* By its id, where it has one. */
static bool shows(const struct value *page, const struct value *item) {
    const struct value *id = value_get_c(item, "id");
    for (size_t i = 0; i < page->list.count; i++) {
        const struct value *other = page->list.items[i];
        const struct value *other_id = value_is_map(other) ? value_get_c(other, "id") : NULL;
        if (value_is_null(id) ? value_equal(other, item)
                              : other_id != NULL && value_equal(other_id, id)) {
            return true;
        }
    }
    return false;
}

/* Adds the objects of a page that neither the first page nor the one before it showed. False when
 * there is none: the list is over, or begins anew. */
static bool append_new(struct arena *arena, const struct value *const before[2],
                       const struct value *items, struct value *all) {
    size_t count = all->list.count;
    for (size_t i = 0; i < items->list.count; i++) {
        const struct value *item = items->list.items[i];
        if (value_is_map(item) && !shows(before[0], item) && !shows(before[1], item)) {
            value_list_append(arena, all, item);
        }
    }
    return all->list.count > count;
}

static bool takes_pages(const struct operation *row) {
    for (size_t i = 0; i < row->query_count; i++) {
        if (str_is_c(str_of(row->query[i].template), "{pageNumber}")) {
            return true;
        }
    }
    return false;
}

/* A service may make pages smaller than was asked for: only an empty one is the last for certain.
 * One that takes no pages shows all there is, or a page once more. */
enum err_code tir_list_all(struct cloud_call *call, const char *operation,
                           const struct value **out) {
    const struct operation *row = cloud_operation(call->cloud, operation);
    struct value *all = value_list(call->ctx->arena);
    const struct value *none = value_list(call->ctx->arena);
    const struct value *before[2] = {none, none};
    const struct value *items = NULL;
    *out = all;
    for (int page = 1; page <= MAX_PAGES; page++) {
        TRY(send_page(call, operation, page, &items));
        bool is_new = append_new(call->ctx->arena, before, items, all);
        if (!is_new || (!takes_pages(row) && items->list.count != PAGE_SIZE)) {
            return ERR_OK;
        }
        before[0] = page == 1 ? items : before[0];
        before[1] = items;
    }
    return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                    "E2E Networks TIR: %s: the list does not end: it was read up to %zu items",
                    row->doing, all->list.count);
}

static enum err_code look_up(struct cloud_call *call, const char *operation,
                             const struct value **out) {
    const struct operation *row = cloud_operation(call->cloud, operation);
    const struct value *all = NULL;
    TRY(str_starts(str_of(row->path), STR("{+base}")) ? tir_need_project(call) : ERR_OK);
    TRY(tir_list_all(call, operation, &all));
    *out = below(call->ctx->arena, operation, all);
    return ERR_OK;
}

static enum err_code get_plans(struct cloud_call *call, const struct function_row *function,
                               const struct value *args, const struct value **out) {
    struct arena *arena = call->ctx->arena;
    const struct value *plans = NULL;
    const struct prop *row = prop_find(&function->args, STR("framework"));
    struct str framework = value_text_at(call->params, "framework");
    struct str currency = value_text_at(args, "currency");
    TRY(tir_plans(call, prop_wire_text(row, framework), &plans));
    struct value *chosen = value_list(arena);
    for (size_t i = 0; i < plans->list.count; i++) {
        const struct value *plan = plans->list.items[i];
        if (currency.len == 0 || str_is(value_text_at(plan, "currency"), currency)) {
            value_list_append(arena, chosen, plan);
        }
    }
    *out = below(arena, "plans", chosen);
    return ERR_OK;
}

/* The members' names are not documented: first that is there wins. */
static const struct value *first_of(const struct value *map, const char *const *names) {
    for (; *names != NULL; names++) {
        const struct value *value = value_get_set(map, str_of(*names));
        if (value != NULL) {
            return value;
        }
    }
    return NULL;
}

struct spelling {
    const char *name;
    const char *const *names;
};

static void copy_members(struct arena *arena, const struct spelling *spellings, size_t count,
                         const struct value *from, struct value *to) {
    for (size_t i = 0; i < count; i++) {
        const struct value *value = first_of(from, spellings[i].names);
        if (value != NULL) {
            value_map_set_c(arena, to, spellings[i].name, value);
        }
    }
}

static const char *const id_names[] = {"id", "version_id", "framework_id", NULL};
static const char *const image_names[] = {"container_name", "container_image_name", "image_name",
                                          "image", NULL};
static const char *const version_names[] = {"version", "name", "display_name", "image_version",
                                            NULL};
static const char *const wire_names[] = {"framework", "name", "key", "value", NULL};
static const char *const display_names[] = {"display_name", "title", "label", NULL};
static const char *const description_names[] = {"description", NULL};
static const char *const managed_names[] = {"is_managed_args", "managed_args", NULL};

static const struct value *version_of(struct arena *arena, const struct value *item) {
    static const struct spelling spellings[] = {
        {"serverVersion", version_names}, {"versionId", id_names}, {"image", image_names}};
    struct value *out = value_map(arena);
    copy_members(arena, spellings, sizeof(spellings) / sizeof(spellings[0]), item, out);
    return out;
}

static const struct value *framework_of(struct arena *arena, const struct value *item) {
    static const struct spelling spellings[] = {
        {"wire", wire_names},           {"frameworkId", id_names},
        {"displayName", display_names}, {"description", description_names},
        {"image", image_names},         {"managedArgs", managed_names}};
    struct value *out = value_map(arena);
    copy_members(arena, spellings, sizeof(spellings) / sizeof(spellings[0]), item, out);
    struct str wire = value_text_at(out, "wire");
    value_map_set_text(arena, out, "framework", tir_framework_key(wire));
    const struct value *facts = value_get(value_get_c(tir_tables.data, "frameworks"), wire);
    struct str model = value_text_at(facts, "huggingFaceId");
    if (model.len > 0) {
        value_map_set_text(arena, out, "defaultHuggingFaceId", model);
    }
    const struct value *versions = value_get_set(item, STR("versions"));
    struct value *list = value_list(arena);
    for (size_t i = 0; i < value_list_count(versions); i++) {
        value_list_append(arena, list, version_of(arena, versions->list.items[i]));
    }
    value_map_set_c(arena, out, "versions", list);
    return out;
}

static enum err_code get_frameworks(struct cloud_call *call, const struct value **out) {
    struct arena *arena = call->ctx->arena;
    const struct value *answer = NULL;
    TRY(look_up(call, "frameworks", &answer));
    const struct value *items = value_get_c(answer, "frameworks");
    struct value *list = value_list(arena);
    for (size_t i = 0; i < items->list.count; i++) {
        value_list_append(arena, list, framework_of(arena, items->list.items[i]));
    }
    *out = below(arena, "frameworks", list);
    return ERR_OK;
}

static enum err_code add_projects(struct cloud_call *call, struct str team, struct str name,
                                  struct value *out) {
    struct arena *arena = call->ctx->arena;
    struct rest_reply reply;
    value_map_set_text(arena, call->params, "listedTeam", team);
    TRY(cloud_send(call, "projects", NULL, &reply));
    const struct value *items = NULL;
    TRY(list_of(call, "projects", reply.result, &items));
    for (size_t i = 0; i < items->list.count; i++) {
        struct value *row = value_map_clone(arena, items->list.items[i]);
        value_map_set_text(arena, row, "team_id", team);
        if (name.len > 0) {
            value_map_set_text(arena, row, "team_name", name);
        }
        value_list_append(arena, out, row);
    }
    return ERR_OK;
}

static enum err_code get_projects(struct cloud_call *call, const struct value *args,
                                  const struct value **out) {
    struct arena *arena = call->ctx->arena;
    struct str wanted = value_text_at(args, "teamId");
    struct value *list = value_list(arena);
    struct rest_reply reply;
    TRY(cloud_send(call, "teams", NULL, &reply));
    const struct value *teams = NULL;
    TRY(list_of(call, "teams", reply.result, &teams));
    for (size_t i = 0; i < teams->list.count; i++) {
        struct str team = value_id_at(arena, teams->list.items[i], "team_id");
        if (team.len > 0 && (wanted.len == 0 || str_is(wanted, team))) {
            TRY(add_projects(call, team, value_text_at(teams->list.items[i], "team_name"), list));
        }
    }
    *out = below(arena, "projects", list);
    return ERR_OK;
}

enum err_code tir_invoke(struct cloud_call *call, const struct function_row *function,
                         const struct value *args, const struct value **out_wire) {
    if (str_is_c(str_of(function->operation), "plans")) {
        return get_plans(call, function, args, out_wire);
    }
    if (str_is_c(str_of(function->operation), "frameworks")) {
        return get_frameworks(call, out_wire);
    }
    if (str_is_c(str_of(function->operation), "projects")) {
        return get_projects(call, args, out_wire);
    }
    return look_up(call, function->operation, out_wire);
}
