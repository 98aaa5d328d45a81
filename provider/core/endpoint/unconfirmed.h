#ifndef CORE_ENDPOINT_UNCONFIRMED_H
#define CORE_ENDPOINT_UNCONFIRMED_H

#include "core/endpoint/outcome.h"

/* An entry of the state about an endpoint that may not exist: its create may have been carried out,
 * and no look told. The outputs hold what it is known by ("__unconfirmed", in no schema), and its
 * id begins with "unconfirmed:". The next call about it looks first (docs/decisions.md 10). Results
 * live in the call's arena; any thread. */

/* Turns the failure of a create that advice_is_kept into that entry, as an error. */
enum err_code unconfirmed_keep(struct cloud_call *call, const struct value *inputs) MUST_USE;

/* The id by which a call looks for the endpoint of an entry: that of the entry, or once it was
 * found what the outputs say; empty when nobody knows it. Pure. */
struct str unconfirmed_id(struct str id, const struct value *recorded);

/* Whether the entry that the call is about is such a one. Pure. */
bool unconfirmed_is(const struct cloud_call *call);

/* Before anything else is done about the endpoint of an entry: one that is unconfirmed is looked
 * for. *found: it is there, it is this resource's, and the call knows its id; so it is of every
 * other entry, without a look. Else none was made, or that is somebody else's. Fails when that
 * could not be found out. Blocking and cancellable. */
enum err_code unconfirmed_settle(struct cloud_call *call, bool *found) MUST_USE;

#endif
