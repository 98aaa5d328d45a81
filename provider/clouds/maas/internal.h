#ifndef CLOUDS_MAAS_INTERNAL_H
#define CLOUDS_MAAS_INTERNAL_H

#include <pthread.h>

#include "base/flight.h"
#include "clouds/maas/account.h"

/* What the files of the MaaS account share. */

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

/* The address behind a key of base_urls. */
struct str maas_base_url(const struct rest_session *session, const char *key);
/* The configured name of the project, or its region's. */
struct str maas_project_name(const struct cloud_call *call);
/* Whether the session's calls take a token that has to be bought first. */
bool maas_buys_tokens(const struct rest_session *session);
/* The project that the token is for, bought now if need be; empty when IAM does not say. */
enum err_code maas_token_project(struct cloud_call *call, struct str *id) MUST_USE;

#endif
