#ifndef CORE_PROPS_HELD_H
#define CORE_PROPS_HELD_H

#include "core/tables.h"

/* What an update that failed half-way sent, or may have sent, beside the old inputs, which the
 * engine keeps: the service may hold it, and the program may no longer say it. Paths of rows, kept
 * in the outputs ("__held", in no schema) until an update succeeds. All results live in ctx->arena;
 * pure. */

/* One failed update. Outputs may be NULL: not known. */
struct failed_update {
    const struct value *kept;   /* inputs that the engine keeps in the state */
    const struct value *olds;   /* inputs, with what is known of the service beside them */
    const struct value *news;   /* inputs */
    const struct value *before; /* outputs in the state before it */
    const struct value *after;  /* outputs that it leaves */
    const struct value *live;   /* values that the service showed last */
    bool is_sent;               /* all of it, for certain: then no look is needed to tell what */
};
/* The outputs that it leaves, with the mark where there is something to remember: of this update,
 * and of those before that failed, too. */
const struct value *held_put(struct ctx *ctx, const struct prop_table *table,
                             const struct failed_update *update);
/* Inputs of a look, with what the service shows of what was sent. A service's own choice that was
 * there before is none of it. */
struct value *held_show(struct ctx *ctx, const struct prop_table *table,
                        const struct value *recorded, const struct value *live,
                        struct value *inputs);
/* Outputs of a look, with the mark repeated for what no look tells. */
const struct value *held_keep(struct ctx *ctx, const struct prop_table *table,
                              const struct value *recorded, const struct value *outputs);
/* Outputs without the mark of what the patterns name (ignoreChanges): what may have been sent of it
 * stays as it is, and is no difference. NULL stays NULL. */
const struct value *held_without(struct ctx *ctx, const struct value *recorded,
                                 const struct str *ignored, size_t ignored_count);
/* Outputs of an update that succeeded, with the mark of those alone: it has left them as they are.
 */
const struct value *held_keep_ignored(struct ctx *ctx, const struct value *recorded,
                                      const struct str *ignored, size_t ignored_count,
                                      const struct value *outputs);
/* Old inputs, in which what no look tells and may have been sent is something, though nobody knows
 * what: a program that leaves it out takes it out. */
const struct value *held_settle(struct ctx *ctx, const struct prop_table *table,
                                const struct value *recorded, const struct value *olds,
                                const struct value *news);

#endif
