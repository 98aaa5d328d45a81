#include <fcntl.h>
#include <search.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/platform.h"

void platform_wipe(void *data, size_t size) {
    memset(data, 0, size);
    __asm__ volatile("" : : "r"(data) : "memory"); /* somebody may read it, for all that is known */
}

void platform_tune_heap(void) {
}

void platform_trim_heap(void) {
}

clockid_t platform_cond_clock(void) {
    return CLOCK_REALTIME;
}

void platform_set_cond_clock(pthread_condattr_t *attributes) {
    (void)attributes;
}

void platform_free_tree(void **tree, int (*compare)(const void *, const void *),
                        void (*free_item)(void *)) {
    while (*tree != NULL) {
        void *item = *(void **)*tree; /* a node begins with its item */
        tdelete(item, tree, compare);
        free_item(item);
    }
}

static bool close_on_exec(int fd) {
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool platform_pipe(int ends[2]) {
    if (pipe(ends) != 0) {
        return false;
    }
    if (close_on_exec(ends[0]) && close_on_exec(ends[1])) {
        return true;
    }
    close(ends[0]);
    close(ends[1]);
    return false;
}

struct platform_signals {
    sigset_t awaited;
    int ends[2];
    pthread_t thread; /* writes into the pipe when one has come, and ends */
};

static void *wait_for_one(void *data) {
    const struct platform_signals *signals = data;
    int number;
    if (sigwait(&signals->awaited, &number) == 0 && write(signals->ends[1], "", 1) != 1) {
        mem_die("a signal cannot be told");
    }
    return NULL;
}

struct platform_signals *platform_signals_open(const sigset_t *signals) {
    struct platform_signals *opened = MEM_NEW(struct platform_signals);
    opened->awaited = *signals;
    if (!platform_pipe(opened->ends)) {
        mem_free(opened);
        return NULL;
    }
    if (pthread_create(&opened->thread, NULL, wait_for_one, opened) != 0) {
        close(opened->ends[0]);
        close(opened->ends[1]);
        mem_free(opened);
        return NULL;
    }
    return opened;
}

int platform_signals_fd(const struct platform_signals *signals) {
    return signals->ends[0];
}

void platform_signals_close(struct platform_signals *signals) {
    if (signals != NULL) {
        pthread_cancel(signals->thread);
        pthread_join(signals->thread, NULL);
        close(signals->ends[0]);
        close(signals->ends[1]);
        mem_free(signals);
    }
}
