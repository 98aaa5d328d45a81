#ifndef CLOUD_MAAS_INT_H
#define CLOUD_MAAS_INT_H

#include <pthread.h>

#include "cloud/maas_account.h"

/* What the files of the MaaS account share. */

/* The swept list of one project's endpoints. */
struct sweep {
    struct sweep *next;
    struct arena *arena; /* of the key */
    struct str key;      /* address and project */
    struct arena *items_arena;
    struct maas_listing listing; /* items: NULL until the first sweep is done */
    int64_t started_ms;
    bool busy;
    int64_t busy_since_ms;
    unsigned runs;
    unsigned failed_run; /* of the latest failure; 0 for none */
    struct error failure;
    struct arena *failure_arena;
};

/* A token that was bought for a password: one for each project. */
struct token {
    struct token *next;
    struct arena *arena; /* of the texts below */
    struct str iam;
    struct str wanted_id; /* what it is bought for: the project's id, or else its name */
    struct str wanted_name;
    char *text;       /* NULL when there is none */
    char *project_id; /* what it turned out to be for; NULL when not told */
    int64_t renew_wall;
    bool busy;
};

/* The project of one name. */
struct project {
    struct project *next;
    struct arena *arena; /* of the key */
    struct str key;      /* address of IAM and name */
    char *id;            /* NULL until looked up */
    bool busy;
};

struct maas_account {
    const struct clock *clock;
    pthread_mutex_t mutex; /* guards all below; given up while the cloud is asked */
    pthread_cond_t changed;
    struct sweep *sweeps;
    struct token *tokens;
    char *refusal; /* what IAM said of the password, which is not tried again; or NULL */
    struct project *projects;
};

/* Heap text that is wiped before it goes. */
char *maas_keep(struct str text);
void maas_forget(char **text);
/* With the lock held: waits a moment for somebody else's work, or fails when the call was
 * cancelled. */
enum err_code maas_wait_turn(struct maas_account *account, struct ctx *ctx) MUST_USE;

/* The address behind a key of base_urls. */
struct str maas_base_url(const struct rest_session *session, const char *key);
/* The configured name of the project, or its region's. */
struct str maas_project_name(const struct cloud_call *call);
/* Whether the session's calls take a token that has to be bought first. */
bool maas_buys_tokens(const struct rest_session *session);
/* The project that the token is for, bought now if need be; empty when IAM does not say. */
enum err_code maas_token_project(struct cloud_call *call, struct str *id) MUST_USE;

/* Release what their files keep. */
void maas_free_sweeps(struct maas_account *account);
void maas_free_tokens(struct maas_account *account);
void maas_free_projects(struct maas_account *account);

#endif
