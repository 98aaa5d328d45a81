#include "clouds/clouds.h"
#include "clouds/tir/internal.h"

const struct value *tir_effective(const struct value *inputs, const char *path) {
    struct prop_table table = tir_tables.props;
    struct str rest = str_of(path);
    const struct value *at = inputs;
    while (rest.ptr != NULL) {
        struct str step = str_split(rest, '.', &rest);
        const struct prop *row = prop_find(&table, step);
        if (value_is_unknown(at)) {
            return at;
        }
        at = value_get_set(at, step);
        if (row != NULL) {
            at = prop_effective(row, at);
            table = prop_members(row);
        }
    }
    return at;
}

struct str tir_text(const struct value *inputs, const char *path) {
    return value_text(tir_effective(inputs, path));
}

bool tir_is_true(const struct value *inputs, const char *path) {
    return value_is_true(tir_effective(inputs, path));
}

struct str tir_framework(const struct value *inputs) {
    const struct prop *row = prop_find(&tir_tables.props, STR("framework"));
    return prop_wire_text(row, value_text_at(inputs, "framework"));
}

const struct value *tir_facts(const struct value *inputs) {
    return value_get(value_get_c(tir_tables.data, "frameworks"), tir_framework(inputs));
}

struct str tir_framework_key(struct str wire) {
    const struct prop *row = prop_find(&tir_tables.props, STR("framework"));
    const struct prop_value *known = prop_allowed(row, wire);
    return known != NULL ? str_of(known->value) : wire;
}

struct str tir_server_version(const struct value *inputs) {
    struct str version = value_text_at(inputs, "detailedInfo.serverVersion");
    return version.len > 0 ? version : value_text_at(inputs, "serverOptions");
}

struct str tir_image(const struct value *inputs) {
    const struct value *facts = tir_facts(inputs);
    const struct value *versions = value_get_c(facts, "versions");
    const struct value *image = NULL;
    if (versions != NULL) {
        image = value_get(versions, tir_server_version(inputs));
    } else if (tir_text(inputs, "modelId").len > 0 && value_bool_at(facts, "noRepository", false)) {
        return STR_EMPTY;
    } else if (tir_text(inputs, "modelId").len > 0) {
        image = value_get_c(facts, "repositoryImage");
    }
    if (image == NULL && versions == NULL) {
        image = value_get_c(facts, "image");
    }
    return value_text(image);
}

bool tir_takes_model(const struct value *facts) {
    struct str kind = value_text_at(facts, "kind");
    bool has_own = value_text_at(facts, "huggingFaceId").len > 0;
    return facts == NULL || str_is_c(kind, "engine") || (str_is_c(kind, "model") && !has_own);
}

struct str tir_model(const struct value *inputs) {
    const struct value *facts = tir_facts(inputs);
    return tir_takes_model(facts) ? tir_text(inputs, "detailedInfo.huggingFaceId")
                                  : value_text_at(facts, "huggingFaceId");
}

struct str tir_serve_type(const struct value *inputs) {
    return str_is_c(tir_framework(inputs), "vllm") ? STR("full-model") : STR_EMPTY;
}

struct str tir_argument_type(struct str name) {
    const struct value *types = value_get_c(tir_tables.data, "engineArgs");
    for (size_t i = 0; i < types->map.count; i++) {
        if (value_list_has(types->map.entries[i].value, name)) {
            return types->map.entries[i].key;
        }
    }
    return STR_EMPTY;
}

bool tir_stops(const struct value *inputs) {
    const struct prop *row = prop_find(&tir_tables.props, STR("stopInference"));
    return str_is_c(prop_wire_text(row, value_text_at(inputs, "stopInference")), "paused");
}

bool tir_is_committed(const struct value *inputs) {
    return str_is_c(value_text_at(inputs, "skuType"), "committed");
}

bool tir_is_number(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0 && text.ptr[0] != '0';
}
