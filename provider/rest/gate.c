#include "rest/gate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "rest/limiter.h"

enum state { STATE_UNPROVEN, STATE_GOOD, STATE_REFUSED };

/* A longer name is nobody's, and then nothing is shared. */
#define HOST_MAX 300

/* The last probe that got no answer. */
struct silence {
    uint64_t number;
    char host[HOST_MAX];
    size_t host_len;
};

struct gate {
    _Atomic(enum state) state;
    struct limiter *turn; /* one at a time while unproven */
    pthread_mutex_t mutex;
    struct silence silence; /* under the mutex */
};

struct gate *gate_new(const struct clock *clock) {
    struct gate *gate = MEM_NEW(struct gate);
    gate->turn = limiter_new(clock, 1, 0);
    pthread_mutex_init(&gate->mutex, NULL);
    return gate;
}

void gate_free(struct gate *gate) {
    if (gate != NULL) {
        limiter_free(gate->turn);
        pthread_mutex_destroy(&gate->mutex);
        mem_free(gate);
    }
}

/* GATE_PROBE when nothing is known yet. */
static enum gate_pass known(struct gate *gate) {
    switch (atomic_load(&gate->state)) {
    case STATE_GOOD:
        return GATE_OPEN;
    case STATE_REFUSED:
        return GATE_CLOSED;
    case STATE_UNPROVEN:
        break;
    }
    return GATE_PROBE;
}

static uint64_t silences(struct gate *gate) {
    pthread_mutex_lock(&gate->mutex);
    uint64_t number = gate->silence.number;
    pthread_mutex_unlock(&gate->mutex);
    return number;
}

static void note_silence(struct gate *gate, struct str host) {
    struct silence *silence = &gate->silence;
    pthread_mutex_lock(&gate->mutex);
    silence->number++;
    silence->host_len = host.len <= HOST_MAX ? host.len : 0;
    memcpy(silence->host, host.ptr, silence->host_len);
    pthread_mutex_unlock(&gate->mutex);
}

/* Whether the host has given no answer since there were so many silences. */
static bool was_silent(struct gate *gate, struct str host, uint64_t before) {
    struct silence *silence = &gate->silence;
    pthread_mutex_lock(&gate->mutex);
    struct str silent = {silence->host, silence->host_len};
    bool shared = silence->number != before && silent.len > 0 && str_is(silent, host);
    pthread_mutex_unlock(&gate->mutex);
    return shared;
}

enum gate_pass gate_enter(struct gate *gate, struct str host, struct cancel *cancel) {
    enum gate_pass pass = known(gate);
    if (pass != GATE_PROBE) {
        return pass;
    }
    uint64_t before = silences(gate);
    if (limiter_acquire(gate->turn, cancel) != CANCEL_NONE) {
        return GATE_CANCELLED;
    }
    pass = known(gate);
    if (pass == GATE_PROBE && was_silent(gate, host, before)) {
        pass = GATE_SHARED;
    }
    if (pass != GATE_PROBE) {
        limiter_release(gate->turn);
    }
    return pass;
}

void gate_leave(struct gate *gate, struct str host, enum gate_pass pass, enum gate_result result) {
    enum state unproven = STATE_UNPROVEN;
    switch (result) {
    case GATE_GOOD: /* a reply that was late does not undo a refusal */
        (void)atomic_compare_exchange_strong(&gate->state, &unproven, STATE_GOOD);
        break;
    case GATE_BAD:
        atomic_store(&gate->state, STATE_REFUSED);
        break;
    case GATE_DOUBTFUL:
        (void)atomic_compare_exchange_strong(&gate->state, &unproven, STATE_REFUSED);
        break;
    case GATE_NO_ANSWER:
        note_silence(gate, host);
        break;
    case GATE_UNTOLD:
        break;
    }
    if (pass == GATE_PROBE) {
        limiter_release(gate->turn);
    }
}
