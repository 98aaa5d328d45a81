#include <stdlib.h>

#include "rest/client_int.h"

/* One try of a call. */

static bool changes_something(const struct client_call *call) {
    return call->operation->repeat != REPEAT_SAFE;
}

bool client_is_signed(const struct client_call *call) {
    return !call->operation->unsigned_call && call->session->scheme != NULL;
}

int64_t client_patience_ms(const struct client_call *call) {
    int64_t deadline_ms = cancel_deadline(call->ctx->cancel);
    int64_t until_ms = call->session->throttle_until_ms;
    return until_ms > 0 && until_ms < deadline_ms ? until_ms : deadline_ms;
}

/* The hook may call the cloud itself, so it runs before a place is taken from the limiter. */
static enum err_code authorize(struct client_call *call) {
    call->credential = call->session->credential;
    if (call->operation->sign_service != NULL) {
        call->credential.service = str_of(call->operation->sign_service);
    }
    if (!client_is_signed(call) || call->session->authorize == NULL) {
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

static enum err_code sign(struct client_call *call, struct http_request *request) {
    if (!client_is_signed(call)) {
        return ERR_OK;
    }
    struct ctx scratch_ctx;
    ctx_fork(&scratch_ctx, call->ctx, call->scratch, call->ctx->cancel);
    call->skew_seconds = call->session->skew != NULL ? skew_seconds(call->session->skew) : 0;
    int64_t wall_seconds = call->ctx->clock->wall_seconds(call->ctx->clock) + call->skew_seconds;
    enum err_code err =
        sign_request(&scratch_ctx, call->session->scheme, &call->credential, wall_seconds, request);
    if (err != ERR_OK) {
        call->reply->class = FAILURE_AUTH;
        return ctx_fail(call->ctx, err, "%s: %s: %p", call->service->title, call->operation->doing,
                        WORDS_ARG(scratch_ctx.error.message));
    }
    return ERR_OK;
}

static void log_attempt(const struct client_call *call, const struct client_attempt *attempt,
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

static void observe(const struct client_call *call, const struct client_attempt *attempt,
                    int64_t duration_ms) {
    struct rest_observer *observer = call->session->observer;
    bool replied = attempt->outcome.result == TRANSPORT_OK;
    const struct rest_exchange exchange = {
        .service = call->service->title,
        .operation = call->operation->name,
        .method = call->operation->method,
        .host = call->host,
        .path = call->url.path,
        .attempt = call->tries,
        .status = replied ? attempt->outcome.response.status : 0,
        .duration_ms = duration_ms,
        .request_id = replied ? attempt->details.request_id : STR_EMPTY,
        .date_seconds = replied ? attempt->details.date_seconds : -1,
    };
    if (observer != NULL) {
        observer->exchange(observer, call->ctx, &exchange);
    }
}

/* 503 means "later" when the service itself says so, and "who knows" when a gateway does. */
static enum failure_class settle_503(enum failure_class class,
                                     const struct client_attempt *attempt) {
    if (class == FAILURE_THROTTLED && !attempt->details.envelope) {
        return FAILURE_TRANSIENT;
    }
    if (class == FAILURE_TRANSIENT && attempt->details.envelope && attempt->row == NULL) {
        return FAILURE_THROTTLED;
    }
    return class;
}

static void break_off(struct client_attempt *attempt, struct str why) {
    attempt->details.failed = true;
    attempt->details.broken = true;
    attempt->details.message = why;
}

/* An empty reply, say, must not pass for "there are none". */
static void require_answer(const struct client_call *call, struct client_attempt *attempt) {
    const char *path = call->operation->must_have;
    if (path == NULL || attempt->details.failed || value_at(attempt->details.body, path) != NULL) {
        return;
    }
    break_off(attempt, arena_printf(call->scratch, "it lacks \"%s\"", path));
}

static struct str echoed_part(const struct operation *operation, const char *name) {
    for (size_t i = 0; i < operation->query_count; i++) {
        if (str_is_c(str_of(operation->query[i].name), name)) {
            return str_of(operation->query[i].template);
        }
    }
    return STR_EMPTY;
}

/* Something on the way may mix replies up: "not found" about a certificate must not pass for one
 * about the endpoint. */
static void refuse_anothers(const struct client_call *call, struct client_attempt *attempt) {
    const struct error_shape *shape = call->service->errors;
    if (shape == NULL || shape->echo == NULL) {
        return;
    }
    struct str asked = echoed_part(call->operation, shape->echoed);
    struct str told = value_text(value_at(attempt->details.body, shape->echo));
    if (told.len > 0 && asked.len > 0 && !str_is(told, asked)) {
        break_off(attempt, arena_printf(call->scratch, "it answers %.*s, not %.*s", STR_ARG(told),
                                        STR_ARG(asked)));
    }
}

/* Only the service itself knows what it has not done: others on the way look at replies, too, and
 * put a page of their own in the place of one. Who asks for a credential lets nothing pass. */
static bool is_doubtful_refusal(const struct client_attempt *attempt) {
    return !attempt->details.is_own && attempt->class != FAILURE_AUTH;
}

/* Whether a create may have been carried out although the reply says that it failed. A service that
 * is too busy to answer may have done the work all the same; a create that is repeated then finds
 * its name taken, and has to know by whom. */
static bool may_have_created(const struct client_attempt *attempt) {
    return attempt->class == FAILURE_THROTTLED ? attempt->outcome.response.body.len > 0
                                               : is_doubtful_refusal(attempt);
}

/* 307 and 308 ask for the same request elsewhere, so nothing has been done. The older ones are sent
 * after what has been done as well (RFC 9110, 15.4.2 to 15.4.4). */
static bool may_redirect_done(int status) {
    return status >= 301 && status <= 303;
}

static void classify_reply(const struct client_call *call, struct client_attempt *attempt) {
    const struct response_details *details = &attempt->details;
    response_decode(call->scratch, call->service->errors, &call->ctx->redact,
                    &attempt->outcome.response, call->ctx->clock->wall_seconds(call->ctx->clock),
                    &attempt->details);
    attempt->sent = true;
    require_answer(call, attempt);
    refuse_anothers(call, attempt);
    if (!details->failed) {
        return;
    }
    if (response_is_redirect(details->status)) {
        attempt->class = FAILURE_CLIENT;
        attempt->maybe_done = may_redirect_done(details->status);
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
    attempt->maybe_done = attempt->class == FAILURE_TRANSIENT ||
                          (call->operation->repeat == REPEAT_NEVER && may_have_created(attempt));
}

static void classify(const struct client_call *call, struct client_attempt *attempt) {
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

/* The signature's time was refused: once more with the service's own, which the first such reply
 * of a process tells. Another call may have learned it meanwhile. */
static bool correct_clock(struct client_call *call, const struct client_attempt *attempt) {
    struct ctx *ctx = call->ctx;
    struct skew *skew = call->session->skew;
    if (attempt->class != FAILURE_CLOCK || skew == NULL) {
        return false;
    }
    if (skew_seconds(skew) == call->skew_seconds) {
        int64_t off_seconds = attempt->details.date_seconds - ctx->clock->wall_seconds(ctx->clock);
        if (attempt->details.date_seconds < 0 || !skew_correct(skew, off_seconds)) {
            return false;
        }
        log_warning(&ctx->log,
                    "this machine's clock is %lld s %s that of %s: from now on requests are signed "
                    "with the service's time; set the clock right",
                    llabs((long long)off_seconds), off_seconds > 0 ? "behind" : "ahead of",
                    call->service->title);
    }
    call->tries--; /* nothing was done */
    return true;
}

static enum gate_result judge_credential(const struct client_attempt *attempt) {
    if (attempt->outcome.result == TRANSPORT_NOT_SENT || attempt->outcome.timed_out) {
        return GATE_NO_ANSWER;
    }
    if (attempt->outcome.result != TRANSPORT_OK || attempt->clock_corrected) {
        return GATE_UNTOLD;
    }
    if (attempt->class == FAILURE_CLOCK) {
        return GATE_BAD; /* no signature will be better, and they are counted */
    }
    if (attempt->class != FAILURE_AUTH) {
        /* A failure may come from somebody on the way who never looked at the credential. */
        return attempt->class == FAILURE_NONE ? GATE_GOOD : GATE_UNTOLD;
    }
    int status = attempt->details.status;
    return status == 401 || status == 403 ? GATE_BAD : GATE_DOUBTFUL;
}

static void send_once(struct client_call *call, const struct http_request *request,
                      struct client_attempt *attempt) {
    const struct clock *clock = call->ctx->clock;
    int64_t start_ms = clock->now_ms(clock);
    call->tries++;
    call->session->transport->send(call->session->transport, request, call->ctx->cancel,
                                   call->scratch, &attempt->outcome);
    classify(call, attempt);
    call->maybe_done = call->maybe_done || attempt->maybe_done;
    int64_t duration_ms = clock->now_ms(clock) - start_ms;
    log_attempt(call, attempt, duration_ms);
    observe(call, attempt, duration_ms);
    attempt->clock_corrected = correct_clock(call, attempt);
}

/* Signed as late as can be: the signature holds its time, and waits for a turn can be long. */
static enum err_code send_signed(struct client_call *call, struct http_request *request,
                                 struct client_attempt *attempt) {
    TRY(sign(call, request));
    send_once(call, request, attempt);
    return ERR_OK;
}

/* As if it had been tried at the same time as the one before. */
static void share_silence(struct client_call *call, struct client_attempt *attempt) {
    call->tries++;
    attempt->outcome = (struct transport_outcome){
        .result = TRANSPORT_NOT_SENT,
        .detail = STR("the request before this one got no answer from it"),
    };
    classify(call, attempt);
}

static enum err_code send_through_gate(struct client_call *call, struct http_request *request,
                                       struct client_attempt *attempt) {
    struct gate *gate = client_is_signed(call) ? call->session->gate : NULL;
    if (gate == NULL) {
        return send_signed(call, request, attempt);
    }
    enum gate_pass pass = gate_enter(gate, call->host, call->ctx->cancel);
    switch (pass) {
    case GATE_CLOSED:
        return client_fail_closed(call);
    case GATE_CANCELLED:
        return client_fail_cancelled(call, cancel_state(call->ctx->cancel));
    case GATE_SHARED:
        share_silence(call, attempt);
        return ERR_OK;
    case GATE_OPEN:
    case GATE_PROBE:
        break;
    }
    enum err_code err = send_signed(call, request, attempt);
    gate_leave(gate, call->host, pass, err == ERR_OK ? judge_credential(attempt) : GATE_UNTOLD);
    return err;
}

enum err_code client_try(struct client_call *call, struct client_attempt *attempt) {
    struct http_request request = call->request;
    request.linger_ms = call->session->linger_ms;
    struct limiter *limiter = call->session->limiter;
    int64_t held_ms = 0;
    TRY(authorize(call));
    enum cancel_reason reason =
        limiter != NULL
            ? limiter_acquire_within(limiter, call->ctx->cancel, client_patience_ms(call), &held_ms)
            : cancel_state(call->ctx->cancel);
    if (held_ms > 0) {
        return client_fail_held(call, held_ms);
    }
    if (reason != CANCEL_NONE) {
        return client_fail_cancelled(call, reason);
    }
    enum err_code err = send_through_gate(call, &request, attempt);
    if (limiter != NULL) {
        limiter_release(limiter);
    }
    if (err == ERR_OK && attempt->outcome.result == TRANSPORT_CANCELLED) {
        return client_fail_cancelled(call, cancel_state(call->ctx->cancel));
    }
    return err;
}
