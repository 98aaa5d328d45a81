#include "core/endpoint/access.h"

#include <ctype.h>

#include "core/config.h"
#include "core/endpoint/scope.h"

/* Adds the place of one key, unless nothing gives it. */
static struct str with_place(const struct cloud_call *call, struct str places, const char *key) {
    struct arena *arena = call->ctx->arena;
    struct str place = config_place_text(arena, call->config, key);
    return place.len == 0 ? places : arena_join(arena, places, " and ", place);
}

static struct str places_of(const struct cloud_call *call, const struct operation *operation) {
    if (operation->credential != NULL) {
        return with_place(call, STR_EMPTY, operation->credential);
    }
    const struct auth_row *row = call->auth;
    struct str places = STR_EMPTY;
    if (row != NULL) {
        places = with_place(call, places, row->token);
        places = with_place(call, places, row->access_key);
        places = with_place(call, places, row->secret_key);
        places = with_place(call, places, row->requires);
    }
    return places;
}

static const char *record_text(const struct cloud_call *call, struct str places) {
    bool is_recorded = config_source(call->config) == CONFIG_OF_RESOURCE &&
                       str_find(places, STR("inference:")) >= 0;
    return is_recorded ? ", as the state records it for the provider resource (after a change run "
                         "pulumi up first)"
                       : "";
}

struct str access_text(const struct cloud_call *call, const struct operation *operation) {
    struct str places = places_of(call, operation);
    struct str scope = scope_text(call->ctx->arena, call->cloud->tables, call->params);
    return arena_printf(call->ctx->arena, "The credential came from %.*s%s%s%.*s.", STR_ARG(places),
                        record_text(call, places), scope.len > 0 ? "; asked was " : "",
                        STR_ARG(scope));
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

static const char *first_key(const struct auth_row *row) {
    const char *key = row->token != NULL ? row->token : row->access_key;
    return key != NULL ? key : row->requires;
}

struct str access_advice(const struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    const char *key = first_key(&call->cloud->tables->auth[0]);
    switch (config_source(call->config)) {
    case CONFIG_OF_STACK:
        break;
    case CONFIG_OF_RESOURCE:
        return STR("Set one in the program's provider resource and run pulumi up first, because "
                   "refresh and destroy take what the state records; or set it in the environment");
    case CONFIG_OF_DO:
        return arena_printf(arena,
                            "pulumi do reads no stack's configuration: set one in the environment, "
                            "by a flag (--inference:%.*s <value>), or in a file (--provider-file)",
                            STR_ARG(kebab(arena, key)));
    }
    return STR("Set one with: pulumi config set --secret <key> <value>");
}
