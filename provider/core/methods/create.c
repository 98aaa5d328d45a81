#include "core/endpoint/adopt.h"
#include "core/endpoint/call.h"
#include "core/endpoint/change.h"
#include "core/endpoint/wait.h"

/* A name that was freed a moment ago may still be refused; so often, so far apart. */
#define FREED_NAME_TRIES 5
#define FREED_NAME_DELAY_MS 2000

/* The part of the id that the service made, as text. */
static struct str created_part(struct cloud_call *call, const struct rest_reply *reply) {
    for (const char *const *path = call->cloud->tables->id_created; path != NULL && *path != NULL;
         path++) {
        const struct value *value =
            (*path)[0] == '\0' ? reply->result : value_at(reply->result, *path);
        if (value == NULL) {
            continue;
        }
        if (value->kind == VALUE_STRING && value->string.len > 0) {
            return value->string;
        }
        if ((*path)[0] != '\0' && value_is_integer(value)) {
            return value_number_text(call->ctx->arena, value->number);
        }
    }
    return STR_EMPTY;
}

/* The look after a create failed, and only it could have told the id. */
static enum err_code lose_id(struct cloud_call *call) {
    return ctx_fail(
        call->ctx, ERR_UNCERTAIN,
        "%.*s. The endpoint \"%.*s\" was created all the same: look in the console, then "
        "import or delete it before the next pulumi up",
        STR_ARG(call->ctx->error.message),
        STR_ARG(value_text_at(call->params, call->cloud->tables->name_rule.property)));
}

enum err_code cloud_created(struct cloud_call *call, const struct rest_reply *reply,
                            struct observation *out) {
    struct str part = created_part(call, reply);
    if (part.len > 0) {
        value_map_set_c(call->ctx->arena, call->params, "endpointId",
                        value_string(call->ctx->arena, part));
    }
    call->id = call_id(call);
    call->was_created = true;
    if (cloud_observe_reply(call, reply, out)) {
        return ERR_OK;
    }
    enum err_code code = cloud_observe(call, out);
    return code != ERR_OK && call->id.len == 0 ? lose_id(call) : code;
}

/* Cancelled while the request was on its way, and not there yet: it cannot be promised that nothing
 * will be. */
static enum err_code leave_uncertain(struct cloud_call *call) {
    return ctx_fail(
        call->ctx, ERR_UNCERTAIN,
        "%.*s. The endpoint %.*s did not exist a moment later: look in the console, then "
        "import or delete it before the next pulumi up",
        STR_ARG(call->ctx->error.message), STR_ARG(call_id(call)));
}

/* The reply to a create is lost. ERR_OK with *again: it certainly did not happen. */
static enum err_code recover(struct cloud_call *call, struct observation *out, bool *again) {
    enum adopt_verdict verdict = ADOPT_FOREIGN;
    TRY(adopt_look_up(call, out, &verdict));
    switch (verdict) {
    case ADOPT_OURS:
        call->id = call_id(call);
        error_clear(&call->ctx->error);
        return ERR_OK;
    case ADOPT_ABSENT:
        *again = cancel_state(call->ctx->cancel) == CANCEL_NONE;
        return *again ? ERR_OK : leave_uncertain(call);
    case ADOPT_FOREIGN:
        return adopt_refuse(call);
    }
    return ERR_INTERNAL;
}

/* The name is taken. ERR_OK with *again: it may be free, or ours, in a moment. */
static enum err_code resolve_clash(struct cloud_call *call, bool was_lost, struct observation *out,
                                   bool *again) {
    enum adopt_verdict verdict = ADOPT_FOREIGN;
    enum err_code taken = call->ctx->error.code;
    TRY(adopt_look_up(call, out, &verdict));
    if (verdict == ADOPT_ABSENT && !call->cloud->tables->name_rule.reusable && !was_lost) {
        return taken;
    }
    /* Being freed, or made by the request whose reply was lost and not listed yet. */
    if (verdict == ADOPT_ABSENT) {
        enum cancel_reason reason = cancel_sleep(call->ctx->cancel, FREED_NAME_DELAY_MS);
        *again = reason == CANCEL_NONE;
        return *again ? ERR_OK : ctx_fail_cancelled(call->ctx, reason, "creating the endpoint");
    }
    if (verdict == ADOPT_OURS && was_lost) {
        call->id = call_id(call);
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    if (!adopt_is_wanted(call)) {
        return adopt_refuse(call);
    }
    error_clear(&call->ctx->error);
    return adopt_take_over(call, out);
}

/* Where the id is made of what the program says, a reply that does not show the endpoint proves
 * nothing. */
static bool shows_endpoint(const struct cloud_call *call, const struct rest_reply *reply) {
    const struct cloud_tables *tables = call->cloud->tables;
    return tables->id_created != NULL || value_at(reply->result, tables->status.state) != NULL;
}

enum err_code cloud_create_default(struct cloud_call *call, const struct value *body,
                                   struct observation *out) {
    bool was_lost = false;
    for (int tries = 1;; tries++) {
        struct rest_reply reply;
        enum err_code code = cloud_send(call, "create", body, &reply);
        if (code == ERR_OK && shows_endpoint(call, &reply)) {
            return cloud_created(call, &reply, out);
        }
        bool maybe_done = code == ERR_OK || reply.maybe_done;
        if (code == ERR_OK) {
            code = ctx_fail(call->ctx, ERR_UNCERTAIN,
                            "%s: creating the endpoint: the reply does not show it",
                            call->cloud->tables->title);
        }
        bool again = false;
        if (maybe_done && !was_lost) {
            was_lost = true;
            TRY(recover(call, out, &again));
        } else if (reply.class == FAILURE_CONFLICT && tries <= FREED_NAME_TRIES) {
            TRY(resolve_clash(call, was_lost, out, &again));
        } else {
            return code;
        }
        if (!again) {
            return ERR_OK;
        }
    }
}

/* Compares what was made with what was asked: a service that ignores a field gets a warning, not a
 * failed create. */
static void warn_unapplied(struct cloud_call *call, const struct observation *seen) {
    const struct prop_table *props = &call->cloud->tables->props;
    struct diff_list unapplied = {.ctx = call->ctx};
    if (seen->kind != OBSERVATION_SEEN) {
        return;
    }
    prop_unapplied(&unapplied, props, NULL, call->inputs, outcome_decode(call, seen, call->inputs));
    for (size_t i = 0; i < unapplied.count; i++) {
        log_warning(&call->ctx->log,
                    "%s: the service answers another value for %.*s than was asked",
                    call->cloud->tables->title, STR_ARG(unapplied.entries[i].path));
    }
}

static enum err_code create(struct cloud_call *call, struct observation *seen) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    struct value *body = prop_encode_create(call->ctx, &call->cloud->tables->props, call->inputs);
    if (hooks->adjust_create != NULL) {
        hooks->adjust_create(call, call->inputs, body);
    }
    TRY(hooks->create != NULL ? hooks->create(call, body, seen)
                              : cloud_create_default(call, body, seen));
    log_status(&call->ctx->log, "endpoint %.*s exists, waiting for it", STR_ARG(call->id));
    TRY(change_state(call, seen, CHANGE_GOES_ON));
    warn_unapplied(call, seen);
    return ERR_OK;
}

/* Nothing but pure functions: a preview never touches the network. */
static void preview(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                    const struct value *inputs, struct create_response *out) {
    struct value *outputs = prop_preview(ctx, &cloud->tables->props, inputs, NULL, NULL);
    if (cloud->hooks.derive != NULL) {
        cloud->hooks.derive(ctx, provider_config(provider), outputs);
    }
    *out = (struct create_response){.id = STR_EMPTY, .properties = outputs};
}

enum err_code provider_create(struct provider *provider, struct ctx *ctx,
                              const struct create_request *request, struct create_response *out) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->type, &cloud));
    const struct value *inputs =
        request->properties != NULL ? request->properties : value_map(ctx->arena);
    if (request->preview) {
        preview(provider, ctx, cloud, inputs, out);
        return ERR_OK;
    }
    TRY(prop_need_known(ctx, inputs));
    struct cloud_call call;
    const struct call_subject subject = {.urn = request->urn, .inputs = inputs};
    const struct call_limit limit = {request->timeout_seconds, "create",
                                     cloud->tables->wait.create_ms};
    TRY(call_open(provider, ctx, cloud, &subject, &limit, &call));
    struct observation seen = {0};
    enum err_code code = create(&call, &seen);
    if (code != ERR_OK) {
        return call.id.len > 0 ? outcome_partial(&call, &seen, inputs, NULL) : code;
    }
    *out = (struct create_response){.id = call.id,
                                    .properties = outcome_outputs(&call, &seen, inputs)};
    return ERR_OK;
}
