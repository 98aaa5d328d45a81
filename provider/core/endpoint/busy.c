/* Services refuse changes of an endpoint that is still on its way from the change before. */
#include "base/words.h"
#include "core/endpoint/cloud.h"
#include "core/endpoint/outcome.h"
#include "core/endpoint/wait.h"

/* What such refusals say, beside the words of the state table. */
static const char *const busy_words[] = {"busy",           "in progress",      "updating",
                                         "being updated",  "not ready",        "try again",
                                         "still starting", "not allowed while"};

static bool says(const struct rest_reply *reply, const char *word) {
    return str_contains_nocase(reply->text, str_of(word));
}

static bool sounds_busy(const struct cloud_call *call, const struct rest_reply *reply) {
    const struct cloud_tables *tables = call->cloud->tables;
    if (reply->row != NULL && reply->row->busy) {
        return true;
    }
    for (size_t i = 0; i < sizeof(busy_words) / sizeof(busy_words[0]); i++) {
        if (says(reply, busy_words[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < tables->state_count; i++) {
        if (tables->states[i].class == STATE_PENDING && says(reply, tables->states[i].word)) {
            return true;
        }
    }
    return false;
}

/* No word of a service says "busy" for certain: a look tells. */
static bool may_be_busy(const struct cloud_call *call, const struct rest_reply *reply) {
    bool refused = reply->class == FAILURE_PRECONDITION || reply->class == FAILURE_CONFLICT;
    bool of_itself = reply->class == FAILURE_CLIENT && sounds_busy(call, reply);
    return (refused || of_itself) && call->ctx->error.http_status != 402; /* unpaid bills */
}

/* The refusal stays the error: it says what the service did not do. */
static void tell_time(struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    ctx->error.message = outcome_with_more_time(
        call, words_text(ctx->arena, "%p. It was still changing when the time given ran out",
                         WORDS_ARG(words_without_stop(ctx->arena, ctx->error.message))));
    ctx->error.stayed_busy = true;
}

bool cloud_was_busy(struct cloud_call *call, const struct rest_reply *reply,
                    struct cloud_turn *turn) {
    if (!may_be_busy(call, reply)) {
        return false;
    }
    struct error refused = error_keep(&call->ctx->error);
    bool was_pending = false;
    enum err_code code = wait_while_pending(call, &was_pending);
    bool is_seen = code == ERR_OK;
    error_put_back(&call->ctx->error, &refused);
    /* It may have settled between the refusal and the look. */
    bool has_settled = is_seen && !was_pending && !turn->is_second && sounds_busy(call, reply);
    if (has_settled) {
        turn->is_second = true;
    }
    if ((is_seen && was_pending) || has_settled) {
        error_clear(&call->ctx->error);
        return true;
    }
    if (code == ERR_DEADLINE) {
        tell_time(call);
    }
    return false;
}

enum err_code cloud_change_in_turn(struct cloud_call *call, const char *operation,
                                   const struct value *body, struct rest_reply *reply) {
    struct cloud_turn turn = {0};
    for (;;) {
        enum err_code code = cloud_change(call, operation, body, reply);
        if (code == ERR_OK || !cloud_was_busy(call, reply, &turn)) {
            return code;
        }
    }
}
