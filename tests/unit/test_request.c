#include "rest/request.h"

#include <math.h>

#include "rest/url.h"
#include "rest_fakes.h"
#include "testing.h"

static const struct http_header service_headers[] = {{STR("Accept"), STR("application/json")}};
static const struct rest_service service = {.title = "Some Cloud",
                                            .headers = service_headers,
                                            .header_count = 1,
                                            .max_response_bytes = 1000};
static const struct rest_base_url bases[] = {{"api", STR("https://api.example.com/base")},
                                             {"slash", STR("https://api.example.com/")},
                                             {"user", STR("https://me:pw@api.example.com")},
                                             {"query", STR("https://api.example.com/?a=b")},
                                             {"ftp", STR("ftp://api.example.com")}};
static const struct rest_session session = {
    .service = &service, .base_urls = bases, .base_url_count = 5};

static struct operation operation_at(const char *host, const char *path) {
    return (struct operation){.name = "create",
                              .doing = "creating the endpoint",
                              .method = "POST",
                              .host = host,
                              .path = path,
                              .timeout_ms = 5000};
}

static const struct value *some_params(struct arena *arena) {
    struct value *params = value_map(arena);
    value_map_set_c(arena, params, "name", value_string_c(arena, "a b/c?d#e%f"));
    value_map_set_c(arena, params, "id", value_number(arena, 12345678901));
    value_map_set_c(arena, params, "flag", value_bool(arena, true));
    value_map_set_c(arena, params, "prefix", value_string_c(arena, "teams/1/projects/2"));
    value_map_set_c(arena, params, "utf8", value_string_c(arena, "é+&="));
    value_map_set_c(arena, params, "empty", value_string_c(arena, ""));
    value_map_set_c(arena, params, "here", value_string_c(arena, "."));
    value_map_set_c(arena, params, "up", value_string_c(arena, ".."));
    value_map_set_c(arena, params, "null", value_null(arena));
    value_map_set_c(arena, params, "unknown", value_unknown(arena));
    value_map_set_c(arena, params, "nan", value_number(arena, (double)NAN));
    value_map_set_c(arena, params, "escape", value_string_c(arena, "a?b"));
    return params;
}

static void check_path(const char *template, enum request_expansion result, const char *expected) {
    struct arena *arena = arena_new(1024 * 1024);
    struct buf out;
    struct str param;
    buf_init(&out, 1024);
    CHECK_INT(request_expand_path(arena, &out, template, some_params(arena), &param), result);
    if (result == REQUEST_EXPANDED) {
        CHECK_STR_IS(buf_str(&out), str_of(expected));
    } else {
        CHECK_STR_IS(param, str_of(expected));
    }
    buf_cleanup(&out);
    arena_free(arena);
}

TEST(path_templates_are_filled_in_as_single_segments) {
    check_path("", REQUEST_EXPANDED, "");
    check_path("/plain", REQUEST_EXPANDED, "/plain");
    check_path("/v2/{name}/x", REQUEST_EXPANDED, "/v2/a%20b%2Fc%3Fd%23e%25f/x");
    check_path("/{id}/{flag}", REQUEST_EXPANDED, "/12345678901/true");
    check_path("/{utf8}", REQUEST_EXPANDED, "/%C3%A9%2B%26%3D");
    check_path("/{+prefix}/x/{id}/", REQUEST_EXPANDED, "/teams/1/projects/2/x/12345678901/");
    check_path("/{+empty}x", REQUEST_EXPANDED, "/x");
}

TEST(path_parameters_that_would_address_something_else_are_refused) {
    check_path("/{empty}", REQUEST_PARAM_NO_OBJECT, "empty");
    check_path("/{here}", REQUEST_PARAM_NO_OBJECT, "here");
    check_path("/{up}", REQUEST_PARAM_NO_OBJECT, "up");
    check_path("/{null}", REQUEST_PARAM_UNSET, "null");
    check_path("/{absent}", REQUEST_PARAM_UNSET, "absent");
    check_path("/{unknown}", REQUEST_PARAM_UNFIT, "unknown");
    check_path("/{nan}", REQUEST_PARAM_UNFIT, "nan");
    check_path("/{+escape}", REQUEST_PARAM_UNFIT, "+escape");
    check_path("/{name", REQUEST_TEMPLATE_BAD, "name");
}

static void check_url(const struct operation *operation, enum err_code err, const char *expected) {
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    CHECK_INT(request_build(&fixture.ctx, fixture.ctx.arena, &session, operation,
                            some_params(fixture.ctx.arena), NULL, &request),
              err);
    if (err == ERR_OK) {
        CHECK_STR_IS(request.url, str_of(expected));
    } else {
        CHECK_STR_IS(fixture.ctx.error.message.text, str_of(expected));
    }
    rest_fixture_cleanup(&fixture);
}

TEST(the_url_is_base_path_and_query) {
    static const struct operation_query query[] = {{"Action", "Create", false},
                                                   {"page size", "{id}", false},
                                                   {"left", "{null}", true},
                                                   {"empty", "{empty}", true},
                                                   {"q", "x-{utf8}", true}};
    struct operation operation = operation_at("api", "/v1/{id}");
    check_url(&operation, ERR_OK, "https://api.example.com/base/v1/12345678901");
    operation.query = query;
    operation.query_count = 5;
    check_url(&operation, ERR_OK,
              "https://api.example.com/base/v1/12345678901?Action=Create&page%20size=12345678901"
              "&empty=&q=x-%C3%A9%2B%26%3D");
    operation = operation_at("slash", "/v1");
    check_url(&operation, ERR_OK, "https://api.example.com/v1");
}

TEST(what_cannot_be_an_address_is_refused_without_showing_it) {
    const char *shape = "Some Cloud: the address of the service must look like https://host/path, "
                        "without user name, query or fragment";
    struct operation operation = operation_at("user", "/");
    check_url(&operation, ERR_INVALID, shape);
    operation = operation_at("query", "/");
    check_url(&operation, ERR_INVALID, shape);
    operation = operation_at("ftp", "/");
    check_url(&operation, ERR_INVALID, shape);
    operation = operation_at("elsewhere", "/");
    check_url(&operation, ERR_INTERNAL,
              "Some Cloud: creating the endpoint: no address is known for 'elsewhere'");
    operation = operation_at("api", "/{empty}");
    check_url(
        &operation, ERR_INVALID,
        "Some Cloud: creating the endpoint: 'empty' is empty or a dot segment and names no object");
    operation = operation_at("api", "/{absent}");
    check_url(&operation, ERR_INTERNAL,
              "Some Cloud: creating the endpoint: the request needs 'absent', which is not set");
}

TEST(a_required_query_parameter_must_be_set) {
    static const struct operation_query query[] = {{"location", "{absent}", false}};
    struct operation operation = operation_at("api", "/");
    operation.query = query;
    operation.query_count = 1;
    check_url(&operation, ERR_INTERNAL,
              "Some Cloud: creating the endpoint: the request needs 'absent', which is not set");
}

TEST(an_address_that_never_ends_is_refused) {
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    struct arena *arena = fixture.ctx.arena;
    char *text = arena_alloc(arena, 70000);
    memset(text, 'a', 69999);
    struct value *params = value_map(arena);
    value_map_set_c(arena, params, "long", value_string_c(arena, text));
    struct operation operation = operation_at("api", "/{long}");
    CHECK_INT(request_build(&fixture.ctx, arena, &session, &operation, params, NULL, &request),
              ERR_INVALID);
    CHECK_STR(fixture.ctx.error.message.text,
              "Some Cloud: creating the endpoint: the request's address is too long");
    rest_fixture_cleanup(&fixture);
}

TEST(the_body_is_compact_json_with_its_type) {
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    struct arena *arena = fixture.ctx.arena;
    struct value *body = value_map(arena);
    value_map_set_c(arena, body, "b", value_number(arena, 1));
    value_map_set_c(arena, body, "a",
                    value_with_secret(arena, value_string_c(arena, "s\"é"), true));
    struct operation operation = operation_at("api", "/");
    CHECK_INT(request_build(&fixture.ctx, arena, &session, &operation, NULL, body, &request),
              ERR_OK);
    CHECK_STR(request.method, "POST");
    CHECK_STR(request.body, "{\"a\":\"s\\\"é\",\"b\":1}");
    CHECK_INT(request.header_count, 2);
    CHECK_STR(request.headers[0].name, "Accept");
    CHECK_STR(request.headers[1].name, "Content-Type");
    CHECK_STR(request.headers[1].value, "application/json");
    CHECK_INT(request.timeout_ms, 5000);
    CHECK_INT(request.max_response_bytes, 1000);
    rest_fixture_cleanup(&fixture);
}

TEST(without_a_body_nothing_is_sent) {
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    struct operation operation = operation_at("api", "/");
    CHECK_INT(
        request_build(&fixture.ctx, fixture.ctx.arena, &session, &operation, NULL, NULL, &request),
        ERR_OK);
    CHECK_STR(request.body, "");
    CHECK_INT(request.header_count, 1);
    rest_fixture_cleanup(&fixture);
}

TEST(an_operation_without_a_timeout_takes_a_minute_at_most) {
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    struct operation operation = operation_at("api", "/");
    operation.timeout_ms = 0;
    CHECK_INT(
        request_build(&fixture.ctx, fixture.ctx.arena, &session, &operation, NULL, NULL, &request),
        ERR_OK);
    CHECK_INT(request.timeout_ms, 60000);
    rest_fixture_cleanup(&fixture);
}

TEST(what_changes_something_asks_for_a_connection_of_its_own) {
    static const enum operation_repeat repeats[] = {REPEAT_SAFE, REPEAT_IDEMPOTENT, REPEAT_NEVER};
    struct rest_fixture fixture;
    rest_fixture_init(&fixture);
    for (size_t i = 0; i < 3; i++) {
        struct http_request request;
        struct operation operation = operation_at("api", "/");
        operation.repeat = repeats[i];
        CHECK_INT(request_build(&fixture.ctx, fixture.ctx.arena, &session, &operation, NULL, NULL,
                                &request),
                  ERR_OK);
        CHECK_INT(request.own_connection, repeats[i] != REPEAT_SAFE);
    }
    rest_fixture_cleanup(&fixture);
}

TEST(a_type_that_the_service_sets_is_not_set_again) {
    static const struct http_header typed[] = {
        {STR("content-type"), STR("application/json;charset=utf8")}};
    static const struct rest_service typed_service = {
        .title = "Some Cloud", .headers = typed, .header_count = 1};
    struct rest_session typed_session = session;
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    typed_session.service = &typed_service;
    struct operation operation = operation_at("api", "/");
    CHECK_INT(request_build(&fixture.ctx, fixture.ctx.arena, &typed_session, &operation, NULL,
                            value_map(fixture.ctx.arena), &request),
              ERR_OK);
    CHECK_STR(request.body, "{}");
    CHECK_INT(request.header_count, 1);
    CHECK_STR(request.headers[0].value, "application/json;charset=utf8");
    CHECK_INT(request.max_response_bytes, 4 * 1024 * 1024);
    rest_fixture_cleanup(&fixture);
}

TEST(a_body_with_an_unknown_is_a_mistake_of_ours) {
    struct rest_fixture fixture;
    struct http_request request;
    rest_fixture_init(&fixture);
    struct operation operation = operation_at("api", "/");
    CHECK_INT(request_build(&fixture.ctx, fixture.ctx.arena, &session, &operation, NULL,
                            value_unknown(fixture.ctx.arena), &request),
              ERR_INTERNAL);
    CHECK_STR(fixture.ctx.error.message.text,
              "Some Cloud: creating the endpoint: the request holds a value that JSON cannot");
    rest_fixture_cleanup(&fixture);
}

static bool splits(const char *url, const char *expected) {
    struct url_parts parts;
    struct arena *arena = arena_new(64 * 1024);
    bool good = url_split(str_of(url), &parts);
    if (good) {
        struct str text = arena_printf(arena, "%.*s|%.*s|%.*s|%.*s|%.*s", STR_ARG(parts.scheme),
                                       STR_ARG(parts.host), STR_ARG(parts.port),
                                       STR_ARG(parts.path), STR_ARG(parts.query));
        CHECK_STR_IS(text, str_of(expected));
    }
    arena_free(arena);
    return good;
}

TEST(urls_come_apart) {
    CHECK(splits("https://h.example.com", "https|h.example.com|||"));
    CHECK(splits("HTTP://h:1/p/q?a=b?c/d", "HTTP|h|1|/p/q|a=b?c/d"));
    CHECK(splits("http://[::1]:65535?x", "http|[::1]|65535||x"));
    CHECK(!splits("h.example.com", ""));
    CHECK(!splits("ftp://h", ""));
    CHECK(!splits("https://", ""));
    CHECK(!splits("https:///p", ""));
    CHECK(!splits("https://u@h", ""));
    CHECK(!splits("https://u:p@h", ""));
    CHECK(!splits("https://h:0/", ""));
    CHECK(!splits("https://h:65536/", ""));
    CHECK(!splits("https://h:/", ""));
    CHECK(!splits("https://h:8x/", ""));
    CHECK(!splits("https://h/#f", ""));
    CHECK(!splits("https://h/a b", ""));
    CHECK(!splits("https://h/\r\n", ""));
    CHECK(!splits("https://h\\e/", ""));
    CHECK(!splits("https://[::1/", ""));
    CHECK(!splits("https://[zz]/", ""));
    CHECK(!splits("https://\xc3\xa9.example.com/", ""));
}

static bool loopback(const char *url) {
    struct url_parts parts;
    return url_split(str_of(url), &parts) && url_is_loopback(&parts);
}

TEST(loopback_is_told_by_the_address_alone) {
    CHECK(loopback("http://127.0.0.1:80/"));
    CHECK(loopback("http://127.255.255.255/"));
    CHECK(loopback("http://LocalHost/"));
    CHECK(loopback("http://[::1]:8080"));
    CHECK(!loopback("http://127.1/"));
    CHECK(!loopback("http://128.0.0.1/"));
    CHECK(!loopback("http://127.0.0.1.example.com/"));
    CHECK(!loopback("http://localhost.example.com/"));
    CHECK(!loopback("http://[::2]/"));
}

TEST(decoding_takes_back_what_encoding_did) {
    char bytes[256];
    struct buf encoded;
    struct buf decoded;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)i;
    }
    buf_init(&encoded, 4096);
    buf_init(&decoded, 4096);
    url_encode(&encoded, (struct str){bytes, sizeof(bytes)}, "");
    url_decode(&decoded, buf_str(&encoded));
    CHECK_INT(encoded.len, 66 + 190 * 3);
    CHECK_STR_IS(buf_str(&decoded), ((struct str){bytes, sizeof(bytes)}));
    buf_reset(&decoded);
    url_decode(&decoded, STR("%4a%4A%zz%4%"));
    CHECK_STR(buf_str(&decoded), "JJ%zz%4%");
    buf_cleanup(&encoded);
    buf_cleanup(&decoded);
}

TEST_MAIN {
    RUN(path_templates_are_filled_in_as_single_segments);
    RUN(path_parameters_that_would_address_something_else_are_refused);
    RUN(the_url_is_base_path_and_query);
    RUN(what_cannot_be_an_address_is_refused_without_showing_it);
    RUN(a_required_query_parameter_must_be_set);
    RUN(an_address_that_never_ends_is_refused);
    RUN(the_body_is_compact_json_with_its_type);
    RUN(without_a_body_nothing_is_sent);
    RUN(an_operation_without_a_timeout_takes_a_minute_at_most);
    RUN(what_changes_something_asks_for_a_connection_of_its_own);
    RUN(a_type_that_the_service_sets_is_not_set_again);
    RUN(a_body_with_an_unknown_is_a_mistake_of_ours);
    RUN(urls_come_apart);
    RUN(loopback_is_told_by_the_address_alone);
    RUN(decoding_takes_back_what_encoding_did);
}
