/* Services refuse changes of an endpoint that is still on its way from the change before. */
#include "core/endpoint/cloud.h"
#include "core/endpoint/wait.h"

/* No word of a service says "busy" for certain: a look tells. */
static bool may_be_busy(const struct cloud_call *call, const struct rest_reply *reply) {
    bool refused = reply->class == FAILURE_PRECONDITION || reply->class == FAILURE_CONFLICT;
    return refused && call->ctx->error.http_status != 402; /* unpaid bills */
}

bool cloud_was_busy(struct cloud_call *call, const struct rest_reply *reply) {
    if (!may_be_busy(call, reply)) {
        return false;
    }
    struct error refused = error_keep(&call->ctx->error);
    bool was_pending = false;
    bool is_over = wait_while_pending(call, &was_pending) == ERR_OK && was_pending;
    error_put_back(&call->ctx->error, &refused);
    if (is_over) {
        error_clear(&call->ctx->error);
    }
    return is_over;
}

enum err_code cloud_change_in_turn(struct cloud_call *call, const char *operation,
                                   const struct value *body, struct rest_reply *reply) {
    for (;;) {
        enum err_code code = cloud_change(call, operation, body, reply);
        if (code == ERR_OK || !cloud_was_busy(call, reply)) {
            return code;
        }
    }
}
