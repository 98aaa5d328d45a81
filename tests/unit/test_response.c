#include "rest/response.h"

#include "rest/header_block.h"
#include "rest_fakes.h"
#include "testing.h"

/* Error shapes in the manner of the services this provider talks to. */
static const struct error_shape flat = {
    .code_headers = (const char *const[]){"X-Error-Code", NULL},
    .code = (const char *const[]){"code", "error_code", NULL},
    .message = (const char *const[]){"error", "error[]", "error.message", "message",
                                     "errors[].message", "error_msg", NULL},
    .request_id = (const char *const[]){"request_id", NULL},
    .request_id_headers = (const char *const[]){"X-Request-Id", NULL},
    .message_headers = (const char *const[]){"X-Error-Message", NULL}};
static const struct error_shape nested = {
    .code = (const char *const[]){"ResponseMetadata.Error.Code", "errorcode", NULL},
    .message = (const char *const[]){"ResponseMetadata.Error.Message", "message", NULL},
    .request_id = (const char *const[]){"ResponseMetadata.RequestId", NULL},
    .failure_in_success = (const char *const[]){"ResponseMetadata.Error.Code", NULL}};
static const struct error_shape enveloped = {
    .message = (const char *const[]){"message", "detail", "errors", NULL},
    .details = (const char *const[]){"errors", NULL},
    .failure_in_success = (const char *const[]){"code", "status_code", "detail", "errors", NULL}};

struct decoding {
    struct rest_fixture fixture;
    struct http_response response;
    struct http_header headers[4];
    struct response_details details;
};

static void decode(struct decoding *decoding, const struct error_shape *shape, int status,
                   const char *headers, const char *body) {
    rest_fixture_init(&decoding->fixture);
    decoding->response = (struct http_response){.status = status, .headers = decoding->headers};
    decoding->response.header_count =
        fake_transport_headers(decoding->fixture.ctx.arena, headers, decoding->headers);
    decoding->response.body = str_of(body);
    response_decode(decoding->fixture.ctx.arena, shape, &decoding->fixture.ctx.redact,
                    &decoding->response, 1700000000, &decoding->details);
}

static void done(struct decoding *decoding) {
    rest_fixture_cleanup(&decoding->fixture);
}

static void check_error(const struct error_shape *shape, int status, const char *headers,
                        const char *body, const char *code, const char *message) {
    struct decoding d;
    decode(&d, shape, status, headers, body);
    CHECK(d.details.failed);
    CHECK_STR_IS(d.details.code, str_of(code));
    CHECK_STR_IS(d.details.message, str_of(message));
    done(&d);
}

TEST(messages_are_found_where_the_shape_says) {
    check_error(&flat, 400, NULL, "{\"error\":\"no\",\"code\":\"BAD\"}", "BAD", "no");
    check_error(&flat, 400, NULL, "{\"error\":[\"one\",\"two\"]}", "", "one, two");
    check_error(&flat, 400, NULL, "{\"error\":[\"one.\",\"\",{\"a\":1},\"two.\"]}", "", "one, two");
    check_error(&flat, 401, NULL, "{\"error\":{\"code\":401,\"message\":\"denied\"}}", "",
                "denied");
    check_error(&flat, 400, NULL, "{\"errors\":[{\"message\":\"deep\"}]}", "", "deep");
    check_error(&flat, 400, NULL, "{\"error_code\":\"M.0104\",\"error_msg\":\"Invalid token.\"}",
                "M.0104", "Invalid token.");
    check_error(&flat, 400, NULL, "{\"code\":17,\"message\":\"x\"}", "17", "x");
    check_error(&nested, 404, NULL,
                "{\"ResponseMetadata\":{\"Error\":{\"Code\":\"NotFound\",\"Message\":\"gone\"}}}",
                "NotFound", "gone");
}

TEST(headers_and_raw_text_stand_in_for_a_missing_message) {
    check_error(&flat, 400, "x-error-message: from a header", "{}", "", "from a header");
    check_error(&flat, 400, "x-error-message: from a header", "{\"error\":\"body\"}", "", "body");
    check_error(&flat, 400, "X-Error-Code: HEAD", "{}", "HEAD", "");
    check_error(&flat, 400, "X-Error-Code: HEAD", "{\"code\":\"BODY\"}", "BODY",
                "{\"code\":\"BODY\"}");
    check_error(&flat, 500, NULL, "\"just a string\"", "", "just a string");
    check_error(&flat, 500, NULL, "{\"unknown\":1}", "", "{\"unknown\":1}");
    check_error(&flat, 500, NULL, "plain\r\n\ttext\x01", "", "plain text");
    check_error(&flat, 500, NULL, "", "", "");
    check_error(NULL, 500, NULL, "{\"error\":\"x\"}", "", "{\"error\":\"x\"}");
}

TEST(details_are_appended_flattened) {
    check_error(&enveloped, 400, NULL,
                "{\"message\":\"Invalid\",\"errors\":{\"name\":[\"taken\",\"short\"],\"a\":null,"
                "\"b\":{\"c\":1},\"d\":false}}",
                "", "Invalid: b: c: 1; d: false; name: taken, short");
    check_error(&enveloped, 400, NULL, "{\"errors\":\"only this\"}", "", "only this");
    check_error(&enveloped, 400, NULL, "{\"message\":\"both\",\"errors\":\"said\"}", "",
                "both: said");
    /* What the message has said already is not told once more. */
    check_error(&enveloped, 400, NULL,
                "{\"message\":\"Invalid: name: Taken.\",\"errors\":{\"name\":[\"taken.\"]}}", "",
                "Invalid: name: Taken.");
    check_error(&enveloped, 400, NULL, "{\"message\":\"Taken.\",\"errors\":[\"taken\"]}", "",
                "Taken.");
    check_error(&enveloped, 400, NULL, "{\"errors\":{\"name\":\"bad\"}}", "", "name: bad");
}

TEST(a_success_may_state_a_failure) {
    struct decoding d;
    decode(&d, &enveloped, 200, NULL, "{\"code\":404,\"message\":\"no such endpoint\"}");
    CHECK(d.details.failed);
    CHECK_INT(d.details.status, 404);
    CHECK_STR(d.details.message, "no such endpoint");
    done(&d);

    decode(&d, &nested, 200, NULL,
           "{\"ResponseMetadata\":{\"RequestId\":\"r1\","
           "\"Error\":{\"Code\":\"X\",\"Message\":\"y\"}}}");
    CHECK(d.details.failed);
    CHECK_INT(d.details.status, 200);
    CHECK_STR(d.details.code, "X");
    CHECK_STR(d.details.request_id, "r1");
    done(&d);
}

static bool fails(const char *body) {
    struct decoding d;
    decode(&d, &enveloped, 201, NULL, body);
    bool failed = d.details.failed;
    done(&d);
    return failed;
}

TEST(only_words_truth_and_large_numbers_state_a_failure) {
    CHECK(!fails("{\"code\":200,\"errors\":{},\"message\":\"Success\"}"));
    CHECK(!fails("{\"code\":\"200\",\"errors\":null,\"detail\":\"\"}"));
    CHECK(!fails("{\"code\":399,\"errors\":false,\"data\":[]}"));
    CHECK(fails("{\"code\":\"400\"}"));
    CHECK(fails("{\"code\":1e9}"));
    CHECK(fails("{\"errors\":true}"));
    CHECK(fails("{\"detail\":\"not found\"}"));
    CHECK(fails("{\"status_code\":500}"));
}

TEST(a_page_instead_of_a_reply_is_no_success) {
    struct decoding d;
    decode(&d, &flat, 200, "Content-Type: text/html; charset=utf-8", "<html><b>Sign in</b></html>");
    CHECK(d.details.failed);
    CHECK(d.details.broken);
    CHECK_STR(d.details.message, "Sign in");
    done(&d);
    decode(&d, &flat, 200, "Content-Type: application/json", "{\"cut\":");
    CHECK(d.details.broken);
    done(&d);
    decode(&d, &flat, 200, "Content-Type: text/plain", "some log lines");
    CHECK(!d.details.failed);
    CHECK(d.details.body == NULL);
    done(&d);
    decode(&d, &flat, 204, "Content-Type: application/json", " \n");
    CHECK(!d.details.failed);
    CHECK(d.details.body == NULL);
    done(&d);
    decode(&d, &flat, 200, NULL, "1");
    CHECK(!d.details.failed);
    CHECK(d.details.body != NULL && d.details.body->number == 1);
    done(&d);
}

static void check_page(const char *page, const char *expected) {
    struct decoding d;
    decode(&d, &flat, 502, "Content-Type: text/html", page);
    CHECK_STR_IS(d.details.message, str_of(expected));
    done(&d);
}

TEST(a_page_s_title_and_heading_are_told_once) {
    check_page("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 "
               "Bad Gateway</h1></center>\r\n<hr><center>nginx/1.25</center></body></html>",
               "502 Bad Gateway nginx/1.25");
    check_page("<!doctype html><title lang=\"en\">Service unavailable</title><p>Error 503: service "
               "unavailable.</p>",
               "Error 503: service unavailable.");
    check_page("<TITLE>502 Bad Gateway | example.com</TITLE><H1 class=a>Bad <b>Gateway</b></H1><p>"
               "Later.</p>",
               "502 Bad Gateway | example.com Later.");
    check_page("<title>Maintenance.</title><h1>Maintenance</h1>Back at 5.",
               "Maintenance. Back at 5.");
    check_page("<title>Gateway</title><h1>Host unknown</h1>", "Gateway Host unknown");
    check_page("<title>Alone</title>", "Alone");
    check_page("<title></title><h1>Busy</h1>", "Busy");
    check_page("<title>never ends <h1>Busy</h1>", "never ends Busy");
    check_page("<h1>Busy</h1><svg><title>Busy</title></svg>", "Busy");
    check_page("busy", "busy");
}

TEST(the_envelope_is_told_from_a_gateways_page) {
    struct decoding d;
    decode(&d, &flat, 503, NULL, "{\"error\":\"busy\"}");
    CHECK(d.details.envelope && d.details.is_own);
    done(&d);
    decode(&d, &flat, 503, NULL, "<html>busy</html>");
    CHECK(!d.details.envelope && !d.details.is_own);
    done(&d);
    decode(&d, &flat, 503, "X-Error-Message: busy", "{}");
    CHECK(!d.details.envelope && d.details.is_own);
    done(&d);
    struct error_shape coded = flat;
    coded.coded = true;
    decode(&d, &coded, 404, NULL, "{\"error\":\"no upstream\"}");
    CHECK(d.details.envelope && !d.details.is_own);
    done(&d);
    decode(&d, &flat, 503, "X-Error-Code: BUSY", "");
    CHECK(!d.details.envelope && d.details.is_own);
    done(&d);
}

TEST(request_ids_come_from_the_body_or_a_header) {
    struct decoding d;
    decode(&d, &flat, 200, "x-REQUEST-id: h1", "{}");
    CHECK_STR(d.details.request_id, "h1");
    done(&d);
    decode(&d, &flat, 500, "X-Request-Id: h1", "{\"request_id\":\"b1\"}");
    CHECK_STR(d.details.request_id, "b1");
    done(&d);
}

static int64_t asked(int status, const char *headers) {
    struct decoding d;
    decode(&d, &flat, status, headers, "{}");
    int64_t delay_ms = d.details.retry_after_ms;
    done(&d);
    return delay_ms;
}

TEST(delays_are_asked_for_in_three_headers) {
    CHECK_INT(asked(429, "Retry-After: 3"), 3000);
    CHECK_INT(asked(429, "ratelimit-reset: 5"), 5000);
    CHECK_INT(asked(429, "ratelimit-reset: 5\nRetry-After: 3"), 3000);
    CHECK_INT(asked(429, "ratelimit-reset: 1700000060"), 60000);
    CHECK_INT(asked(503, "Retry-After: Tue, 14 Nov 2023 22:13:22 GMT"), 2000);
    CHECK_INT(asked(429, "RateLimit: \"api\";r=0;t=37"), 37000);
    CHECK_INT(asked(429, "RateLimit: \"api\";r=0;t=37\nRetry-After: 3"), 3000);
    CHECK_INT(asked(429, "RateLimit: \"api\";r=0;t=37\nratelimit-reset: 5"), 37000);
    CHECK_INT(asked(429, "RateLimit: \"api\";r=0;t=3600"), 3600000);
    CHECK_INT(asked(429, "RateLimit: nonsense\nratelimit-reset: 5"), 5000);
    CHECK_INT(asked(429, "RateLimit: \"a\";r=5;t=9\nRateLimit: \"b\";r=0;t=37"), 37000);
    CHECK_INT(asked(429, "Retry-After: 0\nRateLimit: \"api\";r=0;t=37"), 37000);
    CHECK_INT(asked(429, "Retry-After: 0\nratelimit-reset: 5"), 5000);
    CHECK_INT(asked(429, "Retry-After: soon\nratelimit-reset: 5"), 5000);
    CHECK_INT(asked(429, "Retry-After: 0"), 0);
    CHECK_INT(asked(503, "Retry-After: 0\nratelimit-reset: 5"), 0);
    CHECK_INT(asked(500, "RateLimit: \"api\";r=0;t=37"), -1);
    CHECK_INT(asked(500, "ratelimit-reset: 5"), -1);
    /* A date counts from the reply's own, whatever this machine's clock says. */
    CHECK_INT(asked(429, "Retry-After: Sun, 06 Nov 1994 08:49:42 GMT\n"
                         "Date: Sun, 06 Nov 1994 08:49:37 GMT"),
              5000);
    CHECK_INT(asked(429, NULL), -1);
    CHECK_INT(asked(200, "Retry-After: 3"), -1);
}

static void check_squeezed(const char *text, bool tags, size_t max, const char *expected) {
    struct arena *arena = arena_new(1024 * 1024);
    CHECK_STR_IS(response_squeeze(arena, str_of(text), tags, max), str_of(expected));
    arena_free(arena);
}

TEST(text_is_squeezed_into_one_line) {
    check_squeezed("  a \r\n\t b\x7f\x1b[31mc  ", false, 100, "a b [31mc");
    check_squeezed("a\xc2\x9b"
                   "31mb\xc2\xa0",
                   false, 100, "a 31mb\xc2\xa0");
    check_squeezed("<p>1 < 2</p>\n<b>yes</b>", true, 100, "1 < 2 yes");
    check_squeezed("<p>kept</p>", false, 100, "<p>kept</p>");
    check_squeezed("<STYLE>a>b{}</style><script>if(a<b)</script><!-- <x> -->text", true, 100,
                   "text");
    check_squeezed("<script>never ends", true, 100, "");
    check_squeezed("<never ends", true, 100, "");
    check_squeezed("abcdef", false, 3, "abc");
    check_squeezed("éèê", false, 2, "éè");
    check_squeezed("ab cd", false, 3, "ab");
    check_squeezed("ab cd", false, 4, "ab c");
    check_squeezed("bad\xff"
                   "byte",
                   false, 100,
                   "bad\xef\xbf\xbd"
                   "byte");
}

TEST(messages_are_cut) {
    struct arena *arena = arena_new(1024 * 1024);
    char *text = arena_alloc(arena, 5000);
    memset(text, 'x', 4000);
    struct decoding d;
    decode(&d, &flat, 502, NULL, text);
    CHECK_INT(d.details.message.len, 160);
    done(&d);
    memset(text, 'x', 4000);
    memcpy(text, "{\"error\":\"", 10);
    memcpy(text + 3998, "\"}", 2);
    decode(&d, &flat, 502, NULL, text);
    CHECK_INT(d.details.message.len, 600);
    done(&d);
    arena_free(arena);
}

TEST(secrets_are_masked_before_the_text_is_cut) {
    struct rest_fixture fixture;
    struct response_details details;
    rest_fixture_init(&fixture);
    struct arena *arena = fixture.ctx.arena;
    redact_add(&fixture.ctx.redact, STR("hf_topsecrettoken"));
    char *text = arena_alloc(arena, 1000);
    memset(text, 'x', 150);
    memcpy(text + 150, "hf_topsecrettoken", 17);
    struct http_response response = {.status = 500, .body = str_of(text)};
    response_decode(arena, &flat, &fixture.ctx.redact, &response, 0, &details);
    CHECK(str_find(details.message, STR("hf_")) < 0);
    CHECK_STR(str_slice(details.message, 149, 158), "x[secret]");
    response.body =
        STR("{\"error\":\"bad token hf_topsecrettoken\",\"code\":\"hf_topsecrettoken\"}");
    response_decode(arena, &flat, &fixture.ctx.redact, &response, 0, &details);
    CHECK_STR(details.message, "bad token [secret]");
    CHECK_STR(details.code, "[secret]");
    rest_fixture_cleanup(&fixture);
}

TEST(a_head_is_taken_apart) {
    struct arena *arena = arena_new(64 * 1024);
    struct http_response response = {.status = 200};
    header_block_parse(
        arena,
        STR("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n"
            "b:  two: parts \r\nno header\r\n folded: x\r\n: nameless\r\n\r\nTrailer: 3\r\n"),
        &response);
    REQUIRE(response.header_count == 3);
    CHECK_STR(response.headers[0].name, "A");
    CHECK_STR(response.headers[0].value, "1");
    CHECK_STR(response.headers[1].name, "b");
    CHECK_STR(response.headers[1].value, "two: parts");
    CHECK_STR(response.headers[2].name, "Trailer");
    CHECK_STR(header_value(response.headers, response.header_count, "trailer"), "3");
    CHECK_STR(header_value(response.headers, response.header_count, "x-early"), "");
    header_block_parse(arena, STR(""), &response);
    CHECK_INT(response.header_count, 0);
    arena_free(arena);
}

TEST_MAIN {
    RUN(messages_are_found_where_the_shape_says);
    RUN(headers_and_raw_text_stand_in_for_a_missing_message);
    RUN(details_are_appended_flattened);
    RUN(a_success_may_state_a_failure);
    RUN(only_words_truth_and_large_numbers_state_a_failure);
    RUN(a_page_instead_of_a_reply_is_no_success);
    RUN(a_page_s_title_and_heading_are_told_once);
    RUN(the_envelope_is_told_from_a_gateways_page);
    RUN(request_ids_come_from_the_body_or_a_header);
    RUN(delays_are_asked_for_in_three_headers);
    RUN(text_is_squeezed_into_one_line);
    RUN(messages_are_cut);
    RUN(secrets_are_masked_before_the_text_is_cut);
    RUN(a_head_is_taken_apart);
}
