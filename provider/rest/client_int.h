#ifndef REST_CLIENT_INT_H
#define REST_CLIENT_INT_H

#include "rest/client.h"
#include "rest/response.h"
#include "rest/url.h"

/* What the parts of one rest_call share; for client*.c alone. */

/* One rest_call. What lives as long as it does is in `kept`, what lives as long as one try in
 * `scratch`; only what the caller gets goes to ctx->arena. */
struct client_call {
    struct ctx *ctx;
    const struct rest_session *session;
    const struct rest_service *service;
    const struct operation *operation;
    const struct retry_policy *policy;
    struct arena *kept;
    struct arena *scratch;
    struct http_request request; /* without credentials */
    struct url_parts url;
    struct str host; /* with its port, for messages */
    struct sign_credential credential;
    struct rest_reply *reply;
    int tries;
    int throttled;        /* of them, those that cost only time */
    int64_t skew_seconds; /* by which the last signature's time was corrected */
    bool renewed;
    bool maybe_done; /* some try so far may have been carried out */
};

/* What one try came to. */
struct client_attempt {
    struct transport_outcome outcome;
    struct response_details details; /* with TRANSPORT_OK */
    enum failure_class class;
    const struct failure_row *row; /* or NULL */
    bool sent;
    bool maybe_done;
    bool clock_corrected; /* sign it anew */
    bool last;            /* another try would end the same way */
};

/* When a service that asks to slow down is given up, in the clock's now_ms. */
int64_t client_patience_ms(const struct client_call *call);
/* Does the operation carry the session's credential? */
bool client_is_signed(const struct client_call *call);

/* Authorizes, signs, sends and classifies once. ERR_OK when the try came to something, good or bad;
 * else the call is over and ctx->error is set. Blocking, cancellable. */
enum err_code client_try(struct client_call *call, struct client_attempt *attempt) MUST_USE;

/* How a call ends: each fills the reply, the failures ctx->error, with copies in ctx->arena. */
enum err_code client_succeed(struct client_call *call,
                             const struct client_attempt *attempt) MUST_USE;
enum err_code client_fail(struct client_call *call, const struct client_attempt *attempt) MUST_USE;
enum err_code client_fail_cancelled(struct client_call *call, enum cancel_reason reason) MUST_USE;
/* Not sent, because the service has asked to slow down for longer than the call may take. */
enum err_code client_fail_held(struct client_call *call, int64_t held_ms) MUST_USE;
/* Not sent, because the credential was refused before. */
enum err_code client_fail_closed(struct client_call *call) MUST_USE;

#endif
