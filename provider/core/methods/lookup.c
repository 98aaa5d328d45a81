#include "core/methods/lookup.h"

#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/log_tail.h"
#include "core/endpoint/outcome.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/price.h"
#include "core/props/prop.h"
#include "core/props/rows.h"

/* One look-up: what it shows of an endpoint, and the prices that it knows by then. */
struct lookup {
    struct cloud_call *call;
    struct prop_table rows;
    struct price_book prices;
};

static void begin(struct lookup *lookup, struct cloud_call *call, struct prop_table rows) {
    *lookup = (struct lookup){.call = call, .rows = rows};
    price_book_init(&lookup->prices, call);
}

static void put(const struct lookup *lookup, struct value *out, const char *name,
                const struct value *value) {
    if (prop_find(&lookup->rows, str_of(name)) != NULL) {
        value_map_set_c(lookup->call->ctx->arena, out, name, value);
    }
}

static void put_text(const struct lookup *lookup, struct value *out, const char *name,
                     struct str text) {
    if (text.len > 0) {
        put(lookup, out, name, value_string(lookup->call->ctx->arena, text));
    }
}

static struct str reason_of(const struct cloud_call *call, const struct value *wire) {
    struct arena *arena = call->ctx->arena;
    struct str reason = STR_EMPTY;
    for (const char *const *path = call->cloud->tables->status.messages;
         path != NULL && *path != NULL; path++) {
        struct str message = str_trim(value_text_at(wire, *path));
        if (message.len > 0) {
            reason = arena_join(arena, reason, " ", message);
        }
    }
    return redact_apply(&call->ctx->redact, reason);
}

/* What a resource would show of it. */
static const struct value *outputs_of(struct cloud_call *call, const struct observation *seen) {
    return outcome_outputs(call, seen, value_map(call->ctx->arena));
}

static void put_price(struct lookup *lookup, struct cloud_call *call, struct value *out,
                      const struct observation *seen) {
    struct arena *arena = lookup->call->ctx->arena;
    struct price price = price_find(&lookup->prices, outputs_of(call, seen));
    if (!price.is_known) {
        return;
    }
    put(lookup, out, "pricePerHour", value_number(arena, price.amount));
    put_text(lookup, out, "currency", price.currency);
    double replicas = price_replicas(call->cloud->tables, seen);
    if (replicas >= 0) {
        put(lookup, out, "costPerHour", value_number(arena, price_round(price.amount * replicas)));
    }
}

/* The endpoint that the call is about, as it was seen. Its price is not part of that yet. */
static struct value *show(const struct lookup *lookup, struct cloud_call *call,
                          const struct observation *seen) {
    struct value *out = prop_decode(call->ctx, &lookup->rows, outputs_of(call, seen));
    put_text(lookup, out, "id", call->id);
    put_text(lookup, out, "state", seen->state_word);
    put_text(lookup, out, "reason", reason_of(call, seen->wire));
    put_text(lookup, out, "consoleUrl", outcome_console(call));
    return out;
}

/* A call about an item of the list, and the item as a look would show it. */
static struct cloud_call call_about(const struct cloud_call *call, const struct pager_item *item,
                                    struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    const struct cloud_tables *tables = call->cloud->tables;
    struct cloud_call own = *call;
    own.params = value_map_clone(arena, call->params);
    value_map_set_text(arena, own.params, tables->name_rule.property, item->name);
    if (tables->list.id != NULL) {
        value_map_set_text(arena, own.params, "endpointId", item->id);
    }
    own.id = call_id(&own);
    const struct value *wire = value_copy(arena, item->wire);
    if (call->cloud->hooks.normalise != NULL) {
        wire = call->cloud->hooks.normalise(call->ctx, wire);
    }
    *seen = cloud_classify(call->cloud, wire);
    return own;
}

/* What an item of the list lacks, the endpoint by itself shows. */
static enum err_code complete(struct cloud_call *call, struct observation *seen) {
    return call->cloud->tables->list.brief ? cloud_observe_default(call, seen) : ERR_OK;
}

static enum err_code fail_missing(struct cloud_call *call, struct words what) {
    return ctx_fail(
        call->ctx, ERR_NOT_FOUND,
        "%s: there is no endpoint \"%p\"%p; inference:%s:getEndpoints lists those there are",
        call->cloud->tables->title, WORDS_ARG(what), WORDS_ARG(advice_place(call, what.text)),
        call->cloud->tables->name);
}

static enum err_code fail_several(struct cloud_call *call, struct str name, struct str ids) {
    return ctx_fail(call->ctx, ERR_INVALID,
                    "%s: several endpoints are named \"%.*s\": %.*s; give the id of one",
                    call->cloud->tables->title, STR_ARG(name), STR_ARG(ids));
}

/* The only endpoint of that name in the whole list. */
static enum err_code find_by_name(struct cloud_call *call, struct str name,
                                  struct cloud_call *found, struct observation *seen) {
    struct pager pager;
    struct pager_item item;
    struct str ids = STR_EMPTY;
    size_t count = 0;
    pager_begin(&pager, call);
    while (pager_next(&pager, &item)) {
        if (str_is(item.name, name)) {
            *found = call_about(call, &item, seen);
            ids = arena_join(call->ctx->arena, ids, ", ", found->id);
            count++;
        }
    }
    TRY(pager_end(&pager));
    if (count != 1) {
        return count == 0 ? fail_missing(call, words_foreign(name)) : fail_several(call, name, ids);
    }
    return complete(found, seen);
}

static enum err_code find(struct cloud_call *call, const struct value *args,
                          struct cloud_call *found, struct observation *seen) {
    struct str name = value_text_at(args, call->cloud->tables->name_rule.property);
    if (call->id.len == 0 && call->cloud->tables->list.id != NULL) {
        return find_by_name(call, name, found, seen);
    }
    *found = *call;
    found->id = call_id(call);
    return cloud_observe(found, seen);
}

enum err_code lookup_endpoint(struct cloud_call *call, const struct function_row *function,
                              const struct value *args, struct value **out) {
    struct lookup lookup;
    struct cloud_call found;
    struct observation seen = {0};
    begin(&lookup, call, function->results);
    TRY(find(call, args, &found, &seen));
    if (seen.kind != OBSERVATION_SEEN) {
        return fail_missing(&found, call_told_id(&found, found.id));
    }
    *out = show(&lookup, &found, &seen);
    put_price(&lookup, &found, *out, &seen);
    return ERR_OK;
}

static enum err_code add(struct lookup *lookup, const struct pager_item *item,
                         const struct function_row *function, const struct value *args,
                         struct value *list) {
    struct arena *arena = lookup->call->ctx->arena;
    struct observation seen;
    struct cloud_call own = call_about(lookup->call, item, &seen);
    struct value *shown = show(lookup, &own, &seen);
    if (!rows_fits(arena, &function->args, args, shown)) {
        return ERR_OK;
    }
    TRY(complete(&own, &seen));
    if (seen.kind != OBSERVATION_SEEN) {
        return ERR_OK; /* deleted since */
    }
    shown = lookup->call->cloud->tables->list.brief ? show(lookup, &own, &seen) : shown;
    put_price(lookup, &own, shown, &seen);
    value_list_append(arena, list, shown);
    return arena_is_exceeded(arena) ? ctx_fail(lookup->call->ctx, ERR_EXHAUSTED,
                                               "%s: there are too many endpoints to show",
                                               lookup->call->cloud->tables->title)
                                    : ERR_OK;
}

/* The sums by currency. */
static const struct value *costs_of(struct arena *arena, const struct value *endpoints) {
    struct value *sums = value_map(arena);
    for (size_t i = 0; i < value_list_count(endpoints); i++) {
        const struct value *endpoint = endpoints->list.items[i];
        struct str currency = value_text_at(endpoint, "currency");
        double cost = value_number_at(endpoint, "costPerHour", 0);
        if (currency.len > 0) {
            const struct value *sum = value_get(sums, currency);
            double so_far = value_is_number(sum) ? sum->number : 0;
            value_map_set(arena, sums, currency, value_number(arena, price_round(so_far + cost)));
        }
    }
    struct value *costs = value_list(arena);
    for (size_t i = 0; i < sums->map.count; i++) {
        struct value *cost = value_map(arena);
        value_map_set_text(arena, cost, "currency", sums->map.entries[i].key);
        value_map_set_c(arena, cost, "perHour", sums->map.entries[i].value);
        value_list_append(arena, costs, cost);
    }
    return costs;
}

static enum err_code walk(struct lookup *lookup, const struct function_row *function,
                          const struct value *args, struct value *list) {
    struct pager pager;
    struct pager_item item;
    enum err_code code = ERR_OK;
    pager_begin(&pager, lookup->call);
    while (code == ERR_OK && pager_next(&pager, &item)) {
        code = add(lookup, &item, function, args, list);
    }
    enum err_code walked = pager_end(&pager);
    TRY(code);
    return walked;
}

enum err_code lookup_endpoints(struct cloud_call *call, const struct function_row *function,
                               const struct value *args, struct value **out) {
    struct arena *arena = call->ctx->arena;
    const struct prop *endpoints = prop_find(&function->results, STR("endpoints"));
    struct lookup lookup;
    begin(&lookup, call, prop_members(endpoints->item));
    struct value *list = value_list(arena);
    TRY(walk(&lookup, function, args, list));
    *out = value_map(arena);
    value_map_set_c(arena, *out, "endpoints", list);
    if (call->cloud->tables->prices.operation != NULL) {
        value_map_set_c(arena, *out, "costs", costs_of(arena, list));
    }
    return ERR_OK;
}

/* Arguments that are parameters of the operation. Where the endpoint is, is known: its id may say
 * another place than they do. */
static void put_missing(struct cloud_call *call, const struct prop_table *args,
                        const struct value *given) {
    for (size_t i = 0; i < args->count; i++) {
        struct str name = str_of(args->rows[i].name);
        const struct value *value = prop_effective(&args->rows[i], value_get_set(given, name));
        if (value != NULL && value_get(call->params, name) == NULL) {
            value_map_set(call->ctx->arena, call->params, name, value);
        }
    }
}

static struct value *split_lines(struct cloud_call *call, struct str text) {
    struct arena *arena = call->ctx->arena;
    struct value *lines = value_list(arena);
    text = arena_utf8(arena, redact_apply(&call->ctx->redact, text));
    while (text.len > 0) {
        value_list_append(arena, lines, value_string(arena, str_split(text, '\n', &text)));
    }
    return lines;
}

static const struct value *last_of(struct arena *arena, const struct value *list, double count) {
    struct value *last = value_list(arena);
    for (size_t i = 0; i < list->list.count; i++) {
        if ((double)(list->list.count - i) <= count) {
            value_list_append(arena, last, list->list.items[i]);
        }
    }
    return last;
}

enum err_code lookup_log(struct cloud_call *call, const struct function_row *function,
                         const struct value *args, struct value **out) {
    struct arena *arena = call->ctx->arena;
    struct cloud_call found = *call;
    struct observation seen = {0};
    struct rest_reply reply;
    if (call->id.len == 0 && call->cloud->tables->list.id != NULL) {
        TRY(find(call, args, &found, &seen));
    }
    put_missing(&found, &function->args, args);
    TRY(cloud_send(&found, function->operation, NULL, &reply));
    const struct value *lines =
        split_lines(call, log_tail_lines(arena, &call->cloud->tables->logs, &reply));
    *out = value_map(arena);
    value_map_set_c(arena, *out, "lines",
                    last_of(arena, lines, value_number_at(found.params, "lines", 0)));
    return ERR_OK;
}
