#ifndef CORE_PROPS_PROP_KEY_H
#define CORE_PROPS_PROP_KEY_H

#include "core/tables.h"

/* Why `table`, a part of `root`, has no property of that name: the one that was meant, the places
 * where there is one, or all that are known here. In the arena; pure, any thread. */
struct str prop_key_advice(struct arena *arena, const struct prop_table *root,
                           const struct prop_table *table, struct str key);

#endif
