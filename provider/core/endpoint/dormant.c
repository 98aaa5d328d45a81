#include "core/endpoint/dormant.h"

#include "base/words.h"
#include "core/props/path.h"
#include "core/props/prop_told.h"

static struct str effective(struct ctx *ctx, const struct cloud_tables *tables, const char *input,
                            const struct value *inputs) {
    const struct prop *row = prop_find(&tables->props, str_of(input));
    const struct value *value = prop_effective(row, value_get_set(inputs, str_of(input)));
    return value_is_null(value) ? STR_EMPTY : cloud_input_text(ctx->arena, value);
}

static struct words changed_below(struct ctx *ctx, const struct cloud_tables *tables,
                                  const struct diff_list *diffs, const char *input) {
    struct words paths = words_none();
    for (size_t i = 0; i < diffs->count; i++) {
        if (path_covers(ctx->arena, str_of(input), diffs->entries[i].path)) {
            struct words path = prop_told_path(ctx->arena, &tables->props, diffs->entries[i].path);
            paths = words_join(ctx->arena, paths, ", ", path);
        }
    }
    return paths;
}

static bool is_dormant(struct ctx *ctx, const struct cloud_tables *tables,
                       const struct dormant_row *row, const struct value *inputs) {
    return str_is_c(effective(ctx, tables, row->by, inputs), row->is);
}

/* What is not said any more asks for nothing. */
static bool counts(struct ctx *ctx, const struct cloud_tables *tables,
                   const struct dormant_row *row, const struct diff_list *diffs,
                   const struct value *news) {
    bool is_carried = row->carried && changed_below(ctx, tables, diffs, row->by).text.len > 0;
    return is_carried || value_get_set(news, str_of(row->input)) == NULL ||
           !is_dormant(ctx, tables, row, news);
}

void dormant_tell(struct ctx *ctx, const struct cloud_tables *tables, struct words id,
                  const struct diff_list *diffs, const struct value *news) {
    for (size_t i = 0; i < tables->dormant_count; i++) {
        const struct dormant_row *row = &tables->dormant[i];
        struct words paths = changed_below(ctx, tables, diffs, row->input);
        if (paths.text.len > 0 && !counts(ctx, tables, row, diffs, news)) {
            log_warning(
                &ctx->log, "%s: the change of %p does nothing for endpoint %p while %s is %s: %s",
                tables->title, WORDS_ARG(paths), WORDS_ARG(id), row->by, row->is, row->advice);
        }
    }
}

const struct value *dormant_hide(struct ctx *ctx, const struct cloud_tables *tables,
                                 const struct value *inputs, const struct value *outputs) {
    for (size_t i = 0; i < tables->dormant_count; i++) {
        const struct dormant_row *row = &tables->dormant[i];
        if (outputs != NULL && is_dormant(ctx, tables, row, inputs)) {
            struct value *shown = value_map_clone(ctx->arena, outputs);
            value_map_remove(shown, str_of(row->input));
            outputs = shown;
        }
    }
    return outputs;
}
