#include "core/endpoint/call.h"
#include "core/endpoint/wait.h"

enum err_code provider_delete(struct provider *provider, struct ctx *ctx,
                              const struct delete_request *request) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->type, &cloud));
    const struct value *inputs =
        request->old_inputs != NULL ? request->old_inputs : request->properties;
    struct cloud_call call;
    const struct call_subject subject = {
        .urn = request->urn, .id = request->id, .recorded = request->properties, .inputs = inputs};
    const struct call_limit limit = {request->timeout_seconds, "delete",
                                     cloud->tables->wait.delete_ms};
    TRY(call_open(provider, ctx, cloud, &subject, &limit, &call));
    call.is_deleting = true;
    TRY(cloud->hooks.remove != NULL ? cloud->hooks.remove(&call) : cloud_remove_default(&call));
    return wait_until_gone(&call);
}
