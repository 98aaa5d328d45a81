#ifndef CORE_PROPS_NEAR_H
#define CORE_PROPS_NEAR_H

#include "core/tables.h"

/* The known word that a text most likely is a misspelling of. */
struct near {
    struct str asked;
    struct str word; /* empty: none so far, or several are as near */
    size_t distance;
};

/* Nothing is near yet. `asked` outlives it. */
struct near near_to(struct str asked);
/* Compares one of the known words, which outlives the search. */
void near_consider(struct near *near, struct str word);
/* "; did you mean "word"?", or "" when no word is near. In the arena, as own words; pure, any
 * thread. */
const char *near_advice(struct arena *arena, const struct near *near);
/* The same of the values that a property knows, but for those that are out of use. */
const char *near_value_advice(struct arena *arena, const struct prop *row, struct str asked);

#endif
