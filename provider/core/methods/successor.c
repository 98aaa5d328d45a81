#include "core/methods/successor.h"

enum err_code successor_ask(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                            const struct call_subject *subject) {
    /* Not where the one lives that is to go. */
    const struct call_subject look = {
        .urn = subject->urn, .inputs = subject->inputs, .is_look = true};
    /* No setting that lets a create take its time counts here: somebody waits. */
    const struct call_limit limit = {.asked_seconds = CALL_QUESTION_MS / 1000.0};
    struct cloud_call call;
    if (cloud->hooks.verify_successor == NULL || value_has_unknown(subject->inputs)) {
        return ERR_OK;
    }
    enum err_code code = call_open(provider, ctx, cloud, &look, &limit, &call);
    if (code != ERR_OK) { /* such as for a wrong setting: nobody was asked */
        return ERR_UNAVAILABLE;
    }
    return cloud->hooks.verify_successor(&call, subject->inputs);
}

void successor_note(struct provider *provider, const struct cloud *cloud, struct str urn,
                    struct str id, const struct value *inputs) {
    if (cloud->hooks.verify_successor != NULL) {
        ledger_note_successor(provider_ledger(provider), urn, id, inputs);
    }
}

/* With a time of its own: the delete keeps what it has. */
static enum err_code ask_apart(struct provider *provider, struct ctx *ctx,
                               const struct cloud *cloud, const struct call_subject *subject) {
    struct cancel *own = cancel_new(ctx->cancel, ctx->clock);
    struct ctx asking;
    ctx_fork(&asking, ctx, ctx->arena, own);
    enum err_code code = ctx_join(ctx, &asking, successor_ask(provider, &asking, cloud, subject));
    cancel_free(own);
    return code;
}

enum err_code successor_refuse(struct provider *provider, struct ctx *ctx,
                               const struct cloud *cloud, const struct delete_request *request) {
    const struct value *inputs =
        ledger_successor(provider_ledger(provider), request->urn, request->id, ctx->arena);
    const struct call_subject subject = {
        .urn = request->urn, .id = request->id, .recorded = request->properties, .inputs = inputs};
    enum err_code code = inputs == NULL ? ERR_OK : ask_apart(provider, ctx, cloud, &subject);
    if (code != ERR_INVALID) {
        error_clear(&ctx->error);
        return ERR_OK;
    }
    return ctx_fail(ctx, ERR_INVALID,
                    "%p. Endpoint %.*s was not deleted, because what is to take its place cannot "
                    "be made: mend that first",
                    WORDS_ARG(words_without_stop(ctx->arena, ctx->error.message)),
                    STR_ARG(request->id));
}
