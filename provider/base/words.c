#include "base/words.h"

#include <stdint.h>

#include "base/buf.h"

/* Words as they are written. */
struct writer {
    struct arena *arena;
    struct buf text;
    struct own_text *own;
    size_t own_count;
    size_t capacity;
};

/* Own parts that follow each other are one. */
static void append_own(struct writer *writer, struct str text) {
    size_t at = writer->text.len;
    if (text.len == 0) {
        return;
    }
    struct own_text *last = writer->own_count > 0 ? &writer->own[writer->own_count - 1] : NULL;
    buf_append(&writer->text, text);
    if (last != NULL && last->at + last->text.len == at) {
        last->text.len += text.len;
        return;
    }
    writer->own = arena_reserve(writer->arena, writer->own, writer->own_count, sizeof(*writer->own),
                                &writer->capacity);
    writer->own[writer->own_count++] = (struct own_text){.at = at, .text = text};
}

/* Words that were made before. */
static void append_words(struct writer *writer, const struct words *words) {
    size_t done = 0;
    for (size_t i = 0; i < words->own_count; i++) {
        size_t at = words->own[i].at;
        size_t end = at + words->own[i].text.len;
        buf_append(&writer->text, str_slice(words->text, done, at));
        append_own(writer, str_slice(words->text, at, end));
        done = end;
    }
    buf_append(&writer->text, str_slice(words->text, done, words->text.len));
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
    } else if (take(rest, STR("%p"))) {
        append_words(writer, va_arg(*args, const void *));
    } else if (take(rest, STR("%%"))) {
        append_own(writer, STR("%"));
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

/* The own parts are views of the text as it is at last. */
static struct words settle(const struct writer *writer) {
    struct str text = arena_str(writer->arena, buf_str(&writer->text));
    for (size_t i = 0; i < writer->own_count; i++) {
        writer->own[i].text.ptr = text.ptr + writer->own[i].at;
    }
    return (struct words){.text = text, .own = writer->own, .own_count = writer->own_count};
}

struct words words_vtext(struct arena *arena, const char *format, va_list args) {
    struct writer writer = {.arena = arena};
    va_list walked;
    buf_init(&writer.text, SIZE_MAX);
    va_copy(walked, args);
    bool is_known = append_all(&writer, str_of(format), &walked);
    struct words words =
        is_known ? settle(&writer) : words_foreign(arena_vprintf(arena, format, args));
    va_end(walked);
    buf_cleanup(&writer.text);
    return words;
}

struct words words_text(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct words words = words_vtext(arena, format, args);
    va_end(args);
    return words;
}

struct words words_join(struct arena *arena, struct words list, const char *separator,
                        struct words item) {
    return words_text(arena, "%p%s%p", WORDS_ARG(list), list.text.len > 0 ? separator : "",
                      WORDS_ARG(item));
}

struct words words_own(struct arena *arena, struct str text) {
    if (text.len == 0) {
        return words_none();
    }
    struct own_text *own = ARENA_NEW(arena, struct own_text);
    *own = (struct own_text){.at = 0, .text = text};
    return (struct words){.text = text, .own = own, .own_count = 1};
}

/* The bytes of an own part that are inside of the slice which begins at `from`. */
static struct str inside(const struct own_text *own, size_t from, struct str slice) {
    size_t begin = own->at > from ? own->at - from : 0;
    size_t end = own->at + own->text.len > from ? own->at + own->text.len - from : 0;
    end = end < slice.len ? end : slice.len;
    return begin < end ? str_slice(slice, begin, end) : STR_EMPTY;
}

struct words words_slice(struct arena *arena, struct words words, size_t from, size_t to) {
    struct str slice = str_slice(words.text, from, to);
    struct own_text *own = ARENA_ARRAY(arena, words.own_count, struct own_text);
    size_t count = 0;
    for (size_t i = 0; i < words.own_count; i++) {
        struct str part = inside(&words.own[i], from, slice);
        if (part.len > 0) {
            own[count++] = (struct own_text){.at = (size_t)(part.ptr - slice.ptr), .text = part};
        }
    }
    return (struct words){.text = slice, .own = own, .own_count = count};
}

struct words words_without_stop(struct arena *arena, struct words words) {
    struct str bare = str_without_stop(words.text);
    size_t from = bare.len == 0 ? 0 : (size_t)(bare.ptr - words.text.ptr);
    return words_slice(arena, words, from, from + bare.len);
}

struct words words_without_end(struct arena *arena, struct words words, struct str end) {
    size_t cut = str_ends(words.text, end) ? end.len : 0;
    return cut == 0 ? words : words_slice(arena, words, 0, words.text.len - cut);
}

struct words words_copy(struct arena *arena, struct words words) {
    struct own_text *own = ARENA_ARRAY(arena, words.own_count, struct own_text);
    for (size_t i = 0; i < words.own_count; i++) {
        own[i] = (struct own_text){words.own[i].at, arena_str(arena, words.own[i].text)};
    }
    return (struct words){
        .text = arena_str(arena, words.text), .own = own, .own_count = words.own_count};
}
