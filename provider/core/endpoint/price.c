#include "core/endpoint/price.h"

#include <math.h>

#include "base/flight.h"
#include "core/endpoint/price_key.h"

#define PATIENCE_MS 5000
/* The whole list of prices may be one reply. */
#define ASK_CEILING (8u << 20)
/* How old a price may be that Create and Update write. */
#define FRESH_MS (3600 * 1000)

void price_book_init(struct price_book *book, struct cloud_call *call) {
    const struct clock *clock = call->ctx->clock;
    *book = (struct price_book){
        .call = call, .asked = value_map(call->ctx->arena), .began_ms = clock->now_ms(clock)};
}

double price_round(double amount) {
    return round(amount * 1e6) / 1e6;
}

/* The reply itself is noted as it comes (price_note_reply). `session` NULL: the call's own. */
static enum err_code fetch(struct cloud_call *call, struct ctx *ctx,
                           const struct rest_session *session, const struct value *params) {
    struct cloud_call own = *call;
    struct rest_reply reply;
    own.ctx = ctx;
    own.session = session != NULL ? session : call->session;
    own.params = value_map_clone(ctx->arena, call->params);
    for (size_t i = 0; i < params->map.count; i++) {
        value_map_set(ctx->arena, own.params, params->map.entries[i].key,
                      params->map.entries[i].value);
    }
    return cloud_send(&own, call->cloud->tables->prices.operation, NULL, &reply);
}

static void fetch_for_book(struct price_book *book, const struct value *params) {
    struct ctx *ctx = book->call->ctx;
    struct ctx own;
    ctx_fork(&own, ctx, ctx->arena, ctx->cancel);
    book->has_failed = fetch(book->call, &own, NULL, params) != ERR_OK;
    if (book->has_failed) {
        log_warning(&own.log, "prices are left out: %p", WORDS_ARG(own.error.message));
    }
    (void)ctx_join(ctx, &own, ERR_OK);
}

struct price price_find(struct price_book *book, const struct value *properties) {
    struct ctx *ctx = book->call->ctx;
    const struct cloud_tables *tables = book->call->cloud->tables;
    struct str key = price_key_of(ctx, tables, properties);
    if (key.len == 0) {
        return (struct price){0};
    }
    const struct value *params = price_params_of(ctx, tables, properties);
    struct str asked = price_params_key(ctx->arena, tables, properties, params);
    if (value_get(book->asked, asked) == NULL && !book->has_failed) {
        fetch_for_book(book, params);
        value_map_set(ctx->arena, book->asked, asked, value_null(ctx->arena));
    }
    struct price price = price_list_find(book->call->prices, ctx->arena, key);
    return price.told_ms >= book->began_ms ? price : (struct price){0};
}

static bool is_paid(const struct price_table *table, const struct observation *seen) {
    for (const char *const *word = table->free; word != NULL && *word != NULL; word++) {
        if (str_is_nocase(seen->state_word, str_of(*word))) {
            return false;
        }
    }
    return seen->state == STATE_PENDING || seen->state == STATE_READY ||
           seen->state == STATE_UPDATE_FAILED;
}

double price_replicas(const struct cloud_tables *tables, const struct observation *seen) {
    return is_paid(&tables->prices, seen) ? value_count_at(seen->wire, tables->prices.replicas) : 0;
}

/* A session that tries once. */
static struct rest_session *impatient(const struct cloud_call *call, struct arena *arena) {
    struct rest_session *session = ARENA_NEW(arena, struct rest_session);
    struct retry_policy *policy = ARENA_NEW(arena, struct retry_policy);
    *session = *call->session;
    *policy = *(session->retry != NULL ? session->retry : session->service->retry);
    policy->max_tries = 1;
    session->retry = policy;
    session->throttle_until_ms = 0;
    return session;
}

/* Of many creates at a time one asks. What is brought is in the list by then. */
static enum err_code fetch_once(struct cloud_call *call, struct ctx *ctx,
                                const struct value *params) {
    int64_t since_ms = ctx->clock->now_ms(ctx->clock) - FRESH_MS;
    struct flight *flight = NULL;
    struct str key = price_params_key(ctx->arena, call->cloud->tables, call->inputs, params);
    TRY(flight_begin(price_list_asks(call->prices), ctx, key, since_ms, &flight));
    enum err_code code = ERR_OK;
    if (flight_is_led(flight)) {
        code = fetch(call, ctx, impatient(call, ctx->arena), params);
        if (code == ERR_OK) {
            flight_succeed(flight, arena_new(0), NULL);
        } else {
            flight_fail(flight, ctx);
        }
    }
    flight_release(flight);
    return code;
}

static void fetch_in_time(struct cloud_call *call, struct ctx *ctx, const struct value *params) {
    struct ctx own;
    struct cancel *cancel = cancel_new(ctx->cancel, ctx->clock);
    cancel_set_deadline(cancel, cancel_deadline(ctx->cancel));
    cancel_set_deadline(cancel, ctx->clock->now_ms(ctx->clock) + PATIENCE_MS);
    ctx_fork(&own, ctx, ctx->arena, cancel);
    if (fetch_once(call, &own, params) != ERR_OK) {
        log_info(&own.log, "its price is left out: %p", WORDS_ARG(own.error.message));
    }
    cancel_free(cancel);
    (void)ctx_join(ctx, &own, ERR_OK);
}

static bool is_fresh(const struct ctx *ctx, const struct price *price) {
    return price->told_ms > 0 && ctx->clock->now_ms(ctx->clock) - price->told_ms < FRESH_MS;
}

/* The key of the call's price, after it was asked for where what is noted is old; empty when it has
 * none. In the context's arena. */
static struct str ask(struct cloud_call *call, struct ctx *ctx) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct str key = price_key_of(ctx, tables, call->inputs);
    if (key.len == 0) {
        return key;
    }
    struct price price = price_list_find(call->prices, ctx->arena, key);
    if (!is_fresh(ctx, &price)) {
        fetch_in_time(call, ctx, price_params_of(ctx, tables, call->inputs));
    }
    return key;
}

/* What asking takes goes away with it: the call may wait for long, and many at once. */
void price_ask(struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    struct arena *scratch = arena_new(ASK_CEILING);
    struct ctx own;
    ctx_fork(&own, ctx, scratch, ctx->cancel);
    struct str key = ask(call, &own);
    (void)ctx_join(ctx, &own, ERR_OK);
    struct price price = {0};
    if (key.len > 0) {
        price = price_list_find(call->prices, ctx->arena, key);
    }
    arena_free(scratch);
    call->price = (struct call_price){.is_asked = call->cloud->tables->prices.operation != NULL};
    if (!is_fresh(ctx, &price)) {
        return;
    }
    call->price.told = price;
    log_status(&ctx->log, "it costs %.*s %.*s an hour for each replica",
               STR_ARG(value_number_text(ctx->arena, price.amount)), STR_ARG(price.currency));
}

void price_tell_plan(struct ctx *ctx, const struct cloud_tables *tables, struct price_list *list,
                     const struct value *inputs) {
    struct arena *arena = ctx->arena;
    bool runs = !str_is_c(value_text_at(inputs, "desiredState"), "paused");
    struct str key = runs ? price_key_of(ctx, tables, inputs) : STR_EMPTY;
    struct price price = key.len == 0 ? (struct price){0} : price_list_find(list, arena, key);
    if (!price.is_known) {
        return;
    }
    char told_at[CLOCK_RFC3339_SIZE];
    clock_print_rfc3339(price.told_at, told_at);
    double planned = price_planned_replicas(ctx, tables, inputs);
    double cost = price_round(price.amount * planned);
    double sum = price_round(price_list_add(list, price.currency, cost));
    log_info(&ctx->log,
             "%s: it will cost %.*s %.*s an hour (%.0f of %.*s, the price of %s); what this run "
             "creates here, %.*s %.*s so far",
             tables->title, STR_ARG(value_number_text(arena, cost)), STR_ARG(price.currency),
             planned, STR_ARG(value_number_text(arena, price.amount)), told_at,
             STR_ARG(value_number_text(arena, sum)), STR_ARG(price.currency));
}
