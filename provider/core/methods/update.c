#include "base/words.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/change.h"
#include "core/endpoint/desired.h"
#include "core/endpoint/dormant.h"
#include "core/endpoint/postponed.h"
#include "core/endpoint/price.h"
#include "core/endpoint/readiness.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/serving.h"
#include "core/endpoint/switching.h"
#include "core/endpoint/unconfirmed.h"
#include "core/endpoint/wait.h"
#include "core/methods/endpoint.h"
#include "core/props/compare.h"
#include "core/props/held.h"
#include "core/props/path.h"
#include "core/props/prop_told.h"
#include "core/props/sent.h"

static const struct value *restore_ignored(struct ctx *ctx, const struct update_request *request,
                                           const struct value *olds, const struct value *news) {
    return path_restore_all(ctx->arena, request->ignore_changes, request->ignore_change_count, olds,
                            news);
}

static bool is_paused(const struct cloud *cloud, const struct value *inputs) {
    return str_is_c(cloud_desired_state(cloud, inputs), "paused");
}

/* The old outputs as the next look will show what stays of them: without what does not count any
 * more, and in the program's words. */
static const struct value *as_shown(struct ctx *ctx, const struct cloud *cloud,
                                    const struct value *news, const struct value *olds) {
    olds = dormant_hide(ctx, cloud->tables, news, olds);
    if (cloud->hooks.choose_spelling == NULL || olds == NULL) {
        return olds;
    }
    struct value *shown = value_copy(ctx->arena, olds);
    cloud->hooks.choose_spelling(ctx, news, shown);
    return shown;
}

static void preview(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                    const struct value *news, const struct value *old_inputs,
                    const struct value *recorded, struct update_response *out) {
    const struct prop_table *props = &cloud->tables->props;
    const struct value *olds = recorded;
    bool was_to_rest =
        is_paused(cloud, old_inputs) || str_is_c(value_text_at(recorded, "desiredState"), "paused");
    if (was_to_rest) { /* what it resets was not read, or is what a rest made of it */
        olds = prop_without(ctx, props, PROP_PAUSE_RESETS, olds);
    }
    olds = as_shown(ctx, cloud, news, olds);
    struct value *outputs = prop_preview(ctx, props, news, old_inputs, olds);
    outputs = desired_foresee(ctx, cloud, news, outputs);
    const struct comparison sides = {.olds = old_inputs, .news = news};
    switching_preview(ctx, cloud, recorded, &sides, outputs);
    if (cloud->hooks.derive != NULL) {
        cloud->hooks.derive(ctx, provider_config(provider), news, outputs);
    }
    out->properties = outputs;
}

static bool desired_changed(const struct cloud_call *call, const struct value *olds,
                            const struct value *news) {
    return !str_is(cloud_desired_state(call->cloud, olds), cloud_desired_state(call->cloud, news));
}

static bool is_ignored(struct ctx *ctx, const struct update_request *request, struct str path) {
    return path_is_covered(ctx->arena, request->ignore_changes, request->ignore_change_count, path);
}

/* By its present name or its former one. */
static bool is_state_ignored(struct ctx *ctx, const struct prop_table *props,
                             const struct update_request *request) {
    for (size_t i = 0; i < props->count; i++) {
        const struct prop *row = &props->rows[i];
        bool is_former = row->former_of != NULL && str_is_c(STR("desiredState"), row->former_of);
        if (is_former && is_ignored(ctx, request, str_of(row->name))) {
            return true;
        }
    }
    return is_ignored(ctx, request, STR("desiredState"));
}

/* What the service shows of the inputs. What it never shows is as it was sent last. */
static const struct value *shown_inputs(struct cloud_call *call, const struct observation *seen,
                                        const struct value *inputs) {
    struct ctx *ctx = call->ctx;
    const struct prop_table *props = &call->cloud->tables->props;
    const struct value *live = outcome_decode(call, seen, inputs);
    live = prop_as_kept(ctx, props, live, call->recorded, inputs);
    live = held_show(ctx, props, call->recorded, live, prop_refresh(ctx, props, live, inputs));
    return prop_recorded(ctx, props, call->recorded, live);
}

static bool resets_differ(struct cloud_call *call, const struct change *change) {
    const struct prop_table *props = &call->cloud->tables->props;
    struct diff_list diffs = {.ctx = call->ctx};
    prop_diff(&diffs, props, prop_only(call->ctx, props, PROP_PAUSE_RESETS, change->olds),
              prop_only(call->ctx, props, PROP_PAUSE_RESETS, change->news));
    return diffs.count > 0;
}

/* What is not to be touched, and would be sent all the same: an update that sends a form, or an
 * object whole, would write its old value over the live one. */
static struct path_list ignored_and_sent(struct cloud_call *call, const struct change *change) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    bool is_form =
        tables->update_whole && change->ignored_count > 0 &&
        prop_encode_update(ctx, &tables->props, change->olds, change->news)->map.count > 0;
    struct path_list out = {.paths = ARENA_ARRAY(ctx->arena, change->ignored_count, struct str)};
    for (size_t i = 0; i < change->ignored_count; i++) {
        struct str pattern = change->ignored[i];
        if (prop_repeats(ctx, &tables->props, is_form, change->olds, change->news, pattern)) {
            out.paths[out.count++] = pattern;
        }
    }
    return out;
}

/* By what the service has of it. */
static void take_live(struct cloud_call *call, const struct path_list *ignored,
                      struct change *change) {
    struct arena *arena = call->ctx->arena;
    const struct value *live = shown_inputs(call, &change->before, change->olds);
    change->olds = path_restore_all(arena, ignored->paths, ignored->count, live, change->olds);
    change->news = path_restore_all(arena, ignored->paths, ignored->count, live, change->news);
}

/* What a rest resets is not sent to what rests. Nor to what was to rest and was resumed meanwhile:
 * what the program leaves as it was is no longer so. It is sent, from what is seen, when the state
 * is brought about. */
static bool is_reset_later(const struct cloud_call *call, const struct change *change) {
    return change->before.state == STATE_PAUSED ||
           (!change->keeps_state && is_paused(call->cloud, change->olds));
}

/* The request, once what must not be in it is known. */
static enum err_code send(struct cloud_call *call, struct change *change,
                          struct observation *seen) {
    struct ctx *ctx = call->ctx;
    const struct prop_table *props = &call->cloud->tables->props;
    struct observation *before = &change->before;
    const struct path_list ignored = ignored_and_sent(call, change);
    bool is_left = prop_leaves_to_service(props, change->olds, change->news);
    if (ignored.count > 0 || is_left || resets_differ(call, change)) {
        TRY(cloud_observe(call, before));
    }
    if (before->kind == OBSERVATION_GONE) {
        return ERR_OK;
    }
    if (ignored.count > 0) {
        take_live(call, &ignored, change);
    }
    const struct value *olds = change->olds;
    const struct value *news = change->news;
    change->resets_wait = before->kind == OBSERVATION_SEEN && is_reset_later(call, change);
    if (change->resets_wait) {
        olds = prop_without(ctx, props, PROP_PAUSE_RESETS, olds);
        news = prop_without(ctx, props, PROP_PAUSE_RESETS, news);
    }
    return change_send(call, olds, news, before, seen);
}

/* What an endpoint that was started for it shows counts when it fails: else only what follows does.
 */
static enum err_code rehearse(struct cloud_call *call, const struct change *change,
                              struct observation *seen) {
    struct observation started = {0};
    enum err_code code =
        switching_rehearse(call, change->olds, change->news, change->keeps_state, &started);
    if (code != ERR_OK && started.kind == OBSERVATION_SEEN) {
        *seen = started;
    }
    return code;
}

/* The service shows what it could not apply, and the program asks for it still: it is sent again.
 */
static enum err_code send_again(struct cloud_call *call, const struct update_request *request,
                                struct change *change, struct observation *seen,
                                struct observation *answer) {
    const struct value *serving = serving_of(call, seen);
    if (serving == NULL) {
        return ERR_OK;
    }
    change->olds = serving;
    change->news = restore_ignored(call->ctx, request, serving, change->news);
    return change_send(call, change->olds, change->news, seen, answer);
}

/* An earlier change did not apply, or was not finished, and the program may no longer ask for it:
 * what the service shows is brought to the inputs. When it shows nothing else than those, what is
 * asked for is what serves, unless what serves is known to be something else. */
static enum err_code mend(struct cloud_call *call, const struct update_request *request,
                          struct change *change, struct observation *seen) {
    struct observation answer = {0};
    change->olds = shown_inputs(call, seen, change->news);
    change->news = restore_ignored(call->ctx, request, change->olds, change->news);
    TRY(rehearse(call, change, seen));
    TRY(change_send(call, change->olds, change->news, seen, &answer));
    TRY(answer.kind == OBSERVATION_SEEN ? ERR_OK
                                        : send_again(call, request, change, seen, &answer));
    if (answer.kind == OBSERVATION_SEEN) {
        *seen = answer;
        return ERR_OK;
    }
    if (seen->state != STATE_UPDATE_FAILED) {
        return ERR_OK;
    }
    log_warning(&call->ctx->log,
                "%s: an earlier change of endpoint %p did not apply; it serves as the program asks",
                call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)));
    seen->state = STATE_READY;
    return ERR_OK;
}

/* Without any difference an Update is called for what an earlier one, or the create, left undone.
 */
static bool is_unfinished(struct cloud_call *call, const struct change *change) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct diff_list diffs = {.ctx = call->ctx};
    const struct comparison sides = {.olds = change->olds, .news = change->news};
    compare_diff(&diffs, tables, &sides);
    return diffs.count == 0 && !compare_is_foreign(tables, call->recorded);
}

/* Without an answer, what was seen before stands, or a look. */
static enum err_code look_if_unseen(struct cloud_call *call, const struct observation *before,
                                    struct observation *seen) {
    if (seen->kind != OBSERVATION_SEEN && before->kind != OBSERVATION_UNSEEN) {
        *seen = *before;
    } else if (seen->kind != OBSERVATION_SEEN) {
        TRY(cloud_observe(call, seen));
    }
    return seen->kind != OBSERVATION_GONE ? ERR_OK : advice_fail_gone(call);
}

/* With nothing to send this is how the next `up` goes on with what did not finish. */
static enum err_code update(struct cloud_call *call, const struct update_request *request,
                            struct change *change, struct observation *seen) {
    bool wish_is_new = desired_changed(call, change->olds, change->news);
    bool unfinished = is_unfinished(call, change);
    change->olds = postponed_olds(call, change, change->olds);
    TRY(rehearse(call, change, seen));
    TRY(send(call, change, seen));
    bool sent = seen->kind == OBSERVATION_SEEN;
    TRY(look_if_unseen(call, &change->before, seen));
    if (!sent && (unfinished || seen->state == STATE_UPDATE_FAILED)) {
        TRY(mend(call, request, change, seen));
    }
    change->is_sent = true;
    TRY(switching_carry_out(call, change->olds, change->news, seen));
    struct change shown = *change;
    shown.olds = postponed_olds(call, change, switching_shown(call, change->olds));
    shown.news = switching_shown(call, change->news);
    price_ask(call);
    bool asked = wish_is_new || (!sent && seen->state == STATE_FAILED);
    enum change_cause cause = asked        ? CHANGE_ASKED
                              : sent       ? CHANGE_BESIDE
                              : unfinished ? CHANGE_MENDS
                                           : CHANGE_GOES_ON;
    TRY(change_state(call, seen, cause, &shown));
    if (call->changed) {
        readiness_ask(call, seen);
    }
    return ERR_OK;
}

/* A wait that was cut off leaves nothing in doubt. A look would end it: the next run would find all
 * as it should be, but for its state, and not wait for that. */
static bool is_cut_wait(const struct observation *seen, enum err_code code) {
    return seen->kind == OBSERVATION_SEEN && (code == ERR_DEADLINE || code == ERR_CANCELLED);
}

/* Something was changed, or may have been: what is known of the endpoint goes into the state, and
 * the next run looks before it compares. */
static enum err_code partial(struct cloud_call *call, const struct observation *seen,
                             const struct update_request *request, const struct change *change,
                             enum err_code code) {
    if (seen->kind == OBSERVATION_GONE && code == ERR_NOT_FOUND) {
        return code;
    }
    bool is_certain = change->is_sent && is_cut_wait(seen, code);
    code = outcome_partial(call, seen, change->news, NULL);
    struct error_partial *told = &call->ctx->error.partial;
    told->needs_look = !is_certain;
    if (is_certain && change_carries_settings(call, change)) {
        told->properties = sent_note(call->ctx->arena, told->properties, change->news);
    }
    const struct value *known = seen->kind == OBSERVATION_SEEN ? told->properties : request->olds;
    if (!change->is_sent && known != NULL) { /* a step of several may never have been tried */
        told->properties = prop_forget_sent(call->ctx, &call->cloud->tables->props, change->olds,
                                            change->news, known);
    }
    const struct failed_update failed = {
        .kept = request->old_inputs != NULL ? request->old_inputs : request->olds,
        .olds = change->olds,
        .news = change->news,
        .before = request->olds,
        .after = told->properties,
        .live = seen->kind == OBSERVATION_SEEN ? outcome_decode(call, seen, change->news) : NULL,
        .is_sent = change->is_sent,
    };
    told->properties = held_put(call->ctx, &call->cloud->tables->props, &failed);
    told->properties = serving_put(call, seen, change, told->properties);
    told->properties = postponed_put_failed(call, change, told->properties);
    return code;
}

/* A stack's preview has said it, and its update once more: both ask Diff. */
static void tell_unsent(struct cloud_call *call, const struct change *change) {
    struct diff_list diffs = {.ctx = call->ctx};
    const struct comparison sides = {.olds = change->olds, .news = change->news};
    if (!advice_has_state(call)) {
        compare_diff(&diffs, call->cloud->tables, &sides);
        dormant_tell(call->ctx, call->cloud->tables, call_told_id(call, call->id), &diffs,
                     change->news);
        desired_tell_waiting(call->ctx, call->cloud, call_told_id(call, call->id), &diffs, &sides);
    }
}

static struct words joined(struct arena *arena, const struct prop_table *props,
                           const struct path_list *paths) {
    struct words text = words_none();
    for (size_t i = 0; i < paths->count; i++) {
        text = words_join(arena, text, ", ", prop_told_path(arena, props, paths->paths[i]));
    }
    return text;
}

/* Diff calls for a replacement then; whoever updates all the same would be told that a change
 * applied which cannot. */
static enum err_code refuse_replacing(struct ctx *ctx, const struct cloud *cloud,
                                      const struct config *config,
                                      const struct update_request *request,
                                      const struct comparison *inputs) {
    struct path_list paths = compare_replacing(ctx, cloud->tables, inputs);
    if (paths.count == 0) {
        return ERR_OK;
    }
    struct words advice = config_source(config) == CONFIG_OF_DO
                              ? words_text(ctx->arena, "make another one, and delete this one")
                              : words_text(ctx->arena, "run pulumi up --replace '%p'",
                                           WORDS_ARG(words_own(ctx->arena, request->urn)));
    return ctx_fail(
        ctx, ERR_INVALID,
        "%s: %p of endpoint %.*s cannot be changed in place, only by a new endpoint: %p",
        cloud->tables->title, WORDS_ARG(joined(ctx->arena, &cloud->tables->props, &paths)),
        STR_ARG(request->id), WORDS_ARG(advice));
}

/* One that a create may have made, and that nobody has seen yet, is looked for first. */
static enum err_code need_there(struct cloud_call *call) {
    bool is_there = true;
    TRY(unconfirmed_settle(call, &is_there));
    return is_there ? ERR_OK : advice_fail_gone(call);
}

/* What the endpoint shows, and what is noted for later runs. */
static const struct value *outputs_of(struct cloud_call *call, const struct observation *seen,
                                      const struct update_request *request,
                                      const struct change *change) {
    struct ctx *ctx = call->ctx;
    const struct value *outputs = outcome_outputs(call, seen, call->inputs);
    outputs = serving_put(call, seen, change, outputs);
    outputs = postponed_put(call, seen, change, outputs);
    outputs = held_keep_ignored(ctx, request->olds, request->ignore_changes,
                                request->ignore_change_count, outputs);
    return sent_keep_ignored(ctx->arena, request->olds, request->ignore_changes,
                             request->ignore_change_count, request->news, outputs);
}

enum err_code endpoint_update(struct provider *provider, struct ctx *ctx,
                              const struct resource *resource, const struct update_request *request,
                              struct update_response *out) {
    const struct cloud *cloud = resource->cloud;
    const struct value *recorded =
        held_without(ctx, request->olds, request->ignore_changes, request->ignore_change_count);
    struct comparison inputs = compare_inputs(ctx, cloud, provider_config(provider),
                                              request->old_inputs, request->news, recorded);
    const struct value *olds = inputs.olds;
    const struct value *news = restore_ignored(ctx, request, olds, inputs.news);
    const struct call_subject subject = {
        .urn = request->urn, .id = request->id, .recorded = request->olds, .inputs = news};
    TRY(call_check_id(provider, ctx, cloud, &subject));
    if (request->preview) {
        preview(provider, ctx, cloud, news, olds, request->olds, out);
        return ERR_OK;
    }
    TRY(prop_need_known(ctx, news));
    struct comparison sides = {.olds = olds, .news = news};
    sides.switches = switching_plan(ctx, cloud, request->olds, &sides).in_place;
    TRY(refuse_replacing(ctx, cloud, provider_config(provider), request, &sides));
    struct cloud_call call;
    const struct call_limit limit = {request->timeout_seconds, "update",
                                     switching_usual_ms(ctx, cloud, request->olds, &sides)};
    TRY(call_open(provider, ctx, cloud, &subject, &limit, &call));
    ledger_forget_successor(call.ledger, call.urn);
    TRY(need_there(&call));
    if (call.recorded != NULL) { /* without outputs it is about no entry */
        ledger_note_declared(call.ledger, call.urn, call.id, call.mark);
    }
    struct observation seen = {0};
    struct change change = {
        .olds = olds,
        .news = news,
        .keeps_state = is_state_ignored(ctx, &cloud->tables->props, request),
        .ignored = request->ignore_changes,
        .ignored_count = request->ignore_change_count,
    };
    tell_unsent(&call, &change);
    enum err_code code = update(&call, request, &change, &seen);
    if (code != ERR_OK) {
        return call.changed ? partial(&call, &seen, request, &change, code) : code;
    }
    out->properties = outputs_of(&call, &seen, request, &change);
    return ERR_OK;
}
