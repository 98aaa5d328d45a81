#include "base/ctx.h"

#include <assert.h>
#include <stdarg.h>

void ctx_fork(struct ctx *fork, const struct ctx *ctx, struct arena *arena, struct cancel *cancel) {
    *fork = *ctx;
    fork->arena = arena;
    fork->cancel = cancel;
    fork->log.arena = arena;
    fork->log.redact = &fork->redact;
}

enum err_code ctx_join(struct ctx *ctx, const struct ctx *fork, enum err_code code) {
    ctx->redact = fork->redact; /* secrets live in the call's arena, whoever learns them */
    if (code != ERR_OK) {
        ctx->error = error_copy(ctx->arena, &fork->error);
    }
    return code;
}

enum err_code ctx_fail(struct ctx *ctx, enum err_code code, const char *format, ...) {
    assert(code != ERR_OK);
    va_list args;
    va_start(args, format);
    struct words message = words_vtext(ctx->arena, format, args);
    va_end(args);
    error_clear(&ctx->error);
    ctx->error.code = code;
    ctx->error.message = message;
    return code;
}

enum err_code ctx_fail_cancelled(struct ctx *ctx, enum cancel_reason reason, const char *what) {
    assert(reason != CANCEL_NONE);
    if (reason == CANCEL_DEADLINE) {
        return ctx_fail(ctx, ERR_DEADLINE, "%s took longer than the time given", what);
    }
    return ctx_fail(ctx, ERR_CANCELLED, "%s was cancelled", what);
}
