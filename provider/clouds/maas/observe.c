#include "clouds/maas/account.h"
#include "clouds/maas/hooks.h"

/* Which model an endpoint is made for cannot change, so another spelling of it in the list is no
 * drift. Of an endpoint that is not known to be ours the list's word counts. */
const struct value *maas_show_model(struct cloud_call *call, const struct value *wire) {
    const struct value *model = value_get_c(call->inputs, "modelName");
    if (call->id.len == 0 || model == NULL || model->kind != VALUE_STRING) {
        model = value_get_c(wire, "served_model_name");
    }
    struct value *out = value_map_clone(call->ctx->arena, wire);
    if (model != NULL) {
        value_map_set_c(call->ctx->arena, out, "model_name", model);
    }
    return out;
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
                    "Huawei Cloud MaaS says %.*s of endpoint %.*s: it may refuse calls",
                    STR_ARG(seen->state_word), STR_ARG(call->id));
    }
}

enum err_code maas_observe(struct cloud_call *call, struct observation *out) {
    struct maas_key key = {.id = value_text_at(call->params, "endpointId"),
                           .name = value_text_at(call->params, "name")};
    const struct value *item = NULL;
    TRY(maas_find(call, key, &item));
    *out = item == NULL ? (struct observation){.kind = OBSERVATION_GONE}
                        : cloud_classify(call->cloud, maas_show_model(call, item));
    if (item != NULL && key.id.len == 0) {
        value_map_set_c(call->ctx->arena, call->params, "endpointId", value_get_c(item, "id"));
    }
    if (call->may_be_cached) { /* a refresh; other looks come in numbers */
        maas_warn_of_trouble(call, out);
    }
    return ERR_OK;
}
