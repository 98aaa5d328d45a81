#include "core/endpoint/call.h"
#include "core/endpoint/name.h"
#include "core/endpoint/scope.h"
#include "core/props/compare.h"

struct path_list check_replacing(const struct cloud_check *check) {
    if (check->olds == NULL || check->olds->map.count == 0) {
        return (struct path_list){0};
    }
    const struct cloud_tables *tables = check->cloud->tables;
    /* Where it lived may have been looked up, which only Diff can tell (from the outputs). */
    struct comparison inputs =
        compare_inputs(check->ctx, tables, check->config, check->olds, check->inputs, NULL);
    return compare_replacing(check->ctx, tables, &inputs);
}

/* Where a name is burnt for ever a replacement under the same explicit name can only fail: say so
 * before anything is deleted. The engine calls Check with the old inputs first, so this shows in
 * the preview. */
static void refuse_burnt_name(const struct cloud_check *check) {
    const struct name_rule *rule = &check->cloud->tables->name_rule;
    struct str name = str_of(rule->property);
    const struct value *old_name = value_get_set(check->olds, name);
    if (rule->reusable || name_is_auto(check->inputs, rule) || old_name == NULL ||
        !value_equal(old_name, value_get_set(check->inputs, name))) {
        return;
    }
    struct path_list replacing = check_replacing(check);
    if (replacing.count > 0) {
        failures_add(
            check->failures, name,
            "must change too: %.*s replaces the endpoint, and a name can never be used "
            "again, not even after its endpoint was deleted. Choose another name, or leave "
            "it out to get a fresh one with every replacement",
            STR_ARG(replacing.paths[0]));
    }
}

enum err_code provider_check(struct provider *provider, struct ctx *ctx,
                             const struct check_request *request, struct check_response *out) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->type, &cloud));
    ledger_note_check(provider_ledger(provider), request->urn);
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
    struct cloud_check check = {.ctx = ctx,
                                .cloud = cloud,
                                .config = provider_config(provider),
                                .olds = request->olds,
                                .inputs = inputs,
                                .failures = &failures};
    if (cloud->hooks.check != NULL) {
        cloud->hooks.check(&check);
    }
    refuse_burnt_name(&check);
    failures_finish(&failures, inputs, out);
    return ERR_OK;
}
