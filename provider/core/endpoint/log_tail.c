#include "core/endpoint/log_tail.h"

#include "base/words.h"
#include "rest/skew.h"

#include <stdint.h>

#include "base/buf.h"
#include "core/endpoint/call.h"
#include "core/endpoint/outcome.h"

#define PATIENCE_MS 5000
#define TAIL_LINES 20
/* A message that is longer than a status takes would lose its end, which tells most. */
#define TAIL_BYTES 1600
#define SEPARATOR STR("\n")

struct str log_tail_lines(struct arena *arena, const struct log_table *logs,
                          const struct rest_reply *reply) {
    if (logs->line == NULL) {
        return reply->text;
    }
    const struct value *items = reply->result;
    struct buf text;
    buf_init(&text, SIZE_MAX); /* the reply has a ceiling */
    for (size_t i = 0; items != NULL && items->kind == VALUE_LIST && i < items->list.count; i++) {
        const struct value *item = items->list.items[i];
        struct str line =
            item->kind == VALUE_STRING ? item->string : value_text_at(item, logs->line);
        buf_append(&text, line);
        buf_append_char(&text, '\n');
    }
    struct str lines = arena_str(arena, buf_str(&text));
    buf_cleanup(&text);
    return lines;
}

/* A change of this call started the endpoint anew: what it logged before that explains nothing. Of
 * a new endpoint all counts, and of one that this call only waits for nobody knows when it started.
 */
static void put_since(const struct cloud_call *call, struct value *params) {
    struct ctx *ctx = call->ctx;
    char text[CLOCK_RFC3339_SIZE];
    if (!call->changed || call->phase == NULL || strcmp(call->phase, "update") != 0) {
        return;
    }
    clock_print_rfc3339(call->started_wall + skew_seconds(call->session->skew), text);
    value_map_set_text(ctx->arena, params, "since", arena_str(ctx->arena, str_of(text)));
}

static enum err_code ask(struct cloud_call *call, struct rest_reply *reply) {
    const struct log_table *logs = &call->cloud->tables->logs;
    enum err_code code = cloud_send(call, logs->operation, NULL, reply);
    if (code != ERR_EXHAUSTED || reply->status != 0 || logs->cut == NULL) {
        return code;
    }
    /* The reply was too long. */
    error_clear(&call->ctx->error);
    value_map_set_c(call->ctx->arena, call->params, logs->cut,
                    value_number(call->ctx->arena, TAIL_BYTES));
    return cloud_send(call, logs->operation, NULL, reply);
}

/* --- when it cannot be read --- */

static const char *function_of(const struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    for (size_t i = 0; i < tables->function_count; i++) {
        if (tables->functions[i].kind == FUNCTION_LOG) {
            return tables->functions[i].token;
        }
    }
    return NULL;
}

/* What is too long here is so for the function, too. */
static struct words place_of(const struct cloud_call *call, bool is_too_long) {
    struct arena *arena = call->ctx->arena;
    struct words console = words_foreign(outcome_console(call));
    const char *function = is_too_long && console.text.len > 0 ? NULL : function_of(call);
    struct words place =
        function == NULL ? words_none()
                         : words_text(arena, "pulumi do %s --id %p", function,
                                      WORDS_ARG(call_told_id(call, call_whole_id(call, call->id))));
    if (console.text.len == 0) {
        return place;
    }
    return place.text.len == 0
               ? console
               : words_text(arena, "%p, or %p", WORDS_ARG(place), WORDS_ARG(console));
}

/* The reason alone: who was asked for what is said before it. */
static struct words reason_of(struct cloud_call *call, const struct error *error) {
    struct arena *arena = call->ctx->arena;
    const struct operation *row = cloud_operation(call->cloud, call->cloud->tables->logs.operation);
    struct str intro = arena_printf(arena, "%s: %s: ", call->cloud->tables->title, row->doing);
    struct words text = error->message;
    if (error->code == ERR_DEADLINE) {
        return words_text(arena, "it did not come within %d s", PATIENCE_MS / 1000);
    }
    size_t from = str_starts(text.text, intro) ? intro.len : 0;
    text = words_slice(arena, text, from, text.text.len);
    ptrdiff_t end = str_find(text.text, STR(". "));
    size_t len = end < 0 ? text.text.len : (size_t)end;
    return words_without_stop(arena, words_slice(arena, text, 0, len));
}

static struct words unread_text(struct cloud_call *call, const struct error *error) {
    bool is_too_long = error->code == ERR_EXHAUSTED && error->http_status == 0;
    struct words place = place_of(call, is_too_long);
    return words_text(call->ctx->arena, "Its log could not be read (%p)%s%p.",
                      WORDS_ARG(reason_of(call, error)), place.text.len > 0 ? "; it is at: " : "",
                      WORDS_ARG(place));
}

static enum err_code fetch(struct cloud_call *call, struct log_tail *out) {
    struct ctx *ctx = call->ctx;
    const struct log_table *logs = &call->cloud->tables->logs;
    struct ctx own_ctx;
    struct rest_reply reply;
    struct cancel *own = cancel_new(NULL, ctx->clock);
    cancel_set_deadline(own, ctx->clock->now_ms(ctx->clock) + PATIENCE_MS);
    ctx_fork(&own_ctx, ctx, ctx->arena, own);
    struct cloud_call own_call = *call;
    own_call.ctx = &own_ctx;
    own_call.params = value_map_clone(ctx->arena, call->params);
    value_map_set_c(ctx->arena, own_call.params, "lines", value_number(ctx->arena, TAIL_LINES));
    put_since(call, own_call.params);
    enum err_code code = ask(&own_call, &reply);
    cancel_free(own);
    (void)ctx_join(ctx, &own_ctx, ERR_OK);
    out->lines = code == ERR_OK ? log_tail_lines(ctx->arena, logs, &reply) : STR_EMPTY;
    out->unread = code == ERR_OK ? words_none() : unread_text(call, &own_ctx.error);
    return code;
}

/* The end of a text that holds at most so many bytes, from the beginning of a character on. */
static struct str end_of(struct str text, size_t max_len) {
    size_t from = text.len > max_len ? text.len - max_len : 0;
    while (from > 0 && from < text.len && str_utf8_step(str_slice(text, from, text.len)) == 0) {
        from++;
    }
    return str_slice(text, from, text.len);
}

static struct str last_line(struct str *text) {
    size_t from = text->len;
    while (from > 0 && text->ptr[from - 1] != '\n') {
        from--;
    }
    struct str line = str_trim(str_slice(*text, from, text->len));
    *text = str_slice(*text, 0, from > 0 ? from - 1 : 0);
    return line;
}

/* As many of the last lines as there is room for; of one that is longer than that, its end. */
static struct str tail_of(struct arena *arena, struct str text) {
    struct str tail = STR_EMPTY;
    while (text.len > 0) {
        struct str line = end_of(last_line(&text), TAIL_BYTES);
        if (line.len == 0) {
            continue;
        }
        if (tail.len > 0 && line.len + SEPARATOR.len + tail.len > TAIL_BYTES) {
            break;
        }
        tail = arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(line),
                            STR_ARG(tail.len > 0 ? SEPARATOR : STR_EMPTY), STR_ARG(tail));
    }
    return tail;
}

struct log_tail log_tail_read(struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    struct log_tail tail = {.lines = STR_EMPTY, .unread = words_none()};
    if (call->cloud->tables->logs.operation != NULL && fetch(call, &tail) == ERR_OK) {
        /* Masked before it is cut: half a secret is not recognised. */
        struct str plain = arena_plain(ctx->arena, tail.lines);
        tail.lines = tail_of(ctx->arena, redact_apply(&ctx->redact, plain));
    }
    return tail;
}
