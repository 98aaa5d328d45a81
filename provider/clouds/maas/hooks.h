#ifndef CLOUDS_MAAS_HOOKS_H
#define CLOUDS_MAAS_HOOKS_H

#include "core/endpoint/cloud.h"

/* Hooks of the MaaS cloud (core/endpoint/cloud.h) that have a file of their own, and what those
 * share. */

enum err_code maas_observe(struct cloud_call *call, struct observation *out) MUST_USE;
enum err_code maas_create(struct cloud_call *call, const struct value *body,
                          struct observation *out) MUST_USE;
void maas_adjust_update(struct cloud_call *call, const struct value *old_inputs,
                        const struct value *news, struct value *body);
enum err_code maas_update(struct cloud_call *call, const struct value *old_inputs,
                          const struct value *news, const struct value *body,
                          struct observation *out) MUST_USE;

/* The hook `normalise`: an item of the list with its model under the name that create takes. */
const struct value *maas_normalise(struct ctx *ctx, const struct value *wire);
/* The same, where the inputs tell the model of an endpoint that is known to be ours. */
const struct value *maas_show_model(struct cloud_call *call, const struct value *wire);
/* Adds to a live object, private to the caller, when this provider made it, where that is known. */
void maas_put_creation_time(const struct cloud_call *call, struct value *wire);
void maas_warn_of_trouble(struct cloud_call *call, const struct observation *seen);
/* Whether the inputs switch the content guard off. */
bool maas_guard_is_off(const struct value *inputs);

#endif
