#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

/* A cancellation token with an optional deadline: the one thing every wait in the process listens
 * to. Tokens form a tree of two levels: tripping the root (Cancel, signal) trips every call's
 * token. */
struct cancel;

enum cancel_reason { CANCEL_NONE = 0, CANCEL_TRIPPED, CANCEL_DEADLINE };

/* `parent` may be NULL; it must outlive the child. A child of a tripped parent is born tripped. */
struct cancel *cancel_new(struct cancel *parent, const struct clock *clock);
/* Unregisters from the parent. NULL is harmless. No waiter or listener may be left. */
void cancel_free(struct cancel *cancel);
/* The token's own: a parent's deadline does not reach its children, and a deadline that passes runs
 * no listener (who listens keeps an eye on cancel_deadline). Absolute, in the clock's now_ms; an
 * earlier deadline that is already set stays. INT64_MAX = none. */
void cancel_set_deadline(struct cancel *cancel, int64_t deadline_ms);
int64_t cancel_deadline(const struct cancel *cancel);
/* Wakes all waiters and runs all listeners (in the tripping thread, not holding the token's lock
 * longer than needed to read the list). Any thread, any number of times; not from a signal handler.
 */
void cancel_trip(struct cancel *cancel);
enum cancel_reason cancel_state(struct cancel *cancel);
/* Sleeps; returns CANCEL_NONE when the time passed, else why it ended early. */
enum cancel_reason cancel_sleep(struct cancel *cancel, int64_t delay_ms);

/* A listener is embedded by who waits for something else as well (the transport). The callback must
 * be short, must not take locks that are held while calling cancel_*, and may run at once when the
 * token is already tripped. */
struct cancel_listener {
    void (*on_trip)(struct cancel_listener *self);
    struct cancel_listener *next;
    struct cancel_listener *prev;
};
void cancel_listen(struct cancel *cancel, struct cancel_listener *listener);
/* After it returns the callback is not running (but in this very thread) and will not run. Harmless
 * when the token has called the listener already. */
void cancel_unlisten(struct cancel *cancel, struct cancel_listener *listener);

#endif
