#include "rest/client.h"

#include "base/digest.h"
#include "rest/request.h"
#include "rest/response.h"
#include "rest/url.h"

enum { CALL_CEILING = 32 * 1024 * 1024, SCRATCH_CEILING = 64 * 1024 * 1024 };

static const struct retry_policy no_retry = {.max_tries = 1};

/* One rest_call. What lives as long as it does is in `kept`, what lives as long as one try in
 * `scratch`; only what the caller gets goes to ctx->arena. */
struct call {
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
    bool renewed;
    bool maybe_done; /* some try so far may have been carried out */
};

/* What one try came to. */
struct attempt {
    struct transport_outcome outcome;
    struct response_details details; /* with TRANSPORT_OK */
    enum failure_class class;
    const struct failure_row *row; /* or NULL */
    bool sent;
    bool maybe_done;
    bool last; /* another try would end the same way */
};

static bool changes_something(const struct call *call) {
    return call->operation->repeat != REPEAT_SAFE;
}

static bool is_signed(const struct call *call) {
    return !call->operation->unsigned_call && call->session->scheme != NULL;
}

/* --- one try --- */

/* The hook may call the cloud itself, so it runs before a place is taken from the limiter. */
static enum err_code authorize(struct call *call) {
    call->credential = call->session->credential;
    if (!is_signed(call) || call->session->authorize == NULL) {
        return ERR_OK;
    }
    enum err_code err = call->session->authorize(call->ctx, call->session, &call->credential);
    if (err == ERR_UNAVAILABLE || err == ERR_EXHAUSTED) {
        call->reply->class = FAILURE_TRANSIENT;
    } else if (err != ERR_OK && err != ERR_CANCELLED && err != ERR_DEADLINE) {
        call->reply->class = FAILURE_AUTH;
    }
    return err;
}

static enum err_code sign(struct call *call, struct http_request *request) {
    struct ctx scratch_ctx = *call->ctx;
    if (!is_signed(call)) {
        return ERR_OK;
    }
    scratch_ctx.arena = call->scratch;
    int64_t wall_seconds = call->ctx->clock->wall_seconds(call->ctx->clock);
    enum err_code err =
        sign_request(&scratch_ctx, call->session->scheme, &call->credential, wall_seconds, request);
    if (err != ERR_OK) {
        call->reply->class = FAILURE_AUTH;
        return ctx_fail(call->ctx, err, "%s: %s: %.*s", call->service->title,
                        call->operation->doing, STR_ARG(scratch_ctx.error.message));
    }
    return ERR_OK;
}

static void log_attempt(const struct call *call, const struct attempt *attempt,
                        int64_t duration_ms) {
    const struct log *log = &call->ctx->log;
    if (attempt->outcome.result == TRANSPORT_OK) {
        log_debug(log, "%s %.*s%.*s: HTTP %d in %lld ms, try %d, request id %.*s",
                  call->operation->method, STR_ARG(call->host), STR_ARG(call->url.path),
                  attempt->outcome.response.status, (long long)duration_ms, call->tries,
                  STR_ARG(attempt->details.request_id));
    } else {
        log_debug(log, "%s %.*s%.*s: no reply after %lld ms, try %d: %.*s", call->operation->method,
                  STR_ARG(call->host), STR_ARG(call->url.path), (long long)duration_ms, call->tries,
                  STR_ARG(attempt->outcome.detail));
    }
}

static bool is_redirect(int status) {
    return status >= 300 && status < 400;
}

/* 503 means "later" when the service itself says so, and "who knows" when a gateway does. */
static enum failure_class settle_503(enum failure_class class, const struct attempt *attempt) {
    if (class == FAILURE_THROTTLED && !attempt->details.envelope) {
        return FAILURE_TRANSIENT;
    }
    if (class == FAILURE_TRANSIENT && attempt->details.envelope && attempt->row == NULL) {
        return FAILURE_THROTTLED;
    }
    return class;
}

static void classify_reply(const struct call *call, struct attempt *attempt) {
    const struct response_details *details = &attempt->details;
    response_decode(call->scratch, call->service->errors, &call->ctx->redact,
                    &attempt->outcome.response, call->ctx->clock->wall_seconds(call->ctx->clock),
                    &attempt->details);
    attempt->sent = true;
    if (!details->failed) {
        return;
    }
    if (is_redirect(details->status)) {
        /* "See other" answers what has been done; the other ones answer what has not. */
        attempt->class = FAILURE_CLIENT;
        attempt->maybe_done = details->status == 303;
        return;
    }
    if (details->broken || details->status < 200) {
        attempt->class = FAILURE_TRANSIENT;
        attempt->maybe_done = true;
        return;
    }
    attempt->class =
        failure_classify(call->service->failures, call->service->failure_count, details->status,
                         details->code, details->message, call->operation->name, &attempt->row);
    if (details->status == 503) {
        attempt->class = settle_503(attempt->class, attempt);
    }
    attempt->maybe_done = attempt->class == FAILURE_TRANSIENT;
}

static void classify(const struct call *call, struct attempt *attempt) {
    attempt->sent = attempt->outcome.sent;
    switch (attempt->outcome.result) {
    case TRANSPORT_OK:
        classify_reply(call, attempt);
        break;
    case TRANSPORT_NOT_SENT:
        attempt->class = FAILURE_TRANSIENT;
        attempt->sent = false;
        break;
    case TRANSPORT_UNCERTAIN:
        attempt->class = FAILURE_TRANSIENT;
        attempt->sent = true;
        attempt->maybe_done = true;
        break;
    case TRANSPORT_REFUSED:
        attempt->class = FAILURE_CLIENT;
        attempt->maybe_done = attempt->sent;
        break;
    case TRANSPORT_TOO_LARGE:
        attempt->class = FAILURE_TRANSIENT;
        attempt->sent = true;
        attempt->maybe_done = true;
        attempt->last = true;
        break;
    case TRANSPORT_CANCELLED:
        attempt->class = FAILURE_TRANSIENT;
        attempt->maybe_done = attempt->sent;
        break;
    }
    attempt->maybe_done = attempt->maybe_done && changes_something(call);
}

static enum err_code fail_cancelled(struct call *call, enum cancel_reason reason) {
    struct ctx *ctx = call->ctx;
    struct str what =
        arena_printf(ctx->arena, "%s: %s", call->service->title, call->operation->doing);
    /* The transport may have been stopped with the process while the token was not tripped. */
    reason = reason == CANCEL_NONE ? CANCEL_TRIPPED : reason;
    enum err_code err = ctx_fail_cancelled(ctx, reason, what.ptr);
    call->reply->class = FAILURE_TRANSIENT;
    if (call->maybe_done) {
        ctx->error.message =
            arena_printf(ctx->arena, "%.*s; it may have been carried out all the same",
                         STR_ARG(ctx->error.message));
    }
    return err;
}

static enum gate_result judge_credential(const struct attempt *attempt) {
    if (attempt->outcome.result != TRANSPORT_OK) {
        return GATE_UNTOLD;
    }
    if (attempt->class != FAILURE_AUTH) {
        /* A failure may come from somebody on the way who never looked at the credential. */
        return attempt->class == FAILURE_NONE ? GATE_GOOD : GATE_UNTOLD;
    }
    int status = attempt->details.status;
    return status == 401 || status == 403 ? GATE_BAD : GATE_DOUBTFUL;
}

static enum err_code fail_closed(struct call *call) {
    call->reply->class = FAILURE_AUTH;
    return ctx_fail(
        call->ctx, ERR_UNAUTHENTICATED,
        "%s: %s: not sent, because the service has refused these credentials before; mend them and run again",
        call->service->title, call->operation->doing);
}

static void send_once(struct call *call, const struct http_request *request,
                      struct attempt *attempt) {
    const struct clock *clock = call->ctx->clock;
    int64_t start_ms = clock->now_ms(clock);
    call->tries++;
    call->session->transport->send(call->session->transport, request, call->ctx->cancel,
                                   call->scratch, &attempt->outcome);
    classify(call, attempt);
    call->maybe_done = call->maybe_done || attempt->maybe_done;
    log_attempt(call, attempt, clock->now_ms(clock) - start_ms);
}

static enum err_code send_through_gate(struct call *call, const struct http_request *request,
                                       struct attempt *attempt) {
    struct gate *gate = is_signed(call) ? call->session->gate : NULL;
    if (gate == NULL) {
        send_once(call, request, attempt);
        return ERR_OK;
    }
    enum gate_pass pass = gate_enter(gate, call->ctx->cancel);
    switch (pass) {
    case GATE_CLOSED:
        return fail_closed(call);
    case GATE_CANCELLED:
        return fail_cancelled(call, cancel_state(call->ctx->cancel));
    case GATE_OPEN:
    case GATE_PROBE:
        break;
    }
    send_once(call, request, attempt);
    gate_leave(gate, pass, judge_credential(attempt));
    return ERR_OK;
}

/* ERR_OK when the try came to something, good or bad; else the call is over and ctx->error is
 * set. */
static enum err_code try_once(struct call *call, struct attempt *attempt) {
    struct http_request request = call->request;
    struct limiter *limiter = call->session->limiter;
    TRY(authorize(call));
    enum cancel_reason reason = limiter != NULL ? limiter_acquire(limiter, call->ctx->cancel)
                                                : cancel_state(call->ctx->cancel);
    if (reason != CANCEL_NONE) {
        return fail_cancelled(call, reason);
    }
    enum err_code err = sign(call, &request);
    if (err == ERR_OK) {
        err = send_through_gate(call, &request, attempt);
    }
    if (limiter != NULL) {
        limiter_release(limiter);
    }
    if (err == ERR_OK && attempt->outcome.result == TRANSPORT_CANCELLED) {
        return fail_cancelled(call, cancel_state(call->ctx->cancel));
    }
    return err;
}

/* --- how a call ends --- */

static void copy_headers(struct arena *arena, const struct http_response *response,
                         struct rest_reply *reply) {
    reply->headers = ARENA_ARRAY(arena, response->header_count, struct http_header);
    reply->header_count = response->header_count;
    for (size_t i = 0; i < response->header_count; i++) {
        reply->headers[i] = (struct http_header){
            .name = arena_str(arena, response->headers[i].name),
            .value = arena_str(arena, response->headers[i].value),
        };
    }
}

static void fill_reply(struct call *call, const struct attempt *attempt) {
    struct rest_reply *reply = call->reply;
    struct arena *arena = call->ctx->arena;
    if (attempt->outcome.result != TRANSPORT_OK) {
        return;
    }
    reply->status = attempt->details.status;
    reply->request_id = arena_str(arena, attempt->details.request_id);
    reply->text = arena_str(arena, attempt->outcome.response.body);
    copy_headers(arena, &attempt->outcome.response, reply);
    if (attempt->details.body != NULL) {
        reply->body = value_copy(arena, attempt->details.body);
    }
}

static enum err_code succeed(struct call *call, const struct attempt *attempt) {
    fill_reply(call, attempt);
    call->maybe_done = false;
    call->reply->result = call->operation->result == NULL
                              ? call->reply->body
                              : value_at(call->reply->body, call->operation->result);
    return ERR_OK;
}

/* Without the full stop that the sentence built around it brings itself. */
static struct str without_stop(struct str text) {
    struct str trimmed = str_trim(text);
    while (str_ends(trimmed, STR("."))) {
        trimmed = str_slice(trimmed, 0, trimmed.len - 1);
    }
    return trimmed;
}

static struct str redirect_text(const struct call *call, const struct http_response *response) {
    struct url_parts target;
    if (!url_split(response_header(response, "Location"), &target)) {
        return STR("the reply is a redirect, which is not followed");
    }
    return arena_printf(call->scratch, "the reply redirects to %.*s, which is not followed",
                        STR_ARG(url_host_header(call->scratch, &target)));
}

static struct str reply_text(const struct call *call, const struct attempt *attempt) {
    const struct response_details *details = &attempt->details;
    if (is_redirect(details->status)) {
        return redirect_text(call, &attempt->outcome.response);
    }
    if (details->broken) {
        return arena_printf(call->scratch, "the reply is not the service's: %.*s",
                            STR_ARG(without_stop(details->message)));
    }
    struct str text = without_stop(details->message);
    return text.len > 0 ? text : STR("no reason given");
}

static struct str network_text(const struct call *call, const struct attempt *attempt) {
    struct str detail = without_stop(attempt->outcome.detail);
    switch (attempt->outcome.result) {
    case TRANSPORT_NOT_SENT:
        return arena_printf(call->scratch, "cannot connect to %.*s: %.*s", STR_ARG(call->host),
                            STR_ARG(detail));
    case TRANSPORT_REFUSED:
        return arena_printf(call->scratch, "cannot use %.*s: %.*s", STR_ARG(call->host),
                            STR_ARG(detail));
    case TRANSPORT_TOO_LARGE:
        return arena_printf(call->scratch, "the reply of %.*s is larger than %zu bytes",
                            STR_ARG(call->host), call->request.max_response_bytes);
    case TRANSPORT_UNCERTAIN:
    case TRANSPORT_CANCELLED:
    case TRANSPORT_OK:
        break;
    }
    return arena_printf(call->scratch, "no whole reply from %.*s: %.*s", STR_ARG(call->host),
                        STR_ARG(detail));
}

static const char *hint_of(const struct attempt *attempt, enum err_code err) {
    if (attempt->row != NULL && attempt->row->hint != NULL) {
        return attempt->row->hint;
    }
    if (err == ERR_UNCERTAIN) {
        return "It may have been carried out all the same: look before repeating it.";
    }
    if (attempt->outcome.result == TRANSPORT_NOT_SENT) {
        return "Check the network, the proxy settings and the configured address.";
    }
    if (attempt->outcome.result == TRANSPORT_OK &&
        (is_redirect(attempt->details.status) || attempt->details.broken)) {
        return "Check the configured address and any proxy on the way.";
    }
    return "";
}

/* " (HTTP 409, code X, request id Y)", or nothing without a reply. */
static struct str reference_text(const struct call *call, const struct attempt *attempt) {
    const struct response_details *details = &attempt->details;
    if (attempt->outcome.result != TRANSPORT_OK) {
        return STR_EMPTY;
    }
    return arena_printf(call->scratch, " (HTTP %d%s%.*s%s%.*s)", details->status,
                        details->code.len > 0 ? ", code " : "", STR_ARG(details->code),
                        details->request_id.len > 0 ? ", request id " : "",
                        STR_ARG(details->request_id));
}

static enum err_code err_of(const struct call *call, const struct attempt *attempt) {
    if (attempt->row != NULL && attempt->row->err != ERR_OK) {
        return attempt->row->err;
    }
    if (attempt->class == FAILURE_TRANSIENT && call->maybe_done) {
        return ERR_UNCERTAIN;
    }
    return attempt->outcome.result == TRANSPORT_TOO_LARGE ? ERR_EXHAUSTED
                                                          : failure_err(attempt->class);
}

static enum err_code fail(struct call *call, const struct attempt *attempt) {
    struct ctx *ctx = call->ctx;
    bool replied = attempt->outcome.result == TRANSPORT_OK;
    enum err_code err = err_of(call, attempt);
    struct str text = replied ? reply_text(call, attempt) : network_text(call, attempt);
    struct str reference = reference_text(call, attempt);
    const char *hint = hint_of(attempt, err);

    fill_reply(call, attempt);
    call->reply->class = attempt->class;
    ctx_fail(ctx, err, "%s: %s: %.*s%.*s.%s%s", call->service->title, call->operation->doing,
             STR_ARG(text), STR_ARG(reference), *hint == '\0' ? "" : " ", hint);
    if (replied) {
        ctx->error.http_status = attempt->details.status;
        ctx->error.cloud_code = arena_str(ctx->arena, attempt->details.code);
        ctx->error.request_id = call->reply->request_id;
    }
    return err;
}

/* --- whether and when to try again --- */

static double random_fraction(const struct call *call) {
    uint8_t bytes[7];
    uint64_t bits = 0;
    if (call->session->random != NULL) {
        return call->session->random();
    }
    digest_random(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bits = bits << 8 | bytes[i];
    }
    return (double)(bits >> 3) / (double)(1ULL << 53);
}

/* Once, whatever the operation: credentials that were refused have done nothing. It costs none
 * of the tries. */
static bool renew(struct call *call, const struct attempt *attempt) {
    if (attempt->class != FAILURE_AUTH || call->renewed || !is_signed(call) ||
        call->session->renew == NULL) {
        return false;
    }
    call->renewed = true;
    if (!call->session->renew(call->ctx, call->session, &call->credential)) {
        return false;
    }
    call->tries--;
    return true;
}

/* -1 for no more. A wait that would outlast the deadline is not begun: the failure that is known
 * says more. */
static int64_t next_delay_ms(const struct call *call, const struct attempt *attempt) {
    const struct clock *clock = call->ctx->clock;
    int64_t asked_ms =
        attempt->outcome.result == TRANSPORT_OK ? attempt->details.retry_after_ms : -1;
    if (attempt->last) {
        return -1;
    }
    int64_t delay_ms = retry_delay_ms(call->policy, call->operation->repeat, attempt->class,
                                      attempt->sent, call->tries, asked_ms, random_fraction(call));
    int64_t left_ms = cancel_deadline(call->ctx->cancel) - clock->now_ms(clock);
    return delay_ms < left_ms ? delay_ms : -1;
}

static void announce(const struct call *call, const struct attempt *attempt, int64_t delay_ms) {
    const struct log *log = &call->ctx->log;
    const char *title = call->service->title;
    long long seconds = (long long)(delay_ms + 999) / 1000;
    if (attempt->class == FAILURE_THROTTLED) {
        log_status(log, "%s asks to slow down; trying again in %lld s", title, seconds);
    } else if (attempt->outcome.result == TRANSPORT_OK) {
        log_status(log, "%s answered with HTTP %d; trying again in %lld s", title,
                   attempt->details.status, seconds);
    } else {
        log_status(log, "%s cannot be reached; trying again in %lld s", title, seconds);
    }
}

static enum cancel_reason wait_before_retry(struct call *call, const struct attempt *attempt,
                                            int64_t delay_ms) {
    announce(call, attempt, delay_ms);
    if (attempt->class == FAILURE_THROTTLED && call->session->limiter != NULL) {
        limiter_hold(call->session->limiter, delay_ms);
    }
    return cancel_sleep(call->ctx->cancel, delay_ms);
}

static enum err_code run(struct call *call) {
    for (;;) {
        struct attempt attempt = {0};
        arena_reset(call->scratch);
        TRY(try_once(call, &attempt));
        if (attempt.class == FAILURE_NONE) {
            return succeed(call, &attempt);
        }
        if (renew(call, &attempt)) {
            continue;
        }
        int64_t delay_ms = next_delay_ms(call, &attempt);
        if (delay_ms < 0) {
            return fail(call, &attempt);
        }
        enum cancel_reason reason = wait_before_retry(call, &attempt, delay_ms);
        if (reason != CANCEL_NONE) {
            return fail_cancelled(call, reason);
        }
    }
}

static enum err_code prepare(struct call *call, const struct value *params,
                             const struct value *body) {
    TRY(request_build(call->ctx, call->kept, call->session, call->operation, params, body,
                      &call->request));
    if (!url_split(call->request.url, &call->url)) {
        return ctx_fail(call->ctx, ERR_INTERNAL, "%s: %s: the request's address is malformed",
                        call->service->title, call->operation->doing);
    }
    call->host = url_host_header(call->kept, &call->url);
    return ERR_OK;
}

static const struct retry_policy *policy_of(const struct rest_session *session) {
    if (session->retry != NULL) {
        return session->retry;
    }
    return session->service->retry != NULL ? session->service->retry : &no_retry;
}

enum err_code rest_call(struct ctx *ctx, const struct rest_session *session,
                        const struct operation *operation, const struct value *params,
                        const struct value *body, struct rest_reply *reply) {
    struct call call = {.ctx = ctx,
                        .session = session,
                        .service = session->service,
                        .operation = operation,
                        .policy = policy_of(session),
                        .kept = arena_new(CALL_CEILING),
                        .scratch = arena_new(SCRATCH_CEILING),
                        .reply = reply};
    *reply = (struct rest_reply){0};
    enum err_code err = prepare(&call, params, body);
    if (err == ERR_OK) {
        err = run(&call);
    } else {
        reply->class = FAILURE_CLIENT;
    }
    reply->maybe_done = call.maybe_done;
    arena_free(call.scratch);
    arena_free(call.kept);
    return err;
}
