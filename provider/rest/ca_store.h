#ifndef REST_CA_STORE_H
#define REST_CA_STORE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* Which certificate authorities vouch for the clouds. Exactly one of file and directory is set,
 * or `problem`: a sentence that says what is wrong and how to mend it. NUL-terminated texts in
 * the arena. */
struct ca_store {
    struct str file;
    struct str directory;
    struct str problem;
};

/* Order: the configured file, SSL_CERT_FILE, SSL_CERT_DIR, the places of known distributions.
 * What is named explicitly but cannot be read is a problem, not a reason to trust something
 * else. */
void ca_store_find(struct arena *arena, struct str configured, struct ca_store *out);
/* As above with the environment and the distributions' places given; `places` ends with NULL. */
void ca_store_find_in(struct arena *arena, struct str configured, const char *cert_file,
                      const char *cert_dir, const char *const *places, struct ca_store *out);

#endif
