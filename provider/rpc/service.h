#ifndef RPC_SERVICE_H
#define RPC_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "core/methods/provider.h"
#include "rpc/engine_log.h"
#include "rpc/marshal.h"
#include "rpc/pool.h"
#include "rpc/session.h"

/* Bytes of requests that are being worked on: past the limit a request is refused, so that many
 * large ones end in errors and not in a process that ran out of memory, with the ids of other
 * calls. */
struct budget {
    atomic_size_t used;
    size_t limit;
};

bool budget_take(struct budget *budget, size_t size);
void budget_give(struct budget *budget, size_t size);

/* What all calls share. Owned by the server; outlives every call. */
struct service {
    struct provider *provider;
    struct engine_log *engine_log;
    const struct clock *clock;
    int engine; /* process id, 0 when engines attach */
    struct pool *pool;
    struct budget budget;
    atomic_size_t calls;              /* that exist */
    atomic_bool accepts_secrets;      /* what the engine said in Handshake and Configure */
    atomic_bool accepts_byte_strings; /* likewise */
    pthread_mutex_t mutex;
    struct session *session; /* guarded by mutex */
};

struct service_options {
    struct provider *provider;
    struct engine_log *engine_log;
    const struct clock *clock;
    int engine; /* the process that started this one, when it is an engine; else 0 */
    size_t max_request_bytes_in_flight;
};

void service_init(struct service *service, const struct service_options *options);
/* Waits for the pool's threads; no call may exist any more. */
void service_cleanup(struct service *service);
/* Whether the engine's process has ended: its connection alone proves nothing. Never true of
 * engines that attach. */
bool service_engine_has_ended(const struct service *service);
/* A reference to the session of now. */
struct session *service_session(struct service *service);
/* Trips everything that waits; from now on operations are refused. */
void service_cancel(struct service *service);
/* An engine attaches: a cancelled session is replaced by a new one. */
void service_attach(struct service *service, struct str engine_address);
/* How to encode what goes to the engine. */
struct marshal_options service_marshal_options(struct service *service, bool unknowns);

#endif
