#include "core/endpoint/outcome.h"

#include "base/words.h"
#include "core/endpoint/desired.h"
#include "core/endpoint/doubt.h"
#include "core/endpoint/entry_mark.h"
#include "core/endpoint/price_state.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/template.h"
#include "core/props/unread.h"
#include "core/site.h"
#include "rest/response.h"

struct value *outcome_decode(struct cloud_call *call, const struct observation *seen,
                             const struct value *inputs) {
    const struct prop_table *props = &call->cloud->tables->props;
    struct value *decoded = prop_decode(call->ctx, props, seen->wire);
    if (seen->state == STATE_PAUSED && prop_has(props, PROP_PAUSE_RESETS)) {
        decoded = prop_without(call->ctx, props, PROP_PAUSE_RESETS, decoded);
    }
    if (call->cloud->hooks.choose_spelling != NULL) {
        call->cloud->hooks.choose_spelling(call->ctx, inputs, decoded);
    }
    return decoded;
}

const struct value *outcome_outputs(struct cloud_call *call, const struct observation *seen,
                                    const struct value *inputs) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    const struct value *decoded =
        seen->kind != OBSERVATION_SEEN ? inputs : outcome_decode(call, seen, inputs);
    struct value *outputs = prop_outputs(ctx, &tables->props, decoded, inputs);
    desired_show(ctx->arena, call->cloud, inputs, outputs);
    scope_put(ctx, tables, call->params, outputs);
    const struct value *made = value_get_c(call->params, "endpointId");
    value_map_set_c(ctx->arena, outputs, "endpointId",
                    made != NULL ? made : value_string(ctx->arena, call->id));
    if (call->cloud->hooks.derive != NULL) {
        call->cloud->hooks.derive(ctx, call->config, inputs, outputs);
    }
    entry_mark_put(ctx->arena, outputs, call->mark);
    price_put(call, outputs);
    if (seen->kind == OBSERVATION_SEEN) {
        unread_put(ctx->arena, outputs, unread_find(ctx, &tables->props, seen->wire, inputs));
        doubt_put(ctx, tables, seen->wire, outputs);
    }
    return outputs;
}

enum err_code outcome_partial(struct cloud_call *call, const struct observation *seen,
                              const struct value *inputs, const struct value *read_inputs) {
    struct ctx *ctx = call->ctx;
    struct words *reasons = ARENA_ARRAY(ctx->arena, 1, struct words);
    reasons[0] = ctx->error.message;
    ctx->error.partial = (struct error_partial){
        .id = call->id,
        .properties = outcome_outputs(call, seen, inputs),
        .inputs = read_inputs,
        .reasons = reasons,
        .reason_count = 1,
    };
    ctx->error.code = ERR_INIT_FAILED;
    return ERR_INIT_FAILED;
}

/* A full stop follows. */
static struct str without_mark(struct str text) {
    static const char *const marks[] = {".", "!", ":", ";", ",", "…", "。", "！"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        struct str mark = str_of(marks[i]);
        if (str_ends(text, mark)) {
            return without_mark(str_trim(str_slice(text, 0, text.len - mark.len)));
        }
    }
    return text;
}

/* What the service says of the state, once: two members may tell the same. */
static struct str said(struct cloud_call *call, const struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    struct str text = STR_EMPTY;
    for (const char *const *path = call->cloud->tables->status.messages;
         path != NULL && *path != NULL; path++) {
        struct str whole = value_text_at(seen->wire, *path);
        struct str message =
            without_mark(response_message(arena, &call->ctx->redact, str_trim(whole)));
        text = str_contains_nocase(text, message)   ? text
               : str_contains_nocase(message, text) ? message
                                                    : arena_join(arena, text, ": ", message);
    }
    return text;
}

struct words outcome_describe(struct cloud_call *call, const struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    if (seen->kind != OBSERVATION_SEEN) {
        return seen->kind == OBSERVATION_GONE ? words_text(arena, "gone")
                                              : words_text(arena, "state unknown");
    }
    struct words text = seen->state_word.len > 0 ? words_foreign(seen->state_word)
                                                 : words_text(arena, "without a state");
    struct str messages = said(call, seen);
    return messages.len == 0 ? text
                             : words_text(arena, "%p: %.*s", WORDS_ARG(text), STR_ARG(messages));
}

enum err_code outcome_cut_off(struct cloud_call *call, enum cancel_reason reason,
                              const char *doing) {
    struct ctx *ctx = call->ctx;
    struct str what = arena_printf(ctx->arena, "%s: %s", call->cloud->tables->title, doing);
    enum err_code code = ctx_fail_cancelled(ctx, reason, what.ptr);
    if (code == ERR_DEADLINE) {
        ctx->error.message = outcome_with_more_time(call, ctx->error.message);
    }
    return code;
}

struct str outcome_console(const struct cloud_call *call) {
    struct str url = STR_EMPTY;
    struct str missing;
    const struct cloud_tables *tables = call->cloud->tables;
    const struct site_row *site = site_of(tables, value_text_at(call->params, "region"));
    const char *template = site != NULL ? site->console : tables->console;
    bool is_made = template != NULL &&
                   template_expand(call->ctx->arena, template, call->params, &url, &missing);
    return is_made ? url : STR_EMPTY;
}
