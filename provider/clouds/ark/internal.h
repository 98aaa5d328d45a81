#ifndef CLOUDS_ARK_INTERNAL_H
#define CLOUDS_ARK_INTERNAL_H

#include "base/flight.h"
#include "core/endpoint/cloud.h"

/* What all calls share. */
struct ark_account {
    struct flight_group *identities; /* by the credential: the account's id, struct str */
    struct flight_group *roles;      /* by who assumes which role: its keys */
};

/* Hooks of the session: what is signed with is the configured role's, where there is one. */
enum err_code ark_authorize(struct ctx *ctx, const struct rest_session *session,
                            struct sign_credential *credential) MUST_USE;
bool ark_renew(struct ctx *ctx, const struct rest_session *session,
               const struct sign_credential *used);

/* Which account the credentials belong to. A process asks once for each pair of keys, and role. */

void *ark_account_new(const struct clock *clock);
void ark_account_free(void *account);
/* The account's id; empty when the service did not tell, which is never an error. Text in the
 * call's arena. Blocks for 5 seconds at most, any thread. */
struct str ark_account_id(struct cloud_call *call);

/* One look at the endpoint alone: no account, no certificate, no switch. Fails when it is not found
 * and nothing proves it gone. */
enum err_code ark_look(struct cloud_call *call, struct observation *out) MUST_USE;

/* The functions, but for those about endpoints (cloud_hooks.invoke). What a site of the service
 * does not offer is an error that says so; of what only completes an answer, a warning. */
enum err_code ark_invoke(struct cloud_call *call, const struct function_row *function,
                         const struct value *args, const struct value **out_wire) MUST_USE;

#endif
