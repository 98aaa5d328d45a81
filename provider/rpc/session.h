#ifndef RPC_SESSION_H
#define RPC_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/cancel.h"

/* The time one engine works with this process: from the start, or from its Attach, to its Cancel.
 * Its token is the parent of every call's token. Shared by reference count, because calls may
 * outlast it. */
struct session {
    struct cancel *cancel;
    atomic_size_t references;
};

/* With one reference, the caller's. */
struct session *session_new(const struct clock *clock);
struct session *session_ref(struct session *session);
void session_unref(struct session *session);
/* Cancel came, or the process ends: calls under way are tripped, new ones are refused. Any thread.
 */
void session_cancel(struct session *session);
bool session_is_cancelled(struct session *session);

#endif
