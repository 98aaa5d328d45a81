#include "core/endpoint/call.h"

static enum err_code bad_list(struct cloud_call *call, const char *what) {
    return ctx_fail(call->ctx, ERR_UNAVAILABLE, "%s: the reply to listing the endpoints holds %s",
                    call->cloud->tables->title, what);
}

/* An item takes the place of what the call knows of name and id. */
static enum err_code emit(struct cloud_call *call, const struct value *item,
                          struct list_receiver *receiver) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct arena *arena = call->ctx->arena;
    struct str name = value_text_at(item, tables->list.name);
    if (item->kind != VALUE_MAP || name.len == 0) {
        return bad_list(call, "something that is no endpoint");
    }
    value_map_set_c(arena, call->params, tables->name_rule.property, value_string(arena, name));
    if (tables->list.id != NULL) {
        value_map_set_c(arena, call->params, "endpointId",
                        value_string(arena, value_text_at(item, tables->list.id)));
    }
    return receiver->result(receiver, call_id(call), name);
}

/* The operation "list", where its one reply holds every endpoint. */
static enum err_code list_default(struct cloud_call *call, const struct list_request *request,
                                  struct list_receiver *receiver) {
    const struct list_paths *paths = &call->cloud->tables->list;
    struct rest_reply reply;
    TRY(cloud_send(call, "list", NULL, &reply));
    const struct value *items = value_at(reply.result, paths->items);
    if (items == NULL || items->kind != VALUE_LIST) {
        return bad_list(call, "no list");
    }
    for (size_t i = 0; i < items->list.count && (request->limit < 1 || (int64_t)i < request->limit);
         i++) {
        TRY(emit(call, items->list.items[i], receiver));
    }
    return receiver->continuation(receiver, STR_EMPTY);
}

enum err_code provider_list(struct provider *provider, struct ctx *ctx,
                            const struct list_request *request, struct list_receiver *receiver) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->token, &cloud));
    if (cloud->hooks.list == NULL && cloud->tables->list.items == NULL) {
        return ctx_fail(ctx, ERR_UNIMPLEMENTED, "%s cannot be listed", cloud->tables->token);
    }
    if (value_has_unknown(request->query)) {
        return receiver->computed(receiver);
    }
    struct cloud_call call;
    const struct call_subject project = {.inputs = request->query};
    TRY(call_open(provider, ctx, cloud, &project, NULL, &call));
    return cloud->hooks.list != NULL ? cloud->hooks.list(&call, request, receiver)
                                     : list_default(&call, request, receiver);
}
