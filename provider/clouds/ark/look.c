/* One look at an endpoint, and what proves that it is gone. */
#include "clouds/ark/internal.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"

static enum err_code refuse_preset(struct cloud_call *call, struct str id) {
    return ctx_fail(
        call->ctx, ERR_INVALID,
        "BytePlus ModelArk: %.*s is a preset endpoint that the platform made for a model; only custom "
        "endpoints (ep-<date>-…) can be managed",
        STR_ARG(id));
}

/* An account does not see the endpoints of another (docs/apis/ark.md 5.2). */
static enum err_code refuse_other_account(struct cloud_call *call, struct str recorded,
                                          struct str present) {
    return ctx_fail(
        call->ctx, ERR_NOT_FOUND,
        "BytePlus ModelArk: endpoint %p is not found. It is not taken as deleted, because it was "
        "made in account %.*s and these credentials are of account %.*s. Use credentials of its "
        "account.%p",
        WORDS_ARG(call_told_id(call, call->id)), STR_ARG(recorded), STR_ARG(present),
        WORDS_ARG(advice_drop(call)));
}

static enum err_code refuse_without_proof(struct cloud_call *call) {
    return ctx_fail(
        call->ctx, ERR_NOT_FOUND,
        "BytePlus ModelArk: endpoint %p is not found. It is not taken as deleted, because nothing "
        "shows that these credentials are of the account that it was made in.%p",
        WORDS_ARG(call_told_id(call, call->id)), WORDS_ARG(advice_drop(call)));
}

/* A list without the endpoint proves that it is gone only when it is the right account's: it shows
 * another endpoint that the engine told of. What this run made with the same credentials is none.
 */
static enum err_code prove_by_list(struct cloud_call *call, struct observation *out) {
    struct str id = value_text_at(call->params, "endpointId");
    bool is_listed = false;
    bool is_ours = false;
    struct pager pager;
    struct pager_item item;
    pager_begin(&pager, call);
    while (pager_next(&pager, &item)) {
        is_listed = is_listed || str_is(item.id, id);
        is_ours = is_ours || (!str_is(item.id, id) && ledger_had_id(call->ledger, item.id));
    }
    TRY(pager_end(&pager));
    if (is_listed) {
        return cloud_fail_unreadable(call, words_foreign(id));
    }
    if (!is_ours) {
        return refuse_without_proof(call);
    }
    *out = (struct observation){.kind = OBSERVATION_GONE};
    return ERR_OK;
}

/* What this call made may not show yet, what it removed needs no proof, and an import takes nothing
 * out of a state. */
static bool needs_no_proof(const struct cloud_call *call) {
    bool imports = call->recorded == NULL && call->removal == REMOVAL_NONE;
    return call->creation != CREATION_UNPROVEN || call->removal == REMOVAL_ACCEPTED || imports;
}

static enum err_code prove_gone(struct cloud_call *call, struct observation *out) {
    bool is_proven = needs_no_proof(call);
    struct str recorded = value_text_at(call->recorded, "accountId");
    struct str present = is_proven ? STR_EMPTY : ark_account_id(call);
    error_clear(&call->ctx->error);
    if (is_proven || (recorded.len > 0 && str_is(recorded, present))) {
        *out = (struct observation){.kind = OBSERVATION_GONE};
        return ERR_OK;
    }
    return recorded.len > 0 && present.len > 0 ? refuse_other_account(call, recorded, present)
                                               : prove_by_list(call, out);
}

enum err_code ark_look(struct cloud_call *call, struct observation *out) {
    struct rest_reply reply;
    enum err_code code = cloud_send(call, "get", NULL, &reply);
    struct str id = value_text_at(call->params, "endpointId");
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        return str_starts(id, STR("ep-m-")) ? refuse_preset(call, id) : prove_gone(call, out);
    }
    TRY(code);
    return cloud_observe_answer(call, &reply, out);
}
