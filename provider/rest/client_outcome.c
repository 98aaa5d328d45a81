#include "rest/client_int.h"

#include <time.h>

#include "base/words.h"
#include "rest/header_block.h"

/* How a call ends: what the caller gets, and the sentence that the user reads. */

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

static void fill_reply(struct client_call *call, const struct client_attempt *attempt) {
    struct rest_reply *reply = call->reply;
    struct arena *arena = call->ctx->arena;
    if (attempt->outcome.result != TRANSPORT_OK) {
        return;
    }
    reply->status = attempt->details.status;
    reply->request_id = arena_str(arena, attempt->details.request_id);
    reply->date_seconds = attempt->details.date_seconds > 0 ? attempt->details.date_seconds : 0;
    reply->text = arena_str(arena, attempt->outcome.response.body);
    copy_headers(arena, &attempt->outcome.response, reply);
    if (attempt->details.body != NULL) {
        reply->body = value_copy(arena, attempt->details.body);
    }
}

enum err_code client_succeed(struct client_call *call, const struct client_attempt *attempt) {
    fill_reply(call, attempt);
    call->maybe_done = false;
    call->reply->result = call->operation->result == NULL
                              ? call->reply->body
                              : value_at(call->reply->body, call->operation->result);
    return ERR_OK;
}

static struct words redirect_text(const struct client_call *call,
                                  const struct http_response *response) {
    struct url_parts target;
    if (!url_split(header_value(response->headers, response->header_count, "Location"), &target)) {
        return words_text(call->ctx->arena, "the reply is a redirect, which is not followed");
    }
    return words_text(call->ctx->arena, "the reply redirects to %.*s, which is not followed",
                      STR_ARG(url_host_header(call->scratch, &target)));
}

static struct words reply_text(const struct client_call *call,
                               const struct client_attempt *attempt) {
    const struct response_details *details = &attempt->details;
    if (response_is_redirect(details->status)) {
        return redirect_text(call, &attempt->outcome.response);
    }
    if (details->broken) {
        return words_text(call->ctx->arena, "the reply is not the service's: %.*s",
                          STR_ARG(str_without_stop(details->message)));
    }
    struct str text = str_without_stop(details->message);
    return text.len > 0 ? words_foreign(text) : words_text(call->ctx->arena, "no reason given");
}

static struct words network_text(const struct client_call *call,
                                 const struct client_attempt *attempt) {
    struct str detail = str_without_stop(attempt->outcome.detail);
    switch (attempt->outcome.result) {
    case TRANSPORT_NOT_SENT:
        return words_text(call->ctx->arena, "cannot connect to %.*s: %.*s", STR_ARG(call->host),
                          STR_ARG(detail));
    case TRANSPORT_REFUSED:
        return words_text(call->ctx->arena, "cannot use %.*s: %.*s", STR_ARG(call->host),
                          STR_ARG(detail));
    case TRANSPORT_TOO_LARGE:
        return words_text(call->ctx->arena, "the reply of %.*s is larger than %zu bytes",
                          STR_ARG(call->host), call->request.max_response_bytes);
    case TRANSPORT_UNCERTAIN:
    case TRANSPORT_CANCELLED:
    case TRANSPORT_OK:
        break;
    }
    return words_text(call->ctx->arena, "no whole reply from %.*s: %.*s", STR_ARG(call->host),
                      STR_ARG(detail));
}

static const char *hint_of(const struct client_attempt *attempt, enum err_code err) {
    if (attempt->row != NULL && attempt->row->hint != NULL) {
        return attempt->row->hint;
    }
    if (err == ERR_UNCERTAIN) {
        return "It may have been carried out all the same" CLIENT_LOOK_FIRST ".";
    }
    if (attempt->outcome.result == TRANSPORT_NOT_SENT) {
        return "Check the network, the proxy settings and the configured address.";
    }
    if (attempt->outcome.result == TRANSPORT_OK &&
        (response_is_redirect(attempt->details.status) || attempt->details.broken ||
         (attempt->details.is_page && attempt->class == FAILURE_CLIENT))) {
        return "Check the configured address and any proxy on the way.";
    }
    if (attempt->class == FAILURE_TRANSIENT && attempt->outcome.result == TRANSPORT_OK) {
        return "The service has a fault of its own: run it again later.";
    }
    return "";
}

/* When to come back to a service that asks to slow down, as a sentence; empty where there is
 * nothing to tell. */
static struct words return_text(const struct client_call *call, int64_t delay_ms) {
    if (delay_ms <= 0) {
        return words_text(call->ctx->arena,
                          " It does not say when to come back: run it again in some minutes.");
    }
    const struct clock *clock = call->ctx->clock;
    long long seconds = (long long)(delay_ms + 999) / 1000;
    time_t then = (time_t)(clock->wall_seconds(clock) + seconds);
    struct tm utc;
    char text[sizeof("2026-01-15 08:30:00")];
    if (gmtime_r(&then, &utc) == NULL ||
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &utc) == 0) {
        return words_text(call->ctx->arena, " Come back in %lld s.", seconds);
    }
    return words_text(call->ctx->arena, " Come back in %lld s, at %s UTC.", seconds, text);
}

/* " (HTTP 409, code X, request id Y)", or nothing without a reply. */
static struct words reference_text(const struct client_call *call,
                                   const struct client_attempt *attempt) {
    const struct response_details *details = &attempt->details;
    if (attempt->outcome.result != TRANSPORT_OK) {
        return words_none();
    }
    return words_text(call->ctx->arena, " (HTTP %d%s%.*s%s%.*s)", details->status,
                      details->code.len > 0 ? ", code " : "", STR_ARG(details->code),
                      details->request_id.len > 0 ? ", request id " : "",
                      STR_ARG(details->request_id));
}

static enum err_code err_of(const struct client_call *call, const struct client_attempt *attempt) {
    if (attempt->class == FAILURE_TRANSIENT && call->maybe_done) {
        return ERR_UNCERTAIN;
    }
    return attempt->outcome.result == TRANSPORT_TOO_LARGE ? ERR_EXHAUSTED
                                                          : failure_err(attempt->class);
}

enum err_code client_fail(struct client_call *call, const struct client_attempt *attempt) {
    struct ctx *ctx = call->ctx;
    bool replied = attempt->outcome.result == TRANSPORT_OK;
    enum err_code err = err_of(call, attempt);
    struct words text = replied ? reply_text(call, attempt) : network_text(call, attempt);
    struct words reference = reference_text(call, attempt);
    const char *hint = hint_of(attempt, err);
    struct words later = attempt->class == FAILURE_THROTTLED
                             ? return_text(call, attempt->details.retry_after_ms)
                             : words_none();

    fill_reply(call, attempt);
    call->reply->class = attempt->class;
    call->reply->row = attempt->row;
    ctx_fail(ctx, err, "%s: %s: %p%p.%s%s%p", call->service->title, call->operation->doing,
             WORDS_ARG(text), WORDS_ARG(reference), *hint == '\0' ? "" : " ", hint,
             WORDS_ARG(later));
    if (replied) {
        ctx->error.http_status = attempt->details.status;
        ctx->error.bare_len =
            *hint == '\0' && later.text.len == 0 ? ctx->error.message.text.len : 0;
        ctx->error.of_read = call->operation->repeat == REPEAT_SAFE ||
                             (attempt->details.is_page && attempt->class == FAILURE_CLIENT);
        ctx->error.cloud_code = arena_str(ctx->arena, attempt->details.code);
        ctx->error.request_id = call->reply->request_id;
    }
    return err;
}

enum err_code client_fail_cancelled(struct client_call *call, enum cancel_reason reason) {
    struct ctx *ctx = call->ctx;
    struct str what =
        arena_printf(ctx->arena, "%s: %s", call->service->title, call->operation->doing);
    /* The transport may have been stopped with the process while the token was not tripped. */
    reason = reason == CANCEL_NONE ? CANCEL_TRIPPED : reason;
    enum err_code err = ctx_fail_cancelled(ctx, reason, what.ptr);
    call->reply->class = FAILURE_TRANSIENT;
    if (call->maybe_done) {
        ctx->error.message = words_text(ctx->arena, "%p; it may have been carried out all the same",
                                        WORDS_ARG(ctx->error.message));
        ctx->error.cut_off = true;
    }
    return err;
}

enum err_code client_fail_held(struct client_call *call, int64_t held_ms) {
    call->reply->class = FAILURE_THROTTLED;
    return ctx_fail(
        call->ctx, ERR_EXHAUSTED, "%s: %s: not sent, because the service has asked to slow down.%p",
        call->service->title, call->operation->doing, WORDS_ARG(return_text(call, held_ms)));
}

enum err_code client_fail_closed(struct client_call *call) {
    call->reply->class = FAILURE_AUTH;
    call->reply->is_held = true;
    return ctx_fail(
        call->ctx, ERR_UNAUTHENTICATED,
        "%s: %s: not sent, because the service has refused these credentials before; mend them and run again",
        call->service->title, call->operation->doing);
}
