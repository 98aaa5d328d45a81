/* What is attached to an endpoint by calls of its own: section `attached` of the data
 * (docs/apis/tir.md 2.8). A live object has it below "attached", once a look has asked for it. */
#include "base/words.h"
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/backoff.h"
#include "core/endpoint/outcome.h"

#define LIVE "attached"

/* One property whose items are attached one by one or together. */
struct attachment {
    const struct value *row; /* of the data */
    const struct prop *prop;
};

static size_t attachment_count(void) {
    const struct value *rows = value_get_c(tir_tables.data, LIVE);
    return value_is_map(rows) ? rows->map.count : 0;
}

static struct attachment attachment_at(size_t index) {
    const struct value_entry *entry = &value_get_c(tir_tables.data, LIVE)->map.entries[index];
    return (struct attachment){entry->value, prop_find(&tir_tables.props, entry->key)};
}

static const struct value *wanted_of(const struct attachment *one, const struct value *inputs) {
    return one->prop == NULL ? NULL : value_get_set(inputs, str_of(one->prop->name));
}

/* NULL where the row does not say it. */
static const char *word_of(const struct attachment *one, const char *what) {
    struct str word = value_text_at(one->row, what);
    return word.len == 0 ? NULL : word.ptr;
}

static bool differs(const struct attachment *one, const struct value *old_inputs,
                    const struct value *news) {
    const struct value *wanted = wanted_of(one, news);
    return wanted != NULL && !prop_equal(one->prop, wanted_of(one, old_inputs), wanted);
}

bool tir_attached_differ(const struct value *old_inputs, const struct value *news) {
    for (size_t i = 0; i < attachment_count(); i++) {
        const struct attachment one = attachment_at(i);
        if (differs(&one, old_inputs, news)) {
            return true;
        }
    }
    return false;
}

/* Replies may be shared, and the object of the endpoint is. */
static void show(struct arena *arena, const struct attachment *one, const struct value *ids,
                 struct observation *seen) {
    struct value *wire = value_map_clone(arena, seen->wire);
    struct value *attached = value_map_clone(arena, value_get_c(wire, LIVE));
    value_map_set_c(arena, attached, one->prop->name, ids);
    value_map_set_c(arena, wire, LIVE, attached);
    seen->wire = wire;
}

static const struct value *shown(const struct attachment *one, const struct observation *seen) {
    return value_get_set(value_get_c(seen->wire, LIVE), str_of(one->prop->name));
}

/* The endpoint that has the item; empty when none has. */
static struct str holder_of(struct arena *arena, const struct attachment *one,
                            const struct value *item) {
    const char *member = word_of(one, "holderKind.member");
    struct str kind = value_text_at(one->row, "holderKind.is");
    return member != NULL && str_is_nocase(value_text_at(item, member), kind)
               ? value_id_at(arena, item, word_of(one, "holder"))
               : STR_EMPTY;
}

/* The list may be that of a project, with what others have. */
static bool is_held(struct cloud_call *call, const struct attachment *one,
                    const struct value *item) {
    return word_of(one, "holder") == NULL || str_is(holder_of(call->ctx->arena, one, item),
                                                    value_text_at(call->params, "endpointId"));
}

/* The property's name, unless the error has it already, and what to do. */
static enum err_code tell(struct cloud_call *call, const struct attachment *one,
                          enum err_code code) {
    struct error *error = &call->ctx->error;
    if (str_find(error->message.text, str_of(one->prop->name)) < 0) {
        error->message = words_text(call->ctx->arena, "%p. This is about %s: %p when it is mended",
                                    WORDS_ARG(words_without_stop(call->ctx->arena, error->message)),
                                    one->prop->name, WORDS_ARG(advice_again(call)));
    }
    return code;
}

static enum err_code read_ids(struct cloud_call *call, const struct attachment *one,
                              const struct value **out) {
    struct arena *arena = call->ctx->arena;
    const struct value *items = NULL;
    enum err_code code = tir_list_all(call, word_of(one, "list"), &items);
    if (code != ERR_OK) {
        return tell(call, one, code);
    }
    struct value *ids = value_list(arena);
    for (size_t i = 0; i < items->list.count; i++) {
        struct str id = value_id_at(arena, items->list.items[i], "id");
        if (id.len > 0 && is_held(call, one, items->list.items[i])) {
            value_list_append(arena, ids, value_string(arena, id));
        }
    }
    *out = ids;
    return ERR_OK;
}

/* By the program or the state: what was taken out of the program stays among the outputs, else a
 * refresh would show a change. */
static bool is_managed(const struct cloud_call *call, const struct attachment *one) {
    return wanted_of(one, call->inputs) != NULL || wanted_of(one, call->recorded) != NULL;
}

enum err_code tir_show_attached(struct cloud_call *call, struct observation *seen) {
    for (size_t i = 0; i < attachment_count(); i++) {
        const struct attachment one = attachment_at(i);
        const struct value *ids = NULL;
        if (is_managed(call, &one)) {
            TRY(read_ids(call, &one, &ids));
            show(call->ctx->arena, &one, ids, seen);
        }
    }
    return ERR_OK;
}

void tir_keep_attached(struct arena *arena, const struct observation *before,
                       struct observation *after) {
    const struct value *attached = value_get_c(before->wire, LIVE);
    if (attached != NULL && after->kind == OBSERVATION_SEEN) {
        struct value *wire = value_map_clone(arena, after->wire);
        value_map_set_c(arena, wire, LIVE, attached);
        after->wire = wire;
    }
}

static const struct value *without(struct arena *arena, const struct value *all,
                                   const struct value *taken) {
    struct value *out = value_list(arena);
    for (size_t i = 0; i < value_list_count(all); i++) {
        if (!value_list_has(taken, value_text(all->list.items[i]))) {
            value_list_append(arena, out, all->list.items[i]);
        }
    }
    return out;
}

static const struct value *joined(struct arena *arena, const struct value *all,
                                  const struct value *more) {
    struct value *out = value_list(arena);
    for (size_t i = 0; i < value_list_count(all); i++) {
        value_list_append(arena, out, all->list.items[i]);
    }
    for (size_t i = 0; i < more->list.count; i++) {
        value_list_append(arena, out, more->list.items[i]);
    }
    return out;
}

/* One request: these ids are attached or detached by it. */
struct step {
    const char *operation;
    const struct value *body;
    const struct value *ids;
    bool detaches;
};

static bool is_done(struct arena *arena, const struct step *step, const struct value *live) {
    size_t missing = without(arena, step->ids, live)->list.count;
    return step->detaches ? missing == step->ids->list.count : missing == 0;
}

/* Of what belongs to one endpoint alone: which one that is. With --replace and taint the engine
 * makes the new endpoint first, whatever Diff would say. */
static void tell_holder(struct cloud_call *call, const struct attachment *one,
                        const struct step *step) {
    struct arena *arena = call->ctx->arena;
    struct error refused = error_keep(&call->ctx->error);
    const struct value *items = NULL;
    bool listed = tir_list_all(call, word_of(one, "list"), &items) == ERR_OK;
    error_put_back(&call->ctx->error, &refused);
    for (size_t i = 0; listed && i < items->list.count; i++) {
        const struct value *item = items->list.items[i];
        struct str holder = holder_of(arena, one, item);
        if (holder.len > 0 && value_list_has(step->ids, value_id_at(arena, item, "id"))) {
            call->ctx->error.message = words_text(
                arena,
                "%p. Endpoint %.*s has it: if this one takes the place of that, set the "
                "resource option deleteBeforeReplace, or delete that one first",
                WORDS_ARG(words_without_stop(call->ctx->arena, call->ctx->error.message)),
                STR_ARG(holder));
            return;
        }
    }
}

/* What is attached is shown as it is known now, whatever comes of the next step. No document says
 * what a second copy of a request gets: a refusal may be about what is done already. */
static enum err_code take_step(struct cloud_call *call, const struct attachment *one,
                               const struct step *step, struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    struct rest_reply reply;
    const struct value *live = shown(one, seen);
    enum err_code code = cloud_change_in_turn(call, step->operation, step->body, &reply);
    if (code == ERR_OK) {
        live = step->detaches ? without(arena, live, step->ids) : joined(arena, live, step->ids);
        show(arena, one, live, seen);
        seen->is_look = false; /* nobody has seen that it is so */
        return ERR_OK;
    }
    struct error refused = error_keep(&call->ctx->error);
    bool looked = read_ids(call, one, &live) == ERR_OK;
    error_put_back(&call->ctx->error, &refused);
    if (looked) {
        show(arena, one, live, seen);
    }
    if (looked && is_done(arena, step, live)) {
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    code = tell(call, one, code);
    if (!step->detaches && code == ERR_PRECONDITION &&
        value_bool_at(one->row, "exclusive", false)) {
        tell_holder(call, one, step);
    }
    return code;
}

static enum err_code one_by_one(struct cloud_call *call, const struct attachment *one,
                                const struct value *ids, bool detaches, struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    const char *operation = word_of(one, detaches ? "detach" : "attach");
    for (size_t i = 0; i < ids->list.count; i++) {
        struct value *id = value_list(arena);
        value_list_append(arena, id, ids->list.items[i]);
        value_map_set_c(arena, call->params, "attachedId", ids->list.items[i]);
        const struct step step = {.operation = operation, .ids = id, .detaches = detaches};
        TRY(take_step(call, one, &step, seen));
    }
    return ERR_OK;
}

static enum err_code attach(struct cloud_call *call, const struct attachment *one,
                            const struct value *ids, struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    const char *together = word_of(one, "together");
    if (together == NULL || ids->list.count == 0) {
        return one_by_one(call, one, ids, false, seen);
    }
    struct value *body = value_map(arena);
    value_map_set_c(arena, body, together, prop_encode_value(call->ctx, one->prop, ids));
    const struct step step = {.operation = word_of(one, "attach"), .body = body, .ids = ids};
    return take_step(call, one, &step, seen);
}

/* Of what cannot be read the state holds what was sent last; of a new endpoint, nothing. */
static const struct value *last_known(struct cloud_call *call, const struct attachment *one) {
    const struct value *recorded = wanted_of(one, call->recorded);
    return value_is_list(recorded) ? recorded : value_list(call->ctx->arena);
}

static enum err_code set(struct cloud_call *call, const struct attachment *one,
                         const struct value *wanted, struct observation *seen) {
    struct arena *arena = call->ctx->arena;
    const struct value *live = shown(one, seen);
    if (live == NULL) {
        enum err_code code = read_ids(call, one, &live);
        show(arena, one, code == ERR_OK ? live : last_known(call, one), seen);
        TRY(code);
    }
    TRY(attach(call, one, without(arena, wanted, live), seen));
    return one_by_one(call, one, without(arena, shown(one, seen), wanted), true, seen);
}

enum err_code tir_attach(struct cloud_call *call, const struct value *old_inputs,
                         const struct value *news, struct observation *seen) {
    for (size_t i = 0; i < attachment_count() && seen->kind == OBSERVATION_SEEN; i++) {
        const struct attachment one = attachment_at(i);
        if (differs(&one, old_inputs, news)) {
            TRY(set(call, &one, wanted_of(&one, news), seen));
        }
    }
    return ERR_OK;
}

static bool is_shown(const struct value *inputs, const struct observation *seen) {
    for (size_t i = 0; i < attachment_count(); i++) {
        const struct attachment one = attachment_at(i);
        const struct value *wanted = wanted_of(&one, inputs);
        if (wanted != NULL && !prop_equal(one.prop, wanted, shown(&one, seen))) {
            return false;
        }
    }
    return true;
}

enum err_code tir_await_attached(struct cloud_call *call, struct observation *seen) {
    const struct clock *clock = call->ctx->clock;
    const struct wait_policy *policy = &call->cloud->tables->wait;
    int64_t started_ms = clock->now_ms(clock);
    int64_t delay_ms = policy->first_ms;
    if (seen->kind != OBSERVATION_SEEN || !tir_attached_differ(NULL, call->inputs)) {
        return ERR_OK;
    }
    for (;;) {
        TRY(tir_show_attached(call, seen));
        bool late = clock->now_ms(clock) - started_ms >= policy->settle_ms;
        if (late || is_shown(call->inputs, seen)) {
            return ERR_OK;
        }
        enum cancel_reason reason = cancel_sleep(call->ctx->cancel, delay_ms);
        if (reason != CANCEL_NONE) {
            return outcome_cut_off(call, reason, "waiting for what was attached");
        }
        delay_ms = backoff_next_ms(policy, delay_ms);
    }
}

static bool comes_before(const struct value *list, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (value_equal(list->list.items[i], list->list.items[index])) {
            return true;
        }
    }
    return false;
}

void tir_check_attached(struct ctx *ctx, const struct value *inputs, struct failures *failures) {
    for (size_t i = 0; i < attachment_count(); i++) {
        const struct attachment one = attachment_at(i);
        const struct value *ids = wanted_of(&one, inputs);
        for (size_t j = 0; value_is_list(ids) && j < ids->list.count; j++) {
            if (value_is_string(ids->list.items[j]) && comes_before(ids, j)) {
                failures_add(failures, arena_printf(ctx->arena, "%s[%zu]", one.prop->name, j),
                             "is there twice");
            }
        }
    }
}

static bool share_one(const struct value *held, const struct value *needed) {
    for (size_t i = 0; i < value_list_count(needed); i++) {
        struct str id = value_text(needed->list.items[i]);
        if (id.len > 0 && value_list_has(held, id)) {
            return true;
        }
    }
    return false;
}

/* What is `exclusive` is attached to one endpoint at most. */
bool tir_holds_needed(const struct value *olds, const struct value *news) {
    for (size_t i = 0; i < attachment_count(); i++) {
        const struct attachment one = attachment_at(i);
        if (value_bool_at(one.row, "exclusive", false) &&
            share_one(wanted_of(&one, olds), wanted_of(&one, news))) {
            return true;
        }
    }
    return false;
}
