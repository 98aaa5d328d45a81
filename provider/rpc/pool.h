#ifndef RPC_POOL_H
#define RPC_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

/* Worker threads that grow on demand: calls that wait for a cloud stay straight-line code, and none
 * waits for another. Jobs run in the order in which they came. */
struct pool;

struct pool_options {
    size_t min_threads; /* stay when idle; none is started before the first job */
    size_t max_threads; /* further jobs queue */
    int64_t idle_ms;    /* after which a thread above the minimum ends */
    size_t stack_bytes; /* 0 = the system's default */
};

/* Embedded by who submits; must stay until run() was entered. */
struct pool_job {
    void (*run)(struct pool_job *self);
    struct pool_job *next; /* the pool's, while queued */
};

/* The caller owns the result. */
struct pool *pool_new(const struct pool_options *options);
/* Runs what is queued, then ends and joins all threads. Nobody may submit any more. NULL is
 * harmless. */
void pool_free(struct pool *pool);
/* Never blocks. False when no thread can be had at all: the job was not taken. Any thread. */
bool pool_submit(struct pool *pool, struct pool_job *job);
/* Threads that exist now; for tests. */
size_t pool_thread_count(struct pool *pool);

#endif
