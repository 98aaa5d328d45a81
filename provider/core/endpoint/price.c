#include "core/endpoint/price.h"

#include "core/props/rows.h"

void price_book_init(struct price_book *book, struct cloud_call *call) {
    *book = (struct price_book){.call = call, .replies = value_map(call->ctx->arena)};
}

static const struct value *fetch(struct price_book *book, const struct value *params) {
    const struct price_table *table = &book->call->cloud->tables->prices;
    struct cloud_call call = *book->call;
    struct ctx ctx;
    struct rest_reply reply;
    ctx_fork(&ctx, book->call->ctx, book->call->ctx->arena, book->call->ctx->cancel);
    call.ctx = &ctx;
    call.params = value_map_clone(ctx.arena, book->call->params);
    for (size_t i = 0; i < params->map.count; i++) {
        value_map_set(ctx.arena, call.params, params->map.entries[i].key,
                      params->map.entries[i].value);
    }
    enum err_code code = cloud_send(&call, table->operation, NULL, &reply);
    if (code != ERR_OK) {
        book->has_failed = true;
        log_warning(&ctx.log, "prices are left out: %.*s", STR_ARG(ctx.error.message));
    }
    const struct value *rows =
        code == ERR_OK ? rows_unnest(ctx.arena, reply.result, table->rows) : NULL;
    (void)ctx_join(book->call->ctx, &ctx, ERR_OK);
    return rows;
}

/* The prices that an endpoint's may be among, or NULL. */
static const struct value *rows_for(struct price_book *book, const struct value *wire) {
    struct arena *arena = book->call->ctx->arena;
    const struct price_table *table = &book->call->cloud->tables->prices;
    struct value *params = value_map(arena);
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < table->param_count; i++) {
        struct str text = value_text_at(wire, table->params[i].wire);
        if (text.len == 0) {
            return NULL;
        }
        value_map_set_text(arena, params, table->params[i].name, text);
        key = arena_printf(arena, "%.*s\n%.*s", STR_ARG(key), STR_ARG(text));
    }
    const struct value *rows = value_get(book->replies, key);
    if (rows == NULL && !book->has_failed) {
        rows = fetch(book, params);
        if (rows != NULL) {
            value_map_set(arena, book->replies, key, rows);
        }
    }
    return rows;
}

static bool fits(struct arena *arena, const struct price_table *table, const struct value *row,
                 const struct value *wire) {
    for (size_t i = 0; i < table->match_count; i++) {
        const struct price_path *path = &table->match[i];
        struct str wanted =
            path->wire == NULL ? str_of(path->is) : value_id_at(arena, wire, path->wire);
        if (wanted.len == 0 || !str_is(value_id_at(arena, row, path->row), wanted)) {
            return false;
        }
    }
    return true;
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

struct price price_find(struct price_book *book, const struct observation *seen) {
    struct arena *arena = book->call->ctx->arena;
    const struct price_table *table = &book->call->cloud->tables->prices;
    struct price price = {0};
    const struct value *rows = table->operation == NULL ? NULL : rows_for(book, seen->wire);
    for (size_t i = 0; i < value_list_count(rows) && !price.is_known; i++) {
        const struct value *row = rows->list.items[i];
        double amount = value_number_at(row, table->amount, -1);
        if (amount >= 0 && fits(arena, table, row, seen->wire)) {
            price.is_known = true;
            price.per_hour = amount;
            price.currency = table->currency == NULL ? str_of(table->currency_word)
                                                     : value_text_at(row, table->currency);
        }
    }
    bool counts = price.is_known && is_paid(table, seen);
    price.replicas = counts ? value_count_at(seen->wire, table->replicas) : 0;
    return price;
}
