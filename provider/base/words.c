#include "base/words.h"

#include <stdint.h>

#include "base/buf.h"

/* A text of which parts are own, as its arena remembers it. */
struct note {
    const struct note *before;
    struct str text;
    struct own_text *own;
    size_t own_count;
};

static void remember(struct arena *arena, struct str text, struct own_text *own, size_t own_count) {
    void **notes = arena_notes(arena);
    struct note *note = ARENA_NEW(arena, struct note);
    *note = (struct note){.before = *notes, .text = text, .own = own, .own_count = own_count};
    *notes = note;
}

/* A message is made of what was put together shortly before: looking further back would take long
 * where much is told. */
#define REMEMBERED 256

/* The latest text that the slice lies in; NULL when there is none. */
static const struct note *recall(struct arena *arena, struct str slice) {
    const struct note *note = *arena_notes(arena);
    size_t looked = 0;
    while (note != NULL && (slice.ptr < note->text.ptr ||
                            slice.ptr + slice.len > note->text.ptr + note->text.len)) {
        note = ++looked < REMEMBERED ? note->before : NULL;
    }
    return slice.len == 0 ? NULL : note;
}

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

/* The bytes of an own part that are inside of the slice which begins at `from`. */
static struct str inside(const struct own_text *own, size_t from, struct str slice) {
    size_t begin = own->at > from ? own->at - from : 0;
    size_t end = own->at + own->text.len > from ? own->at + own->text.len - from : 0;
    end = end < slice.len ? end : slice.len;
    return begin < end ? str_slice(slice, begin, end) : STR_EMPTY;
}

/* What was made of own and foreign parts before. */
static void append_slice(struct writer *writer, struct str slice) {
    const struct note *note = recall(writer->arena, slice);
    size_t from = note == NULL ? 0 : (size_t)(slice.ptr - note->text.ptr);
    size_t done = 0;
    for (size_t i = 0; note != NULL && i < note->own_count; i++) {
        struct str own = inside(&note->own[i], from, slice);
        if (own.len > 0) {
            size_t at = (size_t)(own.ptr - slice.ptr);
            buf_append(&writer->text, str_slice(slice, done, at));
            append_own(writer, own);
            done = at + own.len;
        }
    }
    buf_append(&writer->text, str_slice(slice, done, slice.len));
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
        append_slice(writer, (struct str){va_arg(*args, const char *), (size_t)width});
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

void words_keep(struct arena *arena, const struct words *words) {
    remember(arena, words->text, words->own, words->own_count);
}

struct str words_text(struct arena *arena, const char *format, ...) {
    struct words words;
    va_list args;
    va_start(args, format);
    words_vformat(arena, &words, format, args);
    va_end(args);
    words_keep(arena, &words);
    return words.text;
}

struct str words_join(struct arena *arena, struct str list, const char *separator,
                      struct str item) {
    return words_text(arena, "%.*s%s%.*s", STR_ARG(list), list.len > 0 ? separator : "",
                      STR_ARG(item));
}

struct str words_own(struct arena *arena, struct str text) {
    struct own_text *own = ARENA_NEW(arena, struct own_text);
    *own = (struct own_text){.at = 0, .text = text};
    if (text.len > 0) {
        remember(arena, text, own, 1);
    }
    return text;
}

struct words words_recall(struct arena *arena, struct str text) {
    const struct note *note = recall(arena, text);
    bool is_whole = note != NULL && str_is(note->text, text);
    return (struct words){.text = text,
                          .own = is_whole ? note->own : NULL,
                          .own_count = is_whole ? note->own_count : 0};
}

void words_reword(struct arena *arena, struct error *error, struct str message) {
    const struct words words = words_recall(arena, message);
    error->message = message;
    error->own = words.own;
    error->own_count = words.own_count;
}
