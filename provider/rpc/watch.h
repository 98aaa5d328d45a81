#ifndef RPC_WATCH_H
#define RPC_WATCH_H

#include "base/clock.h"
#include "rpc/server.h"

/* One thread that sees to it that the process ends when it should: on SIGINT and SIGTERM, and, with
 * an engine, when its parent has gone, nobody reads its standard output any more, or the engine no
 * longer answers. What waits is then cancelled and reports what it has made; a few seconds later
 * the process ends whatever happens. */
struct watch;

struct watch_options {
    struct server *server;
    const struct clock *clock;
    struct str engine_address; /* as given at start; empty: signals only */
};

/* Call in main before any thread is made: from then on the signals reach only the watch. */
void watch_block_signals(void);
/* The caller owns the result. */
struct watch *watch_start(const struct watch_options *options);
/* After server_run has returned: joins the thread. */
void watch_stop(struct watch *watch);

#endif
