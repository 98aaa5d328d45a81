#ifndef RPC_ARGS_H
#define RPC_ARGS_H

#include "base/str.h"

/* The command line, as the engine writes it: [--logtostderr] [-v=N] [--tracing ENDPOINT]
 * [ENGINE_ADDRESS]; and what people ask by hand. One or two dashes; options not known are ignored,
 * so that a newer engine can pass more. */
enum args_mode { ARGS_SERVE, ARGS_HELP, ARGS_VERSION, ARGS_SCHEMA, ARGS_DOCTOR, ARGS_WRONG };

struct args {
    enum args_mode mode;
    struct str engine_address; /* empty: wait to be attached */
    int verbosity;
};

/* Views into argv. */
void args_parse(int argc, char *const *argv, struct args *out);

#endif
