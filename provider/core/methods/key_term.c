#include "core/methods/key_term.h"

#include <stdlib.h>

#include "base/clock.h"

/* The share of its lifetime that is left when it is renewed. */
#define RENEWED_SHARE 0.25
/* 9999-12-31T23:59:59Z: RFC 3339 has no later time. */
#define LAST_SECOND 253402300799.0
/* More than any service gives: what no Check has seen may be any number. */
#define MOST_SECONDS 1e9

static double seconds_of(const struct prop_table *props, const struct value *inputs,
                         struct str name) {
    const struct prop *row = prop_find(props, name);
    const struct value *given = value_get_set(inputs, name);
    const struct value *value = row == NULL ? given : prop_effective(row, given);
    if (!value_is_number(value) || !(value->number >= 0)) {
        return -1;
    }
    return value->number < MOST_SECONDS ? value->number : MOST_SECONDS;
}

double key_lifetime(const struct prop_table *props, const struct value *inputs) {
    return seconds_of(props, inputs, STR("lifetime"));
}

double key_renew_before(const struct prop_table *props, const struct value *inputs) {
    double lifetime = key_lifetime(props, inputs);
    bool is_said = value_get_set(inputs, STR("renewBefore")) != NULL;
    return is_said || lifetime < 0 ? seconds_of(props, inputs, STR("renewBefore"))
                                   : lifetime * RENEWED_SHARE;
}

int64_t key_end(const struct value *outputs) {
    return clock_parse_rfc3339(value_text_at(outputs, "expiresAt"));
}

/* "1893456000": not every service writes numbers as such. */
static double number_of(const struct value *told) {
    struct str text = value_text(told);
    if (value_is_number(told)) {
        return told->number;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return -1;
        }
    }
    return text.len > 0 ? strtod(text.ptr, NULL) : -1;
}

int64_t key_end_of_answer(const struct value *told) {
    double seconds = number_of(told);
    return seconds > 0 && seconds <= LAST_SECOND ? (int64_t)seconds
                                                 : clock_parse_rfc3339(value_text(told));
}

bool key_is_due(const struct prop_table *props, const struct value *inputs, int64_t end,
                int64_t now) {
    double least = key_renew_before(props, inputs);
    return end >= 0 && (end <= now || (double)(end - now) < least);
}

struct str key_duration(struct arena *arena, int64_t seconds) {
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;
    while (units[i].seconds > 1 && seconds < 2 * units[i].seconds) {
        i++;
    }
    long long count = (long long)(seconds / units[i].seconds);
    return arena_printf(arena, "%lld %s%s", count, units[i].name, count == 1 ? "" : "s");
}
