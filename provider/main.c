#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/platform.h"
#include "clouds/registry.h"
#include "core/methods/provider.h"
#include "doctor.h"
#include "rest/transport_curl.h"
#include "rpc/args.h"
#include "rpc/request_log.h"
#include "rpc/server.h"
#include "rpc/stderr_log.h"
#include "rpc/watch.h"

#define PROGRAM "pulumi-resource-inference"

enum {
    EXIT_OK = 0,
    EXIT_FAILURE_TO_START = 1,
    EXIT_SOMETHING_WRONG = 1,
    EXIT_USAGE = 2,
    LOG_FLUSH_MS = 200,
    GRPC_END_PAUSES = 500,
    DEBUG_VERBOSITY = 9
};

#define MAX_REQUEST_BYTES_IN_FLIGHT ((size_t)1024 * 1024 * 1024)

static const char usage[] =
    "usage: " PROGRAM " [OPTION]... [ENGINE_ADDRESS]\n"
    "\n"
    "Pulumi resource provider for model inference endpoints. Pulumi starts it by itself; by hand it\n"
    "is only useful for debugging: without ENGINE_ADDRESS it prints its port and waits for an engine\n"
    "to attach (PULUMI_DEBUG_PROVIDERS=inference:PORT).\n"
    "\n"
    "  --schema             print the package schema (JSON)\n"
    "  --doctor             print the settings and where each comes from, and ask the clouds that have\n"
    "                       credentials whether all is right; status 1 when something is wrong\n"
    "  --version            print the version\n"
    "  --help               print this\n"
    "  -v=N                 9 and more: debug messages\n"
    "  --logtostderr, --tracing ENDPOINT\n"
    "                       accepted, since Pulumi may pass them\n";

/* Ends what was printed. */
static int printed(bool written) {
    if (fflush(stdout) == 0 && written) {
        return EXIT_OK;
    }
    fputs(PROGRAM ": standard output cannot be written to\n", stderr);
    return EXIT_FAILURE_TO_START;
}

static int print(struct str text) {
    bool written = fwrite(text.ptr, 1, text.len, stdout) == text.len;
    return printed(fputc('\n', stdout) != EOF && written);
}

/* Its messages are about connections; the engine would keep them for the day the process crashes.
 */
static void discard_grpc_log(gpr_log_func_args *args) {
    (void)args;
}

/* The engine takes the first line of standard output for the port. False when nobody reads it. */
static bool announce(int port) {
    return printf("%d\n", port) > 0 && fflush(stdout) == 0;
}

static int run(struct server *server, int port, const struct args *args) {
    struct watch_options options = {
        .server = server,
        .clock = &clock_system,
        .engine_address = args->engine_address,
    };
    struct watch *watch = watch_start(&options);
    bool announced = announce(port);
    if (!announced) {
        server_shutdown(server);
    }
    server_run(server);
    watch_stop(watch);
    server_free(server);
    return announced ? EXIT_OK : EXIT_FAILURE_TO_START;
}

static int serve_with(struct provider *provider, const struct args *args, int parent) {
    bool debug = args->verbosity >= DEBUG_VERBOSITY;
    struct engine_log *log =
        engine_log_new(&clock_system, args->engine_address, debug ? LOG_DEBUG : LOG_INFO,
                       debug ? &stderr_log : NULL);
    struct service_options options = {
        .provider = provider,
        .engine_log = log,
        .clock = &clock_system,
        .engine = args->engine_address.len > 0 ? parent : 0,
        .max_request_bytes_in_flight = MAX_REQUEST_BYTES_IN_FLIGHT,
    };
    int port = 0;
    int status = EXIT_FAILURE_TO_START;
    struct server *server = server_new(&options, &port);
    if (server == NULL) {
        fputs(PROGRAM ": no port of 127.0.0.1 can be listened on\n", stderr);
    } else {
        status = run(server, port, args);
    }
    engine_log_free(log, LOG_FLUSH_MS);
    return status;
}

/* A connection that was just cut may still be taken down by a thread of gRPC, which then ends gRPC
 * itself: the process must not tear down under its feet. */
static void end_grpc(void) {
    const struct timespec pause = {.tv_nsec = 1000000};
    grpc_shutdown_blocking();
    for (int i = 0; i < GRPC_END_PAUSES && grpc_is_initialized(); i++) {
        nanosleep(&pause, NULL);
    }
}

/* A core dump would hold keys. One byte, since a limit of 0 counts for files alone: the kernel
 * feeds a collector of dumps all the same, but not at 1 (core(5)). It fails only where the limit is
 * 0 and may not grow. */
static void forbid_core_dumps(void) {
    const struct rlimit none = {.rlim_cur = 1, .rlim_max = 1};
    (void)setrlimit(RLIMIT_CORE, &none);
}

static bool init_curl(void) {
    bool initialised = transport_curl_global_init();
    if (!initialised) {
        fputs(PROGRAM ": libcurl cannot be initialised\n", stderr);
    }
    return initialised;
}

static int examine(void) {
    forbid_core_dumps();
    bool is_well = init_curl() && doctor_run();
    int status = printed(ferror(stdout) == 0);
    return status == EXIT_OK && !is_well ? EXIT_SOMETHING_WRONG : status;
}

static int serve(const struct args *args) {
    int parent = (int)getppid();
    forbid_core_dumps();
    watch_block_signals();
    platform_tune_heap();
    if (!init_curl()) {
        return EXIT_FAILURE_TO_START;
    }
    gpr_set_log_function(discard_grpc_log);
    grpc_init();
    struct request_log *request_log = request_log_new();
    struct provider_options options = {.clock = &clock_system,
                                       .request_log = request_log_observer(request_log),
                                       .open_transport = transport_curl_open,
                                       .clouds = cloud_registry};
    struct provider *provider = provider_new(&options);
    int status = serve_with(provider, args, parent);
    provider_free(provider);
    request_log_free(request_log);
    end_grpc();
    return status;
}

int main(int argc, char **argv) {
    struct args args;
    args_parse(argc, argv, &args);
    switch (args.mode) {
    case ARGS_HELP:
        return printed(fputs(usage, stdout) >= 0);
    case ARGS_VERSION:
        return print(provider_version());
    case ARGS_SCHEMA:
        return print(provider_schema());
    case ARGS_DOCTOR:
        return examine();
    case ARGS_WRONG:
        fputs(usage, stderr);
        return EXIT_USAGE;
    case ARGS_SERVE:
        break;
    }
    if (argc == 1 && isatty(STDOUT_FILENO)) {
        fputs(usage, stderr);
    }
    return serve(&args);
}
