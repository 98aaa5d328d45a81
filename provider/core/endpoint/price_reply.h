#ifndef CORE_ENDPOINT_PRICE_REPLY_H
#define CORE_ENDPOINT_PRICE_REPLY_H

#include "core/endpoint/cloud.h"

/* Keeps, for whoever needs a price later, what a reply to the operation that has the prices tells;
 * of any other nothing. Any thread, no blocking. */
void price_note_reply(struct cloud_call *call, const char *operation,
                      const struct rest_reply *reply);

#endif
