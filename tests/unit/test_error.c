#include "base/ctx.h"
#include "testing.h"

struct code_case {
    enum err_code code;
    const char *name;
    int grpc;
};

TEST(every_code_has_a_name_and_a_grpc_status) {
    static const struct code_case cases[] = {
        {ERR_OK, "OK", 0},
        {ERR_INVALID, "INVALID", 3},
        {ERR_UNAUTHENTICATED, "UNAUTHENTICATED", 16},
        {ERR_PERMISSION, "PERMISSION", 7},
        {ERR_NOT_FOUND, "NOT_FOUND", 5},
        {ERR_EXISTS, "EXISTS", 6},
        {ERR_PRECONDITION, "PRECONDITION", 9},
        {ERR_EXHAUSTED, "EXHAUSTED", 8},
        {ERR_ABORTED, "ABORTED", 10},
        {ERR_UNAVAILABLE, "UNAVAILABLE", 14},
        {ERR_DEADLINE, "DEADLINE", 4},
        {ERR_CANCELLED, "CANCELLED", 1},
        {ERR_UNIMPLEMENTED, "UNIMPLEMENTED", 12},
        {ERR_UNCERTAIN, "UNCERTAIN", 2},
        {ERR_INTERNAL, "INTERNAL", 13},
        {ERR_INIT_FAILED, "INIT_FAILED", 13},
    };
    CHECK_INT(sizeof(cases) / sizeof(cases[0]), ERR_CODE_COUNT);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_INT(cases[i].code, i);
        CHECK_STR_IS(str_of(err_name(cases[i].code)), str_of(cases[i].name));
        CHECK_INT(err_grpc_status(cases[i].code), cases[i].grpc);
    }
}

TEST(clear_forgets_every_detail) {
    struct str reason = STR("r");
    struct error error = {
        .code = ERR_INIT_FAILED,
        .message = STR("m"),
        .http_status = 500,
        .cloud_code = STR("c"),
        .request_id = STR("q"),
        .partial = {.id = STR("i"), .reasons = &reason, .reason_count = 1},
    };
    error_clear(&error);
    CHECK_INT(error.code, ERR_OK);
    CHECK_STR(error.message, "");
    CHECK(error.message.ptr != NULL);
    CHECK_INT(error.http_status, 0);
    CHECK_STR(error.cloud_code, "");
    CHECK_STR(error.request_id, "");
    CHECK_STR(error.partial.id, "");
    CHECK(error.partial.properties == NULL && error.partial.inputs == NULL);
    CHECK(error.partial.reasons == NULL && error.partial.reason_count == 0);
}

TEST(fail_replaces_an_earlier_failure) {
    struct ctx ctx = {.arena = arena_new(10000)};
    ctx.error.http_status = 404;
    ctx.error.cloud_code = STR("Gone");
    CHECK_INT(ctx_fail(&ctx, ERR_INVALID, "%s has %d parts", "urn", 3), ERR_INVALID);
    CHECK_INT(ctx.error.code, ERR_INVALID);
    CHECK_STR(ctx.error.message, "urn has 3 parts");
    CHECK_INT(ctx.error.http_status, 0);
    CHECK_STR(ctx.error.cloud_code, "");
    arena_free(ctx.arena);
}

TEST(fail_may_quote_the_message_it_replaces) {
    struct ctx ctx = {.arena = arena_new(10000)};
    ctx_fail(&ctx, ERR_INTERNAL, "first");
    ctx_fail(&ctx, ERR_ABORTED, "second after %.*s", STR_ARG(ctx.error.message));
    CHECK_STR(ctx.error.message, "second after first");
    arena_free(ctx.arena);
}

TEST(cancellation_and_deadline_are_different_failures) {
    struct ctx ctx = {.arena = arena_new(10000)};
    CHECK_INT(ctx_fail_cancelled(&ctx, CANCEL_TRIPPED, "waiting"), ERR_CANCELLED);
    CHECK_STR(ctx.error.message, "waiting was cancelled");
    CHECK_INT(ctx_fail_cancelled(&ctx, CANCEL_DEADLINE, "waiting"), ERR_DEADLINE);
    CHECK_STR(ctx.error.message, "waiting took longer than the time given");
    arena_free(ctx.arena);
}

static enum err_code pass_on(enum err_code code, bool *reached) {
    TRY(code);
    *reached = true;
    return ERR_OK;
}

TEST(try_returns_the_code_of_a_failure_only) {
    bool reached = false;
    CHECK_INT(pass_on(ERR_EXISTS, &reached), ERR_EXISTS);
    CHECK(!reached);
    CHECK_INT(pass_on(ERR_OK, &reached), ERR_OK);
    CHECK(reached);
}

TEST_MAIN {
    RUN(every_code_has_a_name_and_a_grpc_status);
    RUN(clear_forgets_every_detail);
    RUN(fail_replaces_an_earlier_failure);
    RUN(fail_may_quote_the_message_it_replaces);
    RUN(cancellation_and_deadline_are_different_failures);
    RUN(try_returns_the_code_of_a_failure_only);
}
