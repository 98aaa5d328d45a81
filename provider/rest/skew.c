#include "rest/skew.h"

#include <stdlib.h>

int64_t skew_seconds(const struct skew *skew) {
    return atomic_load(&skew->seconds);
}

bool skew_correct(struct skew *skew, int64_t seconds) {
    int64_t unknown = 0;
    return llabs(seconds) >= SKEW_LEAST_SECONDS &&
           atomic_compare_exchange_strong(&skew->seconds, &unknown, seconds);
}
