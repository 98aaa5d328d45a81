#ifndef REST_CLIENT_H
#define REST_CLIENT_H

#include "base/ctx.h"
#include "base/value.h"
#include "rest/gate.h"
#include "rest/limiter.h"
#include "rest/observer.h"
#include "rest/retry.h"
#include "rest/sign.h"
#include "rest/skew.h"
#include "rest/transport.h"

/* How the message about a request of unknown end advises who repeats it, before its full stop. */
#define CLIENT_LOOK_FIRST ": look before repeating it"

/* One query parameter of an operation: a literal or a template; a template whose parameter is
 * unset leaves the whole parameter out when `optional`. */
struct operation_query {
    const char *name;
    const char *template;
    bool optional;
};

/* One row of a cloud's operation table. Templates: "{name}" inserts the parameter
 * percent-encoded as one segment, "{+name}" inserts it as it is (a ready path prefix). */
struct operation {
    const char *name;  /* "create" */
    const char *doing; /* for messages: "creating the endpoint" */
    const char *method;
    const char *host; /* key of the session's base URLs: "api" */
    const char *path;
    const struct operation_query *query;
    size_t query_count;
    const struct operation_query *body; /* fields the body always has: literals or "{parameter}" */
    size_t body_count;
    /* dotted path of the part of the reply that is meant, or NULL for all of it */
    const char *result;
    /* dotted path that a success has, or NULL; a reply without it counts as no whole reply */
    const char *must_have;
    enum operation_repeat repeat;
    bool unsigned_call;       /* no credentials */
    const char *sign_service; /* named by its signature instead of the session's, or NULL */
    const char
        *credential; /* config key of a bearer token it takes instead of the session's, or NULL */
    int64_t timeout_ms;
};

/* Where a cloud's replies keep their error details; NULL-terminated lists of dotted paths, first
 * that holds text wins. A path that ends in "[]" looks into the first element of a list. */
struct error_shape {
    const char *const *code;
    bool coded; /* each failure of the service has one: words alone are somebody's on the way */
    const char *const *message;
    const char *const *details; /* maps of field -> texts, appended flattened */
    bool field_in_code;
    bool field_in_message;
    const char *const *request_id;
    const char *const *request_id_headers;
    const char *const *message_headers;
    const char *const *code_headers;
    /* A 2xx reply is a failure all the same when one of these holds text, or a number >= 400. */
    const char *const *failure_in_success;
    /* The query parameter that replies repeat and the dotted path where they do, or NULL twice: a
     * reply that has another text there answers another request. */
    const char *echoed;
    const char *echo;
};

/* Everything constant about one cloud's REST side. */
struct rest_service {
    const char *title; /* "Hugging Face" */
    const struct error_shape *errors;
    const struct failure_row *failures;
    size_t failure_count;
    const struct retry_policy *retry;
    const struct http_header *headers; /* sent with every request */
    size_t header_count;
    size_t max_response_bytes;
};

/* Gives leave to send a request again that may have been carried out. Embedded by who has to look
 * first; called by rest_call on its own thread, may block. */
struct rest_guard {
    bool (*allows)(struct rest_guard *self);
};

struct rest_base_url {
    const char *key;
    struct str url; /* without a trailing slash */
};

/* One account at one cloud, as one call uses it. The session is that call's own, which may complete
 * it between two requests; what it points to is shared with other calls, and the owner keeps it
 * alive. */
struct rest_session {
    const struct rest_service *service;
    struct transport *transport;
    struct limiter *limiter;
    struct skew *skew;              /* of the clock that signatures take their time from, or NULL */
    struct rest_observer *observer; /* or NULL */
    struct gate *gate;              /* before a credential that must not be tried often; or NULL */
    const struct sign_scheme *scheme;
    struct sign_credential credential;
    const struct rest_base_url *base_urls;
    size_t base_url_count;
    struct str proxy;                  /* see http_request */
    const struct http_header *headers; /* sent with every request, beside the service's */
    size_t header_count;
    /* Called before each attempt when set: may replace the credential (a token bought for a
     * password). */
    enum err_code (*authorize)(struct ctx *ctx, const struct rest_session *session,
                               struct sign_credential *credential);
    /* Called once after FAILURE_AUTH when set: true = the credential was renewed, try once more. */
    bool (*renew)(struct ctx *ctx, const struct rest_session *session,
                  const struct sign_credential *used);
    void *user;                       /* for the two hooks */
    struct rest_guard *guard;         /* or NULL: a refused repetition ends the call as failed */
    int64_t linger_ms;                /* of its requests, see http_request */
    const struct retry_policy *retry; /* overrides the service's, or NULL */
    /* Until when (clock's now_ms) a service that asks to slow down is asked again, however many
     * tries that takes; 0: the policy's number of tries rules. */
    int64_t throttle_until_ms;
    double (*random)(void); /* [0, 1); NULL = the system's */
};

struct rest_reply {
    int status;               /* 0 when no reply came */
    const struct value *body; /* parsed JSON; NULL when the reply holds none */
    /* body, or the part that operation.result names; NULL when missing */
    const struct value *result;
    struct str text;             /* the raw reply */
    struct http_header *headers; /* as they came */
    size_t header_count;
    enum failure_class class;
    const struct failure_row *row; /* that the failure fits, or NULL */
    bool maybe_done; /* failed, but the cloud may have carried it out: look before repeating */
    bool is_held;    /* not sent, because the service has refused the credential before */
    struct str request_id;
    int64_t date_seconds; /* when it was sent, by the service's clock; 0 when it does not say */
};

/* Builds, signs (anew for each try), sends, classifies, retries. Results live in ctx->arena,
 * attempts in a scratch arena. `params` is a map of strings or numbers for the templates; `body`
 * NULL for none. On failure fills ctx->error (cloud, operation, code, message, request id, hint)
 * and *reply. Blocking, cancellable, any thread. */
enum err_code rest_call(struct ctx *ctx, const struct rest_session *session,
                        const struct operation *operation, const struct value *params,
                        const struct value *body, struct rest_reply *reply) MUST_USE;

#endif
