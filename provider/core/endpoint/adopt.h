#ifndef CORE_ENDPOINT_ADOPT_H
#define CORE_ENDPOINT_ADOPT_H

#include "core/endpoint/outcome.h"

/* Creates under a unique name: what to do when the reply is lost or the name is taken. Never takes
 * over what it cannot prove. */

/* A cancelled call still has to find out what it may have made: `call` looks, and for a moment it
 * listens to a token of its own. */
struct last_look {
    struct cloud_call call;
    struct ctx ctx;
    struct cancel *own; /* NULL when the call is not cancelled */
};
void last_look_begin(struct last_look *look, const struct cloud_call *call);
/* Returns `code`, the look's result; its error becomes the call's. */
enum err_code last_look_end(struct last_look *look, struct cloud_call *call,
                            enum err_code code) MUST_USE;

enum adopt_verdict {
    ADOPT_ABSENT, /* proven not to be there: the create may be sent once more */
    ADOPT_OURS,   /* made by this very call */
    ADOPT_FOREIGN
};

/* Looks the name up after a create whose reply was lost. Works for a moment even when the call is
 * cancelled. */
enum err_code adopt_look_up(struct cloud_call *call, struct observation *out,
                            enum adopt_verdict *verdict) MUST_USE;
/* The three ways out of a clash, as an error. */
enum err_code adopt_refuse(struct cloud_call *call) MUST_USE;
/* Whether the program says adoptExisting. */
bool adopt_is_wanted(const struct cloud_call *call);
/* With adoptExisting: makes the existing endpoint match the inputs, in place. Refuses when that
 * takes a replacement. */
enum err_code adopt_take_over(struct cloud_call *call, struct observation *seen) MUST_USE;

#endif
