#include "rpc/handlers.h"
#include "rpc/message.h"
#include "rpc/stream.h"

enum err_code handle_invoke(struct call *call, const Pulumirpc__InvokeRequest *request,
                            Pulumirpc__InvokeResponse *response) {
    struct invoke_request invoke = {.token = str_of(request->tok),
                                    .preview = request->preview != 0};
    struct invoke_response result = {0};
    TRY(field_struct_or_empty(call, "args", request->has_args, &request->args, &invoke.args));
    TRY(provider_invoke(call->service->provider, &call->ctx, &invoke, &result));
    response->n_failures = result.failure_count;
    response->failures = field_set_failures(call, result.failures, result.failure_count);
    return field_set_struct(call, "return", result.result, invoke.preview, &response->has_result,
                            &response->result);
}

/* Turns what the core lists into messages of the stream. */
struct list_sender {
    struct list_receiver receiver; /* first: the core hands back its address */
    struct stream *stream;
    struct arena *arena;
};

static enum err_code send(struct list_receiver *receiver, const Pulumirpc__ListResponse *response) {
    return stream_send(((struct list_sender *)receiver)->stream, &response->base);
}

static struct arena *arena_of(struct list_receiver *receiver) {
    return ((struct list_sender *)receiver)->arena;
}

static enum err_code send_computed(struct list_receiver *receiver) {
    Pulumirpc__ListResponse__Computed computed = PULUMIRPC__LIST_RESPONSE__COMPUTED__INIT;
    Pulumirpc__ListResponse response = PULUMIRPC__LIST_RESPONSE__INIT;
    response.response_case = PULUMIRPC__LIST_RESPONSE__RESPONSE_COMPUTED;
    response.computed = &computed;
    return send(receiver, &response);
}

static enum err_code send_result(struct list_receiver *receiver, struct str id, struct str name) {
    struct arena *arena = arena_of(receiver);
    Pulumirpc__ListResponse__Result result = PULUMIRPC__LIST_RESPONSE__RESULT__INIT;
    Pulumirpc__ListResponse response = PULUMIRPC__LIST_RESPONSE__INIT;
    result.id = message_text(arena, id);
    result.name = message_optional_text(arena, name);
    response.response_case = PULUMIRPC__LIST_RESPONSE__RESPONSE_RESULT;
    response.result = &result;
    return send(receiver, &response);
}

static enum err_code send_continuation(struct list_receiver *receiver, struct str token) {
    Pulumirpc__ListResponse__Continuation continuation =
        PULUMIRPC__LIST_RESPONSE__CONTINUATION__INIT;
    Pulumirpc__ListResponse response = PULUMIRPC__LIST_RESPONSE__INIT;
    continuation.continuation_token = message_optional_text(arena_of(receiver), token);
    response.response_case = PULUMIRPC__LIST_RESPONSE__RESPONSE_CONTINUATION;
    response.continuation = &continuation;
    return send(receiver, &response);
}

enum err_code handle_list(struct call *call, const Pulumirpc__ListRequest *request) {
    struct list_request list = {
        .token = str_of(request->token),
        .limit = request->limit,
        .page_size = request->page_size,
        .continuation_token = str_of(request->continuation_token),
    };
    TRY(field_struct_or_empty(call, "query", request->has_query, &request->query, &list.query));
    struct list_sender sender = {.receiver = {send_computed, send_result, send_continuation},
                                 .stream = stream_open(call),
                                 .arena = call->ctx.arena};
    enum err_code code =
        provider_list(call->service->provider, &call->ctx, &list, &sender.receiver);
    stream_free(sender.stream);
    return code;
}
