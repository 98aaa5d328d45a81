#include "base/words.h"

#include <stdint.h>

#include "base/buf.h"

struct writer {
    struct arena *arena;
    struct words *out;
    struct buf text;
    size_t capacity; /* of the own parts */
};

/* Own parts that follow each other are one. */
static void append_own(struct writer *writer, struct str text) {
    struct words *out = writer->out;
    size_t at = writer->text.len;
    struct own_text *last = out->own_count > 0 ? &out->own[out->own_count - 1] : NULL;
    buf_append(&writer->text, text);
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

/* What the next conversion inserts; false for one that no message uses. */
static bool append_conversion(struct writer *writer, struct str *rest, va_list *args) {
    struct buf *text = &writer->text;
    if (take(rest, STR("%.*s"))) {
        int width = va_arg(*args, int);
        buf_append(text, (struct str){va_arg(*args, const char *), (size_t)width});
    } else if (take(rest, STR("%s"))) {
        append_own(writer, str_of(va_arg(*args, const char *)));
    } else if (take(rest, STR("%d"))) {
        buf_printf(text, "%d", va_arg(*args, int));
    } else if (take(rest, STR("%zu"))) {
        buf_printf(text, "%zu", va_arg(*args, size_t));
    } else if (take(rest, STR("%lld"))) {
        buf_printf(text, "%lld", va_arg(*args, long long));
    } else if (take(rest, STR("%.0f"))) {
        buf_printf(text, "%.0f", va_arg(*args, double));
    } else {
        return false;
    }
    return true;
}

static bool append_all(struct writer *writer, struct str rest, va_list *args) {
    while (rest.len > 0) {
        ptrdiff_t literal = str_find(rest, STR("%"));
        size_t len = literal < 0 ? rest.len : (size_t)literal;
        append_own(writer, str_slice(rest, 0, len));
        rest = str_slice(rest, len, rest.len);
        if (rest.len > 0 && !append_conversion(writer, &rest, args)) {
            return false;
        }
    }
    return true;
}

void words_vformat(struct arena *arena, struct words *out, const char *format, va_list args) {
    struct writer writer = {.arena = arena, .out = out};
    va_list walked;
    *out = (struct words){.text = STR_EMPTY};
    buf_init(&writer.text, SIZE_MAX);
    va_copy(walked, args);
    if (append_all(&writer, str_of(format), &walked)) {
        out->text = arena_str(arena, buf_str(&writer.text));
        settle(out);
    } else {
        *out = (struct words){.text = arena_vprintf(arena, format, args)};
    }
    va_end(walked);
    buf_cleanup(&writer.text);
}
