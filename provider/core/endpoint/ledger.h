#ifndef CORE_ENDPOINT_LEDGER_H
#define CORE_ENDPOINT_LEDGER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"

/* What the engine has told this process of the endpoints in the stack's state: which there are (by
 * Diff, Read, Update, Delete), and which of them Diff has found to be replaced. So a create does
 * not mistake the endpoint that it is about to replace for one that an earlier run left behind. Any
 * thread. */
struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);
/* Forgets everything: another engine's configuration may be about another stack. */
void ledger_clear(struct ledger *ledger);

/* The program declares the resource: the next Diff of it compares the state with the program. */
void ledger_note_check(struct ledger *ledger, struct str urn);
/* The resource's endpoint is in the state. */
void ledger_note_id(struct ledger *ledger, struct str urn, struct str id);
/* The same of one that this run made, or brings in: unless the state held it before, that the
 * credentials see it tells nothing of what else they should see. */
void ledger_note_new(struct ledger *ledger, struct str urn, struct str id);
/* As ledger_note_id, by a Diff that found out whether the endpoint is replaced. True when that
 * counts: only after a Check of its own, for a refresh calls Diff with old and new swapped, and
 * without one. */
bool ledger_note_diff(struct ledger *ledger, struct str urn, struct str id, bool replaces);

/* The program gives the resource a name that exists once: `name` is whole, with cloud and scope. A
 * later claim of the same resource takes the place of an earlier one. Returns false when another
 * resource has claimed it; its URN is copied into the arena. */
bool ledger_claim_name(struct ledger *ledger, struct str name, struct str urn, struct arena *arena,
                       struct str *holder);
/* An entry of the state about the resource's endpoint carries this mark
 * (core/endpoint/entry_mark.h); none counts as one of its own. */
void ledger_note_mark(struct ledger *ledger, struct str urn, struct str id, struct str mark);
/* The same of an entry that stays until it is released itself: the program declares its resource,
 * or it takes over what exists (adoptExisting). It counts for every resource: one that was renamed
 * is deleted under its former name, and its endpoint may be in the state under the new one, too (by
 * an import, or taken over by a run that was cut off). One without a mark can be released only
 * under this URN; so of one that may be replaced, and deleted under its former URN, say
 * ledger_note_mark. */
void ledger_note_declared(struct ledger *ledger, struct str urn, struct str id, struct str mark);
/* The same of the entry that a Create has just made, and has taken over. */
void ledger_note_created(struct ledger *ledger, struct str urn, struct str id, struct str mark);
/* The entry with this mark goes: it is forgotten. True while another entry holds the endpoint,
 * which then has to stay. */
bool ledger_release(struct ledger *ledger, struct str urn, struct str id, struct str mark);
/* The same of one whose Delete begins; unless it is held, nobody takes it over before that ends. */
bool ledger_begin_delete(struct ledger *ledger, struct str urn, struct str id, struct str mark);
void ledger_end_delete(struct ledger *ledger, struct str id);
/* As ledger_note_declared, of the entry of a Create that takes the endpoint over. False, and
 * nothing is noted, while it is being deleted. */
bool ledger_take_over(struct ledger *ledger, struct str urn, struct str id, struct str mark);

/* What the program asks for in the place of this endpoint, or of it: a copy is kept until the
 * resource is made or updated, or noted anew. Without an id: of whichever endpoint of the resource
 * is deleted next. */
void ledger_note_successor(struct ledger *ledger, struct str urn, struct str id,
                           const struct value *inputs);
/* The resource is being made or updated: what comes after that is no replacement's first half. */
void ledger_forget_successor(struct ledger *ledger, struct str urn);
/* A copy in the arena; NULL when nothing is noted. */
const struct value *ledger_successor(struct ledger *ledger, struct str urn, struct str id,
                                     struct arena *arena);

/* The endpoint may be left over from an earlier run of the resource, as others may: `words` tell of
 * it once the state has turned out to hold the others. */
void ledger_note_guess(struct ledger *ledger, struct str urn, struct str id, struct str words);
/* When exactly one of these is left that is not in the state: true, its words in the arena, and all
 * of them are forgotten. */
bool ledger_take_guess(struct ledger *ledger, struct str urn, struct arena *arena,
                       struct str *words);

struct ledger_entry {
    bool known;    /* in the state */
    bool replaced; /* to be replaced, Diff says */
};
/* Whether any resource's endpoint with that id is in the state. */
bool ledger_holds_id(struct ledger *ledger, struct str id);
/* Whether one was before this run made or brought in anything. */
bool ledger_had_id(struct ledger *ledger, struct str id);
/* Which resource that was when it was last heard of: its URN in the arena, empty when the endpoint
 * is in no state or was let go. */
struct str ledger_owner(struct ledger *ledger, struct str id, struct arena *arena);
/* Whether the program has been seen to declare the resource. */
bool ledger_is_declared(struct ledger *ledger, struct str urn);
/* This process changes, or has made, the endpoint: a list that was read before says nothing of it
 * any more. */
void ledger_note_change(struct ledger *ledger, struct str id);
bool ledger_has_changed(struct ledger *ledger, struct str id);
/* All that is known of the resource's endpoint; nothing of one that was never noted. */
struct ledger_entry ledger_find(struct ledger *ledger, struct str urn, struct str id);

#endif
