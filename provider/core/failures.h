#ifndef CORE_FAILURES_H
#define CORE_FAILURES_H

#include "core/endpoint/cloud.h"

/* Collects check failures in the order they are found. */
struct failures {
    struct ctx *ctx;
    struct check_failure *items;
    size_t count;
    size_t capacity;
    struct held_warning *warnings;
    size_t warning_count;
    size_t warning_capacity;
};

/* Logs the warnings about paths at and above which nothing is wrong (failures_warn). Once, at the
 * end of a check. */
void failures_tell_warnings(const struct failures *failures);
void failures_init(struct failures *failures, struct ctx *ctx);
/* A number, a truth value or a text in quotes, cut where it is long, as a reason repeats it; empty
 * for what is none of them, and for NULL. In the arena. */
struct str failures_value_text(struct arena *arena, const struct value *value);
/* The words, and behind them the value as `failures_value_text` has it, where there is one. In the
 * arena. */
struct words failures_with_value(struct arena *arena, struct words words,
                                 const struct value *value);
/* Moves the result into a response: inputs only when nothing failed. Tells the warnings. */
void failures_finish(const struct failures *failures, const struct value *inputs,
                     struct check_response *out);

#endif
