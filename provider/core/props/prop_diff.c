#include <string.h>

#include "core/props/path.h"
#include "core/props/prop.h"

static void diff_value(struct diff_list *diffs, const struct prop *row,
                       const struct value *old_value, const struct value *new_value,
                       const struct path *path, bool replace);

bool diff_kind_replaces(enum diff_kind kind) {
    return kind == DIFF_ADD_REPLACE || kind == DIFF_DELETE_REPLACE || kind == DIFF_UPDATE_REPLACE;
}

static enum diff_kind with_replace(enum diff_kind kind, bool replace) {
    if (!replace) {
        return kind;
    }
    switch (kind) {
    case DIFF_ADD:
    case DIFF_ADD_REPLACE:
        return DIFF_ADD_REPLACE;
    case DIFF_DELETE:
    case DIFF_DELETE_REPLACE:
        return DIFF_DELETE_REPLACE;
    case DIFF_UPDATE:
    case DIFF_UPDATE_REPLACE:
        return DIFF_UPDATE_REPLACE;
    }
    return kind;
}

static bool replaces(const struct diff_list *diffs, const struct prop *row) {
    bool is_switched = diffs->switches && (row->flags & PROP_SWITCHED) != 0;
    return (row->flags & PROP_REPLACE) != 0 && !is_switched;
}

void diff_list_add(struct diff_list *diffs, struct str path, enum diff_kind kind, bool replace) {
    if (path_is_covered(diffs->ctx->arena, diffs->ignored, diffs->ignored_count, path)) {
        return;
    }
    diffs->entries = arena_reserve(diffs->ctx->arena, diffs->entries, diffs->count,
                                   sizeof(*diffs->entries), &diffs->capacity);
    diffs->entries[diffs->count++] =
        (struct diff_entry){.path = path, .kind = with_replace(kind, replace), .input_diff = true};
}

static void diff_members(struct diff_list *diffs, const struct prop_table *table,
                         const struct value *olds, const struct value *news,
                         const struct path *path, bool replace) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) == 0) {
            continue;
        }
        struct str name = str_of(row->name);
        const struct value *old_value = value_get_set(olds, name);
        const struct value *new_value = value_get_set(news, name);
        if (old_value != NULL || new_value != NULL) {
            const struct path own = path_to_member(path, name);
            diff_value(diffs, row, old_value, new_value, &own, replace);
        }
    }
}

static void diff_item(struct diff_list *diffs, const struct prop *item,
                      const struct value *old_item, const struct value *new_item,
                      const struct path *path, bool replace) {
    if (item != NULL) {
        diff_value(diffs, item, old_item, new_item, path, replace);
    } else if (!value_equal(old_item, new_item)) {
        enum diff_kind kind = old_item == NULL   ? DIFF_ADD
                              : new_item == NULL ? DIFF_DELETE
                                                 : DIFF_UPDATE;
        diff_list_add(diffs, path_text(diffs->ctx->arena, path), kind, replace);
    }
}

static bool set_holds(const struct prop *item, const struct value *list,
                      const struct value *wanted) {
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *candidate = list->list.items[i];
        if (item == NULL ? value_equal(candidate, wanted) : prop_equal(item, candidate, wanted)) {
            return true;
        }
    }
    return false;
}

/* An item that joins a set where another one left is one change of that index. */
static void add_set_item(struct diff_list *diffs, size_t first, struct str path, bool replace) {
    for (size_t i = first; i < diffs->count; i++) {
        if (str_is(diffs->entries[i].path, path)) {
            diffs->entries[i].kind = with_replace(DIFF_UPDATE, replace);
            return;
        }
    }
    diff_list_add(diffs, path, DIFF_ADD, replace);
}

static void diff_set(struct diff_list *diffs, const struct prop *row, const struct value *olds,
                     const struct value *news, const struct path *path, bool replace) {
    size_t before = diffs->count;
    struct str where = path_text(diffs->ctx->arena, path);
    bool differs = false;
    for (size_t i = 0; i < olds->list.count; i++) {
        if (!set_holds(row->item, news, olds->list.items[i])) {
            differs = true;
            diff_list_add(diffs, path_index(diffs->ctx->arena, where, i), DIFF_DELETE, replace);
        }
    }
    for (size_t i = 0; i < news->list.count; i++) {
        if (!set_holds(row->item, olds, news->list.items[i])) {
            differs = true;
            add_set_item(diffs, before, path_index(diffs->ctx->arena, where, i), replace);
        }
    }
    if (!differs) { /* only how often an item occurs differs */
        diff_list_add(diffs, where, DIFF_UPDATE, replace);
    }
}

static void diff_lists(struct diff_list *diffs, const struct prop *row, const struct value *olds,
                       const struct value *news, const struct path *path, bool replace) {
    if (prop_is_set(row, olds, news)) {
        diff_set(diffs, row, olds, news, path, replace);
        return;
    }
    size_t count = olds->list.count > news->list.count ? olds->list.count : news->list.count;
    for (size_t i = 0; i < count; i++) {
        const struct path own = path_to_item(path, i);
        diff_item(diffs, row->item, i < olds->list.count ? olds->list.items[i] : NULL,
                  i < news->list.count ? news->list.items[i] : NULL, &own, replace);
    }
}

static void diff_maps(struct diff_list *diffs, const struct prop *row, const struct value *olds,
                      const struct value *news, const struct path *path, bool replace) {
    for (size_t i = 0; i < olds->map.count; i++) {
        struct str key = olds->map.entries[i].key;
        const struct path own = path_to_member(path, key);
        diff_item(diffs, row->item, olds->map.entries[i].value, value_get(news, key), &own,
                  replace);
    }
    for (size_t i = 0; i < news->map.count; i++) {
        struct str key = news->map.entries[i].key;
        if (value_get(olds, key) == NULL) {
            const struct path own = path_to_member(path, key);
            diff_item(diffs, row->item, NULL, news->map.entries[i].value, &own, replace);
        }
    }
}

static bool both(const struct value *a, const struct value *b, enum value_kind kind) {
    return a != NULL && b != NULL && a->kind == kind && b->kind == kind;
}

/* What only steers this provider asks for nothing when it is taken out or emptied. */
static bool asks_for_restart(const struct prop *row, const struct value *new_value) {
    bool is_empty = new_value == NULL || (value_is_string(new_value) && new_value->string.len == 0);
    return row->interrupts == PROP_INTERRUPTS_RESTARTS &&
           ((row->flags & PROP_LOCAL) == 0 || !is_empty);
}

static void diff_value(struct diff_list *diffs, const struct prop *row,
                       const struct value *old_value, const struct value *new_value,
                       const struct path *path, bool replace) {
    if (prop_equal(row, old_value, new_value)) {
        return;
    }
    if (new_value == NULL && row->clear == PROP_CLEAR_KEEP) {
        return;
    }
    if ((row->flags & PROP_FIRST_FREE) != 0 && (old_value == NULL || new_value == NULL)) {
        return;
    }
    replace = replace || replaces(diffs, row);
    if (row->type == PROP_OBJECT && both(old_value, new_value, VALUE_MAP)) {
        struct prop_table members = prop_members(row); /* each says itself whether it restarts */
        diff_members(diffs, &members, old_value, new_value, path, replace);
        return;
    }
    size_t before = diffs->count;
    if (row->type == PROP_LIST && both(old_value, new_value, VALUE_LIST)) {
        diff_lists(diffs, row, old_value, new_value, path, replace);
    } else if (row->type == PROP_MAP && both(old_value, new_value, VALUE_MAP)) {
        diff_maps(diffs, row, old_value, new_value, path, replace);
    } else {
        enum diff_kind kind = old_value == NULL   ? DIFF_ADD
                              : new_value == NULL ? DIFF_DELETE
                                                  : DIFF_UPDATE;
        diff_list_add(diffs, path_text(diffs->ctx->arena, path), kind, replace);
    }
    if (diffs->count > before && asks_for_restart(row, new_value)) {
        diffs->restarts = true;
    }
}

void prop_diff(struct diff_list *diffs, const struct prop_table *table, const struct value *olds,
               const struct value *news) {
    diff_members(diffs, table, olds, news, NULL, false);
}
