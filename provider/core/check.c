#include "core/call.h"
#include "core/name.h"
#include "core/scope.h"

/* Where a name is burnt for ever a replacement under the same explicit name can only fail: say so
 * before anything is deleted. The engine calls Check with the old inputs first, so this shows in
 * the preview. */
static void refuse_burnt_name(struct ctx *ctx, const struct cloud_tables *tables,
                              const struct config *config, const struct value *olds,
                              const struct value *inputs, struct failures *failures) {
    const struct name_rule *rule = &tables->name_rule;
    struct str name = str_of(rule->property);
    const struct value *old_name = value_get_set(olds, name);
    if (rule->reusable || name_is_auto(inputs, rule) || old_name == NULL ||
        !value_equal(old_name, value_get_set(inputs, name))) {
        return;
    }
    struct diff_list diffs = {.ctx = ctx};
    /* Where it lived may have been looked up, which only Diff can tell (from the outputs). */
    olds = scope_recall(ctx, tables, scope_assume(ctx, tables, config, olds), inputs);
    prop_diff(&diffs, &tables->props, olds, scope_recall(ctx, tables, inputs, olds));
    for (size_t i = 0; i < diffs.count; i++) {
        if (diff_kind_replaces(diffs.entries[i].kind)) {
            failures_add(
                failures, name,
                "must change too: %.*s replaces the endpoint, and a name can never be used "
                "again, not even after its endpoint was deleted. Choose another name, or leave "
                "it out to get a fresh one with every replacement",
                STR_ARG(diffs.entries[i].path));
            return;
        }
    }
}

enum err_code provider_check(struct provider *provider, struct ctx *ctx,
                             const struct check_request *request, struct check_response *out) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->type, &cloud));
    const struct value *news = request->news != NULL ? request->news : value_map(ctx->arena);
    redact_add_value(&ctx->redact, news);
    struct failures failures;
    failures_init(&failures, ctx);
    const struct value *checked = prop_check(ctx, &cloud->tables->props, news, &failures);
    struct value *inputs = value_map_clone(ctx->arena, checked);
    redact_add_value(&ctx->redact, inputs);
    scope_fill(ctx, provider_options(provider), cloud->tables, provider_config(provider), inputs,
               &failures);
    name_resolve(ctx, cloud->tables, request, inputs, &failures);
    if (cloud->hooks.check != NULL) {
        cloud->hooks.check(ctx, request->olds, inputs, &failures);
    }
    refuse_burnt_name(ctx, cloud->tables, provider_config(provider), request->olds, inputs,
                      &failures);
    failures_finish(&failures, inputs, out);
    return ERR_OK;
}
