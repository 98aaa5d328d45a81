/* Replies, brought to one form (docs/apis/tir.md 2.3). */
#include "base/digest.h"
#include "clouds/tir/internal.h"

/* An id that is told to be none is empty text; one that is not told is absent. */
static void normalise_id(struct arena *arena, struct value *wire, const char *name,
                         const char *object) {
    const struct value *holder = object == NULL ? NULL : value_get_c(wire, object);
    const struct value *id = value_get_set(wire, str_of(name));
    bool told = value_get_c(wire, name) != NULL || (value_is_map(holder));
    if (id == NULL) {
        id = value_get_set(holder, STR("id"));
    }
    if (told) {
        value_map_set_c(arena, wire, name, id != NULL ? id : value_string(arena, STR_EMPTY));
    }
}

/* Words come back as a list, as they were sent (base64), or as text. */
static void normalise_words(struct arena *arena, struct value *details, const char *name) {
    const struct value *words = value_get_set(details, str_of(name));
    struct str plain = STR_EMPTY;
    if (!value_is_string(words) || words->string.len == 0) {
        return;
    }
    const struct value *list = tir_parse_words(arena, words->string);
    if (list == NULL && digest_base64_decode(arena, words->string, &plain) &&
        str_starts(str_trim(plain), STR("["))) {
        list = tir_parse_words(arena, plain);
        list = list != NULL ? list : value_string(arena, plain);
    }
    if (list != NULL) {
        value_map_set_c(arena, details, name, list);
    }
}

/* Probe switches and pull policy stand in advance_config or beside it. */
static void normalise_container(struct arena *arena, struct value *wire) {
    static const char *const moved[] = {"image_pull_policy", "is_readiness_probe_enabled",
                                        "is_liveness_probe_enabled"};
    struct value *custom = value_map_own(arena, wire, "custom_endpoint_details");
    struct value *container = value_map_own(arena, custom, "container");
    if (container == NULL) {
        return;
    }
    struct value *config = value_map_clone(arena, value_get_c(container, "advance_config"));
    for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++) {
        const struct value *beside = value_get_set(container, str_of(moved[i]));
        if (value_get_set(config, str_of(moved[i])) == NULL && beside != NULL) {
            value_map_set_c(arena, config, moved[i], beside);
        }
        value_map_remove(container, str_of(moved[i]));
    }
    value_map_set_c(arena, container, "advance_config", config);
}

const struct value *tir_normalise(struct ctx *ctx, const struct value *wire) {
    struct arena *arena = ctx->arena;
    if (!value_is_map(wire)) {
        return wire;
    }
    struct value *out = value_map_clone(arena, wire);
    normalise_id(arena, out, "model_id", "model");
    normalise_id(arena, out, "dataset_id", "dataset");
    normalise_id(arena, out, "model_load_integration_id", NULL);
    normalise_id(arena, out, "sfs_id", NULL);
    normalise_id(arena, out, "private_cloud_id", NULL);
    normalise_container(arena, out);
    struct value *details = value_map_own(arena, out, "detailed_info");
    normalise_words(arena, details, "commands");
    normalise_words(arena, details, "args");
    return out;
}
