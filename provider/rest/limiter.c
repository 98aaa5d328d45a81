#include "rest/limiter.h"

#include <pthread.h>

#include "base/mem.h"

/* One caller in the queue; on its own stack. Only the first in the queue may start, so nobody is
 * overtaken. */
struct waiter {
    struct cancel_listener listener; /* first: on_trip gets back to the waiter by it */
    struct limiter *limiter;
    struct waiter *next;
    pthread_cond_t turn;
    bool tripped;
};

struct limiter {
    const struct clock *clock;
    pthread_mutex_t mutex;
    struct waiter *first;
    struct waiter *last;
    int max_in_flight;
    int in_flight;
    double interval_ms; /* between two starts; 0 = no limit */
    double next_ms;     /* earliest start by rate */
    int64_t held_until_ms;
};

struct limiter *limiter_new(const struct clock *clock, int max_in_flight,
                            double requests_per_second) {
    struct limiter *limiter = mem_alloc(sizeof(*limiter));
    limiter->clock = clock;
    limiter->max_in_flight = max_in_flight;
    limiter->interval_ms = requests_per_second > 0 ? 1000.0 / requests_per_second : 0;
    limiter->held_until_ms = INT64_MIN;
    pthread_mutex_init(&limiter->mutex, NULL);
    return limiter;
}

void limiter_free(struct limiter *limiter) {
    if (limiter == NULL) {
        return;
    }
    pthread_mutex_destroy(&limiter->mutex);
    mem_free(limiter);
}

static void on_trip(struct cancel_listener *self) {
    struct waiter *waiter = (struct waiter *)self;
    pthread_mutex_lock(&waiter->limiter->mutex);
    waiter->tripped = true;
    pthread_cond_signal(&waiter->turn);
    pthread_mutex_unlock(&waiter->limiter->mutex);
}

static void enqueue(struct limiter *limiter, struct waiter *waiter) {
    if (limiter->last == NULL) {
        limiter->first = waiter;
    } else {
        limiter->last->next = waiter;
    }
    limiter->last = waiter;
}

static void wake_first(struct limiter *limiter) {
    if (limiter->first != NULL) {
        pthread_cond_signal(&limiter->first->turn);
    }
}

static void dequeue(struct limiter *limiter, struct waiter *waiter) {
    struct waiter *previous = NULL;
    for (struct waiter *at = limiter->first; at != waiter; at = at->next) {
        previous = at;
    }
    if (previous == NULL) {
        limiter->first = waiter->next;
    } else {
        previous->next = waiter->next;
    }
    if (limiter->last == waiter) {
        limiter->last = previous;
    }
    wake_first(limiter);
}

/* When the first in the queue may start: INT64_MAX while every place is taken (release wakes
 * it). */
static int64_t start_ms(const struct limiter *limiter) {
    if (limiter->max_in_flight > 0 && limiter->in_flight >= limiter->max_in_flight) {
        return INT64_MAX;
    }
    int64_t by_rate_ms = (int64_t)limiter->next_ms;
    by_rate_ms += (double)by_rate_ms < limiter->next_ms ? 1 : 0;
    return by_rate_ms > limiter->held_until_ms ? by_rate_ms : limiter->held_until_ms;
}

static void take_place(struct limiter *limiter, int64_t now_ms) {
    limiter->in_flight++;
    if (limiter->interval_ms > 0) {
        double from_ms = limiter->next_ms > (double)now_ms - 1 ? limiter->next_ms : (double)now_ms;
        limiter->next_ms = from_ms + limiter->interval_ms;
    }
}

/* Mutex held. True when the place was taken. */
static bool wait_for_turn(struct limiter *limiter, struct waiter *waiter, int64_t deadline_ms,
                          int64_t patience_ms, int64_t *held_ms) {
    while (!waiter->tripped) {
        int64_t now_ms = limiter->clock->now_ms(limiter->clock);
        if (now_ms >= deadline_ms) {
            return false;
        }
        if (limiter->held_until_ms > now_ms && limiter->held_until_ms >= patience_ms) {
            *held_ms = limiter->held_until_ms - now_ms;
            return false;
        }
        int64_t until_ms = limiter->first == waiter ? start_ms(limiter) : INT64_MAX;
        if (until_ms <= now_ms) {
            take_place(limiter, now_ms);
            return true;
        }
        limiter->clock->wait_until(limiter->clock, &waiter->turn, &limiter->mutex,
                                   until_ms < deadline_ms ? until_ms : deadline_ms);
    }
    return false;
}

enum cancel_reason limiter_acquire(struct limiter *limiter, struct cancel *cancel) {
    int64_t held_ms;
    return limiter_acquire_within(limiter, cancel, INT64_MAX, &held_ms);
}

enum cancel_reason limiter_acquire_within(struct limiter *limiter, struct cancel *cancel,
                                          int64_t patience_ms, int64_t *held_ms) {
    struct waiter waiter = {.listener = {.on_trip = on_trip}, .limiter = limiter};
    int64_t deadline_ms = cancel_deadline(cancel);
    *held_ms = 0;
    clock_cond_init(&waiter.turn);
    cancel_listen(cancel, &waiter.listener);

    pthread_mutex_lock(&limiter->mutex);
    enqueue(limiter, &waiter);
    bool taken = wait_for_turn(limiter, &waiter, deadline_ms, patience_ms, held_ms);
    dequeue(limiter, &waiter);
    bool tripped = waiter.tripped;
    pthread_mutex_unlock(&limiter->mutex);

    cancel_unlisten(cancel, &waiter.listener);
    pthread_cond_destroy(&waiter.turn);
    if (taken) {
        return CANCEL_NONE;
    }
    return tripped ? CANCEL_TRIPPED : CANCEL_DEADLINE;
}

void limiter_release(struct limiter *limiter) {
    pthread_mutex_lock(&limiter->mutex);
    limiter->in_flight--;
    wake_first(limiter);
    pthread_mutex_unlock(&limiter->mutex);
}

void limiter_hold(struct limiter *limiter, int64_t delay_ms) {
    pthread_mutex_lock(&limiter->mutex);
    int64_t until_ms = limiter->clock->now_ms(limiter->clock) + delay_ms;
    if (until_ms > limiter->held_until_ms) {
        limiter->held_until_ms = until_ms;
        for (struct waiter *at = limiter->first; at != NULL; at = at->next) {
            pthread_cond_signal(&at->turn); /* it may be more than that one has */
        }
    }
    pthread_mutex_unlock(&limiter->mutex);
}
