#include "rpc/service.h"

#include <grpc/grpc.h>

#include "testing.h"

TEST(the_budget_is_never_passed) {
    struct budget budget = {.limit = 100};
    CHECK(budget_take(&budget, 60));
    CHECK(budget_take(&budget, 40));
    CHECK(!budget_take(&budget, 1));
    CHECK(budget_take(&budget, 0));
    budget_give(&budget, 40);
    CHECK(!budget_take(&budget, 41));
    CHECK(budget_take(&budget, 40));
    CHECK(!budget_take(&budget, SIZE_MAX));
}

struct fixture {
    struct engine_log *log;
    struct service service;
};

static void setup(struct fixture *fixture) {
    fixture->log = engine_log_new(&clock_system, STR_EMPTY, LOG_INFO, NULL);
    struct service_options options = {.engine_log = fixture->log, .clock = &clock_system};
    service_init(&fixture->service, &options);
}

static void teardown(struct fixture *fixture) {
    service_cleanup(&fixture->service);
    engine_log_free(fixture->log, 0);
}

TEST(cancel_trips_the_calls_of_the_session) {
    struct fixture fixture;
    setup(&fixture);
    struct session *session = service_session(&fixture.service);
    struct cancel *call = cancel_new(session->cancel, &clock_system);
    CHECK(!session_is_cancelled(session));
    service_cancel(&fixture.service);
    CHECK(session_is_cancelled(session));
    CHECK_INT(cancel_state(call), CANCEL_TRIPPED);
    cancel_free(call);
    session_unref(session);
    teardown(&fixture);
}

TEST(attaching_after_cancel_starts_a_new_session_and_leaves_the_old_calls_tripped) {
    struct fixture fixture;
    setup(&fixture);
    struct session *old = service_session(&fixture.service);
    struct cancel *call = cancel_new(old->cancel, &clock_system);
    service_cancel(&fixture.service);
    service_attach(&fixture.service, STR_EMPTY);
    struct session *new = service_session(&fixture.service);
    CHECK(new != old);
    CHECK(!session_is_cancelled(new));
    CHECK_INT(cancel_state(call), CANCEL_TRIPPED);
    cancel_free(call);
    session_unref(old);
    session_unref(new);
    teardown(&fixture);
}

TEST(attaching_without_cancel_keeps_the_session) {
    struct fixture fixture;
    setup(&fixture);
    struct session *before = service_session(&fixture.service);
    service_attach(&fixture.service, STR_EMPTY);
    struct session *after = service_session(&fixture.service);
    CHECK(before == after);
    session_unref(before);
    session_unref(after);
    teardown(&fixture);
}

TEST_MAIN {
    grpc_init();
    RUN(the_budget_is_never_passed);
    RUN(cancel_trips_the_calls_of_the_session);
    RUN(attaching_after_cancel_starts_a_new_session_and_leaves_the_old_calls_tripped);
    RUN(attaching_without_cancel_keeps_the_session);
    grpc_shutdown();
}
