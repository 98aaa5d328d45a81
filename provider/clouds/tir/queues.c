/* Queues of asynchronous requests: an action of their own (docs/apis/tir.md 2.5). */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"

#define PROPERTY STR("asyncInvocation")

const struct value *tir_queues(struct ctx *ctx, const struct value *inputs) {
    const struct value *given = value_get_set(inputs, PROPERTY);
    const struct prop *row = prop_find(&tir_tables.props, PROPERTY);
    return given == NULL || row == NULL ? value_map(ctx->arena)
                                        : prop_encode_value(ctx, row, given);
}

bool tir_queues_differ(struct ctx *ctx, const struct value *old_inputs, const struct value *news) {
    const struct value *before = tir_queues(ctx, old_inputs);
    return tir_asks_for_more(before, tir_queues(ctx, news));
}

void tir_choose_queues(const struct value *inputs, struct value *decoded) {
    const struct value *shown = value_get_set(decoded, PROPERTY);
    if (value_get_set(inputs, PROPERTY) == NULL && !value_bool_at(shown, "enabled", false)) {
        value_map_remove(decoded, PROPERTY);
    }
}

void tir_check_queues(const struct value *inputs, struct failures *failures) {
    if (tir_is_true(inputs, "asyncInvocation.enabled") &&
        value_at(inputs, "asyncInvocation.datasetId") == NULL) {
        failures_add(failures, STR("asyncInvocation.datasetId"), "is required with enabled: true");
    }
}
