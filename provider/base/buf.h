#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Growable byte buffer on the heap with a ceiling set at init. Appending past the ceiling changes
 * nothing and sets `overflow`, which is checked once at the end. Contents are always followed by a
 * NUL. */
struct buf {
    char *ptr;
    size_t len;
    size_t capacity;
    size_t ceiling;
    bool overflow;
};

/* No allocation happens before the first append. */
void buf_init(struct buf *buf, size_t ceiling);
/* Wipes and frees; the buffer may be initialised again. Harmless on a zeroed struct. */
void buf_cleanup(struct buf *buf);
/* Keeps the memory, forgets the contents and the overflow. */
void buf_reset(struct buf *buf);
void buf_append(struct buf *buf, struct str text);
void buf_append_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* View of the contents; valid until the next change. */
struct str buf_str(const struct buf *buf);

#endif
