#ifndef CORE_CONFIG_FILE_H
#define CORE_CONFIG_FILE_H

#include "base/arena.h"
#include "base/str.h"

/* The files that settings come from. Any thread; results live in the arena. */

typedef const char *config_getenv_fn(const char *name);

/* "$NAME/rest" and "~/rest", also within the variable, as a path; empty when a variable that it
 * takes is not set. */
struct str config_file_path(struct arena *arena, config_getenv_fn *env, struct str spelled);

enum config_file_state {
    CONFIG_FILE_READ = 0,
    CONFIG_FILE_MISSING,
    CONFIG_FILE_CLOSED, /* it is there and cannot be read, or it is no file */
    CONFIG_FILE_LONG    /* longer than any settings; *out is its beginning */
};

/* Empty text unless it was read. */
enum config_file_state config_file_read(struct arena *arena, struct str path, struct str *out);

#endif
