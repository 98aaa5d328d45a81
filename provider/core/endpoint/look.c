#include "core/endpoint/look.h"

/* After a cancel: so long, and so often. */
#define LAST_LOOK_MS 1200
#define LAST_PAUSE_MS 200

#define LOOKS 5
static const int64_t pauses_ms[LOOKS] = {0, 1000, 1000, 2000, 4000};

static bool passes(enum err_code code) {
    return code == ERR_OK || code == ERR_UNAVAILABLE || code == ERR_UNCERTAIN;
}

static enum err_code look_patiently(struct cloud_call *call, struct looker *looker,
                                    enum look_patience patience, bool *found) {
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < LOOKS && passes(code) && !*found; i++) {
        if (i > 0 && code == ERR_OK && patience == LOOK_ONCE) {
            break;
        }
        enum cancel_reason reason = i == 0 ? cancel_state(call->ctx->cancel)
                                           : cancel_sleep(call->ctx->cancel, pauses_ms[i]);
        if (reason != CANCEL_NONE) {
            return code;
        }
        code = looker->look(looker, call, found);
    }
    return code;
}

/* What was seen before the time was up stands. */
static enum err_code look_hastily(struct cloud_call *call, struct looker *looker, bool *found) {
    struct cancel *cancel = call->ctx->cancel;
    enum err_code code = looker->look(looker, call, found);
    while (!*found && passes(code) && cancel_sleep(cancel, LAST_PAUSE_MS) == CANCEL_NONE) {
        enum err_code again = looker->look(looker, call, found);
        if (again != ERR_OK && cancel_state(cancel) != CANCEL_NONE) {
            break;
        }
        code = again;
    }
    return code;
}

static enum err_code look_at_last(struct cloud_call *call, struct looker *looker, bool *found) {
    struct ctx *ctx = call->ctx;
    struct ctx own_ctx;
    struct cancel *own = cancel_new(NULL, ctx->clock);
    cancel_set_deadline(own, ctx->clock->now_ms(ctx->clock) + LAST_LOOK_MS);
    ctx_fork(&own_ctx, ctx, ctx->arena, own);
    struct cloud_call own_call = *call;
    own_call.ctx = &own_ctx;
    enum err_code code = look_hastily(&own_call, looker, found);
    cancel_free(own);
    return ctx_join(ctx, &own_ctx, code);
}

enum err_code look_until_found(struct cloud_call *call, struct looker *looker,
                               enum look_patience patience, bool *found) {
    *found = false;
    enum err_code code = look_patiently(call, looker, patience, found);
    return *found || cancel_state(call->ctx->cancel) == CANCEL_NONE
               ? code
               : look_at_last(call, looker, found);
}
