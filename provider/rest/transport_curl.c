#include <stdlib.h>

#include "base/mem.h"
#include "base/platform.h"
#include "rest/header_block.h"
#include "rest/transport_curl_int.h"
#include "rest/url.h"

/* The caller's side: a request is checked, queued for the transport thread, and waited for. */

enum { IDLE_CONNECTIONS_MAX = 32, HEAD_CEILING = 64 * 1024, SETTINGS_CEILING = 64 * 1024 };

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
    if (header_value(request->headers, request->header_count, "Content-Type").len == 0) {
        add_line(job, "Content-Type:");
    }
    return true;
}

/* curl frees the lines without wiping; one of them is the credential. */
static void free_lines(struct job *job) {
    for (struct curl_slist *line = job->lines; line != NULL; line = line->next) {
        platform_wipe(line->data, strlen(line->data));
    }
    curl_slist_free_all(job->lines);
    job->lines = NULL;
}

/* The first of these variables that says anything, without the blanks and line breaks around it:
 * curl, which would ask for them itself in this order, takes them for a part of the host. */
static const char *from_environment(struct arena *arena, const char *const *names) {
    struct str text = STR_EMPTY;
    for (; text.len == 0 && *names != NULL; names++) {
        text = str_trim(str_of(getenv(*names)));
    }
    return text.len == 0 ? NULL : arena_str(arena, text).ptr;
}

static const char *const proxy_names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                          NULL};
static const char *const no_proxy_names[] = {"no_proxy", "NO_PROXY", NULL};

/* Plain http goes to this machine alone, and so needs no proxy of its own. */
static void find_proxy(struct job *job, struct arena *arena) {
    const char *usual = from_environment(arena, proxy_names);
    job->proxy = usual != NULL ? usual : "";
    if (job->loopback) {
        job->proxy = "";
    } else if (job->request->proxy.len > 0) {
        job->proxy = job->request->proxy.ptr;
    }
    job->no_proxy = from_environment(arena, no_proxy_names);
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
    job->repeatable = str_is_c(request->method, "GET");
    find_proxy(job, arena);
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
    } else if (!transport->started && !transport_thread_start(transport)) {
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

    job_outcome(&job, arena, out);
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
    if (settings->user_agent.len > 0) {
        transport->user_agent = arena_str(transport->settings, settings->user_agent).ptr;
    }
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
