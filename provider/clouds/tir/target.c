/* Outputs for callers of the served model (docs/apis/tir.md 2.8). */
#include "clouds/tir/internal.h"
#include "core/config.h"

#define INFERENCE_HOST "https://infer.e2enetworks.net"

static const struct value *derive_url(struct ctx *ctx, const struct config *config,
                                      struct value *outputs) {
    const struct value *id = value_get_set(outputs, STR("endpointId"));
    const struct value *project = value_get_set(outputs, STR("projectId"));
    bool known = value_is_string(id) && value_is_string(project);
    if (!known) {
        return value_unknown(ctx->arena);
    }
    struct str host = config_text(config, "tirDataPlaneEndpoint");
    return value_string(ctx->arena,
                        arena_printf(ctx->arena, "%.*s/project/p-%.*s/endpoint/is-%.*s/",
                                     STR_ARG(host.len > 0 ? host : STR(INFERENCE_HOST)),
                                     STR_ARG(project->string), STR_ARG(id->string)));
}

/* The first of these that no preview knows yet; NULL when all are known. */
static const struct value *first_unknown(const struct value *outputs, const char *const *paths) {
    for (; *paths != NULL; paths++) {
        const struct value *value = tir_effective(outputs, *paths);
        if (value_is_unknown(value)) {
            return value;
        }
    }
    return NULL;
}

/* Where a repository is mounted; NULL without one. */
static const struct value *mounted_model(struct arena *arena, const struct value *outputs) {
    static const char *const paths[] = {"modelId", "modelPath", "diskPath", NULL};
    if (value_is_unknown(tir_effective(outputs, "modelId"))) {
        return tir_effective(outputs, "modelId");
    }
    if (tir_text(outputs, "modelId").len == 0) {
        return NULL;
    }
    const struct value *unknown = first_unknown(outputs, paths);
    if (unknown != NULL) {
        return unknown;
    }
    struct str path = tir_text(outputs, "modelPath");
    while (path.len > 0 && path.ptr[0] == '/') {
        path = str_slice(path, 1, path.len);
    }
    while (path.len > 0 && path.ptr[path.len - 1] == '/') {
        path = str_slice(path, 0, path.len - 1);
    }
    struct str disk = tir_text(outputs, "diskPath");
    struct str place =
        arena_printf(arena, "%.*s%s%.*s", STR_ARG(disk), path.len > 0 ? "/" : "", STR_ARG(path));
    return place.len == 0 ? NULL
                          : value_made_from(arena, value_string(arena, place), outputs, paths);
}

/* What a server calls its model: as it was told, else the model's name, else where a repository is
 * mounted. NULL when nobody here can know. */
static const struct value *served_model(struct arena *arena, const struct value *inputs,
                                        const struct value *outputs) {
    static const char *const told_paths[] = {"detailedInfo.engineArgs.served_model_name", NULL};
    static const char *const named_paths[] = {"framework", "detailedInfo.huggingFaceId", NULL};
    const struct value *told = value_at(outputs, told_paths[0]);
    const struct value *arguments = tir_effective(inputs, "detailedInfo.engineArgs");
    if (told == NULL && value_is_unknown(arguments)) { /* what nobody says holds no name */
        return arguments;
    }
    if (told != NULL && (told->kind == VALUE_STRING || told->kind == VALUE_UNKNOWN)) {
        return value_made_from(arena, told, outputs, told_paths);
    }
    const struct value *named = tir_effective(outputs, "detailedInfo.huggingFaceId");
    if (value_is_unknown(named) && tir_takes_model(tir_facts(outputs))) {
        return named;
    }
    struct str model = tir_model(outputs);
    if (model.len > 0 && !str_is_c(model, "custom")) {
        return value_made_from(arena, value_string(arena, model), outputs, named_paths);
    }
    const struct value *repository = tir_effective(outputs, "modelId");
    return model.len > 0 && !value_is_unknown(repository) ? NULL : mounted_model(arena, outputs);
}

void tir_derive(struct ctx *ctx, const struct config *config, const struct value *inputs,
                struct value *outputs) {
    struct arena *arena = ctx->arena;
    const struct value *url = derive_url(ctx, config, outputs);
    const struct value *base = url;
    struct value *target = value_map(arena);
    const struct value *framework = tir_effective(outputs, "framework");
    bool openai = value_bool_at(tir_facts(outputs), "openai", false);
    const struct value *model = openai ? served_model(arena, inputs, outputs) : NULL;
    if (value_is_unknown(framework)) { /* it says whether there is a model, and where */
        base = framework;
        model = framework;
    } else if (openai && url->kind == VALUE_STRING) {
        base = value_string(arena, arena_printf(arena, "%.*sv1", STR_ARG(url->string)));
    }
    value_map_set_c(arena, target, "baseUrl", base);
    if (model != NULL) {
        value_map_set_c(arena, target, "model", model);
    }
    value_map_set_c(arena, outputs, "url", url);
    value_map_set_c(arena, outputs, "target", target);
}
