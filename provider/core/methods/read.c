#include "core/endpoint/adopt.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/default_mark.h"
#include "core/endpoint/desired.h"
#include "core/endpoint/leftover.h"
#include "core/endpoint/postponed.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/serving.h"
#include "core/endpoint/unconfirmed.h"
#include "core/endpoint/wait.h"
#include "core/methods/endpoint.h"
#include "core/props/filled.h"
#include "core/props/held.h"
#include "core/props/unread.h"

static bool is_unhealthy(enum state_class state) {
    return state == STATE_FAILED || state == STATE_UPDATE_FAILED;
}

/* What an update that failed asked for last is what an endpoint on its way is on its way to. */
static void refresh_awaited(struct cloud_call *call, const struct observation *seen,
                            struct value *inputs) {
    struct str asked = value_text_at(call->recorded, "desiredState");
    if (seen->state == STATE_PENDING && asked.len > 0 &&
        !str_is(asked, cloud_desired_state(call->cloud, inputs))) {
        value_map_set_text(call->ctx->arena, inputs, "desiredState", asked);
    }
}

/* A state that somebody changed by hand shows as a change of desiredState. Idling and waking are
 * the service's own doing. */
static void refresh_desired(struct cloud_call *call, const struct observation *seen,
                            struct value *inputs) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct str desired = cloud_desired_state(call->cloud, inputs);
    bool paused = seen->state == STATE_PAUSED;
    bool wants_paused = str_is_c(desired, "paused");
    bool tells =
        seen->state != STATE_PENDING && seen->state != STATE_OTHER && !is_unhealthy(seen->state);
    if (paused == wants_paused || !tells) {
        return;
    }
    const char *shown = paused ? "paused" : "running";
    if (prop_find(&tables->props, STR("desiredState")) != NULL) {
        value_map_set_text(call->ctx->arena, inputs, "desiredState", str_of(shown));
    }
}

static struct value *import_inputs(struct cloud_call *call, const struct observation *seen,
                                   const struct value *decoded) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    struct value *inputs = prop_import(ctx, &tables->props, decoded);
    scope_put_unconfigured(ctx, tables, call->config, call->params, inputs);
    desired_put_configured(call, inputs);
    refresh_desired(call, seen, inputs);
    if (call->cloud->hooks.adjust_import != NULL) {
        call->cloud->hooks.adjust_import(ctx, seen, inputs);
    }
    filled_mark(ctx, &tables->props, inputs);
    struct str unread =
        unread_words(ctx->arena, unread_find(ctx, &tables->props, seen->wire, NULL));
    if (unread.len > 0) {
        log_warning(&ctx->log, "%.*s cannot be read back from %s: add it to the program",
                    STR_ARG(unread), tables->title);
    }
    return inputs;
}

static struct value *refresh_inputs(struct cloud_call *call, const struct observation *seen,
                                    const struct value *decoded, const struct value *old_inputs) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    bool is_own = value_get_c(call->recorded, "target") != NULL; /* of this provider, and whole */
    const struct value *sent =
        is_own ? prop_recorded(ctx, &tables->props, call->recorded, old_inputs) : old_inputs;
    decoded = prop_as_kept(ctx, &tables->props, decoded, call->recorded, sent);
    struct value *inputs = prop_refresh(ctx, &tables->props, decoded, sent);
    inputs = held_show(ctx, &tables->props, call->recorded, decoded, inputs);
    struct str name = str_of(tables->name_rule.property);
    const struct value *old_name = value_get_set(old_inputs, name);
    if (tables->id_created == NULL && old_name != NULL) {
        value_map_set(ctx->arena, inputs, name, old_name); /* it is what was asked by */
    }
    default_mark_copy(ctx->arena, old_inputs, inputs);
    filled_keep_mark(ctx, old_inputs, inputs);
    refresh_desired(call, seen, inputs);
    refresh_awaited(call, seen, inputs);
    if (call->cloud->hooks.adjust_refresh != NULL) {
        call->cloud->hooks.adjust_refresh(ctx, seen, old_inputs, inputs);
    }
    return inputs;
}

/* A program cannot say what this version does not know. */
static void warn_of_unknown(struct cloud_call *call, const struct observation *seen) {
    struct diff_list unknown = {.ctx = call->ctx};
    prop_unknown_variants(&unknown, &call->cloud->tables->props, seen->wire, NULL);
    for (size_t i = 0; i < unknown.count; i++) {
        log_warning(&call->ctx->log,
                    "%s: endpoint %p has %.*s, which this version of the provider does not know: "
                    "it is not among the inputs, and an update may change it",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                    STR_ARG(unknown.entries[i].path));
    }
}

/* The engine itself says no more than that the id as it was typed does not exist. */
static void tell_nothing_there(struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    log_warning(&call->ctx->log,
                "%s: there is no endpoint %p%p; pulumi do %s list --all shows those there are",
                tables->title, WORDS_ARG(call_told_id(call, call->id)),
                WORDS_ARG(advice_place(call, call->id)), tables->token);
}

/* Some engines, and `pulumi do`, send empty maps where they have none. */
static bool is_empty(const struct value *map) {
    return map == NULL || map->map.count == 0;
}

static enum err_code look(struct cloud_call *call, struct observation *seen) {
    bool is_there = true;
    TRY(unconfirmed_settle(call, &is_there));
    if (!is_there) {
        *seen = (struct observation){.kind = OBSERVATION_GONE};
        return ERR_OK;
    }
    if (call->recorded != NULL) {
        adopt_note_entry(call->ledger, call->urn, call->id, call->recorded);
    }
    return cloud_observe(call, seen);
}

static enum err_code partial(struct cloud_call *call, const struct observation *seen,
                             const struct value *inputs) {
    enum err_code code = outcome_partial(call, seen, inputs, inputs);
    struct error_partial *told = &call->ctx->error.partial;
    told->properties =
        held_keep(call->ctx, &call->cloud->tables->props, call->recorded, told->properties);
    told->properties = serving_keep(call, seen, told->properties);
    told->properties = postponed_keep(call, seen, told->properties);
    return code;
}

enum err_code endpoint_read(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct read_request *request,
                            struct read_response *out) {
    const struct cloud *cloud = resource->cloud;
    if (request->id.len == 0) {
        return ctx_fail(ctx, ERR_INVALID, "%s: an id is needed; expected %s", cloud->tables->title,
                        cloud->tables->id_help);
    }
    bool import = is_empty(request->inputs) && is_empty(request->properties);
    /* Old states hold no inputs: their outputs repeat every one. */
    const struct value *old_inputs =
        !is_empty(request->inputs) ? request->inputs : request->properties;
    struct cloud_call call;
    const struct call_subject subject = {.urn = request->urn,
                                         .id = request->id,
                                         .recorded = request->properties,
                                         .inputs = old_inputs,
                                         .is_look = true};
    const struct call_limit limit = {request->timeout_seconds, "read", CALL_LOOK_MS};
    TRY(call_open(provider, ctx, cloud, &subject, &limit, &call));
    struct observation seen = {0};
    call.may_be_cached = true;
    TRY(look(&call, &seen));
    if (seen.kind == OBSERVATION_GONE) {
        (void)ledger_release(call.ledger, call.urn, call.id, call.mark);
        if (import) {
            tell_nothing_there(&call);
        }
        return ERR_OK;
    }
    warn_of_unknown(&call, &seen);
    leftover_tell_listed(&call);
    old_inputs = postponed_show(&call, &seen, old_inputs);
    const struct value *decoded = outcome_decode(&call, &seen, old_inputs);
    const struct value *inputs = import ? import_inputs(&call, &seen, decoded)
                                        : refresh_inputs(&call, &seen, decoded, old_inputs);
    call.inputs = inputs;
    if (seen.state == STATE_PAUSED && prop_has(&cloud->tables->props, PROP_PAUSE_RESETS)) {
        log_info(&ctx->log, "%s: endpoint %p is paused, so its replicas are not read: they are %s",
                 cloud->tables->title, WORDS_ARG(call_told_id(&call, call.id)),
                 import ? "left out" : "kept as they were");
    }
    if (is_unhealthy(seen.state)) {
        (void)ctx_fail(ctx, ERR_PRECONDITION, "%s: endpoint %p is %p. %p", cloud->tables->title,
                       WORDS_ARG(call_told_id(&call, call.id)),
                       WORDS_ARG(outcome_describe(&call, &seen)),
                       WORDS_ARG(advice_state(&call, seen.state)));
        return partial(&call, &seen, inputs);
    }
    if (unconfirmed_is(&call)) { /* that it is as asked, and serves, is for an update to see to */
        (void)ctx_fail(ctx, ERR_PRECONDITION,
                       "%s: endpoint %p exists: the reply to its create was lost; %p",
                       cloud->tables->title, WORDS_ARG(call_told_id(&call, call.id)),
                       WORDS_ARG(advice_follow(&call)));
        return partial(&call, &seen, inputs);
    }
    const struct value *outputs = outcome_outputs(&call, &seen, inputs);
    outputs = held_keep(ctx, &cloud->tables->props, call.recorded, outputs);
    outputs = serving_keep(&call, &seen, outputs);
    outputs = postponed_keep(&call, &seen, outputs);
    *out = (struct read_response){.id = call.id, .properties = outputs, .inputs = inputs};
    return ERR_OK;
}
