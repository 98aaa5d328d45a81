#include "clouds/tir/internal.h"

/* A look that still shows the time of change from before a change is believed after so long
 * (docs/apis/tir.md 5). */
#define DOUBT_MS 10000

static struct str time_of_change(const struct observation *seen) {
    return value_text_at(seen->wire, "updated_at");
}

void tir_note_change(struct cloud_call *call, const struct observation *before) {
    struct tir_call *own = call->own;
    own->changing = true;
    own->time_before = arena_str(call->ctx->arena, time_of_change(before));
    own->changed_ms = call->ctx->clock->now_ms(call->ctx->clock);
}

void tir_doubt(const struct cloud_call *call, struct observation *seen) {
    const struct tir_call *own = call->own;
    if (!own->changing || seen->kind != OBSERVATION_SEEN) {
        return;
    }
    int64_t passed_ms = call->ctx->clock->now_ms(call->ctx->clock) - own->changed_ms;
    if (str_is(own->time_before, time_of_change(seen)) && passed_ms < DOUBT_MS) {
        seen->state = STATE_PENDING;
    }
}

void tir_note_delete(struct cloud_call *call) {
    struct tir_call *own = call->own;
    own->deleting = true;
}

static bool is_deleting(const struct cloud_call *call) {
    const struct tir_call *own = call->own;
    return own->deleting;
}

static bool has_id(const struct value *item, struct str wanted) {
    const struct value *id = value_get_set(item, STR("id"));
    char text[VALUE_NUMBER_SIZE];
    if (id != NULL && value_is_integer(id)) {
        return str_is((struct str){text, value_number_print(id->number, text)}, wanted);
    }
    return str_is(value_text_at(item, "id"), wanted);
}

static const struct value *listed(const struct value *items, struct str id, struct str name) {
    for (size_t i = 0; i < items->list.count; i++) {
        const struct value *item = items->list.items[i];
        if (id.len > 0 ? has_id(item, id) : str_is(value_text_at(item, "name"), name)) {
            return item;
        }
    }
    return NULL;
}

static bool take_item(struct cloud_call *call, const struct value *item, struct observation *out) {
    const struct rest_reply reply = {.result = item};
    return cloud_observe_reply(call, &reply, out);
}

/* Before its number is known an endpoint goes by its name, which is unique in a project. */
static enum err_code find_by_name(struct cloud_call *call, struct observation *out) {
    const struct value *items = NULL;
    TRY(tir_items(call, &items));
    const struct value *item = listed(items, STR_EMPTY, value_text_at(call->params, "name"));
    *out = (struct observation){.kind = OBSERVATION_GONE};
    if (item == NULL || !take_item(call, item, out)) {
        return ERR_OK;
    }
    const struct value *id = value_get_set(item, STR("id"));
    struct str text = id != NULL && value_is_integer(id)
                          ? value_number_text(call->ctx->arena, id->number)
                          : value_text_at(item, "id");
    value_map_set_c(call->ctx->arena, call->params, "endpointId",
                    value_string(call->ctx->arena, text));
    return ERR_OK;
}

/* A 404 may be about the project, or the location: only a list without the endpoint proves that it
 * is gone. */
static enum err_code prove_gone(struct cloud_call *call, struct observation *out) {
    struct ctx *ctx = call->ctx;
    struct str id = value_text_at(call->params, "endpointId");
    const struct value *items = NULL;
    enum err_code code = tir_items(call, &items);
    if (code != ERR_OK) {
        struct str why = ctx->error.message;
        return ctx_fail(ctx, code,
                        "E2E Networks TIR: endpoint %.*s is not found. It is not taken as deleted, "
                        "because the project cannot be listed either: %.*s",
                        STR_ARG(id), STR_ARG(why));
    }
    const struct value *item = listed(items, id, STR_EMPTY);
    if (item == NULL) {
        return ERR_OK;
    }
    if (is_deleting(call) && take_item(call, item, out)) {
        out->state = STATE_PENDING;
        return ERR_OK;
    }
    return ctx_fail(ctx, ERR_UNAVAILABLE,
                    "E2E Networks TIR: endpoint %.*s is listed but cannot be read; try again",
                    STR_ARG(id));
}

enum err_code tir_observe(struct cloud_call *call, struct observation *out) {
    if (value_get_c(call->params, "endpointId") == NULL) {
        return find_by_name(call, out);
    }
    TRY(cloud_observe_default(call, out));
    if (out->kind == OBSERVATION_GONE) {
        return prove_gone(call, out);
    }
    if (out->state == STATE_GONE && !is_deleting(call)) {
        out->state = STATE_PENDING;
    }
    tir_doubt(call, out);
    return ERR_OK;
}
