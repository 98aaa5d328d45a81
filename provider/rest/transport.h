#ifndef REST_TRANSPORT_H
#define REST_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cancel.h"
#include "base/ctx.h"
#include "base/str.h"

struct http_header {
    struct str name;
    struct str value;
};

struct http_request {
    struct str method;
    struct str url; /* absolute, already percent-encoded */
    const struct http_header *headers;
    size_t header_count;
    struct str body; /* exact bytes; empty = no body */
    /* URL of the proxy, ends with a null byte; empty: the one of the environment, if any. Never for
     * this machine. */
    struct str proxy;
    int64_t timeout_ms;
    size_t max_response_bytes;
    /* A connection of its own, before and after: no late reply to another request can be taken for
     * the reply to this one, nor this one's for another's. For requests that change something. */
    bool own_connection;
    /* So long a request that has left is still listened to after its token was tripped: 0 = not at
     * all. */
    int64_t linger_ms;
};

struct http_response {
    int status;
    struct http_header *headers; /* in the order they came; names as they came */
    size_t header_count;
    struct str body;
};

enum transport_result {
    TRANSPORT_OK = 0,    /* a whole reply is there, whatever its status */
    TRANSPORT_NOT_SENT,  /* no byte of the request left: it certainly did not happen */
    TRANSPORT_UNCERTAIN, /* the request may have reached the cloud; no whole reply came back */
    /* will not work by trying again: TLS verification, plain http to another host, bad URL */
    TRANSPORT_REFUSED,
    TRANSPORT_TOO_LARGE, /* the reply passed max_response_bytes */
    /* the token was tripped or its deadline passed; `sent` says whether bytes had left */
    TRANSPORT_CANCELLED
};

struct transport_outcome {
    enum transport_result result;
    bool sent;         /* some byte of the request left this machine */
    bool timed_out;    /* nobody answered within the request's time */
    struct str detail; /* for messages: what the network said; never the query string or a header */
    struct http_response response; /* with TRANSPORT_OK; in the arena given to send */
};

/* Sends one request and blocks until it is decided. Implemented by transport_curl.c and by fakes
 * in tests. Any thread, many at once. Results live in `arena`. Redirects are not followed. */
struct transport {
    void (*send)(struct transport *self, const struct http_request *request, struct cancel *cancel,
                 struct arena *arena, struct transport_outcome *out);
    /* Ends what is under way as cancelled; no send may begin after it was called. */
    void (*free)(struct transport *self);
};

struct transport_settings {
    /* provider config caFile, or empty: SSL_CERT_FILE, SSL_CERT_DIR, the distributions' paths */
    struct str ca_file;
    struct str user_agent;
};

/* Opens a transport; the only way the layers above get one. On failure (no CA store and an https
 * base URL is discovered only at send time: then TRANSPORT_REFUSED with the fix) returns an
 * error in ctx. Copies the settings. The caller frees with transport->free. */
typedef enum err_code transport_open_fn(struct ctx *ctx, const struct transport_settings *settings,
                                        struct transport **out);

#endif
