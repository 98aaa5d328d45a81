#include "core/endpoint/capacity.h"

#include "base/words.h"
#include "core/endpoint/backoff.h"
#include "core/endpoint/outcome.h"

static int64_t patience_ms(const struct cloud_call *call) {
    const char *property = call->cloud->tables->capacity_retry;
    return property == NULL ? 0 : (int64_t)(value_number_at(call->inputs, property, 0) * 1000);
}

bool capacity_wait(struct capacity_wait *wait, const struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    const struct wait_policy *policy = &call->cloud->tables->wait;
    int64_t now_ms = ctx->clock->now_ms(ctx->clock);
    if (wait->delay_ms == 0) {
        *wait = (struct capacity_wait){.until_ms = now_ms + patience_ms(call),
                                       .delay_ms = policy->first_ms};
    }
    int64_t end_ms = cancel_deadline(ctx->cancel);
    end_ms = end_ms < wait->until_ms ? end_ms : wait->until_ms;
    if (now_ms + wait->delay_ms > end_ms) {
        return false;
    }
    log_status(&ctx->log, "no machine of that kind is free; trying again in %lld s",
               (long long)((wait->delay_ms + 999) / 1000));
    if (cancel_sleep(ctx->cancel, wait->delay_ms) != CANCEL_NONE) {
        return false;
    }
    wait->delay_ms = backoff_next_ms(policy, wait->delay_ms);
    return true;
}

struct words capacity_advice(struct cloud_call *call, const struct capacity_wait *wait) {
    struct arena *arena = call->ctx->arena;
    const char *property = call->cloud->tables->capacity_retry;
    long long seconds = patience_ms(call) / 1000;
    if (property == NULL) {
        return words_none();
    }
    if (seconds == 0) {
        return words_text(arena, "To keep asking set %s.", property);
    }
    bool cut_short = cancel_deadline(call->ctx->cancel) < wait->until_ms;
    return cut_short
               ? outcome_with_more_time(
                     call, words_text(arena,
                                      "It was asked for again and again until the operation's "
                                      "time ran out, before that of %s (%lld s)",
                                      property, seconds))
               : words_text(arena, "It was asked for again and again, as long as %s says (%lld s).",
                            property, seconds);
}
