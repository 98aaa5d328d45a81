#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"

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

enum err_code provider_list(struct provider *provider, struct ctx *ctx,
                            const struct list_request *request, struct list_receiver *receiver) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->token, &cloud));
    if (!pager_can_list(cloud)) {
        return ctx_fail(ctx, ERR_UNIMPLEMENTED, "%s cannot be listed", cloud->tables->token);
    }
    if (value_has_unknown(request->query)) {
        return receiver->computed(receiver);
    }
    struct cloud_call call;
    const struct call_subject project = {.inputs = request->query, .is_look = true};
    TRY(call_open(provider, ctx, cloud, &project, NULL, &call));
    return list(&call, request, receiver);
}
