#include "rpc/log_queue.h"

#include "base/buf.h"
#include "testing.h"

static void push(struct log_queue *queue, bool ephemeral, const char *urn, const char *message) {
    struct log_record record = {
        .level = LOG_INFO, .ephemeral = ephemeral, .urn = str_of(urn), .message = str_of(message)};
    log_queue_push(queue, &record);
}

/* The messages that wait, oldest first, each with a blank behind it. */
static void check_order(struct log_queue *queue, struct str expected) {
    struct buf text;
    struct queued_log *record;
    buf_init(&text, 1000);
    while ((record = log_queue_pop(queue)) != NULL) {
        buf_append(&text, record->message);
        buf_append_char(&text, ' ');
        mem_free(record);
    }
    CHECK_STR_IS(buf_str(&text), expected);
    buf_cleanup(&text);
}

TEST(oldest_first) {
    struct log_queue queue;
    log_queue_init(&queue, 4);
    push(&queue, false, "u", "a");
    push(&queue, true, "u", "b");
    push(&queue, false, "u", "c");
    check_order(&queue, STR("a b c "));
    CHECK(log_queue_pop(&queue) == NULL);
    log_queue_cleanup(&queue);
}

TEST(all_of_a_record_is_copied) {
    char message[] = "text";
    struct log_queue queue;
    struct log_record record = {
        .level = LOG_ERROR, .ephemeral = true, .urn = STR("urn"), .message = str_of(message)};
    log_queue_init(&queue, 1);
    log_queue_push(&queue, &record);
    memset(message, 'x', 4);
    struct queued_log *queued = log_queue_pop(&queue);
    CHECK_INT(queued->level, LOG_ERROR);
    CHECK(queued->ephemeral);
    CHECK_STR(queued->urn, "urn");
    CHECK_STR(queued->message, "text");
    CHECK_STR(str_of(queued->message.ptr), "text"); /* a NUL stands behind */
    mem_free(queued);
    log_queue_cleanup(&queue);
}

TEST(a_status_line_replaces_the_one_of_the_same_resource) {
    struct log_queue queue;
    log_queue_init(&queue, 4);
    push(&queue, true, "u", "old");
    push(&queue, true, "v", "other");
    push(&queue, false, "u", "kept");
    push(&queue, true, "u", "new");
    check_order(&queue, STR("other kept new "));
    log_queue_cleanup(&queue);
}

TEST(when_full_the_oldest_status_line_makes_way) {
    struct log_queue queue;
    log_queue_init(&queue, 3);
    push(&queue, false, "u", "a");
    push(&queue, true, "v", "b");
    push(&queue, true, "w", "c");
    push(&queue, false, "u", "d");
    push(&queue, true, "x", "e");
    check_order(&queue, STR("a d e "));
    log_queue_cleanup(&queue);
}

TEST(when_full_of_others_the_new_one_is_dropped) {
    struct log_queue queue;
    log_queue_init(&queue, 2);
    push(&queue, false, "u", "a");
    push(&queue, false, "u", "b");
    push(&queue, false, "u", "c");
    push(&queue, true, "u", "d");
    check_order(&queue, STR("a b "));
    log_queue_cleanup(&queue);
}

TEST(what_still_waits_is_freed) {
    struct log_queue queue;
    log_queue_init(&queue, 2);
    push(&queue, false, "u", "a");
    CHECK_INT(queue.count, 1);
    log_queue_cleanup(&queue); /* the program fails when a block is left */
}

TEST_MAIN {
    RUN(oldest_first);
    RUN(all_of_a_record_is_copied);
    RUN(a_status_line_replaces_the_one_of_the_same_resource);
    RUN(when_full_the_oldest_status_line_makes_way);
    RUN(when_full_of_others_the_new_one_is_dropped);
    RUN(what_still_waits_is_freed);
}
