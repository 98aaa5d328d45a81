#ifndef CORE_PROPS_FILLED_H
#define CORE_PROPS_FILLED_H

#include "core/props/prop.h"

/* Settings that the service fills in when they are left out (rows flagged `filled`), and shows from
 * then on: an import cannot tell them from what was asked for. All pure, results in ctx->arena. */

/* Marks inputs that an import found to hold such a setting. The mark stays in the state until the
 * program's own inputs are there; no schema has it, and engines show no such key. */
void filled_mark(struct ctx *ctx, const struct prop_table *table, struct value *inputs);
/* Carries the mark over from the inputs in the state, or from the engine's own. */
void filled_keep_mark(struct ctx *ctx, const struct value *from, struct value *inputs);
/* Old inputs, to be compared with new ones: without what an import found and the program leaves
 * out; and with what the outputs show where only the program says it. */
const struct value *filled_settle(struct ctx *ctx, const struct prop_table *table,
                                  const struct value *olds, const struct value *news,
                                  const struct value *outputs);

#endif
