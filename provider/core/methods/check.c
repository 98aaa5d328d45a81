#include "core/endpoint/call.h"
#include "core/endpoint/desired.h"
#include "core/endpoint/name.h"
#include "core/endpoint/scope.h"
#include "core/methods/catalogue.h"
#include "core/methods/endpoint.h"
#include "core/methods/successor.h"
#include "core/props/filled.h"

/* " <its id>", or nothing where the engine does not tell. */
static struct str old_id(const struct cloud_check *check) {
    struct arena *arena = check->ctx->arena;
    struct str id = value_id_at(arena, check->old_outputs, "endpointId");
    return id.len == 0 ? id : arena_printf(arena, " %.*s", STR_ARG(id));
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
        struct str id = old_id(check);
        failures_add(
            check->failures, name,
            "must change too: %.*s replaces the endpoint%.*s, and a name can never be used "
            "again, not even after its endpoint was deleted. Choose another name, or leave "
            "it out to get a fresh one with every replacement",
            STR_ARG(replacing.paths[0]), STR_ARG(id));
    }
}

/* The scope of an explicit name in one text; empty where something is not known. Two names are one
 * only in one cloud and scope. */
static struct str whole_name(const struct cloud_check *check) {
    const struct cloud_tables *tables = check->cloud->tables;
    struct arena *arena = check->ctx->arena;
    const struct value *name = value_get_set(check->inputs, str_of(tables->name_rule.property));
    struct str whole = str_of(tables->name);
    if (!value_is_string(name)) {
        return STR_EMPTY;
    }
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct value *part = value_get_set(check->inputs, str_of(tables->scope[i].property));
        if (value_is_unknown(part)) {
            return STR_EMPTY;
        }
        struct str text = value_text(part);
        whole = tables->scope[i].shared_names
                    ? whole
                    : arena_printf(arena, "%.*s\n%.*s", STR_ARG(whole), STR_ARG(text));
    }
    return arena_printf(arena, "%.*s\n%.*s", STR_ARG(whole), STR_ARG(name->string));
}

/* The second create would fail, or with adoptExisting take the first one over. */
static void refuse_shared_name(const struct cloud_check *check, struct ledger *ledger,
                               struct str urn) {
    const struct name_rule *rule = &check->cloud->tables->name_rule;
    struct str whole = whole_name(check);
    struct str holder = STR_EMPTY;
    if (!rule->unique || urn.len == 0 || name_is_auto(check->inputs, rule) || whole.len == 0 ||
        ledger_claim_name(ledger, whole, urn, check->ctx->arena, &holder)) {
        return;
    }
    failures_add(check->failures, str_of(rule->property),
                 "is also the name of %.*s: a name exists once; choose another, or leave it out",
                 STR_ARG(holder));
}

/* So does what --replace or taint replaces. */
static bool looks_new(const struct check_request *request) {
    return request->urn.len > 0 && (request->olds == NULL || request->olds->map.count == 0);
}

enum err_code endpoint_check(struct provider *provider, struct ctx *ctx,
                             const struct resource *resource, const struct check_request *request,
                             struct check_response *out) {
    const struct cloud *cloud = resource->cloud;
    ledger_note_check(provider_ledger(provider), request->urn);
    const struct value *news = request->news != NULL ? request->news : value_map(ctx->arena);
    struct failures failures;
    failures_init(&failures, ctx);
    news = scope_trim(ctx, provider_options(provider), cloud->tables, news, &failures);
    const struct value *checked =
        prop_check(ctx, &cloud->tables->props, cloud->tables, news, &failures);
    struct value *inputs = value_map_clone(ctx->arena, checked);
    scope_fill(ctx, provider_options(provider), cloud->tables, &cloud->tables->props,
               provider_config(provider), inputs, &failures);
    name_resolve(ctx, cloud->tables, request, inputs, &failures);
    desired_fill(ctx, cloud, provider_config(provider), inputs);
    filled_keep_mark(ctx, news, inputs); /* the engine checks what an import found */
    struct cloud_check check = {.ctx = ctx,
                                .cloud = cloud,
                                .config = provider_config(provider),
                                .olds = request->olds,
                                .old_outputs = request->old_outputs,
                                .inputs = inputs,
                                .failures = &failures};
    if (cloud->hooks.check != NULL) {
        cloud->hooks.check(&check);
    }
    refuse_burnt_name(&check);
    refuse_shared_name(&check, provider_ledger(provider), request->urn);
    catalogue_check(provider, &check);
    failures_finish(&failures, inputs, out);
    if (out->inputs != NULL && looks_new(request)) {
        successor_note(provider, cloud, request->urn, STR_EMPTY, out->inputs);
    }
    return ERR_OK;
}
