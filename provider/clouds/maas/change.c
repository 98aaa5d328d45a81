#include "base/words.h"
#include "clouds/clouds.h"
#include "clouds/maas/internal.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/outcome.h"
#include "core/endpoint/sweep.h"
#include "core/props/prop.h"

bool maas_guard_is_off(const struct value *inputs) {
    return !value_bool_at(inputs, "moderation", true);
}

/* A new endpoint shows in the list a little later; looked for after so long, doubling. */
#define FIRST_LOOK_MS 1000
#define LOOKS 5

/* The live object as far as the list does not show it yet: what was asked, over what was seen. */
static const struct value *as_asked(struct cloud_call *call, const struct value *seen,
                                    const struct value *body) {
    struct arena *arena = call->ctx->arena;
    struct value *wire = value_map_clone(arena, seen);
    for (size_t i = 0; i < body->map.count; i++) {
        value_map_set(arena, wire, body->map.entries[i].key, body->map.entries[i].value);
    }
    value_map_set_text(arena, wire, "id", value_text_at(call->params, "endpointId"));
    maas_put_creation_time(call, wire);
    return wire;
}

static enum err_code look_for(struct cloud_call *call, struct observation *out) {
    int64_t delay_ms = FIRST_LOOK_MS;
    for (int looks = 0; out->kind == OBSERVATION_GONE && looks < LOOKS; looks++) {
        enum cancel_reason reason = cancel_sleep(call->ctx->cancel, delay_ms);
        if (reason != CANCEL_NONE) {
            return outcome_cut_off(call, reason, "waiting for the list to show the endpoint");
        }
        TRY(maas_observe(call, out));
        delay_ms *= 2;
    }
    return ERR_OK;
}

/* What the account has and may have, beside its refusal. */
static void tell_quota(struct cloud_call *call) {
    struct error refused = error_keep(&call->ctx->error);
    struct sweep sweep;
    if (sweep_begin(call, &sweep) == ERR_OK) {
        double total = value_count_at(sweep.figures, "total");
        double limit = value_count_at(sweep.figures, "quantity_limit");
        if (limit >= 0) {
            refused.message =
                words_text(call->ctx->arena, "%p The account has %.0f of %.0f endpoints.",
                           WORDS_ARG(refused.message), total, limit);
        }
        sweep_end(&sweep);
    }
    error_put_back(&call->ctx->error, &refused);
}

/* It was taken and is not listed: what was asked counts. New ones are enabled. */
static void trust(struct cloud_call *call, const struct value *body, struct observation *out) {
    log_warning(&call->ctx->log,
                "Huawei Cloud MaaS does not list the new endpoint yet; its outputs follow with the "
                "next %p",
                WORDS_ARG(advice_look(call)));
    *out = (struct observation){
        .kind = OBSERVATION_SEEN, .wire = as_asked(call, NULL, body), .state = STATE_READY};
}

static enum err_code create_and_look(struct cloud_call *call, const struct value *body,
                                     struct observation *out) {
    enum err_code code = cloud_create_default(call, body, out);
    if (code != ERR_OK && str_is_nocase(call->ctx->error.cloud_code, STR("ModelArts.6297"))) {
        tell_quota(call);
    }
    TRY(code);
    return look_for(call, out);
}

enum err_code maas_create(struct cloud_call *call, const struct value *body,
                          struct observation *out) {
    enum err_code code = create_and_look(call, body, out);
    if (code != ERR_OK && call->creation != CREATION_UNPROVEN && out->kind != OBSERVATION_SEEN) {
        /* When it was made has to be in the state, or the next refresh takes it for deleted. */
        *out = (struct observation){.kind = OBSERVATION_SEEN, .wire = as_asked(call, NULL, body)};
    }
    TRY(code);
    if (out->kind == OBSERVATION_GONE) {
        trust(call, body, out);
        return ERR_OK;
    }
    out->wire = maas_show_model(call, out->wire);
    maas_warn_of_trouble(call, out);
    return ERR_OK;
}

static const struct value *effective(const struct value *inputs, const char *name) {
    const struct prop *row = prop_find(&maas_tables.props, str_of(name));
    return prop_effective(row, value_get_set(inputs, str_of(name)));
}

bool maas_is_edited(struct ctx *ctx, const struct value *olds, const struct value *news) {
    struct value *body = prop_encode_update(ctx, &maas_tables.props, olds, news);
    value_map_remove(body, STR("agreement_id"));
    return body->map.count > 0;
}

/* A limit that the program never set may have been set by hand. */
static void leave_limit(const struct value *olds, const struct value *news, struct value *body,
                        const char *limit) {
    if (value_get_set(olds, str_of(limit)) == NULL && value_get_set(news, str_of(limit)) == NULL) {
        value_map_remove(body, str_of(limit));
    }
}

/* Edits are sent whole (maas.yaml): whether an absent field keeps its value is not documented, and
 * "moderation" is printed with a default of true (docs/apis/maas.md 3.3). A disclaimer goes with
 * them only when the guard is off or being switched. */
void maas_adjust_update(struct cloud_call *call, const struct value *old_inputs,
                        const struct value *news, struct value *body) {
    leave_limit(old_inputs, news, body, "rpm");
    leave_limit(old_inputs, news, body, "tpm");
    bool switched =
        !value_equal(effective(old_inputs, "moderation"), effective(news, "moderation"));
    if (switched || maas_guard_is_off(news)) {
        return;
    }
    value_map_remove(body, STR("agreement_id"));
    if (!maas_is_edited(call->ctx, old_inputs, news)) {
        while (body->map.count > 0) {
            value_map_remove(body, body->map.entries[0].key);
        }
    }
}

/* Whether the endpoint already has the name that it cannot have: an edit whose reply was lost gave
 * it to it. */
static bool has_name(struct cloud_call *call, const struct value *name) {
    struct error refused = error_keep(&call->ctx->error);
    struct observation seen = {0};
    bool has = name != NULL && maas_observe(call, &seen) == ERR_OK &&
               seen.kind == OBSERVATION_SEEN &&
               value_equal(value_get_c(seen.wire, "endpoint_name"), name);
    error_put_back(&call->ctx->error, &refused);
    return has;
}

/* Two refusals that may hit an edit which is right: an account below V2 may not even repeat the
 * guard, and a service might take the endpoint's own name for a used one. Each is tried once more
 * without the field. */
static const char *field_to_leave_out(struct cloud_call *call, const struct rest_reply *reply,
                                      const struct value *old_inputs, const struct value *news) {
    const struct error *error = &call->ctx->error;
    const struct value *name = value_get_set(news, STR("name"));
    if (reply->class == FAILURE_CONFLICT) {
        bool own = value_equal(value_get_set(old_inputs, STR("name")), name);
        return own || has_name(call, name) ? "endpoint_name" : NULL;
    }
    bool guard_unset = value_get_set(news, STR("moderation")) == NULL;
    bool about_guard = str_contains_nocase(error->message.text, STR("moderation")) ||
                       str_contains_nocase(error->message.text, STR("level"));
    return error->http_status == 400 && guard_unset && about_guard ? "moderation" : NULL;
}

/* The answer to an edit is a bare 1, and the list may lack a new endpoint for a while
 * (docs/apis/maas.md 7): it was there to be edited, and what was taken counts. */
static void trust_edit(struct cloud_call *call, const struct value *body, struct observation *out) {
    log_warning(&call->ctx->log,
                "Huawei Cloud MaaS took the change and does not list the endpoint yet; pulumi "
                "refresh will tell");
    *out = (struct observation){.kind = OBSERVATION_SEEN,
                                .wire = as_asked(call, NULL, body),
                                .state = STATE_OTHER,
                                .is_look = true};
}

enum err_code maas_update(struct cloud_call *call, const struct value *old_inputs,
                          const struct value *news, const struct value *body,
                          struct observation *out) {
    struct rest_reply reply;
    enum err_code code = cloud_change_in_turn(call, "update", body, &reply);
    const char *field = code == ERR_OK ? NULL : field_to_leave_out(call, &reply, old_inputs, news);
    if (field != NULL) {
        struct value *less = value_map_clone(call->ctx->arena, body);
        value_map_remove(less, str_of(field));
        log_warning(&call->ctx->log,
                    "Huawei Cloud MaaS refused an edit that repeats %s; sent without it", field);
        code = cloud_change_in_turn(call, "update", less, &reply);
    }
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        return cloud_prove_missing(call, out);
    }
    TRY(code);
    code = cloud_observe(call, out);
    if (code != ERR_OK) {
        *out = (struct observation){.kind = OBSERVATION_SEEN, .wire = as_asked(call, NULL, body)};
        return code;
    }
    if (out->kind != OBSERVATION_SEEN) {
        trust_edit(call, body, out);
    }
    return ERR_OK;
}
