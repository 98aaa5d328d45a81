#ifndef CLOUDS_ARK_INTERNAL_H
#define CLOUDS_ARK_INTERNAL_H

#include "core/endpoint/cloud.h"

/* Which account the credentials belong to. A process asks once for each pair of keys. */

void *ark_account_new(const struct clock *clock);
void ark_account_free(void *account);
/* The account's id; empty when the service did not tell, which is never an error. Text in the
 * call's arena. Blocks for 5 seconds at most, any thread. */
struct str ark_account_id(struct cloud_call *call);

/* One look at the endpoint alone: no account, no certificate, no switch. Fails when it is not found
 * and nothing proves it gone. */
enum err_code ark_look(struct cloud_call *call, struct observation *out) MUST_USE;

#endif
