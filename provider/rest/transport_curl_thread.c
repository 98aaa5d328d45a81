#include <signal.h>

#include "rest/transport_curl_int.h"

/* The thread that owns the multi handle: it starts, watches and ends the transfers that callers
 * wait for. */

enum { IDLE_POLL_MS = 60 * 60 * 1000 };

static void finish(struct job *job, enum job_end end) {
    struct curl_transport *transport = job->transport;
    if (job->easy != NULL) {
        job->sent = job_has_left(job);
        curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &job->status);
        curl_multi_remove_handle(transport->multi, job->easy);
        job_release_handle(job);
    }
    job->end = end;
    pthread_mutex_lock(&transport->mutex);
    job->finished = true;
    pthread_cond_signal(&job->done);
    /* From here on the job may be gone. */
    pthread_mutex_unlock(&transport->mutex);
}

static bool start(struct curl_transport *transport, struct job *job) {
    if (job_take_handle(job) && curl_multi_add_handle(transport->multi, job->easy) != CURLM_OK) {
        job->code = CURLE_FAILED_INIT;
    }
    return job->code == CURLE_OK;
}

static size_t count_active(const struct curl_transport *transport, struct str origin) {
    size_t count = 0;
    const struct job *job;
    TAILQ_FOREACH(job, &transport->active, link) {
        count += str_is(job->origin, origin) ? 1 : 0;
    }
    return count;
}

/* Requests beyond the limit of connections wait here and not inside curl, where the time for
 * connecting and for the reply would already count. */
static void start_waiting(struct curl_transport *transport) {
    struct job *job = TAILQ_FIRST(&transport->waiting);
    while (job != NULL) {
        struct job *next = TAILQ_NEXT(job, link);
        if (count_active(transport, job->origin) < HOST_CONNECTIONS_MAX) {
            TAILQ_REMOVE(&transport->waiting, job, link);
            if (start(transport, job)) {
                TAILQ_INSERT_TAIL(&transport->active, job, link);
            } else {
                finish(job, JOB_DONE);
            }
        }
        job = next;
    }
}

/* What a request that has left came to is known best from its answer. */
static bool may_linger(struct job *job, int64_t now_ms) {
    int64_t linger_ms = job->request->linger_ms;
    if (!job->lingers && linger_ms > 0 && job->easy != NULL && job_has_left(job)) {
        int64_t end_ms = now_ms + linger_ms;
        job->deadline_ms = end_ms < job->deadline_ms ? end_ms : job->deadline_ms;
        job->lingers = true;
    }
    return job->lingers;
}

static void drop_cancelled(struct job_list *list, int64_t now_ms, bool all) {
    struct job *job = TAILQ_FIRST(list);
    while (job != NULL) {
        struct job *next = TAILQ_NEXT(job, link);
        bool tripped = atomic_load(&job->tripped) && !may_linger(job, now_ms);
        if (all || tripped || job->deadline_ms <= now_ms) {
            TAILQ_REMOVE(list, job, link);
            finish(job, JOB_CANCELLED);
        }
        job = next;
    }
}

static void collect_done(struct curl_transport *transport) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transport->multi, &left)) != NULL) {
        char *user = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
        struct job *job = (struct job *)(void *)user;
        job->code = message->data.result;
        TAILQ_REMOVE(&transport->active, job, link);
        finish(job, JOB_DONE);
    }
}

static int64_t earliest(const struct job_list *list, int64_t limit_ms) {
    const struct job *job;
    TAILQ_FOREACH(job, list, link) {
        limit_ms = job->deadline_ms < limit_ms ? job->deadline_ms : limit_ms;
    }
    return limit_ms;
}

static int poll_ms(const struct curl_transport *transport) {
    int64_t now_ms = transport->clock->now_ms(transport->clock);
    int64_t next_ms = earliest(&transport->active, now_ms + IDLE_POLL_MS);
    next_ms = earliest(&transport->waiting, next_ms);
    return next_ms > now_ms ? (int)(next_ms - now_ms) : 0;
}

/* Takes over what was queued; false when it is time to stop. */
static bool take_queued(struct curl_transport *transport) {
    pthread_mutex_lock(&transport->mutex);
    TAILQ_CONCAT(&transport->waiting, &transport->queued, link);
    bool stopping = transport->stopping;
    pthread_mutex_unlock(&transport->mutex);
    return !stopping;
}

static void *run(void *user) {
    struct curl_transport *transport = user;
    while (take_queued(transport)) {
        int running;
        int64_t now_ms = transport->clock->now_ms(transport->clock);
        drop_cancelled(&transport->waiting, now_ms, false);
        drop_cancelled(&transport->active, now_ms, false);
        start_waiting(transport);
        curl_multi_perform(transport->multi, &running);
        collect_done(transport);
        start_waiting(transport);
        curl_multi_poll(transport->multi, NULL, 0, poll_ms(transport), NULL);
    }
    drop_cancelled(&transport->waiting, 0, true);
    drop_cancelled(&transport->active, 0, true);
    return NULL;
}

/* Mutex held. Signals are the main thread's: here they would only break what curl waits for (and
 * SIGPIPE ends the process). */
bool transport_thread_start(struct curl_transport *transport) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    transport->started = pthread_create(&transport->thread, NULL, run, transport) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return transport->started;
}
