/* Engines that have to be told over how many accelerators they are spread (docs/apis/hf.md 2.2). */
#include <stdlib.h>

#include "clouds/clouds.h"
#include "clouds/hf/internal.h"

#define MOST_ACCELERATORS 1024

/* The number in "x4"; 0 where there is none, or the machine has no accelerators of that number. */
static double accelerators_of(const struct value *inputs) {
    const struct value *size = value_at(inputs, "compute.instanceSize");
    if (!str_is_c(value_text_at(inputs, "compute.accelerator"), "gpu") || !value_is_string(size) ||
        !str_starts(size->string, STR("x"))) {
        return 0;
    }
    char *end = NULL;
    double count = strtod(size->string.ptr + 1, &end);
    bool is_whole = end == size->string.ptr + size->string.len;
    return is_whole && count >= 1 && count <= MOST_ACCELERATORS ? count : 0;
}

/* An argument may say what no property does. */
static bool says_it_by_argument(const struct value *inputs) {
    const struct value *args = value_at(inputs, "model.args");
    bool found = value_has_unknown(args);
    for (size_t i = 0; i < value_list_count(args) && !found; i++) {
        struct str text = value_text(args->list.items[i]);
        found = str_contains_nocase(text, STR("parallel")) ||
                str_contains_nocase(text, STR("-tp")) || str_contains_nocase(text, STR("-dp"));
    }
    return found;
}

static struct str list_of(struct arena *arena, const struct value *names, const char *between) {
    struct str list = STR_EMPTY;
    for (size_t i = 0; i < value_list_count(names); i++) {
        list = arena_join(arena, list, between, value_text(names->list.items[i]));
    }
    return list;
}

/* In how many parts the engine is told to be; 0 when it is not told. */
static double parts_of(const struct value *engine, const struct value *names) {
    double parts = 0;
    for (size_t i = 0; i < value_list_count(names); i++) {
        const struct value *size = value_get_set(engine, value_text(names->list.items[i]));
        double number = value_is_number(size) ? size->number : 0;
        if (number >= 1) {
            parts = parts >= 1 ? parts * number : number;
        }
    }
    return parts;
}

static void check_engine(struct ctx *ctx, const struct value *inputs, struct str name,
                         const struct value *engine, const struct value *names,
                         struct failures *failures) {
    struct str path = arena_join(ctx->arena, STR("model.image"), ".", name);
    double count = accelerators_of(inputs);
    double parts = parts_of(engine, names);
    if (value_has_unknown(engine) || count < 1 || count == parts ||
        (parts < 1 && (count < 2 || says_it_by_argument(inputs)))) {
        return;
    }
    if (parts < 1) {
        failures_warn(failures, path,
                      "%.*s: the machine has %.0f accelerators, and the service refuses "
                      "this engine there without %.*s",
                      STR_ARG(path), count, STR_ARG(list_of(ctx->arena, names, " or ")));
        return;
    }
    failures_warn(failures, path,
                  "%.*s: its parallel size is %.0f (%.*s), but the machine has %.0f "
                  "accelerator%s",
                  STR_ARG(path), parts, STR_ARG(list_of(ctx->arena, names, " times ")), count,
                  count < 2 ? "" : "s");
}

void hf_check_parallel(struct ctx *ctx, const struct value *inputs, struct failures *failures) {
    const struct value *engines = value_get_c(hf_tables.data, "parallel");
    const struct value *image = value_at(inputs, "model.image");
    for (size_t i = 0; i < engines->map.count; i++) {
        const struct value_entry *known = &engines->map.entries[i];
        const struct value *engine = value_get_set(image, known->key);
        if (value_is_map(engine)) {
            check_engine(ctx, inputs, known->key, engine, known->value, failures);
        }
    }
}
