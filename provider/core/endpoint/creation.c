/* A create, from the first request to the endpoint that is known to be its own. */
#include "base/words.h"
#include "core/endpoint/adopt.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/outcome.h"

/* After a cancel: short, because the look comes after it and Ctrl-C answers within 2 s. */
#define LINGER_MS 300
/* A create whose outcome is not known and that is proven not to have happened is sent once more. */
#define LOST_MAX 2
/* A name that was freed a moment ago may still be refused; so often, so far apart. */
#define CLASHES_MAX 5
#define CLASH_PAUSE_MS 2000

struct creation {
    struct rest_guard guard; /* asked before the client sends it again by itself */
    struct cloud_call *call;
    struct observation *out;
    struct str mark;   /* empty where endpoints carry none */
    bool perhaps_done; /* a request so far may have been carried out */
    int lost;          /* requests whose outcome nobody told */
    int clashes;
};

static bool names_repeat(const struct creation *creation) {
    return !creation->call->cloud->tables->name_rule.unique;
}

/* The part of the id that the service made, as text. */
static struct str created_part(struct cloud_call *call, const struct rest_reply *reply) {
    for (const char *const *path = call->cloud->tables->id_created; path != NULL && *path != NULL;
         path++) {
        const struct value *value =
            (*path)[0] == '\0' ? reply->result : value_at(reply->result, *path);
        if (value == NULL) {
            continue;
        }
        if (value->kind == VALUE_STRING && value->string.len > 0 && !str_is_c(value->string, "0")) {
            return value->string;
        }
        if ((*path)[0] != '\0' && value_is_integer(value) && value->number > 0) {
            return value_number_text(call->ctx->arena, value->number);
        }
    }
    return STR_EMPTY;
}

/* Where the service makes the id, its reply names it; else it shows the endpoint, under its own
 * name. Any other reply proves nothing. */
static bool proves_creation(struct cloud_call *call, const struct rest_reply *reply) {
    struct observation seen;
    return call->cloud->tables->id_created != NULL ? created_part(call, reply).len > 0
                                                   : cloud_observe_reply(call, reply, &seen);
}

static void know_id(struct cloud_call *call, struct str part) {
    if (part.len > 0) {
        value_map_set_text(call->ctx->arena, call->params, "endpointId", part);
    }
    call->id = call_id(call);
    call->creation = CREATION_PROVEN;
}

static void forget_id(struct cloud_call *call) {
    value_map_remove(call->params, STR("endpointId"));
    call->id = STR_EMPTY;
    call->creation = CREATION_UNPROVEN;
}

/* Whether an id that the reply named leads to another endpoint, with the mark of another create or
 * another name. Something on the way may have mixed up two replies. */
static bool is_anothers(const struct creation *creation) {
    struct cloud_call *call = creation->call;
    const struct observation *seen = creation->out;
    if (seen->kind != OBSERVATION_SEEN || call->cloud->tables->id_created == NULL) {
        return false;
    }
    struct str mark = mark_of(call->cloud->tables, seen->wire);
    if (creation->mark.len > 0 && mark.len > 0) {
        return !str_is(mark, creation->mark);
    }
    const char *property = call->cloud->tables->name_rule.property;
    struct str name = value_text_at(outcome_decode(call, seen, call->inputs), property);
    struct str asked = value_text_at(call->inputs, property);
    return name.len > 0 && !str_is_nocase(name, asked);
}

/* The id in the reply leads nowhere. It may not show yet, or be no id: then the endpoint shows by
 * its name or its mark, and is ours under the id that it has there. */
static void seek_made(struct creation *creation) {
    struct cloud_call *call = creation->call;
    const struct value *told = value_get_c(call->params, "endpointId");
    struct observation found = {0};
    enum adopt_verdict verdict = ADOPT_ABSENT;
    forget_id(call);
    enum err_code code = adopt_look_up(call, creation->mark, true, LOOK_ONCE, &found, &verdict);
    if (code == ERR_OK && verdict == ADOPT_OURS) {
        call->creation = creation->mark.len > 0 ? CREATION_PROVEN : CREATION_FOUND;
        *creation->out = found;
        return;
    }
    error_clear(&call->ctx->error);
    know_id(call, value_text(told));
}

/* The id is known from here on, whatever a look may say. False, and nothing is known, when it is
 * another's. */
static bool take_created(struct creation *creation, const struct rest_reply *reply,
                         enum err_code *code) {
    struct cloud_call *call = creation->call;
    know_id(call, created_part(call, reply));
    *code = cloud_observe_reply(call, reply, creation->out) ? ERR_OK
                                                            : cloud_observe(call, creation->out);
    if (*code == ERR_OK && creation->out->kind == OBSERVATION_GONE &&
        call->cloud->tables->id_created != NULL) {
        seek_made(creation);
    }
    if (*code != ERR_OK || !is_anothers(creation)) {
        return true;
    }
    forget_id(call);
    *creation->out = (struct observation){0};
    return false;
}

/* The last look proved that there is none. */
static enum err_code fail_absent(struct creation *creation, enum err_code code) {
    struct cloud_call *call = creation->call;
    struct ctx *ctx = call->ctx;
    struct words words = adopt_words(call, creation->mark);
    struct words failed = adopt_failure(call, &ctx->error);
    if (cancel_state(ctx->cancel) != CANCEL_NONE) {
        /* It was on its way: it cannot be promised that nothing will be. */
        return ctx_fail(ctx, ERR_UNCERTAIN, "%p The endpoint %p did not exist a moment later%p",
                        WORDS_ARG(failed), WORDS_ARG(words), WORDS_ARG(advice_perhaps_made(call)));
    }
    call->perhaps_made = false;
    ctx->error.code = code == ERR_UNCERTAIN ? ERR_UNAVAILABLE : code;
    ctx->error.message = words_text(ctx->arena,
                                    "%p It was looked for: the endpoint %p does not exist, nothing "
                                    "was made",
                                    WORDS_ARG(failed), WORDS_ARG(words));
    return ctx->error.code;
}

static enum err_code settle_foreign(struct creation *creation) {
    struct cloud_call *call = creation->call;
    call->perhaps_made = false;
    if (!adopt_is_wanted(call)) {
        return adopt_refuse(call, creation->out);
    }
    error_clear(&call->ctx->error);
    return adopt_take_over(call, creation->out);
}

/* It failed, and may have been carried out. ERR_OK with *again: it certainly was not. */
static enum err_code recover(struct creation *creation, bool resend, bool *again) {
    struct cloud_call *call = creation->call;
    enum err_code code = call->ctx->error.code;
    enum adopt_verdict verdict = ADOPT_FOREIGN;
    /* Where names are unique the next request tells the rest. */
    enum look_patience patience = resend && !names_repeat(creation) ? LOOK_ONCE : LOOK_LONG;
    TRY(adopt_look_up(call, creation->mark, true, patience, creation->out, &verdict));
    switch (verdict) {
    case ADOPT_OURS:
        call->creation = creation->mark.len > 0 ? CREATION_PROVEN : CREATION_FOUND;
        return ERR_OK;
    case ADOPT_FOREIGN:
        return settle_foreign(creation);
    case ADOPT_ABSENT:
        *again = resend && cancel_state(call->ctx->cancel) == CANCEL_NONE;
        return *again ? ERR_OK : fail_absent(creation, code);
    }
    return ERR_INTERNAL;
}

/* The refusal stays the error. */
static enum err_code fail_taken(struct cloud_call *call, enum err_code taken) {
    struct error *error = &call->ctx->error;
    error->message = outcome_with_more_time(
        call, words_text(call->ctx->arena,
                         "%p. The name was still taken when the time given ran out, by an "
                         "endpoint that no look shows",
                         WORDS_ARG(words_without_stop(call->ctx->arena, error->message))));
    return taken;
}

/* The name is taken. ERR_OK with *again: it may be free, or ours, in a moment. */
static enum err_code resolve_clash(struct creation *creation, bool *again) {
    struct cloud_call *call = creation->call;
    enum adopt_verdict verdict = ADOPT_FOREIGN;
    enum err_code taken = call->ctx->error.code;
    TRY(adopt_look_up(call, creation->mark, creation->perhaps_done, LOOK_ONCE, creation->out,
                      &verdict));
    switch (verdict) {
    case ADOPT_OURS:
        return ERR_OK;
    case ADOPT_FOREIGN:
        return settle_foreign(creation);
    case ADOPT_ABSENT:
        break;
    }
    /* Being freed, or made by a request of ours and not listed yet. */
    bool passes = call->cloud->tables->name_rule.reusable || creation->perhaps_done;
    creation->clashes++;
    if (!passes || creation->clashes > CLASHES_MAX) {
        return taken;
    }
    enum cancel_reason reason = cancel_sleep(call->ctx->cancel, CLASH_PAUSE_MS);
    *again = reason == CANCEL_NONE;
    if (reason == CANCEL_DEADLINE) {
        return fail_taken(call, taken);
    }
    return *again ? ERR_OK : outcome_cut_off(call, reason, "creating the endpoint");
}

/* One request. ERR_OK with *again: nothing was made, and it may be sent once more. */
static enum err_code send_create(struct creation *creation, struct cloud_call *sending,
                                 const struct value *body, bool *again) {
    struct cloud_call *call = creation->call;
    struct rest_reply reply;
    enum err_code code = cloud_send(sending, "create", body, &reply);
    enum err_code looked = ERR_OK;
    if (code == ERR_OK && proves_creation(call, &reply) &&
        take_created(creation, &reply, &looked)) {
        return looked;
    }
    bool unknown = code == ERR_OK || reply.class == FAILURE_TRANSIENT;
    creation->perhaps_done = creation->perhaps_done || code == ERR_OK || reply.maybe_done;
    call->perhaps_made = creation->perhaps_done;
    if (code == ERR_OK) {
        code = ctx_fail(call->ctx, ERR_UNCERTAIN,
                        "%s: creating the endpoint: the reply does not show it.",
                        call->cloud->tables->title);
    }
    if (reply.class == FAILURE_CONFLICT && !names_repeat(creation)) {
        return resolve_clash(creation, again);
    }
    if (!creation->perhaps_done) {
        return code;
    }
    creation->lost++;
    return recover(creation, unknown && creation->lost < LOST_MAX, again);
}

/* Where names repeat a second request makes a second endpoint. */
static bool allows(struct rest_guard *self) {
    struct creation *creation = (struct creation *)self;
    enum adopt_verdict verdict = ADOPT_FOREIGN;
    return adopt_look_up(creation->call, creation->mark, true, LOOK_ONCE, creation->out,
                         &verdict) == ERR_OK &&
           verdict == ADOPT_ABSENT;
}

static enum err_code remove_twin(struct cloud_call *call, const struct value *id) {
    struct cloud_call twin = *call;
    twin.params = value_map_clone(call->ctx->arena, call->params);
    value_map_set_c(call->ctx->arena, twin.params, "endpointId", id);
    twin.id = call_id(&twin);
    return call->cloud->hooks.remove != NULL ? call->cloud->hooks.remove(&twin)
                                             : cloud_remove_default(&twin);
}

static void settle_twin(struct cloud_call *call, const struct value *id) {
    const char *title = call->cloud->tables->title;
    if (remove_twin(call, id) == ERR_OK) {
        log_warning(&call->ctx->log,
                    "%s: the request for endpoint %p was carried out twice; the second endpoint, "
                    "%.*s, was deleted",
                    title, WORDS_ARG(call_told_id(call, call->id)), STR_ARG(id->string));
        return;
    }
    log_warning(&call->ctx->log,
                "%s: the request for endpoint %p was carried out twice; the second endpoint, "
                "%.*s, could not be deleted (%p): delete it (pulumi do %s delete %p "
                "--stateless)",
                title, WORDS_ARG(call_told_id(call, call->id)), STR_ARG(id->string),
                WORDS_ARG(call->ctx->error.message), call->cloud->tables->token,
                WORDS_ARG(call_told_id(call, call_whole_id(call, id->string))));
    error_clear(&call->ctx->error);
}

/* A request that was carried out twice leaves two endpoints with the mark of this very call:
 * nobody else can know the second one. One alone is no second one as long as nobody has seen the
 * first: its id may be none. */
static void settle_twins(struct creation *creation) {
    struct cloud_call *call = creation->call;
    struct value *ids = NULL;
    if (adopt_find_marked(call, creation->mark, &ids) != ERR_OK) {
        error_clear(&call->ctx->error);
        return;
    }
    struct str own = arena_str(call->ctx->arena, value_text_at(call->params, "endpointId"));
    bool is_seen = creation->out->kind == OBSERVATION_SEEN || value_list_has(ids, own);
    for (size_t i = 0; is_seen && i < ids->list.count; i++) {
        if (!str_is(ids->list.items[i]->string, own)) {
            settle_twin(call, ids->list.items[i]);
        }
    }
}

enum err_code cloud_create_default(struct cloud_call *call, const struct value *body,
                                   struct observation *out) {
    struct creation creation = {.guard = {allows}, .call = call, .out = out};
    struct rest_session session = *call->session;
    struct cloud_call sending = *call;
    sending.session = &session;
    if (mark_is_possible(call->cloud->tables)) {
        creation.mark = mark_new(call);
        call->create_mark = creation.mark;
        body = mark_put(call, body, creation.mark);
        session.guard = names_repeat(&creation) ? &creation.guard : NULL;
    } else {
        session.linger_ms = LINGER_MS; /* no label tells whose an endpoint is, only the answer */
    }
    bool again = true;
    while (again) {
        again = false;
        TRY(send_create(&creation, &sending, body, &again));
    }
    if (names_repeat(&creation) && creation.mark.len > 0) {
        settle_twins(&creation);
    }
    return ERR_OK;
}
