#ifndef CORE_ENDPOINT_ACCESS_H
#define CORE_ENDPOINT_ACCESS_H

#include "core/endpoint/cloud.h"

/* Sentences about credentials, for messages. In the call's arena; pure. */

/* Where the credential of a refused request came from, and where the endpoint was looked for. */
struct words access_text(const struct cloud_call *call, const struct operation *operation);
/* How credentials that nothing gives can be given: the one key that is missing, or, for NULL, all
 * that the cloud's first way to sign in takes. */
struct words access_advice(const struct cloud_call *call, const char *missing);
/* Where a setting that is missing can be given: "inference:KEY", or what `pulumi do` reads. */
struct words access_setting(const struct cloud_call *call, const char *key);

#endif
