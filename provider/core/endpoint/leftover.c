#include "core/endpoint/leftover.h"

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/adopt.h"
#include "core/endpoint/call.h"
#include "core/endpoint/leftover_int.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/name.h"
#include "core/endpoint/pager.h"

/* The list is that of all creates which wait for one: each with a list of its own would take
 * requests that grow with the square of a stack. */
static enum err_code look_through(struct leftover_search *search) {
    struct cloud_call *call = search->call;
    struct sweep sweep;
    TRY(sweep_begin(call, &sweep));
    leftover_find(search, &sweep);
    enum err_code code = sweep_need_whole(call, &sweep);
    sweep_end(&sweep);
    return code;
}

static struct words words(struct cloud_call *call, const struct leftover *one) {
    const struct cloud_tables *tables = call->cloud->tables;
    struct str type = STR_EMPTY;
    struct str name = STR("<name>");
    (void)provider_parse_urn(call->urn, &type, &name);
    return words_text(
        call->ctx->arena,
        "%s: endpoint %p, made %p, may be left over from an earlier run of this resource: no "
        "state that this run has seen holds it. If it is, bring it in (pulumi import %s %p %p) "
        "or delete it (pulumi do %s delete %p --stateless); leave it alone if another stack uses "
        "it, or if it is what is being replaced",
        tables->title, WORDS_ARG(call_told_id(call, one->id)),
        WORDS_ARG(leftover_age(call->ctx->arena, one)), tables->token,
        WORDS_ARG(words_own(call->ctx->arena, name)), WORDS_ARG(call_told_id(call, one->id)),
        tables->token, WORDS_ARG(call_told_id(call, call_whole_id(call, one->id))));
}

static enum err_code tell(struct leftover_search *search) {
    struct cloud_call *call = search->call;
    bool fails = str_is_c(config_text(call->config, "leftOvers"), "fail");
    for (size_t i = 0; i < search->count && !fails; i++) {
        (void)leftover_is_news(call, &search->found[i]); /* its delete need not say it again */
        log_warning(&call->ctx->log, "%p", WORDS_ARG(words(call, &search->found[i])));
    }
    return search->count == 0 || !fails
               ? ERR_OK
               : ctx_fail(call->ctx, ERR_EXISTS, "%p (inference:leftOvers is fail)",
                          WORDS_ARG(words(call, &search->found[0])));
}

/* With --replace and taint the engine names what is replaced only when it deletes it. */
static void keep(struct leftover_search *search) {
    struct cloud_call *call = search->call;
    for (size_t i = 0; i < search->count; i++) {
        const struct leftover *one = &search->found[i];
        ledger_note_guess(call->ledger, call->urn, one->id, words(call, one).text);
    }
}

void leftover_tell_rest(struct cloud_call *call) {
    struct str told;
    if (ledger_take_guess(call->ledger, call->urn, call->ctx->arena, &told)) {
        log_warning(&call->ctx->log, "%.*s", STR_ARG(told));
    }
}

/* The only one is taken over when the program says so, under whatever name it has. */
static enum err_code adopt(struct cloud_call *call, const struct leftover *one,
                           struct observation *out, bool *adopted) {
    value_map_set_text(call->ctx->arena, call->params, "endpointId", one->made);
    TRY(cloud_observe(call, out));
    *adopted = out->kind == OBSERVATION_SEEN;
    if (!*adopted) {
        value_map_remove(call->params, STR("endpointId"));
        return ERR_OK;
    }
    return adopt_take_over(call, out);
}

/* A name that the program chose shows by itself, where it is unique, that it exists already. */
static bool is_sought(const struct cloud_call *call) {
    const struct name_rule *rule = &call->cloud->tables->name_rule;
    return pager_can_list(call->cloud) && call->urn.len > 0 &&
           (!rule->unique || name_is_auto(call->inputs, rule));
}

/* What would end the create itself. */
static bool ends_create(enum err_code code) {
    return code == ERR_UNAUTHENTICATED || code == ERR_CANCELLED || code == ERR_DEADLINE;
}

/* The way to the service is out of order: nor would the reply of a create arrive, nor a look find
 * what became of it. A service that answers, if only with an error, is no such case. */
static bool is_unreachable(const struct error *error) {
    bool may_pass = error->code == ERR_UNAVAILABLE || error->code == ERR_UNCERTAIN;
    return may_pass && error->http_status == 0;
}

enum err_code leftover_settle(struct cloud_call *call, struct observation *out, bool *adopted) {
    struct leftover_search search = {.call = call, .guesses = true};
    bool marked = mark_is_possible(call->cloud->tables);
    *adopted = false;
    if (!is_sought(call)) {
        return ERR_OK;
    }
    enum err_code code = look_through(&search);
    if (ends_create(code)) {
        return code;
    }
    if (is_unreachable(&call->ctx->error)) {
        call->ctx->error.message = words_text(
            call->ctx->arena, "%p Nothing was made: a create now could be lost without a trace",
            WORDS_ARG(adopt_failure(call, &call->ctx->error)));
        return code;
    }
    if (code != ERR_OK) {
        log_warning(&call->ctx->log,
                    "whether an earlier run left an endpoint of this resource behind could not be "
                    "found out: %p",
                    WORDS_ARG(call->ctx->error.message));
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    if (!marked && search.count > 1) { /* a guess among several is none */
        keep(&search);
        return ERR_OK;
    }
    if (search.count == 1 && adopt_is_wanted(call) && !call->cloud->tables->name_rule.unique) {
        return adopt(call, &search.found[0], out, adopted);
    }
    return tell(&search);
}
