#include "core/endpoint/scope.h"

#include "base/words.h"
#include "core/config_text.h"
#include "core/endpoint/call.h"
#include "core/props/near.h"
#include "core/props/prop.h"
#include "core/site.h"

static bool is_set(const struct value *inputs, const struct scope_row *row) {
    return value_get_set(inputs, str_of(row->property)) != NULL;
}

/* Other rules have nothing to say of a value that failed: they skip what is not known. */
static void silence(struct ctx *ctx, const struct scope_row *row, struct value *inputs) {
    value_map_set_c(ctx->arena, inputs, row->property, value_unknown(ctx->arena));
}

const struct value *scope_trim(struct ctx *ctx, const struct provider_options *options,
                               const struct cloud_tables *tables, const struct value *inputs,
                               struct failures *failures) {
    struct value *out = value_map_clone(ctx->arena, inputs);
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        const struct value *given = value_get_set(inputs, str_of(row->property));
        if (!value_is_string(given)) {
            continue;
        }
        struct str text;
        const char *wrong = config_text_trim(ctx->arena, config_find(options, str_of(row->config)),
                                             given->string, &text);
        if (wrong != NULL) {
            failures_add(failures, str_of(row->property), "%s", wrong);
            silence(ctx, row, out);
        } else if (!str_is(text, given->string)) {
            const struct value *trimmed = value_string(ctx->arena, text);
            value_map_set_c(ctx->arena, out, row->property,
                            given->secret ? redact_secret(&ctx->redact, trimmed) : trimmed);
        }
    }
    return out;
}

/* Why nothing gives the input. */
static void miss(struct ctx *ctx, const struct provider_options *options,
                 const struct cloud_tables *tables, const struct config *config,
                 const struct scope_row *row, struct value *inputs, struct failures *failures) {
    struct str fault = config_fault(config, row->config);
    if (fault.len > 0) {
        failures_add(failures, str_of(row->property), "is not set here, and %.*s", STR_ARG(fault));
        silence(ctx, row, inputs);
    } else if (row->required) {
        struct str places = config_places(ctx->arena, tables, config_site(config, tables),
                                          config_find(options, str_of(row->config)));
        failures_add(failures, str_of(row->property), "is required: set it here, or by %.*s",
                     STR_ARG(places));
    }
}

static bool is_known(const struct scope_row *row, struct str text) {
    bool found = row->known == NULL || text.len == 0;
    for (const char *const *known = row->known; !found && *known != NULL; known++) {
        found = str_is_c(text, *known);
    }
    return found;
}

/* The service may have more by now. */
static void warn_of_unknown(struct ctx *ctx, struct words from, const struct scope_row *row,
                            const struct value *given) {
    struct words list = words_none();
    if (!value_is_string(given) || is_known(row, given->string)) {
        return;
    }
    struct near near = near_to(given->string);
    for (const char *const *known = row->known; *known != NULL; known++) {
        list = words_join(ctx->arena, list, ", ", words_text(ctx->arena, "%s", *known));
        near_consider(&near, str_of(*known));
    }
    log_warning(&ctx->log,
                "%s: \"%.*s\"%p is not among the values known to this version (%p); it is "
                "passed on as it is%s",
                row->property, STR_ARG(given->string), WORDS_ARG(from), WORDS_ARG(list),
                given->secret ? "" : near_advice(ctx->arena, &near));
}

/* " (from inference:key)", where the value is no program's. */
static struct words from_text(struct ctx *ctx, const struct config *config,
                              const struct scope_row *row, bool is_configured) {
    return is_configured ? words_text(ctx->arena, " (from %p)",
                                      WORDS_ARG(config_place_text(ctx->arena, config, row->config)))
                         : words_none();
}

/* The parts of an id stand between slashes. Of what has to be a number that is said instead. */
static void refuse_slash(struct ctx *ctx, const struct cloud_tables *tables, struct words from,
                         const struct scope_row *row, struct value *inputs,
                         struct failures *failures) {
    const struct value *given = value_get_set(inputs, str_of(row->property));
    const struct prop *prop = prop_find(&tables->props, str_of(row->property));
    struct str part = arena_printf(ctx->arena, "{%s}", row->property);
    bool is_number = prop != NULL && (prop->flags & PROP_NUMERIC) != 0;
    bool is_in_id = !is_number && str_find(str_of(tables->id_import), part) >= 0;
    if (is_in_id && value_is_string(given) && str_find(given->string, STR("/")) >= 0) {
        struct words words =
            failures_with_value(ctx->arena, words_text(ctx->arena, "must not hold a slash"), given);
        failures_add(failures, str_of(row->property), "%p%p", WORDS_ARG(words), WORDS_ARG(from));
        silence(ctx, row, inputs);
    }
}

struct words scope_foreign_site(struct arena *arena, const struct cloud_tables *tables,
                                const struct config *config, const struct value *scope) {
    const char *key = site_config(tables);
    struct str region = key == NULL ? STR_EMPTY : value_text_at(scope, "region");
    if (region.len == 0) {
        return words_none();
    }
    const struct site_row *own = config_site(config, tables);
    const struct site_row *site = site_of(tables, region);
    if (own == NULL || site == NULL || own == site) {
        return words_none();
    }
    return words_text(arena,
                      "\"%.*s\" is of %s, and this provider's credentials are of %s "
                      "(inference:%s is \"%.*s\"): use an explicit provider that is configured "
                      "for it",
                      STR_ARG(region), site->name, own->name, key,
                      STR_ARG(config_text(config, key)));
}

static void check_site(struct ctx *ctx, const struct cloud_tables *tables,
                       const struct config *config, const struct value *inputs,
                       struct failures *failures) {
    struct words wrong = scope_foreign_site(ctx->arena, tables, config, inputs);
    if (wrong.text.len > 0) {
        failures_add(failures, STR("region"), "%p", WORDS_ARG(wrong));
    }
}

void scope_fill(struct ctx *ctx, const struct provider_options *options,
                const struct cloud_tables *tables, const struct prop_table *props,
                const struct config *config, struct value *inputs, struct failures *failures) {
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        const struct prop *prop = prop_find(props, str_of(row->property));
        if (prop == NULL) {
            continue;
        }
        struct str text = config_text(config, row->config);
        bool is_configured = !is_set(inputs, row) && text.len > 0;
        if (is_configured) {
            value_map_set_text(ctx->arena, inputs, row->property, text);
        }
        if (!is_set(inputs, row)) {
            miss(ctx, options, tables, config, row, inputs, failures);
        }
        struct words from = from_text(ctx, config, row, is_configured);
        refuse_slash(ctx, tables, from, row, inputs, failures);
        /* What the program says is compared with the property's own values already. */
        if (is_configured || prop->value_count == 0) {
            warn_of_unknown(ctx, from, row, value_get_set(inputs, str_of(row->property)));
        }
    }
    check_site(ctx, tables, config, inputs, failures);
}

void scope_put(struct ctx *ctx, const struct cloud_tables *tables, const struct value *params,
               struct value *outputs) {
    for (size_t i = 0; i < tables->scope_count; i++) {
        const struct scope_row *row = &tables->scope[i];
        const struct value *value = value_get_set(params, str_of(row->property));
        const struct value *present = value_get_set(outputs, str_of(row->property));
        /* A state may hold a number where a text of one is meant. */
        if (value != NULL && (present == NULL || value_is_number(present))) {
            value_map_set_c(ctx->arena, outputs, row->property, value);
        }
    }
}

void scope_put_unconfigured(struct ctx *ctx, const struct cloud_tables *tables,
                            const struct config *config, const struct value *params,
                            struct value *inputs) {
    scope_put(ctx, tables, params, inputs);
    for (size_t i = 0; i < tables->scope_count; i++) {
        struct str name = str_of(tables->scope[i].property);
        if (str_is(value_text_at(inputs, tables->scope[i].property),
                   config_text(config, tables->scope[i].config))) {
            value_map_remove(inputs, name);
        }
    }
}

bool scope_differs(const struct cloud_tables *tables, const struct value *a,
                   const struct value *b) {
    for (size_t i = 0; i < tables->scope_count; i++) {
        struct str name = str_of(tables->scope[i].property);
        if (!tables->scope[i].shared_names &&
            !value_equal(value_get_set(a, name), value_get_set(b, name))) {
            return true;
        }
    }
    return false;
}

struct words scope_text(const struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct arena *arena = call->ctx->arena;
    struct words scope = words_none();
    for (size_t i = 0; i < tables->scope_count; i++) {
        struct words text = call_told_part(call, tables->scope[i].property);
        if (text.text.len > 0) {
            struct words part =
                words_text(arena, "%s %p", tables->scope[i].property, WORDS_ARG(text));
            scope = words_join(arena, scope, ", ", part);
        }
    }
    return scope;
}
