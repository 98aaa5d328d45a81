#ifndef CORE_ENDPOINT_LEFTOVER_H
#define CORE_ENDPOINT_LEFTOVER_H

#include "core/endpoint/cloud.h"

/* An endpoint that an earlier run made for this resource and that got into no state: it bills, and
 * nobody knows it. Only a guess: URNs repeat across stacks, and what is being replaced looks the
 * same. So it is told, and never changed or deleted. */

/* Before a create. With adoptExisting, where names repeat, an only one is taken over: *adopted says
 * so, *out how it is then. Fails when that fails, and with ERR_EXISTS on leftOvers: fail. A list
 * that is refused hinders nothing, unless the credentials are. Who does not answer gets no create:
 * its reply would hardly arrive, nor could it be looked for. Blocks; any thread. */
enum err_code leftover_settle(struct cloud_call *call, struct observation *out,
                              bool *adopted) MUST_USE;
/* In a delete: where nothing but name and declaration tells left-overs, several may fit before the
 * create, and the one that is replaced is among them. The last that no state holds is told now.
 * Any thread. */
void leftover_tell_rest(struct cloud_call *call);

/* Where endpoints carry a mark it is told without a create, too, once in a process. */

/* In a refresh: what a list shows that was read anyway. No request, no waiting; any thread. */
void leftover_tell_listed(struct cloud_call *call);
/* When the endpoint is gone: what one look at the list shows, which all deletes of a process share
 * (sweep_glance). No answer says nothing, and nothing fails. Blocks for 10 s at most; any thread.
 */
void leftover_tell_deleted(struct cloud_call *call);

#endif
