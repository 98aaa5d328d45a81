#include "core/config_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "core/config_headers.h"
#include "core/props/near.h"
#include "core/unit.h"
#include "rest/url.h"

/* A byte order mark, which some editors put in front of what they save. */
#define MARK "\xef\xbb\xbf"

/* What no keyboard makes, and comes along when a text is copied from a page or a chat: characters
 * that do not show, and blanks beside those of ASCII. Those of one row differ in their last byte.
 */
static const struct {
    const char *start;
    unsigned char first;
    unsigned char last;
} oddities[] = {
    {"\xc2", 0x80, 0xa0},     /* control characters, next line, no-break space */
    {"\xc2", 0xad, 0xad},     /* soft hyphen */
    {"\xe1\x9a", 0x80, 0x80}, /* ogham space */
    {"\xe1\xa0", 0x8e, 0x8e}, /* mongolian vowel separator */
    {"\xe2\x80", 0x80, 0x8f}, /* wide and narrow blanks, zero-width ones, marks of direction */
    {"\xe2\x80", 0xa8, 0xaf}, /* line and paragraph separator, directions, narrow no-break space */
    {"\xe2\x81", 0x9f, 0xaf}, /* mathematical blank, word joiner, directions */
    {"\xe3\x80", 0x80, 0x80}, /* ideographic space */
    {"\xef\xbb", 0xbf, 0xbf}, /* byte order mark */
};

/* Bytes of such a character that the text begins with; 0 when it begins with none. */
static size_t odd_len(struct str text) {
    for (size_t i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++) {
        size_t len = strlen(oddities[i].start);
        unsigned char last = text.len > len ? (unsigned char)text.ptr[len] : 0;
        if (str_starts(text, str_of(oddities[i].start)) && last >= oddities[i].first &&
            last <= oddities[i].last) {
            return len + 1;
        }
    }
    return 0;
}

static bool is_line_break(char c) {
    return c == '\n' || c == '\r';
}

/* A password may begin or end with a blank. */
static struct str trim_line_breaks(struct str text) {
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_line_break(text.ptr[from])) {
        from++;
    }
    while (to > from && is_line_break(text.ptr[to - 1])) {
        to--;
    }
    return str_slice(text, from, to);
}

/* Of such a character that the text ends with. */
static size_t last_odd_len(struct str text) {
    for (size_t len = 2; len <= 3 && len <= text.len; len++) {
        if (odd_len(str_slice(text, text.len - len, text.len)) == len) {
            return len;
        }
    }
    return 0;
}

static struct str trim_once(struct str text) {
    text = str_trim(text);
    text = str_slice(text, odd_len(text), text.len);
    return str_slice(text, 0, text.len - last_odd_len(text));
}

static struct str trim_blanks(struct str text) {
    size_t before;
    do {
        before = text.len;
        text = trim_once(text);
    } while (text.len < before);
    return text;
}

/* Next line, line separator and paragraph separator. */
static bool is_wide_line_break(struct str text) {
    return str_starts(text, STR("\xc2\x85")) || str_starts(text, STR("\xe2\x80\xa8")) ||
           str_starts(text, STR("\xe2\x80\xa9"));
}

/* What is wrong with the character that the text begins with, or NULL. */
static const char *stranger_at(const struct config_row *row, struct str text) {
    unsigned char c = (unsigned char)text.ptr[0];
    if (is_line_break(text.ptr[0]) || (!row->keeps_blanks && is_wide_line_break(text))) {
        return "has a line break inside";
    }
    return (c < ' ' && c != '\t') || c == 0x7f ? "has a control character inside" : NULL;
}

/* Keys and tokens have nothing else. What shows no difference, such as a zero-width blank or a
 * printer's hyphen, would only be refused by the service. Proxies and headers have a form of their
 * own. */
static bool must_be_ascii(const struct config_row *row) {
    return row->secret && !row->keeps_blanks && !row->proxy && row->reserved == NULL;
}

static bool is_ascii(struct str text) {
    bool all = true;
    for (size_t i = 0; i < text.len; i++) {
        all = all && (unsigned char)text.ptr[i] < 0x80;
    }
    return all;
}

static const char *find_stranger(const struct config_row *row, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        const char *wrong = stranger_at(row, str_slice(text, i, text.len));
        if (wrong != NULL) {
            return wrong;
        }
    }
    if (!str_is_utf8(text)) {
        return "is not UTF-8 text";
    }
    return must_be_ascii(row) && !is_ascii(text)
               ? "has a character that no key has, which may not show: copy it anew"
               : NULL;
}

/* A file of variables, or a program, that keeps the quotes of a shell. */
static bool is_in_quotes(struct str text) {
    char first = text.len < 2 ? '\0' : text.ptr[0];
    return (first == '"' || first == '\'') && text.ptr[text.len - 1] == first;
}

struct str config_text_unmarked(struct str text) {
    return str_starts(text, STR(MARK)) ? str_slice(text, strlen(MARK), text.len) : text;
}

const char *config_text_trim(struct arena *arena, const struct config_row *row, struct str text,
                             struct str *out) {
    text = config_text_unmarked(text);
    text = row->keeps_blanks ? trim_line_breaks(text) : trim_blanks(text);
    *out = arena_str(arena, text);
    const char *stranger = find_stranger(row, text);
    bool keeps_quotes = row->keeps_blanks; /* a password may have any character */
    return stranger == NULL && !keeps_quotes && is_in_quotes(text) ? "is in quotes: take them off"
                                                                   : stranger;
}

/* "host" and "host:port" will do, as the services' own clients take them. */
static struct str with_scheme(struct arena *arena, struct str url) {
    return str_find(url, STR("://")) >= 0 ? url : arena_printf(arena, "https://%.*s", STR_ARG(url));
}

/* What a request can be sent to: paths are put behind it. */
static bool is_base_url(struct str url) {
    struct url_parts parts;
    return url_split(url, &parts) && str_find(url, STR("?")) < 0 &&
           (url_is_https(&parts) || url_is_loopback(&parts));
}

/* "http://user:password@host:port", with or without its first and second part. */
static bool is_proxy(struct arena *arena, struct str url) {
    ptrdiff_t scheme = str_find(url, STR("://"));
    struct str behind = str_slice(url, scheme < 0 ? 0 : (size_t)scheme + 3, url.len);
    size_t at = behind.len;
    while (at > 0 && behind.ptr[at - 1] != '@') {
        at--;
    }
    struct str bare =
        arena_printf(arena, "%.*s://%.*s", (int)(scheme < 0 ? 4 : scheme),
                     scheme < 0 ? "http" : url.ptr, STR_ARG(str_slice(behind, at, behind.len)));
    struct url_parts parts;
    return url_split(bare, &parts) && parts.path.len <= 1 && str_find(bare, STR("?")) < 0;
}

static const char *check_form(struct arena *arena, const struct config_row *row, struct str text) {
    struct config_headers headers;
    if (row->proxy && !is_proxy(arena, text)) {
        return "must be the URL of a proxy, http://host:port or https://host:port";
    }
    return row->reserved == NULL ? NULL : config_headers_read(arena, text, row->reserved, &headers);
}

static struct str without_end(struct arena *arena, struct str text, struct str end) {
    return arena_str(arena, str_slice(text, 0, text.len - end.len));
}

static struct str complete(struct arena *arena, const struct config_row *row, struct str text) {
    while (row->url && str_ends(text, STR("/"))) {
        text = without_end(arena, text, STR("/"));
    }
    if (row->strip != NULL && str_ends(text, str_of(row->strip))) {
        text = without_end(arena, text, str_of(row->strip));
    }
    if (row->complete_end != NULL && str_ends(text, str_of(row->complete_end))) {
        text = arena_printf(arena, "%.*s%s", STR_ARG(text), row->complete_with);
    }
    return text;
}

const char *config_text_no_number(struct arena *arena, const struct config_row *row,
                                  struct str text) {
    struct str meant = unit_converted(arena, row->type == CONFIG_INTEGER, row->unit, text);
    return arena_printf(arena, "must be %s%s%.*s%s", unit_number(arena, false, row->unit),
                        meant.len > 0 ? " (write " : "", STR_ARG(meant), meant.len > 0 ? ")" : "")
        .ptr;
}

static const char *check_number(struct arena *arena, const struct config_row *row,
                                struct str text) {
    char *end = NULL;
    double number = strtod(text.ptr, &end);
    if (*end != '\0' || !isfinite(number)) {
        return config_text_no_number(arena, row, text);
    }
    if (row->type == CONFIG_INTEGER && floor(number) != number) {
        return arena_printf(arena, "must be %s", unit_number(arena, true, row->unit)).ptr;
    }
    if (row->has_min && number < row->min) {
        return unit_limit(arena, "least", row->min, row->unit);
    }
    return row->has_max && number > row->max ? unit_limit(arena, "most", row->max, row->unit)
                                             : NULL;
}

static bool is_digits(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0 && text.ptr[0] != '0';
}

const char *config_text_no_truth(struct str text) {
    static const char *const words[][2] = {
        {"true", "must be true or false (write true)"},
        {"yes", "must be true or false (write true)"},
        {"on", "must be true or false (write true)"},
        {"false", "must be true or false (write false)"},
        {"no", "must be true or false (write false)"},
        {"off", "must be true or false (write false)"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_is_nocase(text, str_of(words[i][0]))) {
            return words[i][1];
        }
    }
    return "must be true or false";
}

static const char *check_type(struct arena *arena, const struct config_row *row, struct str text) {
    switch (row->type) {
    case CONFIG_STRING:
        return row->numeric && !is_digits(text) ? "must be a number without sign or leading zeros"
                                                : NULL;
    case CONFIG_BOOLEAN:
        return str_is_c(text, "true") || str_is_c(text, "false") ? NULL
                                                                 : config_text_no_truth(text);
    case CONFIG_INTEGER:
    case CONFIG_NUMBER:
        return check_number(arena, row, text);
    }
    return NULL;
}

/* "3.6e3" is 3600: some numbers are sent on, and no service reads all spellings. */
static struct str plain_number(struct arena *arena, const struct config_row *row, struct str text) {
    bool is_number = row->type == CONFIG_INTEGER || row->type == CONFIG_NUMBER;
    return is_number ? value_number_text(arena, strtod(text.ptr, NULL)) : text;
}

const char *config_text_allowed(struct arena *arena, const struct config_row *row) {
    struct str words = STR("one of");
    for (size_t i = 0; i < row->value_count; i++) {
        words = arena_printf(arena, "%.*s%s %s", STR_ARG(words), i > 0 ? "," : "",
                             row->values[i].value);
    }
    return words.ptr;
}

static bool is_allowed(const struct config_row *row, struct str text) {
    for (size_t i = 0; i < row->value_count; i++) {
        if (str_is_c(text, row->values[i].value)) {
            return true;
        }
    }
    return row->value_count == 0;
}

static const char *not_allowed(struct arena *arena, const struct config_row *row, struct str text) {
    struct near near = near_to(text);
    for (size_t i = 0; i < row->value_count; i++) {
        near_consider(&near, str_of(row->values[i].value));
    }
    bool is_near = near.word.len > 0;
    return arena_printf(arena, "must be %s%s%.*s%s", config_text_allowed(arena, row),
                        is_near ? " (write " : "", STR_ARG(near.word), is_near ? ")" : "")
        .ptr;
}

const char *config_text_read(struct arena *arena, const struct config_row *row, struct str text,
                             struct str *out) {
    const char *wrong = config_text_trim(arena, row, text, out);
    if (wrong != NULL || out->len == 0) {
        return wrong;
    }
    if (row->url) {
        *out = with_scheme(arena, *out);
        if (!is_base_url(*out)) {
            return "must be a URL (https://host, or http:// for this machine) without a user name "
                   "or a query";
        }
    }
    *out = complete(arena, row, *out);
    wrong = check_type(arena, row, *out);
    wrong = wrong != NULL ? wrong : check_form(arena, row, *out);
    if (wrong != NULL) {
        return wrong;
    }
    *out = plain_number(arena, row, *out);
    return is_allowed(row, *out) ? NULL : not_allowed(arena, row, *out);
}
