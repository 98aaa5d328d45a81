#ifndef CORE_ENDPOINT_ENTRY_MARK_H
#define CORE_ENDPOINT_ENTRY_MARK_H

#include "base/arena.h"
#include "base/value.h"

/* What tells one entry of a state from another about the same endpoint: each Create writes a fresh
 * mark into its outputs, and every later call keeps it there. No schema names it; engines show no
 * key that starts with "__". */

/* A fresh one, in the arena. */
struct str entry_mark_new(struct arena *arena);
/* The mark in recorded outputs, a view; empty when they have none, such as those of an import or of
 * a release that wrote none. `outputs` may be NULL. */
struct str entry_mark_of(const struct value *outputs);
/* Writes the mark, which is copied; an empty one is left out. */
void entry_mark_put(struct arena *arena, struct value *outputs, struct str mark);

#endif
