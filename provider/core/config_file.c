#include "core/config_file.h"

#include <stdio.h>

#define MAX_FILE_BYTES 65536

static struct str env_text(struct arena *arena, config_getenv_fn *env, struct str name) {
    return str_trim(str_of(env(arena_str(arena, name).ptr)));
}

/* "~/rest"; empty without a home. */
static struct str expand_home(struct arena *arena, config_getenv_fn *env, struct str path) {
    if (!str_starts(path, STR("~"))) {
        return path;
    }
    struct str home = env_text(arena, env, STR("HOME"));
    return home.len == 0 ? STR_EMPTY
                         : arena_printf(arena, "%.*s%.*s", STR_ARG(home),
                                        STR_ARG(str_slice(path, 1, path.len)));
}

struct str config_file_path(struct arena *arena, config_getenv_fn *env, struct str spelled) {
    if (!str_starts(spelled, STR("$"))) {
        return expand_home(arena, env, spelled);
    }
    ptrdiff_t slash = str_find(spelled, STR("/"));
    size_t end = slash < 0 ? spelled.len : (size_t)slash;
    struct str base = env_text(arena, env, str_slice(spelled, 1, end));
    base = expand_home(arena, env, base);
    return base.len == 0 ? STR_EMPTY
                         : arena_printf(arena, "%.*s%.*s", STR_ARG(base),
                                        STR_ARG(str_slice(spelled, end, spelled.len)));
}

enum config_file_state config_file_read(struct arena *arena, struct str path, struct str *out) {
    *out = STR_EMPTY;
    FILE *file = path.len == 0 ? NULL : fopen(arena_str(arena, path).ptr, "re");
    if (file == NULL) {
        return CONFIG_FILE_MISSING;
    }
    char *text = arena_alloc(arena, MAX_FILE_BYTES);
    size_t len = fread(text, 1, MAX_FILE_BYTES, file);
    bool is_broken = ferror(file) != 0;
    (void)fclose(file);
    if (is_broken) {
        return CONFIG_FILE_MISSING;
    }
    *out = (struct str){text, len};
    return len == MAX_FILE_BYTES ? CONFIG_FILE_LONG : CONFIG_FILE_READ;
}
