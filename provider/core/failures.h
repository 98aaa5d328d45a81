#ifndef CORE_FAILURES_H
#define CORE_FAILURES_H

#include "core/endpoint/cloud.h"

/* Collects check failures in the order they are found. */
struct failures {
    struct ctx *ctx;
    struct check_failure *items;
    size_t count;
    size_t capacity;
    struct unlisted *unlisted;
    size_t unlisted_count;
    size_t unlisted_capacity;
};

/* A text that is not among the known values of an open property. */
struct unlisted {
    struct str path;
    struct str text;
    struct str known;
};
/* A warning that it is passed on, told at the end of the check and only when nothing is wrong at
 * that path: what fails there is not passed on. */
void failures_note_unlisted(struct failures *failures, struct str path, struct str text,
                            struct str known);
/* Logs those warnings. Once, at the end of a check. */
void failures_tell_unlisted(const struct failures *failures);
void failures_init(struct failures *failures, struct ctx *ctx);
/* A number, a truth value or a text in quotes, cut where it is long, as a reason repeats it; empty
 * for what is none of them, and for NULL. In the arena. */
struct str failures_value_text(struct arena *arena, const struct value *value);
/* Moves the result into a response: inputs only when nothing failed. Tells the warnings. */
void failures_finish(const struct failures *failures, const struct value *inputs,
                     struct check_response *out);

#endif
