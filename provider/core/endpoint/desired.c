#include "core/endpoint/desired.h"

#include "core/config.h"
#include "core/endpoint/default_mark.h"

#define PROPERTY "desiredState"

static bool is_said(const struct cloud *cloud, const struct value *inputs) {
    return value_get_set(inputs, STR(PROPERTY)) != NULL ||
           (cloud->hooks.desired != NULL && cloud->hooks.desired(inputs).len > 0);
}

static bool is_refused(const struct cloud_tables *tables, struct str state,
                       const struct value *inputs) {
    for (size_t i = 0; i < tables->action_count; i++) {
        const struct action_row *row = &tables->actions[i];
        if (str_is_c(state, row->desired) && row->refused_input != NULL) {
            return str_is_c(value_text_at(inputs, row->refused_input), row->refused_value);
        }
    }
    return false;
}

void desired_fill(struct ctx *ctx, const struct cloud *cloud, const struct config *config,
                  struct value *inputs) {
    struct str configured = config_text(config, PROPERTY);
    if (configured.len == 0 || is_said(cloud, inputs) ||
        is_refused(cloud->tables, configured, inputs)) {
        return;
    }
    value_map_set_text(ctx->arena, inputs, PROPERTY, configured);
    default_mark_add(ctx->arena, inputs, STR(PROPERTY));
}

void desired_put_configured(struct cloud_call *call, struct value *inputs) {
    struct str configured = config_text(call->config, PROPERTY);
    if (configured.len > 0 && !str_is(configured, cloud_desired_state(call->cloud, inputs))) {
        value_map_set_text(call->ctx->arena, inputs, PROPERTY, configured);
    }
}

void desired_warn_of_start(struct ctx *ctx, const struct value *inputs) {
    if (default_mark_has(inputs, STR(PROPERTY)) &&
        str_is_c(value_text_at(inputs, PROPERTY), "paused")) {
        log_warning(&ctx->log,
                    "inference:desiredState is paused: a new endpoint starts its machine "
                    "first, and is paused as soon as it runs");
    }
}
