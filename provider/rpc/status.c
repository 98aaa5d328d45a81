#include "rpc/status.h"

#include <string.h>

#include "base/words.h"
#include "google/status.pb-c.h"
#include "pulumirpc/errors.pb-c.h"
#include "rpc/message.h"

#define LOG_HEADING " Last log lines:\n"
#define TYPE_URL_PREFIX "type.googleapis.com/pulumirpc."

/* One of the second set, U+0080 to U+009F: some terminals take them as escapes. */
static bool is_wide_control(const char *bytes, size_t len) {
    return len >= 2 && (unsigned char)bytes[0] == 0xc2 && (unsigned char)bytes[1] < 0xa0;
}

/* UTF-8 without control characters, but for `kept`. */
static struct str printable(struct arena *arena, struct str text, char kept) {
    struct str copy = arena_str(arena, text);
    char *bytes = (char *)copy.ptr;
    for (size_t i = 0; i < copy.len; i++) {
        if (is_wide_control(bytes + i, copy.len - i)) {
            bytes[i] = ' ';
            bytes[i + 1] = ' ';
        }
        if (((unsigned char)bytes[i] < ' ' && bytes[i] != kept) || bytes[i] == 0x7f) {
            bytes[i] = ' ';
        }
    }
    return copy;
}

/* A masked text as one line that is not too long. */
static struct str fitting(struct ctx *ctx, struct str text) {
    text = arena_utf8(ctx->arena, text);
    text = printable(ctx->arena, text, ' ');
    if (text.len <= STATUS_MESSAGE_MAX_LEN) {
        return text;
    }
    struct str cut = str_cut_utf8(text, STATUS_MESSAGE_MAX_LEN - 3);
    return arena_printf(ctx->arena, "%.*s...", STR_ARG(cut));
}

/* Secrets are masked before anything is cut or changed: half a secret is not recognised. */
struct str status_words(struct ctx *ctx, struct words words) {
    return fitting(ctx, redact_words(&ctx->redact, words).text);
}

struct str status_text(struct ctx *ctx, struct str text) {
    return status_words(ctx, words_foreign(text));
}

/* As many as there is room for, heading included. */
static struct str last_lines(struct str log, size_t room) {
    while (log.len > 0 && log.len + sizeof(LOG_HEADING) > room) {
        (void)str_split(log, '\n', &log);
    }
    return log;
}

/* Of the error's message, or of a reason that repeats it: what was logged follows line by line. */
static struct str error_text(struct ctx *ctx, const struct error *error, struct words words) {
    struct str text = status_words(ctx, words);
    if (words.text.ptr != error->message.text.ptr || error->log.len == 0) {
        return text;
    }
    struct str log = arena_utf8(ctx->arena, redact_apply(&ctx->redact, error->log));
    log = last_lines(log, STATUS_MESSAGE_MAX_LEN - text.len);
    return log.len == 0 ? text
                        : arena_printf(ctx->arena, "%.*s" LOG_HEADING "%.*s", STR_ARG(text),
                                       STR_ARG(printable(ctx->arena, log, '\n')));
}

static struct str pack(struct arena *arena, const ProtobufCMessage *message) {
    size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(arena, len);
    protobuf_c_message_pack(message, bytes);
    return (struct str){(const char *)bytes, len};
}

static ProtobufCBinaryData binary(struct str bytes) {
    return (ProtobufCBinaryData){.len = bytes.len, .data = (uint8_t *)(uintptr_t)bytes.ptr};
}

/* False when there is no such Struct, or it cannot be sent: encoding writes its own error, which
 * must not replace the one being reported. */
static bool encode_struct(struct ctx *ctx, const struct value *map, const char *what,
                          const struct marshal_options *options, ProtobufCBinaryData *out) {
    struct error kept = error_keep(&ctx->error);
    struct str bytes;
    bool encoded = map != NULL && marshal_encode(ctx, what, map, options, &bytes) == ERR_OK;
    error_put_back(&ctx->error, &kept);
    if (encoded) {
        *out = binary(bytes);
    }
    return encoded;
}

static char **reasons_of(struct ctx *ctx, const struct error *error, size_t *count) {
    const struct error_partial *partial = &error->partial;
    *count = partial->reason_count > 0 ? partial->reason_count : 1;
    char **reasons = ARENA_ARRAY(ctx->arena, *count, char *);
    reasons[0] = message_text(ctx->arena, error_text(ctx, error, error->message));
    for (size_t i = 0; i < partial->reason_count; i++) {
        reasons[i] = message_text(ctx->arena, error_text(ctx, error, partial->reasons[i]));
    }
    return reasons;
}

static struct str init_failed(struct ctx *ctx, const struct error *error,
                              const struct marshal_options *options) {
    const struct error_partial *partial = &error->partial;
    Pulumirpc__ErrorResourceInitFailed detail = PULUMIRPC__ERROR_RESOURCE_INIT_FAILED__INIT;
    detail.id = message_text(ctx->arena, partial->id);
    /* The engine takes absent properties for a resource without outputs; say so rather than
     * nothing. */
    detail.has_properties = true;
    encode_struct(ctx, partial->properties, "properties", options, &detail.properties);
    detail.has_inputs = encode_struct(ctx, partial->inputs, "inputs", options, &detail.inputs);
    detail.has_refresh_before_update = partial->needs_look;
    detail.refresh_before_update = partial->needs_look;
    detail.reasons = reasons_of(ctx, error, &detail.n_reasons);
    return pack(ctx->arena, &detail.base);
}

/* google.rpc.Status around one detail; code and message repeat what stands beside it. */
static struct str wrap(struct ctx *ctx, const struct rpc_status *status, const char *type_url,
                       struct str detail) {
    Google__Rpc__Status__Detail any = GOOGLE__RPC__STATUS__DETAIL__INIT;
    Google__Rpc__Status__Detail *details[] = {&any};
    Google__Rpc__Status message = GOOGLE__RPC__STATUS__INIT;
    any.type_url = (char *)(uintptr_t)type_url;
    any.has_value = true;
    any.value = binary(detail);
    message.has_code = true;
    message.code = (int32_t)status->code;
    message.message = message_text(ctx->arena, status->message);
    message.n_details = 1;
    message.details = details;
    return pack(ctx->arena, &message.base);
}

void status_of_error(struct ctx *ctx, const struct marshal_options *options,
                     struct rpc_status *out) {
    const struct error error = ctx->error;
    struct words text =
        error.message.text.len > 0 ? error.message : words_foreign(str_of(err_name(error.code)));
    out->code = (grpc_status_code)err_grpc_status(error.code);
    out->message = error_text(ctx, &error, text);
    out->details = STR_EMPTY;
    if (error.code == ERR_INIT_FAILED) {
        out->details = wrap(ctx, out, TYPE_URL_PREFIX "ErrorResourceInitFailed",
                            init_failed(ctx, &error, options));
    }
}
