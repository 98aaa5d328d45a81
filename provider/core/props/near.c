#include "core/props/near.h"

#include <stdint.h>

#include "base/words.h"

/* A word further away than this is no misspelling. */
#define MAX_DISTANCE 3

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char next_digit(struct str text, size_t *at) {
    while (*at < text.len && !is_digit(text.ptr[*at])) {
        (*at)++;
    }
    return *at < text.len ? text.ptr[(*at)++] : '\0';
}

/* Another number is another version or place, not a slip of the finger. */
static bool has_same_digits(struct str a, struct str b) {
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        char digit = next_digit(a, &i);
        if (digit != next_digit(b, &j)) {
            return false;
        }
        if (digit == '\0') {
            return true;
        }
    }
}

struct near near_to(struct str asked) {
    return (struct near){.asked = asked, .word = STR_EMPTY, .distance = SIZE_MAX};
}

void near_consider(struct near *near, struct str word) {
    size_t distance = str_distance(near->asked, word);
    if (distance > MAX_DISTANCE || distance * 3 > near->asked.len || distance > near->distance ||
        !has_same_digits(near->asked, word)) {
        return;
    }
    near->word = distance < near->distance ? word : STR_EMPTY;
    near->distance = distance;
}

const char *near_advice(struct arena *arena, const struct near *near) {
    return near->word.len == 0 ? ""
                               : words_text(arena, "; did you mean \"%p\"?",
                                            WORDS_ARG(words_own(arena, near->word)))
                                     .text.ptr;
}

const char *near_value_advice(struct arena *arena, const struct prop *row, struct str asked) {
    struct near near = near_to(asked);
    for (size_t i = 0; i < row->value_count; i++) {
        if (row->values[i].deprecated == NULL) {
            near_consider(&near, str_of(row->values[i].value));
        }
    }
    return near_advice(arena, &near);
}
