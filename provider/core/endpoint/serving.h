#ifndef CORE_ENDPOINT_SERVING_H
#define CORE_ENDPOINT_SERVING_H

#include "core/endpoint/change.h"

/* The inputs that still serve while a change is on its way or could not be applied (update_failed),
 * in the outputs ("__serving", in no schema): the service may show the new specification all the
 * same. Only on clouds whose states have that class. Results live in the arena of the call. */

/* Outputs of an update, with the note when one is due. What was noted before counts until an
 * endpoint is seen that is at rest. */
const struct value *serving_put(struct cloud_call *call, const struct observation *seen,
                                const struct change *change, const struct value *outputs);
/* Outputs of a look, with the note that was there, as long as it counts. */
const struct value *serving_keep(struct cloud_call *call, const struct observation *seen,
                                 const struct value *outputs);
/* What serves in the place of what is shown, when that could not be applied; NULL: not known. */
const struct value *serving_of(const struct cloud_call *call, const struct observation *seen);

#endif
