#include "rpc/methods.h"

#include <string.h>

#include "rpc/handlers.h"

#define PROVIDER(name) "/pulumirpc.ResourceProvider/" name

#define OPERATION true /* refused after Cancel */
#define ALWAYS false

/* clang-format off */

/* Path; lane; refused after Cancel; handler; type and prefix of the request's and of the response's functions. A path
 * that is not here, such as Parameterize, Construct, Call and StreamInvoke, is answered UNIMPLEMENTED. */
#define UNARY_METHODS(X) \
    X(PROVIDER("Handshake"), INLINE, ALWAYS, handle_handshake, \
      Pulumirpc__ProviderHandshakeRequest, pulumirpc__provider_handshake_request, \
      Pulumirpc__ProviderHandshakeResponse, pulumirpc__provider_handshake_response) \
    X(PROVIDER("Attach"), INLINE, ALWAYS, handle_attach, \
      Pulumirpc__PluginAttach, pulumirpc__plugin_attach, Pulumirpc__Nothing, pulumirpc__nothing) \
    X(PROVIDER("Cancel"), INLINE, ALWAYS, handle_cancel, \
      Pulumirpc__Nothing, pulumirpc__nothing, Pulumirpc__Nothing, pulumirpc__nothing) \
    X(PROVIDER("GetPluginInfo"), INLINE, ALWAYS, handle_get_plugin_info, \
      Pulumirpc__Nothing, pulumirpc__nothing, Pulumirpc__PluginInfo, pulumirpc__plugin_info) \
    X(PROVIDER("GetSchema"), INLINE, ALWAYS, handle_get_schema, \
      Pulumirpc__GetSchemaRequest, pulumirpc__get_schema_request, \
      Pulumirpc__GetSchemaResponse, pulumirpc__get_schema_response) \
    X(PROVIDER("GetMapping"), INLINE, ALWAYS, handle_get_mapping, \
      Pulumirpc__GetMappingRequest, pulumirpc__get_mapping_request, \
      Pulumirpc__GetMappingResponse, pulumirpc__get_mapping_response) \
    X(PROVIDER("GetMappings"), INLINE, ALWAYS, handle_get_mappings, \
      Pulumirpc__GetMappingsRequest, pulumirpc__get_mappings_request, \
      Pulumirpc__GetMappingsResponse, pulumirpc__get_mappings_response) \
    X("/grpc.health.v1.Health/Check", INLINE, ALWAYS, handle_health, \
      Grpc__Health__V1__HealthCheckRequest, grpc__health__v1__health_check_request, \
      Grpc__Health__V1__HealthCheckResponse, grpc__health__v1__health_check_response) \
    X(PROVIDER("CheckConfig"), INLINE, OPERATION, handle_check_config, \
      Pulumirpc__CheckRequest, pulumirpc__check_request, \
      Pulumirpc__CheckResponse, pulumirpc__check_response) \
    X(PROVIDER("DiffConfig"), INLINE, OPERATION, handle_diff_config, \
      Pulumirpc__DiffRequest, pulumirpc__diff_request, \
      Pulumirpc__DiffResponse, pulumirpc__diff_response) \
    X(PROVIDER("Configure"), INLINE, OPERATION, handle_configure, \
      Pulumirpc__ConfigureRequest, pulumirpc__configure_request, \
      Pulumirpc__ConfigureResponse, pulumirpc__configure_response) \
    X(PROVIDER("Check"), POOL, OPERATION, handle_check, \
      Pulumirpc__CheckRequest, pulumirpc__check_request, \
      Pulumirpc__CheckResponse, pulumirpc__check_response) \
    X(PROVIDER("Diff"), POOL, OPERATION, handle_diff, \
      Pulumirpc__DiffRequest, pulumirpc__diff_request, \
      Pulumirpc__DiffResponse, pulumirpc__diff_response) \
    X(PROVIDER("Create"), POOL, OPERATION, handle_create, \
      Pulumirpc__CreateRequest, pulumirpc__create_request, \
      Pulumirpc__CreateResponse, pulumirpc__create_response) \
    X(PROVIDER("Read"), POOL, OPERATION, handle_read, \
      Pulumirpc__ReadRequest, pulumirpc__read_request, \
      Pulumirpc__ReadResponse, pulumirpc__read_response) \
    X(PROVIDER("Update"), POOL, OPERATION, handle_update, \
      Pulumirpc__UpdateRequest, pulumirpc__update_request, \
      Pulumirpc__UpdateResponse, pulumirpc__update_response) \
    X(PROVIDER("Delete"), POOL, OPERATION, handle_delete, \
      Pulumirpc__DeleteRequest, pulumirpc__delete_request, Pulumirpc__Nothing, pulumirpc__nothing) \
    X(PROVIDER("Invoke"), POOL, OPERATION, handle_invoke, \
      Pulumirpc__InvokeRequest, pulumirpc__invoke_request, \
      Pulumirpc__InvokeResponse, pulumirpc__invoke_response)

/* clang-format on */

/* One typed call for each row: a handler that does not fit its messages does not compile. */
#define ADAPTER(path, lane, operation, handler, Request, request, Response, response) \
    static enum err_code run_##handler(struct call *call, const ProtobufCMessage *in, \
                                       ProtobufCMessage *out) {                       \
        return handler(call, (const Request *)in, (Response *)out);                   \
    }
UNARY_METHODS(ADAPTER)

static enum err_code run_handle_list(struct call *call, const ProtobufCMessage *in,
                                     ProtobufCMessage *out) {
    (void)out;
    return handle_list(call, (const Pulumirpc__ListRequest *)in);
}

#define ROW(path, lane, operation, handler, Request, request, Response, response)             \
    {path,         METHOD_##lane, operation, &request##__descriptor, &response##__descriptor, \
     run_##handler},

static const struct method methods[] = {
    UNARY_METHODS(ROW){PROVIDER("List"), METHOD_POOL, OPERATION,
                       &pulumirpc__list_request__descriptor, NULL, run_handle_list},
};

const struct method *method_find(struct str path) {
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (str_is_c(path, methods[i].path)) {
            return &methods[i];
        }
    }
    return NULL;
}
