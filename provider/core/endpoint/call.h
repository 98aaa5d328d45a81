#ifndef CORE_ENDPOINT_CALL_H
#define CORE_ENDPOINT_CALL_H

#include "core/config.h"
#include "core/endpoint/cloud.h"

/* What provider.c keeps for the life of the process. */
struct provider;

/* The endpoint that a call is about. Views, for as long as the call. */
struct call_subject {
    struct str urn;
    struct str id;                      /* empty for a create; else any form that an import takes */
    const struct value *recorded;       /* the outputs in the state, or NULL */
    const struct value *inputs;         /* or NULL */
    const struct prop_table *arguments; /* of the function that looks it up, or NULL */
    bool is_look; /* nothing is changed: a service that asks to slow down is given up sooner */
};
/* How long a call may take: the engine's word, else the input timeouts.<phase>, else the
 * configuration, else the usual. */
struct call_limit {
    double asked_seconds; /* 0: the engine says nothing */
    const char *phase;    /* "create"; NULL for a question of the provider's own, whose
                             asked_seconds nothing changes */
    int64_t usual_ms;
};

/* The usual of a call that changes nothing. */
#define CALL_LOOK_MS (120 * 1000)
/* The usual of a question that Check or Diff asks: no preview hangs on it. */
#define CALL_QUESTION_MS (10 * 1000)

/* Why such a question had no answer, from the call's error, without a full stop. */
struct words call_question_text(struct ctx *ctx);

void call_set_deadline(struct cloud_call *call, const struct call_limit *limit);

/* Prepares a call to a cloud about one endpoint: deadline, scope and id parameters, session,
 * credential. The call acts where the endpoint lives: so says the id itself, else the state, else
 * the inputs, else the configuration (docs/decisions.md 13). `limit` NULL: a look that nothing
 * gives another time than the usual. Fails with ERR_UNAUTHENTICATED naming every place that was
 * looked at when credentials are missing. */
enum err_code call_open(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                        const struct call_subject *subject, const struct call_limit *limit,
                        struct cloud_call *out) MUST_USE;
/* The same for a function that is about no endpoint: one whose operation has a key of its own needs
 * no other. */
enum err_code call_open_function(struct provider *provider, struct ctx *ctx,
                                 const struct cloud *cloud, const struct function_row *function,
                                 const struct value *args, struct cloud_call *out) MUST_USE;
/* Whether an id can be one, before anything else is said of what somebody typed. Sends nothing, and
 * needs no credentials. */
enum err_code call_check_id(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                            const struct call_subject *subject) MUST_USE;
/* Whether anything gives one of the keys that sign requests to the cloud, good or bad. */
bool call_has_credential(const struct config *config, const struct cloud_tables *tables);
/* The canonical id from the parameters. */
struct str call_id(const struct cloud_call *call);
/* Whether messages may tell an input that is a part of the id: nobody has made it a secret. */
bool call_is_public(const struct cloud_call *call, const char *property);
/* An id of the call's place, for a message: everybody may read it in the state and in every line of
 * the engine, whatever else is secret, unless a part of it is. */
struct words call_told_id(const struct cloud_call *call, struct str id);
/* The same of a part of it: the name, or a property of the scope. */
struct words call_told_part(const struct cloud_call *call, const char *property);
/* An id of the call's place, in any form, with all that is known of where the endpoint lives: what
 * means the same without any setting. In the call's arena. */
struct str call_whole_id(const struct cloud_call *call, struct str id);

/* From provider.c: shared parts. */
struct transport;
struct skew;
struct limiter;
const struct provider_options *provider_options(const struct provider *provider);
/* Of this machine's clock. */
struct skew *provider_skew(struct provider *provider);
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
    struct sweeps *sweeps;           /* core/endpoint/sweep.h */
    struct flight_group *catalogues; /* core/methods/catalogue.h */
    struct flight_group *said;       /* what is told once in the life of the process */
    struct price_list *prices;
    void *state; /* the cloud's own (account_new), or NULL */
};
const struct account *provider_account(struct provider *provider, const struct cloud *cloud);

#endif
