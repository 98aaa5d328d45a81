#ifndef CORE_ENDPOINT_SWITCHING_H
#define CORE_ENDPOINT_SWITCHING_H

#include "core/endpoint/cloud.h"
#include "core/props/compare.h"

/* Changes of what has an operation of its own: rows with the flag `switched`, and the cloud's
 * `switching`. Of a cloud that has none each function does nothing. Results live in the call's
 * arena; any thread. */

/* How the difference between the two sides comes about; no words when there is none. Pure. */
struct switch_plan switching_plan(struct ctx *ctx, const struct cloud *cloud,
                                  const struct value *outputs, const struct comparison *comparison);
/* The time that an update may take: `update_ms`, or more with a switch. Pure. */
int64_t switching_usual_ms(struct ctx *ctx, const struct cloud *cloud, const struct value *outputs,
                           const struct comparison *comparison);
/* Before anything else of the update is sent: fails when the switch would. An endpoint that has to
 * run for it is started before and waited for when the news want it to run, unless `keeps_state`:
 * *seen is then as seen last, whatever the result, and else as it was. */
enum err_code switching_rehearse(struct cloud_call *call, const struct value *olds,
                                 const struct value *news, bool keeps_state,
                                 struct observation *seen) MUST_USE;
/* Carries a switch out that is asked for, or goes on with one that the state shows under way. */
enum err_code switching_carry_out(struct cloud_call *call, const struct value *olds,
                                  const struct value *news, struct observation *seen) MUST_USE;
/* The outputs of a preview: without waiting, what will serve at the end of the run is not known. */
void switching_preview(struct ctx *ctx, const struct cloud *cloud, const struct value *recorded,
                       const struct comparison *comparison, struct value *outputs);
/* What of the inputs a live object has to show at the end: without waiting, no switch. */
const struct value *switching_shown(struct cloud_call *call, const struct value *inputs);

#endif
