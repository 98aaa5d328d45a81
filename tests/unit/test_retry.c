#include "rest/retry.h"

#include "base/clock.h"
#include "testing.h"

static const struct failure_row rows[] = {
    {.status_min = 404, .status_max = 404, .code = "ServiceNotFound", .class = FAILURE_CLIENT},
    {.code = "NotFound*", .class = FAILURE_NOT_FOUND, .hint = "first"},
    {.code = "*.NotFound", .class = FAILURE_NOT_FOUND},
    {.status_min = 409, .status_max = 409, .text = "quota", .class = FAILURE_QUOTA},
    {.status_min = 400,
     .status_max = 400,
     .text = "not enabled",
     .operation = "scaleToZero",
     .class = FAILURE_PRECONDITION},
    {.status_min = 500, .code = "Limit*", .class = FAILURE_THROTTLED},
};

static enum failure_class classify(int status, const char *code, const char *message,
                                   const char *operation, const struct failure_row **row) {
    return failure_classify(rows, sizeof(rows) / sizeof(rows[0]), status, str_of(code),
                            str_of(message), operation, row);
}

TEST(the_first_fitting_row_decides) {
    const struct failure_row *row;
    CHECK_INT(classify(404, "ServiceNotFound", "", "read", &row), FAILURE_CLIENT);
    CHECK(row == &rows[0]);
    CHECK_INT(classify(404, "NotFound.Endpoint", "", "read", &row), FAILURE_NOT_FOUND);
    CHECK(row == &rows[1]);
    CHECK_INT(classify(400, "InvalidEndpoint.NotFound", "", "read", &row), FAILURE_NOT_FOUND);
    CHECK(row == &rows[2]);
    CHECK_INT(classify(200, "LimitExceeded", "", "read", &row), FAILURE_CLIENT);
    CHECK(row == NULL);
    CHECK_INT(classify(599, "LimitExceeded", "", "read", &row), FAILURE_THROTTLED);
    CHECK(row == &rows[5]);
}

TEST(the_case_of_a_code_does_not_count) {
    const struct failure_row *row;
    CHECK_INT(classify(404, "servicenotfound", "", "read", &row), FAILURE_CLIENT);
    CHECK(row == &rows[0]);
    CHECK_INT(classify(404, "NOTFOUND.Endpoint", "", "read", &row), FAILURE_NOT_FOUND);
    CHECK(row == &rows[1]);
    CHECK_INT(classify(400, "InvalidEndpoint.notFound", "", "read", &row), FAILURE_NOT_FOUND);
    CHECK(row == &rows[2]);
    CHECK_INT(classify(400, "Endpoint.notFoun", "", "read", &row), FAILURE_CLIENT);
    CHECK(row == NULL);
}

TEST(a_row_may_ask_for_text_and_operation) {
    const struct failure_row *row;
    CHECK_INT(classify(409, "", "Conflict: Quota exceeded", "create", &row), FAILURE_QUOTA);
    CHECK(row == &rows[3]);
    CHECK_INT(classify(409, "", "Conflict", "create", &row), FAILURE_CONFLICT);
    CHECK(row == NULL);
    CHECK_INT(classify(400, "", "scaling is NOT ENABLED", "scaleToZero", &row),
              FAILURE_PRECONDITION);
    CHECK(row == &rows[4]);
    CHECK_INT(classify(400, "", "scaling is not enabled", "resume", &row), FAILURE_CLIENT);
    CHECK(row == NULL);
}

TEST(a_status_without_a_row_has_its_usual_class) {
    static const struct {
        int status;
        enum failure_class class;
    } usual[] = {{400, FAILURE_CLIENT},       {401, FAILURE_AUTH},      {402, FAILURE_QUOTA},
                 {403, FAILURE_PERMISSION},   {404, FAILURE_NOT_FOUND}, {405, FAILURE_CLIENT},
                 {408, FAILURE_TRANSIENT},    {409, FAILURE_CONFLICT},  {410, FAILURE_NOT_FOUND},
                 {412, FAILURE_PRECONDITION}, {422, FAILURE_CLIENT},    {423, FAILURE_PRECONDITION},
                 {429, FAILURE_THROTTLED},    {500, FAILURE_TRANSIENT}, {501, FAILURE_CLIENT},
                 {502, FAILURE_TRANSIENT},    {503, FAILURE_TRANSIENT}, {504, FAILURE_TRANSIENT},
                 {599, FAILURE_TRANSIENT}};
    const struct failure_row *row;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        CHECK_INT(failure_classify(NULL, 0, usual[i].status, STR_EMPTY, STR_EMPTY, "x", &row),
                  usual[i].class);
    }
    for (int status = 400; status < 700; status++) {
        CHECK(failure_classify(NULL, 0, status, STR_EMPTY, STR_EMPTY, "x", &row) != FAILURE_NONE);
    }
}

TEST(every_class_has_its_error_code) {
    CHECK_INT(failure_err(FAILURE_NONE), ERR_OK);
    CHECK_INT(failure_err(FAILURE_TRANSIENT), ERR_UNAVAILABLE);
    CHECK_INT(failure_err(FAILURE_THROTTLED), ERR_EXHAUSTED);
    CHECK_INT(failure_err(FAILURE_AUTH), ERR_UNAUTHENTICATED);
    CHECK_INT(failure_err(FAILURE_CLOCK), ERR_UNAUTHENTICATED);
    CHECK_INT(failure_err(FAILURE_PERMISSION), ERR_PERMISSION);
    CHECK_INT(failure_err(FAILURE_NOT_FOUND), ERR_NOT_FOUND);
    CHECK_INT(failure_err(FAILURE_CONFLICT), ERR_EXISTS);
    CHECK_INT(failure_err(FAILURE_QUOTA), ERR_EXHAUSTED);
    CHECK_INT(failure_err(FAILURE_CAPACITY), ERR_EXHAUSTED);
    CHECK_INT(failure_err(FAILURE_PRECONDITION), ERR_PRECONDITION);
    CHECK_INT(failure_err(FAILURE_CLIENT), ERR_INVALID);
}

static const struct retry_policy policy = {
    .max_tries = 5, .base_ms = 500, .cap_ms = 3000, .max_retry_after_ms = 60000};

static int64_t delay(enum operation_repeat repeat, enum failure_class class, bool sent, int tries,
                     int64_t asked_ms, double random) {
    return retry_delay_ms(&policy, repeat, class, sent, tries, asked_ms, random);
}

TEST(delays_double_up_to_the_cap_with_full_jitter) {
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 1, -1, 0.5), 250);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 2, -1, 0.5), 500);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 3, -1, 0.5), 1000);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 4, -1, 0.5), 1500);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 1, -1, 0.0), 0);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 4, -1, 0.9999), 2999);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 5, -1, 0.5), -1);
}

TEST(many_tries_do_not_overflow_the_delay) {
    const struct retry_policy wide = {
        .max_tries = 1000, .base_ms = 1, .cap_ms = INT64_MAX / 4, .max_retry_after_ms = 1};
    int64_t last_ms = retry_delay_ms(&wide, REPEAT_SAFE, FAILURE_TRANSIENT, true, 900, -1, 0.5);
    CHECK(last_ms > INT64_MAX / 16 && last_ms <= INT64_MAX / 4);
}

TEST(what_may_have_happened_is_repeated_only_when_harmless) {
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_TRANSIENT, true, 1, -1, 0.5), 250);
    CHECK_INT(delay(REPEAT_IDEMPOTENT, FAILURE_TRANSIENT, true, 1, -1, 0.5), 250);
    CHECK_INT(delay(REPEAT_NEVER, FAILURE_TRANSIENT, true, 1, -1, 0.5), -1);
    CHECK_INT(delay(REPEAT_NEVER, FAILURE_TRANSIENT, false, 1, -1, 0.5), 250);
    CHECK_INT(delay(REPEAT_NEVER, FAILURE_THROTTLED, true, 1, -1, 0.5), 250);
}

TEST(definite_failures_are_not_repeated) {
    static const enum failure_class definite[] = {
        FAILURE_AUTH,  FAILURE_CLOCK,    FAILURE_PERMISSION,   FAILURE_NOT_FOUND, FAILURE_CONFLICT,
        FAILURE_QUOTA, FAILURE_CAPACITY, FAILURE_PRECONDITION, FAILURE_CLIENT};
    for (size_t i = 0; i < sizeof(definite) / sizeof(definite[0]); i++) {
        CHECK_INT(delay(REPEAT_SAFE, definite[i], true, 1, 1000, 0.5), -1);
        CHECK_INT(delay(REPEAT_SAFE, definite[i], false, 1, -1, 0.5), -1);
    }
}

TEST(a_delay_that_was_asked_for_wins) {
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_THROTTLED, true, 1, 7000, 0.5), 7000);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_THROTTLED, true, 1, 60000, 0.5), 60000);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_THROTTLED, true, 1, 60001, 0.5), -1);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_THROTTLED, true, 2, 0, 0.5), 500);
    CHECK_INT(delay(REPEAT_SAFE, FAILURE_THROTTLED, true, 5, 7000, 0.5), -1);
}

TEST(retry_after_is_seconds_or_a_date) {
    const int64_t now = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */
    CHECK_INT(retry_after_ms(STR("3"), now), 3000);
    CHECK_INT(retry_after_ms(STR(" 7 "), now), 7000);
    CHECK_INT(retry_after_ms(STR("0"), now), 0);
    CHECK_INT(retry_after_ms(STR("Sun, 06 Nov 1994 08:49:42 GMT"), now), 5000);
    CHECK_INT(retry_after_ms(STR("Sunday, 06-Nov-94 08:49:42 GMT"), now), 5000);
    CHECK_INT(retry_after_ms(STR("Sun Nov  6 08:49:42 1994"), now), 5000);
    CHECK_INT(retry_after_ms(STR("Sun, 06 Nov 1994 08:00:00 GMT"), now), 0);
}

TEST(retry_after_that_is_neither_is_ignored) {
    CHECK_INT(retry_after_ms(STR(""), 0), -1);
    CHECK_INT(retry_after_ms(STR("soon"), 0), -1);
    CHECK_INT(retry_after_ms(STR("-5"), 0), -1);
    CHECK_INT(retry_after_ms(STR("1.5"), 0), -1);
    CHECK_INT(retry_after_ms(STR("Sun, 06 Nov 1994 08:49:42 GMT and then some"), 0), -1);
    CHECK_INT(retry_after_ms(
                  STR("0000000000000000000000000000000000000000000000000000000000000000000x"), 0),
              -1);
}

TEST(times_before_1970_are_none) {
    CHECK_INT(retry_date_seconds(STR("Thu, 01 Jan 1970 00:00:00 GMT")), 0);
    CHECK_INT(retry_date_seconds(STR("Wed, 31 Dec 1969 23:59:58 GMT")), -1);
    CHECK_INT(clock_parse_rfc3339(STR("1970-01-01T00:00:00Z")), 0);
    CHECK_INT(clock_parse_rfc3339(STR("1969-12-31T23:59:58Z")), -1);
}

TEST(times_may_have_an_offset) {
    const int64_t utc = 1780000496; /* 2026-05-28T20:34:56Z */
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T20:34:56Z")), utc);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T20:34:56.123456z")), utc);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T20:34:56")), utc);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-29T04:34:56+08:00")), utc);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-29T04:34:56.5+0800")), utc);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T15:04:56-05:30")), utc);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T20:34:56 soon")), -1);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T20:34:56+8")), -1);
    CHECK_INT(clock_parse_rfc3339(STR("2026-05-28T20:34:56+ab:cd")), -1);
}

TEST(a_later_time_is_told_by_its_fraction_too) {
    struct str time = STR("2026-05-28T20:34:56.25Z");
    CHECK(clock_is_later(STR("2026-05-28T20:34:57Z"), time));
    CHECK(clock_is_later(STR("2026-05-28T20:34:56.26Z"), time));
    CHECK(!clock_is_later(STR("2026-05-28T20:34:56.2Z"), time)); /* it may have been cut */
    CHECK(!clock_is_later(time, STR("2026-05-28T20:34:56Z")));
    CHECK(!clock_is_later(time, time));
    CHECK(!clock_is_later(time, STR("2026-05-28T20:34:57Z")));
    CHECK(!clock_is_later(time, STR("")));
    CHECK(!clock_is_later(STR("soon"), time));
}

TEST(absurd_delays_are_cut_at_a_year) {
    const int64_t year_ms = 365LL * 24 * 3600 * 1000;
    CHECK_INT(retry_after_ms(STR("99999999999999999999999999"), 0), year_ms);
    CHECK_INT(retry_after_ms(STR("Fri, 31 Dec 9999 23:59:59 GMT"), 0), year_ms);
}

TEST(time_for_throttling_is_not_counted_in_tries) {
    CHECK_INT(retry_throttle_ms(&policy, 1, -1, 0.5), 250);
    CHECK_INT(retry_throttle_ms(&policy, 3, -1, 0.5), 1000);
    CHECK_INT(retry_throttle_ms(&policy, 1000000, -1, 0.5), 1500);
    CHECK_INT(retry_throttle_ms(&policy, 1000000, 0, 0.5), 1500);
    CHECK_INT(retry_throttle_ms(&policy, 1, 7000000, 0.5), 7000000);
}

TEST(the_window_of_a_limit_says_when_it_begins_anew) {
    static const struct {
        const char *header;
        int64_t delay_ms;
    } headers[] = {
        {"\"api\";r=0;t=37", 37000},
        {"\"api\"; r=0 ; t=37", 37000},
        {"\"api\";t=37;r=0", 37000},
        {"\"api\";r=0;t=37;pk=:QUJD:", 37000},
        {"api;r=0;t=37", 37000},
        {"\"a\";r=5;t=900, \"b\";r=0;t=37", 37000}, /* only the second is used up */
        {"\"a\";r=0;t=37,\"b\";r=0;t=60", 60000},
        {"\"a\";r=5;t=37, \"b\";r=6;t=60", 60000},
        {"\"a,b;t=9\";r=0;t=37", 37000},
        {"\"a\\\",b\";r=0;t=37", 37000},
        {"\"api\";r=0;t=37;of=\"me;t=9\"", 37000},
        {"\"api\";r=0;t=0", 0},
        {"\"api\";r=0;t=99999999999999999999", 365LL * 24 * 3600 * 1000},
        {"", -1},
        {"\"api\"", -1},
        {"\"api\";r=0", -1},
        {"\"api\";r=0;t=-1", -1},
        {"\"api\";r=0;t=1.5", -1},
        {"\"api\";r=0;t", -1},
        {";;;,,,===", -1},
        {"\"", -1},
        {"\"\\", -1},
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        CHECK_INT(retry_window_ms(str_of(headers[i].header)), headers[i].delay_ms);
    }
}

TEST_MAIN {
    RUN(the_first_fitting_row_decides);
    RUN(the_case_of_a_code_does_not_count);
    RUN(a_row_may_ask_for_text_and_operation);
    RUN(a_status_without_a_row_has_its_usual_class);
    RUN(every_class_has_its_error_code);
    RUN(delays_double_up_to_the_cap_with_full_jitter);
    RUN(many_tries_do_not_overflow_the_delay);
    RUN(what_may_have_happened_is_repeated_only_when_harmless);
    RUN(definite_failures_are_not_repeated);
    RUN(a_delay_that_was_asked_for_wins);
    RUN(retry_after_is_seconds_or_a_date);
    RUN(retry_after_that_is_neither_is_ignored);
    RUN(times_before_1970_are_none);
    RUN(times_may_have_an_offset);
    RUN(a_later_time_is_told_by_its_fraction_too);
    RUN(absurd_delays_are_cut_at_a_year);
    RUN(time_for_throttling_is_not_counted_in_tries);
    RUN(the_window_of_a_limit_says_when_it_begins_anew);
}
