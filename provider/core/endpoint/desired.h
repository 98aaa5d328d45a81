#ifndef CORE_ENDPOINT_DESIRED_H
#define CORE_ENDPOINT_DESIRED_H

#include "core/endpoint/cloud.h"
#include "core/props/compare.h"

/* What `inference:desiredState` says of resources whose program says nothing itself
 * (docs/decisions.md 2). */

/* Check: writes the configured state into the inputs of a resource that sets none, in either
 * spelling, and marks it as a default; not where the service refuses it (tables: refused_input).
 * Nothing is configured: nothing happens. `inputs` is private to the caller. */
void desired_fill(struct ctx *ctx, const struct cloud *cloud, const struct config *config,
                  struct value *inputs);
/* Import: the inputs begin with the configured state, so that what differs from it is told.
 * `inputs` is private to the caller. */
void desired_put_configured(struct cloud_call *call, struct value *inputs);
/* Create: no service makes a paused endpoint, so the machine starts first. Warns where only the
 * configuration asks for the pause; the program's author knows. */
void desired_warn_of_start(struct ctx *ctx, const struct value *inputs);
/* Diff: of a paused endpoint that stays so, what a pause resets is not sent: it may wake it
 * (docs/apis/hf.md 5.1). Tells which changes wait for its resume. `diffs` are those between the two
 * sides; `id` names the endpoint. */
void desired_tell_waiting(struct ctx *ctx, const struct cloud *cloud, struct words id,
                          const struct diff_list *diffs, const struct comparison *inputs);
/* Outputs: the wanted state that the inputs ask for, in whatever spelling, also where the program
 * sets none; unknown while that is. `outputs` is private to the caller. */
void desired_show(struct arena *arena, const struct cloud *cloud, const struct value *inputs,
                  struct value *outputs);
/* Preview: the outputs with the wanted state, as desired_show, and with what it leaves of what a
 * pause resets: of a paused endpoint that is not read, so the inputs stand; unknown while the state
 * is. `outputs` is private to the caller, the result is, too. */
struct value *desired_foresee(struct ctx *ctx, const struct cloud *cloud,
                              const struct value *inputs, struct value *outputs);

#endif
