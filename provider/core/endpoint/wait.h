#ifndef CORE_ENDPOINT_WAIT_H
#define CORE_ENDPOINT_WAIT_H

#include "core/endpoint/outcome.h"

/* Waits until the live object is in the wanted state, as the cloud's tables define it; `seen` goes
 * in as last seen and comes out as last seen, whatever the result. Stops at the call's cancel token
 * or deadline, fails fast on a failed state with the cloud's own words. Shows progress as a status
 * line. */
enum err_code wait_until_state(struct cloud_call *call, struct str desired,
                               struct observation *seen) MUST_USE;
/* What has to show beside the state. */
struct wait_test {
    bool (*holds)(struct wait_test *self, const struct observation *seen);
};
/* As wait_until_state, and then until the test holds of a look that this function made; a test that
 * never holds is given up after settle_ms, or at the deadline, which is no failure: the caller
 * judges what was seen last. */
enum err_code wait_until_shown(struct cloud_call *call, struct str desired, struct wait_test *test,
                               struct observation *seen) MUST_USE;
/* For a change that was refused: waits while the endpoint is on its way. *was_pending tells whether
 * it was at all, so that the change may be sent once more. */
enum err_code wait_while_pending(struct cloud_call *call, bool *was_pending) MUST_USE;
/* Waits until the endpoint is proven gone. */
enum err_code wait_until_gone(struct cloud_call *call) MUST_USE;
/* Whether the state is what `desired` asks for. */
bool wait_is_reached(const struct cloud_call *call, struct str desired, enum state_class state);

#endif
