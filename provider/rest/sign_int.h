#ifndef REST_SIGN_INT_H
#define REST_SIGN_INT_H

#include "base/digest.h"
#include "rest/sign.h"
#include "rest/url.h"

/* The stages of an HMAC signature, each of which can be tested alone. The state is filled from
 * top to bottom: every stage needs the results of those before it. All texts live in `arena`. */
struct signing {
    const struct sign_scheme *scheme;
    const struct sign_credential *credential;
    struct arena *arena;

    /* sign_prepare */
    struct url_parts url;
    struct str method;
    struct str date;             /* 20260115T083000Z */
    struct str body_hash;        /* hex */
    struct http_header *headers; /* all that are sent, the scheme's own included */
    size_t header_count;

    /* sign_select_headers: lower-case names, trimmed values, sorted by name */
    struct http_header *signed_headers;
    size_t signed_count;

    struct str signed_names; /* sign_canonical_request: "host;x-date" */
    struct str canonical_request;
    struct str scope; /* sign_string_to_sign; empty when the scheme has none */
    struct str string_to_sign;
    uint8_t key[DIGEST_SHA256_LEN]; /* sign_signature; wiped by sign_request */
    struct str signature;           /* hex */
};

/* False when the URL cannot be taken apart. */
bool sign_prepare(struct signing *signing, const struct http_request *request,
                  int64_t wall_seconds);
void sign_select_headers(struct signing *signing);
void sign_canonical_request(struct signing *signing);
void sign_string_to_sign(struct signing *signing);
void sign_signature(struct signing *signing);
/* The value of the Authorization header. */
struct str sign_authorization(const struct signing *signing);

#endif
