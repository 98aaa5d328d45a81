#include "core/config_profile.h"

#include <ctype.h>

#include "base/json.h"
#include "core/config_text.h"
#include "core/endpoint/template.h"

static struct str lower(struct arena *arena, struct str text) {
    char *out = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        out[i] = (char)tolower((unsigned char)text.ptr[i]);
    }
    out[text.len] = '\0';
    return (struct str){out, text.len};
}

/* What the vendor's tool takes blanks off, too. */
static struct str text_of(const struct value *map, const char *name) {
    const struct value *value = value_get_c(map, name);
    return value_is_string(value) ? str_trim(value->string) : STR_EMPTY;
}

static struct str mode_words(struct arena *arena, const struct profile_table *table) {
    struct str words = STR_EMPTY;
    for (const char *const *known = table->modes; known != NULL && *known != NULL; known++) {
        words = arena_join(arena, words, ", ", str_of(*known));
    }
    return arena_printf(arena, "has a mode that is not supported (only %.*s, in any case)",
                        STR_ARG(words));
}

/* The file as JSON; NULL, with a fault unless it need not be there. */
static const struct value *read_json(struct arena *arena, config_getenv_fn *env,
                                     const struct config_profile_choice *choice,
                                     struct config_profile *out) {
    struct str text;
    struct str why;
    struct value *json = NULL;
    switch (config_file_read(arena, config_file_path(arena, env, choice->file), &text)) {
    case CONFIG_FILE_READ:
        break;
    case CONFIG_FILE_MISSING:
        out->fault = choice->is_asked_for ? STR("cannot be read") : STR_EMPTY;
        return NULL;
    case CONFIG_FILE_CLOSED:
        out->fault = STR("cannot be read");
        return NULL;
    case CONFIG_FILE_LONG:
        out->fault = STR("cannot be read: the file is too long");
        return NULL;
    }
    if (!json_parse(arena, config_text_unmarked(text), &json, &why) || !value_is_map(json)) {
        out->fault = STR("cannot be read: the file is no JSON object");
        return NULL;
    }
    return json;
}

static struct str place_of(struct arena *arena, const struct config_profile_choice *choice,
                           struct str name) {
    return name.len == 0
               ? arena_printf(arena, "current profile of the file %.*s", STR_ARG(choice->file))
               : arena_printf(arena, "profile \"%.*s\" of the file %.*s", STR_ARG(name),
                              STR_ARG(choice->file));
}

void config_profile_read(struct arena *arena, config_getenv_fn *env,
                         const struct profile_table *table,
                         const struct config_profile_choice *choice, struct config_profile *out) {
    *out = (struct config_profile){.place = place_of(arena, choice, choice->name)};
    const struct value *json = read_json(arena, env, choice, out);
    if (json == NULL) {
        return;
    }
    struct str current = text_of(json, "current");
    struct str name = choice->name.len > 0 ? choice->name
                      : current.len > 0    ? current
                                           : STR("default");
    out->place = place_of(arena, choice, name);
    const struct value *members = value_get(value_get_c(json, "profiles"), name);
    if (!value_is_map(members)) {
        out->fault = STR("is not there");
        return;
    }
    out->mode = lower(arena, text_of(members, "mode"));
    if (out->mode.len > 0 && !str_is_listed(out->mode, table->modes)) {
        out->fault = mode_words(arena, table);
        return;
    }
    out->members = members;
}

bool config_profile_needs(const struct config_profile *profile, const struct config_row *row) {
    return row->profile_mode != NULL && str_is_c(profile->mode, row->profile_mode);
}

struct str config_profile_text(struct arena *arena, const struct config_profile *profile,
                               const struct config_row *row) {
    struct str text = STR_EMPTY;
    struct str missing;
    bool is_meant = row->profile_mode == NULL || config_profile_needs(profile, row);
    if (!is_meant || !template_expand(arena, row->profile, profile->members, &text, &missing)) {
        return STR_EMPTY;
    }
    return text;
}
