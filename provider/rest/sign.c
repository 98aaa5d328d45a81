#include "rest/sign.h"

#include <stdlib.h>
#include <time.h>

#include "base/platform.h"
#include "rest/sign_int.h"

/* Room for canonical texts. What they are made of (URL, headers) was bounded when the request
 * was built. */
#define CANONICAL_CEILING (1024 * 1024)

/* Placeholders of a derivation step are replaced; anything else in it is taken as it is. */
static const char *const volc_derivation[] = {"{date}", "{region}", "{service}", "request", NULL};

static const struct sign_scheme schemes[] = {
    {.name = "bearer", .kind = SIGN_HEADER, .header = "Authorization", .value_prefix = "Bearer "},
    {.name = "x-auth-token", .kind = SIGN_HEADER, .header = "X-Auth-Token", .value_prefix = ""},
    {.name = "volc-v4",
     .kind = SIGN_HMAC,
     .algorithm = "HMAC-SHA256",
     .access_label = "Credential",
     .date_header = "X-Date",
     .body_hash_header = "X-Content-Sha256",
     .token_header = "X-Security-Token",
     .derivation = volc_derivation,
     .scope = true,
     .drop_default_port = true},
    {.name = "sdk-hmac-sha256",
     .kind = SIGN_HMAC,
     .algorithm = "SDK-HMAC-SHA256",
     .access_label = "Access",
     .date_header = "X-Sdk-Date",
     .token_header = "X-Security-Token",
     .project_header = "X-Project-Id",
     .trailing_slash = true},
};

const struct sign_scheme *sign_scheme_find(const char *name) {
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (str_is(str_of(schemes[i].name), str_of(name))) {
            return &schemes[i];
        }
    }
    return NULL;
}

/* Takes the buffer's contents to the arena and frees the buffer. */
static struct str finish(struct arena *arena, struct buf *buf) {
    struct str text = arena_str(arena, buf_str(buf));
    buf_cleanup(buf);
    return text;
}

static struct str date_text(struct arena *arena, int64_t wall_seconds) {
    char text[sizeof("20260115T083000Z")];
    time_t seconds = (time_t)wall_seconds;
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t len = strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &utc);
    return arena_str(arena, (struct str){text, len});
}

static struct str day_of(struct str date) {
    return str_slice(date, 0, 8);
}

static void add_header(struct signing *signing, const char *name, struct str value) {
    signing->headers[signing->header_count++] = (struct http_header){str_of(name), value};
}

/* The scheme adds at most these: Host, date, body hash, token, project, and Authorization at the
 * end. */
#define SCHEME_HEADERS_MAX 6

static void copy_headers(struct signing *signing, const struct http_request *request) {
    signing->headers =
        ARENA_ARRAY(signing->arena, request->header_count + SCHEME_HEADERS_MAX, struct http_header);
    for (size_t i = 0; i < request->header_count; i++) {
        signing->headers[i] = request->headers[i];
    }
    signing->header_count = request->header_count;
}

bool sign_prepare(struct signing *signing, const struct http_request *request,
                  int64_t wall_seconds) {
    const struct sign_scheme *scheme = signing->scheme;
    const struct sign_credential *credential = signing->credential;
    if (!url_split(request->url, &signing->url)) {
        return false;
    }
    signing->method = request->method;
    signing->date = date_text(signing->arena, wall_seconds);
    signing->body_hash = digest_sha256_hex(signing->arena, request->body);
    copy_headers(signing, request);
    /* Written out, so that what is sent is what was signed whatever the HTTP library would make
     * of the URL. */
    add_header(signing, "Host", url_host_header(signing->arena, &signing->url));
    add_header(signing, scheme->date_header, signing->date);
    if (scheme->body_hash_header != NULL) {
        add_header(signing, scheme->body_hash_header, signing->body_hash);
    }
    if (scheme->token_header != NULL && credential->session_token.len > 0) {
        add_header(signing, scheme->token_header, credential->session_token);
    }
    if (scheme->project_header != NULL && credential->project_id.len > 0) {
        add_header(signing, scheme->project_header, credential->project_id);
    }
    return true;
}

static struct str lower_case(struct arena *arena, struct str text) {
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        copy[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return (struct str){copy, text.len};
}

/* What proxies and HTTP libraries leave alone. Names with '_' are dropped by some gateways, so
 * they are never signed. */
static bool is_signed(struct str lower_name) {
    return (str_is_c(lower_name, "content-type") || str_is_c(lower_name, "content-md5") ||
            str_is_c(lower_name, "host") || str_starts(lower_name, STR("x-"))) &&
           str_find(lower_name, STR("_")) < 0;
}

static int compare_headers(const void *a, const void *b) {
    return str_compare(((const struct http_header *)a)->name,
                       ((const struct http_header *)b)->name);
}

static struct str signed_value(const struct signing *signing, struct str name, struct str value) {
    struct str trimmed = str_trim(value);
    if (!str_is_c(name, "host") || !signing->scheme->drop_default_port) {
        return trimmed;
    }
    if (str_ends(trimmed, STR(":80"))) {
        return str_slice(trimmed, 0, trimmed.len - 3);
    }
    return str_ends(trimmed, STR(":443")) ? str_slice(trimmed, 0, trimmed.len - 4) : trimmed;
}

void sign_select_headers(struct signing *signing) {
    signing->signed_headers =
        ARENA_ARRAY(signing->arena, signing->header_count, struct http_header);
    signing->signed_count = 0;
    for (size_t i = 0; i < signing->header_count; i++) {
        struct str name = lower_case(signing->arena, signing->headers[i].name);
        if (is_signed(name)) {
            struct str value = signed_value(signing, name, signing->headers[i].value);
            signing->signed_headers[signing->signed_count++] = (struct http_header){name, value};
        }
    }
    qsort(signing->signed_headers, signing->signed_count, sizeof(struct http_header),
          compare_headers);
}

static struct str decoded(struct arena *arena, struct str text) {
    struct buf out;
    buf_init(&out, CANONICAL_CEILING);
    url_decode(&out, text);
    return finish(arena, &out);
}

static void append_path(const struct signing *signing, struct buf *out) {
    struct str path = decoded(signing->arena, signing->url.path);
    url_encode(out, path, "/");
    if (path.len == 0 || (signing->scheme->trailing_slash && !str_ends(path, STR("/")))) {
        buf_append_char(out, '/');
    }
}

/* Decoded, which is also how they are ordered. */
struct query_pair {
    struct str name;
    struct str value;
};

static int compare_pairs(const void *a, const void *b) {
    const struct query_pair *left = a;
    const struct query_pair *right = b;
    int order = str_compare(left->name, right->name);
    return order != 0 ? order : str_compare(left->value, right->value);
}

static size_t count_pairs(struct str query) {
    size_t count = query.len > 0 ? 1 : 0;
    for (size_t i = 0; i < query.len; i++) {
        count += query.ptr[i] == '&' ? 1 : 0;
    }
    return count;
}

static void append_query(const struct signing *signing, struct buf *out) {
    size_t room = count_pairs(signing->url.query);
    struct query_pair *pairs = ARENA_ARRAY(signing->arena, room, struct query_pair);
    struct str rest = signing->url.query;
    size_t count = 0;
    while (rest.len > 0) {
        struct str value;
        struct str name = str_split(str_split(rest, '&', &rest), '=', &value);
        pairs[count].name = decoded(signing->arena, name);
        pairs[count].value = decoded(signing->arena, value);
        count++;
    }
    qsort(pairs, count, sizeof(pairs[0]), compare_pairs);
    for (size_t i = 0; i < count; i++) {
        buf_append(out, i == 0 ? STR_EMPTY : STR("&"));
        url_encode(out, pairs[i].name, "");
        buf_append_char(out, '=');
        url_encode(out, pairs[i].value, "");
    }
}

static struct str join_names(const struct signing *signing) {
    struct buf names;
    buf_init(&names, CANONICAL_CEILING);
    for (size_t i = 0; i < signing->signed_count; i++) {
        buf_append(&names, i == 0 ? STR_EMPTY : STR(";"));
        buf_append(&names, signing->signed_headers[i].name);
    }
    return finish(signing->arena, &names);
}

void sign_canonical_request(struct signing *signing) {
    struct buf out;
    buf_init(&out, CANONICAL_CEILING);
    signing->signed_names = join_names(signing);
    buf_append(&out, signing->method);
    buf_append_char(&out, '\n');
    append_path(signing, &out);
    buf_append_char(&out, '\n');
    append_query(signing, &out);
    buf_append_char(&out, '\n');
    for (size_t i = 0; i < signing->signed_count; i++) {
        buf_append(&out, signing->signed_headers[i].name);
        buf_append_char(&out, ':');
        buf_append(&out, signing->signed_headers[i].value);
        buf_append_char(&out, '\n');
    }
    buf_append_char(&out, '\n');
    buf_append(&out, signing->signed_names);
    buf_append_char(&out, '\n');
    buf_append(&out, signing->body_hash);
    signing->canonical_request = finish(signing->arena, &out);
}

/* One step of the key's derivation, which is one part of the scope, too. */
static struct str derivation_step(const struct signing *signing, const char *step) {
    struct str text = str_of(step);
    if (str_is_c(text, "{date}")) {
        return day_of(signing->date);
    }
    if (str_is_c(text, "{region}")) {
        return signing->credential->region;
    }
    return str_is_c(text, "{service}") ? signing->credential->service : text;
}

static struct str scope_text(const struct signing *signing) {
    struct buf out;
    buf_init(&out, CANONICAL_CEILING);
    const char *const *steps = signing->scheme->derivation;
    for (size_t i = 0; signing->scheme->scope && steps[i] != NULL; i++) {
        buf_append(&out, i == 0 ? STR_EMPTY : STR("/"));
        buf_append(&out, derivation_step(signing, steps[i]));
    }
    return finish(signing->arena, &out);
}

void sign_string_to_sign(struct signing *signing) {
    struct str hash = digest_sha256_hex(signing->arena, signing->canonical_request);
    signing->scope = scope_text(signing);
    signing->string_to_sign = arena_printf(
        signing->arena, "%s\n%.*s\n%.*s%s%.*s", signing->scheme->algorithm, STR_ARG(signing->date),
        STR_ARG(signing->scope), signing->scheme->scope ? "\n" : "", STR_ARG(hash));
}

/* Each step's HMAC is keyed with the one before it, the first with the secret as the user wrote
 * it. */
void sign_signature(struct signing *signing) {
    uint8_t signature[DIGEST_SHA256_LEN];
    struct str key = signing->credential->secret_key;
    const char *const *steps = signing->scheme->derivation;
    for (size_t i = 0; steps != NULL && steps[i] != NULL; i++) {
        uint8_t next[DIGEST_SHA256_LEN];
        digest_hmac_sha256(key, derivation_step(signing, steps[i]), next);
        memcpy(signing->key, next, sizeof(next));
        platform_wipe(next, sizeof(next));
        key = (struct str){(const char *)signing->key, sizeof(signing->key)};
    }
    digest_hmac_sha256(key, signing->string_to_sign, signature);
    signing->signature = digest_hex(signing->arena, signature, sizeof(signature));
}

struct str sign_authorization(const struct signing *signing) {
    const struct sign_scheme *scheme = signing->scheme;
    return arena_printf(
        signing->arena, "%s %s=%.*s%s%.*s, SignedHeaders=%.*s, Signature=%.*s", scheme->algorithm,
        scheme->access_label, STR_ARG(signing->credential->access_key), scheme->scope ? "/" : "",
        STR_ARG(signing->scope), STR_ARG(signing->signed_names), STR_ARG(signing->signature));
}

/* A token pasted with its line break would otherwise become another header. */
static bool is_header_safe(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static enum err_code check_credential(struct ctx *ctx, const struct sign_scheme *scheme,
                                      const struct sign_credential *credential) {
    bool hmac = scheme->kind == SIGN_HMAC;
    struct str shown = hmac ? credential->access_key : credential->token;
    if (shown.len == 0 || (hmac && credential->secret_key.len == 0)) {
        return ctx_fail(ctx, ERR_UNAUTHENTICATED, "no %s is configured",
                        hmac ? "pair of access key and secret key" : "token");
    }
    if (!is_header_safe(shown) || !is_header_safe(credential->session_token) ||
        !is_header_safe(credential->project_id)) {
        return ctx_fail(
            ctx, ERR_INVALID,
            "the configured credentials hold a line break or another control character");
    }
    return ERR_OK;
}

static void add_token(struct ctx *ctx, const struct sign_scheme *scheme,
                      const struct sign_credential *credential, struct http_request *request) {
    struct signing signing = {.scheme = scheme, .arena = ctx->arena};
    copy_headers(&signing, request);
    add_header(
        &signing, scheme->header,
        arena_printf(ctx->arena, "%s%.*s", scheme->value_prefix, STR_ARG(credential->token)));
    request->headers = signing.headers;
    request->header_count = signing.header_count;
}

static enum err_code add_signature(struct ctx *ctx, const struct sign_scheme *scheme,
                                   const struct sign_credential *credential, int64_t wall_seconds,
                                   struct http_request *request) {
    struct signing signing = {.scheme = scheme, .credential = credential, .arena = ctx->arena};
    if (!sign_prepare(&signing, request, wall_seconds)) {
        return ctx_fail(ctx, ERR_INVALID, "the service's address is not a URL that can be signed");
    }
    sign_select_headers(&signing);
    sign_canonical_request(&signing);
    sign_string_to_sign(&signing);
    sign_signature(&signing);
    platform_wipe(signing.key, sizeof(signing.key));
    add_header(&signing, "Authorization", sign_authorization(&signing));
    request->headers = signing.headers;
    request->header_count = signing.header_count;
    return ERR_OK;
}

enum err_code sign_request(struct ctx *ctx, const struct sign_scheme *scheme,
                           const struct sign_credential *credential, int64_t wall_seconds,
                           struct http_request *request) {
    TRY(check_credential(ctx, scheme, credential));
    if (scheme->kind == SIGN_HEADER) {
        add_token(ctx, scheme, credential, request);
        return ERR_OK;
    }
    return add_signature(ctx, scheme, credential, wall_seconds, request);
}
