#include "core/methods/diff_answer.h"

#include <stdlib.h>

#include "core/props/path.h"

static int by_path(const void *a, const void *b) {
    return str_compare(((const struct diff_entry *)a)->path, ((const struct diff_entry *)b)->path);
}

static void add_head(struct str *heads, size_t *count, struct str head) {
    for (size_t i = 0; i < *count; i++) {
        if (str_is(heads[i], head)) {
            return;
        }
    }
    heads[(*count)++] = head;
}

static void add_entries(struct diff_list *diffs, struct diff_response *out) {
    struct arena *arena = diffs->ctx->arena;
    if (diffs->count > 1) {
        qsort(diffs->entries, diffs->count, sizeof(*diffs->entries), by_path);
    }
    out->changed = diffs->count > 0;
    out->entries = diffs->entries;
    out->entry_count = diffs->count;
    out->diffs = ARENA_ARRAY(arena, diffs->count, struct str);
    out->replaces = ARENA_ARRAY(arena, diffs->count, struct str);
    for (size_t i = 0; i < diffs->count; i++) {
        struct str head = path_head(arena, diffs->entries[i].path);
        add_head(out->diffs, &out->diff_count, head);
        if (diff_kind_replaces(diffs->entries[i].kind)) {
            add_head(out->replaces, &out->replace_count, head);
        }
    }
}

static void add_stables(struct ctx *ctx, const struct prop_table *table,
                        struct diff_response *out) {
    out->stables = ARENA_ARRAY(ctx->arena, table->count, struct str);
    for (size_t i = 0; i < table->count; i++) {
        if ((table->rows[i].flags & PROP_STABLE) != 0) {
            out->stables[out->stable_count++] = str_of(table->rows[i].name);
        }
    }
}

void diff_answer(struct diff_list *diffs, const struct prop_table *table,
                 struct diff_response *out) {
    *out = (struct diff_response){0};
    add_entries(diffs, out);
    if (table != NULL) {
        add_stables(diffs->ctx, table, out);
    }
}
