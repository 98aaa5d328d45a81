/* What Check says of a key. */
#include "core/endpoint/call.h"
#include "core/endpoint/scope.h"
#include "core/methods/key.h"
#include "core/methods/key_term.h"
#include "core/props/path.h"

/* It would be due as soon as it is made. */
static void check_term(const struct prop_table *props, const struct value *inputs,
                       struct failures *failures) {
    const struct value *said = value_get_set(inputs, STR("renewBefore"));
    double lifetime = key_lifetime(props, inputs);
    if (value_is_number(said) && lifetime >= 0 && said->number >= lifetime) {
        failures_add_value(failures, STR("renewBefore"), said,
                           "must be less than the lifetime of %.0f seconds", lifetime);
    }
}

static bool is_earlier_item(const struct value *list, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (value_equal(list->list.items[i], list->list.items[index])) {
            return true;
        }
    }
    return false;
}

static void check_endpoints(struct ctx *ctx, const struct value *inputs,
                            struct failures *failures) {
    const struct value *ids = value_get_set(inputs, STR("endpoints"));
    for (size_t i = 0; i < value_list_count(ids); i++) {
        if (value_is_string(ids->list.items[i]) && is_earlier_item(ids, i)) {
            failures_add(failures, path_index(ctx->arena, STR("endpoints"), i), "is there already");
        }
    }
}

enum err_code key_check(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                        const struct check_request *request, struct check_response *out) {
    const struct cloud_tables *tables = resource->cloud->tables;
    const struct prop_table *props = &resource->row->props;
    const struct value *news = request->news != NULL ? request->news : value_map(ctx->arena);
    struct failures failures;
    ledger_note_check(provider_ledger(provider), request->urn);
    failures_init(&failures, ctx);
    news = scope_trim(ctx, provider_options(provider), tables, news, &failures);
    struct value *inputs =
        value_map_clone(ctx->arena, prop_check(ctx, props, tables, news, &failures));
    scope_fill(ctx, provider_options(provider), tables, props, provider_config(provider), inputs,
               &failures);
    check_term(props, inputs, &failures);
    check_endpoints(ctx, inputs, &failures);
    failures_finish(&failures, inputs, out);
    return ERR_OK;
}
