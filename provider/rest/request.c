#include "rest/request.h"

#include <math.h>

#include "base/json.h"
#include "rest/header_block.h"
#include "rest/url.h"

enum {
    URL_CEILING = 64 * 1024,
    BODY_CEILING = 8 * 1024 * 1024,
    TIMEOUT_DEFAULT_MS = 60000,
    RESPONSE_DEFAULT_BYTES = 4 * 1024 * 1024
};

/* The characters of a path that are not unreserved, and the '%' of escapes already made. */
#define PATH_CHARACTERS "/:@!$&'()*+,;=%"

static bool is_ready_path(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!url_is_plain(text.ptr[i], PATH_CHARACTERS)) {
            return false;
        }
    }
    return true;
}

static bool param_text(struct arena *arena, const struct value *param, struct str *out) {
    switch (param->kind) {
    case VALUE_STRING:
        *out = param->string;
        return true;
    case VALUE_NUMBER:
        if (!isfinite(param->number)) {
            return false;
        }
        *out = value_number_text(arena, param->number);
        return true;
    case VALUE_BOOL:
        *out = param->boolean ? STR("true") : STR("false");
        return true;
    case VALUE_NULL:
    case VALUE_BYTES:
    case VALUE_LIST:
    case VALUE_MAP:
    case VALUE_UNKNOWN:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        return false;
    }
    return false;
}

/* `name` is what stands between the braces. */
static enum request_expansion append_param(struct arena *arena, struct buf *out, struct str name,
                                           const struct value *params, bool path) {
    bool raw = str_starts(name, STR("+"));
    struct str key = str_slice(name, raw ? 1 : 0, name.len);
    const struct value *param = value_get_set(params, key);
    struct str text;
    if (param == NULL) {
        return REQUEST_PARAM_UNSET;
    }
    if (!param_text(arena, param, &text) || (raw && !is_ready_path(text))) {
        return REQUEST_PARAM_UNFIT;
    }
    if (raw) {
        buf_append(out, text);
        return REQUEST_EXPANDED;
    }
    if (path && (text.len == 0 || str_is_c(text, ".") || str_is_c(text, ".."))) {
        return REQUEST_PARAM_NO_OBJECT;
    }
    url_encode(out, text, "");
    return REQUEST_EXPANDED;
}

static enum request_expansion expand(struct arena *arena, struct buf *out, const char *template,
                                     const struct value *params, bool path, struct str *out_param) {
    struct str rest = str_of(template);
    *out_param = STR_EMPTY;
    for (;;) {
        buf_append(out, str_split(rest, '{', &rest));
        if (rest.ptr == NULL) {
            return REQUEST_EXPANDED;
        }
        *out_param = str_split(rest, '}', &rest);
        if (rest.ptr == NULL) {
            return REQUEST_TEMPLATE_BAD;
        }
        enum request_expansion result = append_param(arena, out, *out_param, params, path);
        if (result != REQUEST_EXPANDED) {
            return result;
        }
    }
}

enum request_expansion request_expand_path(struct arena *arena, struct buf *out,
                                           const char *template, const struct value *params,
                                           struct str *out_param) {
    return expand(arena, out, template, params, true, out_param);
}

enum request_expansion request_expand_query(struct arena *arena, struct buf *out,
                                            const char *template, const struct value *params,
                                            struct str *out_param) {
    return expand(arena, out, template, params, false, out_param);
}

/* What the stages below share. */
struct building {
    struct ctx *ctx;
    struct arena *arena;
    const struct rest_session *session;
    const struct operation *operation;
    const struct value *params;
    struct buf url;
};

static enum err_code fail_expansion(const struct building *b, enum request_expansion result,
                                    struct str param) {
    const char *title = b->session->service->title;
    const char *doing = b->operation->doing;
    switch (result) {
    case REQUEST_EXPANDED:
        return ERR_OK;
    case REQUEST_PARAM_UNSET:
        return ctx_fail(b->ctx, ERR_INTERNAL, "%s: %s: the request needs '%.*s', which is not set",
                        title, doing, STR_ARG(param));
    case REQUEST_PARAM_UNFIT:
        return ctx_fail(b->ctx, ERR_INTERNAL,
                        "%s: %s: '%.*s' cannot be put into the request's address", title, doing,
                        STR_ARG(param));
    case REQUEST_PARAM_NO_OBJECT:
        return ctx_fail(b->ctx, ERR_INVALID,
                        "%s: %s: '%.*s' is empty or a dot segment and names no object", title,
                        doing, STR_ARG(param));
    case REQUEST_TEMPLATE_BAD:
        return ctx_fail(b->ctx, ERR_INTERNAL, "%s: %s: the address template is malformed", title,
                        doing);
    }
    return ERR_INTERNAL;
}

static enum err_code append_base(struct building *b) {
    struct str key = str_of(b->operation->host);
    for (size_t i = 0; i < b->session->base_url_count; i++) {
        const struct rest_base_url *base = &b->session->base_urls[i];
        if (!str_is(str_of(base->key), key)) {
            continue;
        }
        struct url_parts parts;
        if (!url_split(base->url, &parts) || parts.query.len > 0) {
            return ctx_fail(
                b->ctx, ERR_INVALID,
                "%s: the address of the service must look like https://host/path, without user "
                "name, query or fragment",
                b->session->service->title);
        }
        bool slash = str_ends(base->url, STR("/"));
        buf_append(&b->url, str_slice(base->url, 0, base->url.len - (slash ? 1 : 0)));
        return ERR_OK;
    }
    return ctx_fail(b->ctx, ERR_INTERNAL, "%s: %s: no address is known for '%.*s'",
                    b->session->service->title, b->operation->doing, STR_ARG(key));
}

static enum err_code append_path(struct building *b) {
    struct str param;
    enum request_expansion result =
        request_expand_path(b->arena, &b->url, b->operation->path, b->params, &param);
    return fail_expansion(b, result, param);
}

static enum err_code append_query(struct building *b) {
    char separator = '?';
    for (size_t i = 0; i < b->operation->query_count; i++) {
        const struct operation_query *row = &b->operation->query[i];
        struct buf value;
        struct str param;
        buf_init(&value, URL_CEILING);
        enum request_expansion result =
            request_expand_query(b->arena, &value, row->template, b->params, &param);
        if (result == REQUEST_EXPANDED) {
            buf_append_char(&b->url, separator);
            url_encode(&b->url, str_of(row->name), "");
            buf_append_char(&b->url, '=');
            buf_append(&b->url, buf_str(&value));
            b->url.overflow = b->url.overflow || value.overflow;
            separator = '&';
        }
        buf_cleanup(&value);
        if (result != REQUEST_EXPANDED && !(result == REQUEST_PARAM_UNSET && row->optional)) {
            return fail_expansion(b, result, param);
        }
    }
    return ERR_OK;
}

static enum err_code build_url(struct building *b, struct http_request *out) {
    TRY(append_base(b));
    TRY(append_path(b));
    TRY(append_query(b));
    if (b->url.overflow) {
        return ctx_fail(b->ctx, ERR_INVALID, "%s: %s: the request's address is too long",
                        b->session->service->title, b->operation->doing);
    }
    out->url = arena_str(b->arena, buf_str(&b->url));
    return ERR_OK;
}

static enum err_code write_body(struct building *b, const struct value *body, struct buf *text,
                                struct http_request *out) {
    if (body == NULL) {
        out->body = STR_EMPTY;
        return ERR_OK;
    }
    if (!json_write(text, body)) {
        return ctx_fail(b->ctx, ERR_INTERNAL, "%s: %s: the request holds a value that JSON cannot",
                        b->session->service->title, b->operation->doing);
    }
    if (text->overflow) {
        return ctx_fail(b->ctx, ERR_INVALID, "%s: %s: the request is larger than 8 MiB",
                        b->session->service->title, b->operation->doing);
    }
    out->body = arena_str(b->arena, buf_str(text));
    return ERR_OK;
}

static void add_headers(const struct building *b, struct http_request *out) {
    const struct rest_service *service = b->session->service;
    size_t count = service->header_count + b->session->header_count;
    struct http_header *headers = ARENA_ARRAY(b->arena, count + 1, struct http_header);
    for (size_t i = 0; i < count; i++) {
        headers[i] = i < service->header_count ? service->headers[i]
                                               : b->session->headers[i - service->header_count];
    }
    out->headers = headers;
    out->header_count = count;
    if (out->body.len > 0 && header_value(headers, out->header_count, "Content-Type").len == 0) {
        headers[out->header_count++] =
            (struct http_header){STR("Content-Type"), STR("application/json")};
    }
}

enum err_code request_build(struct ctx *ctx, struct arena *arena,
                            const struct rest_session *session, const struct operation *operation,
                            const struct value *params, const struct value *body,
                            struct http_request *out) {
    struct building b = {
        .ctx = ctx, .arena = arena, .session = session, .operation = operation, .params = params};
    struct buf text;
    size_t response_bytes = session->service->max_response_bytes;
    buf_init(&b.url, URL_CEILING);
    buf_init(&text, BODY_CEILING);
    *out = (struct http_request){
        .method = str_of(operation->method),
        .proxy = session->proxy,
        .timeout_ms = operation->timeout_ms > 0 ? operation->timeout_ms : TIMEOUT_DEFAULT_MS,
        .own_connection = operation->repeat != REPEAT_SAFE,
        .max_response_bytes = response_bytes > 0 ? response_bytes : RESPONSE_DEFAULT_BYTES};

    enum err_code result = build_url(&b, out);
    if (result != ERR_OK) {
        goto done;
    }
    result = write_body(&b, body, &text, out);
    if (result != ERR_OK) {
        goto done;
    }
    add_headers(&b, out);
done:
    buf_cleanup(&text);
    buf_cleanup(&b.url);
    return result;
}
