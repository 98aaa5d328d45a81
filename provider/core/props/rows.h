#ifndef CORE_PROPS_ROWS_H
#define CORE_PROPS_ROWS_H

#include "core/tables.h"

/* Lists of what functions look up. All pure; results live in the arena and share what they are made
 * of. */

/* Lists in lists as one list of maps. `path` names them from the outside in, as in the column
 * `rows`: "vendors[].regions[].computes[]". A row has the members of an innermost item and, below
 * the names of the outer lists, the items that it is in. What is no list, or no map in one, gives
 * no row. */
const struct value *rows_unnest(struct arena *arena, const struct value *reply, const char *path);

/* Whether a row fits every argument that is a filter (the column `filter`): it has a member that
 * matches. Of a list one item is enough. A map with the members key and value is "key=value", and
 * "key", too. */
bool rows_fits(struct arena *arena, const struct prop_table *filters, const struct value *args,
               const struct value *row);

/* Takes out of the first list among the results what fits not. */
void rows_filter(struct arena *arena, const struct function_row *function, const struct value *args,
                 struct value *results);

#endif
