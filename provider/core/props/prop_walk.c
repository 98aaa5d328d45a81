#include "core/props/prop_walk.h"

#include "core/props/prop.h"

struct walk {
    struct arena *arena;
    prop_visitor *visit;
    void *user;
};

/* Tables are as deep as their YAML. */
static bool goes_on(const struct walk *walk, const struct prop_table *table,
                    const struct prop_place *above) {
    struct arena *arena = walk->arena;
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) == 0) {
            continue;
        }
        struct prop_place place = {
            .row = row,
            .path = arena_join(arena, above->path, ".", str_of(row->name)),
            .wire = arena_join(arena, above->wire, ".",
                               str_of(row->wire != NULL ? row->wire : row->name)),
        };
        enum prop_step step = walk->visit(&place, walk->user);
        if (step == PROP_STEP_END) {
            return false;
        }
        struct prop_table members = prop_members(row->item != NULL ? row->item : row);
        if (row->item != NULL) {
            place.path = arena_printf(arena, "%.*s[]", STR_ARG(place.path));
        }
        if (step == PROP_STEP_ON && !goes_on(walk, &members, &place)) {
            return false;
        }
    }
    return true;
}

void prop_walk(struct arena *arena, const struct prop_table *table, prop_visitor *visit,
               void *user) {
    const struct walk walk = {arena, visit, user};
    (void)goes_on(&walk, table, &(struct prop_place){.path = STR_EMPTY, .wire = STR_EMPTY});
}
