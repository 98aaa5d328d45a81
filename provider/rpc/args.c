#include "rpc/args.h"

struct option {
    const char *name;
    void (*apply)(struct args *args, struct str value);
    bool takes_value; /* as the next argument, when not behind "=" */
};

static void set_help(struct args *args, struct str value) {
    (void)value;
    args->mode = ARGS_HELP;
}

static void set_version(struct args *args, struct str value) {
    (void)value;
    args->mode = ARGS_VERSION;
}

static void set_schema(struct args *args, struct str value) {
    (void)value;
    args->mode = ARGS_SCHEMA;
}

static void set_doctor(struct args *args, struct str value) {
    (void)value;
    args->mode = ARGS_DOCTOR;
}

static void set_verbosity(struct args *args, struct str value) {
    int verbosity = 0;
    for (size_t i = 0; i < value.len && i < 4 && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++) {
        verbosity = verbosity * 10 + (value.ptr[i] - '0');
    }
    args->verbosity = verbosity;
}

static void ignore(struct args *args, struct str value) {
    (void)args;
    (void)value;
}

static const struct option options[] = {
    {"help", set_help, false},     {"h", set_help, false},        {"version", set_version, false},
    {"schema", set_schema, false}, {"doctor", set_doctor, false}, {"v", set_verbosity, false},
    {"tracing", ignore, true},
};

static const struct option *find_option(struct str name) {
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (str_is_c(name, options[i].name)) {
            return &options[i];
        }
    }
    return NULL;
}

/* The option's name with whatever follows; empty when it is a positional argument. */
static struct str option_text(struct str argument) {
    size_t dashes = 0;
    while (dashes < 2 && dashes < argument.len && argument.ptr[dashes] == '-') {
        dashes++;
    }
    return dashes > 0 ? str_slice(argument, dashes, argument.len) : STR_EMPTY;
}

/* True when the next argument belongs to the option. */
static bool take_option(struct args *args, struct str text) {
    struct str value;
    struct str name = str_split(text, '=', &value);
    const struct option *option = find_option(name);
    if (option == NULL) {
        return false;
    }
    bool has_value = value.ptr != NULL;
    option->apply(args, has_value ? value : STR_EMPTY);
    return option->takes_value && !has_value;
}

void args_parse(int argc, char *const *argv, struct args *out) {
    int positional = 0;
    *out = (struct args){.mode = ARGS_SERVE, .engine_address = STR_EMPTY};
    for (int i = 1; i < argc; i++) {
        struct str argument = str_of(argv[i]);
        struct str text = option_text(argument);
        if (text.len > 0) {
            i += take_option(out, text) ? 1 : 0;
        } else {
            out->engine_address = argument;
            positional++;
        }
    }
    if (positional > 1 && out->mode == ARGS_SERVE) {
        out->mode = ARGS_WRONG;
    }
}
