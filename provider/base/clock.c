#include "base/clock.h"

#include <string.h>
#include <time.h>

#include "base/platform.h"

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000 };

static int64_t system_now_ms(const struct clock *clock) {
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static int64_t system_wall_seconds(const struct clock *clock) {
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

static struct timespec on_cond_clock(int64_t left_ms) {
    struct timespec until;
    clock_gettime(platform_cond_clock(), &until);
    int64_t nanoseconds = until.tv_nsec + left_ms % MS_PER_SECOND * NS_PER_MS;
    until.tv_sec += left_ms / MS_PER_SECOND + nanoseconds / NS_PER_SECOND;
    until.tv_nsec = (long)(nanoseconds % NS_PER_SECOND);
    return until;
}

static void system_wait_until(const struct clock *clock, pthread_cond_t *cond,
                              pthread_mutex_t *mutex, int64_t until_ms) {
    if (until_ms == INT64_MAX) {
        pthread_cond_wait(cond, mutex);
        return;
    }
    int64_t left_ms = until_ms - clock->now_ms(clock);
    if (left_ms > 0) {
        struct timespec until = on_cond_clock(left_ms);
        pthread_cond_timedwait(cond, mutex, &until);
    }
}

const struct clock clock_system = {
    .now_ms = system_now_ms,
    .wall_seconds = system_wall_seconds,
    .wait_until = system_wait_until,
};

void clock_cond_init(pthread_cond_t *cond) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    platform_set_cond_clock(&attributes);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

int64_t clock_parse_rfc3339(struct str text) {
    struct tm parts = {0};
    char copy[CLOCK_RFC3339_SIZE];
    if (text.len < CLOCK_RFC3339_SIZE - 2) {
        return -1;
    }
    memcpy(copy, text.ptr, CLOCK_RFC3339_SIZE - 2);
    copy[CLOCK_RFC3339_SIZE - 2] = '\0';
    const char *end = strptime(copy, "%Y-%m-%dT%H:%M:%S", &parts);
    int64_t seconds = end != NULL && *end == '\0' ? (int64_t)timegm(&parts) : -1;
    return seconds < 0 ? -1 : seconds;
}

void clock_print_rfc3339(int64_t wall_seconds, char out[CLOCK_RFC3339_SIZE]) {
    time_t seconds = (time_t)wall_seconds;
    struct tm parts = {0};
    (void)gmtime_r(&seconds, &parts);
    if (strftime(out, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        out[0] = '\0';
    }
}
