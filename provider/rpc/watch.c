#include "rpc/watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/platform.h"
#include "rpc/engine_health.h"

enum {
    LOOK_MS = 1000,
    HEALTH_INTERVAL_MS = 5 * 60 * 1000,
    TICK_MS = 20,
    QUIET_MS = 100,  /* without calls, after which connections are cut */
    CUT_MS = 4000,   /* after which calls are cut */
    ABORT_MS = 4700, /* after which a call that does not end is left: the engine kills us at five
                        seconds */
    ABORT_QUIET_MS = 30000, /* the same when there is none, and only gRPC is slow to end */
    STACK_BYTES = 256 * 1024
};

struct watch {
    struct watch_options options;
    struct engine_health *health; /* NULL without an engine */
    struct platform_signals *signals;
    int stop[2]; /* a pipe */
    pthread_t thread;
};

static void termination_signals(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void watch_block_signals(void) {
    sigset_t set;
    termination_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static bool engine_is_gone(struct watch *watch, short stdout_events) {
    return (stdout_events & (POLLERR | POLLHUP)) != 0 ||
           server_engine_has_ended(watch->options.server) || !engine_health_tick(watch->health);
}

/* True when the process is to end; false when it already does, and watch_stop came. */
static bool wait_for_reason(struct watch *watch) {
    bool has_engine = watch->health != NULL;
    struct pollfd fds[] = {
        {.fd = watch->stop[0], .events = POLLIN},
        {.fd = platform_signals_fd(watch->signals), .events = POLLIN},
        {.fd = has_engine ? STDOUT_FILENO : -1}, /* no events: only that the reader has gone */
    };
    for (;;) {
        int count = poll(fds, sizeof(fds) / sizeof(fds[0]), has_engine ? LOOK_MS : -1);
        if (count < 0 && errno != EINTR) {
            mem_die("poll");
        }
        if (count < 0) {
            continue;
        }
        if (fds[0].revents != 0) {
            return false;
        }
        if (fds[1].revents != 0 || (has_engine && engine_is_gone(watch, fds[2].revents))) {
            return true;
        }
    }
}

/* True when watch_stop came. */
static bool wait_for_stop(struct watch *watch, int wait_ms) {
    struct pollfd fd = {.fd = watch->stop[0], .events = POLLIN};
    return poll(&fd, 1, wait_ms) > 0;
}

static int64_t now_ms(const struct watch *watch) {
    return watch->options.clock->now_ms(watch->options.clock);
}

/* Connections that stay open without a call keep gRPC from shutting down, so they are cut as soon
 * as all is quiet. */
static void shut_down(struct watch *watch) {
    struct server *server = watch->options.server;
    int64_t start_ms = now_ms(watch);
    int64_t busy_ms = start_ms; /* when a call was last seen */
    bool cut = false;
    server_shutdown(server);
    while (!wait_for_stop(watch, TICK_MS)) {
        bool busy = server_call_count(server) > 0;
        int64_t time_ms = now_ms(watch);
        busy_ms = busy ? time_ms : busy_ms;
        if (!cut && (time_ms - busy_ms >= QUIET_MS || time_ms - start_ms >= CUT_MS)) {
            server_cut(server);
            cut = true;
        }
        if (time_ms - start_ms >= (busy ? ABORT_MS : ABORT_QUIET_MS)) {
            _exit(0);
        }
    }
}

static void *run(void *data) {
    struct watch *watch = data;
    if (wait_for_reason(watch)) {
        shut_down(watch);
    }
    return NULL;
}

struct watch *watch_start(const struct watch_options *options) {
    struct watch *watch = MEM_NEW(struct watch);
    pthread_attr_t attributes;
    sigset_t set;
    termination_signals(&set);
    watch->options = *options;
    watch->signals = platform_signals_open(&set);
    if (options->engine_address.len > 0) {
        watch->health =
            engine_health_new(options->clock, options->engine_address, HEALTH_INTERVAL_MS);
    }
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    if (watch->signals == NULL || !platform_pipe(watch->stop) ||
        pthread_create(&watch->thread, &attributes, run, watch) != 0) {
        mem_die("the thread that waits for signals cannot be started");
    }
    pthread_attr_destroy(&attributes);
    return watch;
}

void watch_stop(struct watch *watch) {
    if (write(watch->stop[1], "", 1) != 1) {
        mem_die("the thread that waits for signals cannot be told");
    }
    pthread_join(watch->thread, NULL);
    engine_health_free(watch->health);
    platform_signals_close(watch->signals);
    close(watch->stop[0]);
    close(watch->stop[1]);
    mem_free(watch);
}
