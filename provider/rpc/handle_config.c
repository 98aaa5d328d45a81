#include "rpc/handlers.h"

/* Nothing in the configuration depends on the provider resource's URN, and some callers (schema
 * tools, tests) have none; but one that is given must be good. */
static enum err_code config_identity(struct call *call, const char *urn, const char *name,
                                     const char *type, struct identity *out) {
    if (str_of(urn).len > 0) {
        return field_identity(call, urn, name, type, out);
    }
    *out = (struct identity){STR_EMPTY, str_of(name), str_of(type)};
    return ERR_OK;
}

enum err_code handle_check_config(struct call *call, const Pulumirpc__CheckRequest *request,
                                  Pulumirpc__CheckResponse *response) {
    struct check_request check = {0};
    struct check_response result = {0};
    struct identity identity;
    TRY(config_identity(call, request->urn, request->name, request->type, &identity));
    TRY(check_request_of(call, request, &check));
    check.urn = identity.urn;
    check.name = identity.name;
    check.type = identity.type;
    TRY(provider_check_config(call->service->provider, &call->ctx, &check, &result));
    return check_response_to(call, &result, response);
}

enum err_code handle_diff_config(struct call *call, const Pulumirpc__DiffRequest *request,
                                 Pulumirpc__DiffResponse *response) {
    struct diff_request diff = {0};
    struct diff_response result = {0};
    struct identity identity;
    TRY(config_identity(call, request->urn, request->name, request->type, &identity));
    TRY(diff_request_of(call, request, &diff));
    diff.urn = identity.urn;
    diff.name = identity.name;
    diff.type = identity.type;
    TRY(provider_diff_config(call->service->provider, &call->ctx, &diff, &result));
    diff_response_to(call, &result, response);
    return ERR_OK;
}

static const struct value *variables_of(struct call *call,
                                        const Pulumirpc__ConfigureRequest *request) {
    struct arena *arena = call->ctx.arena;
    struct value *map = value_map(arena);
    for (size_t i = 0; i < request->n_variables; i++) {
        const Pulumirpc__TextEntry *entry = request->variables[i];
        value_map_append(arena, map, str_of(entry->key), value_string_c(arena, entry->value));
    }
    value_map_sort(map);
    return map;
}

/* The engine calls its own providers default_..., and that of `pulumi do` nothing
 * (docs/protocol/pulumi-provider.md 4.1). */
static enum config_source source_of(struct str urn, struct str name) {
    if (urn.len == 0 || str_starts(name, STR("default"))) {
        return CONFIG_OF_STACK;
    }
    return name.len == 0 ? CONFIG_OF_DO : CONFIG_OF_RESOURCE;
}

enum err_code handle_configure(struct call *call, const Pulumirpc__ConfigureRequest *request,
                               Pulumirpc__ConfigureResponse *response) {
    struct configure_request configure = {0};
    struct identity identity;
    TRY(config_identity(call, request->urn, request->name, request->type, &identity));
    TRY(field_struct(call, "args", request->has_args, &request->args, &configure.args));
    configure.variables = variables_of(call, request);
    configure.source = source_of(str_of(request->urn), identity.name);
    TRY(provider_configure(call->service->provider, &call->ctx, &configure));
    atomic_store(&call->service->accepts_secrets, request->accept_secrets != 0);
    response->has_accept_secrets = true;
    response->accept_secrets = true;
    response->has_supports_preview = true;
    response->supports_preview = true;
    response->has_accept_resources = true;
    response->accept_resources = true;
    response->has_accept_outputs = true;
    response->accept_outputs = true;
    response->has_supports_autonaming_configuration = true;
    response->supports_autonaming_configuration = true;
    return ERR_OK;
}
