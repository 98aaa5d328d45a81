#ifndef CORE_CHANGE_H
#define CORE_CHANGE_H

#include "core/outcome.h"

/* Brings a live endpoint from old inputs to new ones: one request that carries what differs (none when nothing does), then the answer is
 * compared with what was asked, and a field that the service ignored is an error that names it. *changed is set as soon as the cloud
 * may have changed something; `live` is what was seen last (wire NULL when nothing was sent). */
enum err_code change_send(struct cloud_call *call, const struct value *olds,
                          const struct value *news, struct live *live, bool *changed) MUST_USE;
/* Calls the operation that desiredState asks for when the live state differs, then waits. `force` also acts where the state already
 * suffices but is not the very one (a scaled-to-zero endpoint that is asked to run), and restarts a failed one. */
enum err_code change_state(struct cloud_call *call, struct live *live, bool force,
                           bool *changed) MUST_USE;

#endif
