#ifndef CORE_ENDPOINT_LEFTOVER_INT_H
#define CORE_ENDPOINT_LEFTOVER_INT_H

#include "core/endpoint/cloud.h"
#include "core/endpoint/sweep.h"

/* Between the leftover files alone. All of it lives in the call's arena. */

/* So many are named; more say no more. */
#define LEFTOVER_MAX 10

/* One that was found. */
struct leftover {
    struct str id;
    struct str made;     /* the part of it that the service made, or empty */
    int64_t age_seconds; /* negative: not told */
};

struct leftover_search {
    struct cloud_call *call;
    bool guesses; /* where no marks are possible: by the declaration, not by the name's digits */
    struct str prefix; /* leftover_find's: what the marks begin with, or empty */
    struct leftover found[LEFTOVER_MAX];
    size_t count;
};

/* Adds those of a list that may be left over: made for the call's resource, not on their way out,
 * and in no state that this process has seen. */
void leftover_find(struct leftover_search *search, const struct sweep *sweep);
/* "5 min ago" */
struct words leftover_age(struct arena *arena, const struct leftover *one);
/* Whether this process has not told of it yet; from now on it counts as told. May block for a
 * moment; any thread. */
bool leftover_is_news(struct cloud_call *call, const struct leftover *one);

#endif
