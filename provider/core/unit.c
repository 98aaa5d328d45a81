#include "core/unit.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/value.h"

const char *unit_number(struct arena *arena, bool whole, const char *unit) {
    const char *kind = whole ? "whole number" : "number";
    if (unit == NULL) {
        return arena_printf(arena, "a %s", kind).ptr;
    }
    bool is_share = str_starts(str_of(unit), STR("per "));
    return arena_printf(arena, "a %s %s %s", kind, is_share ? "in" : "of", unit).ptr;
}

const char *unit_limit(struct arena *arena, const char *which, double limit, const char *unit) {
    return arena_printf(arena, "must be at %s %.*s%s%s%s", which,
                        STR_ARG(value_number_text(arena, limit)), unit != NULL ? " (" : "",
                        unit != NULL ? unit : "", unit != NULL ? ")" : "")
        .ptr;
}

/* Words that follow a number, by what they measure; those that tables use as units are among them.
 */
static const struct word {
    const char *word;
    char measure;
    double amount;
} words[] = {
    {"seconds", 't', 1}, {"minutes", 't', 60}, {"days", 't', 86400}, {"s", 't', 1},
    {"sec", 't', 1},     {"secs", 't', 1},     {"second", 't', 1},   {"m", 't', 60},
    {"min", 't', 60},    {"mins", 't', 60},    {"minute", 't', 60},  {"h", 't', 3600},
    {"hr", 't', 3600},   {"hrs", 't', 3600},   {"hour", 't', 3600},  {"hours", 't', 3600},
    {"d", 't', 86400},   {"day", 't', 86400},  {"ms", 't', 0.001},   {"GB", 'b', 1},
    {"TB", 'b', 1000},   {"%", '%', 1},        {"per cent", '%', 1},
};

static const struct word *find(struct str text) {
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_is_nocase(text, str_of(words[i].word))) {
            return &words[i];
        }
    }
    return NULL;
}

/* The word behind a number: up to the next digit. */
static struct str take_word(struct str *rest) {
    size_t len = 0;
    while (len < rest->len && !isdigit((unsigned char)rest->ptr[len])) {
        len++;
    }
    struct str word = str_trim(str_slice(*rest, 0, len));
    *rest = str_slice(*rest, len, rest->len);
    return word;
}

/* A plain decimal number, without sign, exponent or the spellings of infinity. */
static bool take_number(struct arena *arena, struct str *rest, double *number) {
    size_t len = 0;
    while (len < rest->len && (isdigit((unsigned char)rest->ptr[len]) || rest->ptr[len] == '.')) {
        len++;
    }
    char *end = NULL;
    struct str digits = arena_str(arena, str_slice(*rest, 0, len));
    *number = strtod(digits.ptr, &end);
    *rest = str_slice(*rest, len, rest->len);
    return len > 0 && *end == '\0';
}

/* "1h30m" in seconds; negative when it is no such text. */
static double sum_of(struct arena *arena, char measure, struct str text) {
    double sum = 0;
    struct str rest = str_trim(text);
    while (rest.len > 0) {
        double number;
        if (!take_number(arena, &rest, &number)) {
            return -1;
        }
        const struct word *word = find(take_word(&rest));
        if (word == NULL || word->measure != measure) {
            return -1;
        }
        sum += number * word->amount;
    }
    return sum;
}

/* What the unit counts, or negative. */
static double amount_of(struct arena *arena, const char *unit, struct str text) {
    const struct word *own = find(str_of(unit));
    return own == NULL ? -1 : sum_of(arena, own->measure, text) / own->amount;
}

struct str unit_converted(struct arena *arena, bool whole, const char *unit, struct str text) {
    double amount = unit == NULL ? -1 : amount_of(arena, unit, text);
    bool fits = amount > 0 && isfinite(amount) && (!whole || floor(amount) == amount);
    return fits ? value_number_text(arena, amount) : STR_EMPTY;
}
