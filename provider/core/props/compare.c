#include "core/props/compare.h"

#include "core/endpoint/name.h"
#include "core/endpoint/scope.h"
#include "core/props/filled.h"
#include "core/props/held.h"
#include "core/props/sent.h"

/* The inputs, with each scope property that they lack taken from `source`. */
static const struct value *scope_from(struct ctx *ctx, const struct cloud_tables *tables,
                                      const struct value *inputs, const struct value *source) {
    struct value *own = NULL;
    for (size_t i = 0; i < tables->scope_count; i++) {
        struct str name = str_of(tables->scope[i].property);
        const struct value *value = value_get_set(source, name);
        if (value != NULL && value_get_set(inputs, name) == NULL) {
            own = own != NULL ? own : value_map_clone(ctx->arena, inputs);
            value_map_set(ctx->arena, own, name, value);
        }
    }
    return own != NULL ? own : inputs;
}

static const struct value *configured_scope(struct ctx *ctx, const struct cloud_tables *tables,
                                            const struct config *config) {
    struct value *scope = value_map(ctx->arena);
    for (size_t i = 0; i < tables->scope_count; i++) {
        struct str text = config_text(config, tables->scope[i].config);
        if (text.len > 0) {
            value_map_set_text(ctx->arena, scope, tables->scope[i].property, text);
        }
    }
    return scope;
}

struct comparison compare_inputs(struct ctx *ctx, const struct cloud *cloud,
                                 const struct config *config, const struct value *olds,
                                 const struct value *news, const struct value *outputs) {
    const struct cloud_tables *tables = cloud->tables;
    const struct value *configured = configured_scope(ctx, tables, config);
    if (olds == NULL) {
        olds = prop_old_inputs(ctx, &tables->props, outputs, news);
    }
    news = news != NULL ? news : value_map(ctx->arena);
    olds = scope_from(ctx, tables, scope_from(ctx, tables, olds, outputs), configured);
    news = scope_from(ctx, tables, news, configured);
    if (outputs == NULL) {
        olds = scope_from(ctx, tables, olds, news);
    }
    news = scope_from(ctx, tables, news, outputs != NULL ? outputs : olds);
    olds = filled_settle(ctx, &tables->props, olds, news, outputs);
    olds = sent_settle(ctx, &tables->props, outputs, olds, news);
    olds = held_settle(ctx, &tables->props, outputs, olds, news);
    if (cloud->hooks.respell != NULL) {
        olds = cloud->hooks.respell(ctx, olds, news, outputs);
    }
    return (struct comparison){.olds = olds, .news = news};
}

/* The inputs with a value under its present name, where only the other side uses that. */
static const struct value *respell(struct ctx *ctx, const struct prop *row,
                                   const struct value *inputs, const struct value *other) {
    struct str former = str_of(row->name);
    const struct value *value = value_get_set(inputs, former);
    if (value == NULL || value_at(inputs, row->former_of) != NULL ||
        value_get_set(other, former) != NULL || value_at(other, row->former_of) == NULL) {
        return inputs;
    }
    struct value *out = value_copy(ctx->arena, inputs);
    value_map_remove(out, former);
    value_set_at(ctx->arena, out, row->former_of, prop_encode_value(ctx, row, value));
    return out;
}

void compare_diff(struct diff_list *diffs, const struct cloud_tables *tables,
                  const struct comparison *comparison) {
    struct comparison present = *comparison;
    for (size_t i = 0; i < tables->props.count; i++) {
        const struct prop *row = &tables->props.rows[i];
        if (row->former_of != NULL) {
            const struct value *olds = respell(diffs->ctx, row, present.olds, present.news);
            present.news = respell(diffs->ctx, row, present.news, present.olds);
            present.olds = olds;
        }
    }
    diffs->switches = comparison->switches;
    prop_diff(diffs, &tables->props, present.olds, present.news);
}

struct path_list compare_replacing(struct ctx *ctx, const struct cloud_tables *tables,
                                   const struct comparison *comparison) {
    struct diff_list diffs = {.ctx = ctx};
    compare_diff(&diffs, tables, comparison);
    struct path_list out = {.paths = ARENA_ARRAY(ctx->arena, diffs.count, struct str)};
    for (size_t i = 0; i < diffs.count; i++) {
        if (diff_kind_replaces(diffs.entries[i].kind)) {
            out.paths[out.count++] = diffs.entries[i].path;
        }
    }
    return out;
}

bool compare_is_foreign(const struct cloud_tables *tables, const struct value *outputs) {
    return tables->aliases != NULL && outputs != NULL && value_get_c(outputs, "target") == NULL;
}

bool compare_deletes_first(const struct cloud *cloud, const struct value *olds,
                           const struct value *news) {
    const struct cloud_tables *tables = cloud->tables;
    const struct name_rule *rule = &tables->name_rule;
    struct str name = str_of(rule->property);
    if (cloud->hooks.holds_needed != NULL && cloud->hooks.holds_needed(olds, news)) {
        return true;
    }
    return rule->unique && !name_is_auto(news, rule) &&
           value_equal(value_get(olds, name), value_get(news, name)) &&
           !scope_differs(tables, olds, news);
}

struct path_list check_replacing(const struct cloud_check *check) {
    if (check->olds == NULL || check->olds->map.count == 0) {
        return (struct path_list){0};
    }
    /* Where it lived may have been looked up, which only Diff can tell (from the outputs). */
    struct comparison inputs =
        compare_inputs(check->ctx, check->cloud, check->config, check->olds, check->inputs, NULL);
    return compare_replacing(check->ctx, check->cloud->tables, &inputs);
}
