#include "core/endpoint/price_state.h"

#include "core/endpoint/price_key.h"

void price_note_state(struct ctx *ctx, const struct cloud_tables *tables, struct price_list *list,
                      const struct value *inputs, const struct value *outputs) {
    const struct price price = {
        .is_known = true,
        .amount = value_number_at(outputs, "price.amount", -1),
        .currency = value_text_at(outputs, "price.currency"),
        .told_at = clock_parse_rfc3339(value_text_at(outputs, "pricedAt")),
    };
    if (tables->prices.operation == NULL || price.amount < 0 || price.told_at < 0) {
        return;
    }
    struct str key = price_key_of(ctx, tables, inputs);
    if (key.len > 0) {
        price_list_note(list, key, &price);
    }
}

void price_put(const struct cloud_call *call, struct value *outputs) {
    struct arena *arena = call->ctx->arena;
    if (!call->price.is_asked) {
        static const char *const carried[] = {"price", "pricedAt"};
        for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++) {
            const struct value *value = value_get_c(call->recorded, carried[i]);
            if (value != NULL) {
                value_map_set_c(arena, outputs, carried[i], value);
            }
        }
        return;
    }
    const struct price *told = &call->price.told;
    if (!told->is_known) {
        return;
    }
    char told_at[CLOCK_RFC3339_SIZE];
    clock_print_rfc3339(told->told_at, told_at);
    struct value *price = value_map(arena);
    value_map_set_c(arena, price, "amount", value_number(arena, told->amount));
    value_map_set_text(arena, price, "currency", told->currency);
    value_map_set_c(arena, outputs, "price", price);
    value_map_set_text(arena, outputs, "pricedAt", str_of(told_at));
}
