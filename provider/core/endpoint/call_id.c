/* Ids of the endpoint that a call is about. */
#include <string.h>

#include "base/words.h"
#include "core/endpoint/call.h"
#include "core/endpoint/template.h"

static bool is_secret_setting(const struct cloud_call *call, const char *property) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->scope_count; i++) {
        if (strcmp(tables->scope[i].property, property) == 0) {
            return config_is_secret(call->config, tables->scope[i].config);
        }
    }
    return false;
}

bool call_is_public(const struct cloud_call *call, const char *property) {
    const struct value *given = value_get_c(call->inputs, property);
    return !is_secret_setting(call, property) && (given == NULL || !given->secret);
}

static struct words told(const struct cloud_call *call, struct str text, bool is_public) {
    return is_public ? words_own(call->ctx->arena, text) : words_foreign(text);
}

struct words call_told_id(const struct cloud_call *call, struct str id) {
    const struct cloud_tables *tables = call->cloud->tables;
    bool is_public = call_is_public(call, tables->name_rule.property);
    for (size_t i = 0; i < tables->scope_count; i++) {
        is_public = is_public && call_is_public(call, tables->scope[i].property);
    }
    return told(call, id, is_public);
}

struct words call_told_part(const struct cloud_call *call, const char *property) {
    return told(call, value_text_at(call->params, property), call_is_public(call, property));
}

struct str call_id(const struct cloud_call *call) {
    struct str id = STR_EMPTY;
    struct str missing;
    (void)template_expand(call->ctx->arena, call->cloud->tables->id_template, call->params, &id,
                          &missing);
    return id;
}

/* Without its first part, which is not known: "{teamId}/{projectId}/..." */
static const char *behind_first_part(const char *template) {
    const char *slash = strchr(template, '/');
    return slash == NULL ? NULL : slash + 1;
}

struct str call_whole_id(const struct cloud_call *call, struct str id) {
    struct arena *arena = call->ctx->arena;
    const char *template = call->cloud->tables->id_import;
    struct value *params = value_map_clone(arena, call->params);
    struct str whole = STR_EMPTY;
    struct str missing;
    if (!template_parse(arena, template, id, params)) {
        return id;
    }
    while (template != NULL && !template_expand(arena, template, params, &whole, &missing)) {
        template = behind_first_part(template);
    }
    return template == NULL ? id : whole;
}
