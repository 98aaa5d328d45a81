#include "clouds/maas/internal.h"
#include "core/endpoint/call.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/sweep.h"

const struct value *maas_normalise(struct ctx *ctx, const struct value *wire) {
    const struct value *model = value_get_c(wire, "served_model_name");
    if (!value_is_map(wire) || model == NULL) {
        return wire; /* the answer to a create may be the id alone */
    }
    struct value *out = value_map_clone(ctx->arena, wire);
    value_map_set_c(ctx->arena, out, "model_name", model);
    return out;
}

/* Which model an endpoint is made for cannot change, so another spelling of it in the list is no
 * drift. Of an endpoint that is not known to be ours the list's word counts. */
const struct value *maas_show_model(struct cloud_call *call, const struct value *wire) {
    const struct value *model = value_get_c(call->inputs, "modelName");
    if (call->id.len == 0 || !value_is_string(model)) {
        model = value_get_c(wire, "served_model_name");
    }
    struct value *out = value_map_clone(call->ctx->arena, wire);
    if (model != NULL) {
        value_map_set_c(call->ctx->arena, out, "model_name", model);
    }
    maas_put_creation_time(call, out);
    return out;
}

void maas_put_creation_time(const struct cloud_call *call, struct value *wire) {
    struct arena *arena = call->ctx->arena;
    const struct value *recorded = value_get_c(call->recorded, "createdAt");
    char text[CLOCK_RFC3339_SIZE];
    clock_print_rfc3339(call->started_wall, text);
    if (call->creation != CREATION_UNPROVEN) {
        value_map_set_text(arena, wire, "createdAt", str_of(text));
    } else if (recorded != NULL) {
        value_map_set_c(arena, wire, "createdAt", recorded);
    }
}

/* Words of the service that mean trouble, whatever is asked (docs/apis/maas.md 7). */
static bool is_trouble(struct str word) {
    static const char *const words[] = {"failed", "error", "invalid", "offline"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_is_nocase(word, str_of(words[i]))) {
            return true;
        }
    }
    struct str frozen = STR("frozen");
    return word.len >= frozen.len && str_is_nocase(str_slice(word, 0, frozen.len), frozen);
}

void maas_warn_of_trouble(struct cloud_call *call, const struct observation *seen) {
    if (is_trouble(seen->state_word)) {
        log_warning(&call->ctx->log,
                    "Huawei Cloud MaaS says %.*s of endpoint %p: it may refuse calls",
                    STR_ARG(seen->state_word), WORDS_ARG(call_told_id(call, call->id)));
    }
}

/* There is no operation that shows one endpoint (docs/apis/maas.md 3.2). Each shows the account's
 * limit. */
static enum err_code find(struct cloud_call *call, struct str id, const struct value **out) {
    struct arena *arena = call->ctx->arena;
    struct str name = value_text_at(call->params, "name");
    struct sweep sweep;
    *out = NULL;
    TRY(sweep_begin(call, &sweep));
    for (size_t i = 0; i < sweep.items->list.count && *out == NULL; i++) {
        struct pager_item item = pager_item_of(call, sweep.items->list.items[i]);
        if (id.len > 0 ? str_is(item.id, id) : str_is(item.name, name)) {
            const struct value *limit = value_get_c(sweep.figures, "quantity_limit");
            struct value *copy = value_copy(arena, item.wire);
            /* It may be shown as a number. The item's own text ends with the sweep. */
            value_map_set_text(arena, copy, "id", value_id_at(arena, copy, "id"));
            if (limit != NULL) {
                value_map_set_c(arena, copy, "quantity_limit", value_copy(arena, limit));
            }
            *out = copy;
        }
    }
    enum err_code code = *out == NULL ? sweep_need_whole(call, &sweep) : ERR_OK;
    sweep_end(&sweep);
    return code;
}

enum err_code maas_observe(struct cloud_call *call, struct observation *out) {
    struct str id = value_text_at(call->params, "endpointId");
    const struct value *item = NULL;
    TRY(find(call, id, &item));
    TRY(item == NULL ? cloud_refuse_new(call) : ERR_OK);
    *out = item == NULL ? (struct observation){.kind = OBSERVATION_GONE}
                        : cloud_classify(call->cloud, maas_show_model(call, item));
    if (item != NULL && id.len == 0) {
        value_map_set_c(call->ctx->arena, call->params, "endpointId", value_get_c(item, "id"));
    }
    if (call->may_be_cached) { /* a refresh; other looks come in numbers */
        maas_warn_of_trouble(call, out);
    }
    return ERR_OK;
}
