#include "core/endpoint/unconfirmed.h"

#include "base/words.h"
#include "core/endpoint/adopt.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/name.h"

#define KEY "__unconfirmed"
#define PREFIX "unconfirmed:"

static const struct value *proof_in(const struct cloud_call *call) {
    const struct value *proof = value_get_c(call->recorded, KEY);
    return value_is_map(proof) ? proof : NULL;
}

bool unconfirmed_is(const struct cloud_call *call) {
    return proof_in(call) != NULL;
}

/* No id of an endpoint, also where that is known: it may be somebody else's. */
static struct str stand_in(struct cloud_call *call) {
    struct str name = value_text_at(call->params, call->cloud->tables->name_rule.property);
    return arena_printf(call->ctx->arena, PREFIX "%.*s", STR_ARG(name));
}

/* When, and with which label, the create was sent. */
static const struct value *proof_of(const struct cloud_call *call) {
    struct ctx *ctx = call->ctx;
    struct value *proof = value_map(ctx->arena);
    value_map_set_text(ctx->arena, proof, "mark", call->create_mark);
    value_map_set_c(ctx->arena, proof, "from",
                    value_number(ctx->arena, (double)call->create_times.from));
    value_map_set_c(ctx->arena, proof, "until",
                    value_number(ctx->arena, (double)ctx->clock->wall_seconds(ctx->clock)));
    return proof;
}

enum err_code unconfirmed_keep(struct cloud_call *call, const struct value *inputs) {
    struct ctx *ctx = call->ctx;
    const struct observation unseen = {0};
    call->id = stand_in(call);
    ctx->error.message =
        words_text(ctx->arena,
                   "%p. The state keeps it as unconfirmed: the next pulumi up looks for it and "
                   "goes on, and pulumi destroy deletes it; or look in the console",
                   WORDS_ARG(words_without_stop(ctx->arena, ctx->error.message)));
    enum err_code code = outcome_partial(call, &unseen, inputs, NULL);
    struct error_partial *told = &ctx->error.partial;
    struct value *outputs = value_map_clone(ctx->arena, told->properties);
    value_map_set_c(ctx->arena, outputs, KEY, proof_of(call));
    value_map_remove(outputs, STR("endpointId"));
    told->properties = outputs;
    told->needs_look = true;
    return code;
}

struct str unconfirmed_id(struct str id, const struct value *recorded) {
    struct str found = value_text_at(recorded, "endpointId");
    if (!str_starts(id, STR(PREFIX))) {
        return id;
    }
    if (value_is_map(value_get_c(recorded, KEY))) {
        return STR_EMPTY;
    }
    return found.len > 0 ? found : id; /* as somebody typed it */
}

static enum err_code fail_still(struct cloud_call *call, enum err_code code, const char *advice) {
    call->ctx->error.message = words_text(
        call->ctx->arena, "%p. It stays in the state as unconfirmed%s",
        WORDS_ARG(words_without_stop(call->ctx->arena, call->ctx->error.message)), advice);
    return code;
}

/* Changed by hand since: nobody else knows a name that was made up for it. */
static bool has_own_name(const struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    return !mark_is_possible(tables) && name_is_random(call->inputs, &tables->name_rule);
}

/* Where an endpoint is read by its name, no list can lag. */
static enum err_code refuse_unlisted(struct cloud_call *call, struct str mark) {
    return call->cloud->tables->id_created == NULL
               ? ERR_OK
               : cloud_refuse_unlisted(call, adopt_words(call, mark), "its create was sent",
                                       call->create_times.until);
}

/* The look and its rules are those of the create itself, in its own time. */
static enum err_code look(struct cloud_call *call, const struct value *proof, bool *found) {
    struct ctx *ctx = call->ctx;
    struct observation seen = {0};
    enum adopt_verdict verdict = ADOPT_ABSENT;
    call->create_times = (struct time_span){(int64_t)value_number_at(proof, "from", 0),
                                            (int64_t)value_number_at(proof, "until", 0)};
    (void)ctx_fail(ctx, ERR_UNCERTAIN, "%s: no reply told what became of the create",
                   call->cloud->tables->title);
    struct str mark = value_text_at(proof, "mark");
    enum err_code code = adopt_look_up(call, mark, true, LOOK_LONG, &seen, &verdict);
    if (code != ERR_OK) {
        return fail_still(call, code,
                          ": run this again when the service answers, or look in the console");
    }
    code = verdict == ADOPT_ABSENT ? refuse_unlisted(call, mark) : ERR_OK;
    if (code != ERR_OK) {
        return fail_still(call, code, " until then");
    }
    error_clear(&ctx->error);
    *found = verdict == ADOPT_OURS || (verdict == ADOPT_FOREIGN && has_own_name(call));
    call->id = *found ? call_id(call) : STR_EMPTY;
    if (verdict == ADOPT_FOREIGN && !*found) {
        log_warning(&ctx->log,
                    "%s: endpoint %p is not the one that this resource was to have: its create "
                    "was not carried out",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call_id(call))));
    }
    return ERR_OK;
}

enum err_code unconfirmed_settle(struct cloud_call *call, bool *found) {
    const struct value *proof = proof_in(call);
    *found = true;
    if (proof == NULL) {
        return ERR_OK;
    }
    call->perhaps_made = true;
    TRY(look(call, proof, found));
    call->perhaps_made = false;
    if (*found) {
        ledger_note_new(call->ledger, call->urn, call->id);
        ledger_note_change(call->ledger, call->id);
    } else {
        call->id = adopt_words(call, STR_EMPTY).text;
    }
    return ERR_OK;
}
