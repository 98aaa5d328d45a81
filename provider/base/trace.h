#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stdbool.h>

#include "base/str.h"

/* Where a call stands in a trace of the engine's (W3C Trace Context): lower-case hex with a NUL.
 * Zeroed, which is two empty texts: the engine traces nothing. */
struct trace {
    char trace_id[33];
    char parent_id[17]; /* the engine's span that made the call */
};

/* Takes a header `traceparent` apart; any thread. False, and *out zeroed, when it is none. */
bool trace_parse(struct str traceparent, struct trace *out);

#endif
