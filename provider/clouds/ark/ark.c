/* BytePlus ModelArk: what the rows of ark.yaml cannot say. Its oddities: docs/apis/ark.md. */
#include <ctype.h>

#include "clouds/ark/internal.h"
#include "clouds/ark/rolling.h"
#include "clouds/clouds.h"
#include "core/config.h"
#include "core/endpoint/change.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/template.h"
#include "core/props/path.h"
#include "core/props/prop.h"
#include "core/site.h"

/* Inputs */

static void check_model_name(struct ctx *ctx, const struct value *inputs,
                             struct failures *failures) {
    struct str name = value_text_at(inputs, "modelReference.foundationModel.name");
    char *lower = arena_alloc(ctx->arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        lower[i] = (char)tolower((unsigned char)name.ptr[i]);
    }
    if (name.len > 0 && !str_is(name, (struct str){lower, name.len})) {
        failures_add(failures, STR("modelReference.foundationModel.name"),
                     "model names are lower case: \"%.*s\"", (int)name.len, lower);
    }
}

/* No source says that the service insists on it (docs/apis/ark.md 6). */
static void warn_without_version(const struct value *inputs, struct failures *failures) {
    static const char path[] = "modelReference.foundationModel.modelVersion";
    const struct value *model = value_at(inputs, "modelReference.foundationModel");
    if (value_is_map(model) && value_get_set(model, STR("modelVersion")) == NULL) {
        failures_warn(failures, str_of(path),
                      "%s: the service needs it as far as is known; that is assumed, and it is "
                      "sent without",
                      path);
    }
}

#define DATE_LENGTH 6

/* "seed-1-6-250615" has two parts; the empty text when it ends in no date. */
static struct str date_of(struct str name) {
    struct str end = str_slice(name, name.len > DATE_LENGTH ? name.len - DATE_LENGTH : 0, name.len);
    bool is_date = name.len > DATE_LENGTH + 1 && name.ptr[name.len - DATE_LENGTH - 1] == '-';
    for (size_t i = 0; i < end.len; i++) {
        is_date = is_date && isdigit((unsigned char)end.ptr[i]);
    }
    return is_date ? end : STR_EMPTY;
}

/* Two spellings from the lists of models that callers use (docs/apis/ark.md 6). */
static void warn_of_spelling(const struct value *inputs, struct failures *failures) {
    static const char path[] = "modelReference.foundationModel.name";
    struct str name = value_text_at(inputs, path);
    struct str date = date_of(name);
    if (str_find(name, STR(".")) >= 0) {
        failures_warn(failures, str_of(path),
                      "%s: names have dashes where the name for readers has dots, as seed-1-6; "
                      "this one is sent as it is",
                      path);
    }
    if (date.len > 0) {
        failures_warn(failures, str_of(path),
                      "%s: the date belongs into modelVersion: name "
                      "\"%.*s\", modelVersion \"%.*s\"; this one is sent as it is",
                      path, (int)(name.len - date.len - 1), name.ptr, STR_ARG(date));
    }
}

static bool is_reserved(struct str key) {
    return str_starts(key, STR("sys:")) || str_starts(key, STR("volc:")) ||
           str_is(key, STR(MARK_NAME));
}

static void check_tags(struct ctx *ctx, const struct value *inputs, struct failures *failures) {
    const struct value *tags = value_get_set(inputs, STR("tags"));
    for (size_t i = 0; i < value_list_count(tags); i++) {
        struct str key = value_text_at(tags->list.items[i], "key");
        struct str path =
            path_member(ctx->arena, path_index(ctx->arena, STR("tags"), i), STR("key"));
        if (is_reserved(key)) {
            failures_add(failures, path,
                         "keys that start with sys: or volc:, and " MARK_NAME ", are reserved");
        }
        for (size_t j = 0; key.len > 0 && j < i; j++) {
            if (str_is(key, value_text_at(tags->list.items[j], "key"))) {
                failures_add(failures, path, "the key is used twice");
                break;
            }
        }
    }
}

static void check(const struct cloud_check *check) {
    check_model_name(check->ctx, check->inputs, check->failures);
    warn_without_version(check->inputs, check->failures);
    warn_of_spelling(check->inputs, check->failures);
    check_tags(check->ctx, check->inputs, check->failures);
}

/* Reading */

/* One documentation page nests the endpoint in the result, the service's own clients read it flat
 * (docs/apis/ark.md 7.2). */
static const struct value *flat(struct ctx *ctx, const struct value *result) {
    (void)ctx;
    const struct value *nested = value_get_c(result, "Endpoint");
    return value_is_map(nested) ? nested : result;
}

/* Only endpoints with application-layer encryption have one; whatever else is answered means none
 * (docs/apis/ark.md 7.7). */
static const struct value *with_certificate(struct cloud_call *call, const struct value *wire) {
    struct error kept = error_keep(&call->ctx->error);
    struct rest_reply reply;
    if (cloud_send(call, "certificate", NULL, &reply) != ERR_OK || reply.result == NULL ||
        value_text_at(reply.result, "PCAInstanceCertificate").len == 0) {
        error_put_back(&call->ctx->error, &kept);
        return wire;
    }
    struct value *out = value_map_clone(call->ctx->arena, wire);
    value_map_set_c(call->ctx->arena, out, "Certificate", reply.result);
    return out;
}

/* Who sees the endpoint is of its account; when the service does not tell which that is, it is
 * still the one that was told before. */
static const struct value *with_account(struct cloud_call *call, struct str told,
                                        const struct value *wire) {
    struct str id = told.len > 0 ? told : value_text_at(call->recorded, "accountId");
    struct value *out = value_map_clone(call->ctx->arena, wire);
    value_map_set_text(call->ctx->arena, out, "AccountId", id);
    return out;
}

static enum err_code observe(struct cloud_call *call, struct observation *out) {
    TRY(ark_look(call, out));
    if (out->kind == OBSERVATION_SEEN && out->state != STATE_GONE) {
        out->wire = rolling_show(call, out->wire);
    }
    if (out->kind == OBSERVATION_SEEN && out->state == STATE_PENDING) {
        out->wire = with_account(call, STR_EMPTY, out->wire); /* it is looked at again and again */
    } else if (out->kind == OBSERVATION_SEEN && out->state != STATE_GONE) {
        const struct value *certified = with_certificate(call, out->wire);
        out->wire = with_account(call, ark_account_id(call), certified);
    }
    return ERR_OK;
}

/* Changing and removing */

/* Some states forbid deleting: then the endpoint is stopped first (docs/apis/ark.md 7.4, 9). That
 * it is gone the delete proves. */
static enum err_code remove_endpoint(struct cloud_call *call) {
    enum err_code code = cloud_remove_default(call);
    if (code == ERR_OK ||
        !str_is_nocase(call->ctx->error.cloud_code, STR("OperationDenied.EndpointStatus"))) {
        return code;
    }
    struct observation seen = {0};
    code = change_rest(call, &seen);
    if (code != ERR_OK && code != ERR_NOT_FOUND) {
        return code;
    }
    error_clear(&call->ctx->error);
    return cloud_remove_default(call);
}

/* Outputs */

/* Some hosts of the data plane carry the region without its number (docs/apis/ark.md 12). */
static struct str area_of(struct str region) {
    while (region.len > 0 && (isdigit((unsigned char)region.ptr[region.len - 1]) ||
                              region.ptr[region.len - 1] == '-')) {
        region.len--;
    }
    return region;
}

static struct str data_plane(struct ctx *ctx, const struct config *config, struct str region) {
    struct str url = config_text(config, "arkDataPlaneEndpoint");
    struct str missing;
    while (str_ends(url, STR("/"))) {
        url.len--;
    }
    const struct site_row *site = site_of(&ark_tables, region);
    if (url.len > 0 || site == NULL) {
        return url;
    }
    struct value *params = value_map(ctx->arena);
    value_map_set_text(ctx->arena, params, "region", region);
    value_map_set_text(ctx->arena, params, "area", area_of(region));
    (void)template_expand(ctx->arena, site->data_plane, params, &url, &missing);
    return url;
}

static const struct value *base_url(struct ctx *ctx, const struct config *config,
                                    const struct value *outputs) {
    const struct value *batch_only = value_get_set(outputs, STR("batchOnly"));
    if (value_is_unknown(batch_only) || value_is_unknown(value_get(outputs, STR("region")))) {
        return value_unknown(ctx->arena);
    }
    struct str url = data_plane(ctx, config, value_text_at(outputs, "region"));
    return value_string(ctx->arena, value_is_true(batch_only)
                                        ? arena_printf(ctx->arena, "%.*s/batch", STR_ARG(url))
                                        : url);
}

/* Portkey has a provider for one of the sites only. */
static void put_portkey(struct ctx *ctx, const struct config *config, const struct value *outputs,
                        struct value *target) {
    struct arena *arena = ctx->arena;
    const struct value *id = value_get_set(outputs, STR("endpointId"));
    const struct value *region = value_get_set(outputs, STR("region"));
    const struct site_row *site = site_of(&ark_tables, value_text_at(outputs, "region"));
    struct str provider = config_text(config, "portkeyProvider");
    if (site == NULL || !site->portkey) {
        return;
    }
    const struct value *model =
        value_is_string(id)
            ? value_string(
                  arena, arena_printf(arena, "@%.*s/%.*s", STR_ARG(provider), STR_ARG(id->string)))
            : value_unknown(arena);
    value_map_set_text(arena, target, "portkeyProvider", provider);
    value_map_set_c(arena, target, "portkeyModel", model);
    if (region != NULL) {
        value_map_set_c(arena, target, "portkeyRegion", region);
    }
}

static void derive(struct ctx *ctx, const struct config *config, const struct value *inputs,
                   struct value *outputs) {
    (void)inputs;
    struct value *target = value_map(ctx->arena);
    const struct value *id = value_get_set(outputs, STR("endpointId"));
    const struct value *model =
        value_is_string(id) ? value_string(ctx->arena, id->string) : value_unknown(ctx->arena);
    value_map_set_c(ctx->arena, target, "baseUrl", base_url(ctx, config, outputs));
    value_map_set_c(ctx->arena, target, "model", model);
    put_portkey(ctx, config, outputs, target);
    value_map_set_c(ctx->arena, outputs, "target", target);
}

const struct cloud cloud_ark = {
    .tables = &ark_tables,
    .hooks =
        {
            .account_new = ark_account_new,
            .account_free = ark_account_free,
            .authorize = ark_authorize,
            .renew = ark_renew,
            .invoke = ark_invoke,
            .normalise = flat,
            .check = check,
            .observe = observe,
            .remove = remove_endpoint,
            .derive = derive,
            .adjust_import = rolling_adjust_import,
            .adjust_refresh = rolling_adjust_refresh,
            .switching = &rolling_switching,
        },
};
