#include "core/endpoint/sweep_answer.h"

#include "base/flight.h"
#include "core/endpoint/ledger.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/sweep.h"
#include "core/endpoint/sweep_int.h"

/* So many are asked for by themselves before the list is read for the others. */
#define SINGLE_READS 8

static bool is_worth_it(struct cloud_call *call) {
    return call->cloud->tables->list.serves_reads && call->may_be_cached &&
           call->recorded != NULL && !ledger_has_changed(call->ledger, call->id) &&
           atomic_fetch_add(&call->sweeps->reads, 1) >= SINGLE_READS;
}

static const struct value *find(struct cloud_call *call, const struct sweep *sweep) {
    const struct cloud_tables *tables = call->cloud->tables;
    bool by_id = tables->list.id != NULL;
    struct str wanted =
        value_text_at(call->params, by_id ? "endpointId" : tables->name_rule.property);
    for (size_t i = 0; i < sweep->items->list.count; i++) {
        const struct value *item = sweep->items->list.items[i];
        if (value_is_map(item) && str_is(pager_item_of(call, item).id, wanted)) {
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
    struct observation seen;
    enum err_code code = look_into_list(call, &item);
    bool is_list = code == ERR_OK;
    code = is_list && item != NULL ? cloud_send(call, "get", NULL, &reply) : code;
    bool shows = code == ERR_OK && item != NULL && cloud_observe_reply(call, &reply, &seen);
    if (is_list && !shows) {
        flight_hand_over(flight);
    } else {
        struct arena *arena = arena_new(1024);
        bool *whole = ARENA_NEW(arena, bool);
        *whole = shows && covers(item, reply.result);
        flight_succeed(flight, arena, whole);
        *out = reply.result;
    }
    error_clear(&call->ctx->error);
}

/* Once a process and list. Who finds it out has an answer of its own by then. */
static bool is_whole(struct cloud_call *call, const struct value **own) {
    struct str key = arena_printf(call->ctx->arena, "whole %.*s", STR_ARG(sweep_key(call)));
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
