#ifndef CORE_ENDPOINT_MARK_H
#define CORE_ENDPOINT_MARK_H

#include "core/endpoint/cloud.h"

/* Where a service keeps labels, a create proves itself by one: "<hash of URN>.<nonce>". The hash
 * tells for which resource an endpoint was made, the nonce by which call. Results live in the
 * call's arena; any thread. */

/* The name of the label. */
#define MARK_NAME "pulumi:create"

/* Whether the cloud's endpoints can carry one (the section `mark`). */
bool mark_is_possible(const struct cloud_tables *tables);
/* What all marks of the call's resource begin with. */
struct str mark_prefix(struct cloud_call *call);
/* A mark that no other call has. */
struct str mark_new(struct cloud_call *call);
/* The body of a create, or of an update of the labels, with the mark added to its labels. */
struct value *mark_put(struct cloud_call *call, const struct value *body, struct str mark);
/* The mark of a live object, or of a list's item; empty when it has none. */
struct str mark_of(const struct cloud_tables *tables, const struct value *wire);

#endif
