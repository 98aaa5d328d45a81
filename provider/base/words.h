#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdarg.h>

#include "base/error.h"
#include "base/redact.h"

/* A message, and the parts of it that are this program's own words. */
struct words {
    struct str text;
    struct own_text *own;
    size_t own_count;
};

/* Formats as vprintf does. Own words are the format, what %s inserts, and of what %.*s inserts the
 * parts that the arena knows to be own (words_keep); the rest and numbers may come from anywhere. A
 * conversion that no message uses makes all of it foreign. In the arena. One thread at a time. */
void words_vformat(struct arena *arena, struct words *out, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* The arena, in which they are, knows from now on which parts are own, for whoever inserts the
 * text, or a slice of it, into another. */
void words_keep(struct arena *arena, const struct words *words);
/* A part of a message, as words_vformat makes it, kept. */
struct str words_text(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* As arena_join; the separator is own. Kept. */
struct str words_join(struct arena *arena, struct str list, const char *separator, struct str item);
/* Makes a text own that everybody may see: an id, a place, a URN. It outlives the arena, or lies in
 * it. Returns it. */
struct str words_own(struct arena *arena, struct str text);
/* The text, and the parts of it that the arena knows to be own. */
struct words words_recall(struct arena *arena, struct str text);
/* Gives an error another message, with the own parts that the arena knows of it. */
void words_reword(struct arena *arena, struct error *error, struct str message);

#endif
