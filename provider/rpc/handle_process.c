#include "rpc/handlers.h"
#include "rpc/message.h"

enum err_code handle_handshake(struct call *call,
                               const Pulumirpc__ProviderHandshakeRequest *request,
                               Pulumirpc__ProviderHandshakeResponse *response) {
    struct service *service = call->service;
    /* An engine that shakes hands is recent enough for secrets; Configure says so once more. */
    atomic_store(&service->accepts_secrets, true);
    atomic_store(&service->accepts_byte_strings, request->accepts_byte_string != 0);
    engine_log_offer(service->engine_log, str_of(request->engine_address));
    response->has_accept_secrets = true;
    response->accept_secrets = true;
    response->has_accept_resources = true;
    response->accept_resources = true;
    response->has_accept_outputs = true;
    response->accept_outputs = true;
    response->has_supports_autonaming_configuration = true;
    response->supports_autonaming_configuration = true;
    response->has_accepts_byte_string = true;
    response->accepts_byte_string = true;
    return ERR_OK;
}

enum err_code handle_attach(struct call *call, const Pulumirpc__PluginAttach *request,
                            Pulumirpc__Nothing *response) {
    (void)response;
    service_attach(call->service, str_of(request->address));
    provider_attach(call->service->provider, str_of(request->address));
    return ERR_OK;
}

/* Answers at once and goes on serving: what waits is tripped, and reports what it has made. */
enum err_code handle_cancel(struct call *call, const Pulumirpc__Nothing *request,
                            Pulumirpc__Nothing *response) {
    (void)request;
    (void)response;
    service_cancel(call->service);
    return ERR_OK;
}

enum err_code handle_get_plugin_info(struct call *call, const Pulumirpc__Nothing *request,
                                     Pulumirpc__PluginInfo *response) {
    (void)request;
    response->version = message_text(call->ctx.arena, provider_version());
    return ERR_OK;
}

enum err_code handle_get_schema(struct call *call, const Pulumirpc__GetSchemaRequest *request,
                                Pulumirpc__GetSchemaResponse *response) {
    if (request->version != 0) {
        return ctx_fail(&call->ctx, ERR_INVALID, "schema format %d is not known, only 0 is",
                        request->version);
    }
    response->schema = message_text(call->ctx.arena, provider_schema());
    return ERR_OK;
}

/* The only tool whose programs we know how to convert. */
static bool is_terraform(const char *key) {
    return str_is_c(str_of(key), "terraform");
}

/* Asked for no provider in particular, it answers nothing: there are several, which GetMappings
 * lists. */
enum err_code handle_get_mapping(struct call *call, const Pulumirpc__GetMappingRequest *request,
                                 Pulumirpc__GetMappingResponse *response) {
    for (size_t i = 0; is_terraform(request->key) && i < terraform_mapping_count; i++) {
        const struct terraform_mapping *mapping = &terraform_mappings[i];
        if (str_is(str_of(request->provider), mapping->provider)) {
            response->provider = message_text(call->ctx.arena, mapping->provider);
            response->has_data = true;
            response->data = (ProtobufCBinaryData){.len = mapping->data.len,
                                                   .data = (uint8_t *)(uintptr_t)mapping->data.ptr};
        }
    }
    return ERR_OK;
}

enum err_code handle_get_mappings(struct call *call, const Pulumirpc__GetMappingsRequest *request,
                                  Pulumirpc__GetMappingsResponse *response) {
    if (!is_terraform(request->key)) {
        return ERR_OK;
    }
    response->providers = ARENA_ARRAY(call->ctx.arena, terraform_mapping_count, char *);
    for (size_t i = 0; i < terraform_mapping_count; i++) {
        response->providers[response->n_providers++] =
            message_text(call->ctx.arena, terraform_mappings[i].provider);
    }
    return ERR_OK;
}

enum err_code handle_health(struct call *call, const Grpc__Health__V1__HealthCheckRequest *request,
                            Grpc__Health__V1__HealthCheckResponse *response) {
    (void)call;
    (void)request;
    response->has_status = true;
    response->status = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING;
    return ERR_OK;
}
