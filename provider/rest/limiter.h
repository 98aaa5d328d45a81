#ifndef REST_LIMITER_H
#define REST_LIMITER_H

#include <stdint.h>

#include "base/cancel.h"
#include "base/error.h"

/* Shared by all calls to one account: caps requests in flight and their rate, and holds
 * everybody back when the cloud says "slow down". Any thread. */
struct limiter;

/* 0 means no limit for either figure. The caller frees it once no acquire is waiting. */
struct limiter *limiter_new(const struct clock *clock, int max_in_flight,
                            double requests_per_second);
void limiter_free(struct limiter *limiter);
/* Waits for a turn (fair: first come, first served). CANCEL_NONE = go, and limiter_release is
 * owed. */
enum cancel_reason limiter_acquire(struct limiter *limiter, struct cancel *cancel);
/* The same; but when the cloud has asked to slow down until `patience_ms` (in the clock's now_ms)
 * or longer it returns CANCEL_DEADLINE as soon as that is known, and *held_ms says how long from
 * now. Else *held_ms is 0. */
enum cancel_reason limiter_acquire_within(struct limiter *limiter, struct cancel *cancel,
                                          int64_t patience_ms, int64_t *held_ms);
void limiter_release(struct limiter *limiter);
/* Nobody starts before now + delay_ms (the longest hold wins). */
void limiter_hold(struct limiter *limiter, int64_t delay_ms);

#endif
