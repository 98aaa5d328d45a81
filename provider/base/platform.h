#ifndef BASE_PLATFORM_H
#define BASE_PLATFORM_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What not every POSIX system has: platform_linux.c is for Linux, platform_portable.c for all
 * others, and for Linux in a build with INFERENCE_PORTABLE. */

/* Zeroes, also when nobody reads them afterwards. Any thread. */
void platform_wipe(void *data, size_t size);

/* The process's heap, where its allocator can be told something. Waiting calls are many and small:
 * few heaps for all, and large blocks go straight back to the system. To be called before there are
 * threads. */
void platform_tune_heap(void);
/* Gives free memory back to the system. Any thread; may take a millisecond. */
void platform_trim_heap(void);

/* The clock of condition variables that are made with such attributes: CLOCK_MONOTONIC where there
 * is a choice, else CLOCK_REALTIME. Any thread. */
clockid_t platform_cond_clock(void);
void platform_set_cond_clock(pthread_condattr_t *attributes);

/* Frees a tree of POSIX tsearch that was made with `compare`; *tree is NULL afterwards. `free_item`
 * gets each item once. Any thread that has the tree to itself. */
void platform_free_tree(void **tree, int (*compare)(const void *, const void *),
                        void (*free_item)(void *));

/* A pipe, [0] to read and [1] to write, whose ends no other program inherits. False, with errno, on
 * failure. Any thread. */
bool platform_pipe(int ends[2]) __attribute__((warn_unused_result));

/* Waits for signals that every thread blocks. */
struct platform_signals;
/* The caller owns the result; NULL on failure. Any thread. */
struct platform_signals *platform_signals_open(const sigset_t *signals);
/* A descriptor that poll finds readable once one of the signals has come. It is not to be read. */
int platform_signals_fd(const struct platform_signals *signals);
/* NULL is harmless. */
void platform_signals_close(struct platform_signals *signals);

#endif
