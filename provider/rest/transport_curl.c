#include "rest/transport_curl.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rest/ca_store.h"
#include "rest/header_block.h"
#include "rest/url.h"

enum {
    HOST_CONNECTIONS_MAX = 8,
    IDLE_CONNECTIONS_MAX = 32,
    IDLE_HANDLES_MAX = 16,
    CONNECT_TIMEOUT_MS = 10 * 1000,
    IDLE_POLL_MS = 60 * 60 * 1000,
    HEAD_CEILING = 64 * 1024,
    SETTINGS_CEILING = 64 * 1024
};

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
    struct str origin; /* host with port: what the limit of connections is for */
    struct curl_slist *lines;
    bool loopback;
    bool repeatable; /* curl may send it again when a kept connection turns out to be dead */
    int64_t deadline_ms;

    atomic_bool tripped;

    /* The transport thread's. */
    CURL *easy;
    bool begun; /* the request was about to be written */
    bool died;  /* a kept connection died under the request */
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

/* --- curl's callbacks, in the transport thread --- */

static size_t on_head(char *data, size_t size, size_t count, void *user) {
    struct job *job = user;
    buf_append(&job->head, (struct str){data, size * count});
    job->too_large = job->too_large || job->head.overflow;
    return job->head.overflow ? 0 : size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *user) {
    struct job *job = user;
    buf_append(&job->body, (struct str){data, size * count});
    job->too_large = job->too_large || job->body.overflow;
    return job->body.overflow ? 0 : size * count;
}

/* Through a proxy's tunnel this counts what was said to the proxy, too: rather uncertain than
 * wrong. */
static bool has_left(const struct job *job) {
    long written = 0;
    curl_easy_getinfo(job->easy, CURLINFO_REQUEST_SIZE, &written);
    return job->begun && written > 0;
}

/* Called before a request is written, on a new connection or a kept one. When a kept connection
 * dies before the reply, curl writes the request again on another: for a create that would be a
 * second one, so it is stopped here. */
static int on_begin(void *user, char *peer, char *local, int peer_port, int local_port) {
    struct job *job = user;
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    if (!job->repeatable && has_left(job)) {
        job->died = true;
        return CURL_PREREQFUNC_ABORT;
    }
    job->begun = true;
    return CURL_PREREQFUNC_OK;
}

/* --- setting up one transfer --- */

#define SET(job, option, value) \
    ((job)->code =              \
         (job)->code != CURLE_OK ? (job)->code : curl_easy_setopt((job)->easy, (option), (value)))

static void set_callbacks(struct job *job) {
    SET(job, CURLOPT_PRIVATE, job);
    SET(job, CURLOPT_ERRORBUFFER, job->error);
    SET(job, CURLOPT_HEADERFUNCTION, on_head);
    SET(job, CURLOPT_HEADERDATA, job);
    SET(job, CURLOPT_WRITEFUNCTION, on_body);
    SET(job, CURLOPT_WRITEDATA, job);
    SET(job, CURLOPT_PREREQFUNCTION, on_begin);
    SET(job, CURLOPT_PREREQDATA, job);
}

static void set_manners(struct job *job) {
    int64_t timeout_ms = job->request->timeout_ms > 0 ? job->request->timeout_ms : 1;
    SET(job, CURLOPT_NOSIGNAL, 1L);
    /* Without it, removing a handle waits for its stalled name look-up. */
    SET(job, CURLOPT_QUICK_EXIT, 1L);
    SET(job, CURLOPT_PATH_AS_IS, 1L);
    SET(job, CURLOPT_FOLLOWLOCATION, 0L);
    SET(job, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(job, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    /* The same in every build, whether curl knows HTTP/2 or not. */
    SET(job, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(job, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(job, CURLOPT_TCP_KEEPALIVE, 1L);
    SET(job, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    SET(job, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    if (job->loopback) {
        SET(job, CURLOPT_PROXY, "");
    }
    if (job->transport->user_agent != NULL) {
        SET(job, CURLOPT_USERAGENT, job->transport->user_agent);
    }
}

/* NULL takes away what curl was built with: it must not be trusted beside what was configured. */
static const char *text_or_null(struct str text) {
    return text.len > 0 ? text.ptr : NULL;
}

static void set_tls(struct job *job) {
    const struct ca_store *ca = &job->transport->ca;
    SET(job, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(job, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(job, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(job, CURLOPT_CAINFO, text_or_null(ca->file));
    SET(job, CURLOPT_CAPATH, text_or_null(ca->directory));
    /* For an HTTPS proxy. Not every build of curl has them, and then nothing needs them. */
    curl_easy_setopt(job->easy, CURLOPT_PROXY_CAINFO, text_or_null(ca->file));
    curl_easy_setopt(job->easy, CURLOPT_PROXY_CAPATH, text_or_null(ca->directory));
}

static void set_request(struct job *job) {
    const struct http_request *request = job->request;
    bool has_content = request->body.len > 0 || str_is_c(request->method, "POST") ||
                       str_is_c(request->method, "PUT") || str_is_c(request->method, "PATCH");
    SET(job, CURLOPT_URL, job->url);
    SET(job, CURLOPT_HTTPHEADER, job->lines);
    if (has_content) {
        SET(job, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(job, CURLOPT_POSTFIELDS, request->body.len > 0 ? request->body.ptr : "");
    } else if (str_is_c(request->method, "HEAD")) {
        SET(job, CURLOPT_NOBODY, 1L);
    } else {
        SET(job, CURLOPT_HTTPGET, 1L);
    }
    SET(job, CURLOPT_CUSTOMREQUEST, job->method);
}

static CURL *take_handle(struct curl_transport *transport) {
    if (transport->pool_count > 0) {
        return transport->pool[--transport->pool_count];
    }
    CURL *easy = curl_easy_init();
    if (easy == NULL) {
        mem_die("curl_easy_init");
    }
    return easy;
}

static void return_handle(struct curl_transport *transport, CURL *easy) {
    /* Forgets the options and with them curl's copies of the credentials. */
    curl_easy_reset(easy);
    if (transport->pool_count < IDLE_HANDLES_MAX) {
        transport->pool[transport->pool_count++] = easy;
    } else {
        curl_easy_cleanup(easy);
    }
}

/* --- the transport thread --- */

static void finish(struct job *job, enum job_end end) {
    struct curl_transport *transport = job->transport;
    if (job->easy != NULL) {
        job->sent = has_left(job);
        curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &job->status);
        curl_multi_remove_handle(transport->multi, job->easy);
        return_handle(transport, job->easy);
        job->easy = NULL;
    }
    job->end = end;
    pthread_mutex_lock(&transport->mutex);
    job->finished = true;
    pthread_cond_signal(&job->done);
    /* From here on the job may be gone. */
    pthread_mutex_unlock(&transport->mutex);
}

static bool start(struct curl_transport *transport, struct job *job) {
    job->easy = take_handle(transport);
    job->code = CURLE_OK;
    set_callbacks(job);
    set_manners(job);
    set_tls(job);
    set_request(job);
    if (job->code == CURLE_OK && curl_multi_add_handle(transport->multi, job->easy) != CURLM_OK) {
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

static void drop_cancelled(struct job_list *list, int64_t now_ms, bool all) {
    struct job *job = TAILQ_FIRST(list);
    while (job != NULL) {
        struct job *next = TAILQ_NEXT(job, link);
        if (all || atomic_load(&job->tripped) || job->deadline_ms <= now_ms) {
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
static bool start_thread(struct curl_transport *transport) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    transport->started = pthread_create(&transport->thread, NULL, run, transport) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return transport->started;
}

/* --- the caller's side --- */

static void on_trip(struct cancel_listener *self) {
    struct job *job = (struct job *)self;
    atomic_store(&job->tripped, true);
    curl_multi_wakeup(job->transport->multi);
}

static bool is_token(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!url_is_plain(text.ptr[i], "!#$&'*+^`|")) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_line(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static void add_line(struct job *job, const char *line) {
    struct curl_slist *longer = curl_slist_append(job->lines, line);
    if (longer == NULL) {
        mem_die("a header line");
    }
    job->lines = longer;
}

static bool has_header(const struct http_request *request, const char *name) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_is_nocase(request->headers[i].name, str_of(name))) {
            return true;
        }
    }
    return false;
}

/* False when one of them would break out of its line. "Name;" is curl's way to send an empty
 * value, "Name:" to send none. */
static bool add_lines(struct job *job, struct arena *arena) {
    const struct http_request *request = job->request;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (!is_token(header->name) || !is_line(header->value)) {
            return false;
        }
        bool empty = str_trim(header->value).len == 0;
        add_line(job, arena_printf(arena, "%.*s%s%.*s", STR_ARG(header->name), empty ? ";" : ": ",
                                   STR_ARG(empty ? STR_EMPTY : header->value))
                          .ptr);
    }
    add_line(job, "Expect:");
    if (!has_header(request, "Content-Type")) {
        add_line(job, "Content-Type:");
    }
    return true;
}

/* curl frees the lines without wiping; one of them is the credential. */
static void free_lines(struct job *job) {
    for (struct curl_slist *line = job->lines; line != NULL; line = line->next) {
        explicit_bzero(line->data, strlen(line->data));
    }
    curl_slist_free_all(job->lines);
    job->lines = NULL;
}

/* NULL when the request may go; else why not. */
static const char *prepare(struct job *job, struct arena *arena) {
    const struct http_request *request = job->request;
    const struct curl_transport *transport = job->transport;
    struct url_parts url;
    if (!url_split(request->url, &url) || !is_token(request->method)) {
        return "the address is not an http or https URL that can be used";
    }
    job->loopback = url_is_loopback(&url);
    if (!url_is_https(&url) && !job->loopback) {
        return "plain http is used for addresses of this machine only: configure an address that "
               "begins with https://";
    }
    if (url_is_https(&url) && transport->ca.problem.len > 0) {
        return transport->ca.problem.ptr;
    }
    job->url = arena_str(arena, request->url).ptr;
    job->method = arena_str(arena, request->method).ptr;
    job->origin = url_host_header(arena, &url);
    job->repeatable = str_is_c(request->method, "GET") || str_is_c(request->method, "HEAD");
    return add_lines(job, arena) ? NULL
                                 : "a header holds a line break or another control character";
}

static void enter(struct curl_transport *transport) {
    pthread_mutex_lock(&transport->mutex);
    transport->senders++;
    pthread_mutex_unlock(&transport->mutex);
}

static void leave(struct curl_transport *transport) {
    pthread_mutex_lock(&transport->mutex);
    transport->senders--;
    if (transport->senders == 0) {
        pthread_cond_broadcast(&transport->idle);
    }
    pthread_mutex_unlock(&transport->mutex);
}

/* Blocks until the job is finished. */
static void pass_through(struct curl_transport *transport, struct job *job) {
    pthread_mutex_lock(&transport->mutex);
    if (transport->stopping) {
        job->end = JOB_CANCELLED;
    } else if (!transport->started && !start_thread(transport)) {
        job->code = CURLE_FAILED_INIT;
        job->end = JOB_DONE;
    } else {
        TAILQ_INSERT_TAIL(&transport->queued, job, link);
        curl_multi_wakeup(transport->multi);
        while (!job->finished) {
            pthread_cond_wait(&job->done, &transport->mutex);
        }
    }
    pthread_mutex_unlock(&transport->mutex);
}

/* What will not get better by trying again, as long as nothing was sent. */
static bool is_refusal(CURLcode code) {
    switch ((int)code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED:
        return true;
    default:
        return false;
    }
}

static enum transport_result result_of(const struct job *job) {
    if (job->end == JOB_CANCELLED) {
        return TRANSPORT_CANCELLED;
    }
    if (job->code == CURLE_OK) {
        return TRANSPORT_OK;
    }
    if (job->too_large) {
        return TRANSPORT_TOO_LARGE;
    }
    if (job->sent) {
        return TRANSPORT_UNCERTAIN;
    }
    return is_refusal(job->code) ? TRANSPORT_REFUSED : TRANSPORT_NOT_SENT;
}

/* What curl says never has the query in it today; should that change, its general sentence
 * serves. */
static struct str curl_text(const struct job *job, struct arena *arena) {
    struct str text = str_trim(str_of(job->error));
    struct url_parts url;
    if (text.len == 0 || (url_split(job->request->url, &url) && url.query.len > 0 &&
                          str_find(text, url.query) >= 0)) {
        text = str_of(curl_easy_strerror(job->code));
    }
    return arena_str(arena, text);
}

static struct str detail_of(const struct job *job, struct arena *arena) {
    if (job->end == JOB_CANCELLED) {
        return STR("cancelled");
    }
    if (job->died) {
        return STR("the connection was closed before a reply came");
    }
    if (job->code == CURLE_PEER_FAILED_VERIFICATION) {
        return arena_printf(arena,
                            "%.*s; if the server is to be trusted, name its certificate authority "
                            "in caFile",
                            STR_ARG(curl_text(job, arena)));
    }
    return curl_text(job, arena);
}

static void take_outcome(struct job *job, struct arena *arena, struct transport_outcome *out) {
    out->result = result_of(job);
    out->sent = job->sent || job->code == CURLE_OK;
    if (out->result == TRANSPORT_OK) {
        out->response.status = (int)job->status;
        header_block_parse(arena, buf_str(&job->head), &out->response);
        out->response.body = arena_str(arena, buf_str(&job->body));
    } else {
        out->sent = job->sent;
        out->detail = detail_of(job, arena);
    }
}

static void transport_send(struct transport *self, const struct http_request *request,
                           struct cancel *cancel, struct arena *arena,
                           struct transport_outcome *out) {
    struct curl_transport *transport = (struct curl_transport *)self;
    struct job job = {.listener = {.on_trip = on_trip}, .transport = transport, .request = request};
    *out = (struct transport_outcome){.result = TRANSPORT_CANCELLED, .detail = STR("cancelled")};
    if (cancel_state(cancel) != CANCEL_NONE) {
        return;
    }
    const char *problem = prepare(&job, arena);
    if (problem != NULL) {
        free_lines(&job);
        *out = (struct transport_outcome){.result = TRANSPORT_REFUSED,
                                          .detail = arena_str(arena, str_of(problem))};
        return;
    }
    job.deadline_ms = cancel_deadline(cancel);
    clock_cond_init(&job.done);
    buf_init(&job.head, HEAD_CEILING);
    buf_init(&job.body, request->max_response_bytes);

    enter(transport);
    cancel_listen(cancel, &job.listener);
    pass_through(transport, &job);
    cancel_unlisten(cancel, &job.listener);
    leave(transport);

    take_outcome(&job, arena, out);
    buf_cleanup(&job.body);
    buf_cleanup(&job.head);
    pthread_cond_destroy(&job.done);
    free_lines(&job);
}

static void stop_thread(struct curl_transport *transport) {
    pthread_mutex_lock(&transport->mutex);
    transport->stopping = true;
    bool started = transport->started;
    pthread_mutex_unlock(&transport->mutex);
    if (started) {
        curl_multi_wakeup(transport->multi);
        pthread_join(transport->thread, NULL);
    }
    pthread_mutex_lock(&transport->mutex);
    while (transport->senders > 0) {
        pthread_cond_wait(&transport->idle, &transport->mutex);
    }
    pthread_mutex_unlock(&transport->mutex);
}

static void transport_free(struct transport *self) {
    struct curl_transport *transport = (struct curl_transport *)self;
    if (transport == NULL) {
        return;
    }
    stop_thread(transport);
    for (size_t i = 0; i < transport->pool_count; i++) {
        curl_easy_cleanup(transport->pool[i]);
    }
    curl_multi_cleanup(transport->multi);
    pthread_cond_destroy(&transport->idle);
    pthread_mutex_destroy(&transport->mutex);
    arena_free(transport->settings);
    mem_free(transport);
}

bool transport_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

enum err_code transport_curl_open(struct ctx *ctx, const struct transport_settings *settings,
                                  struct transport **out) {
    CURLM *multi = curl_multi_init();
    if (multi == NULL) {
        return ctx_fail(ctx, ERR_INTERNAL, "the HTTP client cannot be set up");
    }
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HOST_CONNECTIONS_MAX);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS_MAX);
    struct curl_transport *transport = MEM_NEW(struct curl_transport);
    transport->base = (struct transport){.send = transport_send, .free = transport_free};
    transport->clock = ctx->clock;
    transport->settings = arena_new(SETTINGS_CEILING);
    transport->user_agent = text_or_null(arena_str(transport->settings, settings->user_agent));
    ca_store_find(transport->settings, settings->ca_file, &transport->ca);
    transport->multi = multi;
    pthread_mutex_init(&transport->mutex, NULL);
    clock_cond_init(&transport->idle);
    TAILQ_INIT(&transport->queued);
    TAILQ_INIT(&transport->waiting);
    TAILQ_INIT(&transport->active);
    *out = &transport->base;
    return ERR_OK;
}
