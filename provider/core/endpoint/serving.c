#include "core/endpoint/serving.h"

#define KEY "__serving"

static bool knows_of_it(const struct cloud_tables *tables) {
    for (size_t i = 0; i < tables->state_count; i++) {
        if (tables->states[i].class == STATE_UPDATE_FAILED) {
            return true;
        }
    }
    return false;
}

/* Without a look what is known stands. */
static bool counts(const struct cloud_call *call, const struct observation *seen) {
    bool is_open = seen->kind == OBSERVATION_UNSEEN ||
                   (seen->kind == OBSERVATION_SEEN &&
                    (seen->state == STATE_PENDING || seen->state == STATE_UPDATE_FAILED));
    return is_open && knows_of_it(call->cloud->tables);
}

static const struct value *with_note(struct cloud_call *call, const struct value *outputs,
                                     const struct value *note) {
    return note == NULL ? outputs : value_map_with_c(call->ctx->arena, outputs, KEY, note);
}

const struct value *serving_keep(struct cloud_call *call, const struct observation *seen,
                                 const struct value *outputs) {
    return counts(call, seen) ? with_note(call, outputs, value_get_map_c(call->recorded, KEY))
                              : outputs;
}

const struct value *serving_put(struct cloud_call *call, const struct observation *seen,
                                const struct change *change, const struct value *outputs) {
    if (!counts(call, seen)) {
        return outputs;
    }
    const struct value *note = value_get_map_c(call->recorded, KEY);
    bool is_known = change->before.state != STATE_UPDATE_FAILED; /* that it serves what it showed */
    if (note == NULL && is_known && change->is_sent && change_carries_settings(call, change)) {
        note = change->olds;
    }
    return with_note(call, outputs, note);
}

const struct value *serving_of(const struct cloud_call *call, const struct observation *seen) {
    return seen->kind == OBSERVATION_SEEN && seen->state == STATE_UPDATE_FAILED
               ? value_get_map_c(call->recorded, KEY)
               : NULL;
}
