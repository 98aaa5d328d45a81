#include "core/endpoint/call.h"
#include "core/endpoint/leftover.h"
#include "core/endpoint/refusal.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/unconfirmed.h"
#include "core/endpoint/wait.h"
#include "core/methods/endpoint.h"
#include "core/methods/successor.h"

/* An endpoint that this run has taken over, or that another entry of the state is about, stays: the
 * last entry deletes it. Without outputs it is the endpoint that is to go, not an entry. */
static bool is_held(struct cloud_call *call) {
    if (call->recorded == NULL ||
        !ledger_begin_delete(call->ledger, call->urn, call->id, call->mark)) {
        return false;
    }
    log_warning(&call->ctx->log,
                "%s: endpoint %p is not deleted, because another entry of the state has taken it "
                "over; only this entry goes",
                call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)));
    return true;
}

/* Without outputs the id comes from a user (`pulumi do`). An endpoint that is not there is as good
 * as deleted for a state, and a mistake for who has typed it: it may live elsewhere. */
static enum err_code refuse_absent(struct cloud_call *call) {
    if (call->recorded != NULL || !call->was_absent) {
        return ERR_OK;
    }
    struct words place = scope_text(call);
    return ctx_fail(call->ctx, ERR_NOT_FOUND,
                    "%s: there is no endpoint %p in %p, and nothing was deleted; if it lives "
                    "elsewhere, the id says where: %s",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                    WORDS_ARG(place), call->cloud->tables->id_help);
}

static enum err_code remove_endpoint(struct cloud_call *call) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    call->removal = REMOVAL_MEANT;
    TRY(refusal_of_act(call,
                       hooks->remove != NULL ? hooks->remove(call) : cloud_remove_default(call)));
    TRY(wait_until_gone(call));
    return refuse_absent(call);
}

enum err_code endpoint_delete(struct provider *provider, struct ctx *ctx,
                              const struct resource *resource,
                              const struct delete_request *request) {
    const struct cloud *cloud = resource->cloud;
    const struct value *inputs =
        request->old_inputs != NULL ? request->old_inputs : request->properties;
    struct cloud_call call;
    const struct call_subject subject = {
        .urn = request->urn, .id = request->id, .recorded = request->properties, .inputs = inputs};
    const struct call_limit limit = {request->timeout_seconds, "delete",
                                     cloud->tables->wait.delete_ms};
    TRY(call_check_id(provider, ctx, cloud, &subject));
    TRY(successor_refuse(provider, ctx, cloud, request));
    TRY(call_open(provider, ctx, cloud, &subject, &limit, &call));
    leftover_tell_rest(&call);
    bool is_there = true;
    TRY(unconfirmed_settle(&call, &is_there));
    if (!is_there || is_held(&call)) {
        return ERR_OK;
    }
    enum err_code code = remove_endpoint(&call);
    ledger_end_delete(call.ledger, call.id);
    TRY(code);
    leftover_tell_deleted(&call);
    return ERR_OK;
}
