#include "core/endpoint/adopt.h"
#include "core/endpoint/call.h"
#include "core/endpoint/desired.h"
#include "core/endpoint/dormant.h"
#include "core/endpoint/doubt.h"
#include "core/endpoint/entry_mark.h"
#include "core/endpoint/name.h"
#include "core/endpoint/price_state.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/switching.h"
#include "core/methods/diff_answer.h"
#include "core/methods/endpoint.h"
#include "core/methods/successor.h"
#include "core/props/compare.h"
#include "core/props/held.h"
#include "core/props/path.h"
#include "core/props/unread.h"

/* Without waiting a create is done long before its endpoint serves, and the engine then deletes the
 * old one. */
static void warn_of_gap(struct ctx *ctx, const struct value *news) {
    if (!value_bool_at(news, "waitForReady", true)) {
        log_warning(
            &ctx->log,
            "waitForReady is false: the endpoint that is replaced will be deleted while the "
            "new one still starts, and nobody serves callers in between. Set waitForReady "
            "to true for this change");
    }
}

/* Not of one that is paused, or is to be: nobody calls it. */
static void warn_of_restart(struct ctx *ctx, const struct cloud *cloud,
                            const struct diff_request *request, const struct diff_list *diffs,
                            const struct comparison *inputs) {
    bool runs = !str_is_c(cloud_desired_state(cloud, inputs->olds), "paused") &&
                !str_is_c(cloud_desired_state(cloud, inputs->news), "paused");
    if (diffs->restarts && runs) {
        log_warning(&ctx->log,
                    "%s: this change restarts endpoint %.*s: calls fail until it serves again",
                    cloud->tables->title, STR_ARG(request->id));
    }
}

/* The new inputs, with the old values where the program is told to leave them alone. */
static const struct value *without_ignored(struct ctx *ctx, const struct diff_request *request,
                                           const struct comparison *inputs) {
    return path_restore_all(ctx->arena, request->ignore_changes, request->ignore_change_count,
                            inputs->olds, inputs->news);
}

/* What changes by an operation of its own; what the program is told to leave alone does not. */
static struct switch_plan plan_switch(struct ctx *ctx, const struct cloud *cloud,
                                      const struct diff_request *request,
                                      const struct comparison *inputs) {
    const struct comparison sides = {.olds = inputs->olds,
                                     .news = without_ignored(ctx, request, inputs)};
    return switching_plan(ctx, cloud, request->olds, &sides);
}

/* When something else replaces the endpoint nothing is switched. */
static void tell_switch(struct ctx *ctx, const struct cloud *cloud,
                        const struct diff_request *request, const struct switch_plan *plan,
                        bool replaces) {
    if (plan->words.text.len > 0 && plan->in_place != replaces) {
        log_info(&ctx->log, "%s: endpoint %.*s: %p", cloud->tables->title, STR_ARG(request->id),
                 WORDS_ARG(plan->words));
    }
}

static enum err_code ask_successor(struct provider *provider, struct ctx *ctx,
                                   const struct cloud *cloud, const struct diff_request *request,
                                   const struct value *news) {
    const struct call_subject subject = {
        .urn = request->urn, .id = request->id, .recorded = request->olds, .inputs = news};
    return successor_ask(provider, ctx, cloud, &subject);
}

/* The engine deletes first: what can be asked about the new endpoint is asked before. No answer is
 * no proof. */
static enum err_code verify_successor(struct provider *provider, struct ctx *ctx,
                                      const struct cloud *cloud, const struct diff_request *request,
                                      const struct value *news) {
    enum err_code code = ask_successor(provider, ctx, cloud, request, news);
    if (code == ERR_OK || code == ERR_INVALID) {
        return code;
    }
    log_warning(&ctx->log,
                "%s: whether the new endpoint can be made is not known, and endpoint %.*s is "
                "deleted before: %p",
                cloud->tables->title, STR_ARG(request->id), WORDS_ARG(call_question_text(ctx)));
    error_clear(&ctx->error);
    return ERR_OK;
}

/* The option replaceOnChanges, which our own advice names for what is known at second hand, makes a
 * replacement of an update after Diff has answered. */
static bool may_be_replaced(struct ctx *ctx, const struct cloud_tables *tables,
                            const struct diff_list *diffs) {
    for (size_t i = 0; i < diffs->count; i++) {
        const struct prop *row =
            prop_find(&tables->props, path_head(ctx->arena, diffs->entries[i].path));
        if (row != NULL && (row->flags & PROP_SECOND_HAND) != 0) {
            return true;
        }
    }
    return false;
}

/* In place nothing would be lost, so it is told and no more; and nothing where nobody knows. */
static void tell_successor(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                           const struct diff_request *request, const struct value *news) {
    if (ask_successor(provider, ctx, cloud, request, news) == ERR_INVALID) {
        log_warning(&ctx->log,
                    "%p. Where the resource option replaceOnChanges makes a new endpoint for "
                    "this change, endpoint %.*s is deleted before: mend that first",
                    WORDS_ARG(words_without_stop(ctx->arena, ctx->error.message)),
                    STR_ARG(request->id));
    }
    error_clear(&ctx->error);
}

static void warn_of_doubt(struct ctx *ctx, const struct cloud_tables *tables,
                          const struct diff_request *request) {
    struct str names = doubt_words(ctx->arena, request->olds);
    if (names.len > 0) {
        log_warning(&ctx->log,
                    "%s: endpoint %.*s shows %.*s, which this version of the provider does not "
                    "know: if that is a setting, this change may reset it. Look at it afterwards",
                    tables->title, STR_ARG(request->id), STR_ARG(names));
    }
}

/* Whether the change sends the whole form: some of it may go by a request of its own. */
static bool sends_form(struct ctx *ctx, const struct cloud *cloud, const struct value *olds,
                       const struct value *news) {
    const struct cloud_tables *tables = cloud->tables;
    const char *const *beside = tables->form.beside;
    bool is_paused = str_is_c(cloud_desired_state(cloud, olds), "paused");
    for (; !is_paused && beside != NULL && *beside != NULL; beside++) {
        news = path_restore(ctx->arena, str_of(*beside), olds, news);
    }
    return tables->update_whole &&
           prop_encode_update(ctx, &tables->props, olds, news)->map.count > 0;
}

/* Once it is sent it is too late: the service keeps no copy. */
static void warn_of_loss(struct ctx *ctx, const struct cloud *cloud,
                         const struct diff_request *request, const struct comparison *inputs,
                         bool replaces) {
    const struct cloud_tables *tables = cloud->tables;
    const struct value *news = without_ignored(ctx, request, inputs);
    bool is_form = sends_form(ctx, cloud, inputs->olds, news);
    if (is_form && !replaces) {
        warn_of_doubt(ctx, tables, request);
    }
    struct str lost = unread_words(ctx->arena, unread_lost(ctx, &tables->props, replaces || is_form,
                                                           request->olds, inputs->olds, news));
    if (lost.len > 0) {
        log_warning(&ctx->log,
                    "%s: this change loses %.*s, which endpoint %.*s has and the program does not "
                    "say: it cannot be read back, so add it to the program first",
                    tables->title, STR_ARG(lost), STR_ARG(request->id));
    }
}

/* Whether the verdict counts. What the program declares is held until it is deleted itself, also
 * when it is to be replaced: its create may fail. Without a mark that would be mistaken after a
 * rename with an alias, by which it is deleted under its former URN; then only what stays is held,
 * and what changes not before its Update, for the user's replaceOnChanges may make a replacement of
 * that. */
static bool note_diff(struct ledger *ledger, const struct diff_request *request,
                      const struct diff_response *out) {
    bool counts = ledger_note_diff(ledger, request->urn, request->id, out->replace_count > 0);
    struct str mark = entry_mark_of(request->olds);
    if (request->olds != NULL && request->olds->map.count > 0) {
        if (counts && (mark.len > 0 || !out->changed)) {
            ledger_note_declared(ledger, request->urn, request->id, mark);
        } else {
            adopt_note_entry(ledger, request->urn, request->id, request->olds);
        }
    }
    return counts;
}

enum err_code endpoint_diff(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct diff_request *request,
                            struct diff_response *out) {
    const struct cloud *cloud = resource->cloud;
    const struct cloud_tables *tables = cloud->tables;
    const struct value *recorded =
        held_without(ctx, request->olds, request->ignore_changes, request->ignore_change_count);
    /* Engines before 3.40 send no old inputs. */
    struct comparison inputs = compare_inputs(ctx, cloud, provider_config(provider),
                                              request->old_inputs, request->news, recorded);
    struct diff_list diffs = {.ctx = ctx,
                              .ignored = request->ignore_changes,
                              .ignored_count = request->ignore_change_count};
    struct switch_plan plan = plan_switch(ctx, cloud, request, &inputs);
    inputs.switches = plan.in_place;
    compare_diff(&diffs, tables, &inputs);
    if (diffs.count == 0 && compare_is_foreign(tables, request->olds)) {
        diff_list_add(&diffs, STR("desiredState"), DIFF_ADD, false);
    }
    diff_answer(&diffs, &tables->props, out);
    bool replaces = out->replace_count > 0;
    bool counts = note_diff(provider_ledger(provider), request, out);
    price_note_state(ctx, tables, provider_account(provider, cloud)->prices, inputs.olds,
                     request->olds);
    /* Also for an update: the user's replaceOnChanges may make a replacement of it. */
    out->delete_before_replace =
        out->changed && compare_deletes_first(cloud, inputs.olds, inputs.news);
    if (counts && out->changed) {
        warn_of_loss(ctx, cloud, request, &inputs, replaces);
    }
    if (counts && !replaces) {
        warn_of_restart(ctx, cloud, request, &diffs, &inputs);
        const struct comparison sides = {.olds = inputs.olds,
                                         .news = without_ignored(ctx, request, &inputs)};
        dormant_tell(ctx, tables, words_foreign(request->id), &diffs, sides.news);
        desired_tell_waiting(ctx, cloud, words_foreign(request->id), &diffs, &sides);
    }
    if (counts) {
        tell_switch(ctx, cloud, request, &plan, replaces);
    }
    if (counts && replaces && !out->delete_before_replace) {
        warn_of_gap(ctx, inputs.news);
    }
    if (counts && !(replaces && out->delete_before_replace)) {
        successor_note(provider, cloud, request->urn, request->id, inputs.news);
    }
    if (!out->delete_before_replace) {
        return ERR_OK;
    }
    if (!replaces && counts && may_be_replaced(ctx, tables, &diffs)) {
        tell_successor(provider, ctx, cloud, request, inputs.news);
    }
    return replaces ? verify_successor(provider, ctx, cloud, request, inputs.news) : ERR_OK;
}

/* One provider instance serves every cloud, so no configuration change ever replaces it: a changed
 * scope shows at the resources whose inputs carry it. */
enum err_code provider_diff_config(struct provider *provider, struct ctx *ctx,
                                   const struct diff_request *request, struct diff_response *out) {
    *out = (struct diff_response){0};
    const struct value *olds = request->old_inputs != NULL ? request->old_inputs : request->olds;
    struct diff_list diffs = {.ctx = ctx};
    config_diff(provider_options(provider), olds, request->news, &diffs);
    diff_answer(&diffs, NULL, out);
    return ERR_OK;
}
