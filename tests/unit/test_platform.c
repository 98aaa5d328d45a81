#include "base/platform.h"

#include <fcntl.h>
#include <poll.h>
#include <search.h>
#include <unistd.h>

#include "base/clock.h"
#include "testing.h"

enum { ITEMS = 1000, SIGNAL_WAIT_MS = 30000, WAIT_MS = 30 };

TEST(wiping_leaves_zeroes) {
    char secret[] = "secret";
    platform_wipe(secret, 3);
    CHECK(memcmp(secret, "\0\0\0ret", sizeof(secret)) == 0);
    platform_wipe(secret, 0);
    CHECK(memcmp(secret, "\0\0\0ret", sizeof(secret)) == 0);
}

TEST(the_heap_can_be_told) {
    platform_tune_heap();
    void *block = mem_alloc(1 << 20);
    mem_free(block);
    platform_trim_heap();
    CHECK(true);
}

static int freed[ITEMS];

static int compare(const void *a, const void *b) {
    const int *left = a;
    const int *right = b;
    return (left > right) - (left < right);
}

static void count(void *item) {
    (*(int *)item)++;
}

TEST(each_item_of_a_tree_is_freed_once) {
    void *tree = NULL;
    platform_free_tree(&tree, compare, count);
    CHECK(tree == NULL);
    for (int i = 0; i < ITEMS; i++) {
        CHECK(tsearch(&freed[i * 7 % ITEMS], &tree, compare) != NULL);
    }
    platform_free_tree(&tree, compare, count);
    CHECK(tree == NULL);
    for (int i = 0; i < ITEMS; i++) {
        CHECK_INT(freed[i], 1);
    }
}

TEST(a_wait_lasts_as_long_as_asked) {
    pthread_cond_t cond;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    clock_cond_init(&cond);
    pthread_mutex_lock(&mutex);
    int64_t until_ms = clock_system.now_ms(&clock_system) + WAIT_MS;
    int wakes = 0;
    while (clock_system.now_ms(&clock_system) < until_ms) {
        clock_system.wait_until(&clock_system, &cond, &mutex, until_ms);
        wakes++;
    }
    clock_system.wait_until(&clock_system, &cond, &mutex, 0); /* long past */
    pthread_mutex_unlock(&mutex);
    pthread_cond_destroy(&cond);
    CHECK(wakes < WAIT_MS); /* no busy loop */
}

TEST(no_other_program_inherits_a_pipe) {
    int ends[2];
    char byte = 0;
    CHECK(platform_pipe(ends));
    CHECK_INT(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    CHECK_INT(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
    CHECK_INT(write(ends[1], "x", 1), 1);
    CHECK_INT(read(ends[0], &byte, 1), 1);
    CHECK_INT(byte, 'x');
    close(ends[0]);
    close(ends[1]);
}

static bool has_come(const struct platform_signals *signals, int wait_ms) {
    struct pollfd fd = {.fd = platform_signals_fd(signals), .events = POLLIN};
    return poll(&fd, 1, wait_ms) == 1 && (fd.revents & POLLIN) != 0;
}

/* Before there are threads, as in main. */
static void block(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGUSR1);
    sigaddset(set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

TEST(a_signal_is_told_once_it_has_come) {
    sigset_t set;
    block(&set);
    struct platform_signals *signals = platform_signals_open(&set);
    CHECK(signals != NULL);
    CHECK(!has_come(signals, 0));
    CHECK_INT(kill(getpid(), SIGUSR2), 0);
    CHECK(has_come(signals, SIGNAL_WAIT_MS));
    CHECK(has_come(signals, 0)); /* it stays */
    platform_signals_close(signals);
}

TEST(nobody_has_to_wait_for_a_signal) {
    sigset_t set;
    block(&set);
    platform_signals_close(platform_signals_open(&set));
    platform_signals_close(NULL);
    CHECK(true);
}

TEST_MAIN {
    RUN(wiping_leaves_zeroes);
    RUN(the_heap_can_be_told);
    RUN(each_item_of_a_tree_is_freed_once);
    RUN(a_wait_lasts_as_long_as_asked);
    RUN(no_other_program_inherits_a_pipe);
    RUN(nobody_has_to_wait_for_a_signal);
    RUN(a_signal_is_told_once_it_has_come);
}
