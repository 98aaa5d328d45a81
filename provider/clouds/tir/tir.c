/* E2E Networks TIR: what the rows of tir.yaml cannot say. Its oddities: docs/apis/tir.md. */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/config.h"
#include "core/endpoint/access.h"
#include "core/endpoint/call.h"

static struct str desired(const struct value *inputs) {
    struct str state = value_text_at(inputs, "desiredState");
    struct str former = value_text_at(inputs, "stopInference");
    if (state.len > 0 || former.len == 0) {
        return state;
    }
    return tir_stops(inputs) ? STR("paused") : STR("running");
}

static enum err_code check_scope(struct cloud_call *call) {
    static const char *const numbers[] = {"teamId", "projectId", "activeIam"};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct str text = value_text_at(call->params, numbers[i]);
        if (text.len > 0 && !tir_is_number(text)) {
            return ctx_fail(call->ctx, ERR_INVALID,
                            "E2E Networks TIR: %s must be a number, not \"%.*s\"", numbers[i],
                            STR_ARG(text));
        }
    }
    struct str location = value_text_at(call->params, "location");
    if (call->urn.len > 0 && location.len == 0) {
        return ctx_fail(call->ctx, ERR_INVALID,
                        "E2E Networks TIR: no location is known; set %p, or give it in the id",
                        WORDS_ARG(access_setting(call, "tirLocation")));
    }
    return call->is_function ? ERR_OK : tir_need_project(call);
}

static enum err_code complete_scope(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    const struct value *account = value_get_set(call->inputs, STR("activeIam"));
    if (value_is_string(account) && account->string.len > 0) {
        value_map_set_c(arena, call->params, "activeIam", account);
    }
    TRY(check_scope(call));
    struct str project = value_text_at(call->params, "projectId");
    /* Without one only some look-ups come so far; the others say what is missing. */
    return project.len == 0 ? ERR_OK : tir_choose_layout(call, project);
}

/* Every form is whole, and both operations take the same. */
static void adjust_create(struct cloud_call *call, const struct value *inputs, struct value *body) {
    *body = *tir_request(call->ctx, inputs, value_text_at(call->params, "location"));
}

/* What differs is what the service would see: other spellings of one thing make no request. */
static void adjust_update(struct cloud_call *call, const struct value *old_inputs,
                          const struct value *news, struct value *body) {
    struct str location = value_text_at(call->params, "location");
    struct value *before = tir_request(call->ctx, old_inputs, location);
    struct value *after = tir_request(call->ctx, news, location);
    bool differs = tir_form_differs(call->ctx->arena, before, after) ||
                   tir_scaling_differs(before, after) || tir_restarts(old_inputs, news) ||
                   tir_queues_differ(call->ctx, old_inputs, news) ||
                   tir_attached_differ(old_inputs, news);
    *body = *(differs ? after : value_map(call->ctx->arena));
}

static enum err_code remove_endpoint(struct cloud_call *call) {
    if (tir_is_committed(call->inputs)) {
        log_warning(&call->ctx->log,
                    "E2E Networks TIR: endpoint %p has a committed plan; its money is not refunded",
                    WORDS_ARG(call_told_id(call, call->id)));
    }
    return cloud_remove_default(call);
}

static const char *instead_of_replace(const struct value *inputs) {
    return tir_is_committed(inputs) ? "another endpoint: delete this one explicitly (its committed "
                                      "plan is paid and not refunded)"
                                    : NULL;
}

const struct cloud cloud_tir = {
    .tables = &tir_tables,
    .hooks =
        {
            .account_new = tir_account_new,
            .account_free = tir_account_free,
            .call_size = sizeof(struct tir_call),
            .invoke = tir_invoke,
            .check = tir_check,
            .desired = desired,
            .complete_scope = complete_scope,
            .verify_successor = tir_verify_successor,
            .adjust_create = adjust_create,
            .adjust_update = adjust_update,
            .normalise = tir_normalise,
            .observe = tir_observe,
            .create = tir_create,
            .update = tir_update,
            .revive = tir_revive,
            .remove = remove_endpoint,
            .derive = tir_derive,
            .choose_spelling = tir_choose_spelling,
            .respell = tir_respell,
            .adjust_import = tir_adjust_import,
            .adjust_refresh = tir_adjust_refresh,
            .instead_of_replace = instead_of_replace,
            .holds_needed = tir_holds_needed,
        },
};
