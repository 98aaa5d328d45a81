#ifndef CLOUDS_TIR_INTERNAL_H
#define CLOUDS_TIR_INTERNAL_H

#include "core/endpoint/cloud.h"
#include "core/props/prop.h"

/* The parts of the TIR adapter. `inputs` everywhere may be inputs, outputs or decoded live values:
 * they have the same names. */

/* --- facts.c: what the data of tir.yaml says; constant, any thread. --- */

/* A property by dotted path, or its default, or NULL; an unknown value on the way is the result. */
const struct value *tir_effective(const struct value *inputs, const char *path);
/* Text of the same; empty when it is none. */
struct str tir_text(const struct value *inputs, const char *path);
bool tir_is_true(const struct value *inputs, const char *path);
/* The framework in the service's spelling; empty when it is not set or not known yet. */
struct str tir_framework(const struct value *inputs);
/* What is known of the framework: a map, or NULL. */
const struct value *tir_facts(const struct value *inputs);
/* The key under which users write a framework of the service; its own word when there is none. */
struct str tir_framework_key(struct str wire);
/* serverVersion, or its deprecated place. */
struct str tir_server_version(const struct value *inputs);
/* The framework's own image, or empty. */
struct str tir_image(const struct value *inputs);
/* Whether the framework serves the huggingFaceId of the inputs, rather than one of its own or none.
 */
bool tir_takes_model(const struct value *facts);
/* The id that is sent. */
struct str tir_model(const struct value *inputs);
/* What VLLM serves when nothing is said. */
struct str tir_serve_type(const struct value *inputs);
/* "integer", "number", "boolean" or "string"; empty for an argument that is not known. */
struct str tir_argument_type(struct str name);
bool tir_is_committed(const struct value *inputs);
/* Whether the former spelling of desiredState asks for a stop. */
bool tir_stops(const struct value *inputs);
/* Digits without sign or leading zeros, more than 0. */
bool tir_is_number(struct str text);

/* --- arguments.c --- */

/* An engine argument as it is sent: text becomes what the argument is known to be. */
const struct value *tir_argument(struct arena *arena, struct str name, const struct value *value);
/* A list of words as the text that is sent: JSON, empty for none, text as it is. */
struct str tir_words_text(struct arena *arena, const struct value *words);
/* The list that JSON text says; NULL when it says none. */
const struct value *tir_parse_words(struct arena *arena, struct str text);

/* --- request.c --- */

/* The whole form: body of create, patch and update. Private to the caller. `location` stands in for
 * one that the inputs lack. */
struct value *tir_request(struct ctx *ctx, const struct value *inputs, struct str location);
/* Whether `after` has a member that `before` lacks or has otherwise: what it leaves out stays. */
bool tir_asks_for_more(const struct value *before, const struct value *after);
/* Whether two forms differ in what the form sets, and in what only the scaling actions set. */
bool tir_form_differs(struct arena *arena, const struct value *a, const struct value *b);
bool tir_scaling_differs(const struct value *a, const struct value *b);
/* Whether two forms ask for different plans: machines, terms, or the framework that they are of. */
bool tir_plan_differs(const struct value *a, const struct value *b);
/* Operation and body of the scaling action that the form asks for. */
const char *tir_scaling_action(struct arena *arena, const struct value *form,
                               const struct value **body);

/* --- queues.c: asynchronous requests; pure, results live in the arena. --- */

/* Body of the action that sets the queues; empty where the inputs leave them alone. */
const struct value *tir_queues(struct ctx *ctx, const struct value *inputs);
/* Whether the new inputs ask for other queues than the old ones. */
bool tir_queues_differ(struct ctx *ctx, const struct value *old_inputs, const struct value *news);
/* Takes queues that are off out of live values where the inputs say nothing of them. */
void tir_choose_queues(const struct value *inputs, struct value *decoded);
void tir_check_queues(const struct value *inputs, struct failures *failures);

/* --- attach.c: what is attached by calls of its own; results live in the arena. --- */

/* Whether the new inputs ask for other things to be attached than the old ones. Pure. */
bool tir_attached_differ(const struct value *old_inputs, const struct value *news);
/* Adds to a live object what is attached of the kinds that the call's inputs, or the outputs in the
 * state, say. Blocking and cancellable. */
enum err_code tir_show_attached(struct cloud_call *call, struct observation *seen) MUST_USE;
/* Puts what was seen to be attached into the answer to a change, which does not show it. */
void tir_keep_attached(struct arena *arena, const struct observation *before,
                       struct observation *after);
/* Where the new inputs differ: attaches what is missing, then detaches what is too many. `seen`
 * comes out with what is attached then, whatever the result. Blocking and cancellable. */
enum err_code tir_attach(struct cloud_call *call, const struct value *old_inputs,
                         const struct value *news, struct observation *seen) MUST_USE;
/* After a create, whose answer may be the last look: waits until what the inputs say shows, for as
 * long as an old state may linger after a change. `seen` comes out with what is attached then.
 * Blocking and cancellable. */
enum err_code tir_await_attached(struct cloud_call *call, struct observation *seen) MUST_USE;
/* Whether an address that `news` asks for is that of the endpoint with `olds`. Pure. */
bool tir_holds_needed(const struct value *olds, const struct value *news);
void tir_check_attached(struct ctx *ctx, const struct value *inputs, struct failures *failures);

/* --- check.c, check_model.c, check_plan.c: rules across properties --- */

void tir_check(const struct cloud_check *check);
void tir_check_model(struct ctx *ctx, const struct value *inputs, struct failures *failures);
void tir_check_plan(const struct cloud_check *check);

/* --- normalise.c, spelling.c, target.c: hooks for replies and outputs --- */

const struct value *tir_normalise(struct ctx *ctx, const struct value *wire);
void tir_choose_spelling(struct ctx *ctx, const struct value *inputs, struct value *decoded);
const struct value *tir_respell(struct ctx *ctx, const struct value *olds, const struct value *news,
                                const struct value *outputs);
void tir_adjust_import(struct ctx *ctx, const struct observation *seen, struct value *inputs);
void tir_adjust_refresh(struct ctx *ctx, const struct observation *seen,
                        const struct value *old_inputs, struct value *inputs);
void tir_derive(struct ctx *ctx, const struct config *config, const struct value *inputs,
                struct value *outputs);

/* --- layout.c --- */

/* The hooks of the account: which layout of the API answers is known for the life of a process. */
void *tir_account_new(const struct clock *clock);
void tir_account_free(void *account);
/* Sets what the addresses of the call's requests take (`base`, `queryProject`). May ask the service
 * once whether the newer layout answers. Blocking and cancellable; fails where the older one is
 * wanted and no team is known. */
enum err_code tir_choose_layout(struct cloud_call *call, struct str project) MUST_USE;

/* --- observe.c --- */

/* What one call to TIR remembers of what it has done: call->own. Zero: nothing. */
struct tir_call {
    bool changing;          /* a change was sent: what follows says how it was before */
    struct str time_before; /* the endpoint's own time of its change before that */
    int64_t changed_ms;     /* when the change was sent */
};

enum err_code tir_observe(struct cloud_call *call, struct observation *out) MUST_USE;
/* Before a change: from now on a look that shows `before`'s time of change is a stale read. */
void tir_note_change(struct cloud_call *call, const struct observation *before);
/* A stale read shows the state from before the change: for a while it counts as pending. */
void tir_mask_stale_read(const struct cloud_call *call, struct observation *seen);

/* --- change.c --- */

enum err_code tir_create(struct cloud_call *call, const struct value *body,
                         struct observation *out) MUST_USE;
/* Whether the new inputs ask for a restart. */
bool tir_restarts(const struct value *old_inputs, const struct value *news);
enum err_code tir_update(struct cloud_call *call, const struct value *old_inputs,
                         const struct value *news, const struct value *body,
                         struct observation *out) MUST_USE;
enum err_code tir_revive(struct cloud_call *call, struct observation *out) MUST_USE;

/* --- reply.c --- */

/* The error of a reply of `operation` that holds something else in the place of its list. */
enum err_code tir_fail_without_list(struct cloud_call *call, const char *operation) MUST_USE;

/* --- plans.c --- */

/* The plans of a framework, one map for each: the machine's fields and the plan's. */
enum err_code tir_plans(struct cloud_call *call, struct str framework,
                        const struct value **plans) MUST_USE;
/* Before a form is sent, where the inputs ask for that: fails when its plan does not exist or has
 * no machine free. */
enum err_code tir_verify_plan(struct cloud_call *call, const struct value *form) MUST_USE;
/* The hook: fails when the plan of an endpoint that replaces another does not exist. */
enum err_code tir_verify_successor(struct cloud_call *call, const struct value *news) MUST_USE;
/* After a form was refused: an account may take machines by the ids of machine and price only. True
 * with *out, the same form with those ids, when that may help; else the plans there are join the
 * error where it speaks of the machine. */
bool tir_fall_back_to_sku_id(struct cloud_call *call, const struct value *form,
                             const struct value **out);

/* --- lookups.c --- */

enum err_code tir_invoke(struct cloud_call *call, const struct function_row *function,
                         const struct value *args, const struct value **out_wire) MUST_USE;
/* All items of an operation's list, of all its pages. Blocking and cancellable. */
enum err_code tir_list_all(struct cloud_call *call, const char *operation,
                           const struct value **out) MUST_USE;
/* Fails unless the project is known. */
enum err_code tir_need_project(struct cloud_call *call) MUST_USE;

#endif
