#include "base/mem.h"
#include "base/redact.h"
#include "fuzz.h"

/* First two lines: secrets. The rest: a text, of which no piece that is left holds one of them. */

enum { ARENA_CEILING = 64 * 1024 * 1024, SECRET_COUNT = 2, MIN_SECRET_LEN = 4 };

#define MASK STR("[secret]")

static void check_piece(struct str piece, const struct str *secrets) {
    for (size_t i = 0; i < SECRET_COUNT; i++) {
        FUZZ_CHECK(secrets[i].len < MIN_SECRET_LEN || str_find(piece, secrets[i]) < 0);
    }
}

static void check_masked(struct str masked, const struct str *secrets) {
    for (ptrdiff_t at = str_find(masked, MASK); at >= 0; at = str_find(masked, MASK)) {
        check_piece(str_slice(masked, 0, (size_t)at), secrets);
        masked = str_slice(masked, (size_t)at + MASK.len, masked.len);
    }
    check_piece(masked, secrets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    struct str rest = {(const char *)data, size};
    struct str secrets[SECRET_COUNT];
    struct redact redact;
    redact_init(&redact, arena);
    for (size_t i = 0; i < SECRET_COUNT; i++) {
        secrets[i] = str_split(rest, '\n', &rest);
        rest = rest.ptr == NULL ? STR_EMPTY : rest;
        redact_add(&redact, secrets[i]);
    }
    check_masked(redact_apply(&redact, rest), secrets);
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
