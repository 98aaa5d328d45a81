#ifndef REST_SIGN_H
#define REST_SIGN_H

#include "base/ctx.h"
#include "rest/transport.h"

/* How requests prove who sends them; schemes are rows of a table in sign.c. */
enum sign_kind {
    /* a header holds a token: "Authorization: Bearer <token>", "X-Auth-Token: <token>" */
    SIGN_HEADER = 0,
    SIGN_HMAC /* a canonical request signed with HMAC-SHA256 */
};

/* One row. HMAC columns describe the whole family of "v4"-like schemes. */
struct sign_scheme {
    const char *name; /* "bearer", "volc-v4", "sdk-hmac-sha256", "x-auth-token" */
    enum sign_kind kind;
    const char *header;       /* SIGN_HEADER: its name */
    const char *value_prefix; /* SIGN_HEADER: "Bearer " or "" */
    const char *algorithm;    /* SIGN_HMAC: label */
    const char *access_label; /* "Credential" or "Access" */
    const char *date_header;
    const char *body_hash_header; /* or NULL */
    const char *token_header;     /* session / security token */
    const char *project_header;   /* or NULL */
    /* key steps: "{date}", "{region}", "{service}", literals; NULL = key is the secret itself */
    const char *const *derivation;
    bool scope;             /* a scope line in the string to sign and behind the access key */
    bool trailing_slash;    /* the canonical path ends in '/' */
    bool drop_default_port; /* canonical host without :80 and :443 */
};

/* NULL when there is no such row. Rows are constant. */
const struct sign_scheme *sign_scheme_find(const char *name);

/* What is signed with. Views; the owner keeps them alive. */
struct sign_credential {
    struct str token;      /* SIGN_HEADER */
    struct str access_key; /* SIGN_HMAC */
    struct str secret_key;
    struct str session_token;
    struct str region;
    struct str service;
    struct str project_id;
};

/* Adds the scheme's headers to the request: headers array is replaced by one in ctx->arena.
 * `wall_seconds` is the signing time. ERR_INVALID when the URL cannot be taken apart. */
enum err_code sign_request(struct ctx *ctx, const struct sign_scheme *scheme,
                           const struct sign_credential *credential, int64_t wall_seconds,
                           struct http_request *request) MUST_USE;

#endif
