#include "core/endpoint/call.h"
#include "core/endpoint/scope.h"
#include "core/methods/lookup.h"
#include "core/methods/operation.h"
#include "core/methods/resource.h"
#include "core/methods/token.h"
#include "core/props/path.h"
#include "core/props/prop.h"
#include "core/props/rows.h"

static const struct function_row *find_function(struct provider *provider, struct str token,
                                                const struct cloud **cloud) {
    const struct cloud *const *clouds = provider_options(provider)->clouds;
    for (; *clouds != NULL; clouds++) {
        const struct cloud_tables *tables = (*clouds)->tables;
        for (size_t i = 0; i < tables->function_count; i++) {
            if (str_is_c(token, tables->functions[i].token)) {
                *cloud = *clouds;
                return &tables->functions[i];
            }
        }
    }
    return NULL;
}

static enum err_code look_up(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                             const struct function_row *function, const struct value *args,
                             struct value **result) {
    struct cloud_call call;
    const struct call_subject subject = {.id = value_text_at(args, "id"),
                                         .inputs = args,
                                         .arguments = &function->args,
                                         .is_look = true};
    TRY(call_open(provider, ctx, cloud, &subject, NULL, &call));
    switch (function->kind) {
    case FUNCTION_ENDPOINT:
        return lookup_endpoint(&call, function, args, result);
    case FUNCTION_ENDPOINTS:
        return lookup_endpoints(&call, function, args, result);
    case FUNCTION_LOG:
        return lookup_log(&call, function, args, result);
    case FUNCTION_REPLY:
        break; /* looks no endpoint up */
    }
    return ERR_INTERNAL;
}

static void refuse_unknown(const struct value *value, const struct path *path,
                           struct failures *failures);

static void refuse_unknown_items(const struct value *list, const struct path *path,
                                 struct failures *failures) {
    for (size_t i = 0; i < list->list.count; i++) {
        const struct path own = path_to_item(path, i);
        refuse_unknown(list->list.items[i], &own, failures);
    }
}

static void refuse_unknown_members(const struct value *map, const struct path *path,
                                   struct failures *failures) {
    for (size_t i = 0; i < map->map.count; i++) {
        const struct path own = path_to_member(path, map->map.entries[i].key);
        refuse_unknown(map->map.entries[i].value, &own, failures);
    }
}

/* Engines and SDKs skip such a call in a preview (docs/protocol/pulumi-provider.md 5.9). As if it
 * were left out it would stand for the configured place, or for all that there are. */
static void refuse_unknown(const struct value *value, const struct path *path,
                           struct failures *failures) {
    if (value_is_unknown(value)) {
        failures_add(failures, path_text(failures->ctx->arena, path),
                     "is not known yet: what is looked up has to be");
    } else if (value_is_map(value)) {
        refuse_unknown_members(value, path, failures);
    } else if (value_is_list(value)) {
        refuse_unknown_items(value, path, failures);
    }
}

/* An endpoint has an id and a name; two of them might be two endpoints. */
static void check_which(const struct cloud *cloud, const struct function_row *function,
                        const struct value *args, struct failures *failures) {
    bool by_id = value_text_at(args, "id").len > 0;
    bool by_name = value_text_at(args, cloud->tables->name_rule.property).len > 0;
    bool is_about_one = function->kind == FUNCTION_ENDPOINT || function->kind == FUNCTION_LOG;
    bool is_told = !by_id && failures->count > 0; /* what is wrong may be either of them */
    if (is_about_one && by_id == by_name && !is_told) {
        failures_add(failures, STR("id"), "give either this or %s",
                     cloud->tables->name_rule.property);
    }
}

enum err_code provider_invoke(struct provider *provider, struct ctx *ctx,
                              const struct invoke_request *request, struct invoke_response *out) {
    const struct cloud *cloud = NULL;
    *out = (struct invoke_response){0};
    config_redact(provider_config(provider), &ctx->redact);
    const struct function_row *function = find_function(provider, request->token, &cloud);
    if (function == NULL) {
        struct words advice = token_advice(ctx->arena, provider_options(provider)->clouds,
                                           request->token, TOKEN_FUNCTION);
        return ctx_fail(ctx, ERR_INVALID, "\"%.*s\" is not a function of this provider; %p",
                        STR_ARG(request->token), WORDS_ARG(advice));
    }
    struct resource resource = {0};
    TRY(resource_find(provider, ctx, str_of(cloud->tables->token), &resource));
    const struct value *given = request->args != NULL ? request->args : value_map(ctx->arena);
    struct failures failures;
    failures_init(&failures, ctx);
    given = scope_trim(ctx, provider_options(provider), cloud->tables, given, &failures);
    const struct value *args = prop_check(ctx, &function->args, cloud->tables, given, &failures);
    refuse_unknown(args, NULL, &failures);
    check_which(cloud, function, args, &failures);
    failures_tell_warnings(&failures);
    if (failures.count > 0) {
        out->failures = failures.items;
        out->failure_count = failures.count;
        return ERR_OK;
    }
    struct value *result = NULL;
    TRY(function->kind == FUNCTION_REPLY
            ? operation_result(provider, ctx, cloud, function, args, &result)
            : look_up(provider, ctx, cloud, function, args, &result));
    out->result = result;
    return ERR_OK;
}
