#include "rest/client.h"

#include "base/digest.h"
#include "rest/client_int.h"
#include "rest/request.h"

/* Whether and when to try again, and the call as a whole. */

enum { CALL_CEILING = 32 * 1024 * 1024, SCRATCH_CEILING = 64 * 1024 * 1024 };

static const struct retry_policy no_retry = {.max_tries = 1};

static double random_fraction(const struct client_call *call) {
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
static bool renew(struct client_call *call, const struct client_attempt *attempt) {
    if (attempt->class != FAILURE_AUTH || call->renewed || !client_is_signed(call) ||
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

/* Whether it costs time and no tries: not where there is to be one try. A 503 that names no time
 * may as well be an outage. */
static bool is_throttled(const struct client_call *call, const struct client_attempt *attempt) {
    return call->session->throttle_until_ms > 0 && call->policy->max_tries > 1 &&
           attempt->class == FAILURE_THROTTLED &&
           (attempt->details.status != 503 || attempt->details.retry_after_ms >= 0 ||
            attempt->row != NULL);
}

/* -1 for no more. A wait that would outlast the deadline is not begun: the failure that is known
 * says more. */
static int64_t next_delay_ms(const struct client_call *call, const struct client_attempt *attempt) {
    const struct clock *clock = call->ctx->clock;
    int64_t asked_ms =
        attempt->outcome.result == TRANSPORT_OK ? attempt->details.retry_after_ms : -1;
    if (attempt->last) {
        return -1;
    }
    bool throttled = is_throttled(call, attempt);
    int64_t delay_ms =
        throttled
            ? retry_throttle_ms(call->policy, call->tries, asked_ms, random_fraction(call))
            : retry_delay_ms(call->policy, call->operation->repeat, attempt->class, attempt->sent,
                             call->tries - call->throttled, asked_ms, random_fraction(call));
    int64_t until_ms = throttled ? client_patience_ms(call) : cancel_deadline(call->ctx->cancel);
    return delay_ms < until_ms - clock->now_ms(clock) ? delay_ms : -1;
}

static void announce(const struct client_call *call, const struct client_attempt *attempt,
                     int64_t delay_ms) {
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

static enum cancel_reason wait_before_retry(struct client_call *call,
                                            const struct client_attempt *attempt,
                                            int64_t delay_ms) {
    announce(call, attempt, delay_ms);
    if (attempt->class == FAILURE_THROTTLED && call->session->limiter != NULL) {
        limiter_hold(call->session->limiter, delay_ms);
    }
    return cancel_sleep(call->ctx->cancel, delay_ms);
}

static bool may_send_again(const struct client_call *call) {
    struct rest_guard *guard = call->session->guard;
    return guard == NULL || !call->maybe_done || guard->allows(guard);
}

static enum err_code run(struct client_call *call) {
    for (;;) {
        struct client_attempt attempt = {0};
        arena_reset(call->scratch);
        TRY(client_try(call, &attempt));
        if (attempt.class == FAILURE_NONE) {
            return client_succeed(call, &attempt);
        }
        if (renew(call, &attempt) || attempt.clock_corrected) {
            continue;
        }
        int64_t delay_ms = next_delay_ms(call, &attempt);
        if (delay_ms < 0) {
            return client_fail(call, &attempt);
        }
        call->throttled += is_throttled(call, &attempt) ? 1 : 0;
        enum cancel_reason reason = wait_before_retry(call, &attempt, delay_ms);
        if (reason != CANCEL_NONE) {
            return client_fail_cancelled(call, reason);
        }
        if (!may_send_again(call)) {
            return client_fail(call, &attempt);
        }
    }
}

static enum err_code prepare(struct client_call *call, const struct value *params,
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
    struct client_call call = {.ctx = ctx,
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
