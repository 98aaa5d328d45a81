#include "core/call.h"

enum err_code provider_list(struct provider *provider, struct ctx *ctx,
                            const struct list_request *request, struct list_receiver *receiver) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->token, &cloud));
    if (cloud->hooks.list == NULL) {
        return ctx_fail(ctx, ERR_UNIMPLEMENTED, "%s cannot be listed", cloud->tables->token);
    }
    if (value_has_unknown(request->query)) {
        return receiver->computed(receiver);
    }
    struct cloud_call call;
    TRY(call_open(provider, ctx, cloud, STR_EMPTY, STR_EMPTY, request->query, &call));
    return cloud->hooks.list(&call, request, receiver);
}
