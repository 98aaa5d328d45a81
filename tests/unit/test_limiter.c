#include "rest/limiter.h"

#include <pthread.h>
#include <sched.h>

#include "fake_clock.h"
#include "testing.h"

/* What every test has. */
static struct fake_clock fake;
static struct limiter *limiter;
static struct cancel *cancel;

static void open_limiter(int64_t now_ms, int places, double per_second) {
    fake_clock_init(&fake, now_ms);
    limiter = limiter_new(&fake.clock, places, per_second);
    cancel = cancel_new(NULL, &fake.clock);
}

static void close_limiter(void) {
    cancel_free(cancel);
    limiter_free(limiter);
}

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
static void begin(struct caller *caller) {
    int waits = atomic_load(&fake.waits);
    pthread_create(&caller->thread, NULL, call, caller);
    while (atomic_load(&fake.waits) == waits) {
        sched_yield();
    }
}

static void end(struct caller *caller) {
    pthread_join(caller->thread, NULL);
}

TEST(no_limits_let_everybody_through_at_once) {
    open_limiter(1000, 0, 0);
    for (int i = 0; i < 100; i++) {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    }
    CHECK_INT(fake.now_ms, 1000);
    CHECK_INT(fake.waits, 0);
    close_limiter();
}

TEST(starts_are_spread_by_the_rate) {
    open_limiter(1000, 0, 4);
    const int64_t starts_ms[] = {1000, 1250, 1500, 1750};
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
        CHECK_INT(fake.now_ms, starts_ms[i]);
        limiter_release(limiter);
    }
    fake.now_ms = 9000;
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(fake.now_ms, 9000);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(fake.now_ms, 9250);
    close_limiter();
}

TEST(fractions_of_a_millisecond_do_not_add_up_to_a_faster_rate) {
    open_limiter(0, 0, 3);
    for (int i = 0; i < 301; i++) {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
        limiter_release(limiter);
    }
    CHECK(fake.now_ms >= 100000 && fake.now_ms <= 100001);
    close_limiter();
}

TEST(a_hold_delays_everybody_and_the_longest_wins) {
    open_limiter(1000, 0, 0);
    limiter_hold(limiter, 5000);
    limiter_hold(limiter, 2000);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(fake.now_ms, 6000);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    CHECK_INT(fake.now_ms, 6000);
    close_limiter();
}

TEST(a_hold_longer_than_ones_patience_is_told_at_once) {
    open_limiter(1000, 0, 0);
    int64_t held_ms = -1;
    limiter_hold(limiter, 5000);
    CHECK_INT(limiter_acquire_within(limiter, cancel, 6000, &held_ms), CANCEL_DEADLINE);
    CHECK_INT(held_ms, 5000);
    CHECK_INT(fake.now_ms, 1000);
    CHECK_INT(limiter_acquire_within(limiter, cancel, 6001, &held_ms), CANCEL_NONE);
    CHECK_INT(held_ms, 0);
    CHECK_INT(fake.now_ms, 6000);
    CHECK_INT(limiter_acquire_within(limiter, cancel, 0, &held_ms), CANCEL_NONE);
    close_limiter();
}

static void *call_within(void *user) {
    struct caller *caller = user;
    int64_t held_ms = 0;
    caller->reason = limiter_acquire_within(caller->limiter, caller->cancel, 3000, &held_ms);
    caller->turn = (int)held_ms;
    return NULL;
}

TEST(a_hold_reaches_those_who_wait_already) {
    open_limiter(1000, 1, 0);
    struct caller waiting = {.limiter = limiter, .cancel = cancel};
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    pthread_create(&waiting.thread, NULL, call_within, &waiting);
    while (atomic_load(&fake.waits) == 0) {
        sched_yield();
    }
    limiter_hold(limiter, 7000);
    end(&waiting);
    CHECK_INT(waiting.reason, CANCEL_DEADLINE);
    CHECK_INT(waiting.turn, 7000);
    limiter_release(limiter);
    close_limiter();
}

TEST(a_deadline_ends_the_wait) {
    open_limiter(1000, 1, 0);
    struct cancel *other = cancel_new(NULL, &fake.clock);
    cancel_set_deadline(cancel, 4000);
    CHECK_INT(limiter_acquire(limiter, other), CANCEL_NONE);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_DEADLINE);
    CHECK_INT(fake.now_ms, 4000);
    limiter_release(limiter);
    CHECK_INT(limiter_acquire(limiter, other), CANCEL_NONE);
    cancel_free(other);
    close_limiter();
}

TEST(a_tripped_token_does_not_get_a_turn) {
    open_limiter(1000, 1, 0);
    struct cancel *other = cancel_new(NULL, &fake.clock);
    cancel_trip(cancel);
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_TRIPPED);
    CHECK_INT(limiter_acquire(limiter, other), CANCEL_NONE);
    cancel_free(other);
    close_limiter();
}

TEST(places_go_round_in_the_order_of_coming) {
    open_limiter(1000, 1, 0);
    atomic_int turns = 0;
    struct caller callers[4];
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    for (size_t i = 0; i < 4; i++) {
        callers[i] = (struct caller){.limiter = limiter, .cancel = cancel, .turns = &turns};
        begin(&callers[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(atomic_load(&turns), (int)i);
        limiter_release(limiter);
        end(&callers[i]);
        CHECK_INT(callers[i].reason, CANCEL_NONE);
        CHECK_INT(callers[i].turn, (int)i + 1);
    }
    close_limiter();
}

TEST(only_the_first_in_the_queue_waits_for_a_time) {
    open_limiter(1000, 0, 0);
    atomic_int turns = 0;
    struct caller callers[2];
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    limiter_hold(limiter, 5000);
    fake.frozen = true;
    for (size_t i = 0; i < 2; i++) {
        callers[i] = (struct caller){.limiter = limiter, .cancel = cancel, .turns = &turns};
        begin(&callers[i]);
        CHECK_INT(fake.wait_end_ms, i == 0 ? 6000 : INT64_MAX);
    }
    fake.now_ms = 6000;
    limiter_release(limiter);
    for (size_t i = 0; i < 2; i++) {
        end(&callers[i]);
        CHECK_INT(callers[i].reason, CANCEL_NONE);
    }
    close_limiter();
}

TEST(cancelling_wakes_one_waiter_and_leaves_the_queue_whole) {
    open_limiter(1000, 1, 0);
    struct cancel *tokens[3];
    struct caller callers[3];
    atomic_int turns = 0;
    CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    for (size_t i = 0; i < 3; i++) {
        tokens[i] = cancel_new(NULL, &fake.clock);
        callers[i] = (struct caller){.limiter = limiter, .cancel = tokens[i], .turns = &turns};
        begin(&callers[i]);
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
    close_limiter();
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
