#include "core/endpoint/switching.h"

#include "core/props/prop.h"

static bool differs(struct ctx *ctx, const struct cloud *cloud, const struct value *olds,
                    const struct value *news) {
    const struct prop_table *props = &cloud->tables->props;
    struct diff_list diffs = {.ctx = ctx};
    if (cloud->hooks.switching == NULL) {
        return false;
    }
    prop_diff(&diffs, props, prop_only(ctx, props, PROP_SWITCHED, olds),
              prop_only(ctx, props, PROP_SWITCHED, news));
    return diffs.count > 0;
}

static bool is_under_way(const struct cloud *cloud, const struct value *outputs) {
    return cloud->hooks.switching != NULL && cloud->hooks.switching->is_under_way(outputs);
}

struct switch_plan switching_plan(struct ctx *ctx, const struct cloud *cloud,
                                  const struct value *outputs,
                                  const struct comparison *comparison) {
    return differs(ctx, cloud, comparison->olds, comparison->news)
               ? cloud->hooks.switching->plan(ctx, outputs, comparison->olds, comparison->news)
               : (struct switch_plan){.words = words_none()};
}

int64_t switching_usual_ms(struct ctx *ctx, const struct cloud *cloud, const struct value *outputs,
                           const struct comparison *comparison) {
    int64_t update_ms = cloud->tables->wait.update_ms;
    if (!differs(ctx, cloud, comparison->olds, comparison->news) && !is_under_way(cloud, outputs)) {
        return update_ms;
    }
    int64_t switch_ms = cloud->hooks.switching->usual_ms(comparison->news);
    return switch_ms > update_ms ? switch_ms : update_ms;
}

enum err_code switching_rehearse(struct cloud_call *call, const struct value *olds,
                                 const struct value *news, bool keeps_state,
                                 struct observation *seen) {
    bool may_start = !keeps_state && str_is_c(cloud_desired_state(call->cloud, news), "running");
    return differs(call->ctx, call->cloud, olds, news)
               ? call->cloud->hooks.switching->rehearse(call, news, may_start, seen)
               : ERR_OK;
}

enum err_code switching_carry_out(struct cloud_call *call, const struct value *olds,
                                  const struct value *news, struct observation *seen) {
    bool is_asked = differs(call->ctx, call->cloud, olds, news);
    return is_asked || is_under_way(call->cloud, call->recorded)
               ? call->cloud->hooks.switching->carry_out(call, news, is_asked, seen)
               : ERR_OK;
}

void switching_preview(struct ctx *ctx, const struct cloud *cloud, const struct value *recorded,
                       const struct comparison *comparison, struct value *outputs) {
    const struct prop_table *props = &cloud->tables->props;
    bool goes_on =
        differs(ctx, cloud, comparison->olds, comparison->news) || is_under_way(cloud, recorded);
    if (!goes_on || value_bool_at(comparison->news, "waitForReady", true)) {
        return;
    }
    for (size_t i = 0; i < props->count; i++) {
        if ((props->rows[i].flags & PROP_SWITCHED) != 0) {
            value_map_set_c(ctx->arena, outputs, props->rows[i].name, value_unknown(ctx->arena));
        }
    }
}

const struct value *switching_shown(struct cloud_call *call, const struct value *inputs) {
    bool waits = value_bool_at(call->inputs, "waitForReady", true);
    return waits || call->cloud->hooks.switching == NULL
               ? inputs
               : prop_without(call->ctx, &call->cloud->tables->props, PROP_SWITCHED, inputs);
}
