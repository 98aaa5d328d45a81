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
    struct words reason = words_foreign(STR("r"));
    struct error error = {
        .code = ERR_INIT_FAILED,
        .message = words_foreign(STR("m")),
        .http_status = 500,
        .cloud_code = STR("c"),
        .request_id = STR("q"),
        .partial = {.id = STR("i"), .reasons = &reason, .reason_count = 1},
    };
    error_clear(&error);
    CHECK_INT(error.code, ERR_OK);
    CHECK_STR(error.message.text, "");
    CHECK(error.message.text.ptr != NULL);
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
    CHECK_STR(ctx.error.message.text, "urn has 3 parts");
    CHECK_INT(ctx.error.http_status, 0);
    CHECK_STR(ctx.error.cloud_code, "");
    arena_free(ctx.arena);
}

TEST(fail_may_quote_the_message_it_replaces) {
    struct ctx ctx = {.arena = arena_new(10000)};
    ctx_fail(&ctx, ERR_INTERNAL, "first");
    ctx_fail(&ctx, ERR_PRECONDITION, "second after %.*s", STR_ARG(ctx.error.message.text));
    CHECK_STR(ctx.error.message.text, "second after first");
    arena_free(ctx.arena);
}

TEST(cancellation_and_deadline_are_different_failures) {
    struct ctx ctx = {.arena = arena_new(10000)};
    CHECK_INT(ctx_fail_cancelled(&ctx, CANCEL_TRIPPED, "waiting"), ERR_CANCELLED);
    CHECK_STR(ctx.error.message.text, "waiting was cancelled");
    CHECK_INT(ctx_fail_cancelled(&ctx, CANCEL_DEADLINE, "waiting"), ERR_DEADLINE);
    CHECK_STR(ctx.error.message.text, "waiting took longer than the time given");
    arena_free(ctx.arena);
}

TEST(a_failure_that_was_set_aside_comes_back_whole) {
    struct ctx ctx = {.arena = arena_new(10000)};
    ctx_fail(&ctx, ERR_EXISTS, "taken");
    ctx.error.http_status = 409;
    struct error kept = error_keep(&ctx.error);
    CHECK_INT(ctx.error.code, ERR_OK);
    CHECK_STR(ctx.error.message.text, "");
    ctx_fail(&ctx, ERR_UNAVAILABLE, "no answer");
    error_put_back(&ctx.error, &kept);
    CHECK_INT(ctx.error.code, ERR_EXISTS);
    CHECK_INT(ctx.error.http_status, 409);
    CHECK_STR(ctx.error.message.text, "taken");
    arena_free(ctx.arena);
}

TEST(a_copy_outlives_the_arena_of_the_original) {
    struct arena *scratch = arena_new(10000);
    struct arena *arena = arena_new(10000);
    struct words reason = words_foreign(STR("r"));
    const struct error error = {
        .code = ERR_EXISTS,
        .message = words_text(scratch, "m%s", "1"),
        .http_status = 409,
        .bare_len = 1,
        .of_read = true,
        .cut_off = true,
        .stayed_busy = true,
        .cloud_code = arena_printf(scratch, "c%d", 2),
        .request_id = arena_printf(scratch, "q%d", 3),
        .partial = {.id = STR("i"), .reasons = &reason, .reason_count = 1},
    };
    struct error copy = error_copy(arena, &error);
    arena_free(scratch);
    CHECK_INT(copy.code, ERR_EXISTS);
    CHECK_INT(copy.http_status, 409);
    CHECK_INT(copy.bare_len, 1);
    CHECK(copy.of_read && copy.cut_off && copy.stayed_busy);
    CHECK_STR(copy.message.text, "m1");
    REQUIRE(copy.message.own_count == 1);
    CHECK_STR(copy.message.own[0].text, "m1");
    CHECK_STR(copy.cloud_code, "c2");
    CHECK_STR(copy.request_id, "q3");
    CHECK(copy.partial.reasons == NULL);
    arena_free(arena);
}

TEST(a_fork_has_memory_and_a_token_of_its_own) {
    struct ctx ctx = {.arena = arena_new(10000)};
    struct cancel *own = cancel_new(NULL, &clock_system);
    struct arena *scratch = arena_new(10000);
    struct ctx fork;
    ctx_fork(&fork, &ctx, scratch, own);
    CHECK(fork.arena == scratch && fork.log.arena == scratch);
    CHECK(fork.cancel == own);
    CHECK(fork.log.redact == &fork.redact);
    cancel_free(own);
    arena_free(scratch);
    arena_free(ctx.arena);
    CHECK(ctx.cancel == NULL);
}

/* What one part of the call learns and why it failed is the call's when the part's memory is gone.
 */
TEST(joined_a_call_knows_what_its_fork_learned) {
    struct ctx ctx = {.arena = arena_new(10000)};
    struct arena *scratch = arena_new(10000);
    struct ctx fork;
    redact_init(&ctx.redact, ctx.arena);
    ctx_fork(&fork, &ctx, scratch, NULL);
    redact_add(&fork.redact, STR("hunter2"));
    ctx_fail(&fork, ERR_UNAVAILABLE, "no answer for %d s", 7);
    CHECK_INT(ctx_join(&ctx, &fork, ERR_UNAVAILABLE), ERR_UNAVAILABLE);
    arena_free(scratch);
    CHECK_STR(ctx.error.message.text, "no answer for 7 s");
    CHECK_STR(redact_apply(&ctx.redact, STR("it is hunter2")), "it is [secret]");
    arena_free(ctx.arena);
}

TEST(joined_after_success_an_earlier_failure_stands) {
    struct ctx ctx = {.arena = arena_new(10000)};
    struct ctx fork;
    ctx_fail(&ctx, ERR_EXISTS, "taken");
    ctx_fork(&fork, &ctx, ctx.arena, NULL);
    error_clear(&fork.error);
    CHECK_INT(ctx_join(&ctx, &fork, ERR_OK), ERR_OK);
    CHECK_STR(ctx.error.message.text, "taken");
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
    RUN(a_failure_that_was_set_aside_comes_back_whole);
    RUN(a_copy_outlives_the_arena_of_the_original);
    RUN(a_fork_has_memory_and_a_token_of_its_own);
    RUN(joined_a_call_knows_what_its_fork_learned);
    RUN(joined_after_success_an_earlier_failure_stands);
    RUN(cancellation_and_deadline_are_different_failures);
    RUN(try_returns_the_code_of_a_failure_only);
}
