#ifndef CORE_ENDPOINT_SWEEP_INT_H
#define CORE_ENDPOINT_SWEEP_INT_H

#include <stdatomic.h>

#include "core/endpoint/cloud.h"

/* Between sweep.c and sweep_answer.c alone. */

struct sweeps {
    struct flight_group *lists; /* by sweep_key, and whether a list is whole */
    atomic_size_t reads;        /* that a list could answer */
};

/* What makes two lists different: where they are read, and whose they are. In the call's arena. */
struct str sweep_key(struct cloud_call *call);

#endif
