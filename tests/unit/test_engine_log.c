#include "rpc/engine_log.h"

#include <grpc/grpc.h>

#include "testing.h"

/* Delivery to an engine is tested from outside, over gRPC; here is what happens without one. */

struct kept {
    struct log_sink sink; /* first */
    int count;
    struct log_record last;
};

static void keep(struct log_sink *self, const struct log_record *record) {
    struct kept *kept = (struct kept *)self;
    kept->count++;
    kept->last = *record;
}

static void emit(struct engine_log *log, const char *message) {
    struct log_record record = {.level = LOG_INFO, .urn = STR("urn"), .message = str_of(message)};
    struct log_sink *sink = engine_log_sink(log);
    sink->emit(sink, &record);
}

TEST(without_an_address_records_go_to_the_fallback) {
    struct kept kept = {.sink = {.emit = keep}};
    struct engine_log *log = engine_log_new(&clock_system, STR_EMPTY, LOG_INFO, &kept.sink);
    emit(log, "a");
    CHECK_INT(kept.count, 1);
    CHECK_STR(kept.last.message, "a");
    engine_log_attach(log, STR_EMPTY); /* says nothing */
    emit(log, "b");
    CHECK_INT(kept.count, 2);
    engine_log_attach(log, STR("127.0.0.1:1"));
    emit(log, "c");
    CHECK_INT(kept.count, 2);
    engine_log_free(log, 0);
}

TEST(without_a_fallback_records_are_dropped) {
    struct engine_log *log = engine_log_new(&clock_system, STR_EMPTY, LOG_WARNING, NULL);
    emit(log, "a");
    CHECK_INT(engine_log_sink(log)->min_level, LOG_WARNING);
    engine_log_free(log, 0);
    engine_log_free(NULL, 0);
}

/* Nobody listens on port 1; one that is held open and never answers would be given up just the
 * same. */
TEST(an_engine_that_is_not_there_holds_up_nobody) {
    struct kept kept = {.sink = {.emit = keep}};
    struct engine_log *log =
        engine_log_new(&clock_system, STR("127.0.0.1:1"), LOG_INFO, &kept.sink);
    for (int i = 0; i < 2000; i++) {
        emit(log, "message");
    }
    engine_log_free(log, 50);
    CHECK_INT(kept.count, 0); /* nor are they shown elsewhere */
}

TEST_MAIN {
    grpc_init();
    RUN(without_an_address_records_go_to_the_fallback);
    RUN(without_a_fallback_records_are_dropped);
    RUN(an_engine_that_is_not_there_holds_up_nobody);
    grpc_shutdown();
}
