#ifndef CORE_ENDPOINT_SWEEP_ANSWER_H
#define CORE_ENDPOINT_SWEEP_ANSWER_H

#include "core/endpoint/cloud.h"

/* The endpoint of the call as a list shows it, in the call's arena: true when that answers a
 * refresh (`serves_reads` of the table, docs/decisions.md 15). False: it is to be asked for by
 * itself, as the first few of a process are, since a list may be long. Blocking and cancellable,
 * any thread. */
bool sweep_answers(struct cloud_call *call, const struct value **item);

#endif
