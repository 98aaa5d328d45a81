#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/platform.h"

enum { FIRST_CAPACITY = 256 };

void buf_init(struct buf *buf, size_t ceiling) {
    *buf = (struct buf){.ceiling = ceiling};
}

void buf_cleanup(struct buf *buf) {
    if (buf->ptr != NULL) {
        platform_wipe(buf->ptr, buf->capacity);
        mem_free(buf->ptr);
    }
    *buf = (struct buf){.ceiling = buf->ceiling};
}

void buf_reset(struct buf *buf) {
    if (buf->ptr != NULL) {
        platform_wipe(buf->ptr, buf->len);
    }
    buf->len = 0;
    buf->overflow = false;
}

/* Makes room for `needed` bytes in all. Not realloc: it would leave a copy of what may be secret
 * behind. */
static void grow(struct buf *buf, size_t needed) {
    size_t capacity = buf->capacity == 0 ? FIRST_CAPACITY : buf->capacity;
    while (capacity < needed) {
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    }
    char *ptr = mem_alloc(capacity);
    if (buf->ptr != NULL) {
        memcpy(ptr, buf->ptr, buf->len);
        platform_wipe(buf->ptr, buf->capacity);
        mem_free(buf->ptr);
    }
    buf->ptr = ptr;
    buf->capacity = capacity;
}

/* False, with the overflow noted, when `extra` bytes more do not fit under the ceiling. Once
 * overflowed nothing is added any more, so that no text with a hole in it can be taken for a whole
 * one. */
static bool reserve(struct buf *buf, size_t extra) {
    if (buf->overflow || extra > buf->ceiling - buf->len) {
        buf->overflow = true;
        return false;
    }
    size_t needed = buf->len + extra + 1;
    if (needed > buf->capacity) {
        grow(buf, needed);
    }
    return true;
}

void buf_append(struct buf *buf, struct str text) {
    if (text.len == 0 || !reserve(buf, text.len)) {
        return;
    }
    memcpy(buf->ptr + buf->len, text.ptr, text.len);
    buf->len += text.len;
    buf->ptr[buf->len] = '\0';
}

void buf_append_char(struct buf *buf, char c) {
    buf_append(buf, (struct str){&c, 1});
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len <= 0 || !reserve(buf, (size_t)len)) {
        return;
    }
    va_start(args, format);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

struct str buf_str(const struct buf *buf) {
    return buf->ptr == NULL ? STR_EMPTY : (struct str){buf->ptr, buf->len};
}
