#include "rest/gate.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "fake_clock.h"
#include "testing.h"

static const struct str HOST = STR("api.example.com");

/* A thread that enters, notes what it was told, and leaves once it may. */
struct caller {
    struct gate *gate;
    struct cancel *cancel;
    enum gate_result result;
    enum gate_pass pass;
    atomic_bool entered;
    pthread_t thread;
};

static void *call(void *user) {
    struct caller *caller = user;
    caller->pass = gate_enter(caller->gate, HOST, caller->cancel);
    atomic_store(&caller->entered, true);
    if (caller->pass == GATE_OPEN || caller->pass == GATE_PROBE) {
        gate_leave(caller->gate, HOST, caller->pass, caller->result);
    }
    return NULL;
}

/* Returns once the thread waits for its turn. */
static void begin(struct caller *caller, struct fake_clock *clock) {
    int waits = atomic_load(&clock->waits);
    atomic_init(&caller->entered, false);
    pthread_create(&caller->thread, NULL, call, caller);
    while (atomic_load(&clock->waits) == waits) {
        sched_yield();
    }
}

static void end(struct caller *caller) {
    pthread_join(caller->thread, NULL);
}

struct fixture {
    struct fake_clock clock;
    struct gate *gate;
    struct cancel *cancel;
};

static void fixture_init(struct fixture *fixture) {
    fake_clock_init(&fixture->clock, 1000);
    fixture->gate = gate_new(&fixture->clock.clock);
    fixture->cancel = cancel_new(NULL, &fixture->clock.clock);
}

static void fixture_cleanup(struct fixture *fixture) {
    cancel_free(fixture->cancel);
    gate_free(fixture->gate);
}

/* Goes through alone. */
static enum gate_pass pass_once(struct fixture *fixture, enum gate_result result) {
    enum gate_pass pass = gate_enter(fixture->gate, HOST, fixture->cancel);
    if (pass == GATE_OPEN || pass == GATE_PROBE) {
        gate_leave(fixture->gate, HOST, pass, result);
    }
    return pass;
}

TEST(one_success_opens_for_all) {
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_OPEN);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_OPEN);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_OPEN);
    fixture_cleanup(&fixture);
}

TEST(a_refusal_closes_for_good) {
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_BAD), GATE_PROBE);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_CLOSED);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_CLOSED);
    fixture_cleanup(&fixture);
}

TEST(what_tells_nothing_keeps_one_at_a_time) {
    struct fixture fixture;
    fixture_init(&fixture);
    for (int i = 0; i < 10; i++) {
        CHECK_INT(pass_once(&fixture, GATE_UNTOLD), GATE_PROBE);
    }
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    CHECK_INT(pass_once(&fixture, GATE_UNTOLD), GATE_OPEN);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_OPEN);
    fixture_cleanup(&fixture);
}

TEST(a_doubt_counts_against_what_has_never_been_good) {
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_DOUBTFUL), GATE_PROBE);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_CLOSED);
    fixture_cleanup(&fixture);
}

TEST(a_doubt_does_not_count_against_what_was_good) {
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    CHECK_INT(pass_once(&fixture, GATE_DOUBTFUL), GATE_OPEN);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_OPEN);
    fixture_cleanup(&fixture);
}

TEST(a_refusal_counts_against_what_was_good) {
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    CHECK_INT(pass_once(&fixture, GATE_BAD), GATE_OPEN);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_CLOSED);
    fixture_cleanup(&fixture);
}

TEST(a_late_success_does_not_undo_a_refusal) {
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    enum gate_pass slow = gate_enter(fixture.gate, HOST, fixture.cancel);
    CHECK_INT(slow, GATE_OPEN);
    CHECK_INT(pass_once(&fixture, GATE_BAD), GATE_OPEN);
    gate_leave(fixture.gate, HOST, slow, GATE_GOOD);
    CHECK_INT(gate_enter(fixture.gate, HOST, fixture.cancel), GATE_CLOSED);
    fixture_cleanup(&fixture);
}

/* Eight at once while nothing is known: what the first meets, all others are told. */
static void check_waiters(enum gate_result first, enum gate_pass others) {
    struct fixture fixture;
    fixture_init(&fixture);
    struct caller callers[8];
    enum gate_pass probe = gate_enter(fixture.gate, HOST, fixture.cancel);
    CHECK_INT(probe, GATE_PROBE);
    for (size_t i = 0; i < 8; i++) {
        callers[i] =
            (struct caller){.gate = fixture.gate, .cancel = fixture.cancel, .result = GATE_GOOD};
        begin(&callers[i], &fixture.clock);
        CHECK(!atomic_load(&callers[i].entered));
    }
    gate_leave(fixture.gate, HOST, probe, first);
    for (size_t i = 0; i < 8; i++) {
        end(&callers[i]);
        CHECK_INT(callers[i].pass, others);
    }
    fixture_cleanup(&fixture);
}

TEST(who_waits_goes_on_after_a_success) {
    check_waiters(GATE_GOOD, GATE_OPEN);
}

TEST(who_waits_is_turned_away_after_a_refusal) {
    check_waiters(GATE_BAD, GATE_CLOSED);
}

TEST(who_waits_probes_next_when_nothing_was_told) {
    struct fixture fixture;
    fixture_init(&fixture);
    struct caller callers[2];
    enum gate_pass probe = gate_enter(fixture.gate, HOST, fixture.cancel);
    for (size_t i = 0; i < 2; i++) {
        callers[i] =
            (struct caller){.gate = fixture.gate, .cancel = fixture.cancel, .result = GATE_BAD};
        begin(&callers[i], &fixture.clock);
    }
    gate_leave(fixture.gate, HOST, probe, GATE_UNTOLD);
    end(&callers[0]);
    end(&callers[1]);
    /* Exactly one more was tried; the other one heard of it. */
    CHECK_INT(callers[0].pass, GATE_PROBE);
    CHECK_INT(callers[1].pass, GATE_CLOSED);
    fixture_cleanup(&fixture);
}

/* Whoever comes later has not waited for it, and tries for itself. */
TEST(who_waits_shares_the_silence_of_a_host) {
    check_waiters(GATE_NO_ANSWER, GATE_SHARED);
    struct fixture fixture;
    fixture_init(&fixture);
    CHECK_INT(pass_once(&fixture, GATE_NO_ANSWER), GATE_PROBE);
    CHECK_INT(pass_once(&fixture, GATE_NO_ANSWER), GATE_PROBE);
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    CHECK_INT(pass_once(&fixture, GATE_NO_ANSWER), GATE_OPEN);
    CHECK_INT(pass_once(&fixture, GATE_UNTOLD), GATE_OPEN);
    fixture_cleanup(&fixture);
}

static enum gate_pass after_silence_of(struct str silent) {
    struct fixture fixture;
    fixture_init(&fixture);
    struct caller waiter = {.gate = fixture.gate, .cancel = fixture.cancel, .result = GATE_GOOD};
    enum gate_pass probe = gate_enter(fixture.gate, silent, fixture.cancel);
    begin(&waiter, &fixture.clock);
    gate_leave(fixture.gate, silent, probe, GATE_NO_ANSWER);
    end(&waiter);
    fixture_cleanup(&fixture);
    return waiter.pass;
}

TEST(the_silence_of_another_host_says_nothing) {
    char longest[1000];
    memset(longest, 'a', sizeof(longest));
    CHECK_INT(after_silence_of(HOST), GATE_SHARED);
    CHECK_INT(after_silence_of(STR("api.example.com:8443")), GATE_PROBE);
    CHECK_INT(after_silence_of((struct str){longest, sizeof(longest)}), GATE_PROBE);
}

TEST(a_cancelled_waiter_leaves_without_a_turn) {
    struct fixture fixture;
    fixture_init(&fixture);
    struct cancel *own = cancel_new(NULL, &fixture.clock.clock);
    struct caller waiter = {.gate = fixture.gate, .cancel = own, .result = GATE_GOOD};
    enum gate_pass probe = gate_enter(fixture.gate, HOST, fixture.cancel);
    begin(&waiter, &fixture.clock);
    cancel_trip(own);
    end(&waiter);
    CHECK_INT(waiter.pass, GATE_CANCELLED);
    gate_leave(fixture.gate, HOST, probe, GATE_UNTOLD);
    CHECK_INT(pass_once(&fixture, GATE_GOOD), GATE_PROBE);
    cancel_free(own);
    fixture_cleanup(&fixture);
}

TEST(freeing_nothing_is_harmless) {
    gate_free(NULL);
    CHECK(true);
}

TEST_MAIN {
    RUN(one_success_opens_for_all);
    RUN(a_refusal_closes_for_good);
    RUN(what_tells_nothing_keeps_one_at_a_time);
    RUN(a_doubt_counts_against_what_has_never_been_good);
    RUN(a_doubt_does_not_count_against_what_was_good);
    RUN(a_refusal_counts_against_what_was_good);
    RUN(a_late_success_does_not_undo_a_refusal);
    RUN(who_waits_goes_on_after_a_success);
    RUN(who_waits_is_turned_away_after_a_refusal);
    RUN(who_waits_probes_next_when_nothing_was_told);
    RUN(who_waits_shares_the_silence_of_a_host);
    RUN(the_silence_of_another_host_says_nothing);
    RUN(a_cancelled_waiter_leaves_without_a_turn);
    RUN(freeing_nothing_is_harmless);
}
