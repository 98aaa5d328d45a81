#ifndef CORE_ENDPOINT_PRICE_KEY_H
#define CORE_ENDPOINT_PRICE_KEY_H

#include "base/ctx.h"
#include "core/tables.h"

/* What makes two prices of a cloud different: where they were asked, the parameters that they were
 * asked with, and what an endpoint and a row of the prices have in common (`prices.match`). All
 * pure; results live in the arena. */

/* Of an endpoint with such properties; what is unknown counts as missing. Empty: no row is its, or
 * the properties do not tell which. */
struct str price_key_of(struct ctx *ctx, const struct cloud_tables *tables,
                        const struct value *properties);
/* Of a row that was asked for with these parameters. Empty: no endpoint's. */
struct str price_key_of_row(struct arena *arena, const struct cloud_tables *tables,
                            const struct value *params, const struct value *row);

/* Parameters to ask with for such an endpoint's price, beside those of the scope. */
struct value *price_params_of(struct ctx *ctx, const struct cloud_tables *tables,
                              const struct value *properties);
/* The scope that the properties say and those parameters: they have the same reply. */
struct str price_params_key(struct arena *arena, const struct cloud_tables *tables,
                            const struct value *properties, const struct value *params);

/* Replicas that such an endpoint begins with; 1 where it does not say. */
double price_planned_replicas(struct ctx *ctx, const struct cloud_tables *tables,
                              const struct value *properties);

#endif
