#include "base/digest.h"
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"

#define DETAILS "custom_endpoint_details."
#define CONTAINER DETAILS "container."
#define PROBES CONTAINER "advance_config."

/* What a form never says as null or empty. */
static void drop_null(struct value *map, const char *name) {
    if (value_is_null(value_get_c(map, name))) {
        value_map_remove(map, str_of(name));
    }
}

static void put_machine(struct value *body) {
    drop_null(body, "sfs_id");
    drop_null(body, "private_cloud_id");
    bool is_private = value_get_c(body, "private_cloud_id") != NULL;
    if (is_private) {
        value_map_remove(body, STR("sku_name"));
        value_map_remove(body, STR("sku_type"));
    } else {
        value_map_remove(body, STR("custom_sku"));
    }
}

static void put_container(struct ctx *ctx, const struct value *inputs, struct value *body) {
    struct arena *arena = ctx->arena;
    struct str own = tir_text(inputs, "containerImage");
    value_set_at(arena, body, CONTAINER "container_name",
                 value_string(arena, own.len > 0 ? own : tir_image(inputs)));
    const struct value *namespace =
        value_at(body, CONTAINER "private_image_details.registry_namespace_id");
    struct value *details = value_map(arena);
    if (namespace != NULL && str_is_c(tir_text(inputs, "containerType"), "private")) {
        value_map_set_c(arena, details, "registry_namespace_id", namespace);
    }
    value_set_at(arena, body, CONTAINER "private_image_details", details);
}

static void put_probe(struct arena *arena, struct value *body, const char *path) {
    static const char *const optional[] = {"grpc_service", "commands", "path"};
    struct value *probe = value_map_clone(arena, value_at(body, path));
    for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++) {
        if (value_text_at(probe, optional[i]).len == 0) {
            value_map_remove(probe, str_of(optional[i]));
        }
    }
    value_set_at(arena, body, path, probe);
}

static const struct value *encode_words(struct arena *arena, const struct value *words) {
    return value_string(arena, digest_base64(arena, tir_words_text(arena, words)));
}

static const struct value *encode_arguments(struct arena *arena, const struct value *arguments) {
    struct value *out = value_map(arena);
    for (size_t i = 0; arguments != NULL && i < arguments->map.count; i++) {
        const struct value_entry *entry = &arguments->map.entries[i];
        if (!value_is_null(entry->value)) {
            value_map_set(arena, out, entry->key, tir_argument(arena, entry->key, entry->value));
        }
    }
    return out;
}

static void put_details(struct ctx *ctx, const struct value *inputs, struct value *body) {
    struct arena *arena = ctx->arena;
    const struct value *given = value_get_c(body, "detailed_info");
    struct value *details = value_map_clone(arena, given);
    value_map_set_c(arena, details, "commands",
                    encode_words(arena, value_get_c(given, "commands")));
    value_map_set_c(arena, details, "args", encode_words(arena, value_get_c(given, "args")));
    value_map_set_text(arena, details, "hugging_face_id", tir_model(inputs));
    value_map_set_text(arena, details, "server_version", tir_server_version(inputs));
    if (value_at(inputs, "detailedInfo.modelServeType") == NULL) {
        value_map_set_text(arena, details, "model_serve_type", tir_serve_type(inputs));
    }
    value_map_set_c(arena, details, "engine_args",
                    encode_arguments(arena, value_get_c(given, "engine_args")));
    value_map_set_c(arena, body, "detailed_info", details);
}

/* The one number that goes as text (docs/apis/tir.md 2.2). */
static void put_policy(struct arena *arena, struct value *body) {
    static const char path[] = "auto_scale_policy.initial_cooldown_period";
    const struct value *seconds = value_at(body, path);
    if (seconds != NULL && value_is_integer(seconds)) {
        value_set_at(arena, body, path,
                     value_string(arena, value_number_text(arena, seconds->number)));
    }
}

struct value *tir_request(struct ctx *ctx, const struct value *inputs, struct str location) {
    struct arena *arena = ctx->arena;
    struct value *body = prop_encode_whole(ctx, &tir_tables.props, inputs);
    value_map_set_text(arena, body, "category", STR("inference_service"));
    if (value_is_null(value_get_c(body, "location"))) {
        value_map_set_text(arena, body, "location", location);
    }
    put_machine(body);
    put_container(ctx, inputs, body);
    put_probe(arena, body, PROBES "readiness_probe");
    put_probe(arena, body, PROBES "liveness_probe");
    put_details(ctx, inputs, body);
    put_policy(arena, body);
    return body;
}

static const struct value *without_scaling(struct arena *arena, const struct value *form) {
    struct value *out = value_map_clone(arena, form);
    value_map_remove(out, STR("replica"));
    value_map_remove(out, STR("is_auto_scale_enabled"));
    value_map_remove(out, STR("auto_scale_policy"));
    return out;
}

bool tir_form_differs(struct arena *arena, const struct value *a, const struct value *b) {
    return !value_equal(without_scaling(arena, a), without_scaling(arena, b));
}

static bool is_scaled(const struct value *form) {
    return value_bool_at(form, "is_auto_scale_enabled", false);
}

bool tir_asks_for_more(const struct value *before, const struct value *after) {
    for (size_t i = 0; i < after->map.count; i++) {
        const struct value_entry *entry = &after->map.entries[i];
        if (!value_equal(value_get(before, entry->key), entry->value)) {
            return true;
        }
    }
    return false;
}

/* A policy counts only while autoscaling is on, a fixed number only while it is off. */
bool tir_scaling_differs(const struct value *a, const struct value *b) {
    if (is_scaled(a) != is_scaled(b)) {
        return true;
    }
    return is_scaled(b) ? tir_asks_for_more(value_get_c(a, "auto_scale_policy"),
                                            value_get_c(b, "auto_scale_policy"))
                        : !value_equal(value_get_c(a, "replica"), value_get_c(b, "replica"));
}

/* Each framework has plans of its own. */
bool tir_plan_differs(const struct value *a, const struct value *b) {
    static const char *const members[] = {"sku_name", "sku_type", "committed_days", "currency",
                                          "framework"};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (!value_equal(value_get_c(a, members[i]), value_get_c(b, members[i]))) {
            return true;
        }
    }
    return false;
}

const char *tir_scaling_action(struct arena *arena, const struct value *form,
                               const struct value **body) {
    struct value *out = value_map(arena);
    *body = out;
    if (is_scaled(form)) {
        value_map_set_c(arena, out, "auto_scale_policy", value_get_c(form, "auto_scale_policy"));
        return "scale";
    }
    value_map_set_c(arena, out, "replicas", value_get_c(form, "replica"));
    return "fix";
}
