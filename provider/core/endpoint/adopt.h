#ifndef CORE_ENDPOINT_ADOPT_H
#define CORE_ENDPOINT_ADOPT_H

#include "core/endpoint/look.h"
#include "core/endpoint/outcome.h"

/* Creates: whose is an endpoint that is found, and what to do about it. Never takes over what it
 * cannot prove. */

enum adopt_verdict {
    ADOPT_ABSENT, /* proven not to be there */
    ADOPT_OURS,   /* made by this very call */
    ADOPT_FOREIGN
};

/* Looks for what a create may have made: by its mark where names repeat, else by name. `mark` is
 * empty where endpoints carry none; then `perhaps_done` says whether a request of this call may
 * have been carried out, without which only one with a random name is ours. ADOPT_OURS sets
 * call->id and clears ctx->error, all others leave the error as it was. Works for a moment even
 * when the call is cancelled. Fails with ERR_UNCERTAIN, naming the endpoint. */
enum err_code adopt_look_up(struct cloud_call *call, struct str mark, bool perhaps_done,
                            enum look_patience patience, struct observation *out,
                            enum adopt_verdict *verdict) MUST_USE;
/* The endpoint in a message: its id, or while it has none its name, and its mark. */
struct words adopt_words(struct cloud_call *call, struct str mark);
/* What went wrong, as a sentence that another one can follow, without the advice to look
 * (CLIENT_LOOK_FIRST): what follows tells what the look has shown. */
struct words adopt_failure(struct cloud_call *call, const struct error *error);
/* The ways out of a clash, as an error. */
enum err_code adopt_refuse(struct cloud_call *call, const struct observation *seen) MUST_USE;
/* Whether the program says adoptExisting. */
bool adopt_is_wanted(const struct cloud_call *call);
/* With adoptExisting: makes the existing endpoint match the inputs, in place. Refuses when that
 * takes a replacement. */
enum err_code adopt_take_over(struct cloud_call *call, struct observation *seen) MUST_USE;
/* Tells the ledger of an entry of the state by its outputs: its mark, and whether it may have taken
 * the endpoint over from another entry. */
void adopt_note_entry(struct ledger *ledger, struct str urn, struct str id,
                      const struct value *outputs);
/* The endpoints of the scope with exactly this mark: a list of ids (what the service made), from
 * the list that all who look at the same time share. None needs a list that has held still. */
enum err_code adopt_find_marked(struct cloud_call *call, struct str mark,
                                struct value **out_ids) MUST_USE;

#endif
