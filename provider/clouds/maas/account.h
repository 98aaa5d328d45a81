#ifndef CLOUDS_MAAS_ACCOUNT_H
#define CLOUDS_MAAS_ACCOUNT_H

#include "core/endpoint/cloud.h"

/* What all calls to MaaS share: the swept lists of endpoints, tokens bought for a password, ids of
 * projects. Any thread. */
struct maas_account;

void *maas_account_new(const struct clock *clock);
void maas_account_free(void *account);

/* Which item of the list is meant: by id, or by name when `id` is empty. */
struct maas_key {
    struct str id;
    struct str name;
};

/* A whole list of endpoints, and the account's figures that come with it; those are negative when
 * they are not told. */
struct maas_listing {
    const struct value *items;
    double total;
    double limit;
};

/* The item (a copy in the call's arena) or NULL when a *complete* list lacks it. One sweep over all
 * pages serves every call that asks while it runs, and for a few seconds those that may be cached.
 */
enum err_code maas_find(struct cloud_call *call, struct maas_key key,
                        const struct value **item) MUST_USE;
/* All of it, fresh (a copy in the call's arena). */
enum err_code maas_list_all(struct cloud_call *call, struct maas_listing *out) MUST_USE;
/* The id of the project of the configured name, looked up once. */
enum err_code maas_project_id(struct cloud_call *call, struct str *id) MUST_USE;

/* Hooks of the session. */
enum err_code maas_authorize(struct ctx *ctx, const struct rest_session *session,
                             struct sign_credential *credential) MUST_USE;
bool maas_renew(struct ctx *ctx, const struct rest_session *session,
                const struct sign_credential *used);

#endif
