#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Bump allocator: what lives as long as one RPC (or one request attempt) comes from one arena and
 * is never freed one by one. Not thread safe: an arena belongs to one thread at a time and is
 * handed over.
 *
 * Allocation never returns NULL. Past its ceiling an arena goes on serving but remembers the fact:
 * whoever walks data that came from outside checks arena_is_exceeded() as it goes and turns it into
 * ERR_EXHAUSTED. Only a true out-of-memory ends the process, with one line on stderr. */
struct arena;

/* `ceiling` in bytes. The caller owns the result and frees it with arena_free. */
struct arena *arena_new(size_t ceiling);
/* Wipes and releases everything that was allocated. NULL is harmless. */
void arena_free(struct arena *arena);
/* Forgets all allocations (wiping them) but keeps the first block for reuse; clears the exceeded
 * flag. */
void arena_reset(struct arena *arena);
bool arena_is_exceeded(const struct arena *arena);
/* Bytes handed out since creation or reset. */
size_t arena_used(const struct arena *arena);

/* Zeroed memory, aligned for any type. size 0 gives a valid unique pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* Zeroed array; overflow of count * size ends the process (a programming mistake: bound counts
 * first). */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
/* A copy of an array of `count` items with room for twice as many, which holds anything; *capacity
 * receives how many. */
void *arena_grow(struct arena *arena, const void *items, size_t count, size_t size,
                 size_t *capacity);
/* Room for one more item behind `count` in an array that grows. */
static inline void *arena_reserve(struct arena *arena, void *items, size_t count, size_t size,
                                  size_t *capacity) {
    return count < *capacity ? items : arena_grow(arena, items, count, size, capacity);
}
/* Copies with a NUL behind. */
struct str arena_str(struct arena *arena, struct str text);
/* The text with each byte that is not part of well-formed UTF-8 replaced by U+FFFD; the text itself
 * when it is well-formed. For what a cloud sent and goes into a message. */
struct str arena_utf8(struct arena *arena, struct str text);
/* The text without what a terminal would obey (str_terminal_len); the text itself when it has none.
 * For what a cloud sent, before secrets are masked in it: they may be inside of one. */
struct str arena_plain(struct arena *arena, struct str text);
/* A list in words with one more item: `list`, the separator unless the list is empty, `item`. */
struct str arena_join(struct arena *arena, struct str list, const char *separator, struct str item);
/* Formats as printf does, with a NUL behind. No %p: an address says nothing, and words, which take
 * that conversion (base/words.h), would be told by theirs. */
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

#endif
