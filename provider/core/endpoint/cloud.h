#ifndef CORE_ENDPOINT_CLOUD_H
#define CORE_ENDPOINT_CLOUD_H

#include "base/ctx.h"
#include "core/endpoint/ledger.h"
#include "core/endpoint/price_list.h"
#include "core/methods/provider.h"
#include "core/tables.h"

struct cloud;
struct config;

/* How sure it is that this call made the endpoint. */
enum creation_proof {
    CREATION_UNPROVEN = 0, /* no create was sent, or nobody knows what became of it */
    CREATION_FOUND,        /* the answer was lost; what was found looks like it */
    CREATION_PROVEN        /* the answer names its id, or it carries this create's nonce */
};

/* How far this call has come with the delete; it only grows. */
enum removal {
    REMOVAL_NONE = 0, /* none is meant */
    REMOVAL_MEANT,    /* one is about to be sent, or was */
    REMOVAL_KNOWN,    /* the service may have carried one out, or itself knows no endpoint */
    REMOVAL_ACCEPTED  /* one was answered with success, in the documented shape */
};

/* What an endpoint costs, as Create and Update asked (core/endpoint/price.h). */
struct call_price {
    bool is_asked; /* what was not told is left out; else the state's is carried over */
    struct price told;
};

/* Seconds since 1970; `until` 0: now. */
struct time_span {
    int64_t from;
    int64_t until;
};

/* What gave a call its time. */
enum limit_source {
    LIMIT_FIXED = 0, /* nothing that anybody sets: there is none, or it is a question's */
    LIMIT_OPTION,    /* the resource option customTimeouts */
    LIMIT_INPUT,     /* the input `timeouts` */
    LIMIT_SETTING,   /* inference:timeout */
    LIMIT_USUAL      /* the cloud's table */
};

struct time_limit {
    enum limit_source source;
    double seconds;
    int64_t end_ms; /* as cancel_deadline */
};

/* Everything one method call needs to talk to one cloud about one endpoint. Lives in the call's
 * arena. */
struct cloud_call {
    struct ctx *ctx;
    const struct cloud *cloud;
    const struct config *config;
    const struct prop_table *props; /* of the resource that it is about: the endpoint's */
    const struct rest_session *session;
    struct value
        *params;   /* template parameters only: scope, id parts, name, what operations take */
    struct str id; /* empty before a create is done */
    struct str urn;
    struct str mark; /* of the entry in the state (core/endpoint/entry_mark.h); may be empty */
    struct str create_mark; /* what this call's create carries (core/endpoint/mark.h), or empty */
    void *account;          /* what the cloud keeps between calls (account_new), or NULL */
    void *own;              /* what the cloud's hooks tell each other (call_size), or NULL */
    struct ledger *ledger;  /* of what is in the state */
    const struct value *recorded; /* the outputs in the state, or NULL */
    const struct value *inputs; /* the wanted inputs, unwrapped of nothing: secrets stay flagged */
    const struct prop_table *arguments; /* what `inputs` are of a function's, or NULL */
    bool may_be_cached;                 /* a look a few seconds old will do (Read) */
    bool is_function;                   /* it looks up what resources take: perhaps their scope */
    enum creation_proof creation;
    enum removal removal;
    int64_t removal_ms;          /* when the first request for it was begun, as now_ms; 0: none */
    bool was_absent;             /* a delete found nothing, and none before it can have done it */
    const struct auth_row *auth; /* the credential of the session, or NULL */
    const char *phase;           /* member of the input `timeouts` that counts, or NULL */
    struct time_limit limit;
    struct flight_group *said; /* what is told once in the life of the process */
    struct price_list *prices; /* that the account was told */
    struct call_price price;
    struct sweeps *sweeps;         /* of the cloud's list (core/endpoint/sweep.h) */
    bool changed;                  /* the endpoint was, or may have been, changed (cloud_change) */
    int64_t started_wall;          /* seconds, for telling our object from an older one */
    struct time_span create_times; /* when what its create made can have been made */
    bool perhaps_made; /* a create was sent, and nobody knows whether it was carried out */
};

/* What is known of the endpoint after a look, or after the answer to a request. */
enum observation_kind {
    OBSERVATION_UNSEEN = 0, /* nobody has looked */
    OBSERVATION_SEEN,       /* the cloud showed it */
    OBSERVATION_GONE        /* proven not to exist */
};

struct observation {
    enum observation_kind kind;
    /* All below only of what was seen: the live object, and how it is by the state table. */
    const struct value *wire;
    enum state_class state;
    struct str state_word;
    bool is_stale;        /* it may still show what was there before a change (state: pending) */
    bool is_look;         /* by a read of its own, not by the answer to a change (cloud_observe) */
    int64_t asked_ms;     /* when that read was begun, as now_ms */
    int64_t date_seconds; /* when its reply was sent, by the service's clock; 0: it does not say */
};

/* Check failures found so far. Their formats are those of base/words.h. */
struct failures;
void failures_add(struct failures *failures, struct str path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, with the value that is wrong behind it: ", is -1", "; is \"a\"". A secret, or NULL, is
 * not told. */
void failures_add_value(struct failures *failures, struct str path, const struct value *value,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A warning about what is at that path, told at the end of the check and only when nothing is wrong
 * there: what fails is not passed on. */
void failures_warn(struct failures *failures, struct str path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct path_list {
    struct str *paths;
    size_t count;
};

/* One Check, for the rules that a table row cannot say. */
struct cloud_check {
    struct ctx *ctx;
    const struct cloud *cloud;
    const struct config *config;
    const struct value *olds; /* the inputs in the state, or NULL or empty */
    /* The outputs in the state, or NULL, which older engines always tell: for the words of a
     * failure, never for whether there is one. */
    const struct value *old_outputs;
    const struct value *inputs; /* may hold unknowns: a rule over one of them is skipped */
    struct failures *failures;
};
/* The paths whose change would replace the endpoint, as Diff will say; none for a new one. */
struct path_list check_replacing(const struct cloud_check *check);

/* How a change of what has an operation of its own (the flag `switched`) comes about. */
struct switch_plan {
    bool in_place;
    struct words words; /* for the preview; empty when there is nothing to say */
};
struct cloud_switching {
    /* Both sides of a difference; `outputs` may be NULL, unknowns among the news. Pure. */
    struct switch_plan (*plan)(struct ctx *ctx, const struct value *outputs,
                               const struct value *olds, const struct value *news);
    /* Do these outputs show one that is under way? Pure; NULL shows none. */
    bool (*is_under_way)(const struct value *outputs);
    /* How long one may take at most. Pure. */
    int64_t (*usual_ms)(const struct value *news);
    /* Fails when the switch to what the news ask for would. Nothing is changed by it, but that an
     * endpoint that has to run for it is started, where it may be, and waited for: *seen is then as
     * seen last, whatever the result, and else as it was. */
    enum err_code (*rehearse)(struct cloud_call *call, const struct value *news, bool may_start,
                              struct observation *seen);
    /* Switches, and with waitForReady waits for the end, of one that was begun before, too. Not
     * asked (nothing of it changed in the program): somebody else's switch is left alone. `seen`
     * comes out as last seen, whatever the result. */
    enum err_code (*carry_out)(struct cloud_call *call, const struct value *news, bool is_asked,
                               struct observation *seen);
};

/* What a table row cannot say. Every hook may be NULL: then the default, named beside it, applies.
 * Hooks run on the calling thread. Those that get a call or a session may call the cloud, but for
 * adjust_*. */
struct cloud_hooks {
    /* What a cloud keeps between calls of one configured process: caches, bought tokens (nothing).
     * Shared by all threads. */
    void *(*account_new)(const struct clock *clock);
    void (*account_free)(void *account);
    /* Size of what the hooks of one call tell each other: zeroed memory of the call (0: none). */
    size_t call_size;
    /* Credentials that have to be fetched first, and what to do when they are refused (nothing).
     * See rest_session. */
    enum err_code (*authorize)(struct ctx *ctx, const struct rest_session *session,
                               struct sign_credential *credential);
    bool (*renew)(struct ctx *ctx, const struct rest_session *session,
                  const struct sign_credential *used);
    /* Carries out a function whose answer takes more than one operation (the row's operation). */
    enum err_code (*invoke)(struct cloud_call *call, const struct function_row *function,
                            const struct value *args, const struct value **out_wire);
    /* Rules across properties (nothing). */
    void (*check)(const struct cloud_check *check);
    /* The wanted state where it has a second, deprecated spelling; empty when the inputs say none
     * (desiredState). */
    struct str (*desired)(const struct value *inputs);
    /* Completes the scope from what only the cloud knows (nothing). Parameters still missing after
     * it are an error. */
    enum err_code (*complete_scope)(struct cloud_call *call);
    /* Asked before an endpoint is deleted for the one that replaces it: ERR_INVALID when that can
     * never be made; any other failure means that nobody knows (nothing). All inputs are known. */
    enum err_code (*verify_successor)(struct cloud_call *call, const struct value *news);
    /* Last word on the create body that was encoded from the table (nothing). */
    void (*adjust_create)(struct cloud_call *call, const struct value *inputs, struct value *body);
    /* Last word on the update body (nothing). An empty body means nothing is sent. */
    void (*adjust_update)(struct cloud_call *call, const struct value *old_inputs,
                          const struct value *news, struct value *body);
    /* A live object as the rows expect it, where the service shows one thing in several ways (as it
     * came). Pure. */
    const struct value *(*normalise)(struct ctx *ctx, const struct value *wire);
    /* Reads the endpoint (operation "get", or while its id is not known the list; a 404 counts when
     * the list that proves it lacks the endpoint). */
    enum err_code (*observe)(struct cloud_call *call, struct observation *out);
    /* Sends the create (cloud_create_default). Sets call->id as soon as it is known. */
    enum err_code (*create)(struct cloud_call *call, const struct value *body,
                            struct observation *out);
    /* Carries out a change (operation "update" with the body). */
    enum err_code (*update)(struct cloud_call *call, const struct value *old_inputs,
                            const struct value *news, const struct value *body,
                            struct observation *out);
    /* Starts a failed endpoint again (the operation of its wanted state). */
    enum err_code (*revive)(struct cloud_call *call, struct observation *out);
    /* Removes the endpoint (operation "delete"). */
    enum err_code (*remove)(struct cloud_call *call);
    /* Outputs that follow from others, such as `target` (nothing). Pure: also used in previews,
     * where parts are unknown; the inputs tell which of them no program has set. */
    void (*derive)(struct ctx *ctx, const struct config *config, const struct value *inputs,
                   struct value *outputs);
    /* Leaves one of two spellings where the service shows one thing twice: the one that the inputs
     * use (nothing). `decoded` holds live values, private to the callee down to the first level. */
    void (*choose_spelling)(struct ctx *ctx, const struct value *inputs, struct value *decoded);
    /* The same for the look after an update, where the new inputs no longer say the thing: as the
     * old ones spell it (nothing). `olds` may be NULL. */
    void (*choose_taken_out)(struct ctx *ctx, const struct value *olds, const struct value *news,
                             struct value *decoded);
    /* Old inputs as the new ones spell them, where both say the same of a thing that can be said in
     * two ways (as they are). `outputs` (NULL: not told) say what the service made of what no
     * program said. Pure; parts may be unknown. */
    const struct value *(*respell)(struct ctx *ctx, const struct value *olds,
                                   const struct value *news, const struct value *outputs);
    /* Inputs of an import, after the table's decoding (nothing). */
    void (*adjust_import)(struct ctx *ctx, const struct observation *seen, struct value *inputs);
    /* Inputs of a refresh, after the table's merging (nothing). */
    void (*adjust_refresh)(struct ctx *ctx, const struct observation *seen,
                           const struct value *old_inputs, struct value *inputs);
    /* What to do instead of a replacement by the engine, as what an error says a change takes;
     * NULL: nothing is against one (NULL). */
    const char *(*instead_of_replace)(const struct value *inputs);
    /* Whether the endpoint that is replaced holds what the new one needs and one alone can have
     * (false). */
    bool (*holds_needed)(const struct value *olds, const struct value *news);
    /* Whether a live state satisfies the wanted one beyond the state table (false). */
    bool (*state_suffices)(const struct value *inputs, struct str desired, enum state_class state);
    /* What is `switched` (it replaces). */
    const struct cloud_switching *switching;
};

struct cloud {
    const struct cloud_tables *tables;
    struct cloud_hooks hooks;
};

/* The operation row of that name; NULL when the cloud has none. */
const struct operation *cloud_operation(const struct cloud *cloud, const char *name);
/* Calls an operation with the call's parameters and session. */
enum err_code cloud_send(struct cloud_call *call, const char *operation, const struct value *body,
                         struct rest_reply *reply) MUST_USE;
/* The same for an operation that changes the endpoint: call->changed tells from now on that one
 * was, or may have been, carried out. */
enum err_code cloud_change(struct cloud_call *call, const char *operation, const struct value *body,
                           struct rest_reply *reply) MUST_USE;
/* The same, and a change that is refused while the endpoint is still on its way is sent again when
 * it is no more, within the call's deadline. */
enum err_code cloud_change_in_turn(struct cloud_call *call, const char *operation,
                                   const struct value *body, struct rest_reply *reply) MUST_USE;
/* The tries of one change that may be refused while the endpoint is on its way. */
struct cloud_turn {
    bool is_second; /* sent again although no look showed the endpoint on its way */
};
/* Was a change refused because the endpoint was on its way, and is that over? A refusal that says
 * so counts once even if the look finds the endpoint at rest: it may just have come to it. The
 * error stays as it is otherwise. */
bool cloud_was_busy(struct cloud_call *call, const struct rest_reply *reply,
                    struct cloud_turn *turn);
/* Takes a reply's result for the live object; false when it is none (it tells no state, or another
 * name). A reply without the documented shape proves nothing, neither presence nor absence. */
bool cloud_observe_reply(struct cloud_call *call, const struct rest_reply *reply,
                         struct observation *out);
/* What a wire object says: seen, in the state that its word means. */
struct observation cloud_classify(const struct cloud *cloud, const struct value *wire);

/* When a live object was made, in seconds since 1970; negative when it does not say. */
int64_t cloud_created_at(const struct cloud *cloud, const struct value *wire);

/* An input as the tables write one: text, a number's digits, true or false; empty of anything else.
 * In the arena. */
struct str cloud_input_text(struct arena *arena, const struct value *value);
/* Whether one of the exceptions is about the endpoint, by its inputs. */
bool cloud_is_excepted(const struct cloud_call *call, const struct endpoint_exception *exceptions,
                       size_t count);
/* The value of desiredState, or its default. */
struct str cloud_desired_state(const struct cloud *cloud, const struct value *inputs);

/* The same for the answer to a look, where anything else is an error. */
enum err_code cloud_observe_answer(struct cloud_call *call, const struct rest_reply *reply,
                                   struct observation *out) MUST_USE;
/* The list shows an endpoint that a look does not find. */
enum err_code cloud_fail_unreadable(struct cloud_call *call, struct words which) MUST_USE;
/* The list lacks an endpoint of which `what` happened at `since`, in seconds since 1970 or -1:
 * fails while that is so new that the list may not have it yet. `which` names it in the message. */
enum err_code cloud_refuse_unlisted(struct cloud_call *call, struct words which, const char *what,
                                    int64_t since) MUST_USE;
/* The same for the endpoint of the call, since its creation. */
enum err_code cloud_refuse_new(struct cloud_call *call) MUST_USE;
/* Reads the endpoint the cloud's way: *out says how it is, or that it is proven gone. */
enum err_code cloud_observe(struct cloud_call *call, struct observation *out) MUST_USE;

/* The defaults, for hooks that add to them. */
enum err_code cloud_observe_default(struct cloud_call *call, struct observation *out) MUST_USE;
/* Operation "create". One whose outcome is unknown is looked for: by its mark, or else by name. */
enum err_code cloud_create_default(struct cloud_call *call, const struct value *body,
                                   struct observation *out) MUST_USE;
/* What a change is told that met no endpoint, as far as its own answer says. */
#define CLOUD_DELETED_BY_HAND \
    "If it was deleted by hand, run pulumi refresh; pulumi up then makes it anew."
/* A change was answered with "not found". ERR_OK when the endpoint is proven gone (the caller says
 * what to do then); while it is there, that answer's own error. */
enum err_code cloud_prove_missing(struct cloud_call *call, struct observation *out) MUST_USE;
enum err_code cloud_update_default(struct cloud_call *call, const struct value *old_inputs,
                                   const struct value *news, const struct value *body,
                                   struct observation *out) MUST_USE;
/* Operation "delete". Where a name is the id, one that may have been carried out is sent again only
 * when a look shows that its endpoint is still there. */
enum err_code cloud_remove_default(struct cloud_call *call) MUST_USE;
/* Where a name is the id: whether what a look shows was made after the call's delete was sent, both
 * by the service's own clock. */
bool cloud_is_made_since(const struct cloud_call *call, const struct observation *seen);
/* Whether a refusal (the reply to the call's latest request) is the service's own: it has a code
 * or, where a service has none, a message in its place. What something on the way answers has
 * neither, and proves nothing. */
bool cloud_is_own_refusal(const struct cloud_call *call, const struct rest_reply *reply);

#endif
