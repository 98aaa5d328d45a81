#ifndef CORE_ENDPOINT_READINESS_H
#define CORE_ENDPOINT_READINESS_H

#include "core/endpoint/cloud.h"

/* With `readiness: answers`, asks an endpoint that runs for its health route, or the inference
 * plane for its models (the section `answers` of the cloud's table), until it answers, for a minute
 * at most; no answer is a warning. It is asked without a credential, or with the input
 * `readinessKey`: nothing of the account's session goes to that host. One that is not running, may
 * sleep, or is private is not asked. Blocking, cancellable; the call's error stays as it is. */
void readiness_ask(struct cloud_call *call, const struct observation *seen);

#endif
