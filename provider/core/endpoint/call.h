#ifndef CORE_ENDPOINT_CALL_H
#define CORE_ENDPOINT_CALL_H

#include "core/config.h"
#include "core/endpoint/cloud.h"

/* What provider.c keeps for the life of the process. */
struct provider;

/* Prepares a call to a cloud about one endpoint: scope and id parameters, session, credential. `id`
 * may be empty (create) or any form an import takes. Fails with ERR_UNAUTHENTICATED naming every
 * place that was looked at when credentials are missing. */
enum err_code call_open(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                        struct str urn, struct str id, const struct value *inputs,
                        struct cloud_call *out) MUST_USE;
/* The same for a function that calls this operation (or, NULL, several): one with a key of its own
 * needs no other. */
enum err_code call_open_function(struct provider *provider, struct ctx *ctx,
                                 const struct cloud *cloud, const struct operation *operation,
                                 const struct value *args, struct cloud_call *out) MUST_USE;
/* The canonical id from the parameters. */
struct str call_id(const struct cloud_call *call);

/* From provider.c: shared parts. */
struct transport;
struct limiter;
const struct provider_options *provider_options(const struct provider *provider);
/* NULL before Configure. */
const struct config *provider_config(struct provider *provider);
/* Opened at first use. */
enum err_code provider_transport(struct provider *provider, struct ctx *ctx,
                                 struct transport **out) MUST_USE;
/* Of what is in the stack's state. */
struct ledger *provider_ledger(struct provider *provider);

/* What all calls to one cloud share; made by Configure. */
struct account {
    struct limiter *limiter;
    struct gate *gate;
    void *state; /* the cloud's own (account_new), or NULL */
};
const struct account *provider_account(struct provider *provider, const struct cloud *cloud);
/* ERR_INVALID for a type that is none of ours; ERR_PRECONDITION before Configure. */
enum err_code provider_find(struct provider *provider, struct ctx *ctx, struct str type,
                            const struct cloud **out) MUST_USE;

#endif
