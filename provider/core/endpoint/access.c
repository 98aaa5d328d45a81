#include "core/endpoint/access.h"

#include <ctype.h>

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/scope.h"

/* Adds the place of one key, unless nothing gives it. */
static struct words with_place(const struct cloud_call *call, struct words places,
                               const char *key) {
    struct arena *arena = call->ctx->arena;
    struct words place = config_place_text(arena, call->config, key);
    return place.text.len == 0 ? places : words_join(arena, places, " and ", place);
}

static struct words places_of(const struct cloud_call *call, const struct operation *operation) {
    if (operation->credential != NULL) {
        return with_place(call, words_none(), operation->credential);
    }
    const struct auth_row *row = call->auth;
    struct words places = words_none();
    if (row != NULL) {
        places = with_place(call, places, row->token);
        places = with_place(call, places, row->access_key);
        places = with_place(call, places, row->secret_key);
        places = with_place(call, places, row->requires);
    }
    return places;
}

static const char *record_text(const struct cloud_call *call, struct words places) {
    bool is_recorded = config_source(call->config) == CONFIG_OF_RESOURCE &&
                       str_find(places.text, STR("inference:")) >= 0;
    return is_recorded ? ", as the state records it for the provider resource (after a change run "
                         "pulumi up first)"
                       : "";
}

/* Requests of an operation with a key of its own are in no role. */
static struct words role_text(const struct cloud_call *call, const struct operation *operation) {
    const struct auth_row *row = operation->credential == NULL ? call->auth : NULL;
    struct str role = row == NULL ? STR_EMPTY : config_text(call->config, row->role);
    struct arena *arena = call->ctx->arena;
    if (role.len == 0) {
        return words_none();
    }
    return words_text(arena, "; the role is %.*s, from %p", STR_ARG(role),
                      WORDS_ARG(config_place_text(arena, call->config, row->role)));
}

struct words access_text(const struct cloud_call *call, const struct operation *operation) {
    struct words places = places_of(call, operation);
    struct words scope = scope_text(call);
    struct words role = role_text(call, operation);
    return words_text(call->ctx->arena, "The credential came from %p%s%p%s%p.", WORDS_ARG(places),
                      record_text(call, places), WORDS_ARG(role),
                      scope.text.len > 0 ? "; asked was " : "", WORDS_ARG(scope));
}

/* As `pulumi do` spells a key in a flag. */
static struct str kebab(struct arena *arena, const char *key) {
    struct str text = str_of(key);
    char *out = arena_alloc_array(arena, text.len + 1, 2);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (isupper((unsigned char)text.ptr[i])) {
            out[len++] = '-';
        }
        out[len++] = (char)tolower((unsigned char)text.ptr[i]);
    }
    return (struct str){out, len};
}

static struct words with_flag(struct arena *arena, struct words flags, const char *key) {
    return key == NULL ? flags
                       : words_join(arena, flags, " ",
                                    words_text(arena, "--inference:%.*s <value>",
                                               STR_ARG(kebab(arena, key))));
}

/* All that one way to sign in takes. */
static struct words flags_of(struct arena *arena, const struct auth_row *row) {
    struct words flags = with_flag(arena, words_none(), row->token);
    flags = with_flag(arena, flags, row->access_key);
    flags = with_flag(arena, flags, row->secret_key);
    return with_flag(arena, flags, row->requires);
}

static struct words of_do(struct arena *arena, const struct auth_row *row) {
    struct words flags = flags_of(arena, row);
    bool several = str_find(flags.text, STR("> ")) >= 0;
    return words_text(arena,
                      "pulumi do reads no stack's configuration: set %s in the environment, "
                      "by %s (%p), or in a file (--provider-file)",
                      several ? "them" : "one", several ? "flags" : "a flag", WORDS_ARG(flags));
}

/* What to set: one key, or two that belong together; and whether there are other ways to sign in.
 */
struct wanted {
    const char *key;
    const char *second; /* NULL: the first will do */
    bool is_choice;
};

static struct wanted wanted_of(const struct cloud_tables *tables, const char *missing) {
    const struct auth_row *row = &tables->auth[0];
    if (missing != NULL) {
        return (struct wanted){.key = missing};
    }
    return (struct wanted){
        .key = row->token != NULL ? row->token : row->access_key,
        .second = row->token != NULL ? row->requires : row->secret_key,
        .is_choice = tables->auth_count > 1,
    };
}

static struct words of_resource(struct arena *arena, const struct wanted *wanted) {
    bool both = wanted->second != NULL;
    return words_text(arena,
                      "Set %s in the program's provider resource and run pulumi up first, "
                      "because refresh and destroy take what the state records; or set %s in the "
                      "environment",
                      both                ? "both"
                      : wanted->is_choice ? "what one way to sign in takes"
                                          : "it",
                      both ? "them" : "it");
}

static struct words of_stack(struct arena *arena, const struct wanted *wanted) {
    bool both = wanted->second != NULL;
    return words_text(arena, "Set %s: pulumi config set --secret inference:%s <value>%s%s%s",
                      both                ? "both with"
                      : wanted->is_choice ? "what one way to sign in takes, such as with"
                                          : "it with",
                      wanted->key, both ? "; and inference:" : "", both ? wanted->second : "",
                      both ? " the same way" : "");
}

struct words access_advice(const struct cloud_call *call, const char *missing) {
    struct arena *arena = call->ctx->arena;
    const struct wanted wanted = wanted_of(call->cloud->tables, missing);
    switch (config_source(call->config)) {
    case CONFIG_OF_STACK:
        break;
    case CONFIG_OF_RESOURCE:
        return of_resource(arena, &wanted);
    case CONFIG_OF_DO:
        return of_do(arena, &call->cloud->tables->auth[0]);
    }
    return of_stack(arena, &wanted);
}

static const struct config_row *row_of(const struct cloud_tables *tables, const char *key) {
    for (size_t i = 0; i < tables->config_count; i++) {
        if (str_is_c(str_of(key), tables->config[i].key)) {
            return &tables->config[i];
        }
    }
    return NULL;
}

struct words access_setting(const struct cloud_call *call, const char *key) {
    struct arena *arena = call->ctx->arena;
    if (config_source(call->config) != CONFIG_OF_DO) {
        return words_text(arena, "inference:%s", key);
    }
    const struct config_row *row = row_of(call->cloud->tables, key);
    const char *name = row != NULL && row->env != NULL ? row->env[0] : NULL;
    return words_text(arena, "%s%s%s--inference:%.*s (pulumi do reads no stack's configuration)",
                      name != NULL ? "the environment variable " : "", name != NULL ? name : "",
                      name != NULL ? ", or the flag " : "the flag ", STR_ARG(kebab(arena, key)));
}
