#include "core/endpoint/advice.h"

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/call.h"
#include "core/endpoint/scope.h"

bool advice_has_state(const struct cloud_call *call) {
    return config_source(call->config) != CONFIG_OF_DO;
}

/* A command of `pulumi do` about the endpoint, by an id that means the same without any setting. */
static struct words command(const struct cloud_call *call, const char *verb, const char *flags) {
    return words_text(call->ctx->arena, "pulumi do %s %s %p%s", call->cloud->tables->token, verb,
                      WORDS_ARG(call_told_id(call, call_whole_id(call, call->id))), flags);
}

static struct words deletion(const struct cloud_call *call) {
    return command(call, "delete", " --stateless");
}

struct words advice_again(const struct cloud_call *call) {
    return advice_has_state(call) ? words_text(call->ctx->arena, "run pulumi up again")
                                  : words_text(call->ctx->arena, "run the command again");
}

struct words advice_look(const struct cloud_call *call) {
    return advice_has_state(call) ? words_text(call->ctx->arena, "pulumi refresh")
                                  : command(call, "read", "");
}

struct words advice_follow(const struct cloud_call *call) {
    return advice_has_state(call) ? words_text(call->ctx->arena, "pulumi up goes on waiting for it")
                                  : words_text(call->ctx->arena, "%p shows how far it is",
                                               WORDS_ARG(advice_look(call)));
}

struct words advice_next_run(const struct cloud_call *call) {
    return advice_has_state(call) ? words_text(call->ctx->arena, "the next pulumi up")
                                  : words_text(call->ctx->arena, "the next try");
}

bool advice_is_kept(const struct cloud_call *call) {
    return call->perhaps_made && call->urn.len > 0 && advice_has_state(call);
}

struct words advice_perhaps_made(const struct cloud_call *call) {
    return advice_is_kept(call)
               ? words_none()
               : words_text(call->ctx->arena,
                            ": look in the console, then import or delete it before %p",
                            WORDS_ARG(advice_next_run(call)));
}

struct words advice_undeleted(const struct cloud_call *call) {
    return advice_has_state(call)
               ? words_text(call->ctx->arena,
                            "It is kept in the state; the next run deletes it again")
               : words_text(call->ctx->arena, "It may go by itself: %p shows whether it is there",
                            WORDS_ARG(advice_look(call)));
}

struct words advice_waited(const struct cloud_call *call) {
    if (call->removal != REMOVAL_NONE) { /* paused first, where that is what allows a delete */
        return advice_undeleted(call);
    }
    return words_text(call->ctx->arena, "%s; %p",
                      advice_has_state(call) ? "It is kept in the state" : "It may still get there",
                      WORDS_ARG(advice_follow(call)));
}

static struct words failed_text(const struct cloud_call *call) {
    return advice_has_state(call)
               ? words_text(
                     call->ctx->arena,
                     "Mend its inputs and run pulumi up again, or destroy it: it stays in the "
                     "state until then.")
               : words_text(call->ctx->arena,
                            "Mend its inputs (%p), or delete it (%p): it stays until then.",
                            WORDS_ARG(command(call, "patch", " --stateless")),
                            WORDS_ARG(deletion(call)));
}

struct words advice_state(const struct cloud_call *call, enum state_class state) {
    switch (state) {
    case STATE_FAILED:
        return failed_text(call);
    case STATE_UPDATE_FAILED:
        return words_text(call->ctx->arena,
                          "The last change did not apply; what was there before still serves.");
    case STATE_PENDING:
    case STATE_READY:
    case STATE_IDLE:
    case STATE_PAUSED:
    case STATE_GONE:
    case STATE_OTHER:
        break;
    }
    return words_none();
}

struct words advice_drop(const struct cloud_call *call) {
    bool in_stack = call->recorded != NULL && advice_has_state(call);
    return !in_stack
               ? words_none()
               : words_text(call->ctx->arena, " If the endpoint is gone: pulumi state delete '%p'",
                            WORDS_ARG(words_own(call->ctx->arena, call->urn)));
}

struct words advice_place(const struct cloud_call *call, struct str what) {
    struct arena *arena = call->ctx->arena;
    bool is_whole = call->id.len > 0 && str_is(what, call_whole_id(call, call->id));
    struct words scope = is_whole ? words_none() : scope_text(call);
    return scope.text.len == 0 ? scope : words_text(arena, " in %p", WORDS_ARG(scope));
}

void advice_tell_stray(struct cloud_call *call) {
    struct error *error = &call->ctx->error;
    struct words command_text = advice_has_state(call) ? words_none() : deletion(call);
    if (command_text.text.len == 0 || str_find(error->message.text, command_text.text) >= 0) {
        return;
    }
    error->message = words_text(call->ctx->arena,
                                "%p. Endpoint %p exists, and no state holds it: to delete it "
                                "run %p.",
                                WORDS_ARG(words_without_stop(call->ctx->arena, error->message)),
                                WORDS_ARG(call_told_id(call, call->id)), WORDS_ARG(command_text));
}

enum err_code advice_fail_gone(struct cloud_call *call) {
    return ctx_fail(call->ctx, ERR_NOT_FOUND, "%s: endpoint %p is gone%s",
                    call->cloud->tables->title, WORDS_ARG(call_told_id(call, call->id)),
                    advice_has_state(call) ? "; run pulumi refresh" : "");
}
