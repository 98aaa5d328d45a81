#include "core/endpoint/cloud.h"

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/access.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/capacity.h"
#include "core/endpoint/outcome.h"
#include "core/endpoint/price_reply.h"
#include "core/endpoint/refusal.h"
#include "core/endpoint/scope.h"
#include "core/endpoint/template.h"
#include "core/props/prop.h"

const struct operation *cloud_operation(const struct cloud *cloud, const char *name) {
    for (size_t i = 0; i < cloud->tables->operation_count; i++) {
        if (str_is_c(str_of(cloud->tables->operations[i].name), name)) {
            return &cloud->tables->operations[i];
        }
    }
    return NULL;
}

/* The value of a parameter for a template that is nothing but it, which may be no text; NULL for
 * any other template. */
static const struct value *whole_parameter(const struct cloud_call *call, const char *template) {
    struct str text = str_of(template);
    bool is_one =
        text.len > 2 && text.ptr[0] == '{' && str_find(text, STR("}")) == (ptrdiff_t)text.len - 1;
    return is_one ? value_get_set(call->params, str_slice(text, 1, text.len - 1)) : NULL;
}

/* The body with what its operation always says ("Id", "action"). */
static const struct value *with_fixed_fields(struct cloud_call *call, const struct operation *row,
                                             const struct value *body) {
    if (row->body_count == 0) {
        return body;
    }
    struct arena *arena = call->ctx->arena;
    struct value *out = value_map_clone(arena, body);
    for (size_t i = 0; i < row->body_count; i++) {
        const char *template = row->body[i].template;
        const struct value *value = whole_parameter(call, template);
        struct str text;
        struct str missing;
        if (value == NULL && template_expand(arena, template, call->params, &text, &missing)) {
            value = value_string(arena, text);
        }
        if (value != NULL) {
            value_map_set_c(arena, out, row->body[i].name, value);
        }
    }
    return out;
}

/* Some operations take a key of their own instead of the account's credentials. */
static enum err_code take_own_credential(struct cloud_call *call, const struct operation *row,
                                         struct rest_session *session) {
    if (row->credential == NULL) {
        return ERR_OK;
    }
    struct str token = config_text(call->config, row->credential);
    if (token.len == 0) {
        return ctx_fail(call->ctx, ERR_UNAUTHENTICATED,
                        "%s: %s needs inference:%s; its description says where to get one",
                        call->cloud->tables->title, row->doing, row->credential);
    }
    session->scheme = sign_scheme_find("bearer");
    session->credential = (struct sign_credential){.token = token};
    session->gate = NULL;
    session->authorize = NULL;
    session->renew = NULL;
    return ERR_OK;
}

/* Of an object that was known the advice is another than of one that was named, or of a place. */
static struct words absence_text(struct cloud_call *call, const struct operation *row,
                                 const struct value *body, const struct rest_reply *reply) {
    struct words fields = refusal_fields(call, reply, body != NULL);
    if (fields.text.len > 0) {
        return fields;
    }
    if (call->id.len > 0 && row->repeat != REPEAT_SAFE &&
        config_source(call->config) != CONFIG_OF_DO) {
        return words_text(call->ctx->arena, CLOUD_DELETED_BY_HAND);
    }
    struct words scope = scope_text(call);
    return scope.text.len == 0 ? scope
                               : words_text(call->ctx->arena, "Asked was %p.", WORDS_ARG(scope));
}

/* A request that failed. */
struct failed {
    const struct operation *row;
    const struct value *body;
    const struct rest_reply *reply;
    const struct capacity_wait *wait;
};

/* Whether what was asked for may be what is wrong. */
static bool is_about_words(enum failure_class class) {
    return class == FAILURE_NOT_FOUND || class == FAILURE_CLIENT || class == FAILURE_PRECONDITION;
}

/* What only this layer knows of it. */
static struct words more_text(struct cloud_call *call, const struct failed *failed) {
    const struct operation *row = failed->row;
    const struct value *body = failed->body;
    const struct rest_reply *reply = failed->reply;
    if (call->arguments != NULL && is_about_words(reply->class)) {
        return refusal_of_function(call);
    }
    switch (reply->class) {
    case FAILURE_AUTH:
    case FAILURE_CLOCK:
    case FAILURE_PERMISSION:
        return access_text(call, row);
    case FAILURE_CAPACITY:
        return capacity_advice(call, failed->wait);
    case FAILURE_NOT_FOUND:
        return absence_text(call, row, body, reply);
    case FAILURE_CLIENT:
    case FAILURE_PRECONDITION:
        return refusal_fields(call, reply, body != NULL);
    case FAILURE_CONFLICT:
        return reply->status == 409 && call->id.len > 0
                   ? words_text(
                         call->ctx->arena,
                         "Something else may be changing it: run it again when that is over.")
                   : refusal_fields(call, reply, false);
    case FAILURE_NONE:
    case FAILURE_TRANSIENT:
    case FAILURE_THROTTLED:
    case FAILURE_QUOTA:
        break;
    }
    return words_none();
}

/* Rows name what those can do who have a stack; with `pulumi do` it may be another thing. */
static void tell_own_hint(struct cloud_call *call, const struct failure_row *row) {
    struct arena *arena = call->ctx->arena;
    struct words *message = &call->ctx->error.message;
    if (row == NULL || row->hint_of_do == NULL || advice_has_state(call)) {
        return;
    }
    struct words said = words_without_end(arena, *message, str_of(row->hint));
    if (said.text.len < message->text.len) {
        *message = words_text(arena, "%p%s", WORDS_ARG(said), row->hint_of_do);
    }
}

/* The same where only the command differs. */
static void tell_own_look(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    struct words *message = &call->ctx->error.message;
    struct words said = words_without_end(arena, *message, STR("pulumi refresh shows the state."));
    if (call->id.len > 0 && said.text.len < message->text.len && !advice_has_state(call)) {
        *message = words_text(arena, "%p%p shows the state.", WORDS_ARG(said),
                              WORDS_ARG(advice_look(call)));
    }
}

static enum err_code tell_more(struct cloud_call *call, const struct failed *failed,
                               enum err_code code) {
    struct error *error = &call->ctx->error;
    struct words more = words_none();
    if (code != ERR_OK) {
        tell_own_hint(call, failed->reply->row);
        tell_own_look(call);
    }
    bool is_change = failed->body != NULL && call->arguments == NULL;
    if (code == ERR_DEADLINE) {
        more = outcome_more_time(call);
    } else if (code != ERR_OK && (failed->reply->status != 0 || failed->reply->is_held)) {
        more = more_text(call, failed);
    }
    /* What was to be made or changed is told where all of it is known. */
    if (more.text.len == 0 && code != ERR_OK && !is_change) {
        more = refusal_advice(call, failed->row);
    }
    /* A request that a hook made for this one may have told it. */
    if (more.text.len > 0 && str_find(error->message.text, more.text) < 0) {
        error->message = words_text(call->ctx->arena, "%p. %p",
                                    WORDS_ARG(words_without_stop(call->ctx->arena, error->message)),
                                    WORDS_ARG(more));
    }
    return code;
}

enum err_code cloud_send(struct cloud_call *call, const char *operation, const struct value *body,
                         struct rest_reply *reply) {
    const struct operation *row = cloud_operation(call->cloud, operation);
    *reply = (struct rest_reply){0};
    if (row == NULL) {
        return ctx_fail(call->ctx, ERR_INTERNAL, "%s has no operation \"%s\"",
                        call->cloud->tables->title, operation);
    }
    struct rest_session session = *call->session;
    TRY(take_own_credential(call, row, &session));
    struct capacity_wait wait = {0};
    const struct value *whole = with_fixed_fields(call, row, body);
    const struct failed failed = {row, body, reply, &wait};
    for (;;) {
        enum err_code code = rest_call(call->ctx, &session, row, call->params, whole, reply);
        if (code == ERR_OK) {
            price_note_reply(call, operation, reply);
        }
        if (code == ERR_OK || reply->class != FAILURE_CAPACITY || !capacity_wait(&wait, call)) {
            return tell_more(call, &failed, code);
        }
    }
}

enum err_code cloud_change(struct cloud_call *call, const char *operation, const struct value *body,
                           struct rest_reply *reply) {
    enum err_code code = cloud_send(call, operation, body, reply);
    call->changed = call->changed || code == ERR_OK || reply->maybe_done;
    return code;
}

static bool word_matches(struct str pattern, struct str word) {
    if (pattern.len > 2 && str_starts(pattern, STR("*")) && str_ends(pattern, STR("*"))) {
        return str_contains_nocase(word, str_slice(pattern, 1, pattern.len - 1));
    }
    if (str_ends(pattern, STR("*"))) {
        size_t len = pattern.len - 1;
        return word.len >= len &&
               str_is_nocase(str_slice(word, 0, len), str_slice(pattern, 0, len));
    }
    return str_is_nocase(pattern, word);
}

static enum state_class class_of(const struct cloud_tables *tables, struct str word) {
    for (size_t i = 0; i < tables->state_count; i++) {
        if (word_matches(str_of(tables->states[i].word), word)) {
            return tables->states[i].class;
        }
    }
    return STATE_PENDING;
}

struct observation cloud_classify(const struct cloud *cloud, const struct value *wire) {
    struct str word = str_trim(value_text_at(wire, cloud->tables->status.state));
    return (struct observation){.kind = OBSERVATION_SEEN,
                                .wire = wire,
                                .state = class_of(cloud->tables, word),
                                .state_word = word};
}

int64_t cloud_created_at(const struct cloud *cloud, const struct value *wire) {
    const char *path = cloud->tables->status.created_at;
    return path == NULL ? -1 : clock_parse_rfc3339(value_text_at(wire, path));
}

bool cloud_is_made_since(const struct cloud_call *call, const struct observation *seen) {
    int64_t created = cloud_created_at(call->cloud, seen->wire);
    if (call->cloud->tables->id_created != NULL || call->removal_ms == 0 ||
        seen->date_seconds <= 0 || created < 0) {
        return false;
    }
    /* A header Date leaves out the fraction of its second, so the delete was sent within a second
     * after this at the latest; a time of creation without its fraction is no later than it was. */
    int64_t passed_seconds = (seen->asked_ms - call->removal_ms) / 1000;
    return created > seen->date_seconds - passed_seconds;
}

bool cloud_is_own_refusal(const struct cloud_call *call, const struct rest_reply *reply) {
    const struct error_shape *shape = call->cloud->tables->service.errors;
    if (shape->code != NULL) {
        return call->ctx->error.cloud_code.len > 0;
    }
    bool has_message = false;
    for (const char *const *path = shape->message; path != NULL && *path != NULL; path++) {
        has_message = has_message || value_text_at(reply->body, *path).len > 0;
    }
    return has_message;
}

/* A reply under another id, or another name where that addresses the endpoint, comes from somebody
 * on the way, such as a cache. */
static bool is_about_another(const struct cloud_call *call, const struct value *wire) {
    const struct cloud_tables *tables = call->cloud->tables;
    const char *id_path = tables->list.id;
    struct str id = value_text_at(call->params, "endpointId");
    if (id_path != NULL && id.len > 0 && !value_is_null(value_at(wire, id_path)) &&
        !str_is(id, value_id_at(call->ctx->arena, wire, id_path))) {
        return true;
    }
    if (tables->id_created != NULL || tables->status.name == NULL) {
        return false;
    }
    struct str told = value_text_at(wire, tables->status.name);
    struct str asked = value_text_at(call->params, tables->name_rule.property);
    return told.len > 0 && asked.len > 0 && !str_is_nocase(told, asked);
}

bool cloud_observe_reply(struct cloud_call *call, const struct rest_reply *reply,
                         struct observation *out) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    const struct value *wire =
        hooks->normalise != NULL ? hooks->normalise(call->ctx, reply->result) : reply->result;
    if (value_at(wire, call->cloud->tables->status.state) == NULL || is_about_another(call, wire)) {
        return false;
    }
    *out = cloud_classify(call->cloud, wire);
    return true;
}

struct str cloud_input_text(struct arena *arena, const struct value *value) {
    if (value_is_number(value)) {
        return value_number_text(arena, value->number);
    }
    if (value != NULL && value->kind == VALUE_BOOL) {
        return value->boolean ? STR("true") : STR("false");
    }
    return value_text(value);
}

bool cloud_is_excepted(const struct cloud_call *call, const struct endpoint_exception *exceptions,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct value *given = value_at(call->inputs, exceptions[i].input);
        const char *is = exceptions[i].is;
        if (value_is_null(given)) {
            continue;
        }
        if (is == NULL || str_is_c(cloud_input_text(call->ctx->arena, given), is)) {
            return true;
        }
    }
    return false;
}
