#ifndef RPC_STDERR_LOG_H
#define RPC_STDERR_LOG_H

#include "base/log.h"

/* Log records as lines on standard error, for debugging by hand. Any thread. */
extern struct log_sink stderr_log;

#endif
