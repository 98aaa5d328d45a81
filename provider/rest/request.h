#ifndef REST_REQUEST_H
#define REST_REQUEST_H

#include "base/buf.h"
#include "rest/client.h"

/* Builds the request of one operation, without credentials: base URL, path and query from the
 * templates, the service's headers, JSON body. Everything lives in `arena`. ERR_INVALID when the
 * base URL or a parameter cannot be used (a path parameter that is empty, "." or ".." would
 * address another object), ERR_INTERNAL when a table row and the parameters do not fit together.
 * Any thread. */
enum err_code request_build(struct ctx *ctx, struct arena *arena,
                            const struct rest_session *session, const struct operation *operation,
                            const struct value *params, const struct value *body,
                            struct http_request *out) MUST_USE;

/* How a template's parameters end up: why an expansion did not work. */
enum request_expansion {
    REQUEST_EXPANDED = 0,
    REQUEST_PARAM_UNSET, /* not given */
    /* not a string, number or boolean; or "{+name}" with what a path cannot hold */
    REQUEST_PARAM_UNFIT,
    REQUEST_PARAM_NO_OBJECT, /* in a path: empty, "." or ".." */
    REQUEST_TEMPLATE_BAD     /* a '{' without its '}' */
};

/* Appends the template with its parameters filled in. *out_param names the one that did not fit. */
enum request_expansion request_expand_path(struct arena *arena, struct buf *out,
                                           const char *template, const struct value *params,
                                           struct str *out_param);
enum request_expansion request_expand_query(struct arena *arena, struct buf *out,
                                            const char *template, const struct value *params,
                                            struct str *out_param);

#endif
