#include "base/arena.h"
#include "base/mem.h"
#include "fuzz.h"
#include "rpc/args.h"

/* A command line, an argument a line. */

enum { ARENA_CEILING = 64 * 1024 * 1024, MAX_ARGUMENTS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    struct str rest = {(const char *)data, size};
    char *argv[MAX_ARGUMENTS + 2] = {(char *)"provider"};
    int argc = 1;
    struct args args;
    while (rest.len > 0 && argc <= MAX_ARGUMENTS) {
        argv[argc++] = (char *)arena_str(arena, str_split(rest, '\n', &rest)).ptr;
    }
    args_parse(argc, argv, &args);
    FUZZ_CHECK(args.mode <= ARGS_WRONG);
    FUZZ_CHECK(args.mode != ARGS_SERVE || args.verbosity >= 0);
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
