#ifndef CORE_ENDPOINT_CHANGE_H
#define CORE_ENDPOINT_CHANGE_H

#include "core/endpoint/outcome.h"

/* One request that carries what differs between old inputs and new ones; none when nothing does.
 * `before` is what was seen before it; when that was not asked and the request needs it (an object
 * that is sent whole), it is asked, and told there. `seen` is what was seen last (unseen when
 * nothing was sent). The answer alone proves nothing: change_answer or change_state judge it. */
enum err_code change_send(struct cloud_call *call, const struct value *olds,
                          const struct value *news, struct observation *before,
                          struct observation *seen) MUST_USE;
/* Compares an answer with what was asked: a field that the service ignored is an error that names
 * it. */
enum err_code change_answer(struct cloud_call *call, const struct value *olds,
                            const struct value *news, const struct observation *seen) MUST_USE;
/* Starts an endpoint that rests, and waits until it runs, whatever waitForReady says; one that is
 * on its way is only waited for. `seen` goes in as the endpoint was seen last, and comes out so,
 * whatever the result. */
enum err_code change_start(struct cloud_call *call, struct observation *seen) MUST_USE;
/* Pauses it, in turn, and waits until it rests. What is gone meanwhile is ERR_NOT_FOUND. `seen`
 * comes out as the endpoint was seen last. */
enum err_code change_rest(struct cloud_call *call, struct observation *seen) MUST_USE;
/* Why the wanted state is brought about. */
enum change_cause {
    CHANGE_GOES_ON, /* a create, or one that did not finish: act where the live state does not
                       suffice */
    CHANGE_MENDS,   /* the program is as before, and an earlier run did not finish: a state in a
                       word that nobody knows is asked for again */
    CHANGE_BESIDE,  /* something else was changed: besides, leave an endpoint awake that a request
                       woke */
    CHANGE_ASKED    /* the wish is new: act unless it is in that very state; restart a failed one */
};

/* What an update sent, by which its end is judged. */
struct change {
    const struct value *olds; /* what differs from them was sent; the same as `news`: nothing */
    const struct value *news;
    struct observation before; /* what was seen before that, if anybody looked */
    bool keeps_state; /* whether it runs, is paused or asleep is not the program's business */
    const struct str *ignored; /* ignoreChanges: nor is what these name */
    size_t ignored_count;
    bool is_sent;     /* all of it was, and taken */
    bool resets_wait; /* but for what a rest resets: that is sent when the state is brought about */
};

/* Whether it is about a setting of the endpoint, and not only about its state or this provider. */
bool change_carries_settings(struct cloud_call *call, const struct change *change);

/* Calls the operation that desiredState asks for when the live state differs, then waits. Of an
 * update that changed something (NULL: a create) a fresh look is the end: what was sent, or was
 * reset by pausing and resuming, and does not show for settle_ms is an error that names it, other
 * differences warn. With waitForReady false one look is made, and all of them warn. */
enum err_code change_state(struct cloud_call *call, struct observation *seen,
                           enum change_cause cause, const struct change *change) MUST_USE;

#endif
