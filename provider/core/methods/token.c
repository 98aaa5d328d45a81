#include "core/methods/token.h"

#include "base/words.h"

/* A name further away than this is no misspelling. */
#define MAX_DISTANCE 3

struct search {
    struct arena *arena;
    struct str token;
    struct str name;   /* behind the last colon */
    struct str module; /* "inference:hf" when a cloud has that, else empty: any cloud's will do */
    struct words near; /* the nearest names */
    size_t count;
    size_t distance;    /* of these */
    struct words known; /* of the module, by their names; else whole */
};

typedef void token_visitor(struct search *search, const char *token);

static void visit_of(const struct cloud_tables *tables, enum token_kind kind, token_visitor *visit,
                     struct search *search) {
    if (kind == TOKEN_FUNCTION) {
        for (size_t i = 0; i < tables->function_count; i++) {
            visit(search, tables->functions[i].token);
        }
        return;
    }
    visit(search, tables->token);
    for (size_t i = 0; i < tables->resource_count; i++) {
        visit(search, tables->resources[i].token);
    }
}

static void visit_all(const struct cloud *const *clouds, enum token_kind kind, token_visitor *visit,
                      struct search *search) {
    for (; *clouds != NULL; clouds++) {
        visit_of((*clouds)->tables, kind, visit, search);
    }
}

static struct str behind_last_colon(struct str token) {
    size_t from = token.len;
    while (from > 0 && token.ptr[from - 1] != ':') {
        from--;
    }
    return str_slice(token, from, token.len);
}

static struct str module_of(struct str token) {
    size_t name_len = behind_last_colon(token).len;
    return str_slice(token, 0, token.len > name_len ? token.len - name_len - 1 : 0);
}

/* Whether one of the words between colons and slashes is that one. */
static bool has_word(struct str token, struct str word) {
    size_t from = 0;
    for (size_t i = 0; i <= token.len; i++) {
        if (i == token.len || token.ptr[i] == ':' || token.ptr[i] == '/') {
            if (str_is_nocase(str_slice(token, from, i), word)) {
                return true;
            }
            from = i + 1;
        }
    }
    return false;
}

static void find_module(struct search *search, const char *token) {
    struct str module = module_of(str_of(token));
    if (has_word(search->token, behind_last_colon(module))) {
        search->module = module;
    }
}

static bool is_candidate(const struct search *search, struct str token) {
    return search->module.len == 0 || str_is(module_of(token), search->module);
}

/* By the name first; where the module says nothing, any cloud's of that name may be meant. */
static void consider(struct search *search, const char *token) {
    struct str whole = str_of(token);
    if (!is_candidate(search, whole)) {
        return;
    }
    size_t distance = str_distance(search->name, behind_last_colon(whole));
    bool is_near = distance <= MAX_DISTANCE && distance * 3 <= search->name.len;
    if (!is_near || (search->count > 0 && distance > search->distance)) {
        return;
    }
    if (search->count > 0 && distance < search->distance) {
        search->near = words_none();
        search->count = 0;
    }
    search->distance = distance;
    search->near =
        words_join(search->arena, search->near, ", ", words_text(search->arena, "\"%s\"", token));
    search->count++;
}

static void list(struct search *search, const char *token) {
    struct str whole = str_of(token);
    if (is_candidate(search, whole)) {
        struct str told = search->module.len > 0 ? behind_last_colon(whole) : whole;
        search->known = words_join(search->arena, search->known, ", ",
                                   words_text(search->arena, "%s", told.ptr));
    }
}

struct words token_advice(struct arena *arena, const struct cloud *const *clouds, struct str token,
                          enum token_kind kind) {
    struct search search = {.arena = arena,
                            .token = token,
                            .name = behind_last_colon(token),
                            .module = STR_EMPTY,
                            .near = words_none(),
                            .known = words_none()};
    visit_all(clouds, kind, find_module, &search);
    visit_all(clouds, kind, consider, &search);
    struct words nearest =
        search.count == 0 ? words_none()
                          : words_text(arena, "did you mean %s%p?",
                                       search.count > 1 ? "one of " : "", WORDS_ARG(search.near));
    if (kind == TOKEN_FUNCTION && nearest.text.len > 0) {
        return nearest;
    }
    search.module = kind == TOKEN_RESOURCE ? STR_EMPTY : search.module; /* of which there are few */
    visit_all(clouds, kind, list, &search);
    struct words known =
        search.module.len > 0
            ? words_text(arena, "%p has %p", WORDS_ARG(words_own(arena, search.module)),
                         WORDS_ARG(search.known))
            : words_text(arena, "it has %p", WORDS_ARG(search.known));
    return nearest.text.len == 0 ? known : words_join(arena, known, "; ", nearest);
}
