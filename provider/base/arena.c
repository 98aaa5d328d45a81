#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/platform.h"

#if defined(__SANITIZE_ADDRESS__)
#    define ARENA_ASAN 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define ARENA_ASAN 1
#    endif
#endif

/* Under AddressSanitizer what has not been handed out is poisoned, with a gap behind each
 * allocation, so that an overrun inside a block is found as it would be with malloc. */
#ifdef ARENA_ASAN
#    include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 };
#else
#    define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#    define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
enum { RED_ZONE = 0 };
#endif

enum { FIRST_BLOCK_SIZE = 1024, MAX_BLOCK_SIZE = 1024 * 1024, FIRST_CAPACITY = 8 };

/* A block is a power of two with what malloc puts before it: allocators that serve such sizes only
 * would else give it twice as much, and each block would reach into one page more. */
enum { MALLOC_OVERHEAD = 32 };

/* Bytes behind `used` have any value: each allocation zeroes its own, for most of a block is never
 * used. */
struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *current; /* filled from; the others hang behind it */
    struct block *first;
    size_t next_size;
    size_t handed_out;
    size_t ceiling;
};

static struct block *block_new(size_t size) {
    if (size > SIZE_MAX - sizeof(struct block)) {
        mem_die("arena: an allocation is larger than memory");
    }
    struct block *block = mem_alloc_raw(sizeof(struct block) + size);
    block->next = NULL;
    block->size = size;
    block->used = 0;
    ASAN_POISON_MEMORY_REGION(block->data, size);
    return block;
}

static void block_wipe(struct block *block) {
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    platform_wipe(block->data, block->used);
    block->used = 0;
}

static void block_free(struct block *block) {
    block_wipe(block);
    mem_free(block);
}

struct arena *arena_new(size_t ceiling) {
    struct arena *arena = MEM_NEW(struct arena);
    arena->ceiling = ceiling;
    arena->next_size = FIRST_BLOCK_SIZE;
    return arena;
}

static void free_blocks(struct arena *arena, const struct block *kept) {
    struct block *next;
    for (struct block *block = arena->current; block != NULL; block = next) {
        next = block->next;
        if (block != kept) {
            block_free(block);
        }
    }
}

void arena_free(struct arena *arena) {
    if (arena == NULL) {
        return;
    }
    free_blocks(arena, NULL);
    mem_free(arena);
}

void arena_reset(struct arena *arena) {
    free_blocks(arena, arena->first);
    arena->current = arena->first;
    arena->handed_out = 0;
    arena->next_size = FIRST_BLOCK_SIZE;
    if (arena->first != NULL) {
        block_wipe(arena->first);
        ASAN_POISON_MEMORY_REGION(arena->first->data, arena->first->size);
        arena->first->next = NULL;
    }
}

bool arena_is_exceeded(const struct arena *arena) {
    return arena->handed_out > arena->ceiling;
}

size_t arena_used(const struct arena *arena) {
    return arena->handed_out;
}

/* What a block that takes `size` bytes of memory has to give. */
static size_t room_of(size_t size) {
    return size - sizeof(struct block) - MALLOC_OVERHEAD;
}

/* A new block to fill from: as much as there is already. */
static struct block *add_block(struct arena *arena) {
    struct block *block = block_new(room_of(arena->next_size));
    block->next = arena->current;
    arena->current = block;
    if (arena->first == NULL) {
        arena->first = block;
    } else if (arena->next_size < MAX_BLOCK_SIZE) {
        arena->next_size *= 2;
    }
    return block;
}

/* A block for one large allocation; it hangs behind the current one, whose rest stays in use. */
static struct block *add_large_block(struct arena *arena, size_t size) {
    if (arena->current == NULL) {
        add_block(arena);
    }
    struct block *block = block_new(size);
    block->next = arena->current->next;
    arena->current->next = block;
    return block;
}

/* Where the current block has no room for that much. */
static struct block *block_for(struct arena *arena, size_t size) {
    bool fits_first = arena->current == NULL && size <= room_of(arena->next_size);
    if (fits_first || size <= arena->next_size / 4) {
        return add_block(arena);
    }
    return add_large_block(arena, size);
}

static inline void *take_from(struct arena *arena, struct block *block, size_t size, size_t step) {
    void *ptr = block->data + block->used;
    block->used += step;
    arena->handed_out += size;
    ASAN_UNPOISON_MEMORY_REGION(ptr, size);
    return ptr;
}

/* Out of line: every allocation would save the registers that only this needs. */
__attribute__((noinline, cold)) static void *take_from_other(struct arena *arena, size_t size,
                                                             size_t step) {
    return take_from(arena, block_for(arena, step), size, step);
}

/* Bytes of any value. */
static inline void *take(struct arena *arena, size_t size) {
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2) {
        mem_die("arena: an allocation is larger than memory");
    }
    size_t wanted = size == 0 ? 1 : size;
    size_t step = (wanted + RED_ZONE + align - 1) / align * align;
    struct block *block = arena->current;
    if (block == NULL || block->size - block->used < step) {
        return take_from_other(arena, wanted, step);
    }
    return take_from(arena, block, wanted, step);
}

void *arena_alloc(struct arena *arena, size_t size) {
    return memset(take(arena, size), 0, size);
}

static inline size_t array_size(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        mem_die("arena: an array is larger than memory");
    }
    return total;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size) {
    return arena_alloc(arena, array_size(count, size));
}

void *arena_grow(struct arena *arena, const void *items, size_t count, size_t size,
                 size_t *capacity) {
    *capacity = count == 0 ? FIRST_CAPACITY : count * 2;
    void *larger = take(arena, array_size(*capacity, size));
    if (count > 0) {
        memcpy(larger, items, count * size);
    }
    return larger;
}

struct str arena_str(struct arena *arena, struct str text) {
    char *copy = take(arena, text.len + 1);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    copy[text.len] = '\0';
    return (struct str){copy, text.len};
}

struct str arena_utf8(struct arena *arena, struct str text) {
    static const char replacement[] = "\xEF\xBF\xBD";
    const size_t replacement_len = sizeof(replacement) - 1;
    if (str_is_utf8(text)) {
        return text;
    }
    char *copy = arena_alloc_array(arena, text.len + 1, replacement_len);
    size_t len = 0;
    while (text.len > 0) {
        size_t step = str_utf8_step(text);
        bool good = step > 0;
        memcpy(copy + len, good ? text.ptr : replacement, good ? step : replacement_len);
        len += good ? step : replacement_len;
        text = (struct str){text.ptr + (good ? step : 1), text.len - (good ? step : 1)};
    }
    return (struct str){copy, len};
}

static size_t find_terminal(struct str text, size_t from) {
    while (from < text.len && str_terminal_len(str_slice(text, from, text.len)) == 0) {
        from++;
    }
    return from;
}

struct str arena_plain(struct arena *arena, struct str text) {
    size_t at = find_terminal(text, 0);
    if (at == text.len) {
        return text;
    }
    char *copy = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    size_t done = 0;
    while (at < text.len) {
        memcpy(copy + len, text.ptr + done, at - done);
        len += at - done;
        done = at + str_terminal_len(str_slice(text, at, text.len));
        at = find_terminal(text, done);
    }
    memcpy(copy + len, text.ptr + done, text.len - done);
    return (struct str){copy, len + text.len - done};
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list args) {
    va_list again;
    assert(strstr(format, "%p") == NULL);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        return STR_EMPTY;
    }
    char *text = take(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return (struct str){text, (size_t)len};
}

struct str arena_join(struct arena *arena, struct str list, const char *separator,
                      struct str item) {
    return arena_printf(arena, "%.*s%s%.*s", STR_ARG(list), list.len > 0 ? separator : "",
                        STR_ARG(item));
}

struct str arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
