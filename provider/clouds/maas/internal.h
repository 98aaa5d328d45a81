#ifndef CLOUDS_MAAS_INTERNAL_H
#define CLOUDS_MAAS_INTERNAL_H

#include <pthread.h>

#include "base/flight.h"
#include "core/endpoint/cloud.h"

/* The parts of the MaaS adapter: its hooks (core/endpoint/cloud.h) that have a file of their own,
 * and what those share. */

/* --- observe.c --- */

enum err_code maas_observe(struct cloud_call *call, struct observation *out) MUST_USE;
/* The hook `normalise`: an item of the list with its model under the name that create takes. */
const struct value *maas_normalise(struct ctx *ctx, const struct value *wire);
/* The same, where the inputs tell the model of an endpoint that is known to be ours. */
const struct value *maas_show_model(struct cloud_call *call, const struct value *wire);
/* Adds to a live object, private to the caller, when this provider made it, where that is known. */
void maas_put_creation_time(const struct cloud_call *call, struct value *wire);
void maas_warn_of_trouble(struct cloud_call *call, const struct observation *seen);

/* --- change.c --- */

enum err_code maas_create(struct cloud_call *call, const struct value *body,
                          struct observation *out) MUST_USE;
void maas_adjust_update(struct cloud_call *call, const struct value *old_inputs,
                        const struct value *news, struct value *body);
enum err_code maas_update(struct cloud_call *call, const struct value *old_inputs,
                          const struct value *news, const struct value *body,
                          struct observation *out) MUST_USE;
/* Whether an update would send anything but the disclaimer's id, which changes nothing by itself.
 * `news` may hold unknowns. Pure; any thread. */
bool maas_is_edited(struct ctx *ctx, const struct value *olds, const struct value *news);
/* Whether the inputs switch the content guard off. */
bool maas_guard_is_off(const struct value *inputs);

/* --- account.c: what all calls share. Any thread. --- */

/* A project whose id became known when a token was bought for its name. */
struct named_project {
    struct named_project *next;
    struct str iam;
    struct str name;
    struct str id;
};

struct maas_account {
    struct flight_group *tokens;   /* by what they are for: struct token */
    struct flight_group *projects; /* by address of IAM and name: the id, struct str */
    pthread_mutex_t mutex;         /* guards what follows */
    struct arena *arena;
    struct named_project *named;
    struct str refusal; /* what IAM said of the password, which is not tried again; or empty */
};

void *maas_account_new(const struct clock *clock);
void maas_account_free(void *account);
/* The address behind a key of base_urls. */
struct str maas_base_url(const struct rest_session *session, const char *key);
/* The configured name of the project, or its region's. */
struct str maas_project_name(const struct cloud_call *call);

/* --- token.c --- */

/* Hooks of the session. */
enum err_code maas_authorize(struct ctx *ctx, const struct rest_session *session,
                             struct sign_credential *credential) MUST_USE;
bool maas_renew(struct ctx *ctx, const struct rest_session *session,
                const struct sign_credential *used);
/* Whether the session's calls take a token that has to be bought first. */
bool maas_buys_tokens(const struct rest_session *session);
/* The project that the token is for, bought now if need be; empty when IAM does not say. */
enum err_code maas_token_project(struct cloud_call *call, struct str *id) MUST_USE;

/* --- project.c --- */

/* The id of the project of the configured name, looked up once. */
enum err_code maas_project_id(struct cloud_call *call, struct str *id) MUST_USE;

#endif
