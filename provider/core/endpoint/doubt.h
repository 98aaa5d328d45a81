#ifndef CORE_ENDPOINT_DOUBT_H
#define CORE_ENDPOINT_DOUBT_H

#include "core/props/prop.h"
#include "core/tables.h"

/* What an endpoint shows that no document tells, on clouds whose updates are forms: it may be a
 * fact, or a setting that a form resets. All pure, results in the arena. */

/* Keeps its names in the outputs, so that a later preview knows them; nothing where there are none.
 * No schema names that key, and engines show no such key. */
void doubt_put(struct ctx *ctx, const struct cloud_tables *tables, const struct value *wire,
               struct value *outputs);
/* "a, b": those that the outputs hold; empty when there are none. */
struct str doubt_words(struct arena *arena, const struct value *outputs);

#endif
