#include "rpc/pool.h"

#include <pthread.h>

#include "testing.h"

/* Jobs that wait until the gate opens. */
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    size_t inside;
    size_t done;
    bool open;
};

struct gated_job {
    struct pool_job job;
    struct gate *gate;
};

static void gate_init(struct gate *gate) {
    *gate = (struct gate){.open = false};
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_cond_init(&gate->cond, NULL);
}

static void gate_cleanup(struct gate *gate) {
    pthread_cond_destroy(&gate->cond);
    pthread_mutex_destroy(&gate->mutex);
}

static void pass(struct pool_job *job) {
    struct gate *gate = ((struct gated_job *)job)->gate;
    pthread_mutex_lock(&gate->mutex);
    gate->inside++;
    pthread_cond_broadcast(&gate->cond);
    while (!gate->open) {
        pthread_cond_wait(&gate->cond, &gate->mutex);
    }
    gate->done++;
    pthread_mutex_unlock(&gate->mutex);
}

static void gate_wait_inside(struct gate *gate, size_t count) {
    pthread_mutex_lock(&gate->mutex);
    while (gate->inside < count) {
        pthread_cond_wait(&gate->cond, &gate->mutex);
    }
    pthread_mutex_unlock(&gate->mutex);
}

static void gate_open(struct gate *gate) {
    pthread_mutex_lock(&gate->mutex);
    gate->open = true;
    pthread_cond_broadcast(&gate->cond);
    pthread_mutex_unlock(&gate->mutex);
}

enum { JOB_COUNT = 300 };

static void submit(struct pool *pool, struct gate *gate, struct gated_job *jobs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        jobs[i] = (struct gated_job){.job = {.run = pass}, .gate = gate};
        CHECK(pool_submit(pool, &jobs[i].job));
    }
}

static const struct pool_options options = {
    .min_threads = 2, .max_threads = 1024, .idle_ms = 10000, .stack_bytes = 256 * 1024};

TEST(no_thread_before_the_first_job) {
    struct pool *pool = pool_new(&options);
    CHECK_INT(pool_thread_count(pool), 0);
    pool_free(pool);
    pool_free(NULL);
}

TEST(a_job_that_waits_holds_up_none) {
    static struct gated_job jobs[JOB_COUNT];
    struct pool *pool = pool_new(&options);
    struct gate gate;
    gate_init(&gate);
    submit(pool, &gate, jobs, JOB_COUNT);
    gate_wait_inside(&gate, JOB_COUNT); /* all of them wait at the same time */
    CHECK_INT(pool_thread_count(pool), JOB_COUNT);
    gate_open(&gate);
    pool_free(pool);
    CHECK_INT(gate.done, JOB_COUNT);
    gate_cleanup(&gate);
}

TEST(past_the_maximum_jobs_queue_and_all_run) {
    static struct gated_job jobs[50];
    struct pool_options few = options;
    struct gate gate;
    few.max_threads = 3;
    struct pool *pool = pool_new(&few);
    gate_init(&gate);
    submit(pool, &gate, jobs, 50);
    gate_wait_inside(&gate, 3);
    CHECK_INT(pool_thread_count(pool), 3);
    CHECK_INT(gate.inside, 3);
    gate_open(&gate);
    pool_free(pool); /* runs what is queued */
    CHECK_INT(gate.done, 50);
    gate_cleanup(&gate);
}

static void wait_for_threads(struct pool *pool, size_t count) {
    const struct timespec pause = {.tv_nsec = 1000000};
    while (pool_thread_count(pool) != count) {
        nanosleep(&pause, NULL);
    }
}

TEST(idle_threads_end_down_to_the_minimum_and_come_back) {
    static struct gated_job jobs[40];
    struct pool_options brief = options;
    struct gate gate;
    brief.idle_ms = 1;
    struct pool *pool = pool_new(&brief);
    gate_init(&gate);
    submit(pool, &gate, jobs, 20);
    gate_wait_inside(&gate, 20);
    gate_open(&gate);
    wait_for_threads(pool, 2);
    submit(pool, &gate, jobs + 20, 20);
    gate_wait_inside(&gate, 40);
    pool_free(pool);
    CHECK_INT(gate.done, 40);
    gate_cleanup(&gate);
}

/* Threads that end the moment they are idle, while jobs keep coming. */
TEST(no_job_is_lost_while_threads_come_and_go) {
    static struct gated_job jobs[2000];
    struct pool_options fleeting = {.min_threads = 0, .max_threads = 1, .idle_ms = 0};
    struct pool *pool = pool_new(&fleeting);
    struct gate gate;
    gate_init(&gate);
    gate_open(&gate);
    for (size_t i = 0; i < 2000; i++) {
        submit(pool, &gate, &jobs[i], 1);
        gate_wait_inside(&gate, i + 1);
    }
    pool_free(pool);
    CHECK_INT(gate.done, 2000);
    gate_cleanup(&gate);
}

TEST_MAIN {
    RUN(no_thread_before_the_first_job);
    RUN(a_job_that_waits_holds_up_none);
    RUN(past_the_maximum_jobs_queue_and_all_run);
    RUN(idle_threads_end_down_to_the_minimum_and_come_back);
    RUN(no_job_is_lost_while_threads_come_and_go);
}
