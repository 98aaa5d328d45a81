#include "rpc/handlers.h"
#include "rpc/message.h"

/* The object exists, but what we know of it cannot be sent: it is recorded with what was known
 * before. */
static enum err_code unsendable(struct call *call, struct str id, const struct value *properties) {
    struct error *error = &call->ctx.error;
    error->code = ERR_INIT_FAILED;
    error->partial = (struct error_partial){.id = id, .properties = properties};
    return ERR_INIT_FAILED;
}

/* After the engine's connection broke its process may take so long to end. */
#define ENGINE_END_MS 2000
#define ENGINE_LOOK_MS 20

static bool wait_for_engine_end(const struct service *service, struct cancel *cancel) {
    int64_t until_ms = service->clock->now_ms(service->clock) + ENGINE_END_MS;
    while (!service_engine_has_ended(service)) {
        if (service->clock->now_ms(service->clock) >= until_ms ||
            cancel_sleep(cancel, ENGINE_LOOK_MS) != CANCEL_NONE) {
            return false;
        }
    }
    return true;
}

/* The engine was killed before it could know what was made: no state will ever hold it. Its own
 * token, because the call's was tripped when the engine went. */
static void undo_create(struct call *call) {
    struct cancel *cancel = cancel_new(NULL, call->service->clock);
    struct ctx ctx;
    ctx_fork(&ctx, &call->ctx, call->ctx.arena, cancel);
    if (wait_for_engine_end(call->service, cancel) &&
        provider_undo_create(call->service->provider, &ctx, call->undo) != ERR_OK) {
        log_debug(&ctx.log, "%p", WORDS_ARG(ctx.error.message));
    }
    cancel_free(cancel);
}

enum err_code handle_create(struct call *call, const Pulumirpc__CreateRequest *request,
                            Pulumirpc__CreateResponse *response) {
    struct create_request create = {.preview = request->preview != 0,
                                    .timeout_seconds = field_timeout(request->timeout)};
    struct create_response result = {.id = STR_EMPTY};
    struct identity identity;
    TRY(field_identity(call, request->urn, request->name, request->type, &identity));
    TRY(field_struct_or_empty(call, "properties", request->has_properties, &request->properties,
                              &create.properties));
    create.urn = identity.urn;
    create.name = identity.name;
    create.type = identity.type;
    enum err_code created = provider_create(call->service->provider, &call->ctx, &create, &result);
    call->undo = result.undo;
    call->undelivered = result.undo != NULL ? undo_create : NULL;
    TRY(created);
    response->id = message_optional_text(call->ctx.arena, result.id);
    enum err_code code = field_set_struct(call, "properties", result.properties, create.preview,
                                          &response->has_properties, &response->properties);
    return code == ERR_OK || create.preview ? code : unsendable(call, result.id, NULL);
}

enum err_code handle_read(struct call *call, const Pulumirpc__ReadRequest *request,
                          Pulumirpc__ReadResponse *response) {
    struct read_request read = {.timeout_seconds = field_timeout(request->timeout)};
    struct read_response result = {.id = STR_EMPTY};
    struct identity identity;
    TRY(field_identity(call, request->urn, request->name, request->type, &identity));
    TRY(field_id(call, request->id, &read.id));
    TRY(field_struct(call, "properties", request->has_properties, &request->properties,
                     &read.properties));
    TRY(field_struct(call, "inputs", request->has_inputs, &request->inputs, &read.inputs));
    read.urn = identity.urn;
    read.name = identity.name;
    read.type = identity.type;
    TRY(provider_read(call->service->provider, &call->ctx, &read, &result));
    response->id = message_optional_text(call->ctx.arena, result.id);
    TRY(field_set_struct(call, "properties", result.properties, false, &response->has_properties,
                         &response->properties));
    return field_set_struct(call, "inputs", result.inputs, false, &response->has_inputs,
                            &response->inputs);
}

static enum err_code update_request_of(struct call *call, const Pulumirpc__UpdateRequest *request,
                                       struct update_request *out) {
    struct identity identity;
    TRY(field_identity(call, request->urn, request->name, request->type, &identity));
    TRY(field_id(call, request->id, &out->id));
    TRY(field_struct_or_empty(call, "olds", request->has_olds, &request->olds, &out->olds));
    TRY(field_struct_or_empty(call, "news", request->has_news, &request->news, &out->news));
    TRY(field_struct(call, "old_inputs", request->has_old_inputs, &request->old_inputs,
                     &out->old_inputs));
    out->urn = identity.urn;
    out->name = identity.name;
    out->type = identity.type;
    out->ignore_change_count = request->n_ignore_changes;
    out->ignore_changes = field_texts(call, request->ignore_changes, request->n_ignore_changes);
    out->timeout_seconds = field_timeout(request->timeout);
    out->preview = request->preview != 0;
    return ERR_OK;
}

enum err_code handle_update(struct call *call, const Pulumirpc__UpdateRequest *request,
                            Pulumirpc__UpdateResponse *response) {
    struct update_request update = {0};
    struct update_response result = {0};
    TRY(update_request_of(call, request, &update));
    TRY(provider_update(call->service->provider, &call->ctx, &update, &result));
    enum err_code code = field_set_struct(call, "properties", result.properties, update.preview,
                                          &response->has_properties, &response->properties);
    return code == ERR_OK || update.preview ? code : unsendable(call, update.id, update.olds);
}

enum err_code handle_delete(struct call *call, const Pulumirpc__DeleteRequest *request,
                            Pulumirpc__Nothing *response) {
    struct delete_request delete = {.timeout_seconds = field_timeout(request->timeout)};
    struct identity identity;
    (void)response;
    TRY(field_identity(call, request->urn, request->name, request->type, &identity));
    TRY(field_id(call, request->id, &delete.id));
    TRY(field_struct_or_empty(call, "properties", request->has_properties, &request->properties,
                              &delete.properties));
    TRY(field_struct(call, "old_inputs", request->has_old_inputs, &request->old_inputs,
                     &delete.old_inputs));
    delete.urn = identity.urn;
    delete.name = identity.name;
    delete.type = identity.type;
    return provider_delete(call->service->provider, &call->ctx, &delete);
}
