/* Ids of the endpoint that a call is about. */
#include <string.h>

#include "core/endpoint/call.h"
#include "core/endpoint/template.h"

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
