#ifndef CLOUD_FAKES_H
#define CLOUD_FAKES_H

#include "cloud_hooks.h"

/* A call to a cloud whose service answers in steps. It must not move while it is used. */
struct fake_service {
    struct fake_transport transport;
    struct config *config;
    struct rest_session session;
    struct cloud_call call;
};

/* Session and call are what the test says of them, put together with each other, the settings and
 * the steps. The cloud's account stays the test's. */
static inline void fake_service_init(struct fake_service *service, const struct cloud *cloud,
                                     const char *settings, const struct fake_step *steps,
                                     size_t step_count, const struct rest_session *session,
                                     const struct cloud_call *call) {
    service->config = hooks_config(cloud, settings);
    fake_transport_init(&service->transport, &fixture, steps, step_count);
    service->session = *session;
    service->session.service = &cloud->tables->service;
    service->session.transport = &service->transport.base;
    service->session.user = &service->call;
    service->call = *call;
    service->call.ctx = &fixture.ctx;
    service->call.cloud = cloud;
    service->call.config = service->config;
    service->call.session = &service->session;
    service->call.inputs = tree(arena, "{}");
    config_redact(service->config, &fixture.ctx.redact);
}

static inline void fake_service_cleanup(struct fake_service *service) {
    service->transport.base.free(&service->transport.base);
    config_free(service->config);
}

#endif
