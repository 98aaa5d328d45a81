#include "core/endpoint/sweep.h"

#include "base/flight.h"
#include "base/mem.h"
#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/sweep_int.h"

/* How old a list may be for a mere look (a refresh of a large stack is one sweep). */
#define CACHED_MS 15000
/* How old one may be for a glance: what an earlier run left behind was there before this one. */
#define GLANCED_MS (600 * 1000)
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
        sweep->doubt = arena_str(arena, call->ctx->error.message.text);
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

static enum err_code begin_since(struct cloud_call *call, int64_t since_ms, struct sweep *out) {
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

static int64_t now_ms(const struct cloud_call *call) {
    return call->ctx->clock->now_ms(call->ctx->clock);
}

enum err_code sweep_begin(struct cloud_call *call, struct sweep *out) {
    return begin_since(call, now_ms(call) - (call->may_be_cached ? CACHED_MS : 0), out);
}

enum err_code sweep_need_whole(struct cloud_call *call, const struct sweep *sweep) {
    return sweep->doubt.len == 0
               ? ERR_OK
               : ctx_fail(call->ctx, ERR_UNAVAILABLE, "%.*s", STR_ARG(sweep->doubt));
}

void sweep_end(struct sweep *sweep) {
    flight_release(sweep->flight);
}

/* ---- Glances */

/* As leader. `own` is the call with a glance's time alone: when that is over there is no list, and
 * when the call's own is, another one tries. */
static bool lead_glance(struct cloud_call *call, struct cloud_call *own, struct flight *flight,
                        int64_t since_ms, struct sweep *out) {
    bool is_there = begin_since(own, since_ms, out) == ERR_OK;
    if (!is_there && cancel_state(call->ctx->cancel) != CANCEL_NONE) {
        flight_hand_over(flight);
        return false;
    }
    struct arena *arena = arena_new(0);
    bool *told = ARENA_NEW(arena, bool);
    *told = is_there;
    flight_succeed(flight, arena, told);
    return is_there;
}

static bool glance(struct cloud_call *call, struct cloud_call *own, struct sweep *out) {
    struct flight *flight = NULL;
    int64_t since_ms = now_ms(call) - GLANCED_MS;
    struct str key = arena_printf(call->ctx->arena, "glance %.*s", STR_ARG(sweep_key(call)));
    if (flight_begin(call->sweeps->lists, own->ctx, key, since_ms, &flight) != ERR_OK) {
        return false;
    }
    bool is_there = flight_is_led(flight) ? lead_glance(call, own, flight, since_ms, out)
                                          : *(const bool *)flight_data(flight) &&
                                                begin_since(own, since_ms, out) == ERR_OK;
    flight_release(flight);
    return is_there;
}

bool sweep_glance(struct cloud_call *call, struct sweep *out) {
    struct ctx *ctx = call->ctx;
    struct ctx own_ctx;
    struct cancel *cancel = cancel_new(ctx->cancel, ctx->clock);
    cancel_set_deadline(cancel, cancel_deadline(ctx->cancel));
    cancel_set_deadline(cancel, now_ms(call) + CALL_QUESTION_MS);
    ctx_fork(&own_ctx, ctx, ctx->arena, cancel);
    struct cloud_call own = *call;
    own.ctx = &own_ctx;
    bool is_there = glance(call, &own, out);
    cancel_free(cancel);
    (void)ctx_join(ctx, &own_ctx, ERR_OK);
    return is_there;
}

bool sweep_latest(struct cloud_call *call, struct sweep *out) {
    struct flight *flight = flight_latest(call->sweeps->lists, sweep_key(call));
    if (flight == NULL) {
        return false;
    }
    *out = *(const struct sweep *)flight_data(flight);
    out->flight = flight;
    return true;
}
