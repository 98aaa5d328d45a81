#ifndef CORE_PROPS_SENT_H
#define CORE_PROPS_SENT_H

#include "core/tables.h"

/* What a change carried whose wait was cut off, as inputs in the outputs ("__sent", in no schema):
 * engines keep the old inputs then, in which a part of the program that is taken back is no
 * difference. Results live in the arena; pure. */

/* The outputs with the inputs that were sent. */
const struct value *sent_note(struct arena *arena, const struct value *outputs,
                              const struct value *sent);
/* Outputs of an update that succeeded: with the note of what was sent before of what the patterns
 * name (ignoreChanges), which it has left as it is. It counts again once that is ignored no more.
 * `news` are the inputs that the state keeps. */
const struct value *sent_keep_ignored(struct arena *arena, const struct value *recorded,
                                      const struct str *ignored, size_t ignored_count,
                                      const struct value *news, const struct value *outputs);
/* Old inputs in which what was sent, and the program does not say so, is a difference; but not what
 * only steers this provider, nor what has an operation of its own. `recorded` NULL: not told. */
const struct value *sent_settle(struct ctx *ctx, const struct prop_table *table,
                                const struct value *recorded, const struct value *olds,
                                const struct value *news);

#endif
