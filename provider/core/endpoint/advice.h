#ifndef CORE_ENDPOINT_ADVICE_H
#define CORE_ENDPOINT_ADVICE_H

#include "core/endpoint/cloud.h"

/* What the user can do next, by who called: a stack, or `pulumi do --stateless`, which keeps no
 * state that an `up` or a refresh could go on from. Texts without a full stop unless it says so, in
 * the call's arena; pure. */

/* Whether who called keeps a state. */
bool advice_has_state(const struct cloud_call *call);
/* "run pulumi up again" */
struct words advice_again(const struct cloud_call *call);
/* "pulumi refresh": the command that shows what is there. */
struct words advice_look(const struct cloud_call *call);
/* "pulumi up goes on waiting for it" */
struct words advice_follow(const struct cloud_call *call);
/* "the next pulumi up" */
struct words advice_next_run(const struct cloud_call *call);
/* Whether a create that may have been carried out leaves an entry that is looked for
 * (core/endpoint/unconfirmed.h). */
bool advice_is_kept(const struct cloud_call *call);
/* What to do about an endpoint that perhaps exists, behind a message that names it; empty where an
 * entry is kept. */
struct words advice_perhaps_made(const struct cloud_call *call);
/* What becomes of an endpoint that was waited for in vain. */
struct words advice_waited(const struct cloud_call *call);
/* The same of one that is still there after a delete. */
struct words advice_undeleted(const struct cloud_call *call);
/* About an endpoint in a bad state, as sentences; empty for any other state. */
struct words advice_state(const struct cloud_call *call, enum state_class state);
/* What to do when the state's endpoint is gone and nothing proves it, as a sentence behind a blank;
 * empty where no stack holds it. */
struct words advice_drop(const struct cloud_call *call);
/* " in region r, projectId p": where was looked for what is not there; empty where `what` is a
 * whole id, which says it itself. */
struct words advice_place(const struct cloud_call *call, struct str what);
/* Adds to the error of a create what exists all the same, for who has no state. */
void advice_tell_stray(struct cloud_call *call);

/* The call's endpoint does not exist any more. */
enum err_code advice_fail_gone(struct cloud_call *call) MUST_USE;

#endif
