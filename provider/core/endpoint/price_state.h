#ifndef CORE_ENDPOINT_PRICE_STATE_H
#define CORE_ENDPOINT_PRICE_STATE_H

#include "core/endpoint/cloud.h"
#include "core/endpoint/price_list.h"

/* Prices in the state (outputs price, pricedAt). */

/* Keeps what the state tells: outputs, and the inputs that they were made with. */
void price_note_state(struct ctx *ctx, const struct cloud_tables *tables, struct price_list *list,
                      const struct value *inputs, const struct value *outputs);
/* Writes what was asked; where nobody asked, what the state has. `outputs` is private to the
 * caller. */
void price_put(const struct cloud_call *call, struct value *outputs);

#endif
