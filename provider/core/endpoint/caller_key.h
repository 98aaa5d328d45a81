#ifndef CORE_ENDPOINT_CALLER_KEY_H
#define CORE_ENDPOINT_CALLER_KEY_H

#include "core/endpoint/cloud.h"

/* After a create: says where the key is made that callers of the endpoint need and no resource
 * makes (the section `caller_key` of the cloud's table). Once in the life of a process and cloud,
 * as information: nothing is wrong, and who has a key needs no more lines. Any thread; the call's
 * error stays as it is. */
void caller_key_tell(struct cloud_call *call);

#endif
