#ifndef REST_FAKES_H
#define REST_FAKES_H

#include "base/ctx.h"
#include "fake_clock.h"
#include "rest/header_block.h"
#include "rest/transport.h"

/* A call's surroundings for tests of what stands on rest: a clock without time, a token, a log
 * that is kept. */
struct rest_fixture {
    struct ctx ctx;
    struct fake_clock clock;
    struct log_sink sink;
    struct arena *log_arena;
    struct str lines; /* all log messages, one a line; status lines begin with "* " */
};

static inline void rest_fixture_emit(struct log_sink *sink, const struct log_record *record) {
    struct rest_fixture *fixture =
        (struct rest_fixture *)(void *)((char *)sink - offsetof(struct rest_fixture, sink));
    fixture->lines = arena_printf(fixture->log_arena, "%.*s%s%.*s\n", STR_ARG(fixture->lines),
                                  record->ephemeral ? "* " : "", STR_ARG(record->message));
}

/* Time begins at 1000 ms. The fixture must not move afterwards. */
static inline void rest_fixture_init(struct rest_fixture *fixture) {
    *fixture = (struct rest_fixture){.lines = STR_EMPTY};
    fake_clock_init(&fixture->clock, 1000);
    fixture->sink = (struct log_sink){.emit = rest_fixture_emit, .min_level = LOG_DEBUG};
    fixture->log_arena = arena_new(1024 * 1024);
    fixture->ctx.arena = arena_new(16 * 1024 * 1024);
    fixture->ctx.clock = &fixture->clock.clock;
    fixture->ctx.cancel = cancel_new(NULL, fixture->ctx.clock);
    redact_init(&fixture->ctx.redact, fixture->ctx.arena);
    fixture->ctx.log = (struct log){.sink = &fixture->sink,
                                    .redact = &fixture->ctx.redact,
                                    .arena = fixture->ctx.arena,
                                    .urn = STR_EMPTY};
}

static inline void rest_fixture_cleanup(struct rest_fixture *fixture) {
    cancel_free(fixture->ctx.cancel);
    arena_free(fixture->ctx.arena);
    arena_free(fixture->log_arena);
}

static inline int64_t rest_fixture_now(struct rest_fixture *fixture) {
    return fixture->ctx.clock->now_ms(fixture->ctx.clock);
}

static inline void rest_fixture_let_pass(struct rest_fixture *fixture, int64_t seconds) {
    fixture->clock.now_ms += seconds * 1000;
    fixture->clock.wall_seconds += seconds;
}

/* What the fake transport answers to one request. A zeroed step is a reply without a status. */
struct fake_step {
    enum transport_result result;
    bool sent;
    const char *detail;
    int status;
    const char *headers; /* "Name: value" lines, or NULL */
    const char *body;    /* or NULL */
    int64_t takes_ms;    /* the clock moves on so far */
    bool trips;          /* the token is tripped meanwhile */
};

/* Steps and their count, as two arguments. */
#define STEPS(...)                           \
    (const struct fake_step[]){__VA_ARGS__}, \
        sizeof((const struct fake_step[]){__VA_ARGS__}) / sizeof(struct fake_step)

enum { FAKE_REQUESTS_MAX = 32 };

/* Answers with its steps in turn (the last again and again) and keeps copies of the requests.
 * One thread. */
struct fake_transport {
    struct transport base; /* first: what is handed to callers */
    struct fake_clock *clock;
    const struct fake_step *steps;
    size_t step_count;
    struct arena *arena;
    struct http_request requests[FAKE_REQUESTS_MAX];
    size_t request_count;
};

static inline size_t fake_transport_headers(struct arena *arena, const char *text,
                                            struct http_header *out) {
    struct str rest = arena_str(arena, str_of(text));
    size_t count = 0;
    while (rest.len > 0) {
        struct str value;
        struct str name = str_split(str_split(rest, '\n', &rest), ':', &value);
        out[count++] = (struct http_header){name, str_trim(value)};
    }
    return count;
}

static inline void fake_transport_keep(struct fake_transport *fake,
                                       const struct http_request *request) {
    struct http_request copy = *request;
    struct http_header *headers =
        ARENA_ARRAY(fake->arena, request->header_count, struct http_header);
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i].name = arena_str(fake->arena, request->headers[i].name);
        headers[i].value = arena_str(fake->arena, request->headers[i].value);
    }
    copy.method = arena_str(fake->arena, request->method);
    copy.url = arena_str(fake->arena, request->url);
    copy.body = arena_str(fake->arena, request->body);
    copy.headers = headers;
    if (fake->request_count < FAKE_REQUESTS_MAX) {
        fake->requests[fake->request_count] = copy;
    }
    fake->request_count++;
}

static inline void fake_transport_send(struct transport *self, const struct http_request *request,
                                       struct cancel *cancel, struct arena *arena,
                                       struct transport_outcome *out) {
    struct fake_transport *fake = (struct fake_transport *)self;
    size_t at = fake->request_count < fake->step_count ? fake->request_count : fake->step_count - 1;
    const struct fake_step *step = &fake->steps[at];
    fake_transport_keep(fake, request);
    fake->clock->now_ms += step->takes_ms;
    fake->clock->wall_seconds += step->takes_ms / 1000;
    if (step->trips) {
        cancel_trip(cancel);
    }
    struct http_header *headers = ARENA_ARRAY(arena, 16, struct http_header);
    *out = (struct transport_outcome){
        .result = step->result,
        .sent = step->sent || step->result == TRANSPORT_OK,
        .detail = arena_str(arena, str_of(step->detail)),
        .response = {.status = step->status,
                     .headers = headers,
                     .header_count = fake_transport_headers(arena, step->headers, headers),
                     .body = arena_str(arena, str_of(step->body))}};
}

static inline void fake_transport_free(struct transport *self) {
    arena_free(((struct fake_transport *)self)->arena);
}

static inline void fake_transport_init(struct fake_transport *fake, struct rest_fixture *fixture,
                                       const struct fake_step *steps, size_t step_count) {
    *fake = (struct fake_transport){.base = {fake_transport_send, fake_transport_free},
                                    .clock = &fixture->clock,
                                    .steps = steps,
                                    .step_count = step_count,
                                    .arena = arena_new(1024 * 1024)};
}

/* A header of the request that was sent as number `index`; empty when there is none. */
static inline struct str fake_transport_header(const struct fake_transport *fake, size_t index,
                                               const char *name) {
    const struct http_request *request = &fake->requests[index];
    return header_value(request->headers, request->header_count, name);
}

#endif
