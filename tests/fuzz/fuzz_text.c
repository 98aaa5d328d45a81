#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/trace.h"
#include "fuzz.h"

/* First line: a needle, or another text. The rest: the text. */

enum { ARENA_CEILING = 64 * 1024 * 1024, FAR = 65 };

static size_t count_steps(struct str text) {
    size_t count = 0;
    while (text.len > 0) {
        size_t step = str_utf8_step(text);
        FUZZ_CHECK(step > 0 && step <= 4);
        text = str_slice(text, step, text.len);
        count++;
    }
    return count;
}

static void check_utf8(struct arena *arena, struct str text) {
    struct str mended = arena_utf8(arena, text);
    FUZZ_CHECK(str_is_utf8(mended));
    FUZZ_CHECK(str_is_utf8(text) == str_is(text, mended));
    FUZZ_CHECK(str_count_code_points(mended) == count_steps(mended));
    for (size_t len = 0; len < mended.len && len < 16; len++) {
        struct str cut = str_cut_utf8(mended, len);
        FUZZ_CHECK(cut.len <= len && str_is_utf8(cut) && str_starts(mended, cut));
    }
}

static void check_search(struct str needle, struct str text) {
    ptrdiff_t at = str_find(text, needle);
    if (at >= 0) {
        FUZZ_CHECK(str_starts(str_slice(text, (size_t)at, text.len), needle));
        FUZZ_CHECK(str_contains_nocase(text, needle));
    }
    FUZZ_CHECK(str_distance(needle, text) == str_distance(text, needle));
    FUZZ_CHECK(str_distance(text, text) == (text.len > 64 ? FAR : 0));
    FUZZ_CHECK(str_trim(text).len <= text.len);
    FUZZ_CHECK(str_without_stop(text).len <= text.len);
}

static void check_base64(struct arena *arena, struct str text) {
    struct str decoded;
    FUZZ_CHECK(digest_base64_decode(arena, digest_base64(arena, text), &decoded));
    FUZZ_CHECK(str_is(decoded, text));
    if (digest_base64_decode(arena, text, &decoded)) {
        FUZZ_CHECK(decoded.len <= text.len);
        FUZZ_CHECK(digest_base64(arena, decoded).len == text.len);
    }
}

static void check_trace(struct str text) {
    struct trace trace;
    bool parsed = trace_parse(text, &trace);
    FUZZ_CHECK(strlen(trace.trace_id) == (parsed ? 32 : 0));
    FUZZ_CHECK(strlen(trace.parent_id) == (parsed ? 16 : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    struct str text;
    struct str needle = str_split((struct str){(const char *)data, size}, '\n', &text);
    text = text.ptr == NULL ? STR_EMPTY : text;
    check_utf8(arena, text);
    check_search(needle, text);
    check_base64(arena, text);
    check_trace(text);
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
