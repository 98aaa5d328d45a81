#include "rest/sign.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "rest/sign_int.h"
#include "rest_fakes.h"
#include "testing.h"

/* A case is a folder tests/vectors/<scheme>/<case>/ with a file a stage: request (method and
 * URL, headers, empty line, body), settings ("name value" lines), canonical-request,
 * string-to-sign, signature, authorization, and signing-key where the key is derived. */

static struct str read_file(struct arena *arena, struct str folder, const char *name) {
    char chunk[4096];
    struct buf text;
    size_t len;
    FILE *file = fopen(arena_printf(arena, "%.*s/%s", STR_ARG(folder), name).ptr, "rb");
    if (file == NULL) {
        return (struct str){NULL, 0};
    }
    buf_init(&text, 1024 * 1024);
    while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        buf_append(&text, (struct str){chunk, len});
    }
    fclose(file);
    struct str result = arena_str(arena, buf_str(&text));
    buf_cleanup(&text);
    return result;
}

static struct str setting(struct str settings, const char *name) {
    while (settings.len > 0) {
        struct str value;
        struct str key = str_split(str_split(settings, '\n', &settings), ' ', &value);
        if (str_is_c(key, name)) {
            return value;
        }
    }
    return STR_EMPTY;
}

static struct sign_credential read_credential(struct str settings) {
    return (struct sign_credential){.token = STR_EMPTY,
                                    .access_key = setting(settings, "access_key"),
                                    .secret_key = setting(settings, "secret_key"),
                                    .session_token = setting(settings, "session_token"),
                                    .region = setting(settings, "region"),
                                    .service = setting(settings, "service"),
                                    .project_id = setting(settings, "project_id")};
}

static int64_t wall_seconds_of(struct str date) {
    struct tm utc = {0};
    char text[32];
    snprintf(text, sizeof(text), "%.*s", STR_ARG(date));
    return strptime(text, "%Y%m%dT%H%M%SZ", &utc) == NULL ? -1 : (int64_t)timegm(&utc);
}

static struct http_request read_request(struct arena *arena, struct str text) {
    struct http_header *headers = ARENA_ARRAY(arena, 16, struct http_header);
    struct http_request request = {.headers = headers};
    request.method = str_split(str_split(text, '\n', &text), ' ', &request.url);
    for (;;) {
        struct str value;
        struct str name = str_split(str_split(text, '\n', &text), ':', &value);
        if (name.len == 0) {
            request.body = text;
            return request;
        }
        headers[request.header_count++] = (struct http_header){name, str_trim(value)};
    }
}

/* Two published vectors sign fewer headers than our rows do: the rest is taken out again. */
static void keep_only(struct signing *signing, struct str names) {
    size_t kept = 0;
    for (size_t i = 0; i < signing->signed_count; i++) {
        struct str rest = names;
        while (rest.len > 0) {
            if (str_is(str_split(rest, ';', &rest), signing->signed_headers[i].name)) {
                signing->signed_headers[kept++] = signing->signed_headers[i];
                break;
            }
        }
    }
    signing->signed_count = kept;
}

static void check_key(struct signing *signing, struct str folder) {
    struct str expected = read_file(signing->arena, folder, "signing-key");
    if (signing->scheme->derivation != NULL) {
        CHECK_STR_IS(digest_hex(signing->arena, signing->key, sizeof(signing->key)), expected);
    } else {
        CHECK(expected.ptr == NULL);
    }
}

static void check_stages(struct arena *arena, const struct sign_scheme *scheme, struct str folder,
                         bool date_only) {
    struct str settings = read_file(arena, folder, "settings");
    struct sign_credential credential = read_credential(settings);
    struct http_request request = read_request(arena, read_file(arena, folder, "request"));
    struct signing signing = {.scheme = scheme, .credential = &credential, .arena = arena};
    struct str names = setting(settings, "signed_headers");

    REQUIRE(sign_prepare(&signing, &request, wall_seconds_of(setting(settings, "date"))));
    CHECK_STR_IS(signing.date, setting(settings, "date"));
    sign_select_headers(&signing);
    if (date_only) {
        keep_only(&signing, names);
    }
    sign_canonical_request(&signing);
    CHECK_STR_IS(signing.signed_names, names);
    CHECK_STR_IS(signing.canonical_request, read_file(arena, folder, "canonical-request"));
    sign_string_to_sign(&signing);
    CHECK_STR_IS(signing.string_to_sign, read_file(arena, folder, "string-to-sign"));
    sign_signature(&signing);
    check_key(&signing, folder);
    CHECK_STR_IS(signing.signature, read_file(arena, folder, "signature"));
    CHECK_STR_IS(sign_authorization(&signing), read_file(arena, folder, "authorization"));
}

static struct str sent_header(const struct http_request *request, const char *name) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_is_c(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }
    return STR_EMPTY;
}

/* The same through the one function that the client calls. */
static void check_whole(struct arena *arena, const struct sign_scheme *scheme, struct str folder) {
    struct rest_fixture fixture;
    rest_fixture_init(&fixture);
    struct str settings = read_file(arena, folder, "settings");
    struct sign_credential credential = read_credential(settings);
    struct http_request request = read_request(arena, read_file(arena, folder, "request"));
    size_t given = request.header_count;
    CHECK_INT(sign_request(&fixture.ctx, scheme, &credential,
                           wall_seconds_of(setting(settings, "date")), &request),
              ERR_OK);
    CHECK_STR_IS(sent_header(&request, "Authorization"), read_file(arena, folder, "authorization"));
    CHECK_STR_IS(sent_header(&request, scheme->date_header), setting(settings, "date"));
    CHECK_STR_IS(sent_header(&request, "X-Security-Token"), credential.session_token);
    size_t added = 3 + (scheme->body_hash_header != NULL ? 1U : 0U) +
                   (credential.session_token.len > 0 ? 1U : 0U) +
                   (credential.project_id.len > 0 ? 1U : 0U);
    CHECK_INT(request.header_count, given + added);
    rest_fixture_cleanup(&fixture);
}

static int run_vectors(const char *name) {
    struct arena *arena = arena_new(16 * 1024 * 1024);
    struct str folder = arena_printf(arena, TESTS_DIR "/vectors/%s", name);
    const struct sign_scheme *scheme = sign_scheme_find(name);
    DIR *dir = opendir(folder.ptr);
    int count = 0;
    for (struct dirent *entry; dir != NULL && scheme != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        bool date_only = strstr(entry->d_name, "date-only") != NULL;
        struct str place = arena_printf(arena, "%.*s/%s", STR_ARG(folder), entry->d_name);
        printf("  %s/%s\n", name, entry->d_name);
        check_stages(arena, scheme, place, date_only);
        if (!date_only) {
            check_whole(arena, scheme, place);
        }
        count++;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    arena_free(arena);
    return count;
}

TEST(volc_v4_vectors_hold_at_every_stage) {
    CHECK_INT(run_vectors("volc-v4"), 4);
}

TEST(sdk_hmac_sha256_vectors_hold_at_every_stage) {
    CHECK_INT(run_vectors("sdk-hmac-sha256"), 10);
}

static const struct http_header accept[] = {{STR("Accept"), STR("application/json")}};

static struct http_request plain_request(const char *url) {
    return (struct http_request){.method = STR("GET"),
                                 .url = str_of(url),
                                 .headers = accept,
                                 .header_count = 1,
                                 .body = STR_EMPTY};
}

TEST(token_schemes_add_one_header) {
    struct rest_fixture fixture;
    rest_fixture_init(&fixture);
    struct sign_credential credential = {.token = STR("hf_abc")};
    struct http_request request = plain_request("https://api.example.com/");
    CHECK_INT(sign_request(&fixture.ctx, sign_scheme_find("bearer"), &credential, 0, &request),
              ERR_OK);
    CHECK_INT(request.header_count, 2);
    CHECK_STR(request.headers[0].name, "Accept");
    CHECK_STR(request.headers[1].name, "Authorization");
    CHECK_STR(request.headers[1].value, "Bearer hf_abc");

    request = plain_request("https://api.example.com/");
    CHECK_INT(
        sign_request(&fixture.ctx, sign_scheme_find("x-auth-token"), &credential, 0, &request),
        ERR_OK);
    CHECK_INT(request.header_count, 2);
    CHECK_STR(request.headers[1].name, "X-Auth-Token");
    CHECK_STR(request.headers[1].value, "hf_abc");

    CHECK(sign_scheme_find("unheard-of") == NULL);
    rest_fixture_cleanup(&fixture);
}

static void check_refused(const char *scheme, struct sign_credential credential, const char *url,
                          enum err_code err, const char *message) {
    struct rest_fixture fixture;
    rest_fixture_init(&fixture);
    struct http_request request = plain_request(url);
    CHECK_INT(sign_request(&fixture.ctx, sign_scheme_find(scheme), &credential, 0, &request), err);
    CHECK_STR_IS(fixture.ctx.error.message.text, str_of(message));
    CHECK_INT(request.header_count, 1);
    rest_fixture_cleanup(&fixture);
}

TEST(unusable_credentials_are_refused_before_anything_is_sent) {
    const char *url = "https://api.example.com/";
    const char *broken =
        "the configured credentials hold a line break or another control character";
    check_refused("bearer", (struct sign_credential){.token = STR_EMPTY}, url, ERR_UNAUTHENTICATED,
                  "no token is configured");
    check_refused("bearer", (struct sign_credential){.token = STR("abc\r\nX-Evil: 1")}, url,
                  ERR_INVALID, broken);
    check_refused("volc-v4", (struct sign_credential){.access_key = STR("AK")}, url,
                  ERR_UNAUTHENTICATED, "no pair of access key and secret key is configured");
    check_refused("volc-v4",
                  (struct sign_credential){.access_key = STR("AK\n"), .secret_key = STR("SK")}, url,
                  ERR_INVALID, broken);
    check_refused("volc-v4",
                  (struct sign_credential){.access_key = STR("AK"), .secret_key = STR("SK")},
                  "ftp://api.example.com/", ERR_INVALID,
                  "the service's address is not a URL that can be signed");
}

static struct str canonical_host(struct arena *arena, const char *scheme, const char *url) {
    struct sign_credential credential = {.access_key = STR("AK"), .secret_key = STR("SK")};
    struct http_request request = plain_request(url);
    struct signing signing = {
        .scheme = sign_scheme_find(scheme), .credential = &credential, .arena = arena};
    if (!sign_prepare(&signing, &request, 0)) {
        return STR_EMPTY;
    }
    sign_select_headers(&signing);
    return signing.signed_headers[0].value;
}

TEST(the_signed_host_follows_each_schemes_rule_for_ports) {
    struct arena *arena = arena_new(1024 * 1024);
    CHECK_STR(canonical_host(arena, "volc-v4", "https://h.example.com:443/"), "h.example.com");
    CHECK_STR(canonical_host(arena, "volc-v4", "https://h.example.com:80/"), "h.example.com");
    CHECK_STR(canonical_host(arena, "volc-v4", "https://h.example.com:8443/"),
              "h.example.com:8443");
    CHECK_STR(canonical_host(arena, "volc-v4", "http://127.0.0.1:80/"), "127.0.0.1");
    CHECK_STR(canonical_host(arena, "sdk-hmac-sha256", "https://h.example.com:443/"),
              "h.example.com");
    CHECK_STR(canonical_host(arena, "sdk-hmac-sha256", "https://h.example.com:80/"),
              "h.example.com:80");
    CHECK_STR(canonical_host(arena, "sdk-hmac-sha256", "http://[::1]:8080/"), "[::1]:8080");
    arena_free(arena);
}

TEST(only_headers_that_nobody_on_the_way_changes_are_signed) {
    static const struct http_header headers[] = {
        {STR("X-Custom"), STR("  spaced  ")}, {STR("Accept"), STR("*/*")},
        {STR("User-Agent"), STR("me")},       {STR("x-under_score"), STR("1")},
        {STR("Content-MD5"), STR("q")},       {STR("content-type"), STR("text/plain")}};
    struct arena *arena = arena_new(1024 * 1024);
    struct sign_credential credential = {.access_key = STR("AK"), .secret_key = STR("SK")};
    struct http_request request = {.method = STR("POST"),
                                   .url = STR("https://h.example.com?b=2&a&a=1"),
                                   .headers = headers,
                                   .header_count = 6,
                                   .body = STR("x")};
    struct signing signing = {
        .scheme = sign_scheme_find("sdk-hmac-sha256"), .credential = &credential, .arena = arena};
    REQUIRE(sign_prepare(&signing, &request, 0));
    sign_select_headers(&signing);
    sign_canonical_request(&signing);
    CHECK_STR(signing.canonical_request,
              "POST\n/\na=&a=1&b=2\ncontent-md5:q\ncontent-type:text/plain\nhost:h.example.com\n"
              "x-custom:spaced\nx-sdk-date:19700101T000000Z\n\n"
              "content-md5;content-type;host;x-custom;x-sdk-date\n"
              "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    arena_free(arena);
}

TEST_MAIN {
    RUN(volc_v4_vectors_hold_at_every_stage);
    RUN(sdk_hmac_sha256_vectors_hold_at_every_stage);
    RUN(token_schemes_add_one_header);
    RUN(unusable_credentials_are_refused_before_anything_is_sent);
    RUN(the_signed_host_follows_each_schemes_rule_for_ports);
    RUN(only_headers_that_nobody_on_the_way_changes_are_signed);
}
