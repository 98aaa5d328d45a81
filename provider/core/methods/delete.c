#include "core/endpoint/call.h"
#include "core/endpoint/wait.h"

enum err_code provider_delete(struct provider *provider, struct ctx *ctx,
                              const struct delete_request *request) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->type, &cloud));
    const struct value *inputs =
        request->old_inputs != NULL ? request->old_inputs : request->properties;
    struct cloud_call call;
    TRY(call_open(provider, ctx, cloud, request->urn, request->id, inputs, &call));
    wait_set_deadline(&call, request->timeout_seconds, "delete", cloud->tables->wait.delete_ms);
    TRY(cloud->hooks.remove != NULL ? cloud->hooks.remove(&call) : cloud_remove_default(&call));
    return wait_until_gone(&call);
}
