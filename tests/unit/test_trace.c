#include "base/trace.h"

#include "testing.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define PARENT "b7ad6b7169203331"

static bool is_parsed(const char *text) {
    struct trace trace;
    bool parsed = trace_parse(str_of(text), &trace);
    CHECK(str_is_c(str_of(trace.trace_id), parsed ? TRACE : ""));
    CHECK(str_is_c(str_of(trace.parent_id), parsed ? PARENT : ""));
    return parsed;
}

TEST(ids_are_taken) {
    CHECK(is_parsed("00-" TRACE "-" PARENT "-01"));
    CHECK(is_parsed("00-" TRACE "-" PARENT "-00"));
    CHECK(is_parsed("cc-" TRACE "-" PARENT "-01"));
    CHECK(is_parsed("cc-" TRACE "-" PARENT "-01-what.ever"));
}

TEST(anything_else_is_none) {
    CHECK(!is_parsed(""));
    CHECK(!is_parsed("00-" TRACE "-" PARENT));
    CHECK(!is_parsed("00-" TRACE "-" PARENT "-01-more"));
    CHECK(!is_parsed("ff-" TRACE "-" PARENT "-01"));
    CHECK(!is_parsed("cc-" TRACE "-" PARENT "-01more"));
    CHECK(!is_parsed("00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01"));
    CHECK(!is_parsed("00-00000000000000000000000000000000-" PARENT "-01"));
    CHECK(!is_parsed("00-" TRACE "-0000000000000000-01"));
    CHECK(!is_parsed("00_" TRACE "-" PARENT "-01"));
    CHECK(!is_parsed("00-" TRACE "-" PARENT "-0g"));
}

TEST_MAIN {
    RUN(ids_are_taken);
    RUN(anything_else_is_none);
}
