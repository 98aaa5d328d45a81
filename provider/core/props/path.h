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
/* The top-level key of a path. */
struct str path_head(struct arena *arena, struct str path);
/* True when `pattern` (which may hold "*" for a member or an index) names `path` or something above
 * it. */
bool path_covers(struct arena *arena, struct str pattern, struct str path);
/* `news` with what the pattern names taken back to what it was in `olds`, or taken out where that
 * has none. Nothing is made for a path that leads nowhere. Shares what is not changed. */
const struct value *path_restore(struct arena *arena, struct str pattern, const struct value *olds,
                                 const struct value *news);
/* The same for each of several patterns, such as ignoreChanges: what no request may carry. */
const struct value *path_restore_all(struct arena *arena, const struct str *patterns, size_t count,
                                     const struct value *olds, const struct value *news);

#endif
