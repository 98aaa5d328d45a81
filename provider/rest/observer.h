#ifndef REST_OBSERVER_H
#define REST_OBSERVER_H

#include "base/ctx.h"

/* One try of a request, as it went. Views, for as long as the callback. */
struct rest_exchange {
    const char *service;   /* "Hugging Face" */
    const char *operation; /* "create" */
    const char *method;
    struct str host; /* with its port */
    struct str path; /* without the query */
    int attempt;     /* from 1 */
    int status;      /* 0 without a whole reply */
    int64_t duration_ms;
    struct str request_id; /* or empty */
    int64_t date_seconds;  /* when it was answered, by the service's clock; -1: not told */
};

/* Is told of every try, on the thread of the call. What it writes has to pass ctx->redact: a path
 * may hold what a user takes for a secret. Any number of threads at once; must not block. */
struct rest_observer {
    void (*exchange)(struct rest_observer *self, const struct ctx *ctx,
                     const struct rest_exchange *exchange);
};

#endif
