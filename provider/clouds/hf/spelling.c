/* What can be said in two ways: the measure, also as in 2025 (metric and threshold), and the cache
 * switch, also as an experimental feature (docs/apis/hf.md 4.3). The service knows one of them. */
#include "clouds/hf/internal.h"

#define SCALING "compute.scaling"
#define FEATURES "experimentalFeatures"
#define CACHE "cacheHttpResponses"

/* What the service takes when it is left alone (docs/apis/hf.md 2.1). */
#define USUAL_PENDING_REQUESTS 1.5

bool hf_is_usual_measure(struct str metric, double number) {
    return str_is_c(metric, "hardwareUsage") ? number == HF_USUAL_HARDWARE_USAGE
                                             : number == USUAL_PENDING_REQUESTS;
}

const struct value *hf_measure_of(struct ctx *ctx, const struct value *inputs) {
    struct str metric = value_text_at(inputs, SCALING ".metric");
    if (metric.len == 0 || value_at(inputs, SCALING ".measure") != NULL) {
        return NULL;
    }
    const struct value *threshold = value_at(inputs, SCALING ".threshold");
    struct value *measure = value_map(ctx->arena);
    value_map_set(ctx->arena, measure, metric,
                  threshold != NULL ? threshold : value_null(ctx->arena));
    return measure;
}

/* The metric of a measure, with its number; NULL without one. */
static const struct value *number_of(const struct value *measure, struct str *metric) {
    for (size_t i = 0; value_is_map(measure) && i < measure->map.count; i++) {
        if (value_is_number(measure->map.entries[i].value)) {
            *metric = measure->map.entries[i].key;
            return measure->map.entries[i].value;
        }
    }
    return NULL;
}

/* Without a threshold any number is the service's choice; then what tells none says no other
 * metric, either. */
static void show_metric(struct arena *arena, const struct value *said, struct value *scaling) {
    struct str metric = STR_EMPTY;
    const struct value *number = number_of(value_get_c(scaling, "measure"), &metric);
    const struct value *threshold = value_get_c(said, "threshold");
    if (number != NULL) {
        value_map_set_text(arena, scaling, "metric", metric);
    } else if (threshold == NULL) {
        value_map_set_c(arena, scaling, "metric", value_get_c(said, "metric"));
    }
    if (number != NULL && threshold != NULL) {
        value_map_set_c(arena, scaling, "threshold", number);
    }
}

/* What is paused shows none of it (docs/apis/hf.md 5.1). */
static void choose_measure(struct arena *arena, const struct value *inputs, struct value *decoded) {
    struct value *compute = value_map_own(arena, decoded, "compute");
    struct value *scaling = compute == NULL ? NULL : value_map_own(arena, compute, "scaling");
    if (scaling == NULL) {
        return;
    }
    value_map_remove(scaling, STR("metric"));
    value_map_remove(scaling, STR("threshold"));
    const struct value *said = value_at(inputs, SCALING);
    if (value_text_at(said, "metric").len > 0) {
        show_metric(arena, said, scaling);
    }
}

/* A reply has the switch in one place: it shows as the experimental feature unless the program uses
 * its other name. */
static void choose_cache(struct arena *arena, const struct value *inputs, struct value *decoded) {
    bool own = value_at(inputs, CACHE) != NULL;
    bool nested = value_at(inputs, FEATURES "." CACHE) != NULL;
    if (!own) {
        value_map_remove(decoded, STR(CACHE));
    }
    struct value *features = own && !nested ? value_map_own(arena, decoded, FEATURES) : NULL;
    if (features != NULL) {
        value_map_remove(features, STR(CACHE));
    }
}

void hf_choose_spelling(struct ctx *ctx, const struct value *inputs, struct value *decoded) {
    choose_cache(ctx->arena, inputs, decoded);
    choose_measure(ctx->arena, inputs, decoded);
}

static void show_old_cache(struct arena *arena, struct value *decoded) {
    struct value *features = value_map_own(arena, decoded, FEATURES);
    const struct value *shown = features == NULL ? NULL : value_get_c(features, CACHE);
    if (shown != NULL) {
        value_map_set_c(arena, decoded, CACHE, shown);
        value_map_remove(features, STR(CACHE));
    }
}

static void show_old_measure(struct arena *arena, const struct value *olds, struct value *decoded) {
    struct str metric = STR_EMPTY;
    struct value *compute = value_map_own(arena, decoded, "compute");
    struct value *scaling = compute == NULL ? NULL : value_map_own(arena, compute, "scaling");
    if (number_of(value_get_c(scaling, "measure"), &metric) != NULL) {
        show_metric(arena, value_at(olds, SCALING), scaling);
    }
}

void hf_choose_taken_out(struct ctx *ctx, const struct value *olds, const struct value *news,
                         struct value *decoded) {
    if (value_at(olds, CACHE) != NULL && value_at(news, CACHE) == NULL &&
        value_at(news, FEATURES "." CACHE) == NULL) {
        show_old_cache(ctx->arena, decoded);
    }
    if (value_text_at(olds, SCALING ".metric").len > 0 &&
        value_at(news, SCALING ".metric") == NULL && value_at(news, SCALING ".measure") == NULL) {
        show_old_measure(ctx->arena, olds, decoded);
    }
}

/* What inputs say of the measure; a number that is left out (NULL) is the service's choice. */
struct measure {
    struct str metric; /* empty: they say nothing */
    const struct value *number;
};

static struct measure said_measure(const struct value *inputs) {
    struct measure said = {.metric = STR_EMPTY};
    said.number = number_of(value_at(inputs, SCALING ".measure"), &said.metric);
    if (said.number == NULL && value_at(inputs, SCALING ".measure") == NULL) {
        const struct value *threshold = value_at(inputs, SCALING ".threshold");
        said.metric = value_text_at(inputs, SCALING ".metric");
        said.number = value_is_number(threshold) ? threshold : NULL;
    }
    return said;
}

static bool is_same_number(const struct value *a, const struct value *b) {
    return a != NULL && b != NULL && prop_numbers_equal(a->number, b->number);
}

/* What the program never said is as the service shows it. */
static bool means_same_measure(const struct value *olds, const struct value *news,
                               const struct value *outputs) {
    struct measure old = said_measure(olds);
    struct measure new = said_measure(news);
    struct measure shown = {.metric = STR_EMPTY};
    shown.number = number_of(value_at(outputs, SCALING ".measure"), &shown.metric);
    bool was_said = old.metric.len > 0;
    old = was_said ? old : shown;
    if (new.metric.len == 0 || !str_is(old.metric, new.metric)) {
        return false;
    }
    if (new.number == NULL) {
        return !was_said || old.number == NULL ||
               hf_is_usual_measure(old.metric, old.number->number);
    }
    bool is_shown = old.number == NULL && str_is(shown.metric, new.metric);
    return is_same_number(is_shown ? shown.number : old.number, new.number);
}

static bool has_unknown(const struct value *inputs, const char *path) {
    return value_has_unknown(value_at(inputs, path));
}

static void put_or_remove(struct arena *arena, struct value *map, const char *key,
                          const struct value *value) {
    if (value != NULL) {
        value_map_set_c(arena, map, key, value);
    } else {
        value_map_remove(map, str_of(key));
    }
}

static const struct value *respell_measure(struct arena *arena, const struct value *olds,
                                           const struct value *news, const struct value *outputs) {
    if (value_is_unknown(value_get_c(news, "compute")) || has_unknown(news, SCALING) ||
        !means_same_measure(olds, news, outputs)) {
        return olds;
    }
    struct value *out = value_copy(arena, olds);
    struct value *compute = value_map_clone(arena, value_get_c(out, "compute"));
    struct value *scaling = value_map_clone(arena, value_get_c(compute, "scaling"));
    static const char *const names[] = {"measure", "metric", "threshold"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct value *said = value_get_set(value_at(news, SCALING), str_of(names[i]));
        put_or_remove(arena, scaling, names[i], said);
    }
    value_map_set_c(arena, compute, "scaling", scaling);
    value_map_set_c(arena, out, "compute", compute);
    return out;
}

/* NULL: they say nothing, or contradict themselves. */
static const struct value *said_cache(const struct value *inputs) {
    const struct value *own = value_at(inputs, CACHE);
    const struct value *nested = value_at(inputs, FEATURES "." CACHE);
    if (own != NULL && nested != NULL && !value_equal(own, nested)) {
        return NULL;
    }
    return own != NULL ? own : nested;
}

static const struct value *respell_cache(struct arena *arena, const struct value *olds,
                                         const struct value *news) {
    const struct value *old = said_cache(olds);
    const struct value *new = said_cache(news);
    if (old == NULL || new == NULL || has_unknown(news, FEATURES) || !value_equal(old, new)) {
        return olds;
    }
    struct value *out = value_map_clone(arena, olds);
    struct value *features = value_map_clone(arena, value_get_c(olds, FEATURES));
    put_or_remove(arena, features, CACHE, value_at(news, FEATURES "." CACHE));
    put_or_remove(arena, out, FEATURES, features->map.count > 0 ? features : NULL);
    put_or_remove(arena, out, CACHE, value_at(news, CACHE));
    return out;
}

static bool says_the_same(const struct value *olds, const struct value *news, const char *path) {
    const struct value *old = value_at(olds, path);
    const struct value *new = value_at(news, path);
    return old == new || (old != NULL && new != NULL &&value_equal(old, new));
}

const struct value *hf_respell(struct ctx *ctx, const struct value *olds, const struct value *news,
                               const struct value *outputs) {
    if (!says_the_same(olds, news, SCALING)) {
        olds = respell_measure(ctx->arena, olds, news, outputs);
    }
    bool is_same = says_the_same(olds, news, CACHE) && says_the_same(olds, news, FEATURES);
    return is_same ? olds : respell_cache(ctx->arena, olds, news);
}
