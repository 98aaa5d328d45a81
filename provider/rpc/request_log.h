#ifndef RPC_REQUEST_LOG_H
#define RPC_REQUEST_LOG_H

#include "rest/observer.h"

/* The record of requests that the setting requestLog asks for: a line of JSON on standard error for
 * each try, and one per cloud at the end with how many there were. */
struct request_log;

struct request_log *request_log_new(void);
/* To be told of requests; any number of threads. Lives as long as the log. */
struct rest_observer *request_log_observer(struct request_log *log);
/* Writes the sums of what it was told of, none where that is nothing, and frees. NULL is harmless.
 */
void request_log_free(struct request_log *log);

#endif
