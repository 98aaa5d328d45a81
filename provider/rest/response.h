#ifndef REST_RESPONSE_H
#define REST_RESPONSE_H

#include "base/redact.h"
#include "rest/client.h"

/* What a reply says once it is decoded. Everything lives in the arena given to response_decode,
 * or in the reply. */
struct response_details {
    int status; /* the HTTP status, or the one a 2xx reply states in its body as the real one */
    const struct value *body; /* NULL when the reply holds no JSON */
    bool broken;   /* a 2xx reply that cannot be the service's: HTML, or JSON that does not parse */
    bool failed;   /* not 2xx, broken, or a failure inside a 2xx reply */
    bool envelope; /* the service's own error details are there */
    bool is_page;  /* a failure that somebody on the way tells in HTML */
    bool is_own;   /* a failure that speaks as the service does, in the body or in headers */
    struct str code; /* the cloud's code, or empty */
    struct str
        message; /* one line without control characters or tags, secrets masked; empty on success */
    struct str request_id;  /* or empty */
    int64_t retry_after_ms; /* -1 when the reply asks for no delay */
    int64_t date_seconds;   /* when it was sent, by the service's clock; -1 when it does not say */
};

/* Takes a whole reply apart. Never fails: whatever came, the details are defined. `shape` NULL
 * looks at nothing but the status. Any thread. */
void response_decode(struct arena *arena, const struct error_shape *shape,
                     const struct redact *redact, const struct http_response *response,
                     int64_t wall_seconds, struct response_details *out);

bool response_is_redirect(int status);

/* One line: runs of white space and control characters become one blank, with `tags` HTML's
 * tags, styles and scripts, too; bytes that are not UTF-8 are replaced; cut to max_code_points.
 * In the arena. */
struct str response_squeeze(struct arena *arena, struct str text, bool tags,
                            size_t max_code_points);
/* What a service says, in one line of bounded length: without secrets, and without what a terminal
 * obeys. In the arena. */
struct str response_message(struct arena *arena, const struct redact *redact, struct str text);
/* "a.b", of what an item of a list of refusals is about, which it says as text, or as steps below
 * the body ("loc"); empty when it says neither. In the arena, or of the item. */
struct str response_subject(struct arena *arena, const struct value *item);

#endif
