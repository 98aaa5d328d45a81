#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include "base/arena.h"
#include "base/value.h"
#include "base/words.h"

/* The secrets one call has seen. Whatever leaves the process as text (errors, reasons, logs, check
 * failures) passes through redact_apply once, so that a cloud that echoes a token in its error
 * cannot leak it. Belongs to one call; one thread at a time. Those of the configuration, which are
 * the same for all calls, are shared. */
struct redact {
    struct arena *arena;
    const struct redact *shared; /* redact_share, or NULL */
    struct str *secrets;
    size_t count;
    size_t capacity;
};

void redact_init(struct redact *redact, struct arena *arena);
/* Remembers a secret, also in its percent-encoded, base64 and JSON-escaped forms, and, up to 4096
 * bytes, in base64 of which it is a part; of one with several lines the first 512 by themselves,
 * too, but for those under 8 bytes. Texts under 4 bytes are left out: masking them would garble
 * every message. */
void redact_add(struct redact *redact, struct str secret);
/* Knows from now on what `shared` knows, as it stands: nothing is added to that any more, and it
 * outlives the call. One such at a time. */
void redact_share(struct redact *redact, const struct redact *shared);
/* Remembers every string below a secret node of the tree. */
void redact_add_value(struct redact *redact, const struct value *value);
/* The value as a secret, in the arena and sharing its children; it is remembered. */
const struct value *redact_secret(struct redact *redact, const struct value *value);
/* The text with every secret replaced by "[secret]" (longest first), also where single characters
 * are escaped (base/escape.h), and where line breaks and indents were put inside one of 8 bytes or
 * more; so is the login of every URL in it, which nobody has told of. The text itself when it holds
 * none. */
struct str redact_apply(const struct redact *redact, struct str text);

/* "user:password" of the first URL of the text that has a login; empty without one. Pure. */
struct str redact_find_login(struct str text);

/* The same, but a secret that lies within an own part stays: an ordinary word that somebody took
 * for a password is no secret there. A part that the text does not show at its place counts for
 * nothing. What the masked text still shows of the own parts is own in it, for whoever masks it
 * once more. In the arena of `redact`; the words themselves when they hold none. */
struct words redact_words(const struct redact *redact, struct words words);

#endif
