#include "clouds/clouds.h"
#include "clouds/tir/internal.h"

enum err_code tir_fail_without_list(struct cloud_call *call, const char *operation) {
    return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                    "E2E Networks TIR: %s: the reply is not the service's: it holds no list. "
                    "Check the configured address and any proxy on the way.",
                    cloud_operation(call->cloud, operation)->doing);
}
