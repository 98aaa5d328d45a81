#include "rpc/service.h"

#include <unistd.h>

/* Waiting for a cloud takes a thread and little else: many may wait at once, on small stacks. */
static const struct pool_options pool_options = {
    .min_threads = 2,
    .max_threads = 2048,
    .idle_ms = 10000,
    .stack_bytes = 512 * 1024,
};

bool budget_take(struct budget *budget, size_t size) {
    size_t used = atomic_load(&budget->used);
    do {
        if (size > budget->limit || used > budget->limit - size) {
            return false;
        }
    } while (!atomic_compare_exchange_weak(&budget->used, &used, used + size));
    return true;
}

void budget_give(struct budget *budget, size_t size) {
    atomic_fetch_sub(&budget->used, size);
}

void service_init(struct service *service, const struct service_options *options) {
    service->provider = options->provider;
    service->engine_log = options->engine_log;
    service->clock = options->clock;
    service->engine = options->engine;
    service->pool = pool_new(&pool_options);
    service->budget.limit = options->max_request_bytes_in_flight;
    atomic_init(&service->budget.used, 0);
    atomic_init(&service->calls, 0);
    atomic_init(&service->accepts_secrets, false);
    atomic_init(&service->accepts_byte_strings, false);
    pthread_mutex_init(&service->mutex, NULL);
    service->session = session_new(options->clock);
}

void service_cleanup(struct service *service) {
    pool_free(service->pool);
    session_unref(service->session);
    pthread_mutex_destroy(&service->mutex);
}

bool service_engine_has_ended(const struct service *service) {
    return service->engine != 0 && getppid() != service->engine;
}

struct session *service_session(struct service *service) {
    pthread_mutex_lock(&service->mutex);
    struct session *session = session_ref(service->session);
    pthread_mutex_unlock(&service->mutex);
    return session;
}

void service_cancel(struct service *service) {
    struct session *session = service_session(service);
    session_cancel(session);
    session_unref(session);
}

void service_attach(struct service *service, struct str engine_address) {
    struct session *old = NULL;
    pthread_mutex_lock(&service->mutex);
    if (session_is_cancelled(service->session)) {
        old = service->session;
        service->session = session_new(service->clock);
    }
    pthread_mutex_unlock(&service->mutex);
    if (old != NULL) {
        session_unref(old);
    }
    engine_log_attach(service->engine_log, engine_address);
}

struct marshal_options service_marshal_options(struct service *service, bool unknowns) {
    return (struct marshal_options){
        .secrets = atomic_load(&service->accepts_secrets),
        .byte_strings = atomic_load(&service->accepts_byte_strings),
        .unknowns = unknowns,
    };
}
