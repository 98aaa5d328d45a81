#include "rpc/session.h"

#include "base/mem.h"

struct session *session_new(const struct clock *clock) {
    struct session *session = MEM_NEW(struct session);
    session->cancel = cancel_new(NULL, clock);
    atomic_init(&session->references, 1);
    return session;
}

struct session *session_ref(struct session *session) {
    atomic_fetch_add(&session->references, 1);
    return session;
}

void session_unref(struct session *session) {
    if (atomic_fetch_sub(&session->references, 1) == 1) {
        cancel_free(session->cancel);
        mem_free(session);
    }
}

void session_cancel(struct session *session) {
    cancel_trip(session->cancel);
}

bool session_is_cancelled(struct session *session) {
    return cancel_state(session->cancel) != CANCEL_NONE;
}
