#include "base/mem.h"
#include "rest/transport_curl_int.h"

/* One transfer: its options, and what curl calls while it runs. All of it in the transport thread.
 */

enum { CONNECT_TIMEOUT_MS = 10 * 1000 };

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

bool job_has_left(const struct job *job) {
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
    if (!job->repeatable && job_has_left(job)) {
        job->died = true;
        return CURL_PREREQFUNC_ABORT;
    }
    job->begun = true;
    return CURL_PREREQFUNC_OK;
}

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
    SET(job, CURLOPT_FRESH_CONNECT, job->request->own_connection ? 1L : 0L);
    SET(job, CURLOPT_FORBID_REUSE, job->request->own_connection ? 1L : 0L);
    SET(job, CURLOPT_PROXY, job->proxy);
    if (job->no_proxy != NULL) {
        SET(job, CURLOPT_NOPROXY, job->no_proxy);
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

bool job_take_handle(struct job *job) {
    job->easy = take_handle(job->transport);
    job->code = CURLE_OK;
    set_callbacks(job);
    set_manners(job);
    set_tls(job);
    set_request(job);
    return job->code == CURLE_OK;
}

void job_release_handle(struct job *job) {
    return_handle(job->transport, job->easy);
    job->easy = NULL;
}
