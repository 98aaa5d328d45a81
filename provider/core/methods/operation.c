#include "core/methods/operation.h"

#include "core/endpoint/call.h"
#include "core/props/prop.h"
#include "core/props/rows.h"

/* Arguments become parameters of the operation; what is not set takes its default, and an empty
 * text names nothing. */
static void put_params(struct cloud_call *call, const struct prop_table *args,
                       const struct value *given) {
    for (size_t i = 0; i < args->count; i++) {
        struct str name = str_of(args->rows[i].name);
        const struct value *value = prop_effective(&args->rows[i], value_get_set(given, name));
        bool is_empty = value_is_string(value) && value->string.len == 0;
        if (value != NULL && !is_empty) {
            value_map_set(call->ctx->arena, call->params, name, value);
        }
    }
}

/* The operation's answer, as the outputs are read from it. */
static enum err_code fetch(struct cloud_call *call, const struct function_row *function,
                           const struct value *args, const struct value **wire) {
    if (call->cloud->hooks.invoke != NULL) {
        return call->cloud->hooks.invoke(call, function, args, wire);
    }
    struct rest_reply reply;
    TRY(cloud_send(call, function->operation, NULL, &reply));
    *wire = reply.result;
    return ERR_OK;
}

static const struct value *below_rows(struct arena *arena, const struct function_row *function,
                                      const struct value *wire) {
    if (function->rows == NULL) {
        return wire;
    }
    struct value *below = value_map(arena);
    value_map_set_c(arena, below, "rows", rows_unnest(arena, wire, function->rows));
    return below;
}

/* A reply that shows nothing of what was asked for is no answer of "none". */
static enum err_code fail_unless_shown(struct cloud_call *call, const struct function_row *function,
                                       const struct value *result) {
    const char *lacks = result->map.count == 0 ? function->results.rows[0].name : NULL;
    for (size_t i = 0; i < function->results.count && lacks == NULL; i++) {
        const struct prop *row = &function->results.rows[i];
        bool is_shown = value_get_set(result, str_of(row->name)) != NULL;
        lacks = (row->flags & PROP_REQUIRED) != 0 && !is_shown ? row->name : NULL;
    }
    return lacks == NULL
               ? ERR_OK
               : ctx_fail(call->ctx, ERR_UNAVAILABLE,
                          "%s: %s: the reply is not the service's: it shows no %s. Check the "
                          "configured address and any proxy on the way.",
                          call->cloud->tables->title,
                          cloud_operation(call->cloud, function->operation)->doing, lacks);
}

enum err_code operation_result(struct provider *provider, struct ctx *ctx,
                               const struct cloud *cloud, const struct function_row *function,
                               const struct value *args, struct value **result) {
    struct cloud_call call;
    const struct value *wire = NULL;
    TRY(call_open_function(provider, ctx, cloud, function, args, &call));
    put_params(&call, &function->args, args);
    TRY(fetch(&call, function, args, &wire));
    *result = prop_decode(ctx, &function->results, below_rows(ctx->arena, function, wire));
    rows_filter(ctx->arena, function, args, *result);
    return fail_unless_shown(&call, function, *result);
}
