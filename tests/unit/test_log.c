#include "base/log.h"
#include "testing.h"

/* Keeps the latest record, as a sink must: by copy. */
struct recorder {
    struct log_sink sink;
    struct arena *arena;
    struct log_record record;
    int count;
};

static void record(struct log_sink *self, const struct log_record *log_record) {
    struct recorder *recorder = (struct recorder *)self;
    recorder->record = *log_record;
    recorder->record.message = arena_str(recorder->arena, log_record->message);
    recorder->count++;
}

struct fixture {
    struct recorder recorder;
    struct redact redact;
    struct arena *arena;
    struct log log;
};

static void setup(struct fixture *f, enum log_level min_level) {
    f->arena = arena_new(1024 * 1024);
    f->recorder = (struct recorder){.sink = {.emit = record, .min_level = min_level},
                                    .arena = arena_new(1024 * 1024)};
    redact_init(&f->redact, f->arena);
    f->log = (struct log){
        .sink = &f->recorder.sink,
        .redact = &f->redact,
        .arena = f->arena,
        .urn = STR("urn:pulumi:dev::p::t::n"),
    };
}

static void teardown(struct fixture *f) {
    arena_free(f->recorder.arena);
    arena_free(f->arena);
}

TEST(a_zeroed_log_swallows_everything) {
    struct log log = {0};
    size_t live = mem_live();
    log_debug(&log, "%s", "a");
    log_warning(&log, "%d", 1);
    log_status(&log, "b");
    CHECK_INT(mem_live(), live);
}

TEST(a_record_carries_level_kind_and_resource) {
    struct fixture f;
    setup(&f, LOG_DEBUG);
    log_info(&f.log, "%s: %d of %d", "replicas", 1, 2);
    CHECK_INT(f.recorder.count, 1);
    CHECK_INT(f.recorder.record.level, LOG_INFO);
    CHECK(!f.recorder.record.ephemeral);
    CHECK_STR(f.recorder.record.message, "replicas: 1 of 2");
    CHECK_STR(f.recorder.record.urn, "urn:pulumi:dev::p::t::n");
    log_status(&f.log, "waiting");
    CHECK_INT(f.recorder.record.level, LOG_INFO);
    CHECK(f.recorder.record.ephemeral);
    log_debug(&f.log, "d");
    CHECK_INT(f.recorder.record.level, LOG_DEBUG);
    CHECK(!f.recorder.record.ephemeral);
    log_warning(&f.log, "w");
    CHECK_INT(f.recorder.record.level, LOG_WARNING);
    log_emit(&f.log, LOG_ERROR, false, "e");
    CHECK_INT(f.recorder.record.level, LOG_ERROR);
    CHECK_INT(f.recorder.count, 5);
    teardown(&f);
}

TEST(below_the_sinks_level_nothing_is_formatted) {
    struct fixture f;
    setup(&f, LOG_WARNING);
    log_info(&f.log, "%s", "text");
    log_debug(&f.log, "%s", "text");
    CHECK_INT(f.recorder.count, 0);
    CHECK_INT(arena_used(f.arena), 0);
    log_warning(&f.log, "%s", "text");
    CHECK_INT(f.recorder.count, 1);
    teardown(&f);
}

TEST(messages_are_redacted) {
    struct fixture f;
    setup(&f, LOG_DEBUG);
    redact_add(&f.redact, STR("hf_token"));
    log_debug(&f.log, "sent %.*s", STR_ARG(STR("hf_token")));
    CHECK_STR(f.recorder.record.message, "sent [secret]");
    f.log.redact = NULL;
    log_debug(&f.log, "plain");
    CHECK_STR(f.recorder.record.message, "plain");
    teardown(&f);
}

TEST(long_messages_are_cut_between_characters) {
    struct fixture f;
    setup(&f, LOG_DEBUG);
    log_debug(&f.log, "%8192s", "x");
    CHECK_INT(f.recorder.record.message.len, 8192);
    log_debug(&f.log, "%8193s", "x");
    CHECK_INT(f.recorder.record.message.len, 8192);
    log_debug(&f.log, "%8191s\xE2\x82\xAC", "x");
    CHECK_INT(f.recorder.record.message.len, 8191);
    CHECK_INT(f.recorder.record.message.ptr[8190], 'x');
    teardown(&f);
}

TEST(a_secret_across_the_cut_is_masked_before) {
    struct fixture f;
    setup(&f, LOG_DEBUG);
    redact_add(&f.redact, STR("hf_token"));
    log_debug(&f.log, "%8188s%s", "x", "hf_token");
    CHECK_INT(f.recorder.record.message.len, 8192);
    CHECK_STR(str_slice(f.recorder.record.message, 8187, 8192), "x[sec");
    teardown(&f);
}

TEST(malformed_utf8_is_replaced) {
    struct fixture f;
    setup(&f, LOG_DEBUG);
    log_debug(&f.log, "a%sb", "\xFF");
    CHECK_STR(f.recorder.record.message, "a\xEF\xBF\xBD"
                                         "b");
    teardown(&f);
}

TEST_MAIN {
    RUN(a_zeroed_log_swallows_everything);
    RUN(a_record_carries_level_kind_and_resource);
    RUN(below_the_sinks_level_nothing_is_formatted);
    RUN(messages_are_redacted);
    RUN(long_messages_are_cut_between_characters);
    RUN(a_secret_across_the_cut_is_masked_before);
    RUN(malformed_utf8_is_replaced);
}
