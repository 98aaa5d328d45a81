#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdarg.h>

#include "base/redact.h"

/* A message, and the parts of it that are this program's own words. */
struct words {
    struct str text;
    struct own_text *own;
    size_t own_count;
};

/* Formats as vprintf does. Own words are the format and what %s inserts; what %.*s and numbers
 * insert may come from anywhere. A conversion that no message uses makes all of it foreign. In the
 * arena; any thread. */
void words_vformat(struct arena *arena, struct words *out, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
