#include <pthread.h>
#include <regex.h>
#include <string.h>

#include "base/mem.h"
#include "core/props/prop.h"

/* Patterns of the tables, compiled at first use and kept for the life of the process, since that
 * takes longer than all else that Check does with a property. */

enum { KEPT_PATTERNS = 64 };

struct kept_pattern {
    const char *text; /* constant, so its address tells it */
    regex_t compiled;
};

static struct kept_pattern kept[KEPT_PATTERNS];
static size_t kept_count;
static pthread_mutex_t kept_mutex = PTHREAD_MUTEX_INITIALIZER;

static bool compile(const char *pattern, regex_t *out) {
    return regcomp(out, pattern, REG_EXTENDED | REG_NOSUB) == 0;
}

/* With the mutex held. NULL when there is no place, or the pattern is none. */
static const regex_t *find(const char *pattern) {
    for (size_t i = 0; i < kept_count; i++) {
        if (kept[i].text == pattern) {
            return &kept[i].compiled;
        }
    }
    if (kept_count == KEPT_PATTERNS || !compile(pattern, &kept[kept_count].compiled)) {
        return NULL;
    }
    kept[kept_count].text = pattern;
    return &kept[kept_count++].compiled;
}

/* POSIX matches up to a NUL; no pattern allows one. */
static bool fits(const regex_t *compiled, struct str text) {
    char *copy = mem_alloc(text.len + 1);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    copy[text.len] = '\0';
    bool found = strlen(copy) == text.len && regexec(compiled, copy, 0, NULL, 0) == 0;
    mem_free(copy);
    return found;
}

static bool fits_once(const char *pattern, struct str text) {
    regex_t compiled;
    if (!compile(pattern, &compiled)) {
        return true; /* the pattern is a row of ours: the renderer compiles every one */
    }
    bool found = fits(&compiled, text);
    regfree(&compiled);
    return found;
}

bool prop_matches(const char *pattern, struct str text) {
    (void)pthread_mutex_lock(&kept_mutex);
    const regex_t *compiled = find(pattern);
    (void)pthread_mutex_unlock(&kept_mutex);
    return compiled != NULL ? fits(compiled, text) : fits_once(pattern, text);
}
