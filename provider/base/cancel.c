#include "base/cancel.h"

#include <assert.h>
#include <sys/queue.h>

#include "base/mem.h"

/* Lock order: a parent's mutex and a child's are never held together; no mutex is held while a
 * listener runs. What keeps a child alive while its parent trips it is the pin, which cancel_free
 * waits for. */
struct cancel {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    const struct clock *clock;
    int64_t deadline_ms;
    bool tripped;

    struct cancel_listener listeners; /* head of a ring; each is unlinked before it is called */
    struct cancel_listener *running;  /* the one being called, by `runner` */
    pthread_t runner;

    TAILQ_HEAD(cancel_children, cancel) children;

    /* Guarded by the parent's mutex. */
    struct cancel *parent;
    TAILQ_ENTRY(cancel) sibling;
    bool told;   /* that the parent was tripped; in the list those come last */
    bool pinned; /* the parent is tripping it just now */
};

static void listener_unlink(struct cancel_listener *listener) {
    listener->prev->next = listener->next;
    listener->next->prev = listener->prev;
    listener->next = NULL;
    listener->prev = NULL;
}

static void listener_link(struct cancel_listener *head, struct cancel_listener *listener) {
    listener->prev = head->prev;
    listener->next = head;
    head->prev->next = listener;
    head->prev = listener;
}

static void adopt(struct cancel *parent, struct cancel *child) {
    pthread_mutex_lock(&parent->mutex);
    child->parent = parent;
    child->tripped = parent->tripped;
    TAILQ_INSERT_HEAD(&parent->children, child, sibling);
    pthread_mutex_unlock(&parent->mutex);
}

static void leave(struct cancel *parent, struct cancel *child) {
    pthread_mutex_lock(&parent->mutex);
    TAILQ_REMOVE(&parent->children, child, sibling);
    while (child->pinned) {
        pthread_cond_wait(&parent->cond, &parent->mutex);
    }
    pthread_mutex_unlock(&parent->mutex);
}

struct cancel *cancel_new(struct cancel *parent, const struct clock *clock) {
    struct cancel *cancel = MEM_NEW(struct cancel);
    pthread_mutex_init(&cancel->mutex, NULL);
    clock_cond_init(&cancel->cond);
    cancel->clock = clock;
    cancel->deadline_ms = INT64_MAX;
    cancel->listeners.next = &cancel->listeners;
    cancel->listeners.prev = &cancel->listeners;
    TAILQ_INIT(&cancel->children);
    if (parent != NULL) {
        adopt(parent, cancel);
    }
    return cancel;
}

void cancel_free(struct cancel *cancel) {
    if (cancel == NULL) {
        return;
    }
    if (cancel->parent != NULL) {
        leave(cancel->parent, cancel);
    }
    assert(cancel->listeners.next == &cancel->listeners);
    assert(TAILQ_EMPTY(&cancel->children));
    pthread_cond_destroy(&cancel->cond);
    pthread_mutex_destroy(&cancel->mutex);
    mem_free(cancel);
}

void cancel_set_deadline(struct cancel *cancel, int64_t deadline_ms) {
    pthread_mutex_lock(&cancel->mutex);
    if (deadline_ms < cancel->deadline_ms) {
        cancel->deadline_ms = deadline_ms;
        pthread_cond_broadcast(&cancel->cond);
    }
    pthread_mutex_unlock(&cancel->mutex);
}

int64_t cancel_deadline(const struct cancel *cancel) {
    pthread_mutex_t *mutex = (pthread_mutex_t *)&cancel->mutex;
    pthread_mutex_lock(mutex);
    int64_t deadline_ms = cancel->deadline_ms;
    pthread_mutex_unlock(mutex);
    return deadline_ms;
}

/* With the mutex held at both ends, but not while a listener runs. */
static void run_listeners(struct cancel *cancel) {
    cancel->runner = pthread_self();
    while (cancel->listeners.next != &cancel->listeners) {
        struct cancel_listener *listener = cancel->listeners.next;
        listener_unlink(listener);
        cancel->running = listener;
        pthread_mutex_unlock(&cancel->mutex);
        listener->on_trip(listener);
        pthread_mutex_lock(&cancel->mutex);
        cancel->running = NULL;
        pthread_cond_broadcast(&cancel->cond);
    }
}

/* Children told already stand at the end, so each turn takes the first. One that is freed meanwhile
 * leaves the list at once and its cancel_free returns when the pin is gone. */
static void trip_children(struct cancel *cancel) {
    pthread_mutex_lock(&cancel->mutex);
    for (;;) {
        struct cancel *child = TAILQ_FIRST(&cancel->children);
        if (child == NULL || child->told) {
            break;
        }
        TAILQ_REMOVE(&cancel->children, child, sibling);
        TAILQ_INSERT_TAIL(&cancel->children, child, sibling);
        child->told = true;
        child->pinned = true;
        pthread_mutex_unlock(&cancel->mutex);
        cancel_trip(child);
        pthread_mutex_lock(&cancel->mutex);
        child->pinned = false;
        pthread_cond_broadcast(&cancel->cond);
    }
    pthread_mutex_unlock(&cancel->mutex);
}

void cancel_trip(struct cancel *cancel) {
    pthread_mutex_lock(&cancel->mutex);
    if (cancel->tripped) {
        pthread_mutex_unlock(&cancel->mutex);
        return;
    }
    cancel->tripped = true;
    pthread_cond_broadcast(&cancel->cond);
    run_listeners(cancel);
    pthread_mutex_unlock(&cancel->mutex);
    trip_children(cancel);
}

static enum cancel_reason reason_at(const struct cancel *cancel, int64_t now_ms) {
    if (cancel->tripped) {
        return CANCEL_TRIPPED;
    }
    return now_ms >= cancel->deadline_ms ? CANCEL_DEADLINE : CANCEL_NONE;
}

enum cancel_reason cancel_state(struct cancel *cancel) {
    int64_t now_ms = cancel->clock->now_ms(cancel->clock);
    pthread_mutex_lock(&cancel->mutex);
    enum cancel_reason reason = reason_at(cancel, now_ms);
    pthread_mutex_unlock(&cancel->mutex);
    return reason;
}

static int64_t add_saturated(int64_t a, int64_t b) {
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

enum cancel_reason cancel_sleep(struct cancel *cancel, int64_t delay_ms) {
    const struct clock *clock = cancel->clock;
    pthread_mutex_lock(&cancel->mutex);
    int64_t now_ms = clock->now_ms(clock);
    int64_t end_ms = add_saturated(now_ms, delay_ms > 0 ? delay_ms : 0);
    enum cancel_reason reason = reason_at(cancel, now_ms);
    while (reason == CANCEL_NONE && now_ms < end_ms) {
        int64_t until_ms = end_ms < cancel->deadline_ms ? end_ms : cancel->deadline_ms;
        clock->wait_until(clock, &cancel->cond, &cancel->mutex, until_ms);
        now_ms = clock->now_ms(clock);
        reason = reason_at(cancel, now_ms);
    }
    pthread_mutex_unlock(&cancel->mutex);
    return reason;
}

void cancel_listen(struct cancel *cancel, struct cancel_listener *listener) {
    listener->next = NULL;
    listener->prev = NULL;
    pthread_mutex_lock(&cancel->mutex);
    bool tripped = cancel->tripped;
    if (!tripped) {
        listener_link(&cancel->listeners, listener);
    }
    pthread_mutex_unlock(&cancel->mutex);
    if (tripped) {
        listener->on_trip(listener);
    }
}

void cancel_unlisten(struct cancel *cancel, struct cancel_listener *listener) {
    pthread_mutex_lock(&cancel->mutex);
    if (listener->next != NULL) {
        listener_unlink(listener);
    }
    while (cancel->running == listener && !pthread_equal(cancel->runner, pthread_self())) {
        pthread_cond_wait(&cancel->cond, &cancel->mutex);
    }
    pthread_mutex_unlock(&cancel->mutex);
}
