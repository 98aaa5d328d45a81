#ifndef REST_GATE_H
#define REST_GATE_H

#include "base/cancel.h"

/* Stands before a credential that must not be tried often: until one request has shown that it is
 * good only one is under way, and once it was refused nothing is sent with it any more (a Huawei
 * access key is locked for everybody after five bad signatures). Any thread. */
struct gate;

enum gate_pass {
    GATE_OPEN,   /* go; nothing is owed */
    GATE_PROBE,  /* go, and gate_leave is owed */
    GATE_CLOSED, /* the credential was refused before */
    GATE_CANCELLED
};

enum gate_result {
    GATE_GOOD,     /* the service took the credential */
    GATE_BAD,      /* it refused it */
    GATE_DOUBTFUL, /* it may have refused it: that counts against one that has never been good */
    GATE_UNTOLD    /* neither can be told */
};

struct gate *gate_new(const struct clock *clock);
/* No one may be waiting. NULL is harmless. */
void gate_free(struct gate *gate);
enum gate_pass gate_enter(struct gate *gate, struct cancel *cancel);
/* After every request, whatever gate_enter said. */
void gate_leave(struct gate *gate, enum gate_pass pass, enum gate_result result);

#endif
