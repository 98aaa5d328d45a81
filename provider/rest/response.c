#include "rest/response.h"

#include "base/json.h"
#include "rest/header_block.h"

enum {
    MESSAGE_CODE_POINTS = 600, /* of what the service itself says */
    TEXT_CODE_POINTS = 160,    /* of anything else: a gateway's page, mostly */
    FLAT_CEILING = 16 * 1024,
    FLAT_DEPTH = 8,
    SQUEEZE_INPUT = 64 * 1024,
    RATE_RESET_MAX_MS = 60 * 1000
};

static struct str header_of(const struct http_response *response, const char *name) {
    return header_value(response->headers, response->header_count, name);
}

bool response_is_redirect(int status) {
    return status >= 300 && status < 400;
}

/* Bytes of the control character or white space the text begins with; 0 when it begins with
 * none. U+0080 to U+009F count: a terminal may obey them. */
static size_t blank_len(struct str text) {
    unsigned char c = (unsigned char)text.ptr[0];
    if (c <= ' ' || c == 0x7f) {
        return 1;
    }
    return c == 0xc2 && text.len > 1 && (unsigned char)text.ptr[1] < 0xa0 ? 2 : 0;
}

static bool is_tag_start(struct str text) {
    if (text.len < 2 || text.ptr[0] != '<') {
        return false;
    }
    char c = text.ptr[1];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!' || c == '?';
}

/* Bytes up to and with the first `end` without case, or all of them. */
static size_t skip_past(struct str text, struct str end) {
    for (size_t i = 0; i + end.len <= text.len; i++) {
        if (str_starts_nocase(str_slice(text, i, text.len), end)) {
            return i + end.len;
        }
    }
    return text.len;
}

/* A style or script goes with what it encloses. */
static size_t tag_len(struct str text) {
    if (str_starts_nocase(text, STR("<style"))) {
        return skip_past(text, STR("</style>"));
    }
    if (str_starts_nocase(text, STR("<script"))) {
        return skip_past(text, STR("</script>"));
    }
    return str_starts_nocase(text, STR("<!--")) ? skip_past(text, STR("-->"))
                                                : skip_past(text, STR(">"));
}

static size_t dropped_len(struct str text, bool tags) {
    return tags && is_tag_start(text) ? tag_len(text) : blank_len(text);
}

struct str response_squeeze(struct arena *arena, struct str text, bool tags,
                            size_t max_code_points) {
    struct str rest = text.len > SQUEEZE_INPUT ? str_slice(text, 0, SQUEEZE_INPUT) : text;
    struct buf out;
    size_t code_points = 0;
    bool gap = false;
    rest = arena_utf8(arena, rest);
    buf_init(&out, rest.len * 2 + 1);
    while (rest.len > 0) {
        size_t dropped = dropped_len(rest, tags);
        if (dropped > 0) {
            gap = code_points > 0;
            rest = str_slice(rest, dropped, rest.len);
            continue;
        }
        code_points += gap ? 2 : 1;
        if (code_points > max_code_points) {
            break;
        }
        size_t step = str_utf8_step(rest);
        buf_append(&out, gap ? STR(" ") : STR_EMPTY);
        buf_append(&out, str_slice(rest, 0, step));
        rest = str_slice(rest, step, rest.len);
        gap = false;
    }
    struct str result = arena_str(arena, buf_str(&out));
    buf_cleanup(&out);
    return result;
}

/* What the first element of that name holds, without tags. */
static struct str element_text(struct arena *arena, struct str page, struct str tag,
                               struct str end) {
    size_t from = skip_past(page, tag);
    from += skip_past(str_slice(page, from, page.len), STR(">"));
    struct str rest = str_slice(page, from, page.len);
    size_t past = skip_past(rest, end);
    bool is_closed =
        past >= end.len && str_starts_nocase(str_slice(rest, past - end.len, past), end);
    return is_closed
               ? response_squeeze(arena, str_slice(rest, 0, past - end.len), true, TEXT_CODE_POINTS)
               : STR_EMPTY;
}

/* A page's title and heading mostly say the same: it is told once, as the longer of them does. */
static struct str page_text(struct arena *arena, struct str page) {
    struct str title = element_text(arena, page, STR("<title"), STR("</title>"));
    struct str text = response_squeeze(arena, page, true, 2 * TEXT_CODE_POINTS);
    if (title.len == 0 || !str_starts(text, title)) {
        return text;
    }
    struct str rest = str_trim(str_slice(text, title.len, text.len));
    if (str_contains_nocase(rest, title)) {
        return rest;
    }
    struct str heading = element_text(arena, page, STR("<h1"), STR("</h1>"));
    bool is_told =
        heading.len > 0 && str_contains_nocase(title, heading) && str_starts(rest, heading);
    return !is_told ? text
                    : arena_printf(arena, "%.*s%.*s", STR_ARG(title),
                                   STR_ARG(str_slice(rest, heading.len, rest.len)));
}

static const struct value *first_item(const struct value *list) {
    return value_list_count(list) > 0 ? list->list.items[0] : NULL;
}

/* A dotted path in which "[]" behind a key goes on with the first element of a list. */
static const struct value *find_path(const struct value *at, const char *path) {
    struct str rest = str_of(path);
    while (at != NULL && rest.ptr != NULL) {
        struct str step = str_split(rest, '.', &rest);
        bool into = str_ends(step, STR("[]"));
        struct str key = str_slice(step, 0, step.len - (into ? 2 : 0));
        at = key.len > 0 ? value_get_set(at, key) : at;
        at = into ? first_item(at) : at;
    }
    return at;
}

static struct str scalar_text(struct arena *arena, const struct value *value) {
    if (value == NULL) {
        return STR_EMPTY;
    }
    if (value->kind == VALUE_NUMBER) {
        return value_number_text(arena, value->number);
    }
    return value->kind == VALUE_STRING ? value->string : STR_EMPTY;
}

/* The texts of a list: "a, b". */
static struct str list_text(struct arena *arena, const struct value *list) {
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < value_list_count(list); i++) {
        const struct value *item = list->list.items[i];
        struct str one = value_is_string(item) ? str_without_stop(item->string) : STR_EMPTY;
        text = one.len > 0 ? arena_join(arena, text, ", ", one) : text;
    }
    return text;
}

/* A path that ends in "[]" is that of a list of texts, all of which are told. */
static struct str text_at(struct arena *arena, const struct value *body, const char *path,
                          bool numbers) {
    struct str list = str_of(path);
    if (!numbers && str_ends(list, STR("[]"))) {
        list = arena_str(arena, str_slice(list, 0, list.len - 2));
        return list_text(arena, find_path(body, list.ptr));
    }
    const struct value *at = find_path(body, path);
    return at != NULL && (at->kind == VALUE_STRING || numbers) ? scalar_text(arena, at) : STR_EMPTY;
}

/* Numbers count as text only where a code or an id may be one. */
static struct str first_text(struct arena *arena, const struct value *body,
                             const char *const *paths, bool numbers) {
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++) {
        struct str text = text_at(arena, body, paths[i], numbers);
        if (text.len > 0) {
            return text;
        }
    }
    return STR_EMPTY;
}

static struct str first_header(const struct http_response *response, const char *const *names) {
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        struct str text = header_of(response, names[i]);
        if (text.len > 0) {
            return text;
        }
    }
    return STR_EMPTY;
}

static void append_separated(struct buf *out, struct str separator, struct str text) {
    if (text.len == 0) {
        return;
    }
    buf_append(out, out->len > 0 ? separator : STR_EMPTY);
    buf_append(out, text);
}

static struct str text_of(struct arena *arena, const struct value *map, const char *const *names) {
    struct str text = STR_EMPTY;
    for (; *names != NULL && text.len == 0; names++) {
        text = scalar_text(arena, value_get_c(map, *names));
    }
    return text;
}

struct str response_subject(struct arena *arena, const struct value *item) {
    static const char *const names[] = {"field", "param", "property", "path", NULL};
    struct str subject = text_of(arena, item, names);
    const struct value *steps = subject.len > 0 ? NULL : value_get_c(item, "loc");
    for (size_t i = 0; i < value_list_count(steps); i++) {
        struct str step = scalar_text(arena, steps->list.items[i]);
        bool is_body = i == 0 && str_is(step, STR("body"));
        subject = is_body || step.len == 0 ? subject : arena_join(arena, subject, ".", step);
    }
    return subject;
}

/* An item that says what is wrong, and mostly with what; false for any other map. */
static bool append_refusal(struct arena *arena, struct buf *out, const struct value *item) {
    static const char *const names[] = {"message", "msg", "detail", NULL};
    struct str said = str_without_stop(text_of(arena, item, names));
    if (said.len == 0) {
        return false;
    }
    append_separated(out, STR(", "), response_subject(arena, item));
    append_separated(out, STR(": "), said);
    return true;
}

/* "field: text; field: text, text". Nesting past FLAT_DEPTH is left out. */
static void flatten(struct arena *arena, struct buf *out, const struct value *value, int depth) {
    if (value == NULL || depth > FLAT_DEPTH) {
        return;
    }
    if (value->kind == VALUE_MAP) {
        for (size_t i = 0; i < value->map.count; i++) {
            struct buf below;
            buf_init(&below, FLAT_CEILING);
            flatten(arena, &below, value->map.entries[i].value, depth + 1);
            if (below.len > 0) {
                append_separated(out, STR("; "), value->map.entries[i].key);
                buf_append(out, STR(": "));
                buf_append(out, buf_str(&below));
            }
            buf_cleanup(&below);
        }
    } else if (value->kind == VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            struct buf below;
            buf_init(&below, FLAT_CEILING);
            const struct value *item = value->list.items[i];
            if (!value_is_map(item) || !append_refusal(arena, &below, item)) {
                flatten(arena, &below, item, depth + 1);
            }
            append_separated(out, STR(", "), buf_str(&below));
            buf_cleanup(&below);
        }
    } else if (value->kind == VALUE_BOOL) {
        buf_append(out, value->boolean ? STR("true") : STR("false"));
    } else {
        buf_append(out, str_without_stop(scalar_text(arena, value)));
    }
}

/* What the details add to the message. */
static void append_details(struct arena *arena, struct buf *out, const struct value *body,
                           const char *const *paths, struct str message) {
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++) {
        struct buf flat;
        buf_init(&flat, FLAT_CEILING);
        flatten(arena, &flat, find_path(body, paths[i]), 0);
        if (!str_contains_nocase(message, buf_str(&flat))) { /* mostly it is the same */
            append_separated(out, STR(": "), buf_str(&flat));
        }
        buf_cleanup(&flat);
    }
}

/* What the service says in its JSON; empty when it says nothing in a known place. */
static struct str envelope_message(struct arena *arena, const struct error_shape *shape,
                                   const struct value *body) {
    struct str whole = first_text(arena, body, shape->message, false);
    struct str message = str_without_stop(whole);
    struct buf out;
    buf_init(&out, 4 * FLAT_CEILING);
    buf_append(&out, message);
    append_details(arena, &out, body, shape->details, message);
    struct str text = out.len == message.len ? whole : arena_str(arena, buf_str(&out));
    buf_cleanup(&out);
    return text;
}

static bool is_digits(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0 && text.len <= 9;
}

static double number_of(const struct value *value) {
    if (value->kind == VALUE_NUMBER) {
        return value->number;
    }
    double number = 0;
    for (size_t i = 0; i < value->string.len; i++) {
        number = number * 10 + (value->string.ptr[i] - '0');
    }
    return number;
}

/* Whether the value at one failure_in_success path speaks of a failure; *status is set when it
 * names an HTTP status. */
static bool says_failure(const struct value *at, int *status) {
    if (at == NULL) {
        return false;
    }
    if (at->kind == VALUE_BOOL) {
        return at->boolean;
    }
    if (at->kind == VALUE_NUMBER || (at->kind == VALUE_STRING && is_digits(at->string))) {
        double number = number_of(at);
        if (number >= 400 && number < 600) {
            *status = (int)number;
        }
        return number >= 400;
    }
    return at->kind == VALUE_STRING && at->string.len > 0;
}

static bool fails_inside(const struct error_shape *shape, struct response_details *out) {
    const char *const *paths = shape->failure_in_success;
    bool failed = false;
    int status = 0;
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++) {
        failed = says_failure(find_path(out->body, paths[i]), &status) || failed;
    }
    out->status = status > 0 ? status : out->status;
    return failed;
}

static bool is_blank(struct str text) {
    return str_trim(text).len == 0;
}

static bool looks_like_html(const struct http_response *response) {
    return str_starts_nocase(str_trim(header_of(response, "Content-Type")), STR("text/html")) ||
           str_starts(str_trim(response->body), STR("<"));
}

/* A portal's or proxy's page with status 200 must not pass for the service's answer; plain text
 * may, since some operations answer with it. */
static bool is_broken(const struct http_response *response, const struct value *body) {
    return body == NULL && !is_blank(response->body) &&
           (looks_like_html(response) ||
            str_contains_nocase(header_of(response, "Content-Type"), STR("json")));
}

/* A list may come in several fields (RFC 9110, 5.3). */
static struct str list_of(struct arena *arena, const struct http_response *response,
                          const char *name) {
    struct str list = STR_EMPTY;
    for (size_t i = 0; i < response->header_count; i++) {
        if (str_is_nocase(response->headers[i].name, str_of(name))) {
            list = arena_join(arena, list, ", ", response->headers[i].value);
        }
    }
    return list;
}

/* Dates are counted from the reply's own: this machine's clock may be off. "Retry-After: 0" names
 * no time: another header may. */
static int64_t asked_delay_ms(struct arena *arena, const struct http_response *response,
                              int64_t date_seconds, int64_t wall_seconds) {
    wall_seconds = date_seconds >= 0 ? date_seconds : wall_seconds;
    int64_t after_ms = retry_after_ms(header_of(response, "Retry-After"), wall_seconds);
    if (after_ms > 0 || response->status != 429) {
        return after_ms;
    }
    int64_t delay_ms = retry_window_ms(list_of(arena, response, "RateLimit"));
    if (delay_ms >= 0) {
        return delay_ms;
    }
    /* Seconds until the window begins anew; a value that is no such thing must not hold
     * everybody up. */
    delay_ms = retry_after_ms(header_of(response, "RateLimit-Reset"), wall_seconds);
    delay_ms = delay_ms > RATE_RESET_MAX_MS ? RATE_RESET_MAX_MS : delay_ms;
    return delay_ms >= 0 ? delay_ms : after_ms;
}

static const struct error_shape no_shape = {0};

static bool is_empty(const struct value *body) {
    return body != NULL &&
           (body->kind == VALUE_NULL || (body->kind == VALUE_MAP && body->map.count == 0));
}

/* Secrets are masked before anything is cut, so that no start of one stays. */
static struct str masked(struct arena *arena, const struct redact *redact, struct str text) {
    return redact_apply(redact, arena_plain(arena, text));
}

struct str response_message(struct arena *arena, const struct redact *redact, struct str text) {
    return response_squeeze(arena, masked(arena, redact, text), false, MESSAGE_CODE_POINTS);
}

static void decode_message(struct arena *arena, const struct error_shape *shape,
                           const struct redact *redact, const struct http_response *response,
                           struct response_details *out) {
    struct str said = out->body == NULL ? STR_EMPTY : envelope_message(arena, shape, out->body);
    out->envelope = out->body != NULL && (said.len > 0 || out->code.len > 0);
    if (said.len == 0) {
        said = first_header(response, shape->message_headers);
    }
    if (said.len == 0 && value_is_string(out->body)) {
        said = out->body->string;
    }
    bool own = said.len > 0;
    out->is_own = out->code.len > 0 || (own && !shape->coded);
    struct str whole = own ? said : is_empty(out->body) ? STR_EMPTY : response->body;
    out->is_page = !out->is_own && looks_like_html(response);
    out->message = own ? response_message(arena, redact, whole)
                       : response_squeeze(arena, page_text(arena, masked(arena, redact, whole)),
                                          false, TEXT_CODE_POINTS);
}

void response_decode(struct arena *arena, const struct error_shape *shape,
                     const struct redact *redact, const struct http_response *response,
                     int64_t wall_seconds, struct response_details *out) {
    struct value *body = NULL;
    struct str why;
    bool success = response->status >= 200 && response->status < 300;
    shape = shape == NULL ? &no_shape : shape;
    *out = (struct response_details){.status = response->status};
    /* A byte that is no text must not hide the rest: an endpoint has to stay readable. */
    if (!is_blank(response->body) &&
        json_parse(arena, arena_utf8(arena, response->body), &body, &why)) {
        out->body = body;
    }
    out->request_id = first_text(arena, out->body, shape->request_id, true);
    if (out->request_id.len == 0) {
        out->request_id = first_header(response, shape->request_id_headers);
    }
    out->request_id =
        response_squeeze(arena, redact_apply(redact, out->request_id), false, TEXT_CODE_POINTS);
    out->broken = success && is_broken(response, out->body);
    out->failed = !success || out->broken || fails_inside(shape, out);
    out->retry_after_ms = -1;
    out->date_seconds = retry_date_seconds(str_trim(header_of(response, "Date")));
    if (out->failed) {
        struct str code = first_text(arena, out->body, shape->code, true);
        code = code.len > 0 ? code : first_header(response, shape->code_headers);
        out->code = response_squeeze(arena, redact_apply(redact, code), false, TEXT_CODE_POINTS);
        out->retry_after_ms = asked_delay_ms(arena, response, out->date_seconds, wall_seconds);
        decode_message(arena, shape, redact, response, out);
    }
}
