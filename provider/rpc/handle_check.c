#include "rpc/handlers.h"

static void take_autonaming(const Pulumirpc__AutonamingOptions *options,
                            struct check_request *out) {
    if (options == NULL) {
        return;
    }
    out->has_autonaming = true;
    out->proposed_name = str_of(options->proposed_name);
    switch (options->mode) {
    case PULUMIRPC__AUTONAMING_OPTIONS__MODE__ENFORCE:
        out->autonaming_mode = AUTONAMING_ENFORCE;
        return;
    case PULUMIRPC__AUTONAMING_OPTIONS__MODE__DISABLE:
        out->autonaming_mode = AUTONAMING_DISABLE;
        return;
    default: /* PROPOSE, and what a later protocol may add */
        out->autonaming_mode = AUTONAMING_PROPOSE;
        return;
    }
}

enum err_code check_request_of(struct call *call, const Pulumirpc__CheckRequest *request,
                               struct check_request *out) {
    TRY(field_struct(call, "olds", request->has_olds, &request->olds, &out->olds));
    TRY(field_struct_or_empty(call, "news", request->has_news, &request->news, &out->news));
    TRY(field_struct(call, "old_outputs", request->has_old_outputs, &request->old_outputs,
                     &out->old_outputs));
    out->random_seed = field_bytes(&request->random_seed);
    take_autonaming(request->autonaming, out);
    return ERR_OK;
}

enum err_code check_response_to(struct call *call, const struct check_response *response,
                                Pulumirpc__CheckResponse *out) {
    out->n_failures = response->failure_count;
    out->failures = field_set_failures(call, response->failures, response->failure_count);
    return field_set_struct(call, "inputs", response->inputs, true, &out->has_inputs, &out->inputs);
}

enum err_code handle_check(struct call *call, const Pulumirpc__CheckRequest *request,
                           Pulumirpc__CheckResponse *response) {
    struct check_request check = {0};
    struct check_response result = {0};
    struct identity identity;
    TRY(field_identity(call, request->urn, request->name, request->type, &identity));
    TRY(check_request_of(call, request, &check));
    check.urn = identity.urn;
    check.name = identity.name;
    check.type = identity.type;
    TRY(provider_check(call->service->provider, &call->ctx, &check, &result));
    return check_response_to(call, &result, response);
}
