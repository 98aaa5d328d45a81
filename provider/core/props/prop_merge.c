/* Live values against what the user wrote: outputs, refresh, import, preview, and what an update
 * left undone. */
#include "core/props/path.h"
#include "core/props/prop.h"

/* Rows whose live value says nothing about what was asked. */
#define EXEMPT (PROP_LOCAL | PROP_WRITE_ONLY | PROP_RESOLVED | PROP_IGNORED)

static bool is_object_pair(const struct prop *row, const struct value *a, const struct value *b) {
    return row->type == PROP_OBJECT && value_is_map(a) && value_is_map(b);
}

/* Two variants of a one-of object have nothing to merge. */
static bool same_variant(const struct prop *row, const struct value *a, const struct value *b) {
    if ((row->flags & PROP_ONE_OF) == 0) {
        return true;
    }
    for (size_t i = 0; i < row->prop_count; i++) {
        struct str name = str_of(row->props[i].name);
        if ((value_get_set(a, name) == NULL) != (value_get_set(b, name) == NULL)) {
            return false;
        }
    }
    return true;
}

/* A reply without a value that cannot be unset is a reply that does not tell it, not a change. */
static bool missing_keeps(const struct prop *row) {
    return (row->flags & (PROP_MISSING_KEEPS | PROP_REQUIRED | PROP_PAUSE_RESETS)) != 0;
}

static bool keeps_empty(const struct prop *row) {
    return (row->flags & PROP_PRESENCE) != 0;
}

static const struct value *flagged(struct ctx *ctx, const struct value *value, bool secret) {
    if (value != NULL && secret && !value->secret) {
        return value_with_secret(ctx->arena, value, true);
    }
    return value;
}

/* A value that takes another's place is as secret as the most secret part of that one: which part
 * is which is not known. */
static const struct value *with_secret_of(struct ctx *ctx, const struct value *value,
                                          const struct value *like) {
    return flagged(ctx, value, value_has_secret(like));
}

static void put(struct ctx *ctx, struct value *out, const struct prop *row,
                const struct value *value) {
    if (value != NULL) {
        value_map_set(ctx->arena, out, str_of(row->name), value);
    }
}

static bool fits(struct str pattern, struct str key) {
    return str_ends(pattern, STR("*")) ? str_starts(key, str_slice(pattern, 0, pattern.len - 1))
                                       : str_is(pattern, key);
}

static bool is_hidden(const struct prop *row, struct str key) {
    for (const char *const *pattern = row->hidden; *pattern != NULL; pattern++) {
        if (fits(str_of(*pattern), key)) {
            return true;
        }
    }
    return false;
}

/* What an item of a list is known by: itself, or its member "key". */
static struct str key_of(const struct value *item) {
    return item->kind == VALUE_STRING ? item->string : value_text_at(item, "key");
}

static bool list_has_key(const struct value *list, struct str key) {
    for (size_t i = 0; i < value_list_count(list); i++) {
        if (str_is(key_of(list->list.items[i]), key)) {
            return true;
        }
    }
    return false;
}

/* The live value without what the service adds by itself, unless the user wrote the same key. */
static const struct value *visible(struct ctx *ctx, const struct prop *row,
                                   const struct value *live, const struct value *input) {
    if (row->hidden == NULL || live == NULL) {
        return live;
    }
    struct value *out = live->kind == VALUE_LIST ? value_list(ctx->arena) : value_map(ctx->arena);
    for (size_t i = 0; live->kind == VALUE_LIST && i < live->list.count; i++) {
        struct str key = key_of(live->list.items[i]);
        if (!is_hidden(row, key) || list_has_key(input, key)) {
            value_list_append(ctx->arena, out, live->list.items[i]);
        }
    }
    for (size_t i = 0; live->kind == VALUE_MAP && i < live->map.count; i++) {
        struct str key = live->map.entries[i].key;
        if (!is_hidden(row, key) || value_get(input, key) != NULL) {
            value_map_set(ctx->arena, out, key, live->map.entries[i].value);
        }
    }
    return flagged(ctx, out, live->secret);
}

/* What is hidden of a list is the service's or this provider's own: no program can say it. */
bool prop_adds_hidden(const struct prop *row, const struct value *olds, const struct value *news) {
    bool may_add = row->hidden != NULL && value_is_map(news);
    for (size_t i = 0; may_add && i < news->map.count; i++) {
        struct str key = news->map.entries[i].key;
        if (is_hidden(row, key) && value_get(olds, key) == NULL) {
            return true;
        }
    }
    return false;
}

const struct value *prop_with_hidden(struct ctx *ctx, const struct prop *row,
                                     const struct value *value, const struct value *live) {
    if (!prop_adds_hidden(row, value, live)) {
        return value;
    }
    struct value *out = value_map_clone(ctx->arena, value);
    for (size_t i = 0; i < live->map.count; i++) {
        const struct value_entry *entry = &live->map.entries[i];
        if (is_hidden(row, entry->key) && value_get(value, entry->key) == NULL) {
            value_map_set(ctx->arena, out, entry->key, entry->value);
        }
    }
    return flagged(ctx, out, live->secret || (value != NULL && value->secret));
}

static const struct value *output_value(struct ctx *ctx, const struct prop *row,
                                        const struct value *live, const struct value *input) {
    live = visible(ctx, row, live, input);
    if (input == NULL || (row->flags & PROP_INPUT) == 0 ||
        (live != NULL && (row->flags & PROP_IGNORED) != 0)) {
        return live;
    }
    if (is_object_pair(row, live, input) && same_variant(row, live, input)) {
        struct prop_table members = prop_members(row);
        const struct value *out = prop_outputs(ctx, &members, live, input);
        return flagged(ctx, out, input->secret);
    }
    bool keeps = (row->flags & EXEMPT) != 0 || (live == NULL && missing_keeps(row));
    return keeps || prop_equal(row, live, input) ? input : with_secret_of(ctx, live, input);
}

struct value *prop_outputs(struct ctx *ctx, const struct prop_table *table,
                           const struct value *live, const struct value *inputs) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        if ((row->flags & PROP_OUTPUT) != 0) {
            put(ctx, out, row,
                output_value(ctx, row, value_get_set(live, name), value_get_set(inputs, name)));
        }
    }
    return out;
}

static const struct value *refresh_unset(struct ctx *ctx, const struct prop *row,
                                         const struct value *live) {
    if (live == NULL || (row->flags & EXEMPT) != 0) {
        return NULL;
    }
    if (row->default_value != NULL) {
        return prop_equal(row, NULL, live) ? NULL : live;
    }
    if (row->type != PROP_OBJECT || (row->flags & (PROP_PRESENCE | PROP_ONE_OF)) != 0 ||
        !value_is_map(live)) {
        return NULL;
    }
    struct prop_table members = prop_members(row);
    struct value *out = prop_refresh(ctx, &members, live, NULL);
    return out->map.count == 0 ? NULL : out;
}

static const struct value *refresh_value(struct ctx *ctx, const struct prop *row,
                                         const struct value *live, const struct value *old_value) {
    live = visible(ctx, row, live, old_value);
    if (old_value == NULL) {
        return refresh_unset(ctx, row, live);
    }
    if ((row->flags & EXEMPT) != 0 || prop_equal(row, live, old_value)) {
        return old_value;
    }
    if (live == NULL) {
        return missing_keeps(row) ? old_value : NULL;
    }
    if (is_object_pair(row, live, old_value) && same_variant(row, live, old_value)) {
        struct prop_table members = prop_members(row);
        struct value *out = prop_refresh(ctx, &members, live, old_value);
        return out->map.count == 0 && !keeps_empty(row) ? NULL
                                                        : flagged(ctx, out, old_value->secret);
    }
    return with_secret_of(ctx, live, old_value);
}

struct value *prop_refresh(struct ctx *ctx, const struct prop_table *table,
                           const struct value *live, const struct value *old_inputs) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        if ((row->flags & PROP_INPUT) != 0) {
            put(ctx, out, row,
                refresh_value(ctx, row, value_get_set(live, name),
                              value_get_set(old_inputs, name)));
        }
    }
    return out;
}

struct value *prop_old_inputs(struct ctx *ctx, const struct prop_table *table,
                              const struct value *outputs, const struct value *news) {
    struct value *out = prop_refresh(ctx, table, outputs, news);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *value = value_get_set(outputs, str_of(row->name));
        if ((row->flags & PROP_INPUT) != 0 && (row->flags & EXEMPT) != 0 && value != NULL) {
            put(ctx, out, row, value); /* a refresh would have kept the input */
        }
    }
    return out;
}

static const struct value *import_value(struct ctx *ctx, const struct prop *row,
                                        const struct value *live) {
    bool required = (row->flags & PROP_REQUIRED) != 0;
    live = visible(ctx, row, live, NULL);
    if (live == NULL || (!required && prop_equal(row, NULL, live))) {
        return NULL;
    }
    if (row->type != PROP_OBJECT || !value_is_map(live)) {
        return live;
    }
    struct prop_table members = prop_members(row);
    struct value *out = prop_import(ctx, &members, live);
    return out->map.count == 0 && !required && !keeps_empty(row) ? NULL : out;
}

struct value *prop_import(struct ctx *ctx, const struct prop_table *table,
                          const struct value *live) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        bool skipped = (row->flags & (PROP_LOCAL | PROP_WRITE_ONLY | PROP_IGNORED)) != 0 ||
                       row->deprecated != NULL;
        if ((row->flags & PROP_INPUT) != 0 && !skipped) {
            put(ctx, out, row, import_value(ctx, row, value_get_set(live, str_of(row->name))));
        }
    }
    return out;
}

/* How the object at hand was sent. */
enum unmet_scope {
    UNMET_ALL,     /* what is asked for counts, whether it was sent or not */
    UNMET_CHANGED, /* by member: what differs was sent */
    UNMET_WHOLE    /* whole: what it was sent without is taken out, whoever put it in */
};

static void unmet_members(struct diff_list *diffs, const struct prop_table *table,
                          const struct value *olds, const struct value *news,
                          const struct value *live, enum unmet_scope scope,
                          const struct path *path);

static bool is_zero(const struct value *value) {
    switch (value->kind) {
    case VALUE_STRING:
        return value->string.len == 0;
    case VALUE_NUMBER:
        return value->number == 0;
    case VALUE_BOOL:
        return !value->boolean;
    case VALUE_LIST:
        return value->list.count == 0;
    case VALUE_MAP:
        return value->map.count == 0;
    case VALUE_NULL:
        return true;
    case VALUE_BYTES:
    case VALUE_UNKNOWN:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        break;
    }
    return false;
}

/* Does a live value tell what was asked? */
static bool is_told(const struct prop *row) {
    return (row->flags & PROP_INPUT) != 0 && (row->flags & EXEMPT) == 0;
}

/* Does a live value tell anything that an input could ask for? A service may show what is not set
 * as 0, false or what is empty. */
static bool is_something(const struct prop *row, const struct value *live) {
    if (live == NULL || prop_equal(row, NULL, live)) {
        return false;
    }
    if (row->type != PROP_OBJECT || !value_is_map(live) || keeps_empty(row)) {
        return !is_zero(live);
    }
    for (size_t i = 0; i < row->prop_count; i++) {
        const struct prop *member = &row->props[i];
        if (is_told(member) && is_something(member, value_get_set(live, str_of(member->name)))) {
            return true;
        }
    }
    return false;
}

static bool is_scalar(const struct prop *row) {
    return row->type != PROP_OBJECT && row->type != PROP_LIST && row->type != PROP_MAP;
}

/* A value of the service's own may stand where one was taken out. */
static bool is_left_to_service(const struct prop *row) {
    bool is_cleared = row->clear == PROP_CLEAR_RESET || is_scalar(row);
    return is_cleared && row->clear != PROP_CLEAR_KEEP && row->default_value == NULL;
}

/* What was taken out of the program has to be gone, whoever changed it since. A scalar that shows
 * otherwise may be the service's own choice, and so may any scalar of an object that was sent whole
 * without it: of those prop_lasting tells. */
static bool is_still_there(const struct prop *row, const struct value *old_value,
                           const struct value *live, enum unmet_scope scope) {
    bool may_stay = row->clear == PROP_CLEAR_KEEP || row->clear == PROP_CLEAR_RESET ||
                    (scope == UNMET_WHOLE ? is_scalar(row) : old_value == NULL);
    bool is_old = old_value != NULL && live != NULL && prop_equal(row, old_value, live);
    return !may_stay && (is_old || (!is_scalar(row) && is_something(row, live)));
}

/* An object that an update does not send whole: what is taken out are its members, each as its row
 * says. */
static bool is_cleared_by_member(const struct prop *row) {
    return row->type == PROP_OBJECT &&
           (row->flags & (PROP_WHOLE | PROP_ONE_OF | PROP_PRESENCE)) == 0;
}

/* A fraction that was asked for, as the service keeps it, and not the one from before. */
static bool is_rounded(const struct prop *row, const struct value *old_value,
                       const struct value *wanted, const struct value *live) {
    return row->type == PROP_NUMBER && wanted != NULL && live != NULL && value_is_number(wanted) &&
           value_is_number(live) && prop_is_rounded(wanted->number, live->number) &&
           (old_value == NULL || !prop_equal(row, old_value, live));
}

static enum unmet_scope scope_below(const struct prop *row, enum unmet_scope scope) {
    return scope == UNMET_CHANGED && (row->flags & PROP_WHOLE) != 0 ? UNMET_WHOLE : scope;
}

static void unmet_row(struct diff_list *diffs, const struct prop *row,
                      const struct value *old_value, const struct value *new_value,
                      const struct value *live, enum unmet_scope scope, const struct path *path) {
    if (scope == UNMET_CHANGED && prop_equal(row, old_value, new_value)) {
        return;
    }
    live = visible(diffs->ctx, row, live, new_value);
    const struct value *wanted = prop_effective(row, new_value);
    if (wanted == NULL && value_is_map(live) && is_cleared_by_member(row)) {
        struct prop_table members = prop_members(row);
        unmet_members(diffs, &members, old_value, NULL, live, scope, path);
        return;
    }
    if (wanted == NULL) {
        if (is_still_there(row, old_value, live, scope)) {
            diff_list_add(diffs, path_text(diffs->ctx->arena, path), DIFF_DELETE, false);
        }
        return;
    }
    if (live == NULL && (row->flags & (PROP_MISSING_KEEPS | PROP_PAUSE_RESETS)) != 0) {
        return;
    }
    if (is_object_pair(row, wanted, live) && same_variant(row, wanted, live)) {
        struct prop_table members = prop_members(row);
        unmet_members(diffs, &members, old_value, wanted, live, scope_below(row, scope), path);
    } else if (!prop_equal(row, wanted, live) && !is_rounded(row, old_value, wanted, live)) {
        diff_list_add(diffs, path_text(diffs->ctx->arena, path), DIFF_UPDATE, false);
    }
}

static void unmet_members(struct diff_list *diffs, const struct prop_table *table,
                          const struct value *olds, const struct value *news,
                          const struct value *live, enum unmet_scope scope,
                          const struct path *path) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        if (!is_told(row)) {
            continue;
        }
        const struct path own = path_to_member(path, name);
        unmet_row(diffs, row, value_get_set(olds, name), value_get_set(news, name),
                  value_get_set(live, name), scope, &own);
    }
}

void prop_unapplied(struct diff_list *diffs, const struct prop_table *table,
                    const struct value *olds, const struct value *news, const struct value *live) {
    unmet_members(diffs, table, olds, news, live, olds != NULL ? UNMET_CHANGED : UNMET_ALL, NULL);
}

/* Is it as it was: in the program, where that is no error, or by somebody's change that a look
 * before showed? */
static bool is_lasting(const struct prop *row, const struct lasting *sides, bool sent_whole) {
    bool is_old = prop_equal(row, sides->olds, sides->live);
    bool is_error = is_old && !sent_whole && row->clear != PROP_CLEAR_RESET;
    bool is_kept = is_old || (sides->before != NULL && prop_equal(row, sides->before, sides->live));
    return is_kept && !is_error && is_something(row, sides->live);
}

static void lasting_members(struct diff_list *diffs, const struct prop_table *table,
                            const struct lasting *sides, bool sent_whole, const struct path *path) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct lasting own = {
            .olds = value_get_set(sides->olds, name),
            .news = value_get_set(sides->news, name),
            .before = value_get_set(sides->before, name),
            .live = value_get_set(sides->live, name),
        };
        const struct path at = path_to_member(path, name);
        if (!is_told(row) || own.olds == NULL || own.live == NULL) {
            continue;
        }
        if (own.news == NULL && is_left_to_service(row)) {
            if (is_lasting(row, &own, sent_whole)) {
                diff_list_add(diffs, path_text(diffs->ctx->arena, &at), DIFF_DELETE, false);
            }
        } else if (row->type == PROP_OBJECT && value_is_map(own.live) &&
                   (own.news != NULL || is_cleared_by_member(row))) {
            struct prop_table members = prop_members(row);
            bool is_whole = sent_whole || (row->flags & PROP_WHOLE) != 0;
            lasting_members(diffs, &members, &own, is_whole, &at);
        }
    }
}

void prop_lasting(struct diff_list *diffs, const struct prop_table *table,
                  const struct lasting *sides) {
    lasting_members(diffs, table, sides, false, NULL);
}

bool prop_leaves_to_service(const struct prop_table *table, const struct value *olds,
                            const struct value *news) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *old_value = value_get_set(olds, str_of(row->name));
        const struct value *new_value = value_get_set(news, str_of(row->name));
        struct prop_table members = prop_members(row);
        bool is_taken_out = old_value != NULL && new_value == NULL;
        bool is_looked_at = (row->flags & PROP_WHOLE) != 0 && new_value != NULL &&
                            value_is_map(new_value) &&
                            new_value->map.count > 0; /* for what no row knows of it */
        if (!is_told(row) || (row->flags & PROP_REPLACE) != 0 ||
            prop_equal(row, old_value, new_value)) {
            continue;
        }
        if ((is_taken_out && is_left_to_service(row)) ||
            (row->type == PROP_OBJECT && !is_looked_at && value_is_map(old_value) &&
             prop_leaves_to_service(&members, old_value, new_value))) {
            return true;
        }
    }
    return false;
}

/* The inputs without what a live object says nothing about. */
static struct value *comparable(struct ctx *ctx, const struct prop_table *table,
                                const struct value *inputs) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *value = value_get_set(inputs, str_of(row->name));
        if (value == NULL || (row->flags & PROP_INPUT) == 0 || (row->flags & EXEMPT) != 0) {
            continue;
        }
        if (row->type == PROP_OBJECT && value_is_map(value)) {
            struct prop_table members = prop_members(row);
            value = flagged(ctx, comparable(ctx, &members, value), value->secret);
        }
        put(ctx, out, row, value);
    }
    return out;
}

struct value *prop_adopt(struct ctx *ctx, const struct prop_table *table, const struct value *live,
                         const struct value *inputs) {
    return prop_refresh(ctx, table, live, comparable(ctx, table, inputs));
}
