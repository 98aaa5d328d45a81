#ifndef CORE_ENDPOINT_SCOPE_H
#define CORE_ENDPOINT_SCOPE_H

#include "core/config.h"

/* Where an endpoint lives: inputs that fall back on the configuration. */

/* Writes the effective scope into the checked inputs; a required one that is set nowhere is a
 * failure. `inputs` is private to the caller. */
void scope_fill(struct ctx *ctx, const struct provider_options *options,
                const struct cloud_tables *tables, const struct config *config,
                struct value *inputs, struct failures *failures);
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

#endif
