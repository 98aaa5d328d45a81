#include "core/failures.h"

#include "base/words.h"
#include "core/props/path.h"

struct held_warning {
    struct str path;
    struct words words;
};

void failures_init(struct failures *failures, struct ctx *ctx) {
    *failures = (struct failures){.ctx = ctx};
}

/* Characters of a text that a reason repeats. */
#define SHOWN_CHARACTERS 60

/* Who takes out or rewrites what is wrong meets what was to be said of its members in the next
 * preview, if that still holds. */
static bool is_told_above(const struct failures *failures, struct str path) {
    for (size_t i = 0; i < failures->count; i++) {
        if (path_covers(failures->ctx->arena, failures->items[i].property, path)) {
            return true;
        }
    }
    return false;
}

static bool is_told(const struct failures *failures, struct str path) {
    for (size_t i = 0; i < failures->count; i++) {
        if (str_is(failures->items[i].property, path)) {
            return true;
        }
    }
    return false;
}

/* What is wrong by itself comes before what does not go with other properties, which may be due to
 * it: the first reason is told alone. */
static void add(struct failures *failures, struct str path, struct words reason) {
    if (is_told(failures, path)) {
        return;
    }
    struct arena *arena = failures->ctx->arena;
    failures->items = arena_reserve(arena, failures->items, failures->count,
                                    sizeof(*failures->items), &failures->capacity);
    failures->items[failures->count++] = (struct check_failure){.property = path, .reason = reason};
}

void failures_add(struct failures *failures, struct str path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct words reason = words_vtext(failures->ctx->arena, format, args);
    va_end(args);
    add(failures, path, reason);
}

static struct str quoted(struct arena *arena, struct str text) {
    size_t end = 0;
    for (size_t shown = 0; end < text.len && shown < SHOWN_CHARACTERS; shown++) {
        size_t step = str_utf8_step(str_slice(text, end, text.len));
        end += step > 0 ? step : 1;
    }
    return arena_printf(arena, "\"%.*s%s\"", STR_ARG(str_slice(text, 0, end)),
                        end < text.len ? "…" : "");
}

struct str failures_value_text(struct arena *arena, const struct value *value) {
    if (value == NULL || value->secret) {
        return STR_EMPTY;
    }
    switch (value->kind) {
    case VALUE_NUMBER:
        return value_number_text(arena, value->number);
    case VALUE_BOOL:
        return value->boolean ? STR("true") : STR("false");
    case VALUE_STRING:
        return quoted(arena, value->string);
    case VALUE_NULL:
    case VALUE_BYTES:
    case VALUE_LIST:
    case VALUE_MAP:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
    case VALUE_UNKNOWN:
        return STR_EMPTY;
    }
    return STR_EMPTY;
}

struct words failures_with_value(struct arena *arena, struct words words,
                                 const struct value *value) {
    struct str text = failures_value_text(arena, value);
    return text.len == 0 ? words
                         : words_text(arena, "%p%s is %.*s", WORDS_ARG(words),
                                      value->kind == VALUE_STRING ? ";" : ",", STR_ARG(text));
}

void failures_add_value(struct failures *failures, struct str path, const struct value *value,
                        const char *format, ...) {
    struct arena *arena = failures->ctx->arena;
    va_list args;
    va_start(args, format);
    struct words words = words_vtext(arena, format, args);
    va_end(args);
    add(failures, path, failures_with_value(arena, words, value));
}

void failures_warn(struct failures *failures, struct str path, const char *format, ...) {
    struct arena *arena = failures->ctx->arena;
    va_list args;
    va_start(args, format);
    struct held_warning warning = {.path = path, .words = words_vtext(arena, format, args)};
    va_end(args);
    failures->warnings = arena_reserve(arena, failures->warnings, failures->warning_count,
                                       sizeof(*failures->warnings), &failures->warning_capacity);
    failures->warnings[failures->warning_count++] = warning;
}

void failures_tell_warnings(const struct failures *failures) {
    for (size_t i = 0; i < failures->warning_count; i++) {
        const struct held_warning *one = &failures->warnings[i];
        if (!is_told_above(failures, one->path)) {
            log_worded_warning(&failures->ctx->log, &one->words);
        }
    }
}

void failures_finish(const struct failures *failures, const struct value *inputs,
                     struct check_response *out) {
    failures_tell_warnings(failures);
    *out = (struct check_response){
        .inputs = failures->count == 0 ? inputs : NULL,
        .failures = failures->items,
        .failure_count = failures->count,
    };
}
