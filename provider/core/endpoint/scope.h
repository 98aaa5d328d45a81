#ifndef CORE_ENDPOINT_SCOPE_H
#define CORE_ENDPOINT_SCOPE_H

#include "core/config.h"

/* Where an endpoint lives: inputs that fall back on the configuration. */

/* The inputs without what got around their scope on the way: what a program reads from a file ends
 * in a line break. Done before anything else looks at them, so the state never holds it and nothing
 * differs. One inside is a failure. Also for a function's arguments. */
const struct value *scope_trim(struct ctx *ctx, const struct provider_options *options,
                               const struct cloud_tables *tables, const struct value *inputs,
                               struct failures *failures);
/* Writes the effective scope into the checked inputs, as far as `props`, the resource's rows, have
 * it; a required one that is set nowhere is a failure, and so is one whose place in the environment
 * or a file has a fault. `inputs` is private to the caller. */
void scope_fill(struct ctx *ctx, const struct provider_options *options,
                const struct cloud_tables *tables, const struct prop_table *props,
                const struct config *config, struct value *inputs, struct failures *failures);
/* Why credentials of the configured region are none for the scope's: both are regions of different
 * sites. Empty when they are of one site, or it is not known yet. */
struct words scope_foreign_site(struct arena *arena, const struct cloud_tables *tables,
                                const struct config *config, const struct value *scope);
/* Adds the scope of a call to a map that is private to the caller, where the service itself does
 * not show it. */
void scope_put(struct ctx *ctx, const struct cloud_tables *tables, const struct value *params,
               struct value *outputs);
/* The same for the inputs of an import, without what equals the configured scope. */
void scope_put_unconfigured(struct ctx *ctx, const struct cloud_tables *tables,
                            const struct config *config, const struct value *params,
                            struct value *inputs);
/* Whether a scope property differs between two input maps, so that a name fits both. */
bool scope_differs(const struct cloud_tables *tables, const struct value *a, const struct value *b);
/* Where a call looks, for messages: "region r, projectId p". In its arena; pure. */
struct words scope_text(const struct cloud_call *call);

#endif
