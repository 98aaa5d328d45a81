#include "core/config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/signature.h"
#include "core/props/path.h"
#include "rest/url.h"

#define MAX_FILE_BYTES 65536
#define CONFIG_ARENA_CEILING (4u << 20)

struct config_value {
    const struct config_row *row;
    struct str text;  /* empty: set nowhere */
    struct str place; /* "inference:maasToken", "HW_AUTH_TOKEN", a file; empty for a default */
};

struct config {
    struct arena *arena;
    struct config_value *values;
    size_t count;
    const char *(*getenv)(const char *name);
    struct redact secrets; /* in every form, once for all calls */
};

/* Keys the engine puts beside ours. */
static bool is_engine_key(struct str key) {
    static const char *const keys[] = {"version", "pluginDownloadURL", "pluginChecksums",
                                       "parameterization", "envVarMappings"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (str_is_c(key, keys[i])) {
            return true;
        }
    }
    return str_starts(key, STR("__"));
}

typedef bool row_visitor(const struct config_row *row, void *user);

/* Visits the common rows, then each cloud's; stops when the visitor says true. */
static const struct config_row *visit_rows(const struct provider_options *options,
                                           row_visitor *visit, void *user) {
    for (size_t i = 0; i < common_config_count; i++) {
        if (visit(&common_config[i], user)) {
            return &common_config[i];
        }
    }
    for (const struct cloud *const *cloud = options->clouds; *cloud != NULL; cloud++) {
        const struct cloud_tables *tables = (*cloud)->tables;
        for (size_t i = 0; i < tables->config_count; i++) {
            if (visit(&tables->config[i], user)) {
                return &tables->config[i];
            }
        }
    }
    return NULL;
}

static bool has_key(const struct config_row *row, void *user) {
    return str_is_c(*(const struct str *)user, row->key);
}

const struct config_row *config_find(const struct provider_options *options, struct str key) {
    return visit_rows(options, has_key, &key);
}

struct str config_places(struct arena *arena, const struct config_row *row) {
    struct str places = arena_printf(arena, "inference:%s", row->key);
    for (const char *const *name = row->env; name != NULL && *name != NULL; name++) {
        places = arena_printf(arena, "%.*s%s%s", STR_ARG(places),
                              name == row->env ? ", the environment: " : ", ", *name);
    }
    for (const char *const *file = row->files; file != NULL && *file != NULL; file++) {
        places = arena_printf(arena, "%.*s%s%s", STR_ARG(places),
                              file == row->files ? ", the files: " : ", ", *file);
    }
    return places;
}

/* A value of a non-string key may be JSON text, and that may hold a secret's wrapper or stand for
 * an unknown. */
static const struct value *unwrap(struct ctx *ctx, const struct config_row *row,
                                  const struct value *value) {
    if (row->type == CONFIG_STRING || value->kind != VALUE_STRING) {
        return value;
    }
    struct value *parsed = NULL;
    struct str why;
    if (!json_parse(ctx->arena, value->string, &parsed, &why)) {
        return value;
    }
    const struct value *inner = value_get_c(parsed, "value");
    if (value_get_c(parsed, SIGNATURE_KEY) == NULL || inner == NULL) {
        inner = parsed;
    }
    bool unknown = inner->kind == VALUE_STRING && signature_is_unknown(inner->string);
    return unknown ? value_unknown(ctx->arena) : inner;
}

/* "host" and "host:port" will do, as the services' own clients take them. */
static struct str with_scheme(struct arena *arena, struct str url) {
    return str_find(url, STR("://")) >= 0 ? url : arena_printf(arena, "https://%.*s", STR_ARG(url));
}

/* What a request can be sent to: paths are put behind it. */
static bool is_base_url(struct str url) {
    struct url_parts parts;
    return url_split(url, &parts) && str_find(url, STR("?")) < 0 &&
           (url_is_https(&parts) || url_is_loopback(&parts));
}

static const char *check_text(struct arena *arena, const struct config_row *row, struct str text) {
    if (row->url && !is_base_url(with_scheme(arena, text))) {
        return "must be a URL (https://host, or http:// for this machine) without a user name or a query";
    }
    if (row->value_count == 0) {
        return NULL;
    }
    for (size_t i = 0; i < row->value_count; i++) {
        if (str_is_c(text, row->values[i].value)) {
            return NULL;
        }
    }
    return "is not one of the allowed values";
}

/* NULL when the value fits the row or is not known yet, else what is wrong with it. *text receives
 * its spelling. */
static const char *config_value_text(struct ctx *ctx, const struct config_row *row,
                                     const struct value *raw, struct str *text) {
    const struct value *value = unwrap(ctx, row, raw);
    *text = STR_EMPTY;
    if (value_has_unknown(value)) {
        return NULL;
    }
    switch (row->type) {
    case CONFIG_STRING:
        if (value->kind != VALUE_STRING) {
            return "must be a string";
        }
        *text = value->string;
        return text->len == 0 ? NULL : check_text(ctx->arena, row, *text);
    case CONFIG_INTEGER:
    case CONFIG_NUMBER:
        if (value->kind != VALUE_NUMBER || !isfinite(value->number)) {
            return "must be a number";
        }
        if (row->type == CONFIG_INTEGER && floor(value->number) != value->number) {
            return "must be a whole number";
        }
        if (row->has_min && value->number < row->min) {
            return "is below the smallest allowed number";
        }
        *text = value_number_text(ctx->arena, value->number);
        return NULL;
    }
    return NULL;
}

/* "$NAME/rest" and "~/rest"; empty when the variable is not set. */
static struct str expand_file(struct arena *arena, const char *(*env)(const char *),
                              const char *template) {
    struct str path = str_of(template);
    const char *base = NULL;
    struct str rest = path;
    if (path.ptr[0] == '~') {
        base = env("HOME");
        rest = str_slice(path, 1, path.len);
    } else if (path.ptr[0] == '$') {
        ptrdiff_t slash = str_find(path, STR("/"));
        size_t end = slash < 0 ? path.len : (size_t)slash;
        base = env(arena_str(arena, str_slice(path, 1, end)).ptr);
        rest = str_slice(path, end, path.len);
    } else {
        base = "";
    }
    return base == NULL ? STR_EMPTY : arena_printf(arena, "%s%.*s", base, STR_ARG(rest));
}

static struct str read_file(struct arena *arena, struct str path) {
    if (path.len == 0) {
        return STR_EMPTY;
    }
    FILE *file = fopen(path.ptr, "re");
    if (file == NULL) {
        return STR_EMPTY;
    }
    char *text = arena_alloc(arena, MAX_FILE_BYTES);
    size_t len = fread(text, 1, MAX_FILE_BYTES - 1, file);
    (void)fclose(file);
    return arena_str(arena, str_trim((struct str){text, len}));
}

static struct str from_surroundings(struct arena *arena, const char *(*env)(const char *),
                                    const struct config_row *row, struct str *place) {
    for (const char *const *name = row->env; name != NULL && *name != NULL; name++) {
        const char *text = env(*name);
        if (text != NULL && text[0] != '\0') {
            *place = str_of(*name);
            return arena_str(arena, str_of(text));
        }
    }
    for (const char *const *file = row->files; file != NULL && *file != NULL; file++) {
        struct str text = read_file(arena, expand_file(arena, env, *file));
        if (text.len > 0) {
            *place = str_of(*file);
            return text;
        }
    }
    return row->default_value == NULL ? STR_EMPTY : str_of(row->default_value);
}

struct build {
    struct ctx *ctx;
    const struct provider_options *options;
    const struct configure_request *request;
    struct config *config;
    enum err_code code;
};

static const char *process_env(const char *name) {
    return getenv(name);
}

static const struct value *configured(struct build *build, const struct config_row *row) {
    struct str key = str_of(row->key);
    if (build->request->args != NULL) {
        return value_get_set(build->request->args, key);
    }
    struct str full = arena_printf(build->ctx->arena, "inference:config:%s", row->key);
    return value_get_set(build->request->variables, full);
}

static bool count_row(const struct config_row *row, void *user) {
    (void)row;
    *(size_t *)user += 1;
    return false;
}

static bool build_row(const struct config_row *row, void *user) {
    struct build *build = user;
    struct config *config = build->config;
    const struct value *value = configured(build, row);
    struct str place = STR_EMPTY;
    struct str text = STR_EMPTY;
    if (value != NULL) {
        const char *wrong = config_value_text(build->ctx, row, value, &text);
        if (wrong != NULL) {
            build->code = ctx_fail(build->ctx, ERR_INVALID, "inference:%s %s", row->key, wrong);
            return true;
        }
    }
    if (text.len > 0) {
        place = arena_printf(config->arena, "inference:%s", row->key);
        text = arena_str(config->arena, text);
    } else {
        text = from_surroundings(config->arena, config->getenv, row, &place);
    }
    while (row->url && str_ends(text, STR("/"))) {
        text = arena_str(config->arena, str_slice(text, 0, text.len - 1));
    }
    if (row->strip != NULL && str_ends(text, str_of(row->strip))) {
        text = arena_str(config->arena, str_slice(text, 0, text.len - strlen(row->strip)));
    }
    if (row->complete_end != NULL && str_ends(text, str_of(row->complete_end))) {
        text = arena_printf(config->arena, "%.*s%s", STR_ARG(text), row->complete_with);
    }
    if (row->url && text.len > 0) {
        text = with_scheme(config->arena, text);
    }
    config->values[config->count++] =
        (struct config_value){.row = row, .text = text, .place = place};
    return false;
}

static void know_secrets(struct config *config) {
    redact_init(&config->secrets, config->arena);
    for (size_t i = 0; i < config->count; i++) {
        if (config->values[i].row->secret) {
            redact_add(&config->secrets, config->values[i].text);
        }
    }
}

enum err_code config_new(struct ctx *ctx, const struct provider_options *options,
                         const struct configure_request *request, struct config **out) {
    struct arena *arena = arena_new(CONFIG_ARENA_CEILING);
    struct config *config = ARENA_NEW(arena, struct config);
    size_t rows = 0;
    (void)visit_rows(options, count_row, &rows);
    config->arena = arena;
    config->getenv = options->getenv != NULL ? options->getenv : process_env;
    config->values = ARENA_ARRAY(arena, rows, struct config_value);
    struct build build = {
        .ctx = ctx, .options = options, .request = request, .config = config, .code = ERR_OK};
    (void)visit_rows(options, build_row, &build);
    if (build.code != ERR_OK) {
        arena_free(arena);
        return build.code;
    }
    know_secrets(config);
    *out = config;
    return ERR_OK;
}

void config_free(struct config *config) {
    if (config != NULL) {
        arena_free(config->arena);
    }
}

static const struct config_value *find_value(const struct config *config, const char *key) {
    static const struct config_value nothing = {.text = {"", 0}, .place = {"", 0}};
    for (size_t i = 0; key != NULL && i < config->count; i++) {
        if (str_is_c(str_of(config->values[i].row->key), key)) {
            return &config->values[i];
        }
    }
    return &nothing;
}

struct str config_text(const struct config *config, const char *key) {
    return find_value(config, key)->text;
}

struct str config_place(const struct config *config, const char *key) {
    return find_value(config, key)->place;
}

/* "inference" for what is configured, the first word of an environment variable's name. */
static struct str family_of(struct str place) {
    size_t len = 0;
    while (len < place.len && strchr(":_", place.ptr[len]) == NULL) {
        len++;
    }
    return str_slice(place, 0, len);
}

bool config_is_one_family(const struct config *config, const char *a, const char *b) {
    return str_is(family_of(config_place(config, a)), family_of(config_place(config, b)));
}

struct str config_text_beside(const struct config *config, const char *key, const char *other) {
    const struct config_value *value = find_value(config, key);
    struct str family = family_of(config_place(config, other));
    if (str_is(family_of(value->place), family)) {
        return value->text;
    }
    const char *const *name = value->row == NULL ? NULL : value->row->env;
    for (; name != NULL && *name != NULL; name++) {
        const char *text = config->getenv(*name);
        if (text != NULL && str_is(family_of(str_of(*name)), family)) {
            return str_of(text);
        }
    }
    return STR_EMPTY;
}

struct str config_env(const struct config *config, struct str name) {
    const char *text = config->getenv(name.ptr);
    return text == NULL ? STR_EMPTY : str_of(text);
}

/* More than anybody means, and still fit for an int. */
#define LARGEST_NUMBER 1e9

double config_number(const struct config *config, const char *key, double otherwise) {
    struct str text = config_text(config, key);
    char *end = NULL;
    double number = text.len == 0 ? otherwise : strtod(text.ptr, &end);
    return end == text.ptr ? otherwise : fmin(number, LARGEST_NUMBER);
}

void config_redact(const struct config *config, struct redact *redact) {
    redact_share(redact, &config->secrets);
}

struct nearest_key {
    struct str key;
    const char *best;
    size_t distance;
};

static bool consider_key(const struct config_row *row, void *user) {
    struct nearest_key *nearest = user;
    size_t distance = str_distance(nearest->key, str_of(row->key));
    if (distance < nearest->distance) {
        nearest->best = row->key;
        nearest->distance = distance;
    }
    return false;
}

static void unknown_key(const struct provider_options *options, struct str key, struct str path,
                        struct failures *failures) {
    struct nearest_key nearest = {.key = key, .distance = 4};
    (void)visit_rows(options, consider_key, &nearest);
    if (nearest.best != NULL) {
        failures_add(failures, path, "unknown configuration key; did you mean \"%s\"?",
                     nearest.best);
    } else {
        failures_add(failures, path,
                     "unknown configuration key; the README lists those this provider has");
    }
}

void config_check(struct ctx *ctx, const struct provider_options *options, const struct value *news,
                  struct failures *failures, const struct value **out) {
    struct value *checked = value_map(ctx->arena);
    for (size_t i = 0; news != NULL && i < news->map.count; i++) {
        struct str key = news->map.entries[i].key;
        const struct value *value = news->map.entries[i].value;
        struct str path = path_member(ctx->arena, STR_EMPTY, key);
        const struct config_row *row = config_find(options, key);
        if (row != NULL && row->secret) {
            redact_add_value(&ctx->redact, value_with_secret(ctx->arena, value, true));
        }
        if (row == NULL && !is_engine_key(key)) {
            unknown_key(options, key, path, failures);
            continue;
        }
        if (value_is_null(value)) {
            continue;
        }
        struct str text;
        const char *wrong = row == NULL ? NULL : config_value_text(ctx, row, value, &text);
        if (wrong != NULL) {
            failures_add(failures, path, "%s", wrong);
        }
        bool secret = value->secret || (row != NULL && row->secret);
        value_map_set(ctx->arena, checked, key,
                      secret ? value_with_secret(ctx->arena, value, true) : value);
    }
    *out = checked;
}

static void diff_keys(const struct provider_options *options, const struct value *from,
                      const struct value *to, bool forward, struct diff_list *diffs) {
    for (size_t i = 0; from != NULL && i < from->map.count; i++) {
        struct str key = from->map.entries[i].key;
        const struct value *here = from->map.entries[i].value;
        const struct value *there = value_get_set(to, key);
        struct str path = path_member(diffs->ctx->arena, STR_EMPTY, key);
        if (config_find(options, key) == NULL || value_is_null(here)) {
            continue;
        }
        if (there == NULL) {
            diff_list_add(diffs, path, forward ? DIFF_DELETE : DIFF_ADD, false);
        } else if (forward && !value_equal(here, there)) {
            diff_list_add(diffs, path, DIFF_UPDATE, false);
        }
    }
}

void config_diff(const struct provider_options *options, const struct value *olds,
                 const struct value *news, struct diff_list *diffs) {
    diff_keys(options, olds, news, true, diffs);
    diff_keys(options, news, olds, false, diffs);
}
