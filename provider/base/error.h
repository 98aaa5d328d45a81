#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/words.h"

#define MUST_USE __attribute__((warn_unused_result))

/* Every way an operation can end. Rows of the table in error.c give the gRPC code each maps to. */
enum err_code {
    ERR_OK = 0,
    ERR_INVALID,         /* the request or an input is wrong */
    ERR_UNAUTHENTICATED, /* credentials are missing, wrong or expired */
    ERR_PERMISSION,      /* the credentials are good but not allowed to do this */
    ERR_NOT_FOUND,       /* the object does not exist */
    ERR_EXISTS,          /* an object of that name exists already */
    ERR_PRECONDITION,    /* the object's or account's state forbids it */
    ERR_EXHAUSTED,       /* quota, capacity, throttling, or a limit of this process */
    ERR_UNAVAILABLE,     /* the cloud cannot be reached; nothing was changed */
    ERR_DEADLINE,        /* the time given ran out; nothing was lost */
    ERR_CANCELLED,       /* the user or the engine cancelled */
    ERR_UNIMPLEMENTED,   /* no such method */
    ERR_UNCERTAIN,       /* the cloud may or may not have done it: needs a look by the user */
    ERR_INTERNAL,        /* a mistake of this provider */
    ERR_INIT_FAILED,     /* the object exists (error.partial says which) but is not as asked */
    ERR_CODE_COUNT
};

struct value;

/* What Pulumi records when an object exists but is not as asked: nothing may be lost. */
struct error_partial {
    struct str id;
    const struct value *properties; /* outputs, a map */
    const struct value *inputs;     /* Read only; NULL otherwise */
    bool needs_look; /* it may be otherwise than recorded: it is to be read before anything else */
    const struct words *reasons;
    size_t reason_count;
};

/* Details of a failure; travels with the call, not in thread-local storage, because a call changes
 * threads. The deepest layer writes; the others pass it on or translate deliberately. Everything it
 * points to lives in the call's arena. `message` is one line: what happened, to what, what to do
 * next. */
struct error {
    enum err_code code;
    struct words message;
    struct str log;  /* lines that an endpoint logged, which follow the message one a line; or empty
                      */
    int http_status; /* 0 when no reply was involved */
    size_t bare_len; /* of the message while no advice follows it; else 0 */
    bool of_read;    /* of a request that only reads, or by somebody on the way: no
                        change was refused */
    bool cut_off;    /* the call ended while a request was on its way that may be carried out */
    bool stayed_busy;      /* refused because something else was changing, all the time given */
    struct str cloud_code; /* the cloud's own code, or empty */
    struct str request_id; /* the cloud's id of the request, or empty */
    struct error_partial partial; /* only with ERR_INIT_FAILED */
};

/* Name of a code for tests and logs ("INVALID"), and its gRPC status number. */
const char *err_name(enum err_code code);
int err_grpc_status(enum err_code code);

/* Forgets everything. */
void error_clear(struct error *error);
/* Sets a failure aside while something else is tried that may fail in its turn, and puts it back
 * when it is the one to tell. The texts stay where they are. */
struct error error_keep(struct error *error);
void error_put_back(struct error *error, const struct error *kept);
/* A copy whose texts live in another arena; what only ERR_INIT_FAILED has is left out. */
struct error error_copy(struct arena *arena, const struct error *error);

/* Evaluates an err_code expression and returns it when it is not ERR_OK. For functions that own
 * nothing but arena memory. */
#define TRY(expression)                         \
    do {                                        \
        enum err_code try_code_ = (expression); \
        if (try_code_ != ERR_OK) {              \
            return try_code_;                   \
        }                                       \
    } while (0)

#endif
