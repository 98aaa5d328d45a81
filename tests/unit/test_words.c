#include "base/words.h"

#include "base/ctx.h"
#include "testing.h"

struct fixture {
    struct arena *arena;
    struct redact redact;
};

/* A user took ordinary words for passwords. */
static struct fixture setup(void) {
    struct fixture fixture = {.arena = arena_new(16 * 1024 * 1024)};
    redact_init(&fixture.redact, fixture.arena);
    redact_add(&fixture.redact, STR("endpoint"));
    redact_add(&fixture.redact, STR("pulumi"));
    return fixture;
}

static struct str masked(const struct fixture *f, struct words words) {
    return redact_words(&f->redact, words).text;
}

/* As a message is made, and masked. */
static struct str told(const struct fixture *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct str told(const struct fixture *f, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct words words = words_vtext(f->arena, format, args);
    va_end(args);
    return masked(f, words);
}

/* Each part shows the bytes of its place in the text itself, and they are in order. */
static void check_parts(struct words words) {
    size_t end = 0;
    for (size_t i = 0; i < words.own_count; i++) {
        const struct own_text *own = &words.own[i];
        CHECK(own->at >= end && own->text.len > 0);
        end = own->at + own->text.len;
        REQUIRE(end <= words.text.len);
        CHECK(own->text.ptr == words.text.ptr + own->at);
    }
}

TEST(own_words_stay_and_others_are_masked) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("is gone"));
    redact_add(&f.redact, STR("1234"));
    struct str foreign = STR("my endpoint");
    CHECK_STR(told(&f, "the %s endpoint", "endpoint"), "the endpoint endpoint");
    CHECK_STR(told(&f, "%s: endpoint %.*s is gone", "an endpoint", STR_ARG(foreign)),
              "an endpoint: endpoint my [secret] is gone");
    CHECK_STR(told(&f, "1234 %d %zu %lld %.0f", 1234, (size_t)1234, 1234LL, 1234.0),
              "1234 [secret] [secret] [secret] [secret]");
    redact_add(&f.redact, STR("% more"));
    CHECK_STR(told(&f, "5 %% more, %.0f %% %s", 5.0, "more"), "5 % more, 5 % more");
    CHECK_STR(told(&f, "%.*s: 5 %% more", STR_ARG(STR("5 % more"))), "5 [secret]: 5 % more");
    /* Half of it is own: all of it goes. */
    CHECK_STR(told(&f, "it is %.*s", STR_ARG(STR("gone"))), "it [secret]");
    arena_free(f.arena);
}

TEST(a_conversion_that_is_not_known_makes_all_of_it_foreign) {
    struct fixture f = setup();
    struct words odd = words_text(f.arena, "endpoint %x", 255U);
    CHECK_STR(masked(&f, odd), "[secret] ff");
    CHECK_INT(odd.own_count, 0);
    CHECK_STR(told(&f, "endpoint %p", WORDS_ARG(odd)), "endpoint [secret] ff");
    arena_free(f.arena);
}

/* A message is made of sentences that were made before. */
TEST(what_is_inserted_keeps_its_own_words) {
    struct fixture f = setup();
    struct str foreign = STR("my endpoint");
    struct words advice =
        words_text(f.arena, "the endpoint, not %.*s: run pulumi.", STR_ARG(foreign));
    CHECK_STR(told(&f, "%p pulumi up", WORDS_ARG(advice)),
              "the endpoint, not my [secret]: run pulumi. pulumi up");
    struct words nested = words_text(f.arena, "%.*s; %p; %p", STR_ARG(foreign), WORDS_ARG(advice),
                                     WORDS_ARG(words_foreign(foreign)));
    check_parts(nested);
    CHECK_STR(told(&f, "(%p)", WORDS_ARG(nested)),
              "(my [secret]; the endpoint, not my [secret]: run pulumi.; my [secret])");
    /* The same text by itself is none of it. */
    CHECK_STR(told(&f, "%.*s", STR_ARG(advice.text)),
              "the [secret], not my [secret]: run [secret].");
    arena_free(f.arena);
}

TEST(own_words_beside_each_other_are_one_part) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("a pulumi endpoint"));
    struct words first = words_text(f.arena, "a %s", "pulumi ");
    struct words whole = words_text(f.arena, "%p%s", WORDS_ARG(first), "endpoint");
    CHECK_INT(whole.own_count, 1);
    CHECK_STR(masked(&f, whole), "a pulumi endpoint");
    CHECK_INT(words_text(f.arena, "%s%p", "", WORDS_ARG(words_none())).own_count, 0);
    arena_free(f.arena);
}

TEST(a_list_is_joined_by_own_words) {
    struct fixture f = setup();
    struct words item = words_foreign(STR("my endpoint"));
    struct words list = words_join(f.arena, words_none(), " pulumi ", item);
    CHECK_STR(list.text, "my endpoint");
    list = words_join(f.arena, list, " pulumi ", words_text(f.arena, "an endpoint"));
    check_parts(list);
    CHECK_STR(masked(&f, list), "my [secret] pulumi an endpoint");
    arena_free(f.arena);
}

TEST(a_slice_keeps_what_lies_in_it) {
    struct fixture f = setup();
    struct words advice =
        words_text(f.arena, " the endpoint, not %.*s: run pulumi. ", STR_ARG(STR("my endpoint")));
    struct words bare = words_without_stop(f.arena, advice);
    check_parts(bare);
    CHECK_STR(masked(&f, bare), "the endpoint, not my [secret]: run pulumi");
    struct words tail = words_slice(f.arena, advice, 9, advice.text.len);
    check_parts(tail);
    CHECK_STR(masked(&f, tail), "oint, not my [secret]: run pulumi. ");
    /* Of two halves neither is a secret, and the whole is one again. */
    CHECK_STR(told(&f, "endp%p", WORDS_ARG(tail)), "endpoint, not my [secret]: run pulumi. ");
    struct words head = words_slice(f.arena, advice, 0, 20);
    check_parts(head);
    CHECK_STR(masked(&f, head), " the endpoint, not m");
    struct words middle = words_slice(f.arena, advice, 19, 30);
    CHECK_STR(masked(&f, middle), "my [secret]");
    CHECK_INT(middle.own_count, 0);
    CHECK_STR(words_slice(f.arena, advice, 30, 20).text, "");
    CHECK_STR(words_without_stop(f.arena, words_text(f.arena, " . ")).text, "");
    CHECK_STR(words_without_stop(f.arena, words_none()).text, "");
    arena_free(f.arena);
}

TEST(an_end_is_cut_off_where_it_is_one) {
    struct fixture f = setup();
    struct words advice = words_text(f.arena, "no %.*s: look", STR_ARG(STR("my endpoint")));
    struct words bare = words_without_end(f.arena, advice, STR(": look"));
    check_parts(bare);
    CHECK_STR(masked(&f, bare), "no my [secret]");
    CHECK_STR(words_without_end(f.arena, bare, STR(": look")).text, "no my endpoint");
    CHECK_STR(words_without_end(f.arena, words_none(), STR(": look")).text, "");
    arena_free(f.arena);
}

TEST(what_everybody_may_see_is_own) {
    struct fixture f = setup();
    struct str id = STR("me/endpoint");
    CHECK_STR(told(&f, "%p, %.*s", WORDS_ARG(words_own(f.arena, id)), STR_ARG(id)),
              "me/endpoint, me/[secret]");
    CHECK_INT(words_own(f.arena, STR_EMPTY).own_count, 0);
    arena_free(f.arena);
}

TEST(a_copy_outlives_the_words) {
    struct fixture f = setup();
    struct arena *scratch = arena_new(10000);
    struct words copy =
        words_copy(f.arena, words_text(scratch, "endpoint %.*s pulumi", STR_ARG(STR("endpoint"))));
    arena_free(scratch);
    CHECK_STR(masked(&f, copy), "endpoint [secret] pulumi");
    CHECK_INT(copy.own_count, 2);
    arena_free(f.arena);
}

TEST(a_failure_is_told_in_its_own_words) {
    struct fixture f = setup();
    struct ctx ctx = {.arena = f.arena};
    CHECK_INT(ctx_fail(&ctx, ERR_EXISTS, "an endpoint: %.*s.", STR_ARG(STR("endpoint"))),
              ERR_EXISTS);
    CHECK_STR(masked(&f, ctx.error.message), "an endpoint: [secret].");
    ctx.error.message = words_text(f.arena, "%p; run pulumi",
                                   WORDS_ARG(words_without_stop(f.arena, ctx.error.message)));
    CHECK_STR(masked(&f, ctx.error.message), "an endpoint: [secret]; run pulumi");
    arena_free(f.arena);
}

/* However much is told between the parts of a message and the message. */
TEST(what_was_made_long_ago_keeps_its_own_words) {
    struct fixture f = setup();
    struct words first = words_text(f.arena, "the endpoint");
    struct words list = words_none();
    for (int i = 0; i < 1000; i++) {
        list = words_join(f.arena, list, ", ",
                          words_text(f.arena, "pulumi %.*s", STR_ARG(STR("pulumi"))));
    }
    check_parts(list);
    struct str text = told(&f, "%p: %p", WORDS_ARG(first), WORDS_ARG(list));
    CHECK(str_starts(text, STR("the endpoint: pulumi [secret], pulumi [secret], ")));
    CHECK(str_ends(text, STR(", pulumi [secret], pulumi [secret]")));
    CHECK_INT(text.len, strlen("the endpoint: ") + 1000 * strlen("pulumi [secret], ") - 2);
    arena_free(f.arena);
}

/* Masked once more, by somebody who knows other secrets, too. */
TEST(what_is_masked_knows_its_own_words) {
    struct fixture f = setup();
    struct words advice = words_text(f.arena, "an endpoint %.*s of pulumi; %.*s: run pulumi",
                                     STR_ARG(STR("endpoint")), STR_ARG(STR("pulumi, xyz")));
    struct words once = redact_words(&f.redact, advice);
    CHECK_STR(once.text, "an endpoint [secret] of pulumi; [secret], xyz: run pulumi");
    redact_add(&f.redact, STR("an en"));
    redact_add(&f.redact, STR(", xyz"));
    CHECK_STR(masked(&f, once), "an endpoint [secret] of pulumi; [secret][secret]: run pulumi");
    CHECK_STR(told(&f, "%p", WORDS_ARG(once)),
              "an endpoint [secret] of pulumi; [secret][secret]: run pulumi");
    struct words same = redact_words(&f.redact, words_foreign(STR("none")));
    CHECK_STR(same.text, "none");
    CHECK_INT(same.own_count, 0);
    /* A mask that takes a part of the own words leaves the rest of them own. */
    struct words cut = words_text(f.arena, "the key %.*s", STR_ARG(STR("abc")));
    redact_add(&f.redact, STR("key abc"));
    redact_add(&f.redact, STR("the "));
    once = redact_words(&f.redact, cut);
    CHECK_STR(once.text, "the [secret]");
    CHECK_STR(masked(&f, once), "the [secret]");
    arena_free(f.arena);
}

TEST(a_part_that_is_not_there_counts_for_nothing) {
    struct fixture f = setup();
    const struct own_text own[] = {{.at = 4, .text = STR("endpoint")},
                                   {.at = 100, .text = STR("endpoint")}};
    struct words words = {.text = STR("the endpoint"), .own = own, .own_count = 2};
    CHECK_STR(masked(&f, words), "the endpoint");
    words.text = STR("an endpoint");
    CHECK_STR(masked(&f, words), "an [secret]");
    arena_free(f.arena);
}

TEST_MAIN {
    RUN(own_words_stay_and_others_are_masked);
    RUN(a_conversion_that_is_not_known_makes_all_of_it_foreign);
    RUN(what_is_inserted_keeps_its_own_words);
    RUN(own_words_beside_each_other_are_one_part);
    RUN(a_list_is_joined_by_own_words);
    RUN(a_slice_keeps_what_lies_in_it);
    RUN(an_end_is_cut_off_where_it_is_one);
    RUN(what_everybody_may_see_is_own);
    RUN(a_copy_outlives_the_words);
    RUN(a_failure_is_told_in_its_own_words);
    RUN(what_was_made_long_ago_keeps_its_own_words);
    RUN(what_is_masked_knows_its_own_words);
    RUN(a_part_that_is_not_there_counts_for_nothing);
}
