#include "base/words.h"

struct writer {
    struct arena *arena;
    struct words *out;
    size_t capacity;
};

static void append(struct writer *writer, struct str text) {
    struct words *out = writer->out;
    out->text = arena_printf(writer->arena, "%.*s%.*s", STR_ARG(out->text), STR_ARG(text));
}

/* Own parts that follow each other are one. */
static void append_own(struct writer *writer, struct str text) {
    struct words *out = writer->out;
    size_t at = out->text.len;
    struct own_text *last = out->own_count > 0 ? &out->own[out->own_count - 1] : NULL;
    append(writer, text);
    if (last != NULL && last->at + last->text.len == at) {
        last->text.len += text.len;
        return;
    }
    out->own = arena_reserve(writer->arena, out->own, out->own_count, sizeof(*out->own),
                             &writer->capacity);
    out->own[out->own_count++] = (struct own_text){.at = at, .text = text};
}

/* The parts are views of the text as it is at last. */
static void settle(struct words *out) {
    for (size_t i = 0; i < out->own_count; i++) {
        out->own[i].text.ptr = out->text.ptr + out->own[i].at;
    }
}

static bool take(struct str *rest, struct str conversion) {
    bool found = str_starts(*rest, conversion);
    *rest = found ? str_slice(*rest, conversion.len, rest->len) : *rest;
    return found;
}

void words_vformat(struct arena *arena, struct words *out, const char *format, va_list args) {
    struct writer writer = {.arena = arena, .out = out};
    struct str rest = str_of(format);
    va_list all;
    *out = (struct words){.text = STR_EMPTY};
    va_copy(all, args);
    while (rest.len > 0) {
        ptrdiff_t literal = str_find(rest, STR("%"));
        size_t len = literal < 0 ? rest.len : (size_t)literal;
        append_own(&writer, str_slice(rest, 0, len));
        rest = str_slice(rest, len, rest.len);
        if (rest.len == 0) {
            break;
        }
        if (take(&rest, STR("%.*s"))) {
            int width = va_arg(args, int);
            const char *text = va_arg(args, const char *);
            append(&writer, (struct str){text, (size_t)width});
        } else if (take(&rest, STR("%s"))) {
            append_own(&writer, str_of(va_arg(args, const char *)));
        } else if (take(&rest, STR("%d"))) {
            append(&writer, arena_printf(arena, "%d", va_arg(args, int)));
        } else if (take(&rest, STR("%zu"))) {
            append(&writer, arena_printf(arena, "%zu", va_arg(args, size_t)));
        } else if (take(&rest, STR("%lld"))) {
            append(&writer, arena_printf(arena, "%lld", va_arg(args, long long)));
        } else if (take(&rest, STR("%.0f"))) {
            append(&writer, arena_printf(arena, "%.0f", va_arg(args, double)));
        } else {
            *out = (struct words){.text = arena_vprintf(arena, format, all)};
            break;
        }
    }
    va_end(all);
    settle(out);
}
