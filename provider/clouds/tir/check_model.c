/* Rules about framework, model, image and engine (docs/apis/tir.md 4.3, rules 2 to 14 and 30). */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/props/near.h"

#define PUBLIC_IMAGE_LENGTH 128

struct rules {
    struct ctx *ctx;
    const struct value *inputs;
    struct failures *failures;
    const struct value *facts; /* of the framework, or NULL */
    struct str key;            /* of the framework */
};

static bool is_set(const struct rules *rules, const char *path) {
    const struct value *value = tir_effective(rules->inputs, path);
    return !value_is_null(value) && (value->kind != VALUE_STRING || value->string.len > 0);
}

static bool is_unknown(const struct rules *rules, const char *path) {
    return value_is_unknown(tir_effective(rules->inputs, path));
}

static void fail(const struct rules *rules, const char *path, const char *words) {
    failures_add(rules->failures, str_of(path), "%s", words);
}

static void check_framework(const struct rules *rules) {
    if (rules->facts == NULL && !is_set(rules, "containerImage")) {
        const struct prop *row = prop_find(&tir_tables.props, STR("framework"));
        failures_add(
            rules->failures, STR("framework"),
            "\"%.*s\" is not known to this version (inference:tir:getFrameworks lists those "
            "that are); one that is not listed needs containerImage%s",
            STR_ARG(rules->key), near_value_advice(rules->ctx->arena, row, rules->key));
    }
}

static void check_source(const struct rules *rules) {
    bool repository = is_set(rules, "modelId");
    bool integration = is_set(rules, "modelLoadIntegrationId");
    if (tir_text(rules->inputs, "modelId").len > 0 &&
        tir_text(rules->inputs, "modelLoadIntegrationId").len > 0) {
        fail(rules, "modelId", "does not go with modelLoadIntegrationId; set one of them");
    }
    if (value_bool_at(rules->facts, "needsModel", false) && !repository && !integration) {
        failures_add(rules->failures, STR("modelId"),
                     "or modelLoadIntegrationId is required with framework %.*s",
                     STR_ARG(rules->key));
    } else if (value_bool_at(rules->facts, "repositoryUsual", false) && !repository) {
        failures_warn(
            rules->failures, STR("modelId"),
            "modelId: framework %.*s usually serves a model repository; without one it may "
            "find no model",
            STR_ARG(rules->key));
    }
    if (value_bool_at(rules->facts, "noRepository", false) &&
        tir_text(rules->inputs, "modelId").len > 0 && !is_set(rules, "containerImage")) {
        failures_add(rules->failures, STR("modelId"),
                     "does not go with framework %.*s: no image is known that serves a repository",
                     STR_ARG(rules->key));
    }
}

/* "owner/model", or one word as in "gpt2" where the list has it. */
static bool is_model_name(struct str text) {
    ptrdiff_t slash = str_find(text, STR("/"));
    if (slash <= 0 || (size_t)slash + 1 == text.len) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool other = c == '-' || c == '_' || c == '.' || i == (size_t)slash;
        if (!letter && !other) {
            return false;
        }
    }
    return true;
}

/* The console takes any id (docs/apis/tir.md 4.3): the list is for those of one word. */
static void check_model_name(const struct rules *rules, struct str model) {
    const struct value *lists = value_get_c(tir_tables.data, "models");
    if (!value_list_has(value_get(lists, value_text_at(rules->facts, "models")), model) &&
        !is_model_name(model)) {
        failures_add_value(rules->failures, STR("detailedInfo.huggingFaceId"),
                           tir_effective(rules->inputs, "detailedInfo.huggingFaceId"),
                           "must be a model of Hugging Face, owner/model, or \"custom\"");
    }
}

static void check_model(const struct rules *rules) {
    static const char path[] = "detailedInfo.huggingFaceId";
    struct str model = tir_text(rules->inputs, path);
    bool engine = str_is_c(value_text_at(rules->facts, "kind"), "engine");
    if (is_unknown(rules, path) || rules->facts == NULL) {
        return;
    }
    if (engine && model.len > 0) {
        check_model_name(rules, model);
    } else if (engine && !is_set(rules, "modelId")) {
        failures_add(rules->failures, str_of(path),
                     "is required with framework %.*s unless modelId is set", STR_ARG(rules->key));
    } else if (model.len > 0 && !tir_takes_model(rules->facts)) {
        struct str own = value_text_at(rules->facts, "huggingFaceId");
        failures_warn(rules->failures, str_of(path),
                      "%s: framework %.*s does not take it; \"%.*s\" is sent", path,
                      STR_ARG(rules->key), STR_ARG(own));
    }
}

static void check_serve_type(const struct rules *rules) {
    struct str type = tir_text(rules->inputs, "detailedInfo.modelServeType");
    bool vllm = str_is_c(tir_framework(rules->inputs), "vllm");
    const char *const known[2][2] = {{"real-time", "batch"}, {"full-model", "peft-model"}};
    if (type.len > 0 && !str_is_c(type, known[vllm][0]) && !str_is_c(type, known[vllm][1])) {
        struct near near = near_to(type);
        near_consider(&near, str_of(known[vllm][0]));
        near_consider(&near, str_of(known[vllm][1]));
        failures_warn(rules->failures, STR("detailedInfo.modelServeType"),
                      "detailedInfo.modelServeType: \"%.*s\" is not among the values known for "
                      "framework %.*s (%s, %s); it is passed on as it is%s",
                      STR_ARG(type), STR_ARG(rules->key), known[vllm][0], known[vllm][1],
                      near_advice(rules->ctx->arena, &near));
    }
}

static void check_version_word(const struct rules *rules, struct str version) {
    const struct value *versions = value_get_c(rules->facts, "versions");
    if (value_get(versions, version) != NULL) {
        return;
    }
    bool custom = str_is_c(version, "custom");
    if (!is_set(rules, "containerImage")) {
        failures_add(rules->failures, STR("containerImage"),
                     "is required with server version \"%.*s\"%s", STR_ARG(version),
                     custom ? "" : ", for which no image is known");
    }
    if (!custom) {
        failures_warn(rules->failures, STR("detailedInfo.serverVersion"),
                      "detailedInfo.serverVersion: \"%.*s\" is not among the versions known for "
                      "framework %.*s; it is passed on as it is",
                      STR_ARG(version), STR_ARG(rules->key));
    }
}

static void check_version(const struct rules *rules) {
    static const char path[] = "detailedInfo.serverVersion";
    struct str version = tir_text(rules->inputs, path);
    struct str former = tir_text(rules->inputs, "serverOptions");
    if (is_unknown(rules, path) || is_unknown(rules, "serverOptions") || rules->facts == NULL) {
        return;
    }
    if (version.len > 0 && former.len > 0 && !str_is(version, former)) {
        fail(rules, "serverOptions",
             "contradicts detailedInfo.serverVersion; take serverOptions out");
        return;
    }
    const char *place = version.len > 0 || former.len == 0 ? path : "serverOptions";
    version = version.len > 0 ? version : former;
    bool versioned = value_get_c(rules->facts, "versions") != NULL;
    if (versioned && version.len == 0) {
        failures_add(rules->failures, str_of(place),
                     "is required with framework %.*s (inference:tir:getFrameworks lists them)",
                     STR_ARG(rules->key));
    } else if (versioned) {
        check_version_word(rules, version);
    } else if (version.len > 0) {
        failures_add(rules->failures, str_of(place), "does not go with framework %.*s",
                     STR_ARG(rules->key));
    }
}

static void check_image(const struct rules *rules) {
    struct str image = tir_text(rules->inputs, "containerImage");
    bool is_private = str_is_c(tir_text(rules->inputs, "containerType"), "private");
    bool own = str_is_c(value_text_at(rules->facts, "kind"), "container");
    if (is_unknown(rules, "containerType")) {
        return;
    }
    if (!is_set(rules, "containerImage") && (own || is_private)) {
        failures_add(rules->failures, STR("containerImage"), "is required with %s",
                     own ? "framework CUSTOM" : "containerType: private");
    }
    if (is_private && !is_set(rules, "registryNamespaceId")) {
        fail(rules, "registryNamespaceId", "is required with containerType: private");
    }
    if (!is_private && str_count_code_points(image) > PUBLIC_IMAGE_LENGTH) {
        failures_add(rules->failures, STR("containerImage"),
                     "may have at most %d characters when it is public, has %zu",
                     PUBLIC_IMAGE_LENGTH, str_count_code_points(image));
    }
}

static void check_words(const struct rules *rules, const char *path) {
    const struct value *words = value_at(rules->inputs, path);
    if (words == NULL || value_has_unknown(words) || words->kind == VALUE_STRING) {
        return;
    }
    bool fits = words->kind == VALUE_LIST;
    for (size_t i = 0; fits && i < words->list.count; i++) {
        fits = words->list.items[i]->kind == VALUE_STRING;
    }
    if (!fits) {
        fail(rules, path, "must be a list of strings, or JSON text of one");
    }
}

static const char *type_words(struct str type) {
    return str_is_c(type, "integer")   ? "a whole number"
           : str_is_c(type, "boolean") ? "true or false"
           : str_is_c(type, "number")  ? "a number"
                                       : "text";
}

/* Whether it is sent as something else than the engine is known to take. */
static bool is_misfit(struct arena *arena, struct str name, const struct value *value) {
    struct str type = tir_argument_type(name);
    const struct value *sent = tir_argument(arena, name, value);
    if (value_is_null(sent) || value_is_unknown(sent)) {
        return false;
    }
    if (str_is_c(type, "integer")) {
        return !value_is_integer(sent);
    }
    enum value_kind kind = str_is_c(type, "boolean")  ? VALUE_BOOL
                           : str_is_c(type, "number") ? VALUE_NUMBER
                                                      : VALUE_STRING;
    return sent->kind != kind;
}

static const char *argument_meant(struct arena *arena, struct str name) {
    const struct value *types = value_get_c(tir_tables.data, "engineArgs");
    struct near near = near_to(name);
    for (size_t i = 0; i < types->map.count; i++) {
        const struct value *names = types->map.entries[i].value;
        for (size_t j = 0; j < value_list_count(names); j++) {
            near_consider(&near, names->list.items[j]->string);
        }
    }
    return near_advice(arena, &near);
}

static void check_arguments(const struct rules *rules) {
    const struct value *arguments = value_at(rules->inputs, "detailedInfo.engineArgs");
    if (!value_is_map(arguments)) {
        return;
    }
    for (size_t i = 0; i < arguments->map.count; i++) {
        struct str name = arguments->map.entries[i].key;
        if (tir_argument_type(name).len == 0) {
            failures_warn(
                rules->failures, STR("detailedInfo.engineArgs"),
                "detailedInfo.engineArgs: \"%.*s\" is not among the arguments known to this "
                "version; it is passed on as it is%s",
                STR_ARG(name), argument_meant(rules->ctx->arena, name));
        } else if (is_misfit(rules->ctx->arena, name, arguments->map.entries[i].value)) {
            failures_warn(
                rules->failures,
                arena_join(rules->ctx->arena, STR("detailedInfo.engineArgs"), ".", name),
                "detailedInfo.engineArgs.%.*s: the engine takes %s as far as is known; it "
                "is passed on as it is",
                STR_ARG(name), type_words(tir_argument_type(name)));
        }
    }
}

void tir_check_model(struct ctx *ctx, const struct value *inputs, struct failures *failures) {
    struct rules rules = {.ctx = ctx, .inputs = inputs, .failures = failures};
    check_words(&rules, "detailedInfo.commands");
    check_words(&rules, "detailedInfo.args");
    check_arguments(&rules);
    struct str wire = tir_framework(inputs);
    if (wire.len == 0) {
        return;
    }
    rules.facts = tir_facts(inputs);
    rules.key = tir_framework_key(wire);
    check_framework(&rules);
    check_source(&rules);
    check_model(&rules);
    check_serve_type(&rules);
    check_version(&rules);
    check_image(&rules);
}
