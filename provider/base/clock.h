#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Time as an injected dependency, so that retry and wait tests need no sleep. */
struct clock {
    /* Milliseconds that only grow. */
    int64_t (*now_ms)(const struct clock *clock);
    /* Seconds since 1970 UTC. */
    int64_t (*wall_seconds)(const struct clock *clock);
    /* Waits on `cond` (mutex held) until signalled or `until_ms` of now_ms; may wake early. */
    void (*wait_until)(const struct clock *clock, pthread_cond_t *cond, pthread_mutex_t *mutex,
                       int64_t until_ms);
};

/* The clocks of the system. Condition variables used with it are made by clock_cond_init. */
extern const struct clock clock_system;
/* Initialises a condition variable for clock_system. */
void clock_cond_init(pthread_cond_t *cond);

/* Seconds since 1970 of an RFC 3339 time with any fraction and offset, without one in UTC; -1 when
 * it is something else, or earlier. */
int64_t clock_parse_rfc3339(struct str text);
/* Whether the first of two such times is later. A fraction may have been cut, which makes it no
 * other. False when one is no time. */
bool clock_is_later(struct str time, struct str other);
/* "2026-01-15T08:30:00Z", with its NUL. */
#define CLOCK_RFC3339_SIZE 21
void clock_print_rfc3339(int64_t wall_seconds, char out[CLOCK_RFC3339_SIZE]);

#endif
