#ifndef CORE_PROPS_PROP_WALK_H
#define CORE_PROPS_PROP_WALK_H

#include "core/tables.h"

/* An input of a table: its path ("tags[].key"), and the service's. */
struct prop_place {
    const struct prop *row;
    struct str path;
    struct str wire;
};

enum prop_step {
    PROP_STEP_ON,
    PROP_STEP_OVER, /* its members are left out */
    PROP_STEP_END
};

typedef enum prop_step prop_visitor(const struct prop_place *place, void *user);

/* Visits every input of the table and of what is in it, an object before its members, as long as
 * the visitor goes on. Paths are in the arena. Pure but for the visitor; any thread. */
void prop_walk(struct arena *arena, const struct prop_table *table, prop_visitor *visit,
               void *user);

#endif
