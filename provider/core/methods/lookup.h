#ifndef CORE_METHODS_LOOKUP_H
#define CORE_METHODS_LOOKUP_H

#include "core/endpoint/cloud.h"

/* Functions that look endpoints up (of every kind but `reply`). Each endpoint is shown by
 * what a resource would have as outputs, of which the function's rows choose, and by these, as far
 * as there are such rows and it is known: id, state, reason, consoleUrl, pricePerHour, currency,
 * costPerHour. Results live in the call's arena. Blocking and cancellable, any thread. */

/* The one that the argument `id` names, which the call was opened with, or `name`. ERR_NOT_FOUND
 * when there is none; ERR_INVALID when several have that name. */
enum err_code lookup_endpoint(struct cloud_call *call, const struct function_row *function,
                              const struct value *args, struct value **out) MUST_USE;
/* All of the list that fit the filters among the arguments, and what they cost (`costs`). */
enum err_code lookup_endpoints(struct cloud_call *call, const struct function_row *function,
                               const struct value *args, struct value **out) MUST_USE;
/* The last lines that the endpoint named by `id` or `name` logged (`lines`), oldest first. */
enum err_code lookup_log(struct cloud_call *call, const struct function_row *function,
                         const struct value *args, struct value **out) MUST_USE;

#endif
