#ifndef REST_TRANSPORT_CURL_INT_H
#define REST_TRANSPORT_CURL_INT_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "rest/ca_store.h"
#include "rest/transport_curl.h"

/* What the parts of the curl transport share; for transport_curl*.c alone. */

enum { HOST_CONNECTIONS_MAX = 8, IDLE_HANDLES_MAX = 16 };

enum job_end { JOB_DONE, JOB_CANCELLED };

/* One request on its way; lives on the stack of the thread that called send. From being queued
 * until `finished` it belongs to the transport thread, but for `tripped` and the constant part. */
struct job {
    struct cancel_listener listener; /* first: on_trip gets back to the job by it */
    struct curl_transport *transport;
    TAILQ_ENTRY(job) link;

    /* Constant once queued; NUL-terminated texts in the caller's arena. */
    const struct http_request *request;
    const char *url;
    const char *method;
    struct str origin;    /* host with port: what the limit of connections is for */
    const char *proxy;    /* "": none */
    const char *no_proxy; /* the hosts that go without it; NULL: none */
    struct curl_slist *lines;
    bool loopback;
    bool repeatable; /* curl may send it again when a kept connection turns out to be dead */

    atomic_bool tripped;

    /* The transport thread's. */
    CURL *easy;
    int64_t deadline_ms;
    bool lingers; /* tripped, and its answer is waited for until the deadline */
    bool begun;   /* the request was about to be written */
    bool died;    /* a kept connection died under the request */
    bool too_large;
    struct buf head;
    struct buf body;
    char error[CURL_ERROR_SIZE];

    /* Results; read by the caller once `finished`, which the transport's mutex guards. */
    enum job_end end;
    CURLcode code;
    long status;
    bool sent;
    bool finished;
    pthread_cond_t done;
};

TAILQ_HEAD(job_list, job);

struct curl_transport {
    struct transport base; /* first: what callers hold */
    const struct clock *clock;
    struct arena *settings; /* constant after open */
    const char *user_agent;
    struct ca_store ca;
    CURLM *multi;

    pthread_mutex_t mutex;
    pthread_cond_t idle;    /* the last sender has left */
    struct job_list queued; /* not yet seen by the thread */
    size_t senders;
    bool started;
    bool stopping;
    pthread_t thread;

    /* The thread's alone. */
    struct job_list waiting; /* for a connection to their host */
    struct job_list active;
    CURL *pool[IDLE_HANDLES_MAX];
    size_t pool_count;
};

/* Whether anything of the request may have reached a server. Through a proxy's tunnel this counts
 * what was said to the proxy, too: rather uncertain than wrong. In the transport thread, while the
 * job has its handle. */
bool job_has_left(const struct job *job);
/* Gives the job a handle of the pool with all its options. In the transport thread. On failure
 * job->code says why, and the handle stays with the job until job_release_handle. */
bool job_take_handle(struct job *job);
/* Takes the job's handle back into the pool. In the transport thread; the handle is in no multi any
 * more. */
void job_release_handle(struct job *job);

/* Starts the transport thread, which runs until `stopping`. With the transport's mutex held; false
 * when the system gives no thread. */
bool transport_thread_start(struct curl_transport *transport);

/* What became of a finished job, with copies in the arena. In the caller's thread. */
void job_outcome(struct job *job, struct arena *arena, struct transport_outcome *out);

#endif
