#include <stdalign.h>

#include "base/arena.h"
#include "testing.h"

enum { PLENTY = 64 * 1024 * 1024 };

static bool is_zero(const void *ptr, size_t len) {
    const unsigned char *bytes = ptr;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

TEST(memory_is_zero_aligned_and_apart) {
    struct arena *arena = arena_new(PLENTY);
    unsigned char *before = arena_alloc(arena, 1);
    for (size_t size = 0; size < 100; size++) {
        unsigned char *ptr = arena_alloc(arena, size);
        CHECK_INT((uintptr_t)ptr % alignof(max_align_t), 0);
        CHECK(is_zero(ptr, size));
        CHECK(ptr != before);
        memset(ptr, 0xAA, size);
        before = ptr;
    }
    arena_free(arena);
}

TEST(no_block_is_taken_before_the_first_allocation) {
    size_t live = mem_live();
    struct arena *arena = arena_new(PLENTY);
    CHECK_INT(mem_live(), live + 1);
    arena_alloc(arena, 10);
    CHECK_INT(mem_live(), live + 2);
    arena_free(arena);
    arena_free(NULL);
}

TEST(blocks_grow_so_that_few_are_needed) {
    size_t live = mem_live();
    struct arena *arena = arena_new(PLENTY);
    for (int i = 0; i < 100000; i++) {
        arena_alloc(arena, 48);
    }
    /* 4 KiB doubling to 1 MiB: nine blocks make 2 MiB, the rest are of 1 MiB; ASan's gaps add a
     * few. */
    CHECK(mem_live() - live < 20);
    CHECK_INT(arena_used(arena), 4800000);
    arena_free(arena);
}

TEST(a_large_allocation_leaves_the_current_block_in_use) {
    size_t live = mem_live();
    struct arena *arena = arena_new(PLENTY);
    char *first = arena_alloc(arena, 16);
    char *large = arena_alloc(arena, 1000000);
    char *second = arena_alloc(arena, 16);
    CHECK(is_zero(large, 1000000));
    CHECK(second > first && second - first <= 64);
    CHECK_INT(mem_live() - live, 3);
    arena_free(arena);
}

TEST(a_large_allocation_may_come_first) {
    struct arena *arena = arena_new(PLENTY);
    char *large = arena_alloc(arena, 100000);
    memset(large, 1, 100000);
    arena_reset(arena);
    CHECK(is_zero(arena_alloc(arena, 3000), 3000));
    arena_free(arena);
}

TEST(reset_wipes_and_keeps_the_first_block) {
    size_t live = mem_live();
    struct arena *arena = arena_new(1000);
    char *first = arena_alloc(arena, 900);
    memset(first, 0x55, 900);
    for (int i = 0; i < 100; i++) {
        memset(arena_alloc(arena, 1000), 0x55, 1000);
    }
    CHECK(arena_is_exceeded(arena));
    arena_reset(arena);
    CHECK(!arena_is_exceeded(arena));
    CHECK_INT(arena_used(arena), 0);
    CHECK_INT(mem_live() - live, 2);
    char *again = arena_alloc(arena, 900);
    CHECK(again == first);
    CHECK(is_zero(again, 900));
    arena_free(arena);
}

TEST(resets_of_an_empty_arena_are_harmless) {
    struct arena *arena = arena_new(PLENTY);
    arena_reset(arena);
    arena_reset(arena);
    CHECK(is_zero(arena_alloc(arena, 8), 8));
    arena_reset(arena);
    arena_reset(arena);
    CHECK_INT(arena_used(arena), 0);
    arena_free(arena);
}

TEST(past_its_ceiling_it_serves_on_and_says_so) {
    struct arena *arena = arena_new(100);
    arena_alloc(arena, 100);
    CHECK(!arena_is_exceeded(arena));
    char *more = arena_alloc(arena, 1);
    CHECK(arena_is_exceeded(arena));
    *more = 'x';
    CHECK_INT(arena_used(arena), 101);
    arena_free(arena);
}

TEST(arrays_are_zero_and_counted) {
    struct arena *arena = arena_new(PLENTY);
    int64_t *numbers = ARENA_ARRAY(arena, 10, int64_t);
    CHECK(is_zero(numbers, 80));
    CHECK_INT(arena_used(arena), 80);
    CHECK(ARENA_ARRAY(arena, 0, int64_t) != NULL);
    arena_free(arena);
}

TEST(arrays_that_grow_keep_what_is_in_them) {
    struct arena *arena = arena_new(PLENTY);
    int *items = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 100; i++) {
        int *before = items;
        size_t room = capacity;
        items = arena_reserve(arena, items, (size_t)i, sizeof(*items), &capacity);
        REQUIRE(items != NULL && capacity > (size_t)i);
        CHECK((size_t)i < room ? items == before && capacity == room : items != before);
        items[i] = i;
    }
    CHECK_INT(capacity, 128);
    for (int i = 0; i < 100; i++) {
        CHECK_INT(items[i], i);
    }
    arena_free(arena);
}

TEST(copies_end_in_nul) {
    struct arena *arena = arena_new(PLENTY);
    struct str copy = arena_str(arena, str_slice(STR("abcdef"), 1, 3));
    CHECK_STR(copy, "bc");
    CHECK_INT(strlen(copy.ptr), 2);
    struct str empty = arena_str(arena, (struct str){NULL, 0});
    CHECK_INT(empty.len, 0);
    CHECK_INT(strlen(empty.ptr), 0);
    CHECK_STR(arena_str(arena, STR("a\0b")), "a\0b");
    arena_free(arena);
}

TEST(printf_writes_short_and_long_texts) {
    struct arena *arena = arena_new(PLENTY);
    CHECK_STR(arena_printf(arena, "%s-%d-%.*s", "a", 7, STR_ARG(str_slice(STR("xyz"), 0, 2))),
              "a-7-xy");
    CHECK_STR(arena_printf(arena, "%s", ""), "");
    CHECK_STR(arena_join(arena, STR_EMPTY, ", ", STR("a")), "a");
    CHECK_STR(arena_join(arena, STR("a"), ", ", STR("b")), "a, b");
    struct str padded = arena_printf(arena, "%10000d", 1);
    CHECK_INT(padded.len, 10000);
    CHECK_INT(padded.ptr[9999], '1');
    CHECK_INT(padded.ptr[10000], '\0');
    arena_free(arena);
}

TEST(plain_leaves_out_what_a_terminal_obeys) {
    struct arena *arena = arena_new(1024);
    struct str good = STR("[31m caf\xC3\xA9 \xE2\x80\x8D \xE2\x80\xA6");
    CHECK(arena_plain(arena, good).ptr == good.ptr);
    CHECK_STR(arena_plain(arena, STR("\x1b[1;31mred\x1b[0m\x1b[K")), "red");
    CHECK_STR(arena_plain(arena, STR("a\xC2\x9b"
                                     "31mb")),
              "ab");
    CHECK_STR(arena_plain(arena, STR("\x1b]8;;https://x\x1b\\link\x1b]8;;\a")), "link");
    CHECK_STR(arena_plain(arena, STR("\xEF\xBB\xBF"
                                     "a\xE2\x80\xAE"
                                     "b\xE2\x81\xA9"
                                     "c\xE2\x80\x8B")),
              "abc");
    /* What has no end stays, and is no control character in a message. */
    CHECK_STR(arena_plain(arena, STR("a\x1b[31")), "a\x1b[31");
    CHECK_STR(arena_plain(arena, STR("a\x1b]0;t\nb\x1b")), "a\x1b]0;t\nb\x1b");
    arena_free(arena);
}

TEST(utf8_replaces_only_what_is_malformed) {
    struct arena *arena = arena_new(PLENTY);
    struct str good = STR("gr\xC3\xBC\xC3\x9F");
    CHECK(arena_utf8(arena, good).ptr == good.ptr);
    CHECK_INT(arena_used(arena), 0);
    CHECK_STR(arena_utf8(arena, STR("a\xFF"
                                    "b\xC3")),
              "a\xEF\xBF\xBD"
              "b\xEF\xBF\xBD");
    CHECK_STR(arena_utf8(arena, STR("\xC3\xA9\xE2\x82")), "\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
    arena_free(arena);
}

TEST_MAIN {
    RUN(memory_is_zero_aligned_and_apart);
    RUN(no_block_is_taken_before_the_first_allocation);
    RUN(blocks_grow_so_that_few_are_needed);
    RUN(a_large_allocation_leaves_the_current_block_in_use);
    RUN(a_large_allocation_may_come_first);
    RUN(reset_wipes_and_keeps_the_first_block);
    RUN(resets_of_an_empty_arena_are_harmless);
    RUN(past_its_ceiling_it_serves_on_and_says_so);
    RUN(arrays_are_zero_and_counted);
    RUN(arrays_that_grow_keep_what_is_in_them);
    RUN(copies_end_in_nul);
    RUN(printf_writes_short_and_long_texts);
    RUN(plain_leaves_out_what_a_terminal_obeys);
    RUN(utf8_replaces_only_what_is_malformed);
}
