#include "base/flight.h"

#include <assert.h>
#include <sys/queue.h>

#include "base/mem.h"

#define FAILURE_CEILING ((size_t)1024 * 1024)

enum flight_state { UNDER_WAY, SUCCEEDED, FAILED, HANDED_OVER };

/* Guarded by the group's mutex, but for what no longer changes once the flight has succeeded. Held
 * by everyone who takes part, and by its entry while it is `current` or `latest` there. */
struct flight {
    struct entry *entry;
    unsigned holders;
    enum flight_state state;
    int64_t began_ms;
    struct arena *arena; /* of the data, or of the error's texts */
    const void *data;
    struct error error;
};

/* What is kept under one key. */
struct entry {
    SLIST_ENTRY(entry) next;
    struct flight_group *group;
    struct flight *current; /* under way, or NULL */
    struct flight *latest;  /* succeeded, or NULL */
    size_t key_len;
    char key[];
};

struct flight_group {
    const struct clock *clock;
    const char *what;
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* some flight has ended, or somebody who waits was cancelled */
    SLIST_HEAD(entries, entry) entries;
};

/* Somebody who waits; on its own stack. */
struct waiter {
    struct cancel_listener listener; /* first: on_trip gets back to the waiter by it */
    struct flight_group *group;
    int64_t deadline_ms;
    bool tripped;
};

struct flight_group *flight_group_new(const struct clock *clock, const char *what) {
    struct flight_group *group = MEM_NEW(struct flight_group);
    group->clock = clock;
    group->what = what;
    pthread_mutex_init(&group->mutex, NULL);
    clock_cond_init(&group->changed);
    SLIST_INIT(&group->entries);
    return group;
}

/* Mutex held, or nobody else left. */
static void drop(struct flight *flight) {
    if (flight != NULL && --flight->holders == 0) {
        arena_free(flight->arena);
        mem_free(flight);
    }
}

static struct flight *hold(struct flight *flight) {
    flight->holders++;
    return flight;
}

void flight_group_free(struct flight_group *group) {
    if (group == NULL) {
        return;
    }
    while (!SLIST_EMPTY(&group->entries)) {
        struct entry *entry = SLIST_FIRST(&group->entries);
        assert(entry->current == NULL);
        SLIST_REMOVE_HEAD(&group->entries, next);
        drop(entry->latest);
        mem_free(entry);
    }
    pthread_cond_destroy(&group->changed);
    pthread_mutex_destroy(&group->mutex);
    mem_free(group);
}

static struct entry *entry_of(struct flight_group *group, struct str key) {
    struct entry *entry;
    SLIST_FOREACH(entry, &group->entries, next) {
        if (str_is((struct str){entry->key, entry->key_len}, key)) {
            return entry;
        }
    }
    entry = mem_alloc(sizeof(*entry) + key.len);
    entry->group = group;
    entry->key_len = key.len;
    memcpy(entry->key, key.ptr, key.len);
    SLIST_INSERT_HEAD(&group->entries, entry, next);
    return entry;
}

static struct flight *lead(struct entry *entry) {
    const struct clock *clock = entry->group->clock;
    struct flight *flight = MEM_NEW(struct flight);
    flight->entry = entry;
    flight->began_ms = clock->now_ms(clock);
    entry->current = hold(flight);
    return hold(flight);
}

static void on_trip(struct cancel_listener *self) {
    struct waiter *waiter = (struct waiter *)self;
    pthread_mutex_lock(&waiter->group->mutex);
    waiter->tripped = true;
    pthread_cond_broadcast(&waiter->group->changed);
    pthread_mutex_unlock(&waiter->group->mutex);
}

/* Mutex held, but not while it waits. Returns once the flight has ended. */
static enum cancel_reason wait_for(const struct flight *flight, const struct waiter *waiter) {
    struct flight_group *group = waiter->group;
    const struct clock *clock = group->clock;
    while (flight->state == UNDER_WAY) {
        if (waiter->tripped) {
            return CANCEL_TRIPPED;
        }
        if (clock->now_ms(clock) >= waiter->deadline_ms) {
            return CANCEL_DEADLINE;
        }
        clock->wait_until(clock, &group->changed, &group->mutex, waiter->deadline_ms);
    }
    return CANCEL_NONE;
}

/* Mutex held, but not while it waits for the flight that is under way. */
static enum err_code follow(struct entry *entry, struct ctx *ctx, int64_t since_ms,
                            const struct waiter *waiter) {
    struct flight *flight = hold(entry->current);
    enum cancel_reason reason = wait_for(flight, waiter);
    enum err_code code = ERR_OK;
    if (reason != CANCEL_NONE) {
        code = ctx_fail_cancelled(ctx, reason, entry->group->what);
    } else if (flight->state == FAILED && flight->began_ms >= since_ms) {
        ctx->error = error_copy(ctx->arena, &flight->error);
        code = flight->error.code;
    }
    drop(flight);
    return code;
}

/* Mutex held, but not while it waits. */
static enum err_code take_part(struct entry *entry, struct ctx *ctx, int64_t since_ms,
                               const struct waiter *waiter, struct flight **out) {
    for (;;) {
        if (entry->latest != NULL && entry->latest->began_ms >= since_ms) {
            *out = hold(entry->latest);
            return ERR_OK;
        }
        if (entry->current == NULL) {
            *out = lead(entry);
            return ERR_OK;
        }
        TRY(follow(entry, ctx, since_ms, waiter));
    }
}

enum err_code flight_begin(struct flight_group *group, struct ctx *ctx, struct str key,
                           int64_t since_ms, struct flight **out) {
    struct waiter waiter = {.listener = {.on_trip = on_trip},
                            .group = group,
                            .deadline_ms = cancel_deadline(ctx->cancel)};
    cancel_listen(ctx->cancel, &waiter.listener);
    pthread_mutex_lock(&group->mutex);
    enum err_code code = take_part(entry_of(group, key), ctx, since_ms, &waiter, out);
    pthread_mutex_unlock(&group->mutex);
    cancel_unlisten(ctx->cancel, &waiter.listener);
    return code;
}

/* Callers hold those that succeeded, which stay so, and the leader the one that it ends itself. */
bool flight_is_led(const struct flight *flight) {
    return flight->state == UNDER_WAY;
}

/* Mutex held. */
static void end(struct flight *flight, enum flight_state state) {
    struct entry *entry = flight->entry;
    assert(entry->current == flight);
    flight->state = state;
    entry->current = NULL;
    drop(flight);
    pthread_cond_broadcast(&entry->group->changed);
}

void flight_succeed(struct flight *flight, struct arena *arena, const void *data) {
    struct entry *entry = flight->entry;
    pthread_mutex_lock(&entry->group->mutex);
    flight->arena = arena;
    flight->data = data;
    drop(entry->latest);
    entry->latest = hold(flight);
    end(flight, SUCCEEDED);
    pthread_mutex_unlock(&entry->group->mutex);
}

/* The failure as everybody may read it. Who it is told to masks it once more: its own words are
 * where the masks have moved them to. */
static struct error mask(const struct ctx *ctx) {
    struct error error = ctx->error;
    bool is_bare = error.bare_len == error.message.text.len;
    error.message = redact_words(&ctx->redact, error.message);
    error.bare_len = is_bare ? error.message.text.len : 0;
    return error;
}

void flight_fail(struct flight *flight, const struct ctx *ctx) {
    struct flight_group *group = flight->entry->group;
    bool own = ctx->error.code == ERR_CANCELLED || ctx->error.code == ERR_DEADLINE;
    const struct error masked = mask(ctx);
    pthread_mutex_lock(&group->mutex);
    if (!own) {
        flight->arena = arena_new(FAILURE_CEILING);
        flight->error = error_copy(flight->arena, &masked);
    }
    end(flight, own ? HANDED_OVER : FAILED);
    pthread_mutex_unlock(&group->mutex);
}

void flight_hand_over(struct flight *flight) {
    struct flight_group *group = flight->entry->group;
    pthread_mutex_lock(&group->mutex);
    end(flight, HANDED_OVER);
    pthread_mutex_unlock(&group->mutex);
}

struct flight *flight_latest(struct flight_group *group, struct str key) {
    pthread_mutex_lock(&group->mutex);
    struct entry *entry = entry_of(group, key);
    struct flight *latest = entry->latest == NULL ? NULL : hold(entry->latest);
    pthread_mutex_unlock(&group->mutex);
    return latest;
}

const void *flight_data(const struct flight *flight) {
    return flight->data;
}

void flight_forget(struct flight *flight) {
    struct entry *entry = flight->entry;
    pthread_mutex_lock(&entry->group->mutex);
    if (entry->latest == flight) {
        entry->latest = NULL;
        drop(flight);
    }
    pthread_mutex_unlock(&entry->group->mutex);
}

void flight_release(struct flight *flight) {
    struct flight_group *group = flight->entry->group;
    assert(flight->state != UNDER_WAY);
    pthread_mutex_lock(&group->mutex);
    drop(flight);
    pthread_mutex_unlock(&group->mutex);
}

bool flight_is_first(struct flight_group *group, struct ctx *ctx, struct str key) {
    struct flight *flight = NULL;
    if (flight_begin(group, ctx, key, FLIGHT_ANY_TIME, &flight) != ERR_OK) {
        error_clear(&ctx->error);
        return false;
    }
    bool is_first = flight_is_led(flight);
    if (is_first) {
        flight_succeed(flight, arena_new(0), NULL);
    }
    flight_release(flight);
    return is_first;
}
