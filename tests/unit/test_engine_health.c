#include "rpc/engine_health.h"

#include <grpc/grpc.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "rpc/server.h"
#include "testing.h"

/* An engine: our own server, which answers the question for its health. */
struct engine {
    struct provider *provider;
    struct engine_log *log;
    struct server *server;
    char address[32];
    pthread_t thread;
};

static void *serve(void *data) {
    server_run(data);
    return NULL;
}

static void engine_start(struct engine *engine) {
    int port = 0;
    engine->provider = provider_new(NULL);
    engine->log = engine_log_new(&clock_system, STR_EMPTY, LOG_INFO, NULL);
    struct service_options options = {.provider = engine->provider,
                                      .engine_log = engine->log,
                                      .clock = &clock_system,
                                      .max_request_bytes_in_flight = 1024 * 1024};
    engine->server = server_new(&options, &port);
    snprintf(engine->address, sizeof(engine->address), "127.0.0.1:%d", port);
    pthread_create(&engine->thread, NULL, serve, engine->server);
}

static void engine_stop(struct engine *engine) {
    server_shutdown(engine->server);
    server_cut(engine->server);
    pthread_join(engine->thread, NULL);
    server_free(engine->server);
    engine_log_free(engine->log, 0);
    provider_free(engine->provider);
}

static void pause_a_little(void) {
    const struct timespec pause = {.tv_nsec = 1000000};
    nanosleep(&pause, NULL);
}

/* Time as the test sets it. */
static int64_t test_time_ms;

static int64_t test_now_ms(const struct clock *clock) {
    (void)clock;
    return test_time_ms;
}

static const struct clock test_clock = {.now_ms = test_now_ms};

TEST(an_engine_that_answers_is_there) {
    struct engine engine;
    engine_start(&engine);
    struct engine_health *health = engine_health_new(&test_clock, str_of(engine.address), 100);
    for (int round = 0; round < 3; round++) {
        test_time_ms += 100;
        for (int i = 0; i < 50; i++) {
            CHECK(engine_health_tick(health));
            pause_a_little();
        }
    }
    engine_health_free(health);
    engine_stop(&engine);
}

TEST(an_engine_that_has_gone_is_noticed_after_the_interval) {
    struct engine_health *health = engine_health_new(&test_clock, STR("127.0.0.1:1"), 100);
    test_time_ms += 99;
    for (int i = 0; i < 20; i++) {
        CHECK(engine_health_tick(health)); /* not asked yet */
        pause_a_little();
    }
    test_time_ms += 1;
    bool there = true;
    while (there) {
        there = engine_health_tick(health);
        pause_a_little();
    }
    CHECK(!there);
    engine_health_free(health);
    engine_health_free(NULL);
}

TEST(a_question_under_way_can_be_abandoned) {
    struct engine_health *health = engine_health_new(&test_clock, STR("127.0.0.1:1"), 0);
    CHECK(engine_health_tick(health));
    engine_health_free(health);
}

TEST_MAIN {
    grpc_init();
    RUN(an_engine_that_answers_is_there);
    RUN(an_engine_that_has_gone_is_noticed_after_the_interval);
    RUN(a_question_under_way_can_be_abandoned);
    grpc_shutdown();
}
