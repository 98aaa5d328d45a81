#include "base/mem.h"
#include "fuzz.h"
#include "rest/header_block.h"
#include "rest/response.h"

/* A reply as it comes from the network: the head's lines, an empty line, the body. The status is
 * the number behind "HTTP/1.1 " in the last status line. */

enum { ARENA_CEILING = 256 * 1024 * 1024, MESSAGE_CODE_POINTS = 600, TEXT_CODE_POINTS = 160 };

#define SECRET "hf_fuzzedsecret"

static const char *const anywhere[] = {"code", "error.code", "error[]", "a.b.c", "[].x", NULL};
static const struct error_shape shapes[] = {
    {0},
    {.code = anywhere,
     .code_headers = (const char *const[]){"X-Error-Code", NULL},
     .message = (const char *const[]){"error", "message", "errors[].message", NULL},
     .details = (const char *const[]){"errors", "detail", NULL},
     .request_id = (const char *const[]){"request_id", NULL},
     .request_id_headers = (const char *const[]){"X-Request-Id", NULL},
     .message_headers = (const char *const[]){"X-Error-Message", NULL},
     .failure_in_success = (const char *const[]){"code", "detail", "errors", NULL}}};

/* What goes into messages: one line of text that no terminal obeys, without secrets. */
static void check_text(struct str text, size_t max_code_points) {
    FUZZ_CHECK(str_is_utf8(text));
    FUZZ_CHECK(str_count_code_points(text) <= max_code_points);
    FUZZ_CHECK(str_find(text, STR(SECRET)) < 0);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        FUZZ_CHECK(c >= ' ' && c != 0x7f);
        FUZZ_CHECK(c != 0xc2 || (unsigned char)text.ptr[i + 1] >= 0xa0);
    }
}

static void check_details(const struct http_response *response,
                          const struct response_details *details) {
    bool success = response->status >= 200 && response->status < 300;
    check_text(details->message, MESSAGE_CODE_POINTS);
    check_text(details->code, TEXT_CODE_POINTS);
    check_text(details->request_id, TEXT_CODE_POINTS);
    FUZZ_CHECK(success || details->failed);
    FUZZ_CHECK(!details->broken || (details->failed && details->body == NULL));
    FUZZ_CHECK(!details->envelope || (details->failed && details->body != NULL));
    FUZZ_CHECK(details->failed || (details->message.len == 0 && details->code.len == 0));
    FUZZ_CHECK(details->retry_after_ms >= -1);
    FUZZ_CHECK(details->retry_after_ms <= 365LL * 24 * 3600 * 1000);
    FUZZ_CHECK(details->status == response->status || (details->status >= 400 && success));
}

static int status_of(struct str head) {
    int status = 0;
    struct str rest = head;
    while (rest.len > 0) {
        struct str line = str_split(rest, '\n', &rest);
        if (str_starts(line, STR("HTTP/1.1 ")) && line.len >= 12) {
            status = 0;
            for (size_t i = 9; i < 12; i++) {
                status = status * 10 + (line.ptr[i] & 15);
            }
        }
    }
    return status;
}

static void decode(struct arena *arena, struct str input) {
    struct redact redact;
    ptrdiff_t end = str_find(input, STR("\n\n"));
    size_t head_len = end < 0 ? input.len : (size_t)end + 1;
    struct str head = str_slice(input, 0, head_len);
    struct http_response response = {.status = status_of(head),
                                     .body = end < 0 ? STR_EMPTY
                                                     : str_slice(input, head_len + 1, input.len)};
    redact_init(&redact, arena);
    redact_add(&redact, STR(SECRET));
    header_block_parse(arena, head, &response);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct response_details details;
        response_decode(arena, &shapes[i], &redact, &response, 1700000000, &details);
        check_details(&response, &details);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    decode(arena, (struct str){(const char *)data, size});
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
