#include "core/endpoint/desired.h"

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/default_mark.h"
#include "core/props/path.h"
#include "core/props/prop_told.h"
#include "core/props/prop_walk.h"

#define PROPERTY "desiredState"

struct str cloud_desired_state(const struct cloud *cloud, const struct value *inputs) {
    struct str said = cloud->hooks.desired != NULL ? cloud->hooks.desired(inputs) : STR_EMPTY;
    if (said.len > 0) {
        return said;
    }
    const struct prop *row = prop_find(&cloud->tables->props, STR(PROPERTY));
    const struct value *value = value_get_set(inputs, STR(PROPERTY));
    value = row == NULL ? value : prop_effective(row, value);
    return value_is_string(value) ? value->string : STR("running");
}

static bool is_said(const struct cloud *cloud, const struct value *inputs) {
    return value_get_set(inputs, STR(PROPERTY)) != NULL ||
           (cloud->hooks.desired != NULL && cloud->hooks.desired(inputs).len > 0);
}

/* In one of its spellings. */
static bool is_unknown(const struct prop_table *props, const struct value *inputs) {
    if (value_is_unknown(value_get_c(inputs, PROPERTY))) {
        return true;
    }
    for (size_t i = 0; i < props->count; i++) {
        const struct prop *row = &props->rows[i];
        bool spells = row->former_of != NULL && str_is_c(STR(PROPERTY), row->former_of);
        if (spells && value_is_unknown(value_get_c(inputs, row->name))) {
            return true;
        }
    }
    return false;
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

/* The changed paths that a pause resets. */
struct waiting {
    struct arena *arena;
    const struct prop_table *props;
    const struct diff_list *diffs;
    struct words paths;
};

static enum prop_step visit(const struct prop_place *place, void *user) {
    struct waiting *waiting = user;
    struct arena *arena = waiting->arena;
    if ((place->row->flags & PROP_PAUSE_RESETS) == 0) {
        return PROP_STEP_ON;
    }
    for (size_t i = 0; i < waiting->diffs->count; i++) {
        struct str path = waiting->diffs->entries[i].path;
        if (path_covers(arena, place->path, path)) {
            waiting->paths = words_join(arena, waiting->paths, ", ",
                                        prop_told_path(arena, waiting->props, path));
        }
    }
    return PROP_STEP_OVER;
}

void desired_tell_waiting(struct ctx *ctx, const struct cloud *cloud, struct words id,
                          const struct diff_list *diffs, const struct comparison *inputs) {
    struct waiting waiting = {.arena = ctx->arena, .props = &cloud->tables->props, .diffs = diffs};
    if (!str_is_c(cloud_desired_state(cloud, inputs->olds), "paused") ||
        !str_is_c(cloud_desired_state(cloud, inputs->news), "paused")) {
        return;
    }
    prop_walk(ctx->arena, waiting.props, visit, &waiting);
    if (waiting.paths.text.len > 0) {
        log_info(&ctx->log,
                 "%s: endpoint %p stays paused: the change of %p is kept, and is sent when "
                 "the endpoint is resumed",
                 cloud->tables->title, WORDS_ARG(id), WORDS_ARG(waiting.paths));
    }
}

void desired_show(struct arena *arena, const struct cloud *cloud, const struct value *inputs,
                  struct value *outputs) {
    const struct prop_table *props = &cloud->tables->props;
    if (prop_find(props, STR(PROPERTY)) == NULL || value_get_set(outputs, STR(PROPERTY)) != NULL) {
        return;
    }
    if (is_unknown(props, inputs)) {
        value_map_set_c(arena, outputs, PROPERTY, value_unknown(arena));
    } else {
        value_map_set_text(arena, outputs, PROPERTY, cloud_desired_state(cloud, inputs));
    }
}

struct value *desired_foresee(struct ctx *ctx, const struct cloud *cloud,
                              const struct value *inputs, struct value *outputs) {
    const struct prop_table *props = &cloud->tables->props;
    struct value *foreseen = outputs;
    if (is_unknown(props, inputs)) {
        const struct value *unknown = value_unknown(ctx->arena);
        foreseen = prop_exchange(ctx, props, PROP_PAUSE_RESETS, outputs, unknown);
    } else if (str_is_c(cloud_desired_state(cloud, inputs), "paused")) {
        foreseen = prop_exchange(ctx, props, PROP_PAUSE_RESETS, outputs, inputs);
    }
    desired_show(ctx->arena, cloud, inputs, foreseen);
    return foreseen;
}
