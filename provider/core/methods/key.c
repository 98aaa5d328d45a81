/* Making a key, and what little can be said of one afterwards. */
#include "core/methods/key.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/words.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/refusal.h"
#include "core/methods/key_term.h"

#define ID_BYTES 16

/* Of no meaning to the service, which gives a key no id. */
static struct str new_id(struct arena *arena) {
    uint8_t bytes[ID_BYTES];
    digest_random(bytes, sizeof(bytes));
    struct str hex = digest_hex(arena, bytes, sizeof(bytes));
    return arena_printf(arena, "key-%.*s", STR_ARG(hex));
}

/* Unlike an endpoint, it can neither be looked for nor taken back. */
static enum err_code tell_doubt(struct cloud_call *call, bool maybe_made, enum err_code code) {
    if (maybe_made) {
        struct error *error = &call->ctx->error;
        error->message =
            words_text(call->ctx->arena,
                       "%p. A key that was made reached nobody, cannot be looked up and ends by "
                       "itself: %p to make one",
                       WORDS_ARG(words_without_stop(call->ctx->arena, error->message)),
                       WORDS_ARG(advice_again(call)));
    }
    return code;
}

/* The term counts from now where the service does not say when it ends. */
static int64_t end_of(struct cloud_call *call, const struct value *result) {
    const struct prop *row = prop_find(call->props, STR("expiresAt"));
    int64_t end = row == NULL ? -1 : key_end_of_answer(prop_at_wire(row, result));
    if (end >= 0) {
        return end;
    }
    log_warning(&call->ctx->log,
                "%s: the service does not say when the key ends: expiresAt is counted from its "
                "lifetime",
                call->cloud->tables->title);
    return call->started_wall + (int64_t)key_lifetime(call->props, call->inputs);
}

static void warn_if_due(struct cloud_call *call, int64_t end) {
    struct ctx *ctx = call->ctx;
    if (key_is_due(call->props, call->inputs, end, ctx->clock->wall_seconds(ctx->clock))) {
        log_warning(
            &ctx->log,
            "%s: the key is to be renewed already: the service lets it end earlier than its "
            "lifetime says, or this machine's clock is wrong; set a smaller renewBefore",
            call->cloud->tables->title);
    }
}

/* `live` is what the answer says, private to the caller. */
static const struct value *outputs_of(struct cloud_call *call, struct value *live, int64_t end) {
    char text[CLOCK_RFC3339_SIZE];
    clock_print_rfc3339(end, text);
    value_map_set_text(call->ctx->arena, live, "expiresAt", str_of(text));
    warn_if_due(call, end);
    return prop_outputs(call->ctx, call->props, live, call->inputs);
}

static enum err_code send(struct cloud_call *call, const struct resource_row *row,
                          struct rest_reply *reply, struct value **live) {
    const struct value *body = prop_encode_create(call->ctx, &row->props, call->inputs);
    enum err_code code = cloud_send(call, row->operation, body, reply);
    if (code != ERR_OK) {
        return tell_doubt(call, reply->maybe_done, refusal_of_create(call, code));
    }
    *live = prop_decode(call->ctx, call->props, reply->result);
    redact_add_value(&call->ctx->redact, *live);
    if (value_text_at(*live, "apiKey").len > 0) {
        return ERR_OK;
    }
    code = ctx_fail(call->ctx, ERR_UNCERTAIN, "%s: the answer to the request for a key has none",
                    call->cloud->tables->title);
    return tell_doubt(call, true, code);
}

static enum err_code make(struct cloud_call *call, const struct resource_row *row,
                          struct create_response *out) {
    struct rest_reply reply;
    struct value *live = NULL;
    TRY(send(call, row, &reply, &live));
    const struct value *outputs = outputs_of(call, live, end_of(call, reply.result));
    *out = (struct create_response){.id = new_id(call->ctx->arena), .properties = outputs};
    return ERR_OK;
}

enum err_code key_create(struct provider *provider, struct ctx *ctx,
                         const struct resource *resource, const struct create_request *request,
                         struct create_response *out) {
    const struct resource_row *row = resource->row;
    const struct value *inputs =
        request->properties != NULL ? request->properties : value_map(ctx->arena);
    if (request->preview) {
        *out = (struct create_response){
            .id = STR_EMPTY, .properties = prop_preview(ctx, &row->props, inputs, NULL, NULL)};
        return ERR_OK;
    }
    TRY(prop_need_known(ctx, inputs));
    struct cloud_call call;
    const struct call_subject subject = {.urn = request->urn, .inputs = inputs};
    const struct call_limit limit = {request->timeout_seconds, "create", CALL_LOOK_MS};
    TRY(call_open(provider, ctx, resource->cloud, &subject, &limit, &call));
    call.props = &row->props;
    return make(&call, row, out);
}

/* Some engines, and `pulumi do`, send empty maps where they have none. */
static bool is_empty(const struct value *map) {
    return map == NULL || map->map.count == 0;
}

/* A state that was edited by hand may hold the key in plain text. */
static const struct value *with_secrets(struct ctx *ctx, const struct prop_table *props,
                                        const struct value *properties) {
    struct value *out = value_map_clone(ctx->arena, properties);
    for (size_t i = 0; i < props->count; i++) {
        const struct value *value = value_get_set(properties, str_of(props->rows[i].name));
        if (value != NULL && (props->rows[i].flags & PROP_SECRET) != 0) {
            value_map_set_c(ctx->arena, out, props->rows[i].name,
                            value_with_secret(ctx->arena, value, true));
        }
    }
    return out;
}

enum err_code key_read(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                       const struct read_request *request, struct read_response *out) {
    (void)provider;
    const struct resource_row *row = resource->row;
    if (is_empty(request->properties)) {
        return ctx_fail(ctx, ERR_INVALID,
                        "%s: one that exists can be neither read nor imported: %s; pulumi up makes "
                        "a new one",
                        row->token, row->no_import);
    }
    const struct value *inputs = !is_empty(request->inputs)
                                     ? request->inputs
                                     : prop_only(ctx, &row->props, PROP_INPUT, request->properties);
    *out = (struct read_response){.id = request->id,
                                  .properties = with_secrets(ctx, &row->props, request->properties),
                                  .inputs = inputs};
    return ERR_OK;
}

/* Diff finds nothing that an update could send. */
enum err_code key_update(struct provider *provider, struct ctx *ctx,
                         const struct resource *resource, const struct update_request *request,
                         struct update_response *out) {
    (void)provider;
    const struct prop_table *props = &resource->row->props;
    struct diff_list diffs = {.ctx = ctx,
                              .ignored = request->ignore_changes,
                              .ignored_count = request->ignore_change_count};
    prop_diff(&diffs, props, request->old_inputs != NULL ? request->old_inputs : request->olds,
              request->news);
    if (diffs.count > 0) {
        return ctx_fail(ctx, ERR_INVALID, "%s: %.*s cannot be changed: it takes another key",
                        resource->row->token, STR_ARG(diffs.entries[0].path));
    }
    const struct value *outputs = prop_outputs(ctx, props, request->olds, request->news);
    *out = (struct update_response){.properties = with_secrets(ctx, props, outputs)};
    return ERR_OK;
}

enum err_code key_delete(struct provider *provider, struct ctx *ctx,
                         const struct resource *resource, const struct delete_request *request) {
    (void)provider;
    int64_t end = key_end(request->properties);
    struct str until = end >= 0 ? value_text_at(request->properties, "expiresAt") : STR("its end");
    if (end < 0 || end > ctx->clock->wall_seconds(ctx->clock)) {
        log_warning(&ctx->log, "%s: the key that goes here works until %.*s all the same: %s",
                    resource->cloud->tables->title, STR_ARG(until), resource->row->no_removal);
    }
    return ERR_OK;
}

enum err_code key_list(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                       const struct list_request *request, struct list_receiver *receiver) {
    (void)provider;
    (void)request;
    (void)receiver;
    return ctx_fail(ctx, ERR_UNIMPLEMENTED, "%s cannot be listed", resource->row->token);
}
