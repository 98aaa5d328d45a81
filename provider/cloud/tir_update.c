/* Creating and changing: which action when (tir.md 2.5). */
#include "cloud/tir_int.h"
#include "cloud_tables.h"
#include "core/wait.h"

static struct str location_of(const struct cloud_call *call) {
    return value_text_at(call->params, "location");
}

enum err_code tir_create(struct cloud_call *call, const struct value *body, struct live *out) {
    enum err_code code = cloud_create_default(call, body, out);
    const struct value *numbered = NULL;
    if (code != ERR_OK && call->id.len == 0 && tir_by_number(call, body, &numbered)) {
        code = cloud_create_default(call, numbered, out);
    }
    return code;
}

/* One PUT. `out` goes in as last seen and comes out as answered; it stays as it is when the request is refused. */
static enum err_code put(struct cloud_call *call, const char *operation, const struct value *body,
                         struct live *out) {
    struct rest_reply reply;
    tir_note_change(call, out);
    enum err_code code = cloud_send(call, operation, body, &reply);
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        return cloud_observe(call, out); /* proven gone: the caller says what to do then */
    }
    TRY(code);
    call->changed = true;
    if (!cloud_take(call, &reply, out)) {
        return cloud_observe(call, out);
    }
    tir_doubt(call, out);
    return ERR_OK;
}

static enum err_code put_form(struct cloud_call *call, const char *operation,
                              const struct value *form, struct live *out) {
    const struct value *numbered = NULL;
    enum err_code code = put(call, operation, form, out);
    if (code != ERR_OK && tir_by_number(call, form, &numbered)) {
        code = put(call, operation, numbered, out);
    }
    return code;
}

static enum err_code scale(struct cloud_call *call, const struct value *form, struct live *out) {
    const struct value *body = NULL;
    const char *action = tir_scaling_action(call->ctx->arena, form, &body);
    if (out->state != STATE_READY) { /* only a running endpoint can be scaled */
        TRY(wait_until_state(call, STR("running"), out));
    }
    return put(call, action, body, out);
}

static bool is_scaled_as_asked(struct cloud_call *call, const struct value *news,
                               const struct live *live) {
    static const char *const members[] = {"replica", "isAutoScaleEnabled", "autoScalePolicy"};
    struct value *decoded = prop_decode(call->ctx, &tir_tables.props, live->wire);
    tir_choose_spelling(call->ctx, news, decoded);
    struct diff_list unmet = {.ctx = call->ctx};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        struct prop_table one = {prop_find(&tir_tables.props, str_of(members[i])), 1};
        prop_unmet(&unmet, &one, NULL, news, decoded);
    }
    return unmet.count == 0;
}

/* The form of a stopped endpoint holds the workers, too. Should a service not take them from there, they can only be set once
 * it runs. */
static enum err_code update_stopped(struct cloud_call *call, const struct value *news,
                                    const struct value *form, bool scaling, struct live *out) {
    TRY(put_form(call, "update", form, out));
    if (!scaling || out->wire == NULL || is_scaled_as_asked(call, news, out) ||
        !str_is_c(wait_desired(call, news), "running")) {
        return ERR_OK;
    }
    TRY(put(call, "start", NULL, out));
    return scale(call, form, out);
}

enum err_code tir_update(struct cloud_call *call, const struct value *old_inputs,
                         const struct value *news, const struct value *body, struct live *out) {
    const struct value *before = tir_request(call->ctx, old_inputs, location_of(call));
    bool scaling = tir_scaling_differs(before, body);
    TRY(cloud_observe(call, out)); /* patch or update: the live state decides */
    if (out->wire == NULL) {
        return ERR_OK;
    }
    if (out->state == STATE_PAUSED) {
        return update_stopped(call, news, body, scaling, out);
    }
    if (tir_form_differs(before, body)) {
        TRY(put_form(call, "patch", body, out));
    }
    return scaling && out->wire != NULL ? scale(call, body, out) : ERR_OK;
}

/* A failed endpoint cannot be started; the form, sent as it is, starts it anew. */
enum err_code tir_revive(struct cloud_call *call, struct live *out) {
    return put_form(call, "patch", tir_request(call->ctx, call->inputs, location_of(call)), out);
}
