#include "rpc/request_log.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"

#define ARENA_CEILING ((size_t)64 * 1024)
/* What a pipe with room takes whole and at once. */
#define LINE_CEILING ((size_t)PIPE_BUF)

/* Of one cloud. */
struct sums {
    struct sums *next;
    const char *service;
    int64_t requests;
    int64_t retries;
    int64_t refused;    /* answered with a status of 400 or more */
    int64_t unanswered; /* without a whole reply */
    int64_t dropped;    /* lines that nobody read in time */
    int64_t duration_ms;
};

struct request_log {
    struct rest_observer observer; /* first */
    pthread_mutex_t mutex;         /* guards the sums, and standard error */
    struct sums *sums;
};

static void put_text(struct arena *arena, struct value *line, const char *key, struct str text) {
    if (text.len > 0) {
        value_map_set_c(arena, line, key, value_string(arena, arena_utf8(arena, text)));
    }
}

static void put_number(struct arena *arena, struct value *line, const char *key, int64_t number) {
    value_map_set_c(arena, line, key, value_number(arena, (double)number));
}

/* A request must not wait for who reads standard error: without room the line is dropped. */
static bool has_room(void) {
    struct pollfd stream = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&stream, 1, 0) == 1 && (stream.revents & POLLOUT) != 0;
}

/* With the mutex held. Whether it was written. */
static bool write_line(const struct value *line) {
    struct buf text;
    buf_init(&text, LINE_CEILING);
    bool is_whole = json_write(&text, line);
    buf_append_char(&text, '\n');
    bool is_written = is_whole && !text.overflow && has_room() &&
                      write(STDERR_FILENO, text.ptr, text.len) == (ssize_t)text.len;
    buf_cleanup(&text);
    return is_written;
}

static void put_trace(struct arena *arena, struct value *line, const struct trace *trace) {
    put_text(arena, line, "trace_id", str_of(trace->trace_id));
    put_text(arena, line, "parent_span_id", str_of(trace->parent_id));
}

static const struct value *line_of(struct arena *arena, const struct ctx *ctx,
                                   const struct rest_exchange *exchange) {
    struct value *line = value_map(arena);
    char time[CLOCK_RFC3339_SIZE];
    clock_print_rfc3339(ctx->clock->wall_seconds(ctx->clock), time);
    put_text(arena, line, "event", STR("request"));
    put_text(arena, line, "time", str_of(time));
    put_text(arena, line, "cloud", str_of(exchange->service));
    put_text(arena, line, "operation", str_of(exchange->operation));
    put_text(arena, line, "method", str_of(exchange->method));
    put_text(arena, line, "host", redact_apply(&ctx->redact, exchange->host));
    put_text(arena, line, "path", redact_apply(&ctx->redact, exchange->path));
    put_text(arena, line, "urn", redact_apply(&ctx->redact, ctx->log.urn));
    put_text(arena, line, "request_id", redact_apply(&ctx->redact, exchange->request_id));
    put_trace(arena, line, &ctx->trace);
    put_number(arena, line, "attempt", exchange->attempt);
    put_number(arena, line, "duration_ms", exchange->duration_ms);
    put_number(arena, line, "status", exchange->status);
    return line;
}

/* With the mutex held. */
static struct sums *sums_of(struct request_log *log, const char *service) {
    struct sums **at = &log->sums;
    while (*at != NULL && !str_is_c(str_of((*at)->service), service)) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        *at = MEM_NEW(struct sums);
        (*at)->service = service;
    }
    return *at;
}

static void count(struct sums *sums, const struct rest_exchange *exchange, bool is_written) {
    sums->requests++;
    sums->retries += exchange->attempt > 1 ? 1 : 0;
    sums->refused += exchange->status >= 400 ? 1 : 0;
    sums->unanswered += exchange->status == 0 ? 1 : 0;
    sums->dropped += is_written ? 0 : 1;
    sums->duration_ms += exchange->duration_ms;
}

static void observe(struct rest_observer *self, const struct ctx *ctx,
                    const struct rest_exchange *exchange) {
    struct request_log *log = (struct request_log *)self;
    struct arena *arena = arena_new(ARENA_CEILING);
    const struct value *line = line_of(arena, ctx, exchange);
    (void)pthread_mutex_lock(&log->mutex);
    bool is_written = write_line(line);
    count(sums_of(log, exchange->service), exchange, is_written);
    (void)pthread_mutex_unlock(&log->mutex);
    arena_free(arena);
}

static void write_sums(const struct sums *sums) {
    struct arena *arena = arena_new(ARENA_CEILING);
    struct value *line = value_map(arena);
    put_text(arena, line, "event", STR("summary"));
    put_text(arena, line, "cloud", str_of(sums->service));
    put_number(arena, line, "requests", sums->requests);
    put_number(arena, line, "retries", sums->retries);
    put_number(arena, line, "refused", sums->refused);
    put_number(arena, line, "unanswered", sums->unanswered);
    put_number(arena, line, "dropped_lines", sums->dropped);
    put_number(arena, line, "duration_ms", sums->duration_ms);
    (void)write_line(line);
    arena_free(arena);
}

struct request_log *request_log_new(void) {
    struct request_log *log = MEM_NEW(struct request_log);
    log->observer.exchange = observe;
    (void)pthread_mutex_init(&log->mutex, NULL);
    return log;
}

struct rest_observer *request_log_observer(struct request_log *log) {
    return &log->observer;
}

void request_log_free(struct request_log *log) {
    if (log == NULL) {
        return;
    }
    struct sums *next = NULL;
    for (struct sums *sums = log->sums; sums != NULL; sums = next) {
        next = sums->next;
        write_sums(sums);
        mem_free(sums);
    }
    (void)pthread_mutex_destroy(&log->mutex);
    mem_free(log);
}
