#ifndef CORE_PROPS_UNREAD_H
#define CORE_PROPS_UNREAD_H

#include "core/props/prop.h"

/* What a service has and never shows: the values of write-only inputs, and of rows that it masks.
 * All pure, results in ctx->arena. */

/* Of a live object, what the inputs do not say either: by property path the keys, of a map or of a
 * list's items, in a list that is empty where there are none. `inputs` NULL: nothing is known. */
struct value *unread_find(struct ctx *ctx, const struct prop_table *table, const struct value *wire,
                          const struct value *inputs);
/* "a.b (KEY, KEY), c": one behind the other; empty when there are none. */
struct str unread_words(struct arena *arena, const struct value *unread);
/* Keeps it in the outputs, so that a later preview knows it; nothing where there is none. No schema
 * names it, and engines show no such key. */
void unread_put(struct arena *arena, struct value *outputs, const struct value *unread);
/* What is gone when the change from olds to news is made: of what the outputs tell, whatever is
 * sent whole and the news do not say. `is_all`: everything is sent, in a form or to a new endpoint.
 */
struct value *unread_lost(struct ctx *ctx, const struct prop_table *table, bool is_all,
                          const struct value *outputs, const struct value *olds,
                          const struct value *news);
/* Adds what a change from olds to news should have changed of write-only rows and, as far as a live
 * object shows, did not: a key of a map, or an object, that is there though it was taken out, and a
 * key that is missing among others. */
void unread_unapplied(struct diff_list *unapplied, const struct prop_table *table,
                      const struct value *wire, const struct value *olds, const struct value *news);

#endif
