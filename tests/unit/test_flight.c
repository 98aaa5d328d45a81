#include "base/flight.h"

#include <pthread.h>
#include <sched.h>

#include "fake_clock.h"
#include "testing.h"

/* One call that takes part: its context, and, in a thread of its own, what it came to. */
struct caller {
    struct ctx ctx;
    struct flight_group *group;
    struct str key;
    int64_t since_ms;
    const char *brings; /* at once when it leads in a thread of its own; or NULL */
    enum err_code code;
    struct flight *flight; /* with ERR_OK */
    bool led;
    pthread_t thread;
};

static struct fake_clock fake;
static struct flight_group *group;

static void caller_init(struct caller *caller, const char *key) {
    *caller = (struct caller){.group = group, .key = str_of(key), .since_ms = FLIGHT_ANY_TIME};
    caller->ctx.arena = arena_new(1024 * 1024);
    caller->ctx.clock = &fake.clock;
    caller->ctx.cancel = cancel_new(NULL, &fake.clock);
    redact_init(&caller->ctx.redact, caller->ctx.arena);
    error_clear(&caller->ctx.error);
}

static void caller_cleanup(struct caller *caller) {
    cancel_free(caller->ctx.cancel);
    arena_free(caller->ctx.arena);
}

static bool leads(struct caller *caller) {
    caller->code =
        flight_begin(caller->group, &caller->ctx, caller->key, caller->since_ms, &caller->flight);
    caller->led = caller->code == ERR_OK && flight_is_led(caller->flight);
    return caller->led;
}

static void succeed(struct caller *caller, const char *text) {
    struct arena *arena = arena_new(4096);
    struct str *data = ARENA_NEW(arena, struct str);
    *data = arena_str(arena, str_of(text));
    flight_succeed(caller->flight, arena, data);
}

static void *begin_in_thread(void *argument) {
    struct caller *caller = argument;
    if (leads(caller) && caller->brings != NULL) {
        succeed(caller, caller->brings);
    }
    return NULL;
}

/* Returns once the thread waits for the flight that is under way. */
static void begin_to_wait(struct caller *caller) {
    int waits = atomic_load(&fake.waits);
    CHECK_INT(pthread_create(&caller->thread, NULL, begin_in_thread, caller), 0);
    while (atomic_load(&fake.waits) == waits) {
        sched_yield();
    }
}

static void fail(struct caller *caller, enum err_code code, const char *message) {
    CHECK_INT(ctx_fail(&caller->ctx, code, "%s", message), code);
    flight_fail(caller->flight, &caller->ctx);
    flight_release(caller->flight);
}

static struct str brought(const struct caller *caller) {
    return *(const struct str *)flight_data(caller->flight);
}

/* Each test has a group and some callers under one key. */
#define CALLERS 4
static struct caller callers[CALLERS];

#define FLIGHT_TEST(name)                              \
    static void flight_test_##name(void);              \
    TEST(name) {                                       \
        fake_clock_init(&fake, 1000);                  \
        group = flight_group_new(&fake.clock, "Demo"); \
        for (size_t i = 0; i < CALLERS; i++) {         \
            caller_init(&callers[i], "key");           \
        }                                              \
        flight_test_##name();                          \
        for (size_t i = 0; i < CALLERS; i++) {         \
            caller_cleanup(&callers[i]);               \
        }                                              \
        flight_group_free(group);                      \
    }                                                  \
    static void flight_test_##name(void)

static void lead_and_succeed(struct caller *caller, const char *text) {
    CHECK(leads(caller));
    succeed(caller, text);
    flight_release(caller->flight);
}

FLIGHT_TEST(what_was_brought_stays_for_who_comes_later) {
    CHECK(leads(&callers[0]));
    succeed(&callers[0], "one");
    CHECK(!flight_is_led(callers[0].flight));
    CHECK_STR(brought(&callers[0]), "one");
    flight_release(callers[0].flight);
    CHECK(!leads(&callers[1]));
    CHECK_INT(callers[1].code, ERR_OK);
    CHECK_STR(brought(&callers[1]), "one");
    flight_release(callers[1].flight);
}

FLIGHT_TEST(who_waits_gets_what_the_leader_brings) {
    CHECK(leads(&callers[0]));
    for (size_t i = 1; i < CALLERS; i++) {
        begin_to_wait(&callers[i]);
    }
    succeed(&callers[0], "one");
    for (size_t i = 1; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK_INT(callers[i].code, ERR_OK);
        CHECK(!callers[i].led);
        CHECK_STR(brought(&callers[i]), "one");
        flight_release(callers[i].flight);
    }
    flight_release(callers[0].flight);
    CHECK_INT(fake.now_ms, 1000); /* nobody looks from time to time */
}

FLIGHT_TEST(keys_do_not_wait_for_one_another) {
    callers[1].key = STR("ke");
    callers[2].key = STR_EMPTY;
    for (size_t i = 0; i < 3; i++) {
        CHECK(leads(&callers[i]));
    }
    succeed(&callers[0], "one");
    flight_hand_over(callers[1].flight);
    succeed(&callers[2], "three");
    for (size_t i = 0; i < 3; i++) {
        flight_release(callers[i].flight);
    }
    CHECK_INT(fake.waits, 0);
    CHECK(flight_latest(group, STR("ke")) == NULL);
}

FLIGHT_TEST(a_flight_that_began_too_early_does_not_serve) {
    lead_and_succeed(&callers[0], "one");
    callers[1].since_ms = 1000;
    callers[2].since_ms = 1001;
    CHECK(!leads(&callers[1]));
    fake.now_ms = 1001;
    CHECK(leads(&callers[2]));
    CHECK(!leads(&callers[0])); /* which is content with the old one meanwhile */
    CHECK_STR(brought(&callers[0]), "one");
    succeed(&callers[2], "two");
    CHECK_STR(brought(&callers[0]), "one");
    CHECK_STR(brought(&callers[1]), "one");
    CHECK_STR(brought(&callers[2]), "two");
    for (size_t i = 0; i < 3; i++) {
        flight_release(callers[i].flight);
    }
}

FLIGHT_TEST(who_needs_a_later_flight_begins_one_after_that_under_way) {
    CHECK(leads(&callers[0]));
    fake.now_ms = 1001;
    callers[1].since_ms = 1001;
    begin_to_wait(&callers[1]);
    succeed(&callers[0], "one");
    pthread_join(callers[1].thread, NULL);
    CHECK(flight_is_led(callers[1].flight));
    succeed(&callers[1], "two");
    flight_release(callers[0].flight);
    flight_release(callers[1].flight);
}

FLIGHT_TEST(a_failure_is_shared_by_those_who_waited) {
    redact_add(&callers[0].ctx.redact, STR("hush-hush"));
    CHECK(leads(&callers[0]));
    begin_to_wait(&callers[1]);
    begin_to_wait(&callers[2]);
    CHECK_INT(ctx_fail(&callers[0].ctx, ERR_PERMISSION, "%.*s is bad", STR_ARG(STR("hush-hush"))),
              ERR_PERMISSION);
    callers[0].ctx.error.http_status = 403;
    callers[0].ctx.error.cloud_code = STR("NoWay");
    callers[0].ctx.error.request_id = STR("r1");
    flight_fail(callers[0].flight, &callers[0].ctx);
    flight_release(callers[0].flight);
    CHECK_STR(callers[0].ctx.error.message.text, "hush-hush is bad");
    for (size_t i = 1; i < 3; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK_INT(callers[i].code, ERR_PERMISSION);
        CHECK_INT(callers[i].ctx.error.code, ERR_PERMISSION);
        CHECK_STR(callers[i].ctx.error.message.text, "[secret] is bad");
        CHECK_INT(callers[i].ctx.error.http_status, 403);
        CHECK_STR(callers[i].ctx.error.cloud_code, "NoWay");
        CHECK_STR(callers[i].ctx.error.request_id, "r1");
    }
    CHECK(leads(&callers[3])); /* it is not kept for who comes later */
    flight_hand_over(callers[3].flight);
    flight_release(callers[3].flight);
}

/* Whoever it is told to masks it once more: an ordinary word that is a secret stays in it. */
FLIGHT_TEST(a_shared_failure_keeps_its_own_words) {
    redact_add(&callers[0].ctx.redact, STR("hush-hush"));
    redact_add(&callers[1].ctx.redact, STR("price"));
    CHECK(leads(&callers[0]));
    begin_to_wait(&callers[1]);
    CHECK_INT(ctx_fail(&callers[0].ctx, ERR_PERMISSION, "no \"%.*s\" has a price",
                       STR_ARG(STR("hush-hush price"))),
              ERR_PERMISSION);
    callers[0].ctx.error.bare_len = callers[0].ctx.error.message.text.len;
    flight_fail(callers[0].flight, &callers[0].ctx);
    flight_release(callers[0].flight);
    pthread_join(callers[1].thread, NULL);
    const struct error *error = &callers[1].ctx.error;
    CHECK_STR(redact_words(&callers[1].ctx.redact, error->message).text,
              "no \"[secret] [secret]\" has a price");
    CHECK_INT(error->bare_len, error->message.text.len);
}

FLIGHT_TEST(a_failure_is_not_that_of_who_needs_a_later_flight) {
    CHECK(leads(&callers[0]));
    fake.now_ms = 1001;
    callers[1].since_ms = 1001;
    begin_to_wait(&callers[1]);
    fail(&callers[0], ERR_UNAVAILABLE, "no reply");
    pthread_join(callers[1].thread, NULL);
    CHECK_INT(callers[1].code, ERR_OK);
    CHECK(flight_is_led(callers[1].flight));
    succeed(&callers[1], "two");
    flight_release(callers[1].flight);
}

FLIGHT_TEST(a_failure_leaves_what_was_brought_before) {
    lead_and_succeed(&callers[0], "one");
    fake.now_ms = 1001;
    callers[1].since_ms = 1001;
    CHECK(leads(&callers[1]));
    fail(&callers[1], ERR_UNAVAILABLE, "no reply");
    CHECK(!leads(&callers[0]));
    CHECK_STR(brought(&callers[0]), "one");
    flight_release(callers[0].flight);
}

FLIGHT_TEST(a_cancelled_leader_hands_over) {
    static const enum err_code codes[] = {ERR_CANCELLED, ERR_DEADLINE};
    for (size_t i = 0; i < 2; i++) {
        CHECK(leads(&callers[0]));
        begin_to_wait(&callers[1]);
        fail(&callers[0], codes[i], "that call's own affair");
        pthread_join(callers[1].thread, NULL);
        CHECK_INT(callers[1].code, ERR_OK);
        CHECK(flight_is_led(callers[1].flight));
        flight_hand_over(callers[1].flight);
        flight_release(callers[1].flight);
    }
}

FLIGHT_TEST(one_of_those_who_wait_leads_the_next_for_all) {
    CHECK(leads(&callers[0]));
    for (size_t i = 1; i < CALLERS; i++) {
        callers[i].brings = "next";
        begin_to_wait(&callers[i]);
    }
    flight_hand_over(callers[0].flight);
    flight_release(callers[0].flight);
    int led = 0;
    for (size_t i = 1; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        led += callers[i].led ? 1 : 0;
        CHECK_STR(brought(&callers[i]), "next");
        flight_release(callers[i].flight);
    }
    CHECK_INT(led, 1);
}

FLIGHT_TEST(who_waits_can_be_cancelled_at_once) {
    CHECK(leads(&callers[0]));
    begin_to_wait(&callers[1]);
    begin_to_wait(&callers[2]);
    cancel_trip(callers[1].ctx.cancel);
    pthread_join(callers[1].thread, NULL);
    CHECK_INT(callers[1].code, ERR_CANCELLED);
    CHECK_STR(callers[1].ctx.error.message.text, "Demo was cancelled");
    succeed(&callers[0], "one");
    pthread_join(callers[2].thread, NULL);
    CHECK_INT(callers[2].code, ERR_OK);
    flight_release(callers[0].flight);
    flight_release(callers[2].flight);
}

FLIGHT_TEST(who_was_cancelled_before_does_not_wait) {
    CHECK(leads(&callers[0]));
    cancel_trip(callers[1].ctx.cancel);
    CHECK(!leads(&callers[1]));
    CHECK_INT(callers[1].code, ERR_CANCELLED);
    succeed(&callers[0], "one");
    flight_release(callers[0].flight);
    CHECK(!leads(&callers[1])); /* nor does it have to */
    CHECK_INT(callers[1].code, ERR_OK);
    flight_release(callers[1].flight);
}

FLIGHT_TEST(who_waits_has_a_deadline) {
    CHECK(leads(&callers[0]));
    cancel_set_deadline(callers[1].ctx.cancel, 1500);
    CHECK(!leads(&callers[1]));
    CHECK_INT(callers[1].code, ERR_DEADLINE);
    CHECK_STR(callers[1].ctx.error.message.text, "Demo took longer than the time given");
    CHECK_INT(fake.now_ms, 1500);
    CHECK_INT(fake.waits, 1);
    flight_hand_over(callers[0].flight);
    flight_release(callers[0].flight);
}

FLIGHT_TEST(what_is_of_no_use_is_forgotten) {
    lead_and_succeed(&callers[0], "one");
    struct flight *old = flight_latest(group, callers[0].key);
    flight_forget(old);
    flight_forget(old); /* somebody else was as late */
    CHECK_STR(*(const struct str *)flight_data(old), "one");
    CHECK(flight_latest(group, callers[0].key) == NULL);
    lead_and_succeed(&callers[1], "two");
    flight_forget(old); /* does not touch the next */
    flight_release(old);
    CHECK(!leads(&callers[2]));
    CHECK_STR(brought(&callers[2]), "two");
    flight_release(callers[2].flight);
}

FLIGHT_TEST(the_first_is_told_once) {
    CHECK(flight_is_first(group, &callers[0].ctx, callers[0].key));
    CHECK(!flight_is_first(group, &callers[1].ctx, callers[1].key));
    CHECK(!flight_is_first(group, &callers[0].ctx, callers[0].key));
    CHECK(flight_is_first(group, &callers[0].ctx, STR("another")));
}

/* Everything at the same time: whatever comes out, it does come out, and no two lead at once. */

enum { TURNS = 200 };

static atomic_int leaders;

static void end_somehow(struct caller *caller, int turn) {
    CHECK_INT(atomic_fetch_add(&leaders, 1), 0);
    sched_yield();
    atomic_fetch_sub(&leaders, 1);
    switch (turn % 4) {
    case 0:
        CHECK_INT(ctx_fail(&caller->ctx, ERR_UNAVAILABLE, "turn %d", turn), ERR_UNAVAILABLE);
        flight_fail(caller->flight, &caller->ctx);
        break;
    case 1:
        flight_hand_over(caller->flight);
        break;
    default:
        succeed(caller, "all");
    }
}

static void *take_turns(void *argument) {
    struct caller *caller = argument;
    for (int turn = 0; turn < TURNS; turn++) {
        caller->since_ms = turn % 3 == 0 ? FLIGHT_ANY_TIME : atomic_load(&fake.now_ms);
        if (leads(caller)) {
            end_somehow(caller, turn);
        } else if (caller->code == ERR_OK) {
            CHECK_STR(brought(caller), "all");
            flight_forget(caller->flight);
        }
        if (caller->code == ERR_OK) {
            flight_release(caller->flight);
        }
        atomic_fetch_add(&fake.now_ms, 1);
    }
    return NULL;
}

FLIGHT_TEST(many_at_once_never_lead_together) {
    for (size_t i = 0; i < CALLERS; i++) {
        CHECK_INT(pthread_create(&callers[i].thread, NULL, take_turns, &callers[i]), 0);
    }
    cancel_trip(callers[0].ctx.cancel);
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
    }
    flight_group_free(NULL);
}

TEST_MAIN {
    RUN(what_was_brought_stays_for_who_comes_later);
    RUN(who_waits_gets_what_the_leader_brings);
    RUN(keys_do_not_wait_for_one_another);
    RUN(a_flight_that_began_too_early_does_not_serve);
    RUN(who_needs_a_later_flight_begins_one_after_that_under_way);
    RUN(a_failure_is_shared_by_those_who_waited);
    RUN(a_shared_failure_keeps_its_own_words);
    RUN(a_failure_is_not_that_of_who_needs_a_later_flight);
    RUN(a_failure_leaves_what_was_brought_before);
    RUN(a_cancelled_leader_hands_over);
    RUN(one_of_those_who_wait_leads_the_next_for_all);
    RUN(who_waits_can_be_cancelled_at_once);
    RUN(who_was_cancelled_before_does_not_wait);
    RUN(who_waits_has_a_deadline);
    RUN(what_is_of_no_use_is_forgotten);
    RUN(the_first_is_told_once);
    RUN(many_at_once_never_lead_together);
}
