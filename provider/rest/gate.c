#include "rest/gate.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "rest/limiter.h"

enum state { STATE_UNPROVEN, STATE_GOOD, STATE_REFUSED };

struct gate {
    _Atomic(enum state) state;
    struct limiter *turn; /* one at a time while unproven */
};

struct gate *gate_new(const struct clock *clock) {
    struct gate *gate = MEM_NEW(struct gate);
    gate->turn = limiter_new(clock, 1, 0);
    return gate;
}

void gate_free(struct gate *gate) {
    if (gate != NULL) {
        limiter_free(gate->turn);
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

enum gate_pass gate_enter(struct gate *gate, struct cancel *cancel) {
    enum gate_pass pass = known(gate);
    if (pass != GATE_PROBE) {
        return pass;
    }
    if (limiter_acquire(gate->turn, cancel) != CANCEL_NONE) {
        return GATE_CANCELLED;
    }
    pass = known(gate);
    if (pass != GATE_PROBE) {
        limiter_release(gate->turn);
    }
    return pass;
}

void gate_leave(struct gate *gate, enum gate_pass pass, enum gate_result result) {
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
    case GATE_UNTOLD:
        break;
    }
    if (pass == GATE_PROBE) {
        limiter_release(gate->turn);
    }
}
