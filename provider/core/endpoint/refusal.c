#include "core/endpoint/refusal.h"

#include <ctype.h>

#include "core/endpoint/name.h"
#include "core/props/path.h"
#include "core/props/prop_walk.h"

/* Inputs by the service's names, as they are found. */
struct fields {
    struct arena *arena;
    const struct prop_table *props;
    struct str text;
};

static bool is_tail(struct str path, struct str wanted) {
    return str_is(path, wanted) || (path.len > wanted.len && str_ends(path, wanted) &&
                                    path.ptr[path.len - wanted.len - 1] == '.');
}

/* The first row whose wire path is, or ends in, `wanted`. */
struct sought {
    struct str wanted;
    struct prop_place found;
};

static enum prop_step visit(const struct prop_place *place, void *user) {
    struct sought *sought = user;
    if ((place->row->flags & PROP_LOCAL) != 0) {
        return PROP_STEP_OVER;
    }
    if (!is_tail(place->wire, sought->wanted)) {
        return PROP_STEP_ON;
    }
    sought->found = *place;
    return PROP_STEP_END;
}

static bool add(struct fields *fields, struct str wanted) {
    struct sought sought = {.wanted = wanted};
    if (wanted.len > 0) {
        prop_walk(fields->arena, fields->props, visit, &sought);
    }
    if (sought.found.row == NULL) {
        return false;
    }
    const char *lists = sought.found.row->listed_by;
    struct str words = arena_printf(fields->arena, "%.*s%s%s%s", STR_ARG(sought.found.path),
                                    lists != NULL ? " (" : "", lists != NULL ? lists : "",
                                    lists != NULL ? " lists its values)" : "");
    fields->text = arena_join(fields->arena, fields->text, ", ", words);
    return true;
}

/* The keys of maps of field -> texts, which may be nested as the body is. */
static void add_keys(struct fields *fields, const struct value *map, struct str above) {
    for (size_t i = 0; value_is_map(map) && i < map->map.count; i++) {
        struct str path = arena_join(fields->arena, above, ".", map->map.entries[i].key);
        if (value_is_map(map->map.entries[i].value)) {
            add_keys(fields, map->map.entries[i].value, path);
        } else {
            (void)add(fields, path);
        }
    }
}

/* The first word of a text that is a field's name, also behind the name of its message. */
static void add_word(struct fields *fields, struct str text) {
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool inside = i < text.len && (isalnum((unsigned char)text.ptr[i]) || text.ptr[i] == '_');
        if (inside) {
            continue;
        }
        if (i > from && add(fields, str_slice(text, from, i))) {
            return;
        }
        from = i + 1;
    }
}

static struct str said(const struct rest_reply *reply, const char *const *paths) {
    struct str text = STR_EMPTY;
    for (; paths != NULL && *paths != NULL && text.len == 0; paths++) {
        text = value_text_at(reply->body, *paths);
    }
    return text;
}

struct str refusal_fields(struct cloud_call *call, const struct rest_reply *reply) {
    const struct cloud_tables *tables = call->cloud->tables;
    const struct error_shape *shape = tables->service.errors;
    struct fields fields = {.arena = call->ctx->arena, .props = &tables->props, .text = STR_EMPTY};
    for (const char *const *path = shape->details; path != NULL && *path != NULL; path++) {
        add_keys(&fields, value_at(reply->body, *path), STR_EMPTY);
    }
    if (shape->field_in_code) {
        struct str field;
        (void)str_split(call->ctx->error.cloud_code, '.', &field);
        (void)add(&fields, field);
    }
    if (shape->field_in_message) {
        add_word(&fields, said(reply, shape->message));
    }
    return fields.text.len == 0
               ? STR_EMPTY
               : arena_printf(fields.arena, "In the program: %.*s.", STR_ARG(fields.text));
}

struct str refusal_paths(struct arena *arena, const struct diff_list *diffs) {
    struct str paths = STR_EMPTY;
    for (size_t i = 0; i < diffs->count; i++) {
        paths = arena_join(arena, paths, ", ", diffs->entries[i].path);
    }
    return paths;
}

static struct str replace_command(struct cloud_call *call) {
    const struct name_rule *rule = &call->cloud->tables->name_rule;
    bool first = rule->unique && !name_is_auto(call->inputs, rule);
    const char *with = !first           ? ""
                       : rule->reusable ? " (with the resource option deleteBeforeReplace)"
                                        : " (with another name)";
    return arena_printf(call->ctx->arena, "pulumi up --replace '%.*s'%s", STR_ARG(call->urn), with);
}

/* Properties whose change is second hand, by their names alone: the option covers what is below. */
static struct str unsure_of(struct cloud_call *call, const struct diff_list *diffs) {
    struct arena *arena = call->ctx->arena;
    struct str names = STR_EMPTY;
    struct str last = STR_EMPTY; /* the paths of one property follow each other */
    for (size_t i = 0; i < diffs->count; i++) {
        struct str head = path_head(arena, diffs->entries[i].path);
        const struct prop *row = prop_find(&call->cloud->tables->props, head);
        if (row != NULL && (row->flags & PROP_SECOND_HAND) != 0 && !str_is(head, last)) {
            names = arena_join(arena, names, ", ", head);
            last = head;
        }
    }
    return names;
}

struct str refusal_replace_advice(struct cloud_call *call, const struct diff_list *diffs) {
    struct str unsure = unsure_of(call, diffs);
    return unsure.len == 0
               ? replace_command(call)
               : arena_printf(call->ctx->arena, "the resource option replaceOnChanges: [%.*s]",
                              STR_ARG(unsure));
}

enum err_code refusal_of_update(struct cloud_call *call, const struct value *olds,
                                const struct value *news, enum err_code code) {
    struct ctx *ctx = call->ctx;
    struct diff_list changes = {.ctx = ctx};
    bool is_refusal =
        (code == ERR_INVALID || code == ERR_PRECONDITION) && ctx->error.http_status >= 400;
    if (!is_refusal) {
        return code;
    }
    prop_diff(&changes, &call->cloud->tables->props, olds, news);
    ctx->error.message = arena_printf(
        ctx->arena, "%.*s. The change was of %.*s; what cannot be changed in place takes %.*s",
        STR_ARG(str_without_stop(ctx->error.message)), STR_ARG(refusal_paths(ctx->arena, &changes)),
        STR_ARG(refusal_replace_advice(call, &changes)));
    return code;
}
