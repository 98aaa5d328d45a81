#include "core/config.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/signature.h"
#include "base/words.h"
#include "core/config_file.h"
#include "core/config_headers.h"
#include "core/config_profile.h"
#include "core/config_text.h"
#include "core/failures.h"
#include "core/props/path.h"
#include "core/props/prop_key.h"
#include "core/site.h"

#define CONFIG_ARENA_CEILING (4u << 20)

struct config_value {
    const struct config_row *row;
    const struct cloud_tables *tables; /* of its cloud, or NULL */
    const struct site_row *site;       /* whose variables give it, or NULL */
    struct str text;                   /* empty: set nowhere, or not usable */
    struct str place; /* "inference:maasToken", "HW_AUTH_TOKEN", a file; empty for a default */
    const char *kind; /* of the place, before it: "environment variable"; "" when configured */
    struct str fault; /* a whole sentence, or empty: what is wrong with what was found there */
    bool secret;      /* so says the row, or who configured it */
};

struct config {
    struct arena *arena;
    struct config_value *values;
    size_t count;
    config_getenv_fn *getenv;
    enum config_source source;
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

/* `tables` are those of the row's cloud; NULL for a common row. */
typedef bool row_visitor(const struct cloud_tables *tables, const struct config_row *row,
                         void *user);

/* Visits the common rows, then each cloud's; stops when the visitor says true. */
static const struct config_row *visit_rows(const struct provider_options *options,
                                           row_visitor *visit, void *user) {
    for (size_t i = 0; i < common_config_count; i++) {
        if (visit(NULL, &common_config[i], user)) {
            return &common_config[i];
        }
    }
    for (const struct cloud *const *cloud = options->clouds; *cloud != NULL; cloud++) {
        const struct cloud_tables *tables = (*cloud)->tables;
        for (size_t i = 0; i < tables->config_count; i++) {
            if (visit(tables, &tables->config[i], user)) {
                return &tables->config[i];
            }
        }
    }
    return NULL;
}

static bool has_key(const struct cloud_tables *tables, const struct config_row *row, void *user) {
    (void)tables;
    return str_is_c(*(const struct str *)user, row->key);
}

const struct config_row *config_find(const struct provider_options *options, struct str key) {
    return visit_rows(options, has_key, &key);
}

struct str config_places(struct arena *arena, const struct cloud_tables *tables,
                         const struct site_row *site, const struct config_row *row) {
    struct str places = arena_printf(arena, "inference:%s", row->key);
    for (const char *const *name = row->env; name != NULL && *name != NULL; name++) {
        places = arena_printf(arena, "%.*s%s%.*s", STR_ARG(places),
                              name == row->env ? ", the environment: " : ", ",
                              STR_ARG(site_variable(arena, tables, site, *name)));
    }
    for (const char *const *file = row->files; file != NULL && *file != NULL; file++) {
        places = arena_printf(arena, "%.*s%s%s", STR_ARG(places),
                              file == row->files ? ", the files: " : ", ", *file);
    }
    return row->profile == NULL || site == NULL
               ? places
               : arena_printf(arena, "%.*s, a profile of the file %s", STR_ARG(places),
                              site->profile_file);
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

/* Empty of a secret, and of what is no text. */
static struct str told_text(const struct value *value) {
    return value_is_string(value) && !value->secret ? value->string : STR_EMPTY;
}

/* In the words of an input of a wrong type (core/props/prop_check.c), with the value as far as it
 * can be told. */
static const char *no_string(struct arena *arena, const struct config_row *row,
                             const struct value *value) {
    bool is_word = value->kind == VALUE_NUMBER || value->kind == VALUE_BOOL;
    bool is_closed = row->value_count > 0;
    struct str told = is_closed ? failures_value_text(arena, value) : STR_EMPTY;
    const char *expected = is_closed      ? config_text_allowed(arena, row)
                           : row->numeric ? "a whole number, or text of one"
                                          : "a string";
    return arena_printf(
               arena, "must be %s, not %s%s%.*s%s%s", expected, value_kind_name(value->kind),
               told.len > 0 ? " (" : "", STR_ARG(told), told.len > 0 ? ")" : "",
               row->reserved != NULL && value_is_map(value) ? ": write \"Name: value, Name: value\""
               : is_word && !is_closed && !row->numeric     ? ": put it into quotes"
                                                            : "")
        .ptr;
}

/* NULL when the value fits the row or is not known yet, else what is wrong with it. *text receives
 * what it is read as. */
static const char *config_value_text(struct ctx *ctx, const struct config_row *row,
                                     const struct value *raw, struct str *text) {
    const struct value *value = unwrap(ctx, row, raw);
    *text = STR_EMPTY;
    if (value_has_unknown(value)) {
        return NULL;
    }
    switch (row->type) {
    case CONFIG_STRING:
        if (row->numeric && value_is_integer(value)) {
            return config_text_read(ctx->arena, row, value_number_text(ctx->arena, value->number),
                                    text);
        }
        if (value->kind != VALUE_STRING) {
            return no_string(ctx->arena, row, value);
        }
        return config_text_read(ctx->arena, row, value->string, text);
    case CONFIG_BOOLEAN:
        if (value->kind != VALUE_BOOL) {
            return config_text_no_truth(told_text(value));
        }
        *text = value->boolean ? STR("true") : STR("false");
        return NULL;
    case CONFIG_INTEGER:
    case CONFIG_NUMBER:
        if (value->kind != VALUE_NUMBER || !isfinite(value->number)) {
            return config_text_no_number(ctx->arena, row, told_text(value));
        }
        return config_text_read(ctx->arena, row, value_number_text(ctx->arena, value->number),
                                text);
    }
    return NULL;
}

static struct str fault_of(struct arena *arena, const struct config_value *value, const char *kind,
                           const char *wrong) {
    return arena_printf(arena,
                        "the %s%s%.*s, which gives inference:%s, %s: mend it, or set "
                        "inference:%s, which takes precedence",
                        kind, kind[0] == '\0' ? "" : " ", STR_ARG(value->place), value->row->key,
                        wrong, value->row->key);
}

/* Not of what may hold a password or come from a wrong line. */
static bool can_be_told(const struct config_row *row) {
    return !row->secret && (row->type != CONFIG_STRING || row->value_count > 0);
}

/* The value as far as a reason may repeat it; one of a wrong type is in the reason already. */
static const struct value *tellable(const struct config_row *row, const struct value *value) {
    bool is_told = row->type == CONFIG_STRING && value->kind != VALUE_STRING &&
                   !(row->numeric && value_is_integer(value));
    bool is_number = row->numeric && !row->secret;
    return (can_be_told(row) || is_number) && !is_told ? value : NULL;
}

/* What is wrong, with the text where it can be told. */
static const char *wrong_text(struct arena *arena, const struct config_row *row, const char *wrong,
                              struct str raw) {
    const struct value *shown = can_be_told(row) ? value_string(arena, raw) : NULL;
    return failures_with_value(arena, words_text(arena, "%s", wrong), shown).text.ptr;
}

/* Whether the text, from outside the configuration, says anything for the row. What is wrong with
 * it matters only to who needs it, so it is kept. */
static bool take_text(struct arena *arena, struct config_value *value, const char *kind,
                      struct str place, struct str raw) {
    const char *wrong = config_text_read(arena, value->row, raw, &value->text);
    if (wrong == NULL && value->text.len == 0) {
        return false;
    }
    value->place = place;
    value->kind = kind;
    if (wrong != NULL) {
        value->text = STR_EMPTY;
        value->fault = fault_of(arena, value, kind, wrong_text(arena, value->row, wrong, raw));
    }
    return true;
}

static struct str variable_of(struct arena *arena, const struct config_value *value,
                              const char *name) {
    return site_variable(arena, value->tables, value->site, name);
}

static bool take_variable(const struct config *config, struct config_value *value,
                          const char *name) {
    struct str own = variable_of(config->arena, value, name);
    return take_text(config->arena, value, "environment variable", own,
                     str_of(config->getenv(own.ptr)));
}

/* What the file itself makes unusable, or NULL. */
static const char *file_fault(enum config_file_state state) {
    switch (state) {
    case CONFIG_FILE_READ:
    case CONFIG_FILE_MISSING:
        return NULL;
    case CONFIG_FILE_CLOSED:
        return "cannot be read";
    case CONFIG_FILE_LONG:
        return "is longer than any value";
    }
    return NULL;
}

static bool take_file(const struct config *config, struct config_value *value, const char *file) {
    struct str raw;
    struct str path = config_file_path(config->arena, config->getenv, str_of(file));
    const char *wrong = file_fault(config_file_read(config->arena, path, &raw));
    if (wrong == NULL) {
        return take_text(config->arena, value, "file", str_of(file), raw);
    }
    value->place = str_of(file);
    value->kind = "file";
    value->fault = fault_of(config->arena, value, "file", wrong);
    return true;
}

static void take_from_surroundings(const struct config *config, struct config_value *value) {
    const struct config_row *row = value->row;
    for (const char *const *name = row->env; name != NULL && *name != NULL; name++) {
        if (take_variable(config, value, *name)) {
            return;
        }
    }
    for (const char *const *file = row->files; file != NULL && *file != NULL; file++) {
        if (take_file(config, value, *file)) {
            return;
        }
    }
    value->text = str_of(row->default_value);
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

static bool count_row(const struct cloud_tables *tables, const struct config_row *row, void *user) {
    (void)tables;
    (void)row;
    *(size_t *)user += 1;
    return false;
}

static bool is_configured(const struct config_value *value) {
    return str_starts(value->place, STR("inference:"));
}

/* NULL when there is no such key. */
static struct config_value *value_of(const struct config *config, const char *key) {
    for (size_t i = 0; key != NULL && i < config->count; i++) {
        if (strcmp(config->values[i].row->key, key) == 0) {
            return &config->values[i];
        }
    }
    return NULL;
}

static const struct config_value *find_value(const struct config *config, const char *key) {
    static const struct config_value nothing = {
        .text = {"", 0}, .place = {"", 0}, .kind = "", .fault = {"", 0}};
    const struct config_value *value = value_of(config, key);
    return value == NULL ? &nothing : value;
}

static bool build_row(struct build *build, const struct cloud_tables *tables,
                      const struct site_row *site, const struct config_row *row) {
    struct config *config = build->config;
    const struct value *given = configured(build, row);
    struct config_value value = {.row = row,
                                 .tables = tables,
                                 .site = site,
                                 .text = STR_EMPTY,
                                 .kind = "",
                                 .secret = row->secret};
    if (given != NULL) {
        const char *wrong = config_value_text(build->ctx, row, given, &value.text);
        if (wrong != NULL) {
            struct words told =
                failures_with_value(build->ctx->arena, words_text(build->ctx->arena, "%s", wrong),
                                    tellable(row, given));
            build->code =
                ctx_fail(build->ctx, ERR_INVALID, "inference:%s %p", row->key, WORDS_ARG(told));
            return true;
        }
    }
    if (value.text.len > 0) {
        value.place = arena_printf(config->arena, "inference:%s", row->key);
        value.text = arena_str(config->arena, value.text);
        value.secret = row->secret || value_has_secret(given);
    } else {
        take_from_surroundings(config, &value);
    }
    config->values[config->count++] = value;
    return false;
}

static bool says_site(const struct cloud_tables *tables, const struct config_row *row) {
    const char *key = tables == NULL ? NULL : site_config(tables);
    return key != NULL && str_is_c(str_of(row->key), key);
}

/* What says which site the others are of goes first. */
static bool build_site_row(const struct cloud_tables *tables, const struct config_row *row,
                           void *user) {
    return says_site(tables, row) && build_row(user, tables, NULL, row);
}

static bool build_other_row(const struct cloud_tables *tables, const struct config_row *row,
                            void *user) {
    struct build *build = user;
    const char *key = tables == NULL ? NULL : site_config(tables);
    const struct config_value *region = value_of(build->config, key);
    const struct site_row *site = region == NULL ? NULL : site_of(tables, region->text);
    return !says_site(tables, row) && build_row(build, tables, site, row);
}

/* ---- profiles */

static bool is_given(const struct config_value *value) {
    return value->text.len > 0 || value->fault.len > 0;
}

static bool profile_is_configured(const struct config *config, const struct profile_table *table) {
    return is_configured(find_value(config, table->name)) ||
           is_configured(find_value(config, table->file));
}

/* The keys come from one place: a profile gives both, where nothing that goes before it gives one.
 */
static bool wants_profile(const struct config *config, const struct cloud_tables *tables) {
    const struct config_value *access = find_value(config, tables->auth[0].access_key);
    const struct config_value *secret = find_value(config, tables->auth[0].secret_key);
    if (is_configured(access) || is_configured(secret)) {
        return false;
    }
    return profile_is_configured(config, &tables->profile) ||
           (!is_given(access) && !is_given(secret));
}

static struct config_profile_choice choose_profile(const struct config *config,
                                                   const struct cloud_tables *tables) {
    const struct config_value *name = find_value(config, tables->profile.name);
    const struct config_value *file = find_value(config, tables->profile.file);
    struct str usual = file->site == NULL ? STR_EMPTY : str_of(file->site->profile_file);
    return (struct config_profile_choice){
        .file = file->text.len > 0 ? file->text : usual,
        .name = name->text,
        .is_asked_for = name->text.len > 0 || file->text.len > 0,
    };
}

static void take_profile_row(struct config *config, const struct config_profile *profile,
                             struct config_value *value) {
    struct str raw = config_profile_text(config->arena, profile, value->row);
    value->text = STR_EMPTY;
    value->place = STR_EMPTY;
    value->fault = STR_EMPTY;
    if (!take_text(config->arena, value, "", profile->place, raw) &&
        config_profile_needs(profile, value->row)) {
        value->place = profile->place;
        value->fault = fault_of(config->arena, value, "", "lacks what it is made of");
    }
}

/* A secret is taken whole; what else the environment gives goes before a profile that is only
 * found there. */
static bool gives_row(const struct config_value *value, bool goes_first) {
    return value->row->profile != NULL && !is_configured(value) &&
           (value->row->secret || goes_first || !is_given(value));
}

static void take_profile(struct config *config, const struct cloud_tables *tables) {
    struct config_profile profile;
    struct config_profile_choice choice = choose_profile(config, tables);
    config_profile_read(config->arena, config->getenv, &tables->profile, &choice, &profile);
    struct config_value *access = value_of(config, tables->auth[0].access_key);
    if (profile.fault.len > 0 && access != NULL) {
        access->text = STR_EMPTY;
        access->place = profile.place;
        access->kind = "";
        access->fault =
            fault_of(config->arena, access, "", arena_str(config->arena, profile.fault).ptr);
    }
    bool goes_first = profile_is_configured(config, &tables->profile);
    for (size_t i = 0; profile.members != NULL && i < config->count; i++) {
        if (config->values[i].tables == tables && gives_row(&config->values[i], goes_first)) {
            take_profile_row(config, &profile, &config->values[i]);
        }
    }
}

static void take_profiles(struct config *config, const struct provider_options *options) {
    for (const struct cloud *const *cloud = options->clouds; *cloud != NULL; cloud++) {
        const struct cloud_tables *tables = (*cloud)->tables;
        if (tables->profile.name != NULL && wants_profile(config, tables)) {
            take_profile(config, tables);
        }
    }
}

/* "user:password" of "user:password@host:port"; empty without one. */
static struct str login_of(struct str authority) {
    size_t end = authority.len;
    while (end > 0 && authority.ptr[end - 1] != '@') {
        end--;
    }
    return str_slice(authority, 0, end > 0 ? end - 1 : 0);
}

static void know_login(struct redact *secrets, struct str login) {
    struct str password;
    (void)str_split(login, ':', &password);
    redact_add(secrets, login);
    redact_add(secrets, password);
}

static void know_login_of(struct redact *secrets, struct str url) {
    ptrdiff_t scheme = str_find(url, STR("://"));
    struct str behind = str_slice(url, scheme < 0 ? 0 : (size_t)scheme + 3, url.len);
    struct str path;
    struct str login = login_of(str_split(behind, '/', &path));
    know_login(secrets, login.len > 0 ? login : login_of(behind));
}

/* Those of the environment hold for all clouds, and curl names one that it cannot use: such as one
 * with a slash in its password, which would have to be escaped. */
static void know_proxies(struct config *config) {
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        know_login_of(&config->secrets, str_of(config->getenv(names[i])));
    }
}

/* The parts of a value that show up alone. */
static void know_parts(struct config *config, const struct config_value *value) {
    struct config_headers headers = {0};
    if (value->row->proxy) {
        know_login_of(&config->secrets, value->text);
    }
    if (value->row->reserved != NULL) {
        (void)config_headers_read(config->arena, value->text, value->row->reserved, &headers);
    }
    for (size_t i = 0; i < headers.count; i++) {
        redact_add(&config->secrets, headers.items[i].value);
    }
}

static void know_secrets(struct config *config) {
    redact_init(&config->secrets, config->arena);
    know_proxies(config);
    for (size_t i = 0; i < config->count; i++) {
        if (config->values[i].secret) {
            redact_add(&config->secrets, config->values[i].text);
            know_parts(config, &config->values[i]);
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
    config->source = request->source;
    config->values = ARENA_ARRAY(arena, rows, struct config_value);
    struct build build = {
        .ctx = ctx, .options = options, .request = request, .config = config, .code = ERR_OK};
    if (visit_rows(options, build_site_row, &build) == NULL) {
        (void)visit_rows(options, build_other_row, &build);
    }
    if (build.code != ERR_OK) {
        arena_free(arena);
        return build.code;
    }
    take_profiles(config, options);
    know_secrets(config);
    *out = config;
    return ERR_OK;
}

void config_free(struct config *config) {
    if (config != NULL) {
        arena_free(config->arena);
    }
}

struct str config_text(const struct config *config, const char *key) {
    return find_value(config, key)->text;
}

struct str config_place(const struct config *config, const char *key) {
    return find_value(config, key)->place;
}

bool config_is_secret(const struct config *config, const char *key) {
    return find_value(config, key)->secret;
}

enum config_source config_source(const struct config *config) {
    return config->source;
}

struct words config_place_text(struct arena *arena, const struct config *config, const char *key) {
    const struct config_value *value = find_value(config, key);
    if (value->place.len == 0 || is_configured(value)) {
        return words_own(arena, value->place);
    }
    return words_text(arena, "the %s%s%p", value->kind, value->kind[0] == '\0' ? "" : " ",
                      WORDS_ARG(words_own(arena, value->place)));
}

const struct site_row *config_site(const struct config *config, const struct cloud_tables *tables) {
    return site_of(tables, config_text(config, site_config(tables)));
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

struct str config_fault(const struct config *config, const char *key) {
    return find_value(config, key)->fault;
}

enum err_code config_refuse_faults(struct ctx *ctx, const struct config *config,
                                   const struct cloud_tables *tables) {
    for (size_t i = 0; i < tables->config_count; i++) {
        struct str fault = config_fault(config, tables->config[i].key);
        if (fault.len > 0) {
            return ctx_fail(ctx, ERR_INVALID, "%s: %.*s", tables->title, STR_ARG(fault));
        }
    }
    return ERR_OK;
}

/* One more variable for a key, beside those of its row. */
static enum err_code read_variable(struct ctx *ctx, const struct config *config,
                                   const struct config_row *row, const char *name,
                                   struct str *out) {
    struct config_value value = {.row = row, .text = STR_EMPTY};
    const char *wrong = config_text_read(ctx->arena, row, str_of(config->getenv(name)), out);
    if (wrong == NULL) {
        return ERR_OK;
    }
    value.place = str_of(name);
    struct str fault = fault_of(ctx->arena, &value, "environment variable", wrong);
    return ctx_fail(ctx, ERR_INVALID, "%.*s", STR_ARG(fault));
}

enum err_code config_text_beside(struct ctx *ctx, const struct config *config, const char *key,
                                 const char *other, struct str *out) {
    const struct config_value *value = find_value(config, key);
    struct str family = family_of(config_place(config, other));
    *out = STR_EMPTY;
    if (str_is(family_of(value->place), family)) {
        *out = value->text;
        return ERR_OK;
    }
    const char *const *name = value->row == NULL ? NULL : value->row->env;
    for (; name != NULL && *name != NULL && out->len == 0; name++) {
        struct str own = variable_of(ctx->arena, value, *name);
        if (str_is(family_of(own), family)) {
            TRY(read_variable(ctx, config, value->row, own.ptr, out));
        }
    }
    return ERR_OK;
}

enum err_code config_text_env(struct ctx *ctx, const struct config *config, const char *key,
                              struct str name, struct str *out) {
    const struct config_row *row = find_value(config, key)->row;
    *out = STR_EMPTY;
    return row == NULL ? ERR_OK : read_variable(ctx, config, row, name.ptr, out);
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
    redact_share(redact, config == NULL ? NULL : &config->secrets);
}

/* A key that is none, and those that it may mean. */
struct unknown_key {
    struct arena *arena;
    struct str plain;
    const char *cloud;   /* whose prefix it has; NULL: nobody's */
    struct words others; /* without its prefix it is these */
    size_t other_count;
    const char *best;
    size_t distance;
    struct words known; /* of the cloud */
    const char *head;   /* the first that begins so */
    size_t head_count;
};

/* A key of fewer letters is no beginning of another one. */
#define MIN_KEY_HEAD 5

static void consider_head(struct unknown_key *unknown, const struct config_row *row) {
    struct str head = str_slice(str_of(row->key), 0, unknown->plain.len);
    if (unknown->plain.len >= MIN_KEY_HEAD && str_is_nocase(head, unknown->plain)) {
        unknown->head = unknown->head_count == 0 ? row->key : unknown->head;
        unknown->head_count++;
    }
}

/* Behind the cloud's name; empty where the key does not begin with it. */
static struct str behind_prefix(const struct cloud_tables *tables, struct str key) {
    size_t len = tables == NULL ? 0 : strlen(tables->name);
    bool has_it =
        len > 0 && key.len > len && str_is_nocase(str_slice(key, 0, len), str_of(tables->name));
    return has_it ? str_slice(key, len, key.len) : STR_EMPTY;
}

static bool find_cloud(const struct cloud_tables *tables, const struct config_row *row,
                       void *user) {
    struct unknown_key *unknown = user;
    (void)row;
    if (behind_prefix(tables, unknown->plain).len > 0) {
        unknown->cloud = tables->name;
    }
    return unknown->cloud != NULL;
}

static bool consider_key(const struct cloud_tables *tables, const struct config_row *row,
                         void *user) {
    struct unknown_key *unknown = user;
    struct str key = str_of(row->key);
    struct words name = words_text(unknown->arena, "\"%s\"", row->key);
    bool is_of_cloud = tables != NULL && unknown->cloud == tables->name;
    if (is_of_cloud) {
        unknown->known = words_join(unknown->arena, unknown->known, ", ", name);
    }
    if (str_is_nocase(behind_prefix(tables, key), unknown->plain)) {
        unknown->others = words_join(unknown->arena, unknown->others, ", ", name);
        unknown->other_count++;
    }
    consider_head(unknown, row);
    size_t distance = str_distance(unknown->plain, key);
    if ((is_of_cloud || unknown->cloud == NULL) && distance < unknown->distance) {
        unknown->best = row->key;
        unknown->distance = distance;
    }
    return false;
}

/* The engine's own name for the key, and other spellings of it, mean the same. */
static struct str plain_key(struct arena *arena, struct str key) {
    struct str space = STR("inference:");
    return prop_key_squeeze(arena,
                            str_starts(key, space) ? str_slice(key, space.len, key.len) : key);
}

static void unknown_key(const struct provider_options *options, struct str key, struct str path,
                        struct failures *failures) {
    struct arena *arena = failures->ctx->arena;
    struct unknown_key unknown = {.arena = arena,
                                  .plain = plain_key(arena, key),
                                  .others = words_none(),
                                  .distance = 4,
                                  .known = words_none()};
    (void)visit_rows(options, find_cloud, &unknown);
    (void)visit_rows(options, consider_key, &unknown);
    if (unknown.best != NULL && (unknown.distance == 0 || unknown.other_count == 0)) {
        failures_add(failures, path, "unknown configuration key; did you mean \"%s\"?",
                     unknown.best);
    } else if (unknown.other_count > 0) {
        failures_add(failures, path, "unknown configuration key; did you mean %s%p?",
                     unknown.other_count > 1 ? "one of " : "", WORDS_ARG(unknown.others));
    } else if (unknown.head_count == 1) {
        failures_add(failures, path, "unknown configuration key; did you mean \"%s\"?",
                     unknown.head);
    } else if (unknown.known.text.len > 0) {
        failures_add(failures, path, "unknown configuration key; of this cloud there are %p",
                     WORDS_ARG(unknown.known));
    } else {
        failures_add(
            failures, path,
            "unknown configuration key; docs/installation-configuration.md lists those there are");
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
            failures_add_value(failures, path, tellable(row, value), "%s", wrong);
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
