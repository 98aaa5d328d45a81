#ifndef REST_SKEW_H
#define REST_SKEW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* How far this machine's clock is off, as a service has told: one for the process, since all
 * signatures take their time from that clock. Zeroed: nothing is known. Any thread. */
struct skew {
    _Atomic(int64_t) seconds;
};

/* The least that counts: the date of a reply is whole seconds and old by its way. */
#define SKEW_LEAST_SECONDS 60

/* What has to be added to the clock; 0 until a service has told. */
int64_t skew_seconds(const struct skew *skew);
/* Takes over what a service tells, once: false when something was known already, or when it says
 * that the clock is right. */
bool skew_correct(struct skew *skew, int64_t seconds);

#endif
