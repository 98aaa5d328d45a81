#ifndef CORE_ENDPOINT_OUTCOME_H
#define CORE_ENDPOINT_OUTCOME_H

#include "core/endpoint/cloud.h"
#include "core/props/prop.h"

/* What a call reports about an endpoint that exists. */

/* Property values of the live object, spelled as the inputs spell them; without what a pause sets
 * by itself. */
struct value *outcome_decode(struct cloud_call *call, const struct observation *seen,
                             const struct value *inputs);
/* Outputs from the live object (when it was not seen: from the inputs alone) under the given
 * inputs. */
const struct value *outcome_outputs(struct cloud_call *call, const struct observation *seen,
                                    const struct value *inputs);
/* Turns the failure in ctx->error into "exists, but is not as asked": nothing is lost.
 * `read_inputs` only for Read. */
enum err_code outcome_partial(struct cloud_call *call, const struct observation *seen,
                              const struct value *inputs, const struct value *read_inputs) MUST_USE;
/* An endpoint's state and what its cloud says of it, without a full stop. */
struct words outcome_describe(struct cloud_call *call, const struct observation *seen);

/* The console's page that shows the endpoint; empty where none is known. */
struct str outcome_console(const struct cloud_call *call);
/* The end of a call that was cut off while `doing` something. */
enum err_code outcome_cut_off(struct cloud_call *call, enum cancel_reason reason,
                              const char *doing) MUST_USE;

/* What gives this call more time, the one that gave its limit first, as a sentence without a full
 * stop; empty when it was no limit of the call that ended it, but one of a part of it. */
struct words outcome_more_time(struct cloud_call *call);
/* A message without a full stop, and that sentence behind it. */
struct words outcome_with_more_time(struct cloud_call *call, struct words message);

#endif
