#ifndef CORE_PROPS_SENT_H
#define CORE_PROPS_SENT_H

#include "core/tables.h"

/* What a change carried whose wait was cut off, as inputs in the outputs ("__sent", in no schema):
 * engines keep the old inputs then, in which a part of the program that is taken back is no
 * difference. Results live in the arena; pure. */

/* The outputs with the inputs that were sent. */
const struct value *sent_note(struct arena *arena, const struct value *outputs,
                              const struct value *sent);
/* Old inputs in which what was sent, and the program does not say so, is a difference; but not what
 * only steers this provider, nor what has an operation of its own. `recorded` NULL: not told. */
const struct value *sent_settle(struct ctx *ctx, const struct prop_table *table,
                                const struct value *recorded, const struct value *olds,
                                const struct value *news);

#endif
