#ifndef FAKE_CLOCK_H
#define FAKE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/clock.h"

/* A clock without real time. A wait that has an end returns at once with the time moved there, so
 * that a test goes through minutes of waiting in no time; with `frozen` set it blocks until it is
 * signalled. Any thread. */
struct fake_clock {
    struct clock clock; /* first, so that a pointer to it is a pointer to the whole */
    atomic_int_least64_t now_ms;
    atomic_int_least64_t wall_seconds;
    atomic_bool frozen;
    atomic_int waits;                 /* begun so far */
    atomic_int_least64_t wait_end_ms; /* of the latest wait */
};

static inline int64_t fake_clock_now_ms(const struct clock *clock) {
    return atomic_load(&((const struct fake_clock *)clock)->now_ms);
}

static inline int64_t fake_clock_wall_seconds(const struct clock *clock) {
    return atomic_load(&((const struct fake_clock *)clock)->wall_seconds);
}

static inline void fake_clock_wait_until(const struct clock *clock, pthread_cond_t *cond,
                                         pthread_mutex_t *mutex, int64_t until_ms) {
    struct fake_clock *fake = (struct fake_clock *)clock;
    atomic_store(&fake->wait_end_ms, until_ms);
    atomic_fetch_add(&fake->waits, 1);
    if (until_ms == INT64_MAX || atomic_load(&fake->frozen)) {
        pthread_cond_wait(cond, mutex);
        return;
    }
    if (until_ms > atomic_load(&fake->now_ms)) {
        atomic_store(&fake->now_ms, until_ms);
    }
}

static inline void fake_clock_init(struct fake_clock *fake, int64_t now_ms) {
    fake->clock = (struct clock){fake_clock_now_ms, fake_clock_wall_seconds, fake_clock_wait_until};
    atomic_init(&fake->now_ms, now_ms);
    atomic_init(&fake->wall_seconds, 1700000000);
    atomic_init(&fake->frozen, false);
    atomic_init(&fake->waits, 0);
    atomic_init(&fake->wait_end_ms, 0);
}

#endif
