#include "base/mem.h"
#include "fuzz.h"
#include "rest/url.h"

enum { ARENA_CEILING = 64 * 1024 * 1024, TEXT_CEILING = 64 * 1024 * 1024 };

static bool is_inside(struct str part, struct str whole) {
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_parts(struct arena *arena, struct str url) {
    struct url_parts parts;
    if (!url_split(url, &parts)) {
        return;
    }
    FUZZ_CHECK(parts.host.len > 0 && is_inside(parts.host, url));
    FUZZ_CHECK(is_inside(parts.port, url) && is_inside(parts.path, url));
    FUZZ_CHECK(is_inside(parts.query, url));
    FUZZ_CHECK(str_find(url, STR("#")) < 0 && str_find(parts.host, STR("@")) < 0);
    FUZZ_CHECK(parts.path.len == 0 || parts.path.ptr[0] == '/');
    FUZZ_CHECK(parts.port.len <= 5);
    for (size_t i = 0; i < parts.port.len; i++) {
        FUZZ_CHECK(parts.port.ptr[i] >= '0' && parts.port.ptr[i] <= '9');
    }
    (void)url_is_loopback(&parts);
    FUZZ_CHECK(str_starts(url_host_header(arena, &parts), parts.host));
}

static void check_encoding(struct str text) {
    struct buf encoded;
    struct buf decoded;
    buf_init(&encoded, TEXT_CEILING);
    buf_init(&decoded, TEXT_CEILING);
    url_encode(&encoded, text, "");
    url_decode(&decoded, buf_str(&encoded));
    FUZZ_CHECK(str_is(buf_str(&decoded), text));
    buf_reset(&decoded);
    url_decode(&decoded, text);
    FUZZ_CHECK(decoded.len <= text.len);
    buf_cleanup(&decoded);
    buf_cleanup(&encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    struct str text = {(const char *)data, size};
    check_parts(arena, text);
    check_encoding(text);
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
