#include "rpc/args.h"

#include "testing.h"

#define PARSE(args, ...)                                               \
    do {                                                               \
        char *argv[] = {"pulumi-resource-inference", __VA_ARGS__};     \
        args_parse((int)(sizeof(argv) / sizeof(argv[0])), argv, args); \
    } while (0)

TEST(no_arguments_serve_without_an_engine) {
    struct args args;
    char *argv[] = {"pulumi-resource-inference", NULL};
    args_parse(1, argv, &args);
    CHECK_INT(args.mode, ARGS_SERVE);
    CHECK_STR(args.engine_address, "");
    CHECK_INT(args.verbosity, 0);
}

TEST(what_the_engine_passes) {
    struct args args;
    PARSE(&args, "--logtostderr", "-v=9", "--tracing", "http://127.0.0.1:1", "127.0.0.1:2");
    CHECK_INT(args.mode, ARGS_SERVE);
    CHECK_STR(args.engine_address, "127.0.0.1:2");
    CHECK_INT(args.verbosity, 9);
}

TEST(tracing_takes_its_value_from_either_place) {
    struct args args;
    PARSE(&args, "-tracing=x", "a");
    CHECK_INT(args.mode, ARGS_SERVE);
    CHECK_STR(args.engine_address, "a");
    PARSE(&args, "-tracing", "x", "a");
    CHECK_INT(args.mode, ARGS_SERVE);
    CHECK_STR(args.engine_address, "a");
    PARSE(&args, "-tracing");
    CHECK_INT(args.mode, ARGS_SERVE);
    CHECK_STR(args.engine_address, "");
}

TEST(unknown_options_are_ignored) {
    struct args args;
    PARSE(&args, "--color=always", "-x", "a");
    CHECK_INT(args.mode, ARGS_SERVE);
    CHECK_STR(args.engine_address, "a");
}

TEST(one_dash_or_two) {
    struct args args;
    PARSE(&args, "-version");
    CHECK_INT(args.mode, ARGS_VERSION);
    PARSE(&args, "--version");
    CHECK_INT(args.mode, ARGS_VERSION);
    PARSE(&args, "-schema");
    CHECK_INT(args.mode, ARGS_SCHEMA);
    PARSE(&args, "--doctor");
    CHECK_INT(args.mode, ARGS_DOCTOR);
    PARSE(&args, "-help");
    CHECK_INT(args.mode, ARGS_HELP);
    PARSE(&args, "-h");
    CHECK_INT(args.mode, ARGS_HELP);
}

TEST(two_positional_arguments_are_wrong) {
    struct args args;
    PARSE(&args, "a", "b");
    CHECK_INT(args.mode, ARGS_WRONG);
    PARSE(&args, "a", "--help", "b");
    CHECK_INT(args.mode, ARGS_HELP);
}

TEST(verbosity_is_a_small_number_or_none) {
    struct args args;
    PARSE(&args, "--v=12");
    CHECK_INT(args.verbosity, 12);
    PARSE(&args, "-v=x");
    CHECK_INT(args.verbosity, 0);
    PARSE(&args, "-v");
    CHECK_INT(args.verbosity, 0);
    PARSE(&args, "-v=99999999999");
    CHECK_INT(args.verbosity, 9999);
}

TEST(dashes_alone_are_positional) {
    struct args args;
    PARSE(&args, "-");
    CHECK_STR(args.engine_address, "-");
    PARSE(&args, "--");
    CHECK_STR(args.engine_address, "--");
}

TEST_MAIN {
    RUN(no_arguments_serve_without_an_engine);
    RUN(what_the_engine_passes);
    RUN(tracing_takes_its_value_from_either_place);
    RUN(unknown_options_are_ignored);
    RUN(one_dash_or_two);
    RUN(two_positional_arguments_are_wrong);
    RUN(verbosity_is_a_small_number_or_none);
    RUN(dashes_alone_are_positional);
}
