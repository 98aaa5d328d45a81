#include "core/endpoint/postponed.h"

#include "core/props/path.h"

#define KEY "__postponed"

static const struct value *with_note(struct cloud_call *call, const struct value *outputs,
                                     const struct value *note) {
    bool is_empty = !value_is_map(note) || note->map.count == 0;
    return is_empty ? outputs : value_map_with_c(call->ctx->arena, outputs, KEY, note);
}

const struct value *postponed_said_or_taken_out(struct ctx *ctx, const struct value *olds,
                                                const struct value *news) {
    if (!value_is_map(olds) || !value_is_map(news)) {
        return news != NULL ? news : olds;
    }
    struct value *out = value_map_clone(ctx->arena, news);
    for (size_t i = 0; i < olds->map.count; i++) {
        const struct value_entry *entry = &olds->map.entries[i];
        value_map_set(ctx->arena, out, entry->key,
                      postponed_said_or_taken_out(ctx, entry->value, value_get(news, entry->key)));
    }
    return olds->secret ? value_with_secret(ctx->arena, out, true) : out;
}

static const struct value *taken_out_of(struct ctx *ctx, const struct prop_table *props,
                                        const struct value *olds, const struct value *news);

/* NULL: nothing. An object that is sent whole is said by any of its members. */
static const struct value *taken_out_at(struct ctx *ctx, const struct prop *row,
                                        const struct value *old_value,
                                        const struct value *new_value) {
    if (old_value == NULL || new_value == NULL) {
        return old_value;
    }
    bool is_by_member = row->type == PROP_OBJECT && (row->flags & (PROP_WHOLE | PROP_ONE_OF)) == 0;
    if (!is_by_member || !value_is_map(old_value) || !value_is_map(new_value)) {
        return NULL;
    }
    struct prop_table members = prop_members(row);
    const struct value *out = taken_out_of(ctx, &members, old_value, new_value);
    return out->map.count == 0 ? NULL : value_with_secret(ctx->arena, out, old_value->secret);
}

static const struct value *taken_out_of(struct ctx *ctx, const struct prop_table *props,
                                        const struct value *olds, const struct value *news) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < props->count; i++) {
        struct str name = str_of(props->rows[i].name);
        const struct value *value = taken_out_at(ctx, &props->rows[i], value_get_set(olds, name),
                                                 value_get_set(news, name));
        if (value != NULL) {
            value_map_set(ctx->arena, out, name, value);
        }
    }
    return out;
}

/* Of what a rest resets, what the program said once, and says no more. */
static const struct value *taken_out(struct cloud_call *call, const struct value *olds,
                                     const struct value *news) {
    struct ctx *ctx = call->ctx;
    const struct prop_table *props = &call->cloud->tables->props;
    return taken_out_of(ctx, props, prop_only(ctx, props, PROP_PAUSE_RESETS, olds),
                        prop_only(ctx, props, PROP_PAUSE_RESETS, news));
}

const struct value *postponed_olds(struct cloud_call *call, const struct change *change,
                                   const struct value *olds) {
    const struct value *note = value_get_map_c(call->recorded, KEY);
    if (note == NULL) {
        return olds;
    }
    return path_restore_all(call->ctx->arena, change->ignored, change->ignored_count, olds,
                            postponed_said_or_taken_out(call->ctx, note, olds));
}

/* Of what was noted, what this update was to leave as it is. */
static const struct value *ignored(struct cloud_call *call, const struct change *change) {
    struct ctx *ctx = call->ctx;
    const struct value *note = value_get_map_c(call->recorded, KEY);
    if (note == NULL) {
        return NULL;
    }
    const struct value *others =
        path_restore_all(ctx->arena, change->ignored, change->ignored_count, NULL, note);
    return taken_out(call, note, others);
}

static bool is_awake(const struct observation *seen) {
    return seen->kind == OBSERVATION_SEEN &&
           (seen->state == STATE_READY || seen->state == STATE_IDLE);
}

const struct value *postponed_put(struct cloud_call *call, const struct observation *seen,
                                  const struct change *change, const struct value *outputs) {
    const struct value *waits = ignored(call, change);
    bool rests =
        change->keeps_state || str_is_c(cloud_desired_state(call->cloud, change->news), "paused");
    if (rests && (change->resets_wait || !is_awake(seen))) {
        const struct value *unsent =
            change->resets_wait ? change->olds : value_map(call->ctx->arena);
        unsent = postponed_olds(call, change, unsent);
        waits =
            postponed_said_or_taken_out(call->ctx, waits, taken_out(call, unsent, change->news));
    }
    return with_note(call, outputs, waits);
}

const struct value *postponed_put_failed(struct cloud_call *call, const struct change *change,
                                         const struct value *outputs) {
    const struct value *waits =
        change->resets_wait ? taken_out(call, change->olds, change->news) : NULL;
    return with_note(
        call, outputs,
        postponed_said_or_taken_out(call->ctx, value_get_map_c(call->recorded, KEY), waits));
}

const struct value *postponed_show(struct cloud_call *call, const struct observation *seen,
                                   const struct value *old_inputs) {
    const struct value *note = is_awake(seen) ? value_get_map_c(call->recorded, KEY) : NULL;
    return note == NULL ? old_inputs : postponed_said_or_taken_out(call->ctx, note, old_inputs);
}

const struct value *postponed_keep(struct cloud_call *call, const struct observation *seen,
                                   const struct value *outputs) {
    return is_awake(seen) ? outputs
                          : with_note(call, outputs, value_get_map_c(call->recorded, KEY));
}
