#include "core/endpoint/sweep.h"

#include <stdatomic.h>

#include "base/flight.h"
#include "base/mem.h"
#include "core/endpoint/ledger.h"
#include "core/endpoint/pager.h"

/* How old a list may be for a mere look (a refresh of a large stack is one sweep). */
#define CACHED_MS 15000
#define SWEEP_CEILING (64u << 20)
/* So many are asked for by themselves before the list is read for the others. */
#define SINGLE_READS 8

struct sweeps {
    struct flight_group *lists;
    atomic_size_t reads; /* that a list could answer */
};

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

/* What makes two lists different: where they are read, and whose they are. */
static struct str key_of(struct cloud_call *call) {
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
    TRY(flight_begin(call->sweeps->lists, call->ctx, key_of(call), since_ms, &flight));
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

static bool is_worth_it(struct cloud_call *call) {
    return call->cloud->tables->list.serves_reads && call->may_be_cached &&
           call->recorded != NULL && !ledger_has_changed(call->ledger, call->id) &&
           atomic_fetch_add(&call->sweeps->reads, 1) >= SINGLE_READS;
}

static const struct value *find(struct cloud_call *call, const struct sweep *sweep) {
    const struct cloud_tables *tables = call->cloud->tables;
    const struct list_table *list = &tables->list;
    bool by_id = list->id != NULL;
    struct str wanted =
        value_text_at(call->params, by_id ? "endpointId" : tables->name_rule.property);
    for (size_t i = 0; i < sweep->items->list.count; i++) {
        const struct value *item = sweep->items->list.items[i];
        struct str shown =
            by_id ? value_id_at(call->ctx->arena, item, list->id) : value_text_at(item, list->name);
        if (value_is_map(item) && str_is(shown, wanted)) {
            return item;
        }
    }
    return NULL;
}

/* Does `item` have every member of `whole`? */
static bool covers(const struct value *item, const struct value *whole) {
    bool all = true;
    for (size_t i = 0; value_is_map(whole) && i < whole->map.count && all; i++) {
        const struct value_entry *entry = &whole->map.entries[i];
        const struct value *same = value_is_map(item) ? value_get(item, entry->key) : NULL;
        all = value_is_null(entry->value) || (same != NULL && covers(same, entry->value));
    }
    return all;
}

/* A copy in the call's arena; NULL when the list does not show the call's endpoint. */
static enum err_code look_into_list(struct cloud_call *call, const struct value **item) {
    struct sweep sweep;
    TRY(sweep_begin(call, &sweep));
    const struct value *found = find(call, &sweep);
    *item = found == NULL ? NULL : value_copy(call->ctx->arena, found);
    sweep_end(&sweep);
    return ERR_OK;
}

/* That a list shows all is documented at best: an endpoint that it shows is asked for by itself,
 * and the two are compared. The answer to the former is *out. */
static void compare(struct cloud_call *call, struct flight *flight, const struct value **out) {
    const struct value *item = NULL;
    struct rest_reply reply = {0};
    enum err_code code = look_into_list(call, &item);
    bool is_list = code == ERR_OK;
    code = is_list && item != NULL ? cloud_send(call, "get", NULL, &reply) : code;
    if (is_list && (item == NULL || code != ERR_OK)) {
        flight_hand_over(flight);
    } else {
        struct arena *arena = arena_new(1024);
        bool *whole = ARENA_NEW(arena, bool);
        *whole = code == ERR_OK && covers(item, reply.result);
        flight_succeed(flight, arena, whole);
        *out = reply.result;
    }
    error_clear(&call->ctx->error);
}

/* Once a process and list. Who finds it out has an answer of its own by then. */
static bool is_whole(struct cloud_call *call, const struct value **own) {
    struct str key = arena_printf(call->ctx->arena, "whole %.*s", STR_ARG(key_of(call)));
    struct flight *flight = NULL;
    if (flight_begin(call->sweeps->lists, call->ctx, key, FLIGHT_ANY_TIME, &flight) != ERR_OK) {
        error_clear(&call->ctx->error);
        return false;
    }
    bool is_led = flight_is_led(flight);
    if (is_led) {
        compare(call, flight, own);
    }
    bool whole = !is_led && *(const bool *)flight_data(flight);
    flight_release(flight);
    return whole;
}

bool sweep_answers(struct cloud_call *call, const struct value **item) {
    *item = NULL;
    if (is_worth_it(call) && is_whole(call, item) && look_into_list(call, item) != ERR_OK) {
        error_clear(&call->ctx->error);
    }
    return *item != NULL;
}
