#include "core/endpoint/log_tail.h"

#include "rest/skew.h"

#include <stdint.h>

#include "base/buf.h"

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

static struct str fetch(struct cloud_call *call) {
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
    enum err_code code = cloud_send(&own_call, logs->operation, NULL, &reply);
    cancel_free(own);
    (void)ctx_join(ctx, &own_ctx, ERR_OK);
    return code == ERR_OK ? log_tail_lines(ctx->arena, logs, &reply) : STR_EMPTY;
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

struct str log_tail_text(struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    if (call->cloud->tables->logs.operation == NULL) {
        return STR_EMPTY;
    }
    /* Masked before it is cut: half a secret is not recognised. */
    struct str text = redact_apply(&ctx->redact, fetch(call));
    return tail_of(ctx->arena, text);
}
