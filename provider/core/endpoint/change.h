#ifndef CORE_ENDPOINT_CHANGE_H
#define CORE_ENDPOINT_CHANGE_H

#include "core/endpoint/outcome.h"

/* Brings a live endpoint from old inputs to new ones: one request that carries what differs (none
 * when nothing does), then the answer is compared with what was asked, and a field that the service
 * ignored is an error that names it. `seen` is what was seen last (unseen when nothing was sent).
 */
enum err_code change_send(struct cloud_call *call, const struct value *olds,
                          const struct value *news, struct observation *seen) MUST_USE;
/* Why the wanted state is brought about. */
enum change_cause {
    CHANGE_GOES_ON, /* a create, or one that did not finish: act where the live state does not
                       suffice */
    CHANGE_BESIDE,  /* something else was changed: besides, leave an endpoint awake that a request
                       woke */
    CHANGE_ASKED    /* the wish is new: act unless it is in that very state; restart a failed one */
};

/* Calls the operation that desiredState asks for when the live state differs, then waits. */
enum err_code change_state(struct cloud_call *call, struct observation *seen,
                           enum change_cause cause) MUST_USE;

#endif
