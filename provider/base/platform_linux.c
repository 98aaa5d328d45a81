#include <fcntl.h>
#include <malloc.h>
#include <search.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/platform.h"

void platform_wipe(void *data, size_t size) {
    explicit_bzero(data, size);
}

#ifdef __GLIBC__

enum { ARENAS_MAX = 2, MMAP_THRESHOLD_BYTES = 512 * 1024 };

void platform_tune_heap(void) {
    /* NOLINTBEGIN(concurrency-mt-unsafe): there are no threads yet */
    mallopt(M_ARENA_MAX, ARENAS_MAX);
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES);
    /* NOLINTEND(concurrency-mt-unsafe) */
}

void platform_trim_heap(void) {
    malloc_trim(0);
}

#else

/* That of a release is Zig's, which has nothing to set: it keeps small blocks for the next of their
 * size, and gives large ones back at once. */
void platform_tune_heap(void) {
}

void platform_trim_heap(void) {
}

#endif

clockid_t platform_cond_clock(void) {
    return CLOCK_MONOTONIC;
}

void platform_set_cond_clock(pthread_condattr_t *attributes) {
    pthread_condattr_setclock(attributes, CLOCK_MONOTONIC);
}

void platform_free_tree(void **tree, int (*compare)(const void *, const void *),
                        void (*free_item)(void *)) {
    (void)compare;
    tdestroy(*tree, free_item);
    *tree = NULL;
}

bool platform_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC) == 0;
}

struct platform_signals {
    int fd;
};

struct platform_signals *platform_signals_open(const sigset_t *signals) {
    int fd = signalfd(-1, signals, SFD_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    struct platform_signals *opened = MEM_NEW(struct platform_signals);
    opened->fd = fd;
    return opened;
}

int platform_signals_fd(const struct platform_signals *signals) {
    return signals->fd;
}

void platform_signals_close(struct platform_signals *signals) {
    if (signals != NULL) {
        close(signals->fd);
        mem_free(signals);
    }
}
