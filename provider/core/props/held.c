#include "core/props/held.h"

#include "core/props/prop.h"

#define KEY "__held"

/* A walk over what differs. */
struct walk {
    struct arena *arena;
    bool is_sent;
    bool in_added; /* the object around is among the paths, as a whole */
    struct value *paths;
};

static void add(const struct walk *walk, struct str path) {
    if (!value_list_has(walk->paths, path)) {
        value_list_append(walk->arena, walk->paths, value_string(walk->arena, path));
    }
}

/* A refresh does not show it where the old inputs lack it: any other value may be the service's
 * own. */
static bool is_hidden_by_refresh(const struct prop *row) {
    bool is_by_member =
        row->type == PROP_OBJECT && (row->flags & (PROP_PRESENCE | PROP_ONE_OF | PROP_WHOLE)) == 0;
    return row->default_value == NULL && !is_by_member;
}

static void find(const struct walk *walk, const struct prop_table *table,
                 const struct failed_update *update, struct str above);

static void find_row(const struct walk *walk, const struct prop *row,
                     const struct failed_update *update, struct str path) {
    bool is_changed = !prop_equal(row, update->olds, update->news);
    if (prop_is_untold(row)) {
        if (!walk->is_sent && is_changed) {
            add(walk, path);
        }
        return;
    }
    if (!is_changed && prop_equal(row, update->kept, update->news)) {
        return;
    }
    bool is_new = update->kept == NULL && is_hidden_by_refresh(row);
    bool was_there = update->before != NULL && prop_equal(row, update->before, update->after);
    struct walk below = *walk;
    if (is_new && !was_there && !walk->in_added) {
        add(walk, path);
        below.in_added = true;
    } else if (prop_adds_hidden(row, update->kept, update->news)) {
        add(walk, path);
    }
    if (row->type == PROP_OBJECT) {
        struct prop_table members = prop_members(row);
        find(&below, &members, update, path);
    }
}

static void find(const struct walk *walk, const struct prop_table *table,
                 const struct failed_update *update, struct str above) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct failed_update own = {.kept = value_get_set(update->kept, name),
                                          .olds = value_get_set(update->olds, name),
                                          .news = value_get_set(update->news, name),
                                          .before = value_get_set(update->before, name),
                                          .after = value_get_set(update->after, name)};
        bool is_sent = (row->flags & PROP_INPUT) != 0 &&
                       (row->flags & (PROP_LOCAL | PROP_IGNORED | PROP_REPLACE)) == 0;
        if (is_sent) {
            find_row(walk, row, &own, arena_join(walk->arena, above, ".", name));
        }
    }
}

/* The row at a path; NULL when this version of the tables has none. */
static const struct prop *row_at(struct prop_table table, struct str path) {
    const struct prop *row = NULL;
    while (path.ptr != NULL) {
        struct str step = str_split(path, '.', &path);
        row = prop_find(&table, step);
        if (row == NULL) {
            return NULL;
        }
        table = prop_members(row);
    }
    return row;
}

/* One path of the mark. */
struct marked {
    const char *path;
    const struct prop *row;
};

/* False where the tables have no such row. */
static bool marked_at(const struct prop_table *table, const struct value *paths, size_t index,
                      struct marked *out) {
    struct str path = value_text(paths->list.items[index]);
    *out = (struct marked){.path = path.ptr, .row = path.len > 0 ? row_at(*table, path) : NULL};
    return out->row != NULL;
}

/* Whether an update that failed earlier still counts: what no look tells was not sent anew since.
 */
static bool is_open_yet(const struct failed_update *update, const struct marked *one) {
    return !prop_is_untold(one->row) || !update->is_sent ||
           prop_equal(one->row, value_at(update->olds, one->path),
                      value_at(update->news, one->path));
}

static void add_earlier(const struct walk *walk, const struct prop_table *table,
                        const struct failed_update *update) {
    const struct value *paths = value_get_c(update->before, KEY);
    struct marked one;
    for (size_t i = 0; i < value_list_count(paths); i++) {
        if (marked_at(table, paths, i, &one) && is_open_yet(update, &one)) {
            add(walk, str_of(one.path));
        }
    }
}

/* What is still in an object that was sent whole without it, whoever put it there. */
static void add_left_in(struct ctx *ctx, const struct walk *walk, const struct prop_table *table,
                        const struct failed_update *update) {
    struct diff_list unapplied = {.ctx = ctx};
    if (update->live == NULL) {
        return;
    }
    prop_unapplied(&unapplied, table, update->olds, update->news, update->live);
    for (size_t i = 0; i < unapplied.count; i++) {
        const struct diff_entry *entry = &unapplied.entries[i];
        if (entry->kind == DIFF_DELETE &&
            value_at(update->kept, arena_str(ctx->arena, entry->path).ptr) == NULL) {
            add(walk, entry->path);
        }
    }
}

const struct value *held_put(struct ctx *ctx, const struct prop_table *table,
                             const struct failed_update *update) {
    const struct walk walk = {
        .arena = ctx->arena, .is_sent = update->is_sent, .paths = value_list(ctx->arena)};
    add_earlier(&walk, table, update);
    find(&walk, table, update, STR_EMPTY);
    add_left_in(ctx, &walk, table, update);
    return walk.paths->list.count == 0
               ? update->after
               : value_map_with_c(ctx->arena, update->after, KEY, walk.paths);
}

/* What is said of it stays, but for what a refresh hides of it. */
static const struct value *held_value(struct ctx *ctx, const struct prop *row,
                                      const struct value *said, const struct value *live) {
    return row->hidden != NULL ? prop_with_hidden(ctx, row, said, live)
           : said != NULL      ? said
                               : live;
}

struct value *held_show(struct ctx *ctx, const struct prop_table *table,
                        const struct value *recorded, const struct value *live,
                        struct value *inputs) {
    const struct value *paths = value_get_c(recorded, KEY);
    struct marked one;
    for (size_t i = 0; i < value_list_count(paths); i++) {
        if (!marked_at(table, paths, i, &one) || prop_is_untold(one.row)) {
            continue;
        }
        const struct value *said = value_at(inputs, one.path);
        const struct value *shown = held_value(ctx, one.row, said, value_at(live, one.path));
        if (shown != said) {
            inputs = value_copy(ctx->arena, inputs);
            value_set_at(ctx->arena, inputs, one.path, shown);
        }
    }
    return inputs;
}

const struct value *held_keep(struct ctx *ctx, const struct prop_table *table,
                              const struct value *recorded, const struct value *outputs) {
    const struct value *paths = value_get_c(recorded, KEY);
    struct value *kept = value_list(ctx->arena);
    struct marked one;
    for (size_t i = 0; i < value_list_count(paths); i++) {
        if (marked_at(table, paths, i, &one) && prop_is_untold(one.row)) {
            value_list_append(ctx->arena, kept, paths->list.items[i]);
        }
    }
    return kept->list.count == 0 ? outputs : value_map_with_c(ctx->arena, outputs, KEY, kept);
}

/* The paths of the mark that are ignored, or the others. */
static struct value *paths_where(struct arena *arena, const struct value *recorded,
                                 const struct str *ignored, size_t ignored_count, bool is_ignored) {
    const struct value *paths = value_get_c(recorded, KEY);
    struct value *out = value_list(arena);
    for (size_t i = 0; i < value_list_count(paths); i++) {
        const struct value *path = paths->list.items[i];
        if (path_is_covered(arena, ignored, ignored_count, value_text(path)) == is_ignored) {
            value_list_append(arena, out, path);
        }
    }
    return out;
}

const struct value *held_without(struct ctx *ctx, const struct value *recorded,
                                 const struct str *ignored, size_t ignored_count) {
    struct value *others = paths_where(ctx->arena, recorded, ignored, ignored_count, false);
    bool is_all = others->list.count == value_list_count(value_get_c(recorded, KEY));
    return is_all ? recorded : value_map_with_c(ctx->arena, recorded, KEY, others);
}

const struct value *held_keep_ignored(struct ctx *ctx, const struct value *recorded,
                                      const struct str *ignored, size_t ignored_count,
                                      const struct value *outputs) {
    struct value *kept = paths_where(ctx->arena, recorded, ignored, ignored_count, true);
    return kept->list.count == 0 ? outputs : value_map_with_c(ctx->arena, outputs, KEY, kept);
}

/* Differs from what is absent, and says nothing. */
static const struct value *something(struct arena *arena, const struct prop *row) {
    if (row->type != PROP_OBJECT) {
        return row->type == PROP_MAP    ? value_map(arena)
               : row->type == PROP_LIST ? value_list(arena)
                                        : value_string(arena, STR_EMPTY);
    }
    struct value *object = value_map(arena);
    for (size_t i = 0; i < row->prop_count; i++) {
        const struct prop *member = &row->props[i];
        if ((member->flags & PROP_REQUIRED) != 0) {
            value_map_set(arena, object, str_of(member->name), something(arena, member));
        }
    }
    return object;
}

/* The object that the path ends in; the root of a path of one step. */
static bool has_parent(struct arena *arena, const struct value *inputs, const char *path) {
    struct str text = str_of(path);
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] != '.') {
        end--;
    }
    struct str above = arena_str(arena, str_slice(text, 0, end > 0 ? end - 1 : 0));
    return above.len == 0 || value_is_map(value_at(inputs, above.ptr));
}

const struct value *held_settle(struct ctx *ctx, const struct prop_table *table,
                                const struct value *recorded, const struct value *olds,
                                const struct value *news) {
    const struct value *paths = value_get_c(recorded, KEY);
    struct marked one;
    for (size_t i = 0; i < value_list_count(paths); i++) {
        bool is_open = marked_at(table, paths, i, &one) && prop_is_untold(one.row) &&
                       one.row->clear != PROP_CLEAR_KEEP;
        if (is_open && value_at(olds, one.path) == NULL && value_at(news, one.path) == NULL &&
            has_parent(ctx->arena, olds, one.path) && has_parent(ctx->arena, news, one.path)) {
            struct value *own = value_copy(ctx->arena, olds);
            value_set_at(ctx->arena, own, one.path, something(ctx->arena, one.row));
            olds = own;
        }
    }
    return olds;
}
