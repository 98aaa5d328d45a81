#include "base/heap.h"

#include <malloc.h>

#ifdef __GLIBC__

enum { ARENAS_MAX = 2, MMAP_THRESHOLD_BYTES = 512 * 1024 };

void heap_tune(void) {
    /* NOLINTBEGIN(concurrency-mt-unsafe): there are no threads yet */
    mallopt(M_ARENA_MAX, ARENAS_MAX);
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES);
    /* NOLINTEND(concurrency-mt-unsafe) */
}

void heap_trim(void) {
    malloc_trim(0);
}

#else

/* That of a release is Zig's, which has nothing to set: it keeps small blocks for the next of their
 * size, and gives large ones back at once. */
void heap_tune(void) {
}

void heap_trim(void) {
}

#endif
