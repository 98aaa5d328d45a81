/* What is live, in the words of the program; inputs of imports and refreshes. */
#include <stdlib.h>

#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/props/path.h"

/* While autoscaling is on the service sets the number, and while it is off the policy does nothing.
 */
static void choose_scaling(const struct value *inputs, struct value *decoded) {
    const struct value *seen = value_get_c(decoded, "isAutoScaleEnabled");
    bool scaled = tir_is_true(seen != NULL ? decoded : inputs, "isAutoScaleEnabled");
    value_map_remove(decoded, scaled ? STR("replica") : STR("autoScalePolicy"));
}

static void take_input(struct arena *arena, struct value *details, const char *name,
                       const struct value *input) {
    if (input != NULL) {
        value_map_set_c(arena, details, name, input);
    } else {
        value_map_remove(details, str_of(name));
    }
}

/* What this provider fills in by itself is shown as the program has it. */
static void choose_filled(struct arena *arena, const struct value *inputs,
                          const struct value *decoded, struct value *details) {
    const struct value *framed = tir_framework(decoded).len > 0 ? decoded : inputs;
    const struct value *facts = tir_facts(framed);
    struct str model = value_text_at(details, "huggingFaceId");
    struct str type = value_text_at(details, "modelServeType");
    struct str version = value_text_at(details, "serverVersion");
    if (!tir_takes_model(facts) && str_is(model, value_text_at(facts, "huggingFaceId"))) {
        take_input(arena, details, "huggingFaceId", value_at(inputs, "detailedInfo.huggingFaceId"));
    }
    if (value_at(inputs, "detailedInfo.modelServeType") == NULL &&
        str_is(type, tir_serve_type(framed))) {
        value_map_remove(details, STR("modelServeType"));
    }
    if (value_text_at(inputs, "detailedInfo.serverVersion").len == 0 &&
        str_is(version, value_text_at(inputs, "serverOptions"))) {
        value_map_remove(details, STR("serverVersion"));
    }
}

/* Text that is no JSON list, such as Python prints, cannot be compared with the list that the
 * service made of it. */
static void choose_words(struct arena *arena, const struct value *inputs, struct value *details,
                         const char *name) {
    const struct value *input = value_get_set(value_get_c(inputs, "detailedInfo"), str_of(name));
    const struct value *seen = value_get_set(details, str_of(name));
    if (value_is_string(input) && input->string.len > 0 && value_is_list(seen) &&
        tir_parse_words(arena, input->string) == NULL) {
        value_map_set_c(arena, details, name, input);
    }
}

static double number_of(const struct value *value, bool *is_number) {
    char *end = NULL;
    if (value->kind == VALUE_NUMBER) {
        *is_number = true;
        return value->number;
    }
    bool text = value->kind == VALUE_STRING && value->string.len > 0;
    double number = text ? strtod(value->string.ptr, &end) : 0;
    *is_number = text && end == value->string.ptr + value->string.len;
    return number;
}

static bool is_same_argument(struct arena *arena, struct str name, const struct value *input,
                             const struct value *seen) {
    const struct value *sent = tir_argument(arena, name, input);
    bool one = false;
    bool other = false;
    if (value_equal(sent, seen)) {
        return true;
    }
    if (sent->kind != VALUE_NUMBER) {
        return false;
    }
    double a = number_of(sent, &one);
    double b = number_of(seen, &other);
    return one && other && prop_numbers_equal(a, b);
}

static void choose_arguments(struct arena *arena, const struct value *inputs,
                             struct value *details) {
    const struct value *given = value_at(inputs, "detailedInfo.engineArgs");
    struct value *arguments = value_map_own(arena, details, "engineArgs");
    if (arguments == NULL || !value_is_map(given)) {
        return;
    }
    for (size_t i = 0; i < arguments->map.count; i++) {
        struct value_entry *entry = &arguments->map.entries[i];
        const struct value *input = value_get_set(given, entry->key);
        if (input != NULL && !value_is_null(entry->value) &&
            is_same_argument(arena, entry->key, input, entry->value)) {
            entry->value = input;
        }
    }
}

/* A value that is not shown stays as the program has it. */
static void choose_variables(struct arena *arena, const struct value *inputs,
                             struct value *decoded) {
    struct value *resources = value_map_own(arena, decoded, "resourceDetails");
    const struct value *seen = value_get_c(resources, "envVariables");
    const struct value *given = value_at(inputs, "resourceDetails.envVariables");
    if (!value_is_list(seen)) {
        return;
    }
    struct value *out = value_list(arena);
    for (size_t i = 0; i < seen->list.count; i++) {
        struct value *variable = value_map_clone(arena, seen->list.items[i]);
        const struct value *value = value_get_set(variable, STR("value"));
        const struct value *input = value_list_find(given, "key", value_text_at(variable, "key"));
        const struct value *kept = value_get_set(input, STR("value"));
        if (value == NULL && kept != NULL) {
            value_map_set_c(arena, variable, "value", kept);
        }
        value_list_append(arena, out, variable);
    }
    value_map_set_c(arena, resources, "envVariables", out);
}

void tir_choose_spelling(struct ctx *ctx, const struct value *inputs, struct value *decoded) {
    struct arena *arena = ctx->arena;
    choose_scaling(inputs, decoded);
    choose_variables(arena, inputs, decoded);
    tir_choose_queues(inputs, decoded);
    struct value *details = value_map_own(arena, decoded, "detailedInfo");
    if (details != NULL) {
        struct value *whole = value_map_clone(arena, decoded);
        choose_filled(arena, inputs, whole, details);
        choose_words(arena, inputs, details, "commands");
        choose_words(arena, inputs, details, "args");
        choose_arguments(arena, inputs, details);
    }
}

/* What the form says by itself where the program leaves it out, or says by another name: one of two
 * names can go once the other is there. */
static const char *const filled_by_form[] = {"detailedInfo.modelServeType",
                                             "detailedInfo.huggingFaceId",
                                             "containerImage",
                                             "serverOptions",
                                             "detailedInfo.serverVersion",
                                             "serverOptions"};

static bool differs_at(const struct value *a, const struct value *b, const char *path) {
    const struct value *one = value_at(a, path);
    const struct value *other = value_at(b, path);
    return !value_has_unknown(other) && one != other &&
           (one == NULL || other == NULL || !value_equal(one, other));
}

/* What asks for the same form is no change. */
static const struct value *take_spelling(struct ctx *ctx, const char *path,
                                         const struct value *olds, const struct value *news) {
    const struct value *said = value_at(news, path);
    const struct value *respelled = path_restore(ctx->arena, str_of(path), news, olds);
    if (said != NULL) { /* where the object around it is missing, too */
        struct value *own = value_copy(ctx->arena, olds);
        value_set_at(ctx->arena, own, path, said);
        respelled = own;
    }
    bool is_same =
        value_equal(tir_request(ctx, olds, STR_EMPTY), tir_request(ctx, respelled, STR_EMPTY));
    return is_same ? respelled : olds;
}

const struct value *tir_respell(struct ctx *ctx, const struct value *olds, const struct value *news,
                                const struct value *outputs) {
    (void)outputs;
    bool is_same_engine = str_is(tir_framework(olds), tir_framework(news));
    for (size_t i = 0; is_same_engine && i < sizeof(filled_by_form) / sizeof(*filled_by_form);
         i++) {
        if (differs_at(olds, news, filled_by_form[i])) {
            olds = take_spelling(ctx, filled_by_form[i], olds, news);
        }
    }
    return olds;
}

/* Unset would mean what this provider fills in. */
static void import_serve_type(struct arena *arena, const struct observation *seen,
                              struct value *inputs) {
    const struct value *type = value_at(seen->wire, "detailed_info.model_serve_type");
    bool empty = value_is_string(type) && type->string.len == 0;
    if (empty && tir_serve_type(inputs).len > 0) {
        struct value *details = value_map_clone(arena, value_get_c(inputs, "detailedInfo"));
        value_map_set_c(arena, details, "modelServeType", type);
        value_map_set_c(arena, inputs, "detailedInfo", details);
    }
}

/* What no program has to say: no pause at the start, no queue. */
static void import_policy(struct arena *arena, struct value *inputs) {
    struct value *policy = value_map_own(arena, inputs, "autoScalePolicy");
    if (value_number_at(policy, "initialCooldownPeriod", 1) <= 0) {
        value_map_remove(policy, STR("initialCooldownPeriod"));
    }
    if (value_is_false(value_get_c(policy, "isHoldQueue"))) {
        value_map_remove(policy, STR("isHoldQueue"));
    }
}

/* As JSON text: Pulumi's generator of Go cannot write a list where several kinds of values go. */
static void import_words(struct arena *arena, struct value *inputs, const char *name) {
    struct value *details = value_map_own(arena, inputs, "detailedInfo");
    const struct value *words = value_get_c(details, name);
    if (value_list_count(words) > 0) {
        value_map_set_text(arena, details, name, tir_words_text(arena, words));
    }
}

/* What is set of it goes by rules that nobody here knows. */
static void warn_of_framework(struct ctx *ctx, const struct observation *seen,
                              const struct value *inputs) {
    struct str framework = value_text_at(inputs, "framework");
    if (framework.len > 0 && tir_facts(inputs) == NULL) {
        log_warning(&ctx->log,
                    "%s: endpoint %.*s has the framework \"%.*s\", which this version of the "
                    "provider does not know: it is passed on as it is, and an update may change "
                    "what is set of it",
                    tir_tables.title, STR_ARG(value_id_at(ctx->arena, seen->wire, "id")),
                    STR_ARG(framework));
    }
}

void tir_adjust_import(struct ctx *ctx, const struct observation *seen, struct value *inputs) {
    struct arena *arena = ctx->arena;
    warn_of_framework(ctx, seen, inputs);
    import_serve_type(arena, seen, inputs);
    import_policy(arena, inputs);
    import_words(arena, inputs, "commands");
    import_words(arena, inputs, "args");
    if (str_is(value_text_at(inputs, "containerImage"), tir_image(inputs))) {
        value_map_remove(inputs, STR("containerImage"));
    }
    struct str framework = value_text_at(inputs, "framework");
    if (framework.len > 0) {
        value_map_set_text(arena, inputs, "framework", tir_framework_key(framework));
    }
}

/* A state that somebody changed shows in the spelling that the program uses. */
void tir_adjust_refresh(struct ctx *ctx, const struct observation *seen,
                        const struct value *old_inputs, struct value *inputs) {
    if (!str_is_nocase(value_text_at(old_inputs, "framework"),
                       value_text_at(inputs, "framework"))) { /* else Check has told it */
        warn_of_framework(ctx, seen, inputs);
    }
    const struct value *former = value_get_set(old_inputs, STR("stopInference"));
    const struct value *shown = value_get_set(inputs, STR("desiredState"));
    if (former == NULL || shown == NULL || value_get_set(old_inputs, STR("desiredState")) != NULL) {
        return;
    }
    value_map_remove(inputs, STR("desiredState"));
    value_map_set_text(ctx->arena, inputs, "stopInference",
                       str_of(str_is_c(value_text(shown), "paused") ? "stop" : "start"));
}
