/* Hugging Face Inference Endpoints: what the rows of hf.yaml cannot say. Its oddities:
 * docs/apis/hf.md. */
#include "base/words.h"
#include "clouds/clouds.h"
#include "clouds/hf/internal.h"
#include "core/endpoint/mark.h"
#include "core/props/path.h"
#include "core/props/prop.h"

static bool is_unknown_at(const struct value *inputs, const char *path) {
    return value_is_unknown(value_at(inputs, path));
}

static void check_replicas(const struct value *inputs, struct failures *failures) {
    const struct value *scaling = value_at(inputs, "compute.scaling");
    if (is_unknown_at(inputs, "compute") || value_is_unknown(scaling) ||
        is_unknown_at(scaling, "minReplica") || is_unknown_at(scaling, "maxReplica")) {
        return;
    }
    double least = value_number_at(scaling, "minReplica", 1);
    double most = value_number_at(scaling, "maxReplica", 1);
    if (least > most) {
        failures_add(failures, STR("compute.scaling.minReplica"),
                     "must not be larger than maxReplica (%.0f is larger than %.0f)", least, most);
    }
    bool sleeps = value_at(scaling, "scaleToZeroTimeout") != NULL;
    if (sleeps && least > 0) {
        failures_add(
            failures, STR("compute.scaling.scaleToZeroTimeout"),
            "needs compute.scaling.minReplica: 0; an endpoint with a minimum of %.0f never sleeps",
            least);
    }
    if (str_is_c(value_text_at(inputs, "desiredState"), "scaledToZero") && (least > 0 || !sleeps)) {
        failures_add(
            failures, STR("desiredState"),
            "scaledToZero needs compute.scaling.minReplica: 0 and compute.scaling.scaleToZeroTimeout");
    }
}

/* The spelling of 2025 (metric, threshold) beside the present one (measure): both may be there when
 * they agree. */
static void check_measure(const struct value *inputs, struct failures *failures) {
    const struct value *scaling = value_at(inputs, "compute.scaling");
    struct str metric = value_text_at(scaling, "metric");
    const struct value *threshold = value_at(scaling, "threshold");
    const struct value *measure = value_at(scaling, "measure");
    bool unknown = is_unknown_at(scaling, "metric") || value_has_unknown(threshold) ||
                   value_has_unknown(measure);
    if (unknown) {
        return;
    }
    if (threshold != NULL && metric.len == 0 && measure == NULL) {
        failures_add(failures, STR("compute.scaling.threshold"),
                     "needs metric beside it; better use measure");
    }
    if (metric.len == 0 || measure == NULL) {
        return;
    }
    const struct value *same = value_get_set(measure, metric);
    if (same == NULL || (threshold != NULL && !value_equal(same, threshold))) {
        failures_add(failures, STR("compute.scaling.metric"),
                     "contradicts measure; take metric and threshold out");
    }
}

static void check_tags(struct ctx *ctx, const struct value *inputs, struct failures *failures) {
    const struct value *tags = value_get_set(inputs, STR("tags"));
    for (size_t i = 0; i < value_list_count(tags); i++) {
        if (str_starts(value_text(tags->list.items[i]), STR(MARK_NAME "="))) {
            failures_add(failures, path_index(ctx->arena, STR("tags"), i),
                         "tags that start with " MARK_NAME "= are the provider's own");
        }
    }
}

static void check_cache(const struct value *inputs, struct failures *failures) {
    const struct value *top = value_at(inputs, "cacheHttpResponses");
    const struct value *nested = value_at(inputs, "experimentalFeatures.cacheHttpResponses");
    if (top == NULL || nested == NULL || value_has_unknown(top) || value_has_unknown(nested) ||
        value_equal(top, nested)) {
        return;
    }
    failures_add(failures, STR("cacheHttpResponses"),
                 "contradicts experimentalFeatures.cacheHttpResponses; set one");
    failures_add(failures, STR("experimentalFeatures.cacheHttpResponses"),
                 "contradicts cacheHttpResponses; set one");
}

static void check_private_service(const struct value *inputs, struct failures *failures) {
    const struct value *vendor = value_at(inputs, "cloudProvider.vendor");
    bool wanted = value_at(inputs, "privateService") != NULL;
    bool is_private = str_is_c(value_text_at(inputs, "type"), "private");
    if (wanted && is_private && value_is_string(vendor) && !str_is_c(vendor->string, "aws")) {
        failures_add(failures, STR("privateService"),
                     "is AWS PrivateLink: it needs cloudProvider.vendor: aws");
    }
}

/* One without an image is none: the service takes it away (docs/apis/hf.md 2.3). */
static void warn_of_no_router(const struct value *inputs, struct failures *failures) {
    const struct value *router = value_at(inputs, "customRouter");
    bool says_something = value_is_map(router) && router->map.count > 0;
    if (says_something && value_get_set(router, STR("tag")) == NULL) {
        failures_warn(failures, STR("customRouter.tag"),
                      "customRouter.tag is left out: without an image there is no router, and its "
                      "other settings are lost");
    }
}

/* Whether the service takes such a name is not documented. */
static void warn_of_hyphens(const struct value *inputs, struct failures *failures) {
    struct str name = value_text_at(inputs, "name");
    if (str_starts(name, STR("-")) || str_ends(name, STR("-"))) {
        failures_warn(failures, STR("name"),
                      "name: \"%.*s\" begins or ends with a hyphen, which the service may refuse",
                      STR_ARG(name));
    }
}

static void check(const struct cloud_check *check) {
    warn_of_hyphens(check->inputs, check->failures);
    hf_check_parallel(check->ctx, check->inputs, check->failures);
    check_replicas(check->inputs, check->failures);
    check_measure(check->inputs, check->failures);
    check_cache(check->inputs, check->failures);
    check_tags(check->ctx, check->inputs, check->failures);
    check_private_service(check->inputs, check->failures);
    warn_of_no_router(check->inputs, check->failures);
}

/* Whose token it is answers a bare name that was imported without a configured namespace
 * (docs/apis/hf.md 8). */
static enum err_code complete_scope(struct cloud_call *call) {
    if (value_get_c(call->params, "namespace") != NULL) {
        return ERR_OK;
    }
    struct rest_reply reply;
    TRY(cloud_send(call, "whoami", NULL, &reply));
    struct str name = value_text_at(reply.result, "name");
    if (str_is_c(value_text_at(reply.result, "type"), "user") && name.len > 0) {
        value_map_set_text(call->ctx->arena, call->params, "namespace", name);
    }
    return ERR_OK;
}

static bool is_entry_region(struct str region) {
    return str_is_c(region, "us-east-1") || str_is_c(region, "eu-west-1");
}

static void complete_private_service(struct ctx *ctx, const struct value *inputs,
                                     struct value *body) {
    const struct value *account = value_at(inputs, "accountId");
    if (value_get_c(body, "privateService") == NULL && account != NULL) {
        value_set_at(ctx->arena, body, "privateService.accountId", account);
    }
    if (value_get_c(body, "privateService") != NULL &&
        value_at(body, "privateService.region") == NULL) {
        struct str region = value_text_at(inputs, "cloudProvider.region");
        region = is_entry_region(region) ? region : STR("us-east-1");
        value_set_at(ctx->arena, body, "privateService.region", value_string(ctx->arena, region));
    }
}

static void adjust_create(struct cloud_call *call, const struct value *inputs, struct value *body) {
    const struct value *measure = hf_measure_of(call->ctx, inputs);
    if (measure != NULL) {
        value_set_at(call->ctx->arena, body, "compute.scaling.measure", measure);
    }
    complete_private_service(call->ctx, inputs, body);
}

/* The update body knows the cache switch only as an experimental feature, and those are replaced
 * whole (docs/apis/hf.md 2.3). */
static void move_cache_switch(struct ctx *ctx, const struct value *news, struct value *body) {
    bool touched = value_get_c(body, "cacheHttpResponses") != NULL ||
                   value_get_c(body, "experimentalFeatures") != NULL;
    value_map_remove(body, STR("cacheHttpResponses"));
    if (!touched) {
        return;
    }
    const struct prop *row = prop_find(&hf_tables.props, STR("experimentalFeatures"));
    const struct value *own = value_get_set(news, STR("experimentalFeatures"));
    const struct value *encoded = own == NULL ? NULL : prop_encode_value(ctx, row, own);
    struct value *features = value_map_clone(ctx->arena, encoded);
    const struct value *cache = value_at(news, "cacheHttpResponses");
    if (cache != NULL) {
        value_map_set_c(ctx->arena, features, "cacheHttpResponses", cache);
    }
    value_map_set_c(ctx->arena, body, "experimentalFeatures", features);
}

/* A timeout is refused where the endpoint never sleeps, and the service may have filled one in. */
static void clear_timeout(struct ctx *ctx, const struct value *old_inputs, const struct value *news,
                          struct value *body) {
    bool slept = value_number_at(old_inputs, "compute.scaling.minReplica", 1) <= 0;
    bool sleeps = value_number_at(news, "compute.scaling.minReplica", 1) <= 0;
    if (slept && !sleeps && value_at(body, "compute.scaling") != NULL) {
        value_set_at(ctx->arena, body, "compute.scaling.scaleToZeroTimeout",
                     value_null(ctx->arena));
    }
}

/* A change of the model that names no revision may move to the newest commit (docs/apis/hf.md 2.4).
 */
static void repeat_revision(struct ctx *ctx, const struct value *news, struct value *body) {
    const struct value *revision = value_at(news, "model.revision");
    if (revision != NULL && value_at(body, "model") != NULL) {
        value_set_at(ctx->arena, body, "model.revision", revision);
    }
}

/* Neither is known to the service any more: they become the measure. */
static void drop_former_measure(struct arena *arena, struct value *body) {
    struct value *compute = value_map_own(arena, body, "compute");
    struct value *scaling = compute == NULL ? NULL : value_map_own(arena, compute, "scaling");
    if (scaling == NULL) {
        return;
    }
    value_map_remove(scaling, STR("metric"));
    value_map_remove(scaling, STR("threshold"));
    if (scaling->map.count == 0) {
        value_map_remove(compute, STR("scaling"));
    }
    if (compute->map.count == 0) {
        value_map_remove(body, STR("compute"));
    }
}

/* One without a number, which is left to the service, still says which it is. */
static bool is_same_measure(const struct value *a, const struct value *b) {
    return a != NULL && b != NULL && str_is(a->map.entries[0].key, b->map.entries[0].key) &&
           value_equal(a, b);
}

static void adjust_update(struct cloud_call *call, const struct value *old_inputs,
                          const struct value *news, struct value *body) {
    struct ctx *ctx = call->ctx;
    drop_former_measure(ctx->arena, body);
    clear_timeout(ctx, old_inputs, news, body);
    const struct value *measure = hf_measure_of(ctx, news);
    const struct value *old_measure = hf_measure_of(ctx, old_inputs);
    if (measure != NULL && !is_same_measure(measure, old_measure)) {
        value_set_at(ctx->arena, body, "compute.scaling.measure", measure);
    } else if (measure == NULL && old_measure != NULL &&
               value_at(news, "compute.scaling.measure") == NULL) {
        value_set_at(ctx->arena, body, "compute.scaling.measure", value_null(ctx->arena));
    }
    move_cache_switch(ctx, news, body);
    repeat_revision(ctx, news, body);
}

/* The catalogue's machines in the wanted region, for an error about one that does not exist there.
 */
static struct str machines_in(struct arena *arena, const struct value *region) {
    const struct value *computes = value_get_c(region, "computes");
    struct str list = STR_EMPTY;
    for (size_t i = 0; i < value_list_count(computes); i++) {
        const struct value *compute = computes->list.items[i];
        struct str status = value_text_at(compute, "status");
        if (!str_is_c(status, "deprecated") && !str_is_c(status, "not_available")) {
            struct str machine = arena_printf(arena, "%.*s %.*s %.*s",
                                              STR_ARG(value_text_at(compute, "accelerator")),
                                              STR_ARG(value_text_at(compute, "instanceType")),
                                              STR_ARG(value_text_at(compute, "instanceSize")));
            list = arena_join(arena, list, ", ", machine);
        }
    }
    return list;
}

static struct str names_in(struct arena *arena, const struct value *rows) {
    struct str list = STR_EMPTY;
    for (size_t i = 0; value_is_list(rows) && i < rows->list.count; i++) {
        list = arena_join(arena, list, ", ", value_text_at(rows->list.items[i], "name"));
    }
    return list;
}

/* In the place of the first of vendor, region and machine that the catalogue does not have. */
static struct words what_there_is(const struct cloud_call *call, const struct value *vendors) {
    struct arena *arena = call->ctx->arena;
    const struct value *vendor =
        value_list_find(vendors, "name", value_text_at(call->inputs, "cloudProvider.vendor"));
    struct str list = names_in(arena, vendors);
    if (vendor == NULL) {
        return list.len == 0
                   ? words_none()
                   : words_text(arena, "In the program: cloudProvider.vendor; vendors: %.*s",
                                STR_ARG(list));
    }
    const struct value *regions = value_get_c(vendor, "regions");
    const struct value *region =
        value_list_find(regions, "name", value_text_at(call->inputs, "cloudProvider.region"));
    if (region == NULL) {
        return words_text(arena,
                          "In the program: cloudProvider.region; regions of the vendor: %.*s",
                          STR_ARG(names_in(arena, regions)));
    }
    list = machines_in(arena, region);
    return list.len == 0 ? words_none() : words_text(arena, "Machines there: %.*s", STR_ARG(list));
}

/* "Instance compute ... not found" says nothing of what there is: ask the catalogue. */
static enum err_code explain_machine(struct cloud_call *call, enum err_code code) {
    struct ctx *ctx = call->ctx;
    if (code != ERR_INVALID ||
        !str_contains_nocase(ctx->error.message.text, STR("instance compute"))) {
        return code;
    }
    struct error refused = error_keep(&ctx->error);
    struct rest_reply reply;
    struct words there = words_none();
    if (cloud_send(call, "catalogue", NULL, &reply) == ERR_OK) {
        there = what_there_is(call, value_get_c(reply.result, "vendors"));
    }
    error_put_back(&ctx->error, &refused);
    if (there.text.len > 0) {
        ctx->error.message = words_text(ctx->arena, "%p. %p.",
                                        WORDS_ARG(words_without_stop(ctx->arena, refused.message)),
                                        WORDS_ARG(there));
    }
    return code;
}

static enum err_code create(struct cloud_call *call, const struct value *body,
                            struct observation *out) {
    return explain_machine(call, cloud_create_default(call, body, out));
}

static enum err_code update(struct cloud_call *call, const struct value *old_inputs,
                            const struct value *news, const struct value *body,
                            struct observation *out) {
    return explain_machine(call, cloud_update_default(call, old_inputs, news, body, out));
}

/* Engines that serve the OpenAI protocol below /v1; the others have an interface of their own. */
static bool speaks_openai(const struct value *image) {
    static const char *const engines[] = {"tgi",      "tgiNeuron",  "tei",    "llamacpp", "vLLM",
                                          "vLLMOmni", "vLLMNeuron", "sGLang", "hfServe"};
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        if (value_get_set(image, str_of(engines[i])) != NULL) {
            return true;
        }
    }
    return false;
}

static const struct value *base_url(struct ctx *ctx, const struct value *outputs) {
    const struct value *url = value_get_set(outputs, STR("url"));
    const struct value *model = value_get_c(outputs, "model");
    const struct value *image = value_is_unknown(model) ? model : value_at(model, "image");
    if (!value_is_string(url)) {
        return url;
    }
    if (value_is_unknown(image)) {
        return image;
    }
    static const char *const paths[] = {"url", NULL}; /* it may hold a login */
    const char *suffix = speaks_openai(image) ? "/v1" : "";
    struct str made = arena_printf(ctx->arena, "%.*s%s", STR_ARG(url->string), suffix);
    return value_made_from(ctx->arena, value_string(ctx->arena, made), outputs, paths);
}

static void derive_id(struct ctx *ctx, struct value *outputs) {
    const struct value *namespace = value_get_set(outputs, STR("namespace"));
    const struct value *name = value_get_set(outputs, STR("name"));
    if (value_is_string(namespace) && value_is_string(name)) {
        struct str id = arena_printf(ctx->arena, "%.*s/%.*s", STR_ARG(namespace->string),
                                     STR_ARG(name->string));
        value_map_set_text(ctx->arena, outputs, "endpointId", id);
    }
}

/* The service makes the machine's id of vendor, region, type and size. */
static void hide_machine(struct ctx *ctx, struct value *outputs) {
    static const char *const paths[] = {"cloudProvider.vendor", "cloudProvider.region",
                                        "compute.instanceType", "compute.instanceSize", NULL};
    const struct value *id = value_at(outputs, "compute.id");
    if (id != NULL) {
        struct value *compute = value_map_own(ctx->arena, outputs, "compute");
        value_map_set_c(ctx->arena, compute, "id", value_made_from(ctx->arena, id, outputs, paths));
    }
}

static void derive(struct ctx *ctx, const struct config *config, const struct value *inputs,
                   struct value *outputs) {
    (void)inputs;
    (void)config;
    derive_id(ctx, outputs);
    hide_machine(ctx, outputs);
    struct value *target = value_map(ctx->arena);
    const struct value *url = base_url(ctx, outputs);
    static const char *const paths[] = {"model.repository", NULL};
    const struct value *model = value_get_c(outputs, "model");
    const struct value *repository =
        value_is_unknown(model) ? model : value_get_c(model, "repository");
    if (url != NULL) {
        value_map_set_c(ctx->arena, target, "baseUrl", url);
    }
    if (repository != NULL) {
        value_map_set_c(ctx->arena, target, "model",
                        value_made_from(ctx->arena, repository, outputs, paths));
    }
    value_map_set_c(ctx->arena, outputs, "target", target);
}

/* What the service fills in by itself is not asked for again; a timeout it even refuses where the
 * endpoint never sleeps. Any other timeout may be the user's (docs/apis/hf.md 5.1). */
static void drop_filled(struct value *scaling) {
    if (value_number_at(scaling, "minReplica", 1) > 0) {
        value_map_remove(scaling, STR("scaleToZeroTimeout"));
    }
    if (value_number_at(scaling, "measure.hardwareUsage", 0) == HF_USUAL_HARDWARE_USAGE) {
        value_map_remove(scaling, STR("measure"));
    }
}

static void adjust_import(struct ctx *ctx, const struct observation *seen, struct value *inputs) {
    (void)seen;
    struct value *compute = value_map_own(ctx->arena, inputs, "compute");
    struct value *scaling = value_map_own(ctx->arena, compute, "scaling");
    if (scaling == NULL) {
        return;
    }
    drop_filled(scaling);
    if (scaling->map.count == 0) {
        value_map_remove(compute, STR("scaling"));
    }
}

/* An endpoint that may sleep does what "running" asks for while it sleeps. */
static bool state_suffices(const struct value *inputs, struct str desired, enum state_class state) {
    bool may_sleep = value_number_at(inputs, "compute.scaling.minReplica", 1) <= 0;
    return str_is_c(desired, "running") && state == STATE_IDLE && may_sleep;
}

const struct cloud cloud_hf = {
    .tables = &hf_tables,
    .hooks =
        {
            .check = check,
            .complete_scope = complete_scope,
            .adjust_create = adjust_create,
            .adjust_update = adjust_update,
            .create = create,
            .update = update,
            .derive = derive,
            .choose_spelling = hf_choose_spelling,
            .choose_taken_out = hf_choose_taken_out,
            .respell = hf_respell,
            .adjust_import = adjust_import,
            .state_suffices = state_suffices,
        },
};
