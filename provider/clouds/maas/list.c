#include <stdlib.h>

#include "clouds/maas/internal.h"

/* How old a list may be for a mere look (a refresh of a large stack is one sweep). */
#define CACHED_MS 5000
#define PAGE_SIZE 100
#define MAX_PAGES 1000
#define SWEEP_CEILING (64u << 20)

static bool has_id(const struct value *items, struct str id) {
    for (size_t i = 0; i < items->list.count; i++) {
        if (str_is(value_text_at(items->list.items[i], "id"), id)) {
            return true;
        }
    }
    return false;
}

/* Adds what is new; false when nothing was. */
static bool merge_page(struct arena *arena, struct value *items, const struct value *page) {
    size_t before = items->list.count;
    for (size_t i = 0; page != NULL && page->kind == VALUE_LIST && i < page->list.count; i++) {
        struct value *item = value_map_clone(arena, page->list.items[i]);
        if (!has_id(items, value_text_at(item, "id"))) {
            value_list_append(arena, items, item);
        }
    }
    return items->list.count > before;
}

/* Figures come as numbers or as text (docs/apis/maas.md 5); negative when there is none. */
static double figure(const struct value *reply, const char *name) {
    const struct value *value = value_get_c(reply, name);
    if (value == NULL || value->kind == VALUE_NUMBER) {
        return value == NULL ? -1 : value->number;
    }
    char *end = NULL;
    double number = value->kind == VALUE_STRING ? strtod(value->string.ptr, &end) : -1;
    return end == NULL || end == value->string.ptr ? -1 : number;
}

/* A reply that is no list says nothing about what exists. */
static bool is_list(const struct value *reply) {
    const struct value *items = value_get_c(reply, "items");
    double total = figure(reply, "total");
    return total >= 0 && (value_is_null(items) ? total == 0 : items->kind == VALUE_LIST);
}

/* Items are private clones: every one shows the account's limit. */
static void show_limit(struct arena *arena, struct value *items, const struct value *limit) {
    for (size_t i = 0; limit != NULL && i < items->list.count; i++) {
        value_map_set_c(arena, (struct value *)(uintptr_t)items->list.items[i], "quantity_limit",
                        limit);
    }
}

/* All pages. The list is documented without paging (docs/apis/maas.md 3.2), so a short one is asked
 * for more before it is believed. */
static enum err_code sweep_pages(struct cloud_call *call, struct value *items,
                                 struct maas_listing *out) {
    struct arena *arena = call->ctx->arena;
    value_map_remove(call->params, STR("limit"));
    value_map_remove(call->params, STR("offset"));
    for (size_t page = 0; page < MAX_PAGES; page++) {
        struct rest_reply reply;
        TRY(cloud_send(call, "list", NULL, &reply));
        if (!is_list(reply.result)) {
            return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                            "Huawei Cloud MaaS: listing the endpoints: the reply is no list of "
                            "endpoints, so nothing is taken as deleted");
        }
        bool grew = merge_page(arena, items, value_get_c(reply.result, "items"));
        show_limit(arena, items, value_get_c(reply.result, "quantity_limit"));
        *out = (struct maas_listing){.items = items,
                                     .total = figure(reply.result, "total"),
                                     .limit = figure(reply.result, "quantity_limit")};
        if ((double)items->list.count >= out->total) {
            return ERR_OK;
        }
        if (!grew && page > 0) {
            break;
        }
        value_map_set_c(arena, call->params, "limit", value_number(arena, PAGE_SIZE));
        value_map_set_c(arena, call->params, "offset",
                        value_number(arena, (double)items->list.count));
    }
    return ctx_fail(
        call->ctx, ERR_UNAVAILABLE,
        "Huawei Cloud MaaS: listing the endpoints: the list is shorter than its own total, so "
        "what is missing there is not taken as deleted");
}

/* One sweep into an arena of its own, which becomes the cache. */
static enum err_code sweep_now(struct cloud_call *call, struct arena *arena,
                               struct maas_listing *out) {
    struct ctx sweep_ctx;
    ctx_fork(&sweep_ctx, call->ctx, arena, call->ctx->cancel);
    struct cloud_call sweep_call = *call;
    sweep_call.ctx = &sweep_ctx;
    sweep_call.params = value_map_clone(arena, call->params);
    return ctx_join(call->ctx, &sweep_ctx, sweep_pages(&sweep_call, value_list(arena), out));
}

static enum err_code sweep(struct cloud_call *call, struct flight *flight) {
    struct arena *arena = arena_new(SWEEP_CEILING);
    struct maas_listing *listing = ARENA_NEW(arena, struct maas_listing);
    enum err_code code = sweep_now(call, arena, listing);
    if (code == ERR_OK) {
        flight_succeed(flight, arena, listing);
    } else {
        flight_fail(flight, call->ctx);
        arena_free(arena);
    }
    return code;
}

/* A list as fresh as the call needs it, held until flight_release. */
static enum err_code listing_of(struct cloud_call *call, struct flight **out) {
    struct maas_account *account = call->account;
    struct str url = maas_base_url(call->session, "api");
    struct str key = arena_printf(call->ctx->arena, "%.*s %.*s", STR_ARG(url),
                                  STR_ARG(value_text_at(call->params, "projectId")));
    const struct clock *clock = call->ctx->clock;
    int64_t since_ms = clock->now_ms(clock) - (call->may_be_cached ? CACHED_MS : 0);
    TRY(flight_begin(account->sweeps, call->ctx, key, since_ms, out));
    enum err_code code = flight_is_led(*out) ? sweep(call, *out) : ERR_OK;
    if (code != ERR_OK) {
        flight_release(*out);
    }
    return code;
}

static const struct value *pick(const struct value *items, struct maas_key key) {
    for (size_t i = 0; i < items->list.count; i++) {
        const struct value *item = items->list.items[i];
        bool fits = key.id.len > 0 ? str_is(value_text_at(item, "id"), key.id)
                                   : str_is(value_text_at(item, "endpoint_name"), key.name);
        if (fits) {
            return item;
        }
    }
    return NULL;
}

enum err_code maas_find(struct cloud_call *call, struct maas_key key, const struct value **item) {
    struct flight *flight;
    *item = NULL;
    TRY(listing_of(call, &flight));
    const struct maas_listing *listing = flight_data(flight);
    *item = value_copy(call->ctx->arena, pick(listing->items, key));
    flight_release(flight);
    return ERR_OK;
}

enum err_code maas_list_all(struct cloud_call *call, struct maas_listing *out) {
    struct flight *flight;
    TRY(listing_of(call, &flight));
    *out = *(const struct maas_listing *)flight_data(flight);
    out->items = value_copy(call->ctx->arena, out->items);
    flight_release(flight);
    return ERR_OK;
}
