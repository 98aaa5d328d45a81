#include "base/mem.h"
#include "fuzz.h"
#include "rest/request.h"
#include "rest/sign_int.h"

/* First line: a path template with the parameters {a} and {+b}. Second line: b. The rest: a. */

enum { ARENA_CEILING = 64 * 1024 * 1024, URL_CEILING = 1024 * 1024 };

static bool is_path_text(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!url_is_plain(text.ptr[i], "/:@!$&'()*+,;=%")) {
            return false;
        }
    }
    return true;
}

static bool is_dots(struct str text) {
    return str_is_c(text, ".") || str_is_c(text, "..");
}

/* A parameter stays within its segment, and comes out as it went in. */
static void check_segment(struct arena *arena, const struct value *params, struct str a) {
    struct buf out;
    struct buf decoded;
    struct str param;
    buf_init(&out, URL_CEILING);
    buf_init(&decoded, URL_CEILING);
    enum request_expansion result = request_expand_path(arena, &out, "{a}", params, &param);
    if (result == REQUEST_EXPANDED) {
        for (size_t i = 0; i < out.len; i++) {
            FUZZ_CHECK(url_is_plain(out.ptr[i], "%"));
        }
        url_decode(&decoded, buf_str(&out));
        FUZZ_CHECK(str_is(buf_str(&decoded), a));
        FUZZ_CHECK(!is_dots(buf_str(&out)) && out.len > 0);
    } else {
        FUZZ_CHECK(a.len == 0 || is_dots(a) || !str_is_utf8(a));
    }
    buf_cleanup(&decoded);
    buf_cleanup(&out);
}

/* Whatever URL can be taken apart can be signed, and its canonical form has the same six parts. */
static void check_signature(struct arena *arena, struct str url) {
    static const struct sign_credential credential = {.access_key = STR("AK"),
                                                      .secret_key = STR("SK")};
    struct http_request request = {.method = STR("GET"), .url = url, .body = STR_EMPTY};
    struct signing signing = {
        .scheme = sign_scheme_find("sdk-hmac-sha256"), .credential = &credential, .arena = arena};
    struct url_parts parts;
    bool whole = url_split(url, &parts);
    FUZZ_CHECK(sign_prepare(&signing, &request, 0) == whole);
    if (!whole) {
        return;
    }
    FUZZ_CHECK(parts.host.len > 0);
    sign_select_headers(&signing);
    sign_canonical_request(&signing);
    sign_string_to_sign(&signing);
    sign_signature(&signing);
    FUZZ_CHECK(signing.signature.len == 64);
    size_t lines = 0;
    for (size_t i = 0; i < signing.canonical_request.len; i++) {
        lines += signing.canonical_request.ptr[i] == '\n' ? 1 : 0;
    }
    FUZZ_CHECK(lines == 7);
}

static void expand(struct arena *arena, struct str input) {
    struct str a;
    struct str b;
    struct str template = arena_str(arena, str_split(input, '\n', &a));
    struct value *params = value_map(arena);
    struct buf out;
    struct str param;
    b = str_split(a, '\n', &a);
    a = a.ptr == NULL ? STR_EMPTY : a;
    value_map_set_c(arena, params, "a", value_string(arena, a));
    value_map_set_c(arena, params, "b", value_string(arena, b));
    check_segment(arena, params, a);

    buf_init(&out, URL_CEILING);
    buf_append(&out, STR("https://h.example.com"));
    enum request_expansion result = request_expand_path(arena, &out, template.ptr, params, &param);
    if (result == REQUEST_EXPANDED && is_path_text(str_of(template.ptr)) && !out.overflow) {
        FUZZ_CHECK(is_path_text(str_slice(buf_str(&out), 8, out.len)));
    }
    check_signature(arena, arena_str(arena, buf_str(&out)));
    check_signature(arena, a);
    buf_cleanup(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    expand(arena, (struct str){(const char *)data, size});
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
