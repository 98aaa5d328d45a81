/* An object that is sent whole repeats what the service has in it and no row knows: a setting that
 * is newer than this provider. */
#include "core/props/prop.h"

/* A place in a body: the table of the object that it is in, and the path from there, with a dot
 * behind it. */
struct place {
    struct ctx *ctx;
    const struct prop_table *table;
    struct str path;
    bool is_whole;            /* what is left out here is gone */
    bool in_a_form;           /* and so it is below, whatever the rows say */
    const char *const *keeps; /* of the endpoint itself: members that the form repeats */
};

static bool begins(const char *wire, struct str path) {
    struct str text = str_of(wire);
    return str_starts(text, path) && (text.len == path.len || text.ptr[path.len] == '.');
}

static bool is_inlined(const struct prop *row) {
    return row->type == PROP_OBJECT && row->wire != NULL && row->wire[0] == '\0';
}

static bool is_known(const struct prop_table *table, struct str path) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct prop_table members = prop_members(row);
        if (begins(row->wire != NULL ? row->wire : row->name, path) ||
            (row->wire_in != NULL && begins(row->wire_in, path)) ||
            (is_inlined(row) && is_known(&members, path))) {
            return true;
        }
    }
    return false;
}

static const struct prop *row_at(const struct prop_table *table, struct str path) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) != 0 &&
            str_is_c(path, row->wire != NULL ? row->wire : row->name)) {
            return row;
        }
    }
    return NULL;
}

/* What the program took out is sent as an empty object, and stays out. */
static bool is_cleared(const struct prop *row, const struct value *object) {
    bool may_be_empty =
        row != NULL && ((row->flags & PROP_PRESENCE) != 0 || row->default_value != NULL);
    return object->map.count == 0 && !may_be_empty;
}

/* Null is no value, and not every service takes it for one. */
static const struct value *without_nulls(struct ctx *ctx, const struct value *value) {
    if (!value_is_map(value)) {
        return value;
    }
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < value->map.count; i++) {
        const struct value_entry *entry = &value->map.entries[i];
        if (!value_is_null(entry->value)) {
            value_map_append(ctx->arena, out, entry->key, without_nulls(ctx, entry->value));
        }
    }
    value_map_sort(out);
    return out;
}

static bool is_same_item(const struct prop *row, const struct value *a, const struct value *b) {
    for (const char *const *name = row->matched_by; *name != NULL; name++) {
        struct prop_table members = prop_members(row->item);
        const struct prop *member = prop_find(&members, str_of(*name));
        if (!prop_equal(member, prop_at_wire(member, a), prop_at_wire(member, b))) {
            return false;
        }
    }
    return true;
}

/* The only item of the list that is the wanted one; NULL when there are several, or none. */
static const struct value *only_item(const struct prop *row, const struct value *list,
                                     const struct value *wanted) {
    const struct value *found = NULL;
    for (size_t i = 0; i < value_list_count(list); i++) {
        const struct value *item = list->list.items[i];
        if (value_is_map(item) && is_same_item(row, item, wanted)) {
            if (found != NULL) {
                return NULL;
            }
            found = item;
        }
    }
    return found;
}

static struct value *keep_members(const struct place *place, bool adds, const struct value *body,
                                  const struct value *live);

static const struct value *keep_items(const struct place *place, const struct prop *row,
                                      const struct value *body, const struct value *live) {
    struct ctx *ctx = place->ctx;
    struct prop_table members = prop_members(row->item);
    struct place inner = {.ctx = ctx, .table = &members, .is_whole = true, .in_a_form = true};
    struct value *out = value_list(ctx->arena);
    for (size_t i = 0; i < body->list.count; i++) {
        const struct value *item = body->list.items[i];
        const struct value *same = value_is_map(item) && only_item(row, body, item) != NULL
                                       ? only_item(row, live, item)
                                       : NULL;
        value_list_append(ctx->arena, out,
                          same == NULL ? item : keep_members(&inner, true, item, same));
    }
    return out;
}

static const struct value *keep_member(const struct place *place, struct str path,
                                       const struct value *body, const struct value *live) {
    struct ctx *ctx = place->ctx;
    const struct prop *row = row_at(place->table, path);
    if (row != NULL && row->matched_by != NULL && value_is_list(body) && value_is_list(live)) {
        return keep_items(place, row, body, live);
    }
    bool is_object = row == NULL ? is_known(place->table, path) : row->type == PROP_OBJECT;
    if (!is_object || !value_is_map(body) || !value_is_map(live) || is_cleared(row, body)) {
        return body;
    }
    struct place inner = *place;
    inner.is_whole = place->is_whole || place->in_a_form;
    inner.keeps = NULL;
    if (row == NULL) {
        inner.path = arena_printf(ctx->arena, "%.*s.", STR_ARG(path));
        return keep_members(&inner, inner.is_whole, body, live);
    }
    struct prop_table members = prop_members(row);
    inner.table = &members;
    inner.path = STR_EMPTY;
    inner.is_whole = inner.is_whole || (row->flags & PROP_WHOLE) != 0;
    bool adds = inner.is_whole && (row->flags & PROP_ONE_OF) == 0; /* a second choice is none */
    return keep_members(&inner, adds, body, live);
}

/* Is it a member that stays as it is when the program takes it out? What a form leaves out stays by
 * itself. */
static bool is_kept(const struct place *place, struct str path) {
    const struct prop *row = row_at(place->table, path);
    return row != NULL && row->clear == PROP_CLEAR_KEEP && !place->in_a_form;
}

static struct value *keep_members(const struct place *place, bool adds, const struct value *body,
                                  const struct value *live) {
    struct ctx *ctx = place->ctx;
    struct value *out = value_map_clone(ctx->arena, body);
    for (size_t i = 0; i < live->map.count; i++) {
        struct str key = live->map.entries[i].key;
        const struct value *shown = live->map.entries[i].value;
        const struct value *sent = value_get(body, key);
        struct str path = arena_printf(ctx->arena, "%.*s%.*s", STR_ARG(place->path), STR_ARG(key));
        if (sent != NULL) {
            value_map_set(ctx->arena, out, key, keep_member(place, path, sent, shown));
        } else if ((adds || str_is_listed(key, place->keeps)) && !value_is_null(shown) &&
                   (is_kept(place, path) || !is_known(place->table, path))) {
            value_map_set(ctx->arena, out, key, without_nulls(ctx, shown));
        }
    }
    return out;
}

struct value *prop_keep_unknown(struct ctx *ctx, const struct prop_table *table,
                                const struct form_table *form, const struct value *body,
                                const struct value *live) {
    struct place place = {.ctx = ctx,
                          .table = table,
                          .in_a_form = form != NULL,
                          .keeps = form != NULL ? form->keeps : NULL};
    return value_is_map(live) ? keep_members(&place, false, body, live)
                              : value_map_clone(ctx->arena, body);
}

/* They are kept in the state. */
#define MOST_DOUBTFUL 20

static bool says_something(const struct value *value) {
    bool is_empty = (value_is_map(value) && value->map.count == 0) ||
                    (value_is_list(value) && value_list_count(value) == 0) ||
                    (value_is_string(value) && value_text(value).len == 0);
    return !value_is_null(value) && !is_empty;
}

struct value *prop_doubtful(struct ctx *ctx, const struct prop_table *table,
                            const struct form_table *form, const struct value *live) {
    struct value *names = value_list(ctx->arena);
    for (size_t i = 0; value_is_map(live) && i < live->map.count; i++) {
        const struct value_entry *entry = &live->map.entries[i];
        bool is_told = is_known(table, entry->key) || str_is_listed(entry->key, form->keeps) ||
                       str_is_listed(entry->key, form->facts);
        if (!is_told && says_something(entry->value) && value_list_count(names) < MOST_DOUBTFUL) {
            value_list_append(ctx->arena, names, value_string(ctx->arena, entry->key));
        }
    }
    return names;
}

static bool holds_object(const struct prop_table *table, const struct value *body) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const char *wire = row->wire != NULL ? row->wire : row->name;
        const struct value *value = value_at(body, wire);
        if (row->type == PROP_OBJECT && value_is_map(value)) {
            return true;
        }
    }
    return false;
}

static bool sends_whole_object(const struct prop_table *table, const struct value *body) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *value = value_at(body, row->wire != NULL ? row->wire : row->name);
        struct prop_table members = prop_members(row);
        if (row->type != PROP_OBJECT || !value_is_map(value) || is_cleared(row, value)) {
            continue;
        }
        bool may_have_more = (row->flags & PROP_ONE_OF) == 0 || holds_object(&members, value);
        if ((row->flags & PROP_WHOLE) != 0 ? may_have_more : sends_whole_object(&members, value)) {
            return true;
        }
    }
    return false;
}

/* A list is sent whole, and the service may have more in its items. Those inside of objects belong
 * to a form, which its cloud completes. */
static bool sends_items(const struct prop_table *table, const struct value *body) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *value = value_at(body, row->wire != NULL ? row->wire : row->name);
        if (row->matched_by != NULL && value_list_count(value) > 0) {
            return true;
        }
    }
    return false;
}

bool prop_sends_whole(const struct prop_table *table, const struct value *body) {
    return sends_items(table, body) || sends_whole_object(table, body);
}

/* Is it in what an update repeats, whatever of that changed? The items of a set have no places. */
static bool repeats(struct ctx *ctx, const struct prop_table *table, bool is_whole,
                    const struct value *olds, const struct value *news, struct str pattern,
                    const struct path *above) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct value *old_value = value_get_set(olds, name);
        const struct value *new_value = value_get_set(news, name);
        const struct path at = path_to_member(above, name);
        struct str path = path_text(ctx->arena, &at);
        bool is_shown =
            (row->flags & PROP_INPUT) != 0 && (row->flags & (PROP_LOCAL | PROP_WRITE_ONLY)) == 0;
        bool is_sent = is_whole || !prop_equal(row, old_value, new_value);
        if (!is_shown || !is_sent || !path_meets(ctx->arena, pattern, path)) {
            continue;
        }
        struct prop_table members = prop_members(row);
        bool is_set = (row->flags & PROP_UNORDERED) != 0;
        bool is_own_whole = is_whole || (row->flags & PROP_WHOLE) != 0;
        if (row->type == PROP_OBJECT
                ? repeats(ctx, &members, is_own_whole, old_value, new_value, pattern, &at)
                : !is_set || path_covers(ctx->arena, pattern, path)) {
            return true;
        }
    }
    return false;
}

bool prop_repeats(struct ctx *ctx, const struct prop_table *table, bool is_form,
                  const struct value *olds, const struct value *news, struct str pattern) {
    return repeats(ctx, table, is_form, olds, news, pattern, NULL);
}
