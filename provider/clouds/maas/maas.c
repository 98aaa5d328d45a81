/* Huawei Cloud MaaS: what the rows of maas.yaml cannot say. Its oddities: docs/apis/maas.md. */
#include "clouds/clouds.h"
#include "clouds/maas/internal.h"
#include "core/config.h"
#include "core/endpoint/call.h"
#include "core/failures.h"
#include "core/props/prop.h"

/* Inputs */

static void require(const struct value *inputs, const char *name, const char *source,
                    struct failures *failures) {
    if (value_get_set(inputs, str_of(name)) == NULL) {
        failures_add(failures, str_of(name), "is required with source: %s", source);
    }
}

static void refuse(const struct value *inputs, const char *name, const char *source,
                   struct failures *failures) {
    if (value_get_set(inputs, str_of(name)) != NULL) {
        failures_add(failures, str_of(name), "does not go with source: %s", source);
    }
}

static bool is_same(const struct value *olds, const struct value *inputs, const char *name) {
    const struct value *old = value_get_set(olds, str_of(name));
    const struct value *now = value_get_set(inputs, str_of(name));
    return old == NULL || now == NULL ? old == now : value_equal(old, now);
}

/* Which service an endpoint stands for cannot be read back: an imported one goes without. */
static bool is_imported_service(const struct value *olds, const struct value *inputs) {
    return olds != NULL && is_same(olds, inputs, "source") &&
           value_get_set(olds, STR("modelRegion")) == NULL &&
           value_get_set(olds, STR("inferServiceId")) == NULL;
}

static void check_source(const struct value *olds, const struct value *inputs,
                         struct failures *failures) {
    const struct value *source = value_get_set(inputs, STR("source"));
    if (source != NULL && !value_is_string(source)) {
        return;
    }
    if (source == NULL || str_is_c(source->string, "custom_from_maas")) {
        require(inputs, "modelName", "custom_from_maas", failures);
        refuse(inputs, "modelRegion", "custom_from_maas", failures);
        refuse(inputs, "inferServiceId", "custom_from_maas", failures);
    } else if (str_is_c(source->string, "custom_from_modelarts_v2")) {
        if (!is_imported_service(olds, inputs)) {
            require(inputs, "modelRegion", "custom_from_modelarts_v2", failures);
            require(inputs, "inferServiceId", "custom_from_modelarts_v2", failures);
        }
        refuse(inputs, "modelName", "custom_from_modelarts_v2", failures);
    }
}

/* The Chinese site takes Chinese letters as well (docs/apis/maas.md 4). */
static void check_name(const struct value *inputs, struct failures *failures) {
    const struct value *name = value_get_set(inputs, STR("name"));
    if (!value_is_string(name) || name->string.len == 0 ||
        str_starts(value_text_at(inputs, "region"), STR("cn-"))) {
        return;
    }
    if (!prop_matches("^[A-Za-z][A-Za-z0-9_.-]*$", name->string)) {
        failures_add_value(
            failures, STR("name"), name,
            "must start with a letter and may hold only letters, digits, hyphens, underscores and dots");
    }
}

/* Nor can the agreement be read back: an imported endpoint goes without as long as nothing is
 * edited, for every edit carries the guard. */
static bool is_imported_guard(const struct cloud_check *check) {
    return maas_guard_is_off(check->olds) &&
           value_get_set(check->olds, STR("agreementId")) == NULL &&
           !maas_is_edited(check->ctx, check->olds, check->inputs);
}

static void check_guard(const struct cloud_check *check) {
    if (maas_guard_is_off(check->inputs) &&
        value_get_set(check->inputs, STR("agreementId")) == NULL && !is_imported_guard(check)) {
        failures_add(
            check->failures, STR("agreementId"),
            "is required with moderation: false; inference:maas:getAgreement gives the disclaimer and its id");
    }
}

static void check(const struct cloud_check *check) {
    check_source(check->olds, check->inputs, check->failures);
    check_name(check->inputs, check->failures);
    check_guard(check);
    struct str project = value_text_at(check->inputs, "projectId");
    if (project.len > 0 && project.len != 32) {
        struct arena *arena = check->failures->ctx->arena;
        struct words form = words_text(
            arena, "projectId: ids of projects have 32 characters, not %zu", project.len);
        form = failures_with_value(arena, form, value_get_set(check->inputs, STR("projectId")));
        failures_warn(check->failures, STR("projectId"), "%p", WORDS_ARG(form));
    }
}

/* Reading */

static enum err_code complete_scope(struct cloud_call *call) {
    if (value_get_c(call->params, "projectId") != NULL) {
        return ERR_OK;
    }
    struct str id = STR_EMPTY;
    TRY(maas_project_id(call, &id));
    value_map_set_text(call->ctx->arena, call->params, "projectId", id);
    return ERR_OK;
}

/* Outputs */

/* The address of the inference plane: one for the Chinese site, one a region elsewhere. */
static struct str inference_url(struct arena *arena, const struct config *config,
                                struct str region) {
    struct str base = config_text(config, "maasDataPlaneEndpoint");
    if (base.len > 0) {
        return base;
    }
    return str_starts(region, STR("cn-"))
               ? STR("https://api.modelarts-maas.com")
               : arena_printf(arena, "https://api-%.*s.modelarts-maas.com", STR_ARG(region));
}

/* What the service calls the model of the program. */
static void hide_model(struct arena *arena, struct value *outputs) {
    static const char *const paths[] = {"modelName", NULL};
    const struct value *served = value_get_set(outputs, STR("servedModelName"));
    if (served != NULL) {
        value_map_set_c(arena, outputs, "servedModelName",
                        value_made_from(arena, served, outputs, paths));
    }
}

static void derive(struct ctx *ctx, const struct config *config, const struct value *inputs,
                   struct value *outputs) {
    (void)inputs;
    struct arena *arena = ctx->arena;
    struct str base = inference_url(arena, config, value_text_at(outputs, "region"));
    struct value *target = value_map(arena);
    const struct value *name = value_get_set(outputs, STR("name"));
    hide_model(arena, outputs);
    value_map_set_text(arena, target, "baseUrl", arena_printf(arena, "%.*s/v2", STR_ARG(base)));
    if (name != NULL) {
        value_map_set_c(arena, target, "model", name);
    }
    value_map_set_c(arena, outputs, "target", target);
}

/* Functions */

static enum err_code require_api_key(struct cloud_call *call, const struct operation *operation) {
    if (operation->credential == NULL || config_text(call->config, operation->credential).len > 0) {
        return ERR_OK;
    }
    return ctx_fail(
        call->ctx, ERR_UNAUTHENTICATED,
        "Huawei Cloud MaaS: %s takes an API key of the inference plane: make one in the MaaS "
        "console (ModelArts Studio), under API key management, and set it with pulumi config set "
        "--secret inference:%s, or in the environment variable MAAS_API_KEY",
        operation->doing, operation->credential);
}

static enum err_code invoke(struct cloud_call *call, const struct function_row *function,
                            const struct value *args, const struct value **out_wire) {
    (void)args;
    TRY(require_api_key(call, cloud_operation(call->cloud, function->operation)));
    struct arena *arena = call->ctx->arena;
    size_t count = call->session->base_url_count;
    struct rest_base_url *urls = ARENA_ARRAY(arena, count, struct rest_base_url);
    struct rest_session session = *call->session;
    for (size_t i = 0; i < count; i++) {
        urls[i] = call->session->base_urls[i];
        if (str_is_c(str_of(urls[i].key), "inference")) {
            urls[i].url = inference_url(arena, call->config, value_text_at(call->params, "region"));
        }
    }
    session.base_urls = urls;
    struct cloud_call own = *call;
    own.session = &session;
    struct rest_reply reply;
    TRY(cloud_send(&own, function->operation, NULL, &reply));
    *out_wire = reply.result;
    return ERR_OK;
}

/* The list tells neither what an endpoint stands for nor who accepted what. */
static void adjust_import(struct ctx *ctx, const struct observation *seen, struct value *inputs) {
    (void)seen;
    if (maas_guard_is_off(inputs)) {
        log_warning(&ctx->log,
                    "agreementId cannot be read back from Huawei Cloud MaaS: add it to the "
                    "program (inference:maas:getAgreement gives it)");
    }
}

const struct cloud cloud_maas = {
    .tables = &maas_tables,
    .hooks =
        {
            .account_new = maas_account_new,
            .account_free = maas_account_free,
            .authorize = maas_authorize,
            .renew = maas_renew,
            .invoke = invoke,
            .check = check,
            .complete_scope = complete_scope,
            .adjust_update = maas_adjust_update,
            .normalise = maas_normalise,
            .observe = maas_observe,
            .create = maas_create,
            .update = maas_update,
            .derive = derive,
            .adjust_import = adjust_import,
        },
};
