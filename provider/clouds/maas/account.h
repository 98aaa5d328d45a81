#ifndef CLOUDS_MAAS_ACCOUNT_H
#define CLOUDS_MAAS_ACCOUNT_H

#include "core/endpoint/cloud.h"

/* What all calls to MaaS share: the swept lists of endpoints, tokens bought for a password, ids of
 * projects. Any thread. */
struct maas_account;

void *maas_account_new(const struct clock *clock);
void maas_account_free(void *account);

/* The id of the project of the configured name, looked up once. */
enum err_code maas_project_id(struct cloud_call *call, struct str *id) MUST_USE;

/* Hooks of the session. */
enum err_code maas_authorize(struct ctx *ctx, const struct rest_session *session,
                             struct sign_credential *credential) MUST_USE;
bool maas_renew(struct ctx *ctx, const struct rest_session *session,
                const struct sign_credential *used);

#endif
