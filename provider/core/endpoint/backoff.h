#ifndef CORE_ENDPOINT_BACKOFF_H
#define CORE_ENDPOINT_BACKOFF_H

#include "core/tables.h"

/* The pause after one of `delay_ms`: longer by the policy's factor, up to its cap. */
static inline int64_t backoff_next_ms(const struct wait_policy *policy, int64_t delay_ms) {
    int64_t next_ms = (int64_t)((double)delay_ms * policy->factor);
    return next_ms < policy->cap_ms ? next_ms : policy->cap_ms;
}

#endif
