#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/str.h"

/* A part of a text that this program itself says, and where it is. */
struct own_text {
    size_t at;
    struct str text;
};

/* A message, or a part of one, and the parts of it that are this program's own words: a mask leaves
 * them (base/redact.h). Passed by value; a view, as struct str is. What may come from anywhere is a
 * struct str until it is inserted. */
struct words {
    struct str text;
    const struct own_text *own; /* in the order of their places, none inside of another */
    size_t own_count;
};

/* Messages are formatted as printf does it, wherever a format says (here, ctx_fail, log_emit,
 * failures_add and others). What a conversion inserts:
 *   %s    a C string of this program: own
 *   %.*s  STR_ARG(text), which may come from anywhere: foreign
 *   %p    WORDS_ARG(words): own and foreign as in those words
 *   %d %zu %lld %.0f  a number, which may come from anywhere: foreign
 * The format itself is own, with %% for a %. A conversion that is not among these makes all of the
 * text foreign; %p does not go with it. */
#define WORDS_ARG(inserted) words_arg((const struct words[]){(inserted)})
/* What %p takes: nothing but words. Lives as long as what it points to. */
static inline const void *words_arg(const struct words *words) {
    return words;
}

/* No text. */
static inline struct words words_none(void) {
    return (struct words){.text = STR_EMPTY};
}
/* A text that may come from anywhere. */
static inline struct words words_foreign(struct str text) {
    return (struct words){.text = text};
}
/* A text that everybody may see: an id, a place, a URN. It outlives the arena, or lies in it. */
struct words words_own(struct arena *arena, struct str text);

/* Formats as described above. In the arena, with a NUL behind. One thread at a time. */
struct words words_text(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct words words_vtext(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* As arena_join; the separator is own. */
struct words words_join(struct arena *arena, struct words list, const char *separator,
                        struct words item);
/* As str_slice and str_without_stop: a view of the text, whose own parts are in the arena. */
struct words words_slice(struct arena *arena, struct words words, size_t from, size_t to);
struct words words_without_stop(struct arena *arena, struct words words);
/* Without `end`, where they end with it. */
struct words words_without_end(struct arena *arena, struct words words, struct str end);
/* Copies into an arena that may live longer. */
struct words words_copy(struct arena *arena, struct words words);

#endif
