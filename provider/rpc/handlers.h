#ifndef RPC_HANDLERS_H
#define RPC_HANDLERS_H

#include "grpc/health.pb-c.h"
#include "pulumirpc/provider.pb-c.h"
#include "rpc/call.h"

/* One function a method: request message -> core -> response message. methods.c says which, and on
 * which thread. */

/* handle_process.c */
enum err_code handle_handshake(struct call *call,
                               const Pulumirpc__ProviderHandshakeRequest *request,
                               Pulumirpc__ProviderHandshakeResponse *response) MUST_USE;
enum err_code handle_attach(struct call *call, const Pulumirpc__PluginAttach *request,
                            Pulumirpc__Nothing *response) MUST_USE;
enum err_code handle_cancel(struct call *call, const Pulumirpc__Nothing *request,
                            Pulumirpc__Nothing *response) MUST_USE;
enum err_code handle_get_plugin_info(struct call *call, const Pulumirpc__Nothing *request,
                                     Pulumirpc__PluginInfo *response) MUST_USE;
enum err_code handle_get_schema(struct call *call, const Pulumirpc__GetSchemaRequest *request,
                                Pulumirpc__GetSchemaResponse *response) MUST_USE;
enum err_code handle_get_mapping(struct call *call, const Pulumirpc__GetMappingRequest *request,
                                 Pulumirpc__GetMappingResponse *response) MUST_USE;
enum err_code handle_get_mappings(struct call *call, const Pulumirpc__GetMappingsRequest *request,
                                  Pulumirpc__GetMappingsResponse *response) MUST_USE;
enum err_code handle_health(struct call *call, const Grpc__Health__V1__HealthCheckRequest *request,
                            Grpc__Health__V1__HealthCheckResponse *response) MUST_USE;

/* handle_config.c */
enum err_code handle_check_config(struct call *call, const Pulumirpc__CheckRequest *request,
                                  Pulumirpc__CheckResponse *response) MUST_USE;
enum err_code handle_diff_config(struct call *call, const Pulumirpc__DiffRequest *request,
                                 Pulumirpc__DiffResponse *response) MUST_USE;
enum err_code handle_configure(struct call *call, const Pulumirpc__ConfigureRequest *request,
                               Pulumirpc__ConfigureResponse *response) MUST_USE;

/* handle_check.c */
enum err_code handle_check(struct call *call, const Pulumirpc__CheckRequest *request,
                           Pulumirpc__CheckResponse *response) MUST_USE;

/* handle_diff.c */
enum err_code handle_diff(struct call *call, const Pulumirpc__DiffRequest *request,
                          Pulumirpc__DiffResponse *response) MUST_USE;

/* handle_resource.c */
enum err_code handle_create(struct call *call, const Pulumirpc__CreateRequest *request,
                            Pulumirpc__CreateResponse *response) MUST_USE;
enum err_code handle_read(struct call *call, const Pulumirpc__ReadRequest *request,
                          Pulumirpc__ReadResponse *response) MUST_USE;
enum err_code handle_update(struct call *call, const Pulumirpc__UpdateRequest *request,
                            Pulumirpc__UpdateResponse *response) MUST_USE;
enum err_code handle_delete(struct call *call, const Pulumirpc__DeleteRequest *request,
                            Pulumirpc__Nothing *response) MUST_USE;

/* handle_function.c */
enum err_code handle_invoke(struct call *call, const Pulumirpc__InvokeRequest *request,
                            Pulumirpc__InvokeResponse *response) MUST_USE;
/* A stream: sends its responses itself. */
enum err_code handle_list(struct call *call, const Pulumirpc__ListRequest *request) MUST_USE;

/* ---- What they share: fields.c */

/* Who a request is about. */
struct identity {
    struct str urn;
    struct str name;
    struct str type;
};

/* ERR_INVALID when the URN is missing, malformed, or does not agree with the name or type given
 * beside it. Older engines send the URN only: then name and type are taken from it. Sets the log's
 * resource. */
enum err_code field_identity(struct call *call, const char *urn, const char *name, const char *type,
                             struct identity *out) MUST_USE;
/* ERR_INVALID when empty. */
enum err_code field_id(struct call *call, const char *id, struct str *out) MUST_USE;
/* A Struct field; NULL when absent. `what` names it in messages. */
enum err_code field_struct(struct call *call, const char *what, protobuf_c_boolean has,
                           const ProtobufCBinaryData *bytes, const struct value **out) MUST_USE;
/* The same, for fields where absent and empty mean the same: an empty map when absent. */
enum err_code field_struct_or_empty(struct call *call, const char *what, protobuf_c_boolean has,
                                    const ProtobufCBinaryData *bytes,
                                    const struct value **out) MUST_USE;
struct str field_bytes(const ProtobufCBinaryData *bytes);
/* Views of a repeated text field. */
struct str *field_texts(struct call *call, char *const *texts, size_t count);
/* Seconds, made sane: 0 (the default) for what is not positive, a year at most. */
double field_timeout(double seconds);

/* A response's Struct field. NULL sets nothing. */
enum err_code field_set_struct(struct call *call, const char *what, const struct value *map,
                               bool unknowns, protobuf_c_boolean *out_has,
                               ProtobufCBinaryData *out) MUST_USE;
char **field_set_texts(struct call *call, const struct str *texts, size_t count);
Pulumirpc__CheckFailure **field_set_failures(struct call *call,
                                             const struct check_failure *failures, size_t count);

/* ---- Shared by resources and provider configuration */

enum err_code check_request_of(struct call *call, const Pulumirpc__CheckRequest *request,
                               struct check_request *out) MUST_USE;
enum err_code check_response_to(struct call *call, const struct check_response *response,
                                Pulumirpc__CheckResponse *out) MUST_USE;
enum err_code diff_request_of(struct call *call, const Pulumirpc__DiffRequest *request,
                              struct diff_request *out) MUST_USE;
void diff_response_to(struct call *call, const struct diff_response *response,
                      Pulumirpc__DiffResponse *out);

#endif
