#ifndef TESTING_H
#define TESTING_H

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* The whole of a test program:
 *
 *     TEST(trim_removes_space_at_both_ends) {
 *         CHECK_STR(str_trim(STR(" a ")), "a");
 *     }
 *
 *     TEST_MAIN {
 *         RUN(trim_removes_space_at_both_ends);
 *     }
 *
 * A test that nobody runs does not compile (unused function). Every test's name is printed; the
 * program fails when a check failed, when a test leaves blocks of mem_alloc behind, or when it made
 * no check at all. Checks may be made from any thread. */

static atomic_int testing_checks;
static atomic_int testing_failures;
static int testing_failed_tests;
static int testing_tests;

static inline bool testing_check(bool good, const char *file, int line, const char *what) {
    atomic_fetch_add(&testing_checks, 1);
    if (!good) {
        atomic_fetch_add(&testing_failures, 1);
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    }
    return good;
}

static inline bool testing_check_str(struct str actual, struct str expected, const char *file,
                                     int line, const char *what) {
    bool good = testing_check(str_is(actual, expected), file, line, what);
    if (!good) {
        fprintf(stderr, "  expected \"%.*s\"\n  but got  \"%.*s\"\n", STR_ARG(expected),
                STR_ARG(actual));
    }
    return good;
}

static inline bool testing_check_int(intmax_t actual, intmax_t expected, const char *file, int line,
                                     const char *what) {
    bool good = testing_check(actual == expected, file, line, what);
    if (!good) {
        fprintf(stderr, "  expected %" PRIdMAX "\n  but got  %" PRIdMAX "\n", expected, actual);
    }
    return good;
}

static inline void testing_run_one(const char *name, void (*test)(void)) {
    int checks = atomic_load(&testing_checks);
    int failures = atomic_load(&testing_failures);
    size_t live = mem_live();
    printf("%s\n", name);
    fflush(stdout);
    test();
    testing_check(atomic_load(&testing_checks) > checks, name, 0, "the test checks something");
    testing_check_int((intmax_t)mem_live(), (intmax_t)live, name, 0, "no block of memory is left");
    testing_tests++;
    testing_failed_tests += atomic_load(&testing_failures) > failures ? 1 : 0;
}

static inline int testing_report(void) {
    printf("%d tests, %d checks, %d failed\n", testing_tests, atomic_load(&testing_checks),
           testing_failed_tests);
    return testing_tests > 0 && testing_failed_tests == 0 ? 0 : 1;
}

#define TEST(name) static void test_##name(void)
#define RUN(name) testing_run_one(#name, test_##name)
#define TEST_MAIN                      \
    static void testing_run_all(void); \
    int main(void) {                   \
        testing_run_all();             \
        return testing_report();       \
    }                                  \
    static void testing_run_all(void)

#define CHECK(condition) testing_check((condition), __FILE__, __LINE__, #condition)
/* A struct str against a string literal, whole and byte for byte. */
#define CHECK_STR(actual, literal) \
    testing_check_str((actual), STR(literal), __FILE__, __LINE__, #actual " is " #literal)
/* Two views. */
#define CHECK_STR_IS(actual, expected) \
    testing_check_str((actual), (expected), __FILE__, __LINE__, #actual " is " #expected)
#define CHECK_INT(actual, expected)                                                 \
    testing_check_int((intmax_t)(actual), (intmax_t)(expected), __FILE__, __LINE__, \
                      #actual " is " #expected)
/* Leaves the test (a void function) when it does not hold: for what later checks rest on. */
#define REQUIRE(condition)       \
    do {                         \
        if (!CHECK(condition)) { \
            return;              \
        }                        \
    } while (0)

#endif
