#include "base/redact.h"

#include <assert.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/escape.h"
#include "base/json.h"

#define MIN_SECRET_LEN 4
/* A line of a longer secret, and what may be broken over two lines: shorter ones are ordinary words
 * too often. */
#define MIN_PART_LEN 8
#define MOST_LINES 512
/* What is looked for inside of base64: logins are short. */
#define MAX_LOGIN_LEN 4096

#define MASK STR("[secret]")

void redact_init(struct redact *redact, struct arena *arena) {
    *redact = (struct redact){.arena = arena};
}

/* By first byte, so that redact_apply looks only at those that can begin where it stands; the
 * longest first among them. */
static int secret_order(struct str a, struct str b) {
    if (a.ptr[0] != b.ptr[0]) {
        return (unsigned char)a.ptr[0] < (unsigned char)b.ptr[0] ? -1 : 1;
    }
    if (a.len != b.len) {
        return a.len > b.len ? -1 : 1;
    }
    return str_compare(a, b);
}

static size_t secret_position(const struct redact *redact, struct str secret, bool *found) {
    return str_position(redact->secrets, redact->count, sizeof(*redact->secrets), secret_order,
                        secret, found);
}

/* Remembers one form. False when it was known. */
static bool remember(struct redact *redact, struct str secret) {
    bool found;
    size_t at = secret_position(redact, secret, &found);
    if (found) {
        return false;
    }
    redact->secrets = arena_reserve(redact->arena, redact->secrets, redact->count,
                                    sizeof(*redact->secrets), &redact->capacity);
    struct str *slot = &redact->secrets[at];
    memmove(slot + 1, slot, (redact->count - at) * sizeof(*slot));
    *slot = arena_str(redact->arena, secret);
    redact->count++;
    return true;
}

static bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static struct str percent_encoded(struct arena *arena, struct str text) {
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc_array(arena, text.len + 1, 3);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.ptr[i])) {
            out[len++] = text.ptr[i];
            continue;
        }
        unsigned char byte = (unsigned char)text.ptr[i];
        out[len++] = '%';
        out[len++] = digits[byte >> 4];
        out[len++] = digits[byte & 0x0F];
    }
    return (struct str){out, len};
}

/* Without the padding, which some encoders leave out. */
static struct str base64(struct arena *arena, struct str text) {
    struct str encoded = digest_base64(arena, text);
    while (encoded.len > 0 && encoded.ptr[encoded.len - 1] == '=') {
        encoded.len--;
    }
    return encoded;
}

/* Also in the alphabet of URLs. */
static void remember_base64(struct redact *redact, struct str encoded) {
    remember(redact, encoded);
    if (memchr(encoded.ptr, '+', encoded.len) == NULL &&
        memchr(encoded.ptr, '/', encoded.len) == NULL) {
        return;
    }
    char *bytes = arena_alloc(redact->arena, encoded.len);
    for (size_t i = 0; i < encoded.len; i++) {
        char c = encoded.ptr[i];
        bytes[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    remember(redact, (struct str){bytes, encoded.len});
}

/* "user:password" in base64 shows the password in one of three shapes, by what stands before it.
 * Digits that a neighbour has a part in are left out. */
static void remember_inside_base64(struct redact *redact, struct str secret) {
    for (size_t before = 0; before < 3; before++) {
        char *text = arena_alloc(redact->arena, before + secret.len);
        memset(text, 0, before);
        memcpy(text + before, secret.ptr, secret.len);
        struct str whole = {text, before + secret.len};
        size_t from = (before * 8 + 5) / 6;
        size_t to = whole.len * 8 / 6;
        if (to - from >= MIN_PART_LEN) {
            remember_base64(redact, str_slice(base64(redact->arena, whole), from, to));
        }
    }
}

/* As it stands inside a JSON string, without the quotes. */
static void remember_json(struct redact *redact, struct str secret) {
    struct value node = {.kind = VALUE_STRING, .string = secret};
    struct buf text;
    buf_init(&text, secret.len * 6 + 2);
    if (json_write(&text, &node)) {
        remember(redact, str_slice(buf_str(&text), 1, text.len - 1));
    }
    buf_cleanup(&text);
}

static bool is_shared(const struct redact *redact, struct str secret) {
    bool found = false;
    if (redact->shared != NULL) {
        (void)secret_position(redact->shared, secret, &found);
    }
    return found;
}

/* False when they are known already. */
static bool remember_forms(struct redact *redact, struct str secret) {
    if (is_shared(redact, secret) || !remember(redact, secret)) {
        return false;
    }
    remember(redact, percent_encoded(redact->arena, secret));
    remember_base64(redact, base64(redact->arena, secret));
    remember_json(redact, secret);
    if (secret.len <= MAX_LOGIN_LEN) {
        remember_inside_base64(redact, secret);
    }
    return true;
}

/* A log shows a key of several lines line by line, each behind a time or a level. */
static void remember_lines(struct redact *redact, struct str secret) {
    struct str rest = secret;
    for (size_t i = 0; i < MOST_LINES && rest.ptr != NULL; i++) {
        struct str line = str_trim(str_split(rest, '\n', &rest));
        if (line.len >= MIN_PART_LEN) {
            (void)remember_forms(redact, line);
        }
    }
}

void redact_add(struct redact *redact, struct str secret) {
    assert(redact->arena != NULL);
    if (secret.len < MIN_SECRET_LEN) {
        return;
    }
    if (remember_forms(redact, secret) && str_find(secret, STR("\n")) >= 0) {
        remember_lines(redact, secret);
    }
}

void redact_share(struct redact *redact, const struct redact *shared) {
    redact->shared = shared;
}

static void add_below(struct redact *redact, const struct value *value, bool secret) {
    if (value == NULL) {
        return;
    }
    secret = secret || value->secret;
    switch (value->kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
        if (secret) {
            redact_add(redact, value->string);
        }
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.count; i++) {
            add_below(redact, value->list.items[i], secret);
        }
        break;
    case VALUE_MAP:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        for (size_t i = 0; i < value->map.count; i++) {
            add_below(redact, value->map.entries[i].value, secret);
        }
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_UNKNOWN:
        break;
    }
}

void redact_add_value(struct redact *redact, const struct value *value) {
    add_below(redact, value, false);
}

const struct value *redact_secret(struct redact *redact, const struct value *value) {
    const struct value *secret = value_with_secret(redact->arena, value, true);
    redact_add_value(redact, secret);
    return secret;
}

/* Where the secrets of each first byte begin; those of byte b end where those of b + 1 begin. */
struct index {
    const struct redact *redact;
    size_t begin[257];
};

static void index_build(struct index *index, const struct redact *redact) {
    size_t at = 0;
    index->redact = redact;
    for (size_t byte = 0; byte < 256; byte++) {
        index->begin[byte] = at;
        while (at < redact->count && (unsigned char)redact->secrets[at].ptr[0] == byte) {
            at++;
        }
    }
    index->begin[256] = at;
}

/* The call's own secrets and the shared ones. */
struct search {
    struct index indexes[2];
    size_t count;
    bool escapes;   /* the text has some, perhaps */
    bool has_login; /* so it has of a URL */
    const struct own_text *own;
    size_t own_count;
};

static bool shows(struct str text, const struct own_text *own) {
    size_t end = own->at + own->text.len;
    return end <= text.len && str_is(str_slice(text, own->at, end), own->text);
}

static bool is_own(const struct search *search, struct str text, size_t at, size_t len) {
    for (size_t i = 0; i < search->own_count; i++) {
        const struct own_text *own = &search->own[i];
        if (at >= own->at && at + len <= own->at + own->text.len && shows(text, own)) {
            return true;
        }
    }
    return false;
}

static void search_add(struct search *search, const struct redact *redact) {
    if (redact != NULL && redact->count > 0) {
        index_build(&search->indexes[search->count++], redact);
    }
}

static bool is_line_break(char c) {
    return c == '\n' || c == '\r';
}

static bool is_indent(char c) {
    return c == ' ' || c == '\t';
}

/* How much of the text is the next part of the secret, or 0; that part's length goes to *part. */
static size_t part_len(struct str text, struct str secret, bool escaped, size_t *part) {
    struct escape escape;
    size_t len = escaped ? escape_len(text, &escape) : 0;
    if (len > 0 && str_starts(secret, (struct str){escape.bytes, escape.count})) {
        *part = escape.count;
        return len;
    }
    *part = 1;
    return text.len > 0 && text.ptr[0] == secret.ptr[0] ? 1 : 0;
}

/* How much of the text the secret covers from its beginning on, or 0. What collects logs breaks
 * long lines, and headers are folded: line breaks inside belong to it. */
static size_t covered_len(struct str text, struct str secret, bool escaped) {
    bool may_be_broken = secret.len >= MIN_PART_LEN;
    size_t at = 0;
    size_t part = 0;
    for (size_t i = 0; i < secret.len; i += part) {
        struct str rest = str_slice(secret, i, secret.len);
        size_t len = part_len(str_slice(text, at, text.len), rest, escaped, &part);
        bool folded = false;
        while (len == 0 && may_be_broken && i > 0 && at < text.len &&
               (is_line_break(text.ptr[at]) || (folded && is_indent(text.ptr[at])))) {
            folded = true;
            at++;
            len = part_len(str_slice(text, at, text.len), rest, escaped, &part);
        }
        if (len == 0) {
            return 0;
        }
        at += len;
    }
    return at;
}

static size_t longer(size_t a, size_t b) {
    return a > b ? a : b;
}

/* The most of the text's beginning that one secret covers whose first byte is this, or 0. As it
 * stands comes first: a backslash in it need not be an escape. */
static size_t match_len_by(const struct index *index, unsigned char first, struct str text,
                           bool escapes) {
    size_t longest = 0;
    for (size_t i = index->begin[first]; i < index->begin[first + 1]; i++) {
        struct str secret = index->redact->secrets[i];
        size_t len = covered_len(text, secret, false);
        len = len == 0 && escapes ? covered_len(text, secret, true) : len;
        longest = longer(longest, len);
    }
    return longest;
}

static size_t match_len(const struct search *search, struct str text) {
    struct escape escape;
    size_t longest = 0;
    bool escaped = search->escapes && escape_len(text, &escape) > 0;
    for (size_t i = 0; i < search->count; i++) {
        const struct index *index = &search->indexes[i];
        unsigned char first = (unsigned char)text.ptr[0];
        longest = longer(longest, match_len_by(index, first, text, search->escapes));
        if (escaped && escape.bytes[0] != text.ptr[0]) {
            first = (unsigned char)escape.bytes[0];
            longest = longer(longest, match_len_by(index, first, text, true));
        }
    }
    return longest;
}

/* Whether a URL's authority begins there; JSON may escape a slash. */
static bool begins_authority(struct str text, size_t at) {
    struct str before = str_slice(text, 0, at);
    return str_ends(before, STR("://")) || str_ends(before, STR(":\\/\\/"));
}

static bool ends_authority(char c) {
    return (unsigned char)c <= ' ' || c == 0x7f || memchr("/?#\\\"'<>`", c, 10) != NULL;
}

/* How much of the text from there on is the login of a URL, or 0. */
static size_t login_len(struct str text, size_t at) {
    size_t len = 0;
    if (!begins_authority(text, at)) {
        return 0;
    }
    for (size_t i = at; i < text.len && !ends_authority(text.ptr[i]); i++) {
        len = text.ptr[i] == '@' ? i - at : len;
    }
    return len;
}

struct str redact_find_login(struct str text) {
    bool may_have_one = text.len > 0 && memchr(text.ptr, '@', text.len) != NULL; /* few have */
    for (size_t at = 0; may_have_one && at < text.len; at++) {
        size_t len = login_len(text, at);
        if (len > 0) {
            return str_slice(text, at, at + len);
        }
    }
    return STR_EMPTY;
}

/* The next stretch from `from` on that secrets cover, overlapping ones taken together: masking only
 * one of two that overlap would show a part of the other. False when there is none. */
static bool next_stretch(const struct search *search, struct str text, size_t from, size_t *begin,
                         size_t *end) {
    *begin = *end = text.len;
    for (size_t at = from; at < text.len; at++) {
        bool inside = *begin < text.len;
        if (inside && at >= *end) {
            return true;
        }
        size_t len = longer(match_len(search, str_slice(text, at, text.len)),
                            search->has_login ? login_len(text, at) : 0);
        len = len > 0 && is_own(search, text, at, len) ? 0 : len;
        if (len > 0 && !inside) {
            *begin = at;
            *end = at + len;
        } else if (at + len > *end) {
            *end = at + len;
        }
    }
    return *begin < text.len;
}

/* A text as it is written. */
struct writer {
    struct arena *arena;
    const struct search *search;
    struct str text;
    struct buf out;
    struct own_text *own;
    size_t own_count;
    size_t capacity;
};

/* What lies between two masks, and the own parts of it. */
static void append_between(struct writer *writer, size_t from, size_t to) {
    for (size_t i = 0; i < writer->search->own_count; i++) {
        const struct own_text *own = &writer->search->own[i];
        size_t end = own->at + own->text.len;
        size_t first = own->at > from ? own->at : from;
        size_t last = end < to ? end : to;
        if (first < last && shows(writer->text, own)) {
            writer->own = arena_reserve(writer->arena, writer->own, writer->own_count,
                                        sizeof(*writer->own), &writer->capacity);
            writer->own[writer->own_count++] = (struct own_text){
                writer->out.len + (first - from), str_slice(writer->text, first, last)};
        }
    }
    buf_append(&writer->out, str_slice(writer->text, from, to));
}

static struct words masked(struct arena *arena, const struct search *search, struct str text,
                           size_t begin, size_t end) {
    struct writer writer = {.arena = arena, .search = search, .text = text};
    size_t done = 0;
    bool more = true;
    buf_init(&writer.out, text.len * 3);
    while (more) {
        append_between(&writer, done, begin);
        buf_append(&writer.out, MASK);
        done = end;
        more = next_stretch(search, text, done, &begin, &end);
    }
    append_between(&writer, done, text.len);
    struct str result = arena_str(arena, buf_str(&writer.out));
    buf_cleanup(&writer.out);
    return (struct words){.text = result, .own = writer.own, .own_count = writer.own_count};
}

struct str redact_apply(const struct redact *redact, struct str text) {
    return redact_words(redact, words_foreign(text)).text;
}

/* What this program says by itself, as most warnings are, has nothing to search for. */
static bool is_all_own(const struct words *words) {
    return words->own_count == 1 && words->own->at == 0 && str_is(words->own->text, words->text);
}

struct words redact_words(const struct redact *redact, struct words words) {
    struct search search;
    if (is_all_own(&words)) {
        return words;
    }
    search.count = 0; /* the indexes need no zeroes */
    search.escapes = escape_may_be_in(words.text);
    search.has_login = redact_find_login(words.text).len > 0;
    search.own = words.own;
    search.own_count = words.own_count;
    search_add(&search, redact);
    search_add(&search, redact->shared);
    size_t begin;
    size_t end;
    if ((search.count == 0 && !search.has_login) ||
        !next_stretch(&search, words.text, 0, &begin, &end)) {
        return words;
    }
    return masked(redact->arena, &search, words.text, begin, end);
}
