#ifndef REST_URL_H
#define REST_URL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* An absolute http or https URL taken apart; views into it. Pure functions, any thread. */
struct url_parts {
    struct str scheme;
    struct str host;  /* an IPv6 address keeps its brackets */
    struct str port;  /* digits, or empty */
    struct str path;  /* as written; may be empty */
    struct str query; /* without the '?' */
};

/* False when it is not an absolute http(s) URL of printable ASCII, or has a user name, a
 * password or a fragment: none of those belongs in the address of an API. */
bool url_split(struct str url, struct url_parts *out);
bool url_is_https(const struct url_parts *parts);
/* localhost, 127.0.0.0/8 or [::1]; no name is looked up. */
bool url_is_loopback(const struct url_parts *parts);
/* What stands in the Host header: without the port when it is the scheme's own. In the arena. */
struct str url_host_header(struct arena *arena, const struct url_parts *parts);

/* Whether url_encode leaves the byte as it is. */
bool url_is_plain(char c, const char *keep);
/* Appends the text with every byte but RFC 3986's unreserved ones as %XX; those in `keep` stay,
 * too. */
void url_encode(struct buf *out, struct str text, const char *keep);
/* Appends the text with %XX decoded; a '%' that starts no escape stays. */
void url_decode(struct buf *out, struct str text);

#endif
