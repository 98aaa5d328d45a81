#include "core/endpoint/call.h"
#include "core/endpoint/scope.h"
#include "core/props/prop.h"

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

/* Arguments become parameters of the operation; what is not set takes its default. */
static void put_params(struct cloud_call *call, const struct prop_table *args,
                       const struct value *given) {
    for (size_t i = 0; i < args->count; i++) {
        struct str name = str_of(args->rows[i].name);
        const struct value *value = prop_effective(&args->rows[i], value_get_set(given, name));
        if (value != NULL) {
            value_map_set(call->ctx->arena, call->params, name, value);
        }
    }
}

static enum err_code call_function(struct cloud_call *call, const struct function_row *function,
                                   const struct value *args, const struct value **wire) {
    if (call->cloud->hooks.invoke != NULL) {
        return call->cloud->hooks.invoke(call, function, args, wire);
    }
    struct rest_reply reply;
    TRY(cloud_send(call, function->operation, NULL, &reply));
    *wire = reply.result;
    return ERR_OK;
}

enum err_code provider_invoke(struct provider *provider, struct ctx *ctx,
                              const struct invoke_request *request, struct invoke_response *out) {
    const struct cloud *cloud = NULL;
    *out = (struct invoke_response){0};
    const struct function_row *function = find_function(provider, request->token, &cloud);
    if (function == NULL) {
        return ctx_fail(ctx, ERR_INVALID, "\"%.*s\" is not a function of this provider",
                        STR_ARG(request->token));
    }
    TRY(provider_find(provider, ctx, str_of(cloud->tables->token), &cloud));
    const struct value *given = request->args != NULL ? request->args : value_map(ctx->arena);
    redact_add_value(&ctx->redact, given);
    struct failures failures;
    failures_init(&failures, ctx);
    given = scope_trim(ctx, provider_options(provider), cloud->tables, given, &failures);
    const struct value *args = prop_check(ctx, &function->args, cloud->tables, given, &failures);
    if (failures.count > 0) {
        out->failures = failures.items;
        out->failure_count = failures.count;
        return ERR_OK;
    }
    struct cloud_call call;
    TRY(call_open_function(provider, ctx, cloud, cloud_operation(cloud, function->operation), args,
                           &call));
    put_params(&call, &function->args, args);
    const struct value *wire = NULL;
    TRY(call_function(&call, function, args, &wire));
    out->result = prop_decode(ctx, &function->results, wire);
    return ERR_OK;
}
