#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "clouds/registry.h"
#include "core/methods/diagnose.h"
#include "rest/transport_curl.h"

#define OWN_CEILING ((size_t)64 << 20)

static struct str own_key(struct str key) {
    struct str rest;
    struct str package = str_split(key, ':', &rest);
    if (rest.ptr == NULL) {
        return key;
    }
    return str_is_c(package, "inference") ? rest : STR_EMPTY;
}

/* A value, or {"value": ..., "secret": ...} around it. */
static const struct value *own_value(struct arena *arena, const struct value *value) {
    const struct value *inner = value_get_c(value, "value");
    if (inner == NULL) {
        return value;
    }
    return value_with_secret(arena, inner, value_is_true(value_get_c(value, "secret")));
}

static struct value *own_settings(struct arena *arena, const struct value *all) {
    struct value *own = value_map(arena);
    for (size_t i = 0; i < all->map.count; i++) {
        struct str key = own_key(all->map.entries[i].key);
        if (key.len > 0) {
            value_map_set(arena, own, key, own_value(arena, all->map.entries[i].value));
        }
    }
    return own;
}

/* False when the variable holds something else. */
static bool read_configuration(struct arena *arena, const struct value **out) {
    struct str text = str_trim(str_of(getenv("PULUMI_CONFIG")));
    struct value *all = value_map(arena);
    struct str why;
    if (text.len > 0 && (!json_parse(arena, text, &all, &why) || all->kind != VALUE_MAP)) {
        return false;
    }
    *out = own_settings(arena, all);
    return true;
}

static bool examine(struct ctx *ctx, const struct value *configuration) {
    struct diagnosis diagnosis;
    diagnosis_init(&diagnosis);
    const struct provider_options options = {.clock = ctx->clock,
                                             .observer = &diagnosis.observer,
                                             .open_transport = transport_curl_open,
                                             .clouds = cloud_registry};
    struct provider *provider = provider_new(&options);
    diagnosis_run(&diagnosis, provider, ctx, configuration);
    struct str text = buf_str(&diagnosis.text);
    (void)fwrite(text.ptr, 1, text.len, stdout); /* whether it got there is main's to look at */
    bool is_well = diagnosis.faults == 0;
    provider_free(provider);
    diagnosis_cleanup(&diagnosis);
    return is_well;
}

bool doctor_run(void) {
    struct arena *arena = arena_new(OWN_CEILING);
    struct ctx ctx = {
        .arena = arena, .cancel = cancel_new(NULL, &clock_system), .clock = &clock_system};
    redact_init(&ctx.redact, arena);
    ctx.log.redact = &ctx.redact;
    ctx.log.arena = arena;
    error_clear(&ctx.error);
    const struct value *configuration = NULL;
    bool is_well = false;
    if (read_configuration(arena, &configuration)) {
        is_well = examine(&ctx, configuration);
    } else {
        fputs("PULUMI_CONFIG is no JSON object\n", stderr);
    }
    cancel_free(ctx.cancel);
    arena_free(arena);
    return is_well;
}
