#ifndef CORE_PROPS_PROP_TOLD_H
#define CORE_PROPS_PROP_TOLD_H

#include "core/tables.h"

/* A property's path for a message. What the table names is the message's own words, which no mask
 * changes; a key of a map that the user chose is not. In the arena; pure, any thread. */
struct words prop_told_path(struct arena *arena, const struct prop_table *table, struct str path);
/* The names of the inputs of a table that are in use, one behind the other, as own words. */
struct words prop_told_names(struct arena *arena, const struct prop_table *table);

#endif
