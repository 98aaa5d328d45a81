#include "core/endpoint/adopt.h"

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/change.h"
#include "core/endpoint/entry_mark.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/name.h"
#include "core/endpoint/pager.h"
#include "core/endpoint/refusal.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/sweep.h"
#include "core/props/compare.h"
#include "core/props/prop_told.h"

/* Clocks of this machine and of the cloud may differ by so much. */
#define CLOCK_SKEW_SECONDS 300

/* Without a mark: what a create sends, made when it was on its way. */
static bool looks_ours(struct cloud_call *call, const struct observation *seen) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct diff_list unapplied = {.ctx = call->ctx};
    const struct value *sent =
        prop_without(call->ctx, &tables->props, PROP_NO_CREATE, call->inputs);
    prop_unapplied(&unapplied, &tables->props, NULL, sent,
                   outcome_decode(call, seen, call->inputs));
    int64_t created = cloud_created_at(call->cloud, seen->wire);
    if (unapplied.count > 0 || created < 0) {
        /* Without a time of creation the name has to do: there it is unique for ever. */
        return unapplied.count == 0 && !tables->name_rule.reusable;
    }
    const struct time_span *times = &call->create_times;
    return created >= times->from - CLOCK_SKEW_SECONDS &&
           (times->until == 0 || created <= times->until + CLOCK_SKEW_SECONDS);
}

enum err_code adopt_find_marked(struct cloud_call *call, struct str mark, struct value **out_ids) {
    struct arena *arena = call->ctx->arena;
    struct sweep sweep;
    *out_ids = value_list(arena);
    TRY(sweep_begin(call, &sweep));
    for (size_t i = 0; i < sweep.items->list.count; i++) {
        const struct value *wire = sweep.items->list.items[i];
        if (str_is(mark_of(call->cloud->tables, wire), mark)) {
            struct str id = pager_item_of(call, wire).id;
            value_list_append(arena, *out_ids, value_string(arena, arena_str(arena, id)));
        }
    }
    enum err_code code = (*out_ids)->list.count > 0 ? ERR_OK : sweep_need_whole(call, &sweep);
    sweep_end(&sweep);
    return code;
}

/* What one look is about. */
struct adopt_look {
    struct looker looker;
    struct cloud_call *call; /* the one that creates */
    struct str mark;
    struct observation *out;
};

static enum err_code look_by_name(struct looker *self, struct cloud_call *call, bool *found) {
    struct adopt_look *look = (struct adopt_look *)self;
    TRY(cloud_observe(call, look->out));
    *found = look->out->kind == OBSERVATION_SEEN;
    return ERR_OK;
}

/* From here on it is known: whatever fails later is about an endpoint that exists. */
static enum err_code look_by_mark(struct looker *self, struct cloud_call *call, bool *found) {
    struct adopt_look *look = (struct adopt_look *)self;
    struct value *ids = NULL;
    *look->out = (struct observation){.kind = OBSERVATION_GONE};
    TRY(adopt_find_marked(call, look->mark, &ids));
    if (ids->list.count == 0) {
        return ERR_OK;
    }
    *found = true;
    value_map_set_c(call->ctx->arena, call->params, "endpointId", ids->list.items[0]);
    look->call->id = call_id(call);
    return cloud_observe(call, look->out);
}

struct words adopt_words(struct cloud_call *call, struct str mark) {
    struct arena *arena = call->ctx->arena;
    struct str id = call_id(call);
    if (id.len > 0) {
        return call_told_id(call, id);
    }
    struct words name = call_told_part(call, call->cloud->tables->name_rule.property);
    return mark.len > 0 ? words_text(arena, "\"%p\" (with the label " MARK_NAME "=%.*s)",
                                     WORDS_ARG(name), STR_ARG(mark))
                        : words_text(arena, "\"%p\"", WORDS_ARG(name));
}

struct words adopt_failure(struct cloud_call *call, const struct error *error) {
    struct arena *arena = call->ctx->arena;
    struct words text = words_without_stop(arena, error->message);
    return words_text(arena, "%p.",
                      WORDS_ARG(words_without_end(arena, text, STR(CLIENT_LOOK_FIRST))));
}

static enum err_code fail_unknown(struct cloud_call *call, struct str mark,
                                  const struct error *lost) {
    struct words why = call->ctx->error.message;
    return ctx_fail(call->ctx, ERR_UNCERTAIN,
                    "%p Whether the endpoint %p exists could not be found out either (%p)%p",
                    WORDS_ARG(adopt_failure(call, lost)), WORDS_ARG(adopt_words(call, mark)),
                    WORDS_ARG(words_without_stop(call->ctx->arena, why)),
                    WORDS_ARG(advice_perhaps_made(call)));
}

/* Something on the way may send a request twice: then the refusal is the only reply, and who else
 * would have the random name? */
static bool is_ours(struct cloud_call *call, struct str mark, bool perhaps_done,
                    const struct observation *seen) {
    const struct cloud_tables *tables = call->cloud->tables;
    if (mark.len > 0) {
        return str_is(mark_of(tables, seen->wire), mark);
    }
    bool possible = perhaps_done || name_is_random(call->inputs, &tables->name_rule);
    return possible && looks_ours(call, seen);
}

enum err_code adopt_look_up(struct cloud_call *call, struct str mark, bool perhaps_done,
                            enum look_patience patience, struct observation *out,
                            enum adopt_verdict *verdict) {
    struct ctx *ctx = call->ctx;
    bool by_mark = mark.len > 0 && !call->cloud->tables->name_rule.unique;
    struct adopt_look look = {
        .looker = {by_mark ? look_by_mark : look_by_name}, .call = call, .mark = mark, .out = out};
    struct error lost = error_keep(&ctx->error);
    bool found = false;
    enum err_code code = look_until_found(call, &look.looker, patience, &found);
    if (code != ERR_OK) {
        return call->id.len > 0 ? code : fail_unknown(call, mark, &lost);
    }
    bool ours = found && is_ours(call, mark, perhaps_done, out);
    *verdict = !found ? ADOPT_ABSENT : ours ? ADOPT_OURS : ADOPT_FOREIGN;
    if (*verdict == ADOPT_OURS) {
        call->id = call_id(call);
        call->creation = CREATION_FOUND;
        error_clear(&ctx->error);
    } else {
        error_put_back(&ctx->error, &lost);
    }
    return ERR_OK;
}

bool adopt_is_wanted(const struct cloud_call *call) {
    return value_bool_at(call->inputs, "adoptExisting", false);
}

void adopt_note_entry(struct ledger *ledger, struct str urn, struct str id,
                      const struct value *outputs) {
    struct str mark = entry_mark_of(outputs);
    if (value_bool_at(outputs, "adoptExisting", false) && mark.len > 0) {
        ledger_note_declared(ledger, urn, id, mark);
    } else {
        ledger_note_mark(ledger, urn, id, mark);
    }
}

/* The existing endpoint as if it had been made by the program's inputs. What the program leaves to
 * a look-up is where it was found. */
static struct comparison compare_existing(struct cloud_call *call, const struct observation *seen,
                                          struct value **out_olds) {
    struct ctx *ctx = call->ctx;
    const struct cloud_tables *tables = call->cloud->tables;
    struct value *olds =
        prop_adopt(ctx, &tables->props, outcome_decode(call, seen, call->inputs), call->inputs);
    scope_put(ctx, tables, call->params, olds);
    *out_olds = olds;
    return compare_inputs(ctx, call->cloud, call->config, olds, call->inputs, olds);
}

/* What adopting it would do. */
static struct words adoption_words(struct cloud_call *call, const struct observation *seen) {
    struct ctx *ctx = call->ctx;
    struct arena *arena = ctx->arena;
    struct value *olds = NULL;
    struct comparison inputs = compare_existing(call, seen, &olds);
    struct path_list replacing = compare_replacing(ctx, call->cloud->tables, &inputs);
    if (replacing.count > 0) {
        return words_text(
            arena,
            " (adoptExisting does not help: its %p differs and cannot be changed "
            "in place)",
            WORDS_ARG(prop_told_path(arena, &call->cloud->tables->props, replacing.paths[0])));
    }
    struct diff_list diffs = {.ctx = ctx};
    prop_diff(&diffs, &call->cloud->tables->props, inputs.olds, inputs.news);
    struct words changes = refusal_paths(arena, &call->cloud->tables->props, &diffs);
    if (changes.text.len == 0) {
        return words_text(
            call->ctx->arena,
            ", or set adoptExisting: true to take it over; nothing of it differs from the "
            "program now");
    }
    return words_text(arena,
                      ", or set adoptExisting: true to take it over: the endpoint will be changed "
                      "(%p)",
                      WORDS_ARG(changes));
}

/* `--replace` and taint come to a create without a word of the old endpoint. Where Diff has found a
 * replacement, it has said that the old one goes first; no word tells why it did not. */
static const char *own_words(const struct name_rule *rule, bool replaced) {
    if (!rule->reusable) {
        return "It may be this resource's own: to replace it, choose another name or leave it out "
               "(deleteBeforeReplace does not help: a name is never free again). ";
    }
    return replaced ? "It is this resource's own, which was to go first and did not: take the "
                      "resource option deleteBeforeReplace: false out of the program; with "
                      "retainOnDelete, under which it keeps the name, choose another one. "
                    : "It may be this resource's own: to replace it, set the resource option "
                      "deleteBeforeReplace; with retainOnDelete, under which it keeps the name, "
                      "choose another one. ";
}

/* Whose the state says it is; empty when this run has not heard of it. */
static struct words entry_words(struct cloud_call *call, struct str id, struct str owner) {
    struct ledger_entry entry = ledger_find(call->ledger, call->urn, id);
    if (entry.known) {
        return words_own(call->ctx->arena,
                         str_of(own_words(&call->cloud->tables->name_rule, entry.replaced)));
    }
    return owner.len == 0
               ? words_none()
               : words_text(call->ctx->arena,
                            "In the state it is that of %.*s: if this is the same resource under "
                            "another name, set the resource option aliases: [\"%.*s\"]. ",
                            STR_ARG(owner), STR_ARG(owner));
}

/* Nobody but the program knows it, and the engine tells of what has left it only after the creates.
 * A random name was in no earlier program. */
static const char *renamed_words(struct cloud_call *call) {
    bool possible = config_source(call->config) != CONFIG_OF_DO &&
                    !name_is_auto(call->inputs, &call->cloud->tables->name_rule);
    return possible ? ", or, if this resource had another name in the program before, set the "
                      "resource option aliases: [{name: <that name>}]"
                    : "";
}

/* Another resource of the program has it now; to take it away would leave that one without. */
static enum err_code refuse_neighbours(struct cloud_call *call, struct str id, struct str owner) {
    return ctx_fail(call->ctx, ERR_EXISTS,
                    "%s: an endpoint %p exists already. It is that of %.*s, which this program "
                    "declares, too: choose another name; or, where that one gives this name up, "
                    "run pulumi up again once it has. Two that exchange their names take a third "
                    "one in between",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, id)), STR_ARG(owner));
}

enum err_code adopt_refuse(struct cloud_call *call, const struct observation *seen) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct str id = call_id(call);
    struct str type = STR_EMPTY;
    struct str name = STR("<name>");
    struct str owner = ledger_owner(call->ledger, id, call->ctx->arena);
    if (!str_is(owner, call->urn) && ledger_is_declared(call->ledger, owner)) {
        return refuse_neighbours(call, id, owner);
    }
    (void)provider_parse_urn(call->urn, &type, &name);
    struct words entry = entry_words(call, id, owner);
    return ctx_fail(
        call->ctx, ERR_EXISTS,
        "%s: an endpoint %p exists already. %p%s bring it in (pulumi import %s %p %p), or "
        "%s%s%p",
        tables->title, WORDS_ARG(call_told_id(call, id)), WORDS_ARG(entry),
        entry.text.len > 0 ? "Else" : "Either", tables->token,
        WORDS_ARG(words_own(call->ctx->arena, name)), WORDS_ARG(call_told_id(call, id)),
        tables->name_rule.reusable ? "delete it"
                                   : "choose another name (deleting does not free one)",
        entry.text.len > 0 ? "" : renamed_words(call), WORDS_ARG(adoption_words(call, seen)));
}

static enum err_code refuse_replacement(struct cloud_call *call, const struct comparison *inputs) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct path_list replacing = compare_replacing(call->ctx, tables, inputs);
    if (replacing.count == 0) {
        return ERR_OK;
    }
    return ctx_fail(
        call->ctx, ERR_EXISTS,
        "%s: the existing endpoint %p cannot be adopted: its %p differs and cannot be changed in "
        "place. %s",
        tables->title, WORDS_ARG(call_told_id(call, call_id(call))),
        WORDS_ARG(
            prop_told_path(call->ctx->arena, &call->cloud->tables->props, replacing.paths[0])),
        tables->name_rule.reusable ? "Delete it or choose another name"
                                   : "Choose another name (deleting does not free one)");
}

/* The engine deletes it next. */
static enum err_code refuse_replaced(struct cloud_call *call) {
    struct str id = call_id(call);
    if (!ledger_find(call->ledger, call->urn, id).replaced) {
        return ERR_OK;
    }
    return ctx_fail(
        call->ctx, ERR_EXISTS,
        "%s: endpoint %p is the one that is being replaced and cannot be adopted: set "
        "deleteBeforeReplace, so that it goes first, or choose another name (with retainOnDelete "
        "only that helps)",
        call->cloud->tables->title, WORDS_ARG(call_told_id(call, id)));
}

/* From here on, for the entry that it is taken from may be deleted at the same time. */
static enum err_code hold(struct cloud_call *call) {
    struct str id = call_id(call);
    if (!ledger_take_over(call->ledger, call->urn, id, call->mark)) {
        return ctx_fail(call->ctx, ERR_EXISTS,
                        "%s: endpoint %p is being deleted by this run and is not taken over: run "
                        "pulumi up again",
                        call->cloud->tables->title, WORDS_ARG(call_told_id(call, id)));
    }
    call->id = id;
    return ERR_OK;
}

enum err_code adopt_take_over(struct cloud_call *call, struct observation *seen) {
    TRY(refuse_replaced(call));
    struct value *olds = NULL;
    struct comparison inputs = compare_existing(call, seen, &olds);
    TRY(refuse_replacement(call, &inputs));
    TRY(hold(call));
    struct observation answer = {0};
    enum err_code code = change_send(call, olds, call->inputs, seen, &answer);
    if (answer.kind == OBSERVATION_SEEN) {
        *seen = answer;
        code = code == ERR_OK ? change_answer(call, olds, call->inputs, seen) : code;
    }
    if (code != ERR_OK && !call->changed) {
        (void)ledger_release(call->ledger, call->urn, call->id, call->mark);
        call->id = STR_EMPTY; /* refused: it stays somebody else's */
    }
    return code;
}
