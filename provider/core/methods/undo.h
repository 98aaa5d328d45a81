#ifndef CORE_METHODS_UNDO_H
#define CORE_METHODS_UNDO_H

#include "core/endpoint/cloud.h"

/* For create.c: how to take back what the call has just made. In the call's arena; NULL when it has
 * to stay, because it is not certain that this call made it, or its name would be lost with it.
 * `seen` may show nothing yet where endpoints carry the create's mark. */
const struct create_undo *undo_of(const struct cloud_call *call, const struct observation *seen);

#endif
