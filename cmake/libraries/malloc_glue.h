// What musl's allocator (mallocng) asks of the C library around it, in public calls: Zig's C
// library is musl without it. It is read before each of the allocator's files and stands in the
// place of its own glue.h, whose guard it has (docs/decisions.md 9).
#ifndef MALLOC_GLUE_H
#define MALLOC_GLUE_H
#define _GNU_SOURCE
// dynlink.h, which calloc.c reads for what follows, is not needed
#define _INTERNAL_RELOC_H

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define size_classes mallocng_size_classes
#define ctx mallocng_context
#define alloc_meta mallocng_alloc_meta
#define is_allzero mallocng_is_allzero
#define __malloc_allzerop mallocng_is_allzero
#define weak_alias(old, new) _Static_assert(sizeof(old), "")
#define __malloc_replaced 0
#define DISABLE_ALIGNED_ALLOC 0

int is_allzero(void *);

#undef assert
#define assert(x)             \
    do {                      \
        if (!(x))             \
            __builtin_trap(); \
    } while (0)
#define a_crash __builtin_trap
#define a_ctz_32 __builtin_ctz
#define a_clz_32 __builtin_clz
#define a_cas(p, old, new) __sync_val_compare_and_swap(p, old, new)
#define a_or(p, bits) ((void)__sync_fetch_and_or(p, bits))
#define a_swap(p, value) __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST)

// No heap behind the program's data: all memory is mapped.
#define brk(p) ((uintptr_t)0)

static inline size_t get_page_size(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

static inline uint64_t get_random_secret(void) {
    uint64_t secret;
    memcpy(&secret, (const char *)getauxval(AT_RANDOM) + 8, sizeof secret);
    return secret;
}

// The provider never forks, so that nobody inherits a lock that is held.
extern pthread_mutex_t mallocng_lock;
#define LOCK_OBJ_DEF pthread_mutex_t mallocng_lock = PTHREAD_MUTEX_INITIALIZER
#define MT 1
#define RDLOCK_IS_EXCLUSIVE 1
static inline void rdlock(void) {
    pthread_mutex_lock(&mallocng_lock);
}
static inline void wrlock(void) {
    pthread_mutex_lock(&mallocng_lock);
}
static inline void unlock(void) {
    pthread_mutex_unlock(&mallocng_lock);
}
static inline void upgradelock(void) {
}

#endif
