#ifndef REST_GATE_H
#define REST_GATE_H

#include "base/cancel.h"
#include "base/str.h"

/* Stands before a credential that must not be tried often: until one request has shown that it is
 * good only one is under way, and once it was refused nothing is sent with it any more (a Huawei
 * access key is locked for everybody after five bad signatures). Who waits for another one's
 * request to a host that gives no answer shares its fate: one after the other, each would wait as
 * long. Any thread. */
struct gate;

enum gate_pass {
    GATE_OPEN,   /* go; nothing is owed */
    GATE_PROBE,  /* go, and gate_leave is owed */
    GATE_CLOSED, /* the credential was refused before */
    GATE_SHARED, /* this one waited for a request to the same host, which gave no answer */
    GATE_CANCELLED
};

enum gate_result {
    GATE_GOOD,     /* the service took the credential */
    GATE_BAD,      /* it refused it */
    GATE_DOUBTFUL, /* it may have refused it: that counts against one that has never been good */
    GATE_UNTOLD,   /* neither can be told */
    GATE_NO_ANSWER /* nor can it of anybody who waits for the same host */
};

struct gate *gate_new(const struct clock *clock);
/* No one may be waiting. NULL is harmless. */
void gate_free(struct gate *gate);
/* Blocks until it is this caller's turn. `host` is where its request goes. */
enum gate_pass gate_enter(struct gate *gate, struct str host, struct cancel *cancel);
/* After every request that gate_enter let go, to the same host. */
void gate_leave(struct gate *gate, struct str host, enum gate_pass pass, enum gate_result result);

#endif
