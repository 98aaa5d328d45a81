#include "base/buf.h"
#include "testing.h"

TEST(nothing_is_allocated_before_the_first_append) {
    size_t live = mem_live();
    struct buf buf;
    buf_init(&buf, 100);
    CHECK_STR(buf_str(&buf), "");
    buf_append(&buf, STR_EMPTY);
    buf_printf(&buf, "%s", "");
    CHECK_INT(mem_live(), live);
    CHECK(!buf.overflow);
    buf_cleanup(&buf);
}

TEST(appends_keep_their_order_and_a_nul_behind) {
    struct buf buf;
    buf_init(&buf, 100);
    buf_append(&buf, STR("ab"));
    buf_append_char(&buf, 'c');
    buf_printf(&buf, "-%d-%s", 42, "x");
    CHECK_STR(buf_str(&buf), "abc-42-x");
    CHECK_INT(strlen(buf.ptr), buf.len);
    buf_append(&buf, STR("\0z"));
    CHECK_STR(buf_str(&buf), "abc-42-x\0z");
    buf_cleanup(&buf);
}

TEST(growing_keeps_the_contents) {
    struct buf buf;
    buf_init(&buf, 1000000);
    for (int i = 0; i < 100000; i++) {
        buf_append_char(&buf, (char)('a' + i % 26));
    }
    CHECK_INT(buf.len, 100000);
    bool same = true;
    for (int i = 0; i < 100000; i++) {
        same = same && buf.ptr[i] == (char)('a' + i % 26);
    }
    CHECK(same);
    CHECK_INT(buf.ptr[100000], '\0');
    buf_cleanup(&buf);
}

TEST(the_ceiling_is_the_last_length_that_fits) {
    struct buf buf;
    buf_init(&buf, 5);
    buf_append(&buf, STR("12345"));
    CHECK(!buf.overflow);
    buf_append(&buf, STR_EMPTY);
    CHECK(!buf.overflow);
    buf_append_char(&buf, '6');
    CHECK(buf.overflow);
    CHECK_STR(buf_str(&buf), "12345");
    buf_cleanup(&buf);
}

TEST(after_an_overflow_nothing_is_added) {
    struct buf buf;
    buf_init(&buf, 5);
    buf_append(&buf, STR("123"));
    buf_printf(&buf, "%s", "too long");
    CHECK(buf.overflow);
    buf_append(&buf, STR("4"));
    CHECK_STR(buf_str(&buf), "123");
    buf_cleanup(&buf);
}

TEST(a_ceiling_of_nothing_and_of_everything) {
    struct buf buf;
    buf_init(&buf, 0);
    buf_append_char(&buf, 'a');
    CHECK(buf.overflow);
    CHECK_STR(buf_str(&buf), "");
    buf_cleanup(&buf);
    buf_init(&buf, SIZE_MAX);
    buf_append(&buf, STR("abc"));
    CHECK_STR(buf_str(&buf), "abc");
    CHECK(!buf.overflow);
    buf_cleanup(&buf);
}

TEST(reset_keeps_the_memory_and_wipes_it) {
    struct buf buf;
    buf_init(&buf, 10);
    buf_append(&buf, STR("secret"));
    const char *ptr = buf.ptr;
    buf_append(&buf, STR("secret"));
    CHECK(buf.overflow);
    buf_reset(&buf);
    CHECK(!buf.overflow);
    CHECK_STR(buf_str(&buf), "");
    CHECK_STR(((struct str){ptr, 6}), "\0\0\0\0\0\0");
    buf_append_char(&buf, 'x');
    CHECK(buf.ptr == ptr);
    CHECK_STR(buf_str(&buf), "x");
    buf_cleanup(&buf);
}

TEST(cleanup_may_be_repeated_and_the_buffer_used_again) {
    struct buf buf = {0};
    buf_cleanup(&buf);
    buf_init(&buf, 10);
    buf_append(&buf, STR("a"));
    buf_cleanup(&buf);
    buf_cleanup(&buf);
    buf_init(&buf, 10);
    buf_append(&buf, STR("b"));
    CHECK_STR(buf_str(&buf), "b");
    buf_cleanup(&buf);
}

TEST_MAIN {
    RUN(nothing_is_allocated_before_the_first_append);
    RUN(appends_keep_their_order_and_a_nul_behind);
    RUN(growing_keeps_the_contents);
    RUN(the_ceiling_is_the_last_length_that_fits);
    RUN(after_an_overflow_nothing_is_added);
    RUN(a_ceiling_of_nothing_and_of_everything);
    RUN(reset_keeps_the_memory_and_wipes_it);
    RUN(cleanup_may_be_repeated_and_the_buffer_used_again);
}
