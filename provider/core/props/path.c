#include "core/props/path.h"

#include <ctype.h>

static bool is_plain_key(struct str key) {
    if (key.len == 0 || isdigit((unsigned char)key.ptr[0])) {
        return false;
    }
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        if (!isalnum(c) && c != '_' && c != '$') {
            return false;
        }
    }
    return true;
}

static struct str quote(struct arena *arena, struct str key) {
    char *out = arena_alloc(arena, key.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '"' || key.ptr[i] == '\\') {
            out[len++] = '\\';
        }
        out[len++] = key.ptr[i];
    }
    return (struct str){out, len};
}

struct str path_member(struct arena *arena, struct str parent, struct str key) {
    if (is_plain_key(key)) {
        return arena_join(arena, parent, ".", key);
    }
    struct str quoted = quote(arena, key);
    return arena_printf(arena, "%.*s[\"%.*s\"]", STR_ARG(parent), STR_ARG(quoted));
}

struct str path_index(struct arena *arena, struct str parent, size_t index) {
    return arena_printf(arena, "%.*s[%zu]", STR_ARG(parent), index);
}

struct str path_text(struct arena *arena, const struct path *path) {
    if (path == NULL) {
        return STR_EMPTY;
    }
    struct str above = path_text(arena, path->above);
    return path->key.ptr != NULL ? path_member(arena, above, path->key)
                                 : path_index(arena, above, path->index);
}

/* Takes the next step off *rest. Quoted steps lose their quotes and escapes. False at the end or on
 * a malformed path. */
static bool next_step(struct arena *arena, struct str *rest, struct str *step) {
    struct str s = *rest;
    if (s.len > 0 && s.ptr[0] == '.') {
        s = str_slice(s, 1, s.len);
    }
    if (s.len == 0) {
        return false;
    }
    size_t i = 0;
    if (s.ptr[0] != '[') {
        while (i < s.len && s.ptr[i] != '.' && s.ptr[i] != '[') {
            i++;
        }
        *step = str_slice(s, 0, i);
        *rest = str_slice(s, i, s.len);
        return true;
    }
    if (s.len < 2 || s.ptr[1] != '"') {
        while (i < s.len && s.ptr[i] != ']') {
            i++;
        }
        *step = str_slice(s, 1, i);
        *rest = str_slice(s, i < s.len ? i + 1 : i, s.len);
        return true;
    }
    char *text = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    for (i = 2; i < s.len && s.ptr[i] != '"'; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) {
            i++;
        }
        text[len++] = s.ptr[i];
    }
    *step = (struct str){text, len};
    *rest = str_slice(s, i + 2 < s.len ? i + 2 : s.len, s.len);
    return true;
}

struct str path_head(struct arena *arena, struct str path) {
    struct str head = STR_EMPTY;
    (void)next_step(arena, &path, &head);
    return head;
}

bool path_covers(struct arena *arena, struct str pattern, struct str path) {
    struct str want;
    struct str have;
    while (next_step(arena, &pattern, &want)) {
        if (!next_step(arena, &path, &have)) {
            return false;
        }
        if (!str_is(want, STR("*")) && !str_is(want, have)) {
            return false;
        }
    }
    return true;
}

bool path_is_covered(struct arena *arena, const struct str *patterns, size_t count,
                     struct str path) {
    for (size_t i = 0; i < count; i++) {
        if (path_covers(arena, patterns[i], path)) {
            return true;
        }
    }
    return false;
}

bool path_meets(struct arena *arena, struct str one, struct str other) {
    struct str a;
    struct str b;
    while (next_step(arena, &one, &a) && next_step(arena, &other, &b)) {
        if (!str_is(a, b) && !str_is(a, STR("*")) && !str_is(b, STR("*"))) {
            return false;
        }
    }
    return true;
}

static const struct value *restore(struct arena *arena, struct str path,
                                   const struct value *old_value, const struct value *new_value);

static void restore_member(struct arena *arena, struct str rest, struct str key,
                           const struct value *olds, struct value *news) {
    const struct value *restored = restore(arena, rest, value_get(olds, key), value_get(news, key));
    if (restored != NULL) {
        value_map_set(arena, news, key, restored);
    } else {
        value_map_remove(news, key);
    }
}

static const struct value *restore_members(struct arena *arena, struct str rest, struct str step,
                                           const struct value *olds, const struct value *news) {
    struct value *out = value_map_clone(arena, news);
    if (!str_is(step, STR("*"))) {
        restore_member(arena, rest, step, olds, out);
        return out;
    }
    for (size_t i = 0; i < news->map.count; i++) {
        restore_member(arena, rest, news->map.entries[i].key, olds, out);
    }
    bool has_olds = value_is_map(olds);
    for (size_t i = 0; has_olds && i < olds->map.count; i++) {
        restore_member(arena, rest, olds->map.entries[i].key, olds, out);
    }
    return out;
}

/* An item that only one of the lists has stays as it is: taking it away would move the others. */
static const struct value *restore_items(struct arena *arena, struct str rest, struct str step,
                                         const struct value *olds, const struct value *news) {
    bool has_olds = value_is_list(olds);
    struct value *out = value_list(arena);
    out->secret = news->secret;
    for (size_t i = 0; i < news->list.count; i++) {
        const struct value *item = news->list.items[i];
        struct str index = arena_printf(arena, "%zu", i);
        bool meant = str_is(step, STR("*")) || str_is(step, index);
        if (meant && has_olds && i < olds->list.count) {
            item = restore(arena, rest, olds->list.items[i], item);
        }
        value_list_append(arena, out, item);
    }
    return out;
}

static const struct value *restore(struct arena *arena, struct str path,
                                   const struct value *old_value, const struct value *new_value) {
    struct str step;
    if (!next_step(arena, &path, &step)) {
        return old_value;
    }
    if (value_is_map(new_value)) {
        return restore_members(arena, path, step, old_value, new_value);
    }
    if (value_is_list(new_value)) {
        return restore_items(arena, path, step, old_value, new_value);
    }
    return new_value;
}

const struct value *path_restore(struct arena *arena, struct str pattern, const struct value *olds,
                                 const struct value *news) {
    return pattern.len == 0 ? news : restore(arena, pattern, olds, news);
}

const struct value *path_restore_all(struct arena *arena, const struct str *patterns, size_t count,
                                     const struct value *olds, const struct value *news) {
    for (size_t i = 0; i < count; i++) {
        news = path_restore(arena, patterns[i], olds, news);
    }
    return news;
}
