#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/cancel.h"
#include "fake_clock.h"
#include "testing.h"

/* Gives way until the count is reached: what it counts is certain to come. */
static void await_count(atomic_int *count, int wanted) {
    while (atomic_load(count) < wanted) {
        sched_yield();
    }
}

struct sleeper {
    struct cancel *cancel;
    int64_t delay_ms;
    enum cancel_reason reason;
    pthread_t thread;
};

static void *sleep_in_thread(void *argument) {
    struct sleeper *sleeper = argument;
    sleeper->reason = cancel_sleep(sleeper->cancel, sleeper->delay_ms);
    return NULL;
}

static void sleeper_start(struct sleeper *sleeper, struct cancel *cancel, int64_t delay_ms) {
    *sleeper = (struct sleeper){.cancel = cancel, .delay_ms = delay_ms};
    CHECK_INT(pthread_create(&sleeper->thread, NULL, sleep_in_thread, sleeper), 0);
}

static enum cancel_reason sleeper_join(struct sleeper *sleeper) {
    pthread_join(sleeper->thread, NULL);
    return sleeper->reason;
}

TEST(sleep_lasts_as_long_as_asked) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    CHECK_INT(cancel_sleep(cancel, 250), CANCEL_NONE);
    CHECK_INT(clock.now_ms, 1250);
    CHECK_INT(cancel_sleep(cancel, 0), CANCEL_NONE);
    CHECK_INT(cancel_sleep(cancel, -5), CANCEL_NONE);
    CHECK_INT(clock.now_ms, 1250);
    CHECK_INT(clock.waits, 1);
    cancel_free(cancel);
    cancel_free(NULL);
}

TEST(sleep_ends_at_the_deadline) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    cancel_set_deadline(cancel, 1100);
    CHECK_INT(cancel_sleep(cancel, 99), CANCEL_NONE);
    CHECK_INT(cancel_sleep(cancel, 5000), CANCEL_DEADLINE);
    CHECK_INT(clock.now_ms, 1100);
    CHECK_INT(cancel_sleep(cancel, 5000), CANCEL_DEADLINE);
    CHECK_INT(clock.now_ms, 1100);
    cancel_free(cancel);
}

TEST(the_earliest_deadline_stays) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    CHECK_INT(cancel_deadline(cancel), INT64_MAX);
    cancel_set_deadline(cancel, 500);
    cancel_set_deadline(cancel, 700);
    CHECK_INT(cancel_deadline(cancel), 500);
    cancel_set_deadline(cancel, INT64_MAX);
    CHECK_INT(cancel_deadline(cancel), 500);
    cancel_set_deadline(cancel, 300);
    CHECK_INT(cancel_deadline(cancel), 300);
    cancel_free(cancel);
}

TEST(state_tells_why) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    CHECK_INT(cancel_state(cancel), CANCEL_NONE);
    cancel_set_deadline(cancel, 10);
    atomic_store(&clock.now_ms, 9);
    CHECK_INT(cancel_state(cancel), CANCEL_NONE);
    atomic_store(&clock.now_ms, 10);
    CHECK_INT(cancel_state(cancel), CANCEL_DEADLINE);
    cancel_trip(cancel);
    CHECK_INT(cancel_state(cancel), CANCEL_TRIPPED);
    cancel_trip(cancel);
    CHECK_INT(cancel_state(cancel), CANCEL_TRIPPED);
    cancel_free(cancel);
}

TEST(sleep_on_a_tripped_token_does_not_begin) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    cancel_trip(cancel);
    CHECK_INT(cancel_sleep(cancel, 1000), CANCEL_TRIPPED);
    CHECK_INT(cancel_sleep(cancel, 0), CANCEL_TRIPPED);
    CHECK_INT(clock.waits, 0);
    cancel_free(cancel);
}

TEST(trip_wakes_a_sleeper) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    atomic_store(&clock.frozen, true);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct sleeper sleeper;
    sleeper_start(&sleeper, cancel, 60000);
    await_count(&clock.waits, 1);
    cancel_trip(cancel);
    CHECK_INT(sleeper_join(&sleeper), CANCEL_TRIPPED);
    cancel_free(cancel);
}

TEST(an_earlier_deadline_reaches_a_sleeper) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    atomic_store(&clock.frozen, true);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct sleeper sleeper;
    sleeper_start(&sleeper, cancel, 60000);
    await_count(&clock.waits, 1);
    CHECK_INT(clock.wait_end_ms, 60000);
    cancel_set_deadline(cancel, 700);
    await_count(&clock.waits, 2);
    CHECK_INT(clock.wait_end_ms, 700);
    atomic_store(&clock.now_ms, 700);
    cancel_set_deadline(cancel, 600);
    CHECK_INT(sleeper_join(&sleeper), CANCEL_DEADLINE);
    cancel_free(cancel);
}

TEST(a_sleep_without_an_end_saturates) {
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct sleeper sleeper;
    sleeper_start(&sleeper, cancel, INT64_MAX);
    await_count(&clock.waits, 1);
    CHECK_INT(clock.wait_end_ms, INT64_MAX);
    cancel_trip(cancel);
    CHECK_INT(sleeper_join(&sleeper), CANCEL_TRIPPED);
    cancel_free(cancel);
}

TEST(the_system_clock_waits_and_wakes) {
    struct cancel *cancel = cancel_new(NULL, &clock_system);
    int64_t begin_ms = clock_system.now_ms(&clock_system);
    CHECK_INT(cancel_sleep(cancel, 3), CANCEL_NONE);
    CHECK(clock_system.now_ms(&clock_system) >= begin_ms + 3);
    CHECK(clock_system.wall_seconds(&clock_system) > 1700000000);
    struct sleeper sleeper;
    sleeper_start(&sleeper, cancel, INT64_MAX);
    cancel_trip(cancel);
    CHECK_INT(sleeper_join(&sleeper), CANCEL_TRIPPED);
    cancel_free(cancel);
}

TEST(the_root_trips_its_children_and_not_the_other_way) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *root = cancel_new(NULL, &clock.clock);
    struct cancel *first = cancel_new(root, &clock.clock);
    struct cancel *second = cancel_new(root, &clock.clock);
    struct cancel *third = cancel_new(root, &clock.clock);
    cancel_trip(first);
    CHECK_INT(cancel_state(first), CANCEL_TRIPPED);
    CHECK_INT(cancel_state(second), CANCEL_NONE);
    CHECK_INT(cancel_state(root), CANCEL_NONE);
    cancel_free(second);
    cancel_trip(root);
    CHECK_INT(cancel_state(root), CANCEL_TRIPPED);
    CHECK_INT(cancel_state(third), CANCEL_TRIPPED);
    struct cancel *late = cancel_new(root, &clock.clock);
    CHECK_INT(cancel_state(late), CANCEL_TRIPPED);
    cancel_free(late);
    cancel_free(third);
    cancel_free(first);
    cancel_free(root);
}

TEST(the_root_wakes_sleepers_of_every_child) {
    enum { CHILDREN = 20 };
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    atomic_store(&clock.frozen, true);
    struct cancel *root = cancel_new(NULL, &clock.clock);
    struct cancel *children[CHILDREN];
    struct sleeper sleepers[CHILDREN];
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = cancel_new(root, &clock.clock);
        sleeper_start(&sleepers[i], children[i], 1000);
    }
    await_count(&clock.waits, CHILDREN);
    cancel_trip(root);
    for (int i = 0; i < CHILDREN; i++) {
        CHECK_INT(sleeper_join(&sleepers[i]), CANCEL_TRIPPED);
        cancel_free(children[i]);
    }
    cancel_free(root);
}

TEST(a_deadline_is_the_tokens_own) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *root = cancel_new(NULL, &clock.clock);
    struct cancel *child = cancel_new(root, &clock.clock);
    cancel_set_deadline(child, 5);
    CHECK_INT(cancel_deadline(root), INT64_MAX);
    atomic_store(&clock.now_ms, 6);
    CHECK_INT(cancel_state(child), CANCEL_DEADLINE);
    CHECK_INT(cancel_state(root), CANCEL_NONE);
    cancel_free(child);
    cancel_free(root);
}

struct counter {
    struct cancel_listener listener; /* first */
    struct cancel *cancel;
    int calls;
    int order;
};

static int call_order;

static void count_call(struct cancel_listener *self) {
    struct counter *counter = (struct counter *)self;
    counter->calls++;
    counter->order = ++call_order;
}

static struct counter make_counter(struct cancel *cancel) {
    return (struct counter){.listener = {.on_trip = count_call}, .cancel = cancel};
}

TEST(listeners_run_once_in_order_unless_taken_back) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    call_order = 0;
    struct cancel *root = cancel_new(NULL, &clock.clock);
    struct cancel *child = cancel_new(root, &clock.clock);
    struct counter first = make_counter(child);
    struct counter second = make_counter(child);
    struct counter third = make_counter(child);
    cancel_listen(child, &first.listener);
    cancel_listen(child, &second.listener);
    cancel_listen(child, &third.listener);
    cancel_unlisten(child, &second.listener);
    cancel_trip(root);
    cancel_trip(child);
    CHECK_INT(first.calls, 1);
    CHECK_INT(first.order, 1);
    CHECK_INT(second.calls, 0);
    CHECK_INT(third.calls, 1);
    CHECK_INT(third.order, 2);
    cancel_unlisten(child, &first.listener);
    cancel_unlisten(child, &second.listener);
    cancel_unlisten(child, &third.listener);
    cancel_free(child);
    cancel_free(root);
}

TEST(listening_to_a_tripped_token_calls_at_once) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    cancel_trip(cancel);
    struct counter counter = make_counter(cancel);
    cancel_listen(cancel, &counter.listener);
    CHECK_INT(counter.calls, 1);
    cancel_unlisten(cancel, &counter.listener);
    CHECK_INT(counter.calls, 1);
    cancel_free(cancel);
}

TEST(a_deadline_alone_calls_no_listener) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct counter counter = make_counter(cancel);
    cancel_listen(cancel, &counter.listener);
    cancel_set_deadline(cancel, 5);
    CHECK_INT(cancel_sleep(cancel, 10), CANCEL_DEADLINE);
    CHECK_INT(counter.calls, 0);
    cancel_trip(cancel);
    CHECK_INT(counter.calls, 1);
    cancel_free(cancel);
}

static void unlisten_itself(struct cancel_listener *self) {
    struct counter *counter = (struct counter *)self;
    cancel_unlisten(counter->cancel, self);
    counter->calls++;
}

TEST(a_callback_may_take_itself_back) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct counter counter = make_counter(cancel);
    counter.listener.on_trip = unlisten_itself;
    cancel_listen(cancel, &counter.listener);
    cancel_trip(cancel);
    CHECK_INT(counter.calls, 1);
    cancel_free(cancel);
}

/* A callback that takes long while another thread wants its listener back. */
struct slow {
    struct cancel_listener listener; /* first */
    struct cancel *cancel;
    atomic_int started;
    atomic_int wanted_back;
    atomic_int finished;
};

static void run_slowly(struct cancel_listener *self) {
    struct slow *slow = (struct slow *)self;
    atomic_store(&slow->started, 1);
    await_count(&slow->wanted_back, 1);
    for (int i = 0; i < 1000; i++) {
        sched_yield();
    }
    atomic_store(&slow->finished, 1);
}

static void *trip_in_thread(void *argument) {
    cancel_trip(argument);
    return NULL;
}

TEST(unlisten_waits_for_a_running_callback) {
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct cancel *cancel = cancel_new(NULL, &clock.clock);
    struct slow slow = {.listener = {.on_trip = run_slowly}, .cancel = cancel};
    cancel_listen(cancel, &slow.listener);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, trip_in_thread, cancel) == 0);
    await_count(&slow.started, 1);
    /* Others may come and go while a callback runs. */
    CHECK_INT(cancel_state(cancel), CANCEL_TRIPPED);
    struct counter other = make_counter(cancel);
    cancel_listen(cancel, &other.listener);
    cancel_unlisten(cancel, &other.listener);
    CHECK_INT(other.calls, 1);
    atomic_store(&slow.wanted_back, 1);
    cancel_unlisten(cancel, &slow.listener);
    CHECK_INT(slow.finished, 1);
    pthread_join(thread, NULL);
    cancel_free(cancel);
}

/* The transport's pattern, over and over: listen, maybe be tripped, take back, free. Sanitizers see
 * a call too late. */
struct user {
    struct cancel *root;
    const struct clock *clock;
    atomic_int *ready;
    atomic_bool *go;
    atomic_int *calls;
};

struct heap_listener {
    struct cancel_listener listener; /* first */
    atomic_int *calls;
    int touched;
};

static void touch(struct cancel_listener *self) {
    struct heap_listener *listener = (struct heap_listener *)self;
    listener->touched++;
    atomic_fetch_add(listener->calls, 1);
}

static void use_child(const struct user *user) {
    struct cancel *child = cancel_new(user->root, user->clock);
    struct heap_listener *listener = MEM_NEW(struct heap_listener);
    *listener = (struct heap_listener){.listener = {.on_trip = touch}, .calls = user->calls};
    cancel_listen(child, &listener->listener);
    cancel_sleep(child, 1);
    cancel_unlisten(child, &listener->listener);
    bool tripped = cancel_state(child) == CANCEL_TRIPPED;
    CHECK(listener->touched <= (tripped ? 1 : 0));
    mem_free(listener);
    cancel_free(child);
}

static void *use_children(void *argument) {
    const struct user *user = argument;
    atomic_fetch_add(user->ready, 1);
    while (!atomic_load(user->go)) {
        sched_yield();
    }
    for (int i = 0; i < 20; i++) {
        use_child(user);
    }
    return NULL;
}

TEST(tripping_races_with_children_that_come_and_go) {
    enum { ROUNDS = 50, USERS = 3 };
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    atomic_int calls = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct cancel *root = cancel_new(NULL, &clock.clock);
        atomic_int ready = 0;
        atomic_bool go = false;
        struct user user = {root, &clock.clock, &ready, &go, &calls};
        pthread_t threads[USERS];
        for (int i = 0; i < USERS; i++) {
            REQUIRE(pthread_create(&threads[i], NULL, use_children, &user) == 0);
        }
        await_count(&ready, USERS);
        atomic_store(&go, true);
        for (int i = 0; i < round % 10; i++) {
            sched_yield();
        }
        cancel_trip(root);
        for (int i = 0; i < USERS; i++) {
            pthread_join(threads[i], NULL);
        }
        cancel_free(root);
    }
    CHECK(calls > 0);
}

TEST_MAIN {
    RUN(sleep_lasts_as_long_as_asked);
    RUN(sleep_ends_at_the_deadline);
    RUN(the_earliest_deadline_stays);
    RUN(state_tells_why);
    RUN(sleep_on_a_tripped_token_does_not_begin);
    RUN(trip_wakes_a_sleeper);
    RUN(an_earlier_deadline_reaches_a_sleeper);
    RUN(a_sleep_without_an_end_saturates);
    RUN(the_system_clock_waits_and_wakes);
    RUN(the_root_trips_its_children_and_not_the_other_way);
    RUN(the_root_wakes_sleepers_of_every_child);
    RUN(a_deadline_is_the_tokens_own);
    RUN(listeners_run_once_in_order_unless_taken_back);
    RUN(listening_to_a_tripped_token_calls_at_once);
    RUN(a_deadline_alone_calls_no_listener);
    RUN(a_callback_may_take_itself_back);
    RUN(unlisten_waits_for_a_running_callback);
    RUN(tripping_races_with_children_that_come_and_go);
}
