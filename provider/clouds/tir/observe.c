#include "clouds/tir/internal.h"

/* A look that still shows the time of change from before a change counts as stale for so long
 * (docs/apis/tir.md 5). */
#define STALE_READ_MS 10000

static struct str time_of_change(const struct observation *seen) {
    return value_text_at(seen->wire, "updated_at");
}

void tir_note_change(struct cloud_call *call, const struct observation *before) {
    struct tir_call *own = call->own;
    own->changing = true;
    own->time_before = arena_str(call->ctx->arena, time_of_change(before));
    own->changed_ms = call->ctx->clock->now_ms(call->ctx->clock);
}

void tir_mask_stale_read(const struct cloud_call *call, struct observation *seen) {
    const struct tir_call *own = call->own;
    if (!own->changing || seen->kind != OBSERVATION_SEEN) {
        return;
    }
    int64_t passed_ms = call->ctx->clock->now_ms(call->ctx->clock) - own->changed_ms;
    if (str_is(own->time_before, time_of_change(seen)) && passed_ms < STALE_READ_MS) {
        seen->state = STATE_PENDING;
        seen->is_stale = true;
    }
}

enum err_code tir_observe(struct cloud_call *call, struct observation *out) {
    bool by_name = value_get_c(call->params, "endpointId") == NULL;
    TRY(cloud_observe_default(call, out));
    if (out->kind == OBSERVATION_SEEN && call->removal == REMOVAL_NONE) {
        TRY(tir_show_attached(call, out));
    }
    if (by_name || out->kind == OBSERVATION_GONE) {
        return ERR_OK;
    }
    if (out->state == STATE_GONE && call->removal == REMOVAL_NONE) {
        out->state = STATE_PENDING;
    }
    tir_mask_stale_read(call, out);
    return ERR_OK;
}
