#ifndef CORE_ENDPOINT_LOOK_H
#define CORE_ENDPOINT_LOOK_H

#include "core/endpoint/cloud.h"

/* Looking for what a create may have made: it may be carried out, or shown, a moment later. */

/* Embedded by who looks. `call` is the one to look with: a call that was cancelled lends it a token
 * of its own. */
struct looker {
    enum err_code (*look)(struct looker *self, struct cloud_call *call, bool *found);
};

enum look_patience {
    LOOK_ONCE = 0, /* until a look is answered: what follows shows by itself whether it exists */
    LOOK_LONG      /* until something is found */
};

/* Looks at 0, 1, 2, 4 and 8 s; a look that fails for a reason that passes is followed by the next
 * one. Returns what the last look returned. When the call is cancelled, or becomes so, 1.2 s
 * are left, for Ctrl-C answers within 2 s. Blocks; any thread. */
enum err_code look_until_found(struct cloud_call *call, struct looker *looker,
                               enum look_patience patience, bool *found) MUST_USE;

#endif
