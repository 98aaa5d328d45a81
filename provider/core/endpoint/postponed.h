#ifndef CORE_ENDPOINT_POSTPONED_H
#define CORE_ENDPOINT_POSTPONED_H

#include "core/endpoint/change.h"

/* What the program took out while the endpoint rested, of the inputs that a rest resets: nothing of
 * them is sent before the resume, and that may be some runs later. Those inputs, as they were, are
 * in the outputs until then ("__postponed", in no schema): the service still has them. Secrets stay
 * secret. Results live in the arena of the call, and share what they are made of. */

/* The inputs with what `olds` have beside them: what the program says, and what it took out.
 * `news` or `olds` may be NULL. Pure. */
const struct value *postponed_said_or_taken_out(struct ctx *ctx, const struct value *olds,
                                                const struct value *news);
/* Old inputs with what was noted beside them, but for what `change` is to ignore. */
const struct value *postponed_olds(struct cloud_call *call, const struct change *change,
                                   const struct value *olds);
/* Outputs of an update that succeeded, with what still waits. */
const struct value *postponed_put(struct cloud_call *call, const struct observation *seen,
                                  const struct change *change, const struct value *outputs);
/* Outputs of an update that failed, after which the engine keeps the inputs of before. */
const struct value *postponed_put_failed(struct cloud_call *call, const struct change *change,
                                         const struct value *outputs);
/* Inputs and outputs of a look. While it rests, or nobody knows, what was noted waits on. Of one
 * that is awake it is a difference like any other: the inputs then have it where the service has.
 */
const struct value *postponed_show(struct cloud_call *call, const struct observation *seen,
                                   const struct value *old_inputs);
const struct value *postponed_keep(struct cloud_call *call, const struct observation *seen,
                                   const struct value *outputs);

#endif
