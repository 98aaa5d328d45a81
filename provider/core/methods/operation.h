#ifndef CORE_METHODS_OPERATION_H
#define CORE_METHODS_OPERATION_H

#include "core/endpoint/cloud.h"

/* The result of a function of the kind `reply`: what its operation answers, read by its rows, of
 * which the filters among the arguments choose. `args` are checked. *result lives in ctx->arena.
 * Blocking and cancellable, any thread. */
enum err_code operation_result(struct provider *provider, struct ctx *ctx,
                               const struct cloud *cloud, const struct function_row *function,
                               const struct value *args, struct value **result) MUST_USE;

#endif
