#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/scope.h"
#include "core/methods/endpoint.h"

/* An item takes the place of what the call knows of name and id. */
static enum err_code give(struct cloud_call *call, const struct pager_item *item,
                          struct list_receiver *receiver) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct arena *arena = call->ctx->arena;
    value_map_set_text(arena, call->params, tables->name_rule.property, item->name);
    if (tables->list.id != NULL) {
        value_map_set_text(arena, call->params, "endpointId", item->id);
    }
    return receiver->result(receiver, call_id(call), item->name);
}

/* A limit may end in the middle of a page; without one, a page that can be left is enough. */
static bool is_enough(const struct list_request *request, const struct pager *pager,
                      int64_t given) {
    return request->limit >= 1 ? given >= request->limit : given > 0 && pager_is_between(pager);
}

static enum err_code give_all(struct cloud_call *call, const struct list_request *request,
                              struct pager *pager, struct list_receiver *receiver) {
    struct pager_item item;
    for (int64_t given = 0; !is_enough(request, pager, given) && pager_next(pager, &item);
         given++) {
        TRY(give(call, &item, receiver));
    }
    return ERR_OK;
}

static enum err_code list(struct cloud_call *call, const struct list_request *request,
                          struct list_receiver *receiver) {
    struct pager pager;
    bool is_small =
        request->limit >= 1 && (request->page_size < 1 || request->limit < request->page_size);
    pager_resume(&pager, call, request->continuation_token,
                 is_small ? request->limit : request->page_size);
    enum err_code code = give_all(call, request, &pager, receiver);
    struct str token = pager_token(&pager, call->ctx->arena);
    enum err_code walked = pager_end(&pager);
    TRY(code);
    TRY(walked);
    return receiver->continuation(receiver, token);
}

static struct str scope_names(struct arena *arena, const struct cloud_tables *tables) {
    struct str names = STR_EMPTY;
    for (size_t i = 0; i < tables->scope_count; i++) {
        names = arena_printf(arena, "%.*s%s%s", STR_ARG(names), i > 0 ? ", " : "",
                             tables->scope[i].property);
    }
    return names;
}

static bool is_scope(const struct cloud_tables *tables, struct str key) {
    for (size_t i = 0; i < tables->scope_count; i++) {
        if (str_is_c(key, tables->scope[i].property)) {
            return true;
        }
    }
    return false;
}

/* A query says where to look. What it says in another way must not pass for a list of the
 * configured place. */
static enum err_code check_query(struct ctx *ctx, const struct cloud_tables *tables,
                                 const struct value *query) {
    for (size_t i = 0; query != NULL && i < query->map.count; i++) {
        struct str key = query->map.entries[i].key;
        const struct value *value = query->map.entries[i].value;
        if (value_is_null(value) || str_starts(key, STR("__"))) {
            continue;
        }
        if (!is_scope(tables, key)) {
            return ctx_fail(ctx, ERR_INVALID, "%s cannot be listed by \"%.*s\", only by %.*s",
                            tables->token, STR_ARG(key), STR_ARG(scope_names(ctx->arena, tables)));
        }
        if (value->kind != VALUE_STRING) {
            return ctx_fail(ctx, ERR_INVALID, "%s: the query's %.*s must be a string, not %s",
                            tables->token, STR_ARG(key), value_kind_name(value->kind));
        }
    }
    return ERR_OK;
}

static enum err_code take_query(struct provider *provider, struct ctx *ctx,
                                const struct cloud_tables *tables, const struct value *query,
                                const struct value **out) {
    struct failures failures;
    failures_init(&failures, ctx);
    TRY(check_query(ctx, tables, query));
    *out = scope_trim(ctx, provider_options(provider), tables, query, &failures);
    return failures.count == 0
               ? ERR_OK
               : ctx_fail(ctx, ERR_INVALID, "%s: the query's %.*s %p", tables->token,
                          STR_ARG(failures.items[0].property), WORDS_ARG(failures.items[0].reason));
}

enum err_code endpoint_list(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct list_request *request,
                            struct list_receiver *receiver) {
    const struct cloud *cloud = resource->cloud;
    if (!pager_can_list(cloud)) {
        return ctx_fail(ctx, ERR_UNIMPLEMENTED, "%s cannot be listed", cloud->tables->token);
    }
    if (value_has_unknown(request->query)) {
        return receiver->computed(receiver);
    }
    struct cloud_call call;
    const struct value *query = NULL;
    TRY(take_query(provider, ctx, cloud->tables, request->query, &query));
    const struct call_subject project = {.inputs = query, .is_look = true};
    TRY(call_open(provider, ctx, cloud, &project, NULL, &call));
    return list(&call, request, receiver);
}
