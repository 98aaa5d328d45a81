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

/* Behind the seconds: a fraction, which is left out. */
static struct str without_fraction(struct str rest) {
    size_t at = str_starts(rest, STR(".")) || str_starts(rest, STR(",")) ? 1 : 0;
    while (at > 0 && at < rest.len && rest.ptr[at] >= '0' && rest.ptr[at] <= '9') {
        at++;
    }
    return str_slice(rest, at, rest.len);
}

static int digits_at(struct str text, size_t at) {
    char tens = text.ptr[at];
    char ones = text.ptr[at + 1];
    bool are_digits = tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9';
    return are_digits ? (tens - '0') * 10 + ones - '0' : -1;
}

/* "Z", "+08:00" or "+0800"; nothing means UTC, too. */
static bool read_offset(struct str zone, int64_t *seconds) {
    *seconds = 0;
    if (zone.len == 0 || str_is_nocase(zone, STR("Z"))) {
        return true;
    }
    bool has_colon = zone.len == 6 && zone.ptr[3] == ':';
    if ((zone.ptr[0] != '+' && zone.ptr[0] != '-') || (!has_colon && zone.len != 5)) {
        return false;
    }
    int hours = digits_at(zone, 1);
    int minutes = digits_at(zone, has_colon ? 4 : 3);
    *seconds = (zone.ptr[0] == '-' ? -1 : 1) * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
    return hours >= 0 && minutes >= 0;
}

int64_t clock_parse_rfc3339(struct str text) {
    struct tm parts = {0};
    char copy[CLOCK_RFC3339_SIZE];
    size_t plain = CLOCK_RFC3339_SIZE - 2;
    int64_t offset;
    if (text.len < plain ||
        !read_offset(without_fraction(str_slice(text, plain, text.len)), &offset)) {
        return -1;
    }
    memcpy(copy, text.ptr, plain);
    copy[plain] = '\0';
    const char *end = strptime(copy, "%Y-%m-%dT%H:%M:%S", &parts);
    int64_t seconds = end != NULL && *end == '\0' ? (int64_t)timegm(&parts) - offset : -1;
    return seconds < 0 ? -1 : seconds;
}

/* The digits of "2026-01-15T08:30:00.263Z" behind the seconds. */
static struct str fraction_of(struct str time) {
    struct str behind = str_slice(time, CLOCK_RFC3339_SIZE - 1, time.len);
    size_t len = 0;
    while (len < behind.len && behind.ptr[len] >= '0' && behind.ptr[len] <= '9') {
        len++;
    }
    return str_slice(behind, 0, len);
}

bool clock_is_later(struct str time, struct str other) {
    int64_t seconds = clock_parse_rfc3339(time);
    int64_t other_seconds = clock_parse_rfc3339(other);
    if (seconds < 0 || other_seconds < 0 || seconds != other_seconds) {
        return other_seconds >= 0 && seconds > other_seconds;
    }
    struct str a = fraction_of(time);
    struct str b = fraction_of(other);
    return memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len) > 0;
}

void clock_print_rfc3339(int64_t wall_seconds, char out[CLOCK_RFC3339_SIZE]) {
    time_t seconds = (time_t)wall_seconds;
    struct tm parts = {0};
    (void)gmtime_r(&seconds, &parts);
    if (strftime(out, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        out[0] = '\0';
    }
}
