#include "core/endpoint/adopt.h"

#include <time.h>

#include "core/endpoint/call.h"
#include "core/endpoint/change.h"
#include "core/endpoint/scope.h"
#include "core/props/compare.h"

/* Clocks of this machine and of the cloud may differ by so much. */
#define CLOCK_SKEW_SECONDS 300
/* A cancelled call still looks for what it may have made, but not for long: Ctrl-C answers within 2
 * s. */
#define LAST_LOOK_MS 1200
#define LOOK_AGAIN_MS 200

static bool is_ours(struct cloud_call *call, const struct observation *seen) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct diff_list unapplied = {.ctx = call->ctx};
    prop_unapplied(&unapplied, &tables->props, NULL, call->inputs,
                   outcome_decode(call, seen, call->inputs));
    if (unapplied.count > 0 || tables->status.created_at == NULL) {
        /* Without a time of creation the name has to do: there it is unique for ever. */
        return unapplied.count == 0 && !tables->name_rule.reusable;
    }
    int64_t created = clock_parse_rfc3339(value_text_at(seen->wire, tables->status.created_at));
    return created >= call->started_wall - CLOCK_SKEW_SECONDS;
}

void last_look_begin(struct last_look *look, const struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    *look = (struct last_look){.call = *call};
    if (cancel_state(ctx->cancel) != CANCEL_NONE) {
        look->own = cancel_new(NULL, ctx->clock);
        cancel_set_deadline(look->own, ctx->clock->now_ms(ctx->clock) + LAST_LOOK_MS);
    }
    ctx_fork(&look->ctx, ctx, ctx->arena, look->own != NULL ? look->own : ctx->cancel);
    look->call.ctx = &look->ctx;
}

enum err_code last_look_end(struct last_look *look, struct cloud_call *call, enum err_code code) {
    cancel_free(look->own);
    return ctx_join(call->ctx, &look->ctx, code);
}

/* A create that was cancelled on its way may be carried out a moment later: as long as the look may
 * last, an endpoint that is absent, or cannot be seen, is looked for again. */
static enum err_code observe_until_shown(struct last_look *look, struct observation *out) {
    enum err_code code = cloud_observe(&look->call, out);
    while (look->own != NULL && (code == ERR_UNAVAILABLE || out->kind == OBSERVATION_GONE) &&
           cancel_sleep(look->own, LOOK_AGAIN_MS) == CANCEL_NONE) {
        struct error before = error_keep(&look->ctx.error);
        struct observation again = {0};
        if (cloud_observe(&look->call, &again) == ERR_OK) {
            *out = again;
            code = ERR_OK;
        } else {
            error_put_back(&look->ctx.error, &before); /* what was seen before stands */
        }
    }
    return code;
}

enum err_code adopt_look_up(struct cloud_call *call, struct observation *out,
                            enum adopt_verdict *verdict) {
    struct ctx *ctx = call->ctx;
    struct error lost = error_keep(&ctx->error);
    struct last_look look;
    last_look_begin(&look, call);
    enum err_code code = last_look_end(&look, call, observe_until_shown(&look, out));
    if (code != ERR_OK) {
        return ctx_fail(
            ctx, ERR_UNCERTAIN,
            "%.*s. Whether the endpoint %.*s exists could not be found out either (%.*s): look in the "
            "console, then import or delete it before the next pulumi up",
            STR_ARG(lost.message), STR_ARG(call_id(call)), STR_ARG(ctx->error.message));
    }
    error_put_back(&ctx->error, &lost);
    *verdict = out->kind == OBSERVATION_GONE ? ADOPT_ABSENT
               : is_ours(call, out)          ? ADOPT_OURS
                                             : ADOPT_FOREIGN;
    return ERR_OK;
}

bool adopt_is_wanted(const struct cloud_call *call) {
    const struct value *adopt = value_get_c(call->inputs, "adoptExisting");
    return adopt != NULL && adopt->kind == VALUE_BOOL && adopt->boolean;
}

enum err_code adopt_refuse(struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct str id = call_id(call);
    struct str type = STR_EMPTY;
    struct str name = STR("<name>");
    (void)provider_parse_urn(call->urn, &type, &name);
    return ctx_fail(
        call->ctx, ERR_EXISTS,
        "%s: an endpoint %.*s exists already and is not managed by this stack. Either bring it in (pulumi "
        "import %s %.*s %.*s), or %s, or set adoptExisting: true to take it over as it is",
        tables->title, STR_ARG(id), tables->token, STR_ARG(name), STR_ARG(id),
        tables->name_rule.reusable ? "delete it"
                                   : "choose another name (deleting does not free one)");
}

static enum err_code refuse_replacement(struct cloud_call *call, const struct value *olds) {
    const struct cloud_tables *tables = call->cloud->tables;
    /* What the program leaves to a look-up is where it was found. */
    struct comparison inputs =
        compare_inputs(call->ctx, tables, call->config, olds, call->inputs, olds);
    struct path_list replacing = compare_replacing(call->ctx, tables, &inputs);
    if (replacing.count == 0) {
        return ERR_OK;
    }
    return ctx_fail(
        call->ctx, ERR_EXISTS,
        "%s: the existing endpoint %.*s cannot be adopted: its %.*s differs and cannot be changed in "
        "place. Delete it or choose another name",
        tables->title, STR_ARG(call_id(call)), STR_ARG(replacing.paths[0]));
}

enum err_code adopt_take_over(struct cloud_call *call, struct observation *seen) {
    struct ctx *ctx = call->ctx;
    const struct prop_table *props = &call->cloud->tables->props;
    struct value *olds =
        prop_adopt(ctx, props, outcome_decode(call, seen, call->inputs), call->inputs);
    scope_put(ctx, call->cloud->tables, call->params, olds);
    TRY(refuse_replacement(call, olds));
    call->id = call_id(call);
    enum err_code code = change_send(call, olds, call->inputs, seen);
    if (code != ERR_OK && !call->changed) {
        call->id = STR_EMPTY; /* refused: it stays somebody else's */
    }
    return code;
}
