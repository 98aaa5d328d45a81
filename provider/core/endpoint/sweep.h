#ifndef CORE_ENDPOINT_SWEEP_H
#define CORE_ENDPOINT_SWEEP_H

#include "core/endpoint/cloud.h"

/* What the sweeps of one account share. Any thread. */
struct sweeps;

/* `title` is the cloud's, a literal. The caller owns the result, and frees it when no call uses it
 * any more; NULL is harmless. */
struct sweeps *sweeps_new(const struct clock *clock, const char *title);
void sweeps_free(struct sweeps *sweeps);

/* The whole list of a cloud's endpoints, read once for all calls that ask while it is read and, for
 * those that may be served from a cache (cloud_call.may_be_cached), for a few seconds after. One
 * list by address and scope. */
struct sweep {
    const struct value *items;   /* a list of maps */
    struct str doubt;            /* why what is missing there is not proven absent; or empty */
    const struct value *figures; /* what the last reply says beside them: no lists, no maps */
    struct flight *flight;
};

/* A list as fresh as the call needs it. ERR_OK: it is the caller's until sweep_end, whatever other
 * calls do. Else nothing is held, and ctx->error says why. Blocking and cancellable, any thread. */
enum err_code sweep_begin(struct cloud_call *call, struct sweep *out) MUST_USE;
void sweep_end(struct sweep *sweep);
/* For a look that is worth no waiting: a list that this process has read in the last ten minutes,
 * or else one that is read now, within ten seconds. It is tried once in ten minutes, by one of all
 * calls that ask. False: there is none, nothing is held, and no error is left. Blocking and
 * cancellable, any thread. */
bool sweep_glance(struct cloud_call *call, struct sweep *out);
/* The list as this process has read it last, however long ago; false when it has read none. Does
 * not block; any thread. */
bool sweep_latest(struct cloud_call *call, struct sweep *out);
/* Whether what the list lacks does not exist: else an error that says why that is not known. */
enum err_code sweep_need_whole(struct cloud_call *call, const struct sweep *sweep) MUST_USE;

#endif
