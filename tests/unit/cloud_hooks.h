#ifndef CLOUD_HOOKS_H
#define CLOUD_HOOKS_H

#include "clouds/clouds.h"
#include "core/config.h"
#include "core/failures.h"
#include "trees.h"

/* The hooks of a cloud that send nothing, on trees written as JSON. */

static inline const char *hooks_no_environment(const char *name) {
    (void)name;
    return NULL;
}

/* Freed by the caller. */
static inline struct config *hooks_config(const struct cloud *cloud, const char *settings) {
    const struct cloud *const clouds[] = {cloud, NULL};
    const struct provider_options options = {.getenv = hooks_no_environment, .clouds = clouds};
    const struct configure_request request = {.args = tree(arena, settings)};
    struct config *config = NULL;
    CHECK_INT(config_new(&fixture.ctx, &options, &request, &config), ERR_OK);
    return config;
}

/* What the hook `check` refuses. */
static inline struct failures hooks_failures(const struct cloud *cloud, const char *olds,
                                             const char *inputs) {
    struct config *config = hooks_config(cloud, "{}");
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    const struct cloud_check check = {.ctx = &fixture.ctx,
                                      .cloud = cloud,
                                      .config = config,
                                      .olds = olds == NULL ? NULL : tree(arena, olds),
                                      .inputs = tree(arena, inputs),
                                      .failures = &failures};
    cloud->hooks.check(&check);
    config_free(config);
    return failures;
}

/* "path: reason" of each, one a line. */
static inline struct str hooks_check(const struct cloud *cloud, const char *olds,
                                     const char *inputs) {
    struct failures failures = hooks_failures(cloud, olds, inputs);
    struct str lines = STR_EMPTY;
    for (size_t i = 0; i < failures.count; i++) {
        lines = arena_printf(arena, "%.*s%.*s: %.*s\n", STR_ARG(lines),
                             STR_ARG(failures.items[i].property),
                             STR_ARG(failures.items[i].reason.text));
    }
    return lines;
}

/* The paths alone, where the black-box tests have the words. */
static inline struct str hooks_refused(const struct cloud *cloud, const char *olds,
                                       const char *inputs) {
    struct failures failures = hooks_failures(cloud, olds, inputs);
    struct str paths = STR_EMPTY;
    for (size_t i = 0; i < failures.count; i++) {
        paths = arena_join(arena, paths, ", ", failures.items[i].property);
    }
    return paths;
}

/* A copy that is private all the way down, as hooks are given what they may change. */
static inline struct value *hooks_private(const char *text) {
    return value_copy(arena, tree(arena, text));
}

static inline const struct value *hooks_derive(const struct cloud *cloud, const char *settings,
                                               const char *outputs) {
    struct config *config = hooks_config(cloud, settings);
    struct value *out = hooks_private(outputs);
    cloud->hooks.derive(&fixture.ctx, config, out, out);
    const struct value *target = value_copy(arena, value_get_c(out, "target"));
    config_free(config);
    return target;
}

static inline const struct value *hooks_normalise(const struct cloud *cloud, const char *wire) {
    return cloud->hooks.normalise(&fixture.ctx, tree(arena, wire));
}

static inline const struct value *hooks_choose_spelling(const struct cloud *cloud,
                                                        const char *inputs, const char *decoded) {
    struct value *out = hooks_private(decoded);
    cloud->hooks.choose_spelling(&fixture.ctx, tree(arena, inputs), out);
    return out;
}

/* The inputs of an import of what the cloud shows as `wire`. */
static inline const struct value *hooks_import(const struct cloud *cloud, const char *wire,
                                               const char *inputs) {
    const struct observation seen = {.kind = OBSERVATION_SEEN, .wire = tree(arena, wire)};
    struct value *out = hooks_private(inputs);
    cloud->hooks.adjust_import(&fixture.ctx, &seen, out);
    return out;
}

static inline const struct value *hooks_update_body(const struct cloud *cloud, const char *olds,
                                                    const char *news, const char *body) {
    struct cloud_call call = {.ctx = &fixture.ctx, .cloud = cloud, .params = hooks_private("{}")};
    struct value *out = hooks_private(body);
    cloud->hooks.adjust_update(&call, tree(arena, olds), tree(arena, news), out);
    return out;
}

#endif
