#include "rest/limiter.h"

#include <pthread.h>
#include <sched.h>

#include "fake_clock.h"
#include "testing.h"

/* A thread that acquires, notes when it got its turn, and keeps the place. */
struct caller {
    struct limiter *limiter;
    struct cancel *cancel;
    atomic_int *turns;
    int turn; /* 1 for the first that got through */
    enum cancel_reason reason;
    pthread_t thread;
};

static void *call(void *user) {
    struct caller *caller = user;
    caller->reason = limiter_acquire(caller->limiter, caller->cancel);
    if (caller->reason == CANCEL_NONE) {
        caller->turn = atomic_fetch_add(caller->turns, 1) + 1;
    }
    return NULL;
}

/* Returns once the thread waits in the queue. */
static void begin(struct caller *caller, struct fake_clock *clock) {
    int waits = atomic_load(&clock->waits);
    pthread_create(&caller->thread, NULL, call, caller);
    while (atomic_load(&clock->waits) == waits) {
        sched_yield();
    }
}

static void end(struct caller *caller) {
    pthread_join(caller->thread, NULL);
}

TEST(no_limits_let_everybody_through_at_once) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 0, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    for (int i = 0; i < 100; i++) {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    }
    CHECK_INT(clock.now_ms, 1000);
    CHECK_INT(clock.waits, 0);
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(starts_are_spread_by_the_rate) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 0, 4);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    const int64_t starts_ms[] = {1000, 1250, 1500, 1750};
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
        CHECK_INT(clock.now_ms, starts_ms[i]);
        limiter_release(limiter);
    }
    clock.now_ms = 9000;
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(clock.now_ms, 9000);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(clock.now_ms, 9250);
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(fractions_of_a_millisecond_do_not_add_up_to_a_faster_rate) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct limiter *limiter = limiter_new(&clock.clock, 0, 3);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    for (int i = 0; i < 301; i++) {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
        limiter_release(limiter);
    }
    CHECK(clock.now_ms >= 100000 && clock.now_ms <= 100001);
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(a_hold_delays_everybody_and_the_longest_wins) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 0, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    limiter_hold(limiter, 5000);
    limiter_hold(limiter, 2000);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(clock.now_ms, 6000);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(clock.now_ms, 6000);
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(a_hold_longer_than_ones_patience_is_told_at_once) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 0, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    int64_t held_ms = -1;
    limiter_hold(limiter, 5000);
    CHECK_INT(limiter_acquire_within(limiter, cancel, 6000, &held_ms), CANCEL_DEADLINE);
    CHECK_INT(held_ms, 5000);
    CHECK_INT(clock.now_ms, 1000);
    CHECK_INT(limiter_acquire_within(limiter, cancel, 6001, &held_ms), CANCEL_NONE);
    CHECK_INT(held_ms, 0);
    CHECK_INT(clock.now_ms, 6000);
    CHECK_INT(limiter_acquire_within(limiter, cancel, 0, &held_ms), CANCEL_NONE);
    cancel_free(cancel);
    limiter_free(limiter);
}

static void *call_within(void *user) {
    struct caller *caller = user;
    int64_t held_ms = 0;
    caller->reason = limiter_acquire_within(caller->limiter, caller->cancel, 3000, &held_ms);
    caller->turn = (int)held_ms;
    return NULL;
}

TEST(a_hold_reaches_those_who_wait_already) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 1, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct caller waiting = {.limiter = limiter, .cancel = cancel};
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    pthread_create(&waiting.thread, NULL, call_within, &waiting);
    while (atomic_load(&clock.waits) == 0) {
        sched_yield();
    }
    limiter_hold(limiter, 7000);
    end(&waiting);
    CHECK_INT(waiting.reason, CANCEL_DEADLINE);
    CHECK_INT(waiting.turn, 7000);
    limiter_release(limiter);
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(a_deadline_ends_the_wait) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 1, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct cancel *other = cancel_new(NULL, &clock.clock);
    cancel_set_deadline(cancel, 4000);
    CHECK_INT(limiter_acquire(limiter, other), CANCEL_NONE);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_DEADLINE);
    CHECK_INT(clock.now_ms, 4000);
    limiter_release(limiter);
    CHECK_INT(limiter_acquire(limiter, other), CANCEL_NONE);
    cancel_free(cancel);
    cancel_free(other);
    limiter_free(limiter);
}

TEST(a_tripped_token_does_not_get_a_turn) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 1, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct cancel *other = cancel_new(NULL, &clock.clock);
    cancel_trip(cancel);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_TRIPPED);
    CHECK_INT(limiter_acquire(limiter, other), CANCEL_NONE);
    cancel_free(cancel);
    cancel_free(other);
    limiter_free(limiter);
}

TEST(places_go_round_in_the_order_of_coming) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 1, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    atomic_int turns = 0;
    struct caller callers[4];
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    for (size_t i = 0; i < 4; i++) {
        callers[i] = (struct caller){.limiter = limiter, .cancel = cancel, .turns = &turns};
        begin(&callers[i], &clock);
    }
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(atomic_load(&turns), (int)i);
        limiter_release(limiter);
        end(&callers[i]);
        CHECK_INT(callers[i].reason, CANCEL_NONE);
        CHECK_INT(callers[i].turn, (int)i + 1);
    }
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(only_the_first_in_the_queue_waits_for_a_time) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 0, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    atomic_int turns = 0;
    struct caller callers[2];
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    limiter_hold(limiter, 5000);
    clock.frozen = true;
    for (size_t i = 0; i < 2; i++) {
        callers[i] = (struct caller){.limiter = limiter, .cancel = cancel, .turns = &turns};
        begin(&callers[i], &clock);
        CHECK_INT(clock.wait_end_ms, i == 0 ? 6000 : INT64_MAX);
    }
    clock.now_ms = 6000;
    limiter_release(limiter);
    for (size_t i = 0; i < 2; i++) {
        end(&callers[i]);
        CHECK_INT(callers[i].reason, CANCEL_NONE);
    }
    cancel_free(cancel);
    limiter_free(limiter);
}

TEST(cancelling_wakes_one_waiter_and_leaves_the_queue_whole) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct limiter *limiter = limiter_new(&clock.clock, 1, 0);
    struct cancel *tokens[3];
    struct caller callers[3];
    atomic_int turns = 0;
    struct cancel *own = cancel_new(NULL, &clock.clock);
    CHECK_INT(limiter_acquire(limiter, own), CANCEL_NONE);
    for (size_t i = 0; i < 3; i++) {
        tokens[i] = cancel_new(NULL, &clock.clock);
        callers[i] = (struct caller){.limiter = limiter, .cancel = tokens[i], .turns = &turns};
        begin(&callers[i], &clock);
    }
    cancel_trip(tokens[1]);
    end(&callers[1]);
    CHECK_INT(callers[1].reason, CANCEL_TRIPPED);
    cancel_trip(tokens[0]);
    end(&callers[0]);
    CHECK_INT(callers[0].reason, CANCEL_TRIPPED);
    limiter_release(limiter);
    end(&callers[2]);
    CHECK_INT(callers[2].reason, CANCEL_NONE);
    CHECK_INT(callers[2].turn, 1);
    for (size_t i = 0; i < 3; i++) {
        cancel_free(tokens[i]);
    }
    cancel_free(own);
    limiter_free(limiter);
}

TEST_MAIN {
    RUN(no_limits_let_everybody_through_at_once);
    RUN(starts_are_spread_by_the_rate);
    RUN(fractions_of_a_millisecond_do_not_add_up_to_a_faster_rate);
    RUN(a_hold_delays_everybody_and_the_longest_wins);
    RUN(a_hold_longer_than_ones_patience_is_told_at_once);
    RUN(a_hold_reaches_those_who_wait_already);
    RUN(a_deadline_ends_the_wait);
    RUN(a_tripped_token_does_not_get_a_turn);
    RUN(places_go_round_in_the_order_of_coming);
    RUN(only_the_first_in_the_queue_waits_for_a_time);
    RUN(cancelling_wakes_one_waiter_and_leaves_the_queue_whole);
}
