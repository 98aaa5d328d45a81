#ifndef CORE_PROPS_PATH_H
#define CORE_PROPS_PATH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"

/* Property paths in Pulumi's grammar: name, a.b, a[0], a["key.with.dots"]. All results live in the
 * arena. */
struct str path_member(struct arena *arena, struct str parent, struct str key);
struct str path_index(struct arena *arena, struct str parent, size_t index);

/* Where a walk is: its last step and, on the stack of the walk, those above. A walk passes many
 * places and names few: a text is made of those alone. NULL is the root. */
struct path {
    const struct path *above;
    struct str key; /* of a member; `ptr` is NULL where the step is into a list */
    size_t index;
};
static inline struct path path_to_member(const struct path *above, struct str key) {
    return (struct path){.above = above, .key = key};
}
static inline struct path path_to_item(const struct path *above, size_t index) {
    return (struct path){.above = above, .index = index};
}
struct str path_text(struct arena *arena, const struct path *path);

/* The top-level key of a path. */
struct str path_head(struct arena *arena, struct str path);
/* True when `pattern` (which may hold "*" for a member or an index) names `path` or something above
 * it. */
bool path_covers(struct arena *arena, struct str pattern, struct str path);
/* The same of any of several patterns. */
bool path_is_covered(struct arena *arena, const struct str *patterns, size_t count,
                     struct str path);
/* True when one of the two patterns may name the other's place, or something above or below it. */
bool path_meets(struct arena *arena, struct str one, struct str other);
/* `news` with what the pattern names taken back to what it was in `olds`, or taken out where that
 * has none. Nothing is made for a path that leads nowhere. Shares what is not changed. */
const struct value *path_restore(struct arena *arena, struct str pattern, const struct value *olds,
                                 const struct value *news);
/* The same for each of several patterns, such as ignoreChanges: what no request may carry. */
const struct value *path_restore_all(struct arena *arena, const struct str *patterns, size_t count,
                                     const struct value *olds, const struct value *news);

#endif
