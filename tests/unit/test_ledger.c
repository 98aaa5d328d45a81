#include "core/endpoint/ledger.h"

#include <pthread.h>

#include "testing.h"

#define URN STR("urn:pulumi:dev::shop::inference:hf:Endpoint::demo")
#define OTHER STR("urn:pulumi:dev::shop::inference:hf:Endpoint::other")

static bool known(struct ledger *ledger, struct str urn, struct str id) {
    return ledger_find(ledger, urn, id).known;
}

static bool replaced(struct ledger *ledger, struct str urn, struct str id) {
    return ledger_find(ledger, urn, id).replaced;
}

TEST(only_what_was_noted_is_known) {
    struct ledger *ledger = ledger_new();
    ledger_note_id(ledger, URN, STR("me/demo"));
    ledger_note_id(ledger, URN, STR("me/demo"));
    CHECK(known(ledger, URN, STR("me/demo")));
    CHECK(!replaced(ledger, URN, STR("me/demo")));
    CHECK(!known(ledger, URN, STR("me/demo2")));
    CHECK(!known(ledger, OTHER, STR("me/demo")));
    ledger_free(ledger);
    ledger_free(NULL);
}

TEST(an_id_is_held_whosever_it_is) {
    struct ledger *ledger = ledger_new();
    ledger_note_id(ledger, URN, STR("ep-1"));
    ledger_note_diff(ledger, OTHER, STR("ep-2"), false);
    CHECK(ledger_holds_id(ledger, STR("ep-1")));
    CHECK(ledger_holds_id(ledger, STR("ep-2")));
    CHECK(!ledger_holds_id(ledger, STR("ep-3")));
    ledger_clear(ledger);
    CHECK(!ledger_holds_id(ledger, STR("ep-1")));
    ledger_free(ledger);
}

TEST(what_a_run_makes_was_in_no_state_before) {
    struct ledger *ledger = ledger_new();
    ledger_note_new(ledger, URN, STR("ep-1"));
    ledger_note_diff(ledger, URN, STR("ep-1"), false); /* of an import */
    ledger_note_id(ledger, URN, STR("ep-2"));
    ledger_note_new(ledger, OTHER, STR("ep-2"));
    ledger_note_created(ledger, URN, STR("ep-3"), STR("m"));
    CHECK(ledger_holds_id(ledger, STR("ep-1")) && !ledger_had_id(ledger, STR("ep-1")));
    CHECK(ledger_holds_id(ledger, STR("ep-2")) && ledger_had_id(ledger, STR("ep-2")));
    CHECK(ledger_holds_id(ledger, STR("ep-3")) && !ledger_had_id(ledger, STR("ep-3")));
    CHECK(!ledger_had_id(ledger, STR("ep-4")));
    ledger_free(ledger);
}

static bool succeeds(struct ledger *ledger, struct str id, const char *name) {
    struct arena *arena = arena_new(4096);
    const struct value *inputs = ledger_successor(ledger, URN, id, arena);
    bool is_same = name == NULL ? inputs == NULL : str_is_c(value_text_at(inputs, "name"), name);
    arena_free(arena);
    return is_same;
}

static void note_successor(struct ledger *ledger, struct str urn, struct str id, const char *name) {
    struct arena *arena = arena_new(4096);
    struct value *inputs = value_map(arena);
    value_map_set_text(arena, inputs, "name", str_of(name));
    ledger_note_successor(ledger, urn, id, inputs);
    arena_free(arena);
}

TEST(what_takes_the_place_of_an_endpoint_is_kept_until_it_is_made) {
    struct ledger *ledger = ledger_new();
    CHECK(succeeds(ledger, STR("ep-1"), NULL));
    note_successor(ledger, URN, STR("ep-1"), "a");
    note_successor(ledger, URN, STR("ep-1"), "b");
    note_successor(ledger, OTHER, STR("ep-2"), "c");
    CHECK(succeeds(ledger, STR("ep-1"), "b"));
    CHECK(succeeds(ledger, STR("ep-2"), "c"));
    ledger_forget_successor(ledger, URN);
    ledger_forget_successor(ledger, URN);
    CHECK(succeeds(ledger, STR("ep-1"), NULL));
    note_successor(ledger, OTHER, STR("ep-3"), "d");
    CHECK(succeeds(ledger, STR("ep-2"), NULL));
    CHECK(succeeds(ledger, STR("ep-3"), "d"));
    ledger_clear(ledger);
    CHECK(succeeds(ledger, STR("ep-3"), NULL));
    ledger_free(ledger);
}

TEST(what_takes_the_place_of_any_endpoint_of_a_resource_is_kept_until_it_is_made) {
    struct ledger *ledger = ledger_new();
    note_successor(ledger, OTHER, STR_EMPTY, "a");
    CHECK(succeeds(ledger, STR("ep-1"), NULL));
    note_successor(ledger, URN, STR_EMPTY, "b");
    note_successor(ledger, URN, STR_EMPTY, "c");
    CHECK(succeeds(ledger, STR("ep-1"), "c"));
    CHECK(succeeds(ledger, STR("ep-2"), "c"));
    note_successor(ledger, URN, STR("ep-1"), "d"); /* Diff knows which one */
    CHECK(succeeds(ledger, STR("ep-1"), "d"));
    CHECK(succeeds(ledger, STR("ep-2"), NULL));
    note_successor(ledger, URN, STR_EMPTY, "e");
    CHECK(succeeds(ledger, STR("ep-1"), "e"));
    ledger_forget_successor(ledger, URN);
    CHECK(succeeds(ledger, STR("ep-1"), NULL));
    ledger_free(ledger);
}

TEST(a_name_belongs_to_the_resource_that_claimed_it_first) {
    struct ledger *ledger = ledger_new();
    struct arena *arena = arena_new(4096);
    struct str holder = STR_EMPTY;
    CHECK(ledger_claim_name(ledger, STR("hf\nme\na"), URN, arena, &holder));
    CHECK(ledger_claim_name(ledger, STR("hf\nme\na"), URN, arena, &holder));
    CHECK(ledger_claim_name(ledger, STR("hf\nyou\na"), OTHER, arena, &holder));
    CHECK(!ledger_claim_name(ledger, STR("hf\nme\na"), OTHER, arena, &holder));
    CHECK_STR_IS(holder, URN);
    /* Another name of the same resource gives the first one free. */
    CHECK(ledger_claim_name(ledger, STR("hf\nme\nb"), URN, arena, &holder));
    CHECK(ledger_claim_name(ledger, STR("hf\nme\na"), OTHER, arena, &holder));
    ledger_clear(ledger);
    CHECK(ledger_claim_name(ledger, STR("hf\nme\na"), URN, arena, &holder));
    arena_free(arena);
    ledger_free(ledger);
}

TEST(a_guess_is_told_when_it_is_the_only_one_that_no_state_holds) {
    struct ledger *ledger = ledger_new();
    struct arena *arena = arena_new(4096);
    struct str words = STR_EMPTY;
    CHECK(!ledger_take_guess(ledger, URN, arena, &words));
    ledger_note_guess(ledger, URN, STR("ep-1"), STR("one"));
    ledger_note_guess(ledger, URN, STR("ep-2"), STR("two"));
    CHECK(!ledger_take_guess(ledger, URN, arena, &words));
    ledger_note_id(ledger, OTHER, STR("ep-1"));
    CHECK(!ledger_take_guess(ledger, OTHER, arena, &words));
    CHECK(ledger_take_guess(ledger, URN, arena, &words));
    CHECK_STR_IS(words, STR("two"));
    CHECK(!ledger_take_guess(ledger, URN, arena, &words));
    ledger_note_guess(ledger, URN, STR("ep-1"), STR("one"));
    CHECK(!ledger_take_guess(ledger, URN, arena, &words));
    arena_free(arena);
    ledger_free(ledger);
}

TEST(an_endpoint_is_that_of_the_resource_that_was_last_heard_of) {
    struct ledger *ledger = ledger_new();
    struct arena *arena = arena_new(4096);
    CHECK_STR_IS(ledger_owner(ledger, STR("ep-1"), arena), STR_EMPTY);
    ledger_note_id(ledger, OTHER, STR("ep-1"));
    CHECK_STR_IS(ledger_owner(ledger, STR("ep-1"), arena), OTHER);
    ledger_note_diff(ledger, URN, STR("ep-1"), false);
    CHECK_STR_IS(ledger_owner(ledger, STR("ep-1"), arena), URN);
    CHECK(!ledger_release(ledger, OTHER, STR("ep-1"), STR("a")));
    CHECK_STR_IS(ledger_owner(ledger, STR("ep-1"), arena), URN);
    CHECK(!ledger_release(ledger, URN, STR("ep-1"), STR("a")));
    CHECK_STR_IS(ledger_owner(ledger, STR("ep-1"), arena), STR_EMPTY);
    arena_free(arena);
    ledger_free(ledger);
}

TEST(the_program_declares_what_it_was_checked_for) {
    struct ledger *ledger = ledger_new();
    ledger_note_id(ledger, OTHER, STR("ep-2"));
    ledger_note_check(ledger, URN);
    ledger_note_diff(ledger, URN, STR("ep-1"), false);
    CHECK(ledger_is_declared(ledger, URN));
    CHECK(!ledger_is_declared(ledger, OTHER));
    ledger_clear(ledger);
    CHECK(!ledger_is_declared(ledger, URN));
    ledger_free(ledger);
}

TEST(where_urn_ends_and_id_begins_matters) {
    struct ledger *ledger = ledger_new();
    ledger_note_id(ledger, STR("ab"), STR("c"));
    CHECK(known(ledger, STR("ab"), STR("c")));
    CHECK(!known(ledger, STR("a"), STR("bc")));
    ledger_free(ledger);
}

TEST(the_texts_are_the_ledgers_own) {
    struct ledger *ledger = ledger_new();
    char urn[] = "urn";
    char id[] = "id";
    ledger_note_id(ledger, str_of(urn), str_of(id));
    urn[0] = 'x';
    id[0] = 'x';
    CHECK(known(ledger, STR("urn"), STR("id")));
    ledger_free(ledger);
}

TEST(a_diff_after_a_check_says_what_is_replaced) {
    struct ledger *ledger = ledger_new();
    ledger_note_check(ledger, URN);
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    CHECK(known(ledger, URN, STR("me/demo")));
    CHECK(replaced(ledger, URN, STR("me/demo")));
    CHECK(!replaced(ledger, OTHER, STR("me/demo")));
    ledger_free(ledger);
}

/* A refresh swaps old and new. */
TEST(a_diff_without_a_check_gives_no_verdict) {
    struct ledger *ledger = ledger_new();
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    CHECK(known(ledger, URN, STR("me/demo")));
    CHECK(!replaced(ledger, URN, STR("me/demo")));
    ledger_note_check(ledger, OTHER);
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    CHECK(!replaced(ledger, URN, STR("me/demo")));
    ledger_free(ledger);
}

TEST(a_check_counts_for_one_diff) {
    struct ledger *ledger = ledger_new();
    ledger_note_check(ledger, URN);
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    ledger_note_diff(ledger, URN, STR("me/demo"), false);
    CHECK(replaced(ledger, URN, STR("me/demo")));
    ledger_note_check(ledger, URN);
    ledger_note_diff(ledger, URN, STR("me/demo"), false);
    CHECK(!replaced(ledger, URN, STR("me/demo")));
    ledger_free(ledger);
}

TEST(a_verdict_outlives_what_else_is_noted) {
    struct ledger *ledger = ledger_new();
    ledger_note_check(ledger, URN);
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    ledger_note_id(ledger, URN, STR("me/demo"));
    ledger_note_id(ledger, URN, STR("me/next"));
    CHECK(replaced(ledger, URN, STR("me/demo")));
    CHECK(!replaced(ledger, URN, STR("me/next")));
    ledger_free(ledger);
}

TEST(cleared_it_knows_nothing) {
    struct ledger *ledger = ledger_new();
    ledger_note_check(ledger, URN);
    ledger_note_id(ledger, URN, STR("me/demo"));
    ledger_note_created(ledger, URN, STR("me/demo"), STR("b"));
    ledger_clear(ledger);
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(!known(ledger, URN, STR("me/demo")));
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    CHECK(!replaced(ledger, URN, STR("me/demo")));
    ledger_free(ledger);
}

TEST(the_last_entry_of_an_endpoint_lets_it_go) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, URN, STR("me/demo"), STR("a"));
    ledger_note_mark(ledger, URN, STR("me/demo"), STR("a"));
    ledger_note_created(ledger, URN, STR("me/demo"), STR("b"));
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("b")));
    ledger_free(ledger);
}

TEST(no_mark_is_a_mark_of_its_own) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, URN, STR("me/demo"), STR_EMPTY);
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    ledger_note_mark(ledger, URN, STR("me/demo"), STR("a"));
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR_EMPTY));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    ledger_free(ledger);
}

TEST(marks_of_other_resources_and_endpoints_hold_nothing) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, OTHER, STR("me/demo"), STR("b"));
    ledger_note_created(ledger, URN, STR("me/next"), STR("c"));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    ledger_free(ledger);
}

/* A resource under a new name took the endpoint over; the old entry is deleted next. */
TEST(what_was_just_created_holds_for_every_resource) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, URN, STR("me/demo"), STR("a"));
    ledger_note_created(ledger, OTHER, STR("me/demo"), STR("b"));
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(!ledger_release(ledger, OTHER, STR("me/demo"), STR("b")));
    ledger_free(ledger);
}

/* It was imported under its new name; the old entry leaves the program and is deleted. */
TEST(what_the_program_declares_holds_for_every_resource) {
    struct ledger *ledger = ledger_new();
    ledger_note_declared(ledger, OTHER, STR("me/demo"), STR("b"));
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(!ledger_release(ledger, OTHER, STR("me/demo"), STR("b")));
    CHECK(!ledger_release(ledger, URN, STR("me/next"), STR("a")));
    ledger_free(ledger);
}

TEST(entries_of_two_resources_without_marks_are_two) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, URN, STR("me/demo"), STR_EMPTY);
    ledger_note_declared(ledger, OTHER, STR("me/demo"), STR_EMPTY);
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR_EMPTY));
    CHECK(!ledger_release(ledger, OTHER, STR("me/demo"), STR_EMPTY));
    ledger_free(ledger);
}

/* It was renamed with an alias and replaced: its former endpoint is deleted under its former URN.
 */
TEST(a_resource_with_another_endpoint_holds_the_former_one_no_more) {
    struct ledger *ledger = ledger_new();
    ledger_note_declared(ledger, OTHER, STR("me/demo"), STR_EMPTY);
    ledger_note_created(ledger, OTHER, STR("me/next"), STR("b"));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR_EMPTY));
    ledger_note_declared(ledger, OTHER, STR("me/demo"), STR("a"));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(!ledger_release(ledger, OTHER, STR("me/next"), STR("b")));
    ledger_free(ledger);
}

/* It was renamed with an alias, deleted under its former URN, and made anew under the same id. */
TEST(an_entry_is_released_under_its_former_urn) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, OTHER, STR("me/demo"), STR("a"));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    ledger_note_created(ledger, OTHER, STR("me/demo"), STR("b"));
    CHECK(!ledger_release(ledger, OTHER, STR("me/demo"), STR("b")));
    ledger_free(ledger);
}

/* A refresh saw it under its former URN, a Diff under the new one. */
TEST(an_entry_under_two_urns_is_one) {
    struct ledger *ledger = ledger_new();
    ledger_note_mark(ledger, URN, STR("me/demo"), STR("a"));
    ledger_note_declared(ledger, OTHER, STR("me/demo"), STR("a"));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    ledger_note_created(ledger, URN, STR("me/demo"), STR("b"));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("b")));
    ledger_free(ledger);
}

TEST(what_is_being_deleted_is_not_taken_over) {
    struct ledger *ledger = ledger_new();
    CHECK(!ledger_begin_delete(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(!ledger_take_over(ledger, OTHER, STR("me/demo"), STR("b")));
    CHECK(ledger_take_over(ledger, OTHER, STR("me/next"), STR("b")));
    ledger_end_delete(ledger, STR("me/demo"));
    CHECK(ledger_take_over(ledger, OTHER, STR("me/demo"), STR("b")));
    CHECK(ledger_begin_delete(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(ledger_take_over(ledger, URN, STR("me/demo"), STR("c"))); /* held: nothing is deleted */
    ledger_free(ledger);
}

TEST(what_is_let_go_is_replaced_no_more) {
    struct ledger *ledger = ledger_new();
    ledger_note_check(ledger, URN);
    ledger_note_diff(ledger, URN, STR("me/demo"), true);
    ledger_note_created(ledger, URN, STR("me/demo"), STR("b"));
    CHECK(ledger_release(ledger, URN, STR("me/demo"), STR("a")));
    CHECK(replaced(ledger, URN, STR("me/demo")));
    CHECK(!ledger_release(ledger, URN, STR("me/demo"), STR("b")));
    CHECK(!replaced(ledger, URN, STR("me/demo")));
    CHECK(known(ledger, URN, STR("me/demo")));
    ledger_free(ledger);
}

#define THREADS 8
#define ROUNDS 500

struct worker {
    struct ledger *ledger;
    int number;
    pthread_t thread;
};

/* Resources of its own beside one that all share. */
static void *work(void *user) {
    struct worker *worker = user;
    struct ledger *ledger = worker->ledger;
    for (int i = 0; i < ROUNDS; i++) {
        char urn[32];
        (void)snprintf(urn, sizeof(urn), "urn-%d-%d", worker->number, i);
        ledger_note_check(ledger, str_of(urn));
        ledger_note_diff(ledger, str_of(urn), STR("id"), i % 2 == 0);
        ledger_note_check(ledger, URN);
        ledger_note_diff(ledger, URN, str_of(urn), true);
        ledger_note_id(ledger, URN, STR("shared"));
        ledger_note_created(ledger, URN, STR("shared"), str_of(urn));
        ledger_note_mark(ledger, OTHER, STR("shared"), STR("common"));
    }
    return NULL;
}

TEST(many_threads_lose_nothing) {
    struct ledger *ledger = ledger_new();
    struct worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.ledger = ledger, .number = i};
        REQUIRE(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    int wrong = 0;
    for (int i = 0; i < THREADS * ROUNDS; i++) {
        char urn[32];
        (void)snprintf(urn, sizeof(urn), "urn-%d-%d", i / ROUNDS, i % ROUNDS);
        bool even = i % ROUNDS % 2 == 0;
        wrong += replaced(ledger, str_of(urn), STR("id")) == even ? 0 : 1;
        wrong += known(ledger, str_of(urn), STR("id")) ? 0 : 1;
        wrong += known(ledger, URN, str_of(urn)) ? 0 : 1;
    }
    CHECK_INT(wrong, 0);
    CHECK(known(ledger, URN, STR("shared")));
    for (int i = 0; i < THREADS * ROUNDS; i++) {
        char urn[32];
        (void)snprintf(urn, sizeof(urn), "urn-%d-%d", i / ROUNDS, i % ROUNDS);
        bool held = ledger_release(ledger, URN, STR("shared"), str_of(urn));
        wrong += held == (i + 1 < THREADS * ROUNDS) ? 0 : 1;
    }
    CHECK_INT(wrong, 0);
    ledger_free(ledger);
}

TEST_MAIN {
    RUN(only_what_was_noted_is_known);
    RUN(an_id_is_held_whosever_it_is);
    RUN(what_takes_the_place_of_an_endpoint_is_kept_until_it_is_made);
    RUN(what_takes_the_place_of_any_endpoint_of_a_resource_is_kept_until_it_is_made);
    RUN(a_name_belongs_to_the_resource_that_claimed_it_first);
    RUN(a_guess_is_told_when_it_is_the_only_one_that_no_state_holds);
    RUN(an_endpoint_is_that_of_the_resource_that_was_last_heard_of);
    RUN(the_program_declares_what_it_was_checked_for);
    RUN(where_urn_ends_and_id_begins_matters);
    RUN(the_texts_are_the_ledgers_own);
    RUN(a_diff_after_a_check_says_what_is_replaced);
    RUN(a_diff_without_a_check_gives_no_verdict);
    RUN(a_check_counts_for_one_diff);
    RUN(a_verdict_outlives_what_else_is_noted);
    RUN(cleared_it_knows_nothing);
    RUN(the_last_entry_of_an_endpoint_lets_it_go);
    RUN(no_mark_is_a_mark_of_its_own);
    RUN(marks_of_other_resources_and_endpoints_hold_nothing);
    RUN(what_was_just_created_holds_for_every_resource);
    RUN(what_the_program_declares_holds_for_every_resource);
    RUN(entries_of_two_resources_without_marks_are_two);
    RUN(a_resource_with_another_endpoint_holds_the_former_one_no_more);
    RUN(an_entry_is_released_under_its_former_urn);
    RUN(an_entry_under_two_urns_is_one);
    RUN(what_is_being_deleted_is_not_taken_over);
    RUN(what_is_let_go_is_replaced_no_more);
    RUN(what_a_run_makes_was_in_no_state_before);
    RUN(many_threads_lose_nothing);
}
