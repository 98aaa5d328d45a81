#ifndef CORE_PROPS_PROP_KEY_H
#define CORE_PROPS_PROP_KEY_H

#include "core/tables.h"

/* A key that `table`, a part of `root`, does not have. */
struct prop_key {
    const struct prop_table *root;
    const struct prop_table *table;
    const struct cloud_tables *cloud; /* whose configuration it may belong to; NULL: nobody's */
    struct str key;
};

/* The key without what parts the words of snake_case and kebab-case: these spellings are as near as
 * can be. In the arena. */
struct str prop_key_squeeze(struct arena *arena, struct str key);

/* The input of `table` that another spelling, the service's name or another cloud's name for it
 * means for certain; NULL when there is none. */
const struct prop *prop_key_meant(struct arena *arena, const struct prop_table *table,
                                  struct str key);

/* Why it is none: the one that was meant, the places where there is one, the setting of the
 * provider or the resource option that it is, or all that are known here. In the arena; pure, any
 * thread. */
struct words prop_key_advice(struct arena *arena, const struct prop_key *key);

#endif
