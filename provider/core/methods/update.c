#include "core/endpoint/call.h"
#include "core/endpoint/change.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/wait.h"
#include "core/props/compare.h"
#include "core/props/path.h"

/* The new inputs with ignored paths taken back to their old values, so that no request can carry
 * them. */
static const struct value *restore_ignored(struct ctx *ctx, const struct update_request *request,
                                           const struct value *olds, const struct value *news) {
    for (size_t i = 0; i < request->ignore_change_count; i++) {
        news = path_restore(ctx->arena, request->ignore_changes[i], olds, news);
    }
    return news;
}

static void preview(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                    const struct value *news, const struct value *old_inputs,
                    const struct value *olds, struct update_response *out) {
    struct value *outputs = prop_preview(ctx, &cloud->tables->props, news, old_inputs, olds);
    if (cloud->hooks.derive != NULL) {
        cloud->hooks.derive(ctx, provider_config(provider), outputs);
    }
    out->properties = outputs;
}

static bool desired_changed(const struct cloud_call *call, const struct value *olds,
                            const struct value *news) {
    return !str_is(cloud_desired_state(call, olds), cloud_desired_state(call, news));
}

/* The last change did not apply, and the program no longer asks for it: what the service shows is
 * brought back to the inputs. When it shows nothing else than those, what is asked for is what
 * serves. */
static enum err_code mend(struct cloud_call *call, const struct value *news,
                          struct observation *seen) {
    const struct prop_table *props = &call->cloud->tables->props;
    const struct value *decoded = outcome_decode(call, seen, news);
    struct observation answer = {0};
    TRY(change_send(call, prop_refresh(call->ctx, props, decoded, news), news, &answer));
    if (answer.kind == OBSERVATION_SEEN) {
        *seen = answer;
        return ERR_OK;
    }
    log_warning(
        &call->ctx->log,
        "%s: an earlier change of endpoint %.*s did not apply; it serves as the program asks",
        call->cloud->tables->title, STR_ARG(call->id));
    seen->state = STATE_READY;
    return ERR_OK;
}

/* With nothing to send this is how the next `up` goes on with an endpoint whose creation did not
 * finish. */
static enum err_code update(struct cloud_call *call, const struct value *olds,
                            const struct value *news, struct observation *seen) {
    TRY(change_send(call, olds, news, seen));
    bool sent = seen->kind == OBSERVATION_SEEN;
    if (!sent) {
        TRY(cloud_observe(call, seen));
    }
    if (seen->kind == OBSERVATION_GONE) {
        return ctx_fail(call->ctx, ERR_NOT_FOUND,
                        "%s: endpoint %.*s does not exist any more; run pulumi refresh",
                        call->cloud->tables->title, STR_ARG(call->id));
    }
    if (!sent && seen->state == STATE_UPDATE_FAILED) {
        TRY(mend(call, news, seen));
    }
    bool asked = desired_changed(call, olds, news) || (!sent && seen->state == STATE_FAILED);
    enum change_cause cause = asked ? CHANGE_ASKED : sent ? CHANGE_BESIDE : CHANGE_GOES_ON;
    return change_state(call, seen, cause);
}

/* Something was changed, or may have been: what is known of the endpoint goes into the state. */
static enum err_code partial(struct cloud_call *call, const struct observation *seen,
                             const struct update_request *request, const struct value *news,
                             enum err_code code) {
    if (seen->kind == OBSERVATION_GONE && code == ERR_NOT_FOUND) {
        return code;
    }
    code = outcome_partial(call, seen, news, NULL);
    if (seen->kind != OBSERVATION_SEEN && request->olds != NULL) {
        call->ctx->error.partial.properties = request->olds;
    }
    return code;
}

static struct str joined(struct arena *arena, const struct path_list *paths) {
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < paths->count; i++) {
        text = arena_join(arena, text, ", ", paths->paths[i]);
    }
    return text;
}

/* Diff calls for a replacement then; whoever updates all the same would be told that a change
 * applied which cannot. */
static enum err_code refuse_replacing(struct ctx *ctx, const struct cloud *cloud,
                                      const struct update_request *request,
                                      const struct comparison *inputs) {
    struct path_list paths = compare_replacing(ctx, cloud->tables, inputs);
    if (paths.count == 0) {
        return ERR_OK;
    }
    return ctx_fail(
        ctx, ERR_INVALID,
        "%s: %.*s of endpoint %.*s cannot be changed in place, only by a new endpoint: run pulumi "
        "up --replace '%.*s'",
        cloud->tables->title, STR_ARG(joined(ctx->arena, &paths)), STR_ARG(request->id),
        STR_ARG(request->urn));
}

enum err_code provider_update(struct provider *provider, struct ctx *ctx,
                              const struct update_request *request, struct update_response *out) {
    const struct cloud *cloud = NULL;
    TRY(provider_find(provider, ctx, request->type, &cloud));
    struct comparison inputs = compare_inputs(ctx, cloud->tables, provider_config(provider),
                                              request->old_inputs, request->news, request->olds);
    const struct value *olds = inputs.olds;
    const struct value *news = restore_ignored(ctx, request, olds, inputs.news);
    if (request->preview) {
        preview(provider, ctx, cloud, news, olds, request->olds, out);
        return ERR_OK;
    }
    TRY(prop_need_known(ctx, news));
    TRY(refuse_replacing(ctx, cloud, request, &(struct comparison){olds, news}));
    struct cloud_call call;
    const struct call_subject subject = {
        .urn = request->urn, .id = request->id, .recorded = request->olds, .inputs = news};
    const struct call_limit limit = {request->timeout_seconds, "update",
                                     cloud->tables->wait.update_ms};
    TRY(call_open(provider, ctx, cloud, &subject, &limit, &call));
    struct observation seen = {0};
    enum err_code code = update(&call, olds, news, &seen);
    if (code != ERR_OK) {
        return call.changed ? partial(&call, &seen, request, news, code) : code;
    }
    out->properties = outcome_outputs(&call, &seen, news);
    return ERR_OK;
}
