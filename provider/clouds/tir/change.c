/* Creating and changing: which action when (docs/apis/tir.md 2.5). */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/endpoint/wait.h"

static struct str location_of(const struct cloud_call *call) {
    return value_text_at(call->params, "location");
}

/* A second restart is not the same as one: what may have been carried out is not sent again. */
static enum err_code restart_in_turn(struct cloud_call *call, struct rest_reply *reply) {
    struct cloud_turn turn = {0};
    enum err_code code = ERR_OK;
    do {
        code = cloud_change(call, "restart", NULL, reply);
    } while (code != ERR_OK && !reply->maybe_done && cloud_was_busy(call, reply, &turn));
    return code;
}

/* What is sent to a stopped endpoint, too, and leaves it so (docs/apis/tir.md 2.5): an old look
 * says the truth about its state. */
static bool leaves_rest(const char *operation) {
    return str_is_c(str_of(operation), "update") || str_is_c(str_of(operation), "queue");
}

/* One PUT. `out` goes in as last seen and comes out as answered; it stays as it is when the request
 * is refused. */
static enum err_code put(struct cloud_call *call, const char *operation, const struct value *body,
                         struct observation *out) {
    struct rest_reply reply;
    bool restarts = str_is_c(str_of(operation), "restart");
    enum err_code code = restarts ? restart_in_turn(call, &reply)
                                  : cloud_change_in_turn(call, operation, body, &reply);
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        return cloud_prove_missing(call, out);
    }
    TRY(code);
    if (!leaves_rest(operation)) {
        tir_note_change(call, out); /* what was refused changed nothing */
    }
    const struct observation before = *out;
    if (!cloud_observe_reply(call, &reply, out)) {
        return cloud_observe(call, out);
    }
    tir_keep_attached(call->ctx->arena, &before, out);
    tir_mask_stale_read(call, out);
    return ERR_OK;
}

/* What answers show is not sent again, such as after a takeover. */
static enum err_code set_new_queues(struct cloud_call *call, struct observation *out) {
    const struct value *queues = tir_queues(call->ctx, call->inputs);
    bool differ = out->kind == OBSERVATION_SEEN && tir_asks_for_more(out->wire, queues);
    return differ ? put(call, "queue", queues, out) : ERR_OK;
}

enum err_code tir_create(struct cloud_call *call, const struct value *body,
                         struct observation *out) {
    const struct value *by_sku_id = NULL;
    TRY(tir_verify_plan(call, body));
    enum err_code code = cloud_create_default(call, body, out);
    if (code != ERR_OK && call->id.len == 0 && tir_fall_back_to_sku_id(call, body, &by_sku_id)) {
        code = cloud_create_default(call, by_sku_id, out);
    }
    TRY(code);
    TRY(tir_attach(call, NULL, call->inputs, out));
    TRY(tir_await_attached(call, out));
    return set_new_queues(call, out);
}

static enum err_code put_form(struct cloud_call *call, const char *operation,
                              const struct value *form, struct observation *out) {
    const struct value *by_sku_id = NULL;
    enum err_code code = put(call, operation, form, out);
    if (code != ERR_OK && tir_fall_back_to_sku_id(call, form, &by_sku_id)) {
        code = put(call, operation, by_sku_id, out);
    }
    return code;
}

static enum err_code scale(struct cloud_call *call, const struct value *form,
                           struct observation *out) {
    const struct value *body = NULL;
    const char *action = tir_scaling_action(call->ctx->arena, form, &body);
    if (out->state != STATE_READY) { /* only a running endpoint can be scaled */
        TRY(wait_until_state(call, STR("running"), out));
    }
    return put(call, action, body, out);
}

static bool is_scaled_as_asked(struct cloud_call *call, const struct value *news,
                               const struct observation *seen) {
    static const char *const members[] = {"replica", "isAutoScaleEnabled", "autoScalePolicy"};
    struct value *decoded = prop_decode(call->ctx, &tir_tables.props, seen->wire);
    tir_choose_spelling(call->ctx, news, decoded);
    struct diff_list unapplied = {.ctx = call->ctx};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        struct prop_table one = {prop_find(&tir_tables.props, str_of(members[i])), 1};
        prop_unapplied(&unapplied, &one, NULL, news, decoded);
    }
    return unapplied.count == 0;
}

/* The form of a stopped endpoint holds the workers, too. Should a service not take them from there,
 * they can only be set once it runs. */
static enum err_code update_stopped(struct cloud_call *call, const struct value *news,
                                    const struct value *form, bool scaling,
                                    struct observation *out) {
    TRY(put_form(call, "update", form, out));
    if (!scaling || out->kind != OBSERVATION_SEEN || is_scaled_as_asked(call, news, out) ||
        !str_is_c(cloud_desired_state(call->cloud, news), "running")) {
        return ERR_OK;
    }
    TRY(put(call, "start", NULL, out));
    return scale(call, form, out);
}

bool tir_restarts(const struct value *old_inputs, const struct value *news) {
    struct str trigger = value_text_at(news, "restartTrigger");
    return trigger.len > 0 && !str_is(trigger, value_text_at(old_inputs, "restartTrigger"));
}

/* Whether something else than the endpoint's rest shows since `before`. */
static bool is_on_its_way(struct cloud_call *call, const struct observation *before,
                          struct observation *now) {
    return cloud_observe(call, now) == ERR_OK && now->kind == OBSERVATION_SEEN &&
           now->state == STATE_PENDING &&
           !str_is(value_text_at(now->wire, "updated_at"),
                   value_text_at(before->wire, "updated_at"));
}

/* A restart whose reply was lost finds the endpoint on its way when it is sent again. */
static enum err_code restart(struct cloud_call *call, struct observation *out) {
    if (out->state != STATE_READY) { /* after another change */
        TRY(wait_until_state(call, STR("running"), out));
    }
    enum err_code code = put(call, "restart", NULL, out);
    struct error refused = error_keep(&call->ctx->error);
    struct observation now = {0};
    if (code == ERR_PRECONDITION && is_on_its_way(call, out, &now)) {
        error_clear(&call->ctx->error);
        *out = now;
        return ERR_OK;
    }
    error_put_back(&call->ctx->error, &refused);
    return code;
}

/* The form, with the settings of the endpoint that no row knows; those of the engine only while it
 * stays the same. */
static const struct value *complete(struct cloud_call *call, const struct value *form,
                                    const struct observation *seen) {
    struct value *live = value_map_clone(call->ctx->arena, seen->wire);
    if (!str_is_nocase(value_text_at(form, "framework"), value_text_at(live, "framework"))) {
        value_map_remove(live, STR("detailed_info"));
    }
    return prop_keep_unknown(call->ctx, &tir_tables.props, &tir_tables.form, form, live);
}

/* In any state: the service's pages name none. */
static enum err_code set_beside(struct cloud_call *call, const struct value *old_inputs,
                                const struct value *news, struct observation *out) {
    TRY(tir_attach(call, old_inputs, news, out));
    bool differ = tir_queues_differ(call->ctx, old_inputs, news);
    return differ && out->kind == OBSERVATION_SEEN
               ? put(call, "queue", tir_queues(call->ctx, news), out)
               : ERR_OK;
}

/* Workers are never fewer than those that are committed, so that who commits to more has them
 * first (docs/apis/tir.md 3.3). */
static bool commits_to_more(const struct value *before, const struct value *body) {
    return value_number_at(body, "committed_replicas", 0) >
           value_number_at(before, "committed_replicas", 0);
}

/* What differs, of a form and the workers. */
struct parts {
    bool form;
    bool scaling;
    bool workers_first;
};

static enum err_code update_running(struct cloud_call *call, const struct value *body,
                                    const struct parts *parts, struct observation *out) {
    if (parts->scaling && parts->workers_first) {
        TRY(scale(call, body, out));
    }
    if (parts->form && out->kind == OBSERVATION_SEEN) {
        TRY(put_form(call, "patch", body, out));
    }
    return parts->scaling && !parts->workers_first && out->kind == OBSERVATION_SEEN
               ? scale(call, body, out)
               : ERR_OK;
}

/* By the action that the state it was seen in calls for. */
static enum err_code update_in_state(struct cloud_call *call, const struct value *news,
                                     const struct value *body, const struct parts *parts,
                                     struct observation *out) {
    if (out->state != STATE_PAUSED) {
        return update_running(call, body, parts, out);
    }
    return parts->form || parts->scaling ? update_stopped(call, news, body, parts->scaling, out)
                                         : ERR_OK;
}

/* What was refused while the endpoint came to rest, or left it, takes the other action then. */
static bool has_turned(struct cloud_call *call, enum state_class before, struct observation *out) {
    struct error refused = error_keep(&call->ctx->error);
    struct observation now = {0};
    bool is_seen = !call->changed && cloud_observe(call, &now) == ERR_OK &&
                   now.kind == OBSERVATION_SEEN && now.state != STATE_PENDING;
    if (is_seen && (now.state == STATE_PAUSED) != (before == STATE_PAUSED)) {
        error_clear(&call->ctx->error);
        *out = now;
        return true;
    }
    error_put_back(&call->ctx->error, &refused);
    return false;
}

/* A stopped endpoint starts anew when it starts, a failed one when its form is sent. */
enum err_code tir_update(struct cloud_call *call, const struct value *old_inputs,
                         const struct value *news, const struct value *body,
                         struct observation *out) {
    const struct value *before = tir_request(call->ctx, old_inputs, location_of(call));
    bool restarts = tir_restarts(old_inputs, news) &&
                    str_is_c(cloud_desired_state(call->cloud, news), "running");
    if (tir_plan_differs(before, body)) {
        TRY(tir_verify_plan(call, body));
    }
    TRY(cloud_observe(call, out)); /* patch or update: the live state decides */
    if (out->kind == OBSERVATION_GONE) {
        return ERR_OK;
    }
    bool failed = out->state == STATE_FAILED;
    const struct parts parts = {.form = tir_form_differs(call->ctx->arena, before, body) ||
                                        (restarts && failed),
                                .scaling = tir_scaling_differs(before, body),
                                .workers_first = !failed && commits_to_more(before, body)};
    body = complete(call, body, out);
    enum state_class state = out->state;
    enum err_code code = update_in_state(call, news, body, &parts, out);
    if (code != ERR_OK && has_turned(call, state, out)) {
        state = out->state;
        code = update_in_state(call, news, body, &parts, out);
    }
    TRY(code);
    TRY(set_beside(call, old_inputs, news, out));
    restarts = restarts && state != STATE_PAUSED && state != STATE_FAILED;
    return restarts && out->kind == OBSERVATION_SEEN ? restart(call, out) : ERR_OK;
}

/* A failed endpoint cannot be started; the form, sent as it is, starts it anew. */
enum err_code tir_revive(struct cloud_call *call, struct observation *out) {
    const struct value *form = tir_request(call->ctx, call->inputs, location_of(call));
    return put_form(call, "patch", complete(call, form, out), out);
}
