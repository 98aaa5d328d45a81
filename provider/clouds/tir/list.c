#include "clouds/tir/internal.h"
#include "core/endpoint/call.h"

#define PAGE_SIZE 100
#define MAX_PAGES 1000

static struct str id_of(struct arena *arena, const struct value *item) {
    const struct value *id = value_get_set(item, STR("id"));
    if (id != NULL && value_is_integer(id)) {
        return value_number_text(arena, id->number);
    }
    return value_text_at(item, "id");
}

static enum err_code fetch_page(struct cloud_call *call, int page, const struct value **items) {
    struct arena *arena = call->ctx->arena;
    struct rest_reply reply;
    value_map_set_c(arena, call->params, "pageNumber", value_number(arena, page));
    value_map_set_c(arena, call->params, "pageSize", value_number(arena, PAGE_SIZE));
    enum err_code code = cloud_send(call, "list", NULL, &reply);
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND && page > 1) {
        error_clear(&call->ctx->error); /* some lists answer so past their end */
        *items = value_list(arena);
        return ERR_OK;
    }
    TRY(code);
    if (reply.result == NULL || reply.result->kind != VALUE_LIST) {
        return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                        "E2E Networks TIR: the reply to listing the endpoints holds no list");
    }
    *items = reply.result;
    return ERR_OK;
}

static bool is_known(struct arena *arena, const struct value *all, const struct value *item) {
    for (size_t i = 0; i < all->list.count; i++) {
        if (str_is(id_of(arena, all->list.items[i]), id_of(arena, item))) {
            return true;
        }
    }
    return false;
}

/* Paging is not documented for this list: a service that knows none shows the same once more. */
enum err_code tir_items(struct cloud_call *call, const struct value **items) {
    struct arena *arena = call->ctx->arena;
    struct value *all = value_list(arena);
    *items = all;
    for (int page = 1; page <= MAX_PAGES; page++) {
        const struct value *part = all;
        TRY(fetch_page(call, page, &part));
        bool again = part->list.count > 0 && is_known(arena, all, part->list.items[0]);
        for (size_t i = 0; i < part->list.count && !again; i++) {
            value_list_append(arena, all, part->list.items[i]);
        }
        if (again || part->list.count < PAGE_SIZE) {
            break;
        }
    }
    return ERR_OK;
}

enum err_code tir_list(struct cloud_call *call, const struct list_request *request,
                       struct list_receiver *receiver) {
    struct arena *arena = call->ctx->arena;
    const struct value *items = NULL;
    TRY(tir_need_project(call));
    TRY(tir_items(call, &items));
    int64_t sent = 0;
    for (size_t i = 0; i < items->list.count && (request->limit < 1 || sent < request->limit);
         i++, sent++) {
        const struct value *item = items->list.items[i];
        value_map_set_c(arena, call->params, "endpointId", value_string(arena, id_of(arena, item)));
        TRY(receiver->result(receiver, call_id(call), value_text_at(item, "name")));
    }
    return receiver->continuation(receiver, STR_EMPTY);
}
