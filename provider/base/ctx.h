#ifndef BASE_CTX_H
#define BASE_CTX_H

#include "base/arena.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/redact.h"
#include "base/trace.h"

/* What every function that can fail, wait, log or allocate for the length of one call is given. It
 * belongs to the call and is used by one thread at a time. */
struct ctx {
    struct arena *arena;   /* lives as long as the call */
    struct cancel *cancel; /* tripped by Cancel, by the client going away, by the deadline */
    const struct clock *clock;
    struct log log;
    struct trace trace; /* of the engine's request */
    struct redact redact;
    struct error error; /* details of the failure, when a function returned one */
};

/* A context for one part of a call, with memory or a cancel token of its own; all else is the
 * call's. The call's own context is not used until the two are joined. */
void ctx_fork(struct ctx *fork, const struct ctx *ctx, struct arena *arena, struct cancel *cancel);
/* After that part, before its arena goes: the call knows the secrets that were learned, and, when
 * the part failed, why. Returns `code`. */
enum err_code ctx_join(struct ctx *ctx, const struct ctx *fork, enum err_code code);

/* Sets code and message, whose format is that of base/words.h, and clears the other details;
 * returns the code for `return ctx_fail(...)`. */
enum err_code ctx_fail(struct ctx *ctx, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ERR_CANCELLED or ERR_DEADLINE with a sentence about `what`, after cancel_state said so. */
enum err_code ctx_fail_cancelled(struct ctx *ctx, enum cancel_reason reason, const char *what);

#endif
