#include "core/endpoint/sweep.h"

#include "base/flight.h"
#include "base/mem.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/sweep_int.h"

/* How old a list may be for a mere look (a refresh of a large stack is one sweep). */
#define CACHED_MS 15000
#define SWEEP_CEILING (64u << 20)

struct sweeps *sweeps_new(const struct clock *clock, const char *title) {
    struct sweeps *sweeps = MEM_NEW(struct sweeps);
    sweeps->lists = flight_group_new(clock, title);
    return sweeps;
}

void sweeps_free(struct sweeps *sweeps) {
    if (sweeps != NULL) {
        flight_group_free(sweeps->lists);
        mem_free(sweeps);
    }
}

static const struct value *figures_of(struct arena *arena, const struct value *reply) {
    struct value *figures = value_map(arena);
    for (size_t i = 0; value_is_map(reply) && i < reply->map.count; i++) {
        const struct value *value = reply->map.entries[i].value;
        if (value->kind != VALUE_LIST && value->kind != VALUE_MAP) {
            value_map_set(arena, figures, reply->map.entries[i].key, value_copy(arena, value));
        }
    }
    return figures;
}

static enum err_code read_list(struct cloud_call *call, struct arena *arena, struct sweep *sweep) {
    struct value *items = value_list(arena);
    struct pager pager;
    struct pager_item item;
    pager_begin(&pager, call);
    while (pager_next(&pager, &item) && !arena_is_exceeded(arena)) {
        value_list_append(arena, items, value_copy(arena, item.wire));
    }
    *sweep = (struct sweep){.items = items, .figures = figures_of(arena, pager.reply)};
    bool is_unsettled = pager.is_unsettled;
    enum err_code code = pager_end(&pager);
    if (code != ERR_OK && !is_unsettled) {
        return code;
    }
    if (is_unsettled) { /* others are being made or deleted: what was read is there all the same */
        sweep->doubt = arena_str(arena, call->ctx->error.message);
        error_clear(&call->ctx->error);
    }
    return arena_is_exceeded(arena)
               ? ctx_fail(call->ctx, ERR_EXHAUSTED, "%s: the list of endpoints is too long",
                          call->cloud->tables->title)
               : ERR_OK;
}

/* The list lives in an arena of its own, which becomes the cache. */
static enum err_code lead(struct cloud_call *call, struct flight *flight) {
    struct arena *arena = arena_new(SWEEP_CEILING);
    struct sweep *sweep = ARENA_NEW(arena, struct sweep);
    enum err_code code = read_list(call, arena, sweep);
    if (code == ERR_OK) {
        flight_succeed(flight, arena, sweep);
    } else {
        flight_fail(flight, call->ctx);
        arena_free(arena);
    }
    return code;
}

struct str sweep_key(struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct arena *arena = call->ctx->arena;
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < call->session->base_url_count; i++) {
        key = arena_printf(arena, "%.*s %.*s", STR_ARG(key),
                           STR_ARG(call->session->base_urls[i].url));
    }
    for (size_t i = 0; i < tables->scope_count; i++) {
        struct str value = value_text_at(call->params, tables->scope[i].property);
        key = arena_printf(arena, "%.*s %.*s", STR_ARG(key), STR_ARG(value));
    }
    return key;
}

enum err_code sweep_begin(struct cloud_call *call, struct sweep *out) {
    const struct clock *clock = call->ctx->clock;
    int64_t since_ms = clock->now_ms(clock) - (call->may_be_cached ? CACHED_MS : 0);
    struct flight *flight = NULL;
    TRY(flight_begin(call->sweeps->lists, call->ctx, sweep_key(call), since_ms, &flight));
    enum err_code code = flight_is_led(flight) ? lead(call, flight) : ERR_OK;
    if (code != ERR_OK) {
        flight_release(flight);
        return code;
    }
    *out = *(const struct sweep *)flight_data(flight);
    out->flight = flight;
    return ERR_OK;
}

enum err_code sweep_need_whole(struct cloud_call *call, const struct sweep *sweep) {
    return sweep->doubt.len == 0
               ? ERR_OK
               : ctx_fail(call->ctx, ERR_UNAVAILABLE, "%.*s", STR_ARG(sweep->doubt));
}

void sweep_end(struct sweep *sweep) {
    flight_release(sweep->flight);
}
