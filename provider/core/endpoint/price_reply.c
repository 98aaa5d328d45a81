#include "core/endpoint/price_reply.h"

#include "core/endpoint/price_key.h"
#include "core/endpoint/price_list.h"
#include "core/props/rows.h"

void price_note_reply(struct cloud_call *call, const char *operation,
                      const struct rest_reply *reply) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    const struct price_table *table = &tables->prices;
    if (table->operation == NULL || !str_is_c(str_of(operation), table->operation)) {
        return;
    }
    const struct value *rows = rows_unnest(ctx->arena, reply->result, table->rows);
    for (size_t i = 0; i < value_list_count(rows); i++) {
        const struct value *row = rows->list.items[i];
        struct str key = price_key_of_row(ctx->arena, tables, call->params, row);
        const struct price price = {
            .is_known = true,
            .amount = value_number_at(row, table->amount, -1),
            .currency = table->currency == NULL ? str_of(table->currency_word)
                                                : value_text_at(row, table->currency),
            .told_at = ctx->clock->wall_seconds(ctx->clock),
            .told_ms = ctx->clock->now_ms(ctx->clock),
        };
        if (key.len > 0 && price.amount >= 0) {
            price_list_note(call->prices, key, &price);
        }
    }
}
