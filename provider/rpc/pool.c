#include "rpc/pool.h"

#include <assert.h>
#include <pthread.h>

#include "base/mem.h"

struct pool {
    struct pool_options options;
    pthread_attr_t attributes;
    pthread_mutex_t mutex;
    pthread_cond_t work;  /* a job came, or the pool is closing */
    pthread_cond_t ended; /* a thread is about to end */
    struct pool_job *first;
    struct pool_job **last;
    size_t queued;
    size_t threads;
    size_t idle;
    bool closing;
    bool has_ended; /* a thread that ended waits to be joined: by the next that ends, or by
                       pool_free */
    pthread_t last_ended;
};

struct pool *pool_new(const struct pool_options *options) {
    struct pool *pool = MEM_NEW(struct pool);
    pool->options = *options;
    pool->last = &pool->first;
    pthread_mutex_init(&pool->mutex, NULL);
    clock_cond_init(&pool->work);
    clock_cond_init(&pool->ended);
    pthread_attr_init(&pool->attributes);
    if (options->stack_bytes > 0) {
        pthread_attr_setstacksize(&pool->attributes, options->stack_bytes);
    }
    return pool;
}

static struct pool_job *take(struct pool *pool) {
    struct pool_job *job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        pool->queued--;
        if (pool->first == NULL) {
            pool->last = &pool->first;
        }
    }
    return job;
}

/* With the mutex held. NULL when this thread is to end: the pool closes, or it was idle for long
 * and others are left. */
static struct pool_job *next_job(struct pool *pool) {
    int64_t until_ms = clock_system.now_ms(&clock_system) + pool->options.idle_ms;
    struct pool_job *job;
    while ((job = take(pool)) == NULL && !pool->closing) {
        bool spare = pool->threads > pool->options.min_threads;
        if (spare && clock_system.now_ms(&clock_system) >= until_ms) {
            break;
        }
        pool->idle++;
        clock_system.wait_until(&clock_system, &pool->work, &pool->mutex,
                                spare ? until_ms : INT64_MAX);
        pool->idle--;
    }
    return job;
}

/* With the mutex held, in the same turn in which next_job said to end, so that no job counts on
 * this thread. Each joins the one before, so no thread outlives pool_free. */
static bool leave(struct pool *pool, pthread_t *before) {
    bool join = pool->has_ended;
    *before = pool->last_ended;
    pool->last_ended = pthread_self();
    pool->has_ended = true;
    pool->threads--;
    pthread_cond_broadcast(&pool->ended);
    return join;
}

static void *worker(void *data) {
    struct pool *pool = data;
    struct pool_job *job;
    pthread_t before;
    pthread_mutex_lock(&pool->mutex);
    while ((job = next_job(pool)) != NULL) {
        pthread_mutex_unlock(&pool->mutex);
        job->run(job);
        pthread_mutex_lock(&pool->mutex);
    }
    bool join = leave(pool, &before);
    pthread_mutex_unlock(&pool->mutex);
    if (join) {
        pthread_join(before, NULL);
    }
    return NULL;
}

/* With the mutex held: one more thread if there are more jobs than threads waiting for one. */
static void grow(struct pool *pool) {
    pthread_t thread;
    bool wanted = pool->queued > pool->idle && pool->threads < pool->options.max_threads;
    if (wanted && pthread_create(&thread, &pool->attributes, worker, pool) == 0) {
        pool->threads++;
    }
}

static void append(struct pool *pool, struct pool_job *job) {
    job->next = NULL;
    *pool->last = job;
    pool->last = &job->next;
    pool->queued++;
}

bool pool_submit(struct pool *pool, struct pool_job *job) {
    pthread_mutex_lock(&pool->mutex);
    assert(!pool->closing);
    append(pool, job);
    grow(pool);
    bool taken = pool->threads > 0;
    if (!taken) { /* then nothing else is queued: its submitter was told the same */
        take(pool);
    }
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    return taken;
}

size_t pool_thread_count(struct pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    size_t count = pool->threads;
    pthread_mutex_unlock(&pool->mutex);
    return count;
}

void pool_free(struct pool *pool) {
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    while (pool->threads > 0) {
        pthread_cond_wait(&pool->ended, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (pool->has_ended) {
        pthread_join(pool->last_ended, NULL);
    }
    pthread_attr_destroy(&pool->attributes);
    pthread_cond_destroy(&pool->ended);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    mem_free(pool);
}
