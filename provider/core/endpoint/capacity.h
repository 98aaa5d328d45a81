#ifndef CORE_ENDPOINT_CAPACITY_H
#define CORE_ENDPOINT_CAPACITY_H

#include "core/endpoint/cloud.h"

/* Asking again while a service has no machine free. Zero before the first wait. */
struct capacity_wait {
    int64_t until_ms;
    int64_t delay_ms;
};

/* Sleeps before the request is sent once more. False when the inputs ask for no such patience, when
 * it is used up, or when the call ends: what the service said last then stands in the call's error.
 */
bool capacity_wait(struct capacity_wait *wait, const struct cloud_call *call);

/* What the input that asks again can do, or did; empty where the cloud has none. In the call's
 * arena. */
struct words capacity_advice(struct cloud_call *call, const struct capacity_wait *wait);

#endif
