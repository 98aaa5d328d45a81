#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/caller_key.h"
#include "core/endpoint/change.h"
#include "core/endpoint/desired.h"
#include "core/endpoint/entry_mark.h"
#include "core/endpoint/leftover.h"
#include "core/endpoint/outcome.h"
#include "core/endpoint/price.h"
#include "core/endpoint/readiness.h"
#include "core/endpoint/refusal.h"
#include "core/endpoint/unconfirmed.h"
#include "core/endpoint/wait.h"
#include "core/methods/endpoint.h"
#include "core/methods/undo.h"

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

static enum err_code create(struct cloud_call *call, struct observation *seen,
                            const struct create_undo **undo) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    struct value *body = prop_encode_create(call->ctx, &call->cloud->tables->props, call->inputs);
    if (hooks->adjust_create != NULL) {
        hooks->adjust_create(call, call->inputs, body);
    }
    bool adopted = false;
    TRY(leftover_settle(call, seen, &adopted));
    if (!adopted) {
        enum err_code code = hooks->create != NULL ? hooks->create(call, body, seen)
                                                   : cloud_create_default(call, body, seen);
        *undo = undo_of(call, seen); /* also when it was made and the first look failed */
        TRY(refusal_of_create(call, code));
    }
    ledger_note_new(call->ledger, call->urn, call->id);
    ledger_note_change(call->ledger, call->id);
    log_status(&call->ctx->log, "endpoint %p exists, waiting for it",
               WORDS_ARG(call_told_id(call, call->id)));
    price_ask(call);
    TRY(change_state(call, seen, CHANGE_GOES_ON, NULL));
    warn_unapplied(call, seen);
    readiness_ask(call, seen);
    caller_key_tell(call);
    return ERR_OK;
}

/* Nothing but pure functions: a preview never touches the network. */
static void preview(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                    const struct value *inputs, struct create_response *out) {
    struct value *outputs = prop_preview(ctx, &cloud->tables->props, inputs, NULL, NULL);
    outputs = desired_foresee(ctx, cloud, inputs, outputs);
    if (cloud->hooks.derive != NULL) {
        cloud->hooks.derive(ctx, provider_config(provider), inputs, outputs);
    }
    price_tell_plan(ctx, cloud->tables, provider_account(provider, cloud)->prices, inputs);
    *out = (struct create_response){.id = STR_EMPTY, .properties = outputs};
}

/* Whatever a service answers: an engine would record a resource without an id as made. */
static enum err_code fail_without_id(struct cloud_call *call, enum err_code code) {
    return code != ERR_OK ? code
                          : ctx_fail(call->ctx, ERR_UNCERTAIN,
                                     "%s: the endpoint was made, and nothing shows its id: look in "
                                     "the console, then import or delete it before %p",
                                     call->cloud->tables->title, WORDS_ARG(advice_next_run(call)));
}

enum err_code endpoint_create(struct provider *provider, struct ctx *ctx,
                              const struct resource *resource, const struct create_request *request,
                              struct create_response *out) {
    const struct cloud *cloud = resource->cloud;
    const struct value *inputs =
        request->properties != NULL ? request->properties : value_map(ctx->arena);
    desired_warn_of_start(ctx, inputs);
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
    ledger_forget_successor(call.ledger, call.urn);
    call.mark = entry_mark_new(ctx->arena);
    struct observation seen = {0};
    const struct create_undo *undo = NULL;
    enum err_code code = create(&call, &seen, &undo);
    if (call.id.len == 0 && code != ERR_OK && advice_is_kept(&call)) {
        return unconfirmed_keep(&call, inputs);
    }
    if (call.id.len == 0) {
        return fail_without_id(&call, code);
    }
    ledger_note_created(call.ledger, call.urn, call.id, call.mark);
    *out = (struct create_response){
        .id = call.id, .properties = outcome_outputs(&call, &seen, inputs), .undo = undo};
    if (code == ERR_OK) {
        return code;
    }
    advice_tell_stray(&call);
    return outcome_partial(&call, &seen, inputs, NULL);
}
