#ifndef REST_RETRY_H
#define REST_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* What a failed attempt means for the next step. */
enum failure_class {
    FAILURE_NONE = 0,
    FAILURE_TRANSIENT, /* server or gateway fault: the request may have been carried out */
    FAILURE_THROTTLED, /* refused before any work: safe to repeat whatever it was */
    FAILURE_AUTH,      /* credentials missing, wrong, expired */
    FAILURE_CLOCK,     /* the time of the signature is refused: the clock of one side is wrong */
    FAILURE_PERMISSION,
    FAILURE_NOT_FOUND,
    FAILURE_CONFLICT, /* the name is taken */
    FAILURE_QUOTA,
    FAILURE_CAPACITY,     /* no machine of that kind free now */
    FAILURE_PRECONDITION, /* the object's state forbids it */
    FAILURE_CLIENT        /* the request itself is wrong */
};

/* One row of a cloud's failure table; the first row that fits wins. Zero / NULL columns match
 * anything. */
struct failure_row {
    int status_min;
    int status_max;
    const char *code;      /* cloud's code: exact, or with a leading or trailing '*' */
    const char *text;      /* substring of the message, without case */
    const char *operation; /* only for this operation */
    enum failure_class class;
    const char *hint;       /* what the user can do; appended to the message */
    const char *hint_of_do; /* in its place for `pulumi do`, or NULL */
    const char *input;      /* dotted path of the input it is about, or NULL */
    bool busy;              /* the endpoint is on its way: once more */
};

enum operation_repeat {
    REPEAT_SAFE = 0,   /* reads */
    REPEAT_IDEMPOTENT, /* same result when carried out twice */
    REPEAT_NEVER       /* creates: again only when it provably did not happen */
};

struct retry_policy {
    int max_tries;
    int64_t base_ms;
    int64_t cap_ms;
    int64_t max_retry_after_ms; /* a longer Retry-After ends the call */
};

/* The class of the first row that fits, which *row receives; when none fits a class by HTTP status,
 * never FAILURE_NONE, and *row is NULL. */
enum failure_class failure_classify(const struct failure_row *rows, size_t count, int status,
                                    struct str code, struct str message, const char *operation,
                                    const struct failure_row **row);
enum err_code failure_err(enum failure_class class);

/* Milliseconds to wait before the next try, or -1 for no more. `tries` made so far (>= 1);
 * `sent` false when the request certainly did not leave; `retry_after_ms` -1 when not given.
 * `random` in [0, 1): full jitter. */
int64_t retry_delay_ms(const struct retry_policy *policy, enum operation_repeat repeat,
                       enum failure_class class, bool sent, int tries, int64_t retry_after_ms,
                       double random);
/* The same for a service that asks to slow down and is given time for it, however many tries that
 * takes: never -1. */
int64_t retry_throttle_ms(const struct retry_policy *policy, int tries, int64_t retry_after_ms,
                          double random);
/* An HTTP date in seconds since 1970; -1 when it is none, or earlier. */
int64_t retry_date_seconds(struct str text);
/* Milliseconds until the windows begin anew that a header `RateLimit` tells as used up (else all
 * that it tells), the latest of them: "name";r=0;t=37 (docs/apis/hf.md 7). -1 when it tells none.
 */
int64_t retry_window_ms(struct str header);
/* Retry-After in seconds or as an HTTP date, in ms from now; -1 when it is neither. */
int64_t retry_after_ms(struct str header, int64_t wall_seconds);

#endif
