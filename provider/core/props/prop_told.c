#include "core/props/prop_told.h"

#include "base/words.h"
#include "core/props/prop.h"

/* Bytes of the next step's name. */
static size_t name_len(struct str path) {
    size_t len = 0;
    while (len < path.len && path.ptr[len] != '.' && path.ptr[len] != '[') {
        len++;
    }
    return len;
}

/* Bytes of the place in a list, "[0]" or "[]"; 0 when there is none. */
static size_t index_len(struct str path) {
    size_t len = path.len > 0 && path.ptr[0] == '[' ? 1 : 0;
    while (len > 0 && len < path.len && path.ptr[len] >= '0' && path.ptr[len] <= '9') {
        len++;
    }
    return len > 0 && len < path.len && path.ptr[len] == ']' ? len + 1 : 0;
}

/* Bytes of the path that rows stand for. */
static size_t known_len(const struct prop_table *table, struct str path) {
    struct prop_table here = *table;
    size_t known = 0;
    size_t at = 0;
    while (at < path.len) {
        struct str rest = str_slice(path, at, path.len);
        const struct prop *row = prop_find(&here, str_slice(rest, 0, name_len(rest)));
        if (row == NULL) {
            break;
        }
        at += name_len(rest);
        if (row->item != NULL && row->type == PROP_LIST) {
            at += index_len(str_slice(path, at, path.len));
            row = row->item;
        }
        known = at;
        here = prop_members(row);
        at += at < path.len && path.ptr[at] == '.' ? 1 : 0;
    }
    return known;
}

struct words prop_told_path(struct arena *arena, const struct prop_table *table, struct str path) {
    size_t known = known_len(table, path);
    struct words own = words_own(arena, str_slice(path, 0, known));
    return known == path.len ? own
                             : words_text(arena, "%p%.*s", WORDS_ARG(own),
                                          STR_ARG(str_slice(path, known, path.len)));
}

struct words prop_told_names(struct arena *arena, const struct prop_table *table) {
    struct words names = words_none();
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) != 0 && row->deprecated == NULL) {
            names = words_text(arena, "%p%s%s", WORDS_ARG(names), names.text.len > 0 ? ", " : "",
                               row->name);
        }
    }
    return names;
}
