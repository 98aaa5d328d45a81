#include "core/config_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

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

/* Opening a pipe would wait for somebody to write into it. */
static bool is_pipe(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
}

/* What a folder on the way keeps from being seen may as well not be there: many a HOME is another
 * user's. */
static bool is_hidden(const char *path) {
    struct stat info;
    return stat(path, &info) != 0 && errno == EACCES;
}

static enum config_file_state read_whole(struct arena *arena, FILE *file, struct str *out) {
    char *text = arena_alloc(arena, MAX_FILE_BYTES);
    size_t len = fread(text, 1, MAX_FILE_BYTES, file);
    if (ferror(file) != 0) {
        return CONFIG_FILE_CLOSED;
    }
    *out = (struct str){text, len};
    return len == MAX_FILE_BYTES ? CONFIG_FILE_LONG : CONFIG_FILE_READ;
}

enum config_file_state config_file_read(struct arena *arena, struct str path, struct str *out) {
    const char *name = arena_str(arena, path).ptr;
    *out = STR_EMPTY;
    if (path.len == 0) {
        return CONFIG_FILE_MISSING;
    }
    if (is_hidden(name)) {
        return CONFIG_FILE_MISSING;
    }
    if (is_pipe(name)) {
        return CONFIG_FILE_CLOSED;
    }
    FILE *file = fopen(name, "re");
    if (file == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? CONFIG_FILE_MISSING : CONFIG_FILE_CLOSED;
    }
    enum config_file_state state = read_whole(arena, file, out);
    (void)fclose(file);
    return state;
}
