#include "core/endpoint/refusal.h"

#include <ctype.h>

#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/name.h"
#include "core/endpoint/scope.h"
#include "core/failures.h"
#include "core/props/path.h"
#include "core/props/prop_told.h"
#include "core/props/prop_walk.h"
#include "rest/response.h"

/* Inputs by the service's names, as they are found. */
struct fields {
    struct arena *arena;
    const struct prop_table *props;
    struct words text;
};

static bool is_tail(struct str path, struct str wanted) {
    return str_is(path, wanted) || (path.len > wanted.len && str_ends(path, wanted) &&
                                    path.ptr[path.len - wanted.len - 1] == '.');
}

static bool is_tail_nocase(struct str path, struct str wanted) {
    return str_is_nocase(path, wanted) || (path.len > wanted.len && str_ends_nocase(path, wanted) &&
                                           path.ptr[path.len - wanted.len - 1] == '.');
}

/* The first row whose wire path is, or ends in, `wanted`; or the row of that path. */
struct sought {
    struct str wanted;
    struct str told; /* the service's path, where its numbers are places in lists from 0 on */
    bool by_path;
    bool is_code; /* whose case does not count */
    struct prop_place found;
};

static enum prop_step visit(const struct prop_place *place, void *user) {
    struct sought *sought = user;
    if ((place->row->flags & PROP_LOCAL) != 0) {
        return PROP_STEP_OVER;
    }
    bool is_it = sought->by_path   ? str_is(place->path, sought->wanted)
                 : sought->is_code ? is_tail_nocase(place->wire, sought->wanted)
                                   : is_tail(place->wire, sought->wanted);
    if (!is_it) {
        return PROP_STEP_ON;
    }
    sought->found = *place;
    return PROP_STEP_END;
}

static bool is_index(struct str step) {
    for (size_t i = 0; i < step.len; i++) {
        if (!isdigit((unsigned char)step.ptr[i])) {
            return false;
        }
    }
    return step.len > 0;
}

/* Rows know no items of lists. */
static struct str without_indexes(struct arena *arena, struct str path) {
    struct str out = STR_EMPTY;
    struct str rest = path;
    while (rest.ptr != NULL) {
        struct str step = str_split(rest, '.', &rest);
        out = is_index(step) ? out : arena_join(arena, out, ".", step);
    }
    return out;
}

/* The path with the places in lists that the service's own path says: "env_variables.0.key" is
 * about "envVariables[0].key". */
static struct str with_indexes(struct arena *arena, struct str path, struct str told) {
    struct str out = STR_EMPTY;
    for (;;) {
        ptrdiff_t place = str_find(path, STR("[]"));
        struct str step = STR_EMPTY;
        while (place >= 0 && told.ptr != NULL && !is_index(step)) {
            step = str_split(told, '.', &told);
        }
        if (place < 0 || !is_index(step)) {
            return arena_printf(arena, "%.*s%.*s", STR_ARG(out), STR_ARG(path));
        }
        out = arena_printf(arena, "%.*s%.*s[%.*s]", STR_ARG(out),
                           STR_ARG(str_slice(path, 0, (size_t)place)), STR_ARG(step));
        path = str_slice(path, (size_t)place + 2, path.len);
    }
}

static struct words with_list(struct arena *arena, struct words words, const struct prop *row) {
    return row->listed_by == NULL
               ? words
               : words_text(arena, "%p (%s lists its values)", WORDS_ARG(words), row->listed_by);
}

static bool add_sought(struct fields *fields, struct sought sought) {
    if (sought.wanted.len > 0) {
        prop_walk(fields->arena, fields->props, visit, &sought);
    }
    if (sought.found.row == NULL) {
        return false;
    }
    struct words path = prop_told_path(fields->arena, fields->props,
                                       with_indexes(fields->arena, sought.found.path, sought.told));
    struct words words = with_list(fields->arena, path, sought.found.row);
    fields->text = words_join(fields->arena, fields->text, ", ", words);
    return true;
}

static bool add(struct fields *fields, struct str wanted) {
    return add_sought(fields, (struct sought){.wanted = without_indexes(fields->arena, wanted),
                                              .told = STR_EMPTY});
}

static bool add_path(struct fields *fields, struct str path) {
    return add_sought(
        fields, (struct sought){.wanted = without_indexes(fields->arena, path), .told = path});
}

static void add_keys(struct fields *fields, const struct value *map, struct str above);

/* What is said of items, each in a map of its own; empty maps stand for those that are right. */
static bool add_items(struct fields *fields, const struct value *list, struct str above) {
    bool has_maps = false;
    for (size_t i = 0; i < value_list_count(list); i++) {
        if (value_is_map(list->list.items[i])) {
            struct str item = arena_printf(fields->arena, "%.*s.%zu", STR_ARG(above), i);
            add_keys(fields, list->list.items[i], item);
            has_maps = true;
        }
    }
    return has_maps;
}

/* The words of a list of refusals, each of which says what it is about. */
static void add_named(struct fields *fields, const struct value *list) {
    for (size_t i = 0; i < value_list_count(list); i++) {
        struct str subject = response_subject(fields->arena, list->list.items[i]);
        if (subject.len > 0) {
            (void)add_path(fields, subject);
        }
    }
}

/* The keys of maps of field -> texts, which may be nested as the body is. */
static void add_keys(struct fields *fields, const struct value *map, struct str above) {
    for (size_t i = 0; value_is_map(map) && i < map->map.count; i++) {
        struct str path = arena_join(fields->arena, above, ".", map->map.entries[i].key);
        const struct value *texts = map->map.entries[i].value;
        if (value_is_map(texts)) {
            add_keys(fields, texts, path);
        } else if (!add_items(fields, texts, path)) {
            (void)add_path(fields, path);
        }
    }
}

/* The first word of a text that is a field's name, also behind the name of its message. */
static void add_word(struct fields *fields, struct str text) {
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool inside = i < text.len && (isalnum((unsigned char)text.ptr[i]) || text.ptr[i] == '_');
        if (inside) {
            continue;
        }
        if (i > from && add(fields, str_slice(text, from, i))) {
            return;
        }
        from = i + 1;
    }
}

static struct str said(const struct rest_reply *reply, const char *const *paths) {
    struct str text = STR_EMPTY;
    for (; paths != NULL && *paths != NULL && text.len == 0; paths++) {
        text = value_text_at(reply->body, *paths);
    }
    return text;
}

/* What the reply itself names. */
static void add_told(struct fields *fields, const struct cloud_call *call,
                     const struct rest_reply *reply) {
    const struct error_shape *shape = call->cloud->tables->service.errors;
    for (const char *const *path = shape->details; path != NULL && *path != NULL; path++) {
        add_keys(fields, value_at(reply->body, *path), STR_EMPTY);
        add_named(fields, value_at(reply->body, *path));
    }
    if (shape->field_in_code) {
        struct str field;
        (void)str_split(call->ctx->error.cloud_code, '.', &field);
        (void)add_sought(fields, (struct sought){.wanted = without_indexes(fields->arena, field),
                                                 .told = STR_EMPTY,
                                                 .is_code = true});
    }
    if (shape->field_in_message) {
        add_word(fields, said(reply, shape->message));
    }
}

struct words refusal_fields(struct cloud_call *call, const struct rest_reply *reply,
                            bool has_body) {
    struct fields fields = {.arena = call->ctx->arena, .props = call->props, .text = words_none()};
    if (reply->row != NULL && reply->row->input != NULL) {
        (void)add_sought(&fields, (struct sought){.wanted = str_of(reply->row->input),
                                                  .told = STR_EMPTY,
                                                  .by_path = true});
    } else if (has_body) {
        add_told(&fields, call, reply);
    }
    return fields.text.text.len == 0
               ? words_none()
               : words_text(fields.arena, "In the program: %p.", WORDS_ARG(fields.text));
}

/* Filters are for what comes back; the place is told by itself. */
static bool is_asked(const struct cloud_call *call, const struct prop *row) {
    const struct cloud_tables *tables = call->cloud->tables;
    bool is_place = false;
    for (size_t i = 0; i < tables->scope_count; i++) {
        is_place = is_place || str_is_c(str_of(row->name), tables->scope[i].property);
    }
    return !is_place && row->filter == NULL;
}

static struct words asked_text(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    struct words scope = scope_text(call);
    return scope.text.len == 0 ? scope : words_text(arena, "Asked was %p.", WORDS_ARG(scope));
}

struct words refusal_of_function(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    struct words asked = words_none();
    for (size_t i = 0; i < call->arguments->count; i++) {
        const struct prop *row = &call->arguments->rows[i];
        const struct value *value = value_get_set(call->inputs, str_of(row->name));
        if (value != NULL && is_asked(call, row)) {
            struct str text = failures_value_text(arena, value);
            struct words words =
                words_text(arena, "%s%s%.*s", row->name, text.len > 0 ? " " : "", STR_ARG(text));
            asked = words_join(arena, asked, ", ", with_list(arena, words, row));
        }
    }
    struct words where = asked_text(call);
    return asked.text.len == 0
               ? where
               : words_join(arena, words_text(arena, "In the call: %p.", WORDS_ARG(asked)), " ",
                            where);
}

/* Of the reply, not of what came before it. */
static bool is_bare(const struct error *error) {
    return error->bare_len > 0 && error->message.text.len == error->bare_len;
}

/* The last resort: who reads the service's own log. */
static struct words support_text(struct cloud_call *call, const char *when) {
    return call->ctx->error.request_id.len > 0
               ? words_text(call->ctx->arena,
                            "%s, the service's support finds the request by its id", when)
               : words_text(call->ctx->arena, "%s, ask the service's support", when);
}

static struct words quota_text(struct cloud_call *call) {
    return words_text(call->ctx->arena, "The account's balance or quota may not allow it: the "
                                        "service's console shows both.");
}

static bool is_validation(int status) {
    return status == 400 || status == 412 || status == 422;
}

static struct words last_resort(struct cloud_call *call) {
    return call->ctx->error.code == ERR_EXHAUSTED
               ? quota_text(call)
               : words_text(call->ctx->arena, "%p.",
                            WORDS_ARG(support_text(call, "If the reason does not help")));
}

struct words refusal_advice(struct cloud_call *call, const struct operation *operation) {
    const struct error *error = &call->ctx->error;
    bool is_act = call->id.len > 0 && operation->repeat != REPEAT_SAFE;
    if (!is_bare(error)) {
        return words_none();
    }
    if (operation->repeat == REPEAT_SAFE && error->code != ERR_EXHAUSTED) {
        return words_join(call->ctx->arena, asked_text(call), " ", last_resort(call));
    }
    return is_act && is_validation(error->http_status) && error->code != ERR_EXHAUSTED
               ? words_text(call->ctx->arena,
                            "Its state may not allow this now: %p shows the state.",
                            WORDS_ARG(advice_look(call)))
               : last_resort(call);
}

static enum err_code tell_cut_act(struct cloud_call *call, enum err_code code) {
    struct arena *arena = call->ctx->arena;
    struct error *error = &call->ctx->error;
    struct words next =
        call->removal != REMOVAL_NONE
            ? advice_undeleted(call)
            : words_text(arena,
                         "%p shows whether it was carried out, and %p sends it again only where "
                         "that is needed",
                         WORDS_ARG(advice_look(call)), WORDS_ARG(advice_next_run(call)));
    error->message = words_text(
        arena, "%p. %p.", WORDS_ARG(words_without_stop(arena, error->message)), WORDS_ARG(next));
    return code;
}

enum err_code refusal_of_act(struct cloud_call *call, enum err_code code) {
    struct arena *arena = call->ctx->arena;
    struct error *error = &call->ctx->error;
    struct words text = words_without_stop(arena, error->message);
    struct words said = words_without_end(arena, text, STR(CLIENT_LOOK_FIRST));
    if (error->cut_off) {
        return tell_cut_act(call, code);
    }
    if (code == ERR_NOT_FOUND && is_bare(error)) { /* a look has found it */
        error->message = words_join(arena, error->message, " ", last_resort(call));
    }
    if (code != ERR_UNCERTAIN || said.text.len == text.text.len) {
        return code;
    }
    error->message =
        call->removal != REMOVAL_NONE
            ? words_text(arena, "%p. %p.", WORDS_ARG(said), WORDS_ARG(advice_undeleted(call)))
            : words_text(arena,
                         "%p: %p shows its state, and %p sends it again only "
                         "where that is needed.",
                         WORDS_ARG(said), WORDS_ARG(advice_look(call)),
                         WORDS_ARG(advice_next_run(call)));
    return code;
}

/* The inputs that the service has got, at the top. */
static struct words sent_text(struct cloud_call *call) {
    struct words sent = words_none();
    for (size_t i = 0; i < call->props->count; i++) {
        const struct prop *row = &call->props->rows[i];
        bool goes_out = (row->flags & PROP_INPUT) != 0 && (row->flags & PROP_LOCAL) == 0;
        if (goes_out && value_get_set(call->inputs, str_of(row->name)) != NULL) {
            sent = words_join(call->ctx->arena, sent, ", ",
                              words_text(call->ctx->arena, "%s", row->name));
        }
    }
    return sent;
}

static bool can_compare(const struct cloud_call *call) {
    static const char key[] = "checkCatalogue";
    const struct value *given = value_get_c(call->inputs, key);
    bool is_on = given != NULL ? given->kind == VALUE_BOOL && given->boolean
                               : str_is_c(config_text(call->config, key), "true");
    return prop_find(call->props, STR("checkCatalogue")) != NULL && !is_on;
}

static struct words inputs_text(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    struct words next =
        can_compare(call) ? words_text(arena, "checkCatalogue: true compares them with what there "
                                              "is before anything is sent")
                          : support_text(call, "if all are right");
    return words_text(arena, "The service names no input. Sent were %p; %p.",
                      WORDS_ARG(sent_text(call)), WORDS_ARG(next));
}

enum err_code refusal_of_create(struct cloud_call *call, enum err_code code) {
    struct ctx *ctx = call->ctx;
    if (code == ERR_OK || !is_bare(&ctx->error)) {
        return code;
    }
    bool is_about_inputs =
        (code == ERR_INVALID || code == ERR_PRECONDITION) && is_validation(ctx->error.http_status);
    struct words advice = is_about_inputs ? inputs_text(call) : last_resort(call);
    ctx->error.message = words_join(ctx->arena, ctx->error.message, " ", advice);
    return code;
}

struct words refusal_paths(struct arena *arena, const struct prop_table *props,
                           const struct diff_list *diffs) {
    struct words paths = words_none();
    for (size_t i = 0; i < diffs->count; i++) {
        paths =
            words_join(arena, paths, ", ", prop_told_path(arena, props, diffs->entries[i].path));
    }
    return paths;
}

/* What `pulumi do` changes is in no stack. */
static struct words replace_command(struct cloud_call *call) {
    const struct name_rule *rule = &call->cloud->tables->name_rule;
    if (config_source(call->config) == CONFIG_OF_DO) {
        return words_text(call->ctx->arena, "another endpoint in its place");
    }
    bool first = rule->unique && !name_is_auto(call->inputs, rule);
    const char *with = !first           ? ""
                       : rule->reusable ? " (with the resource option deleteBeforeReplace)"
                                        : " (with another name)";
    return words_text(call->ctx->arena, "pulumi up --replace '%p'%s",
                      WORDS_ARG(words_own(call->ctx->arena, call->urn)), with);
}

/* Properties whose change is second hand, by their names alone: the option covers what is below. */
static struct words unsure_of(struct cloud_call *call, const struct diff_list *diffs) {
    struct arena *arena = call->ctx->arena;
    struct words names = words_none();
    struct str last = STR_EMPTY; /* the paths of one property follow each other */
    for (size_t i = 0; i < diffs->count; i++) {
        struct str head = path_head(arena, diffs->entries[i].path);
        const struct prop *row = prop_find(&call->cloud->tables->props, head);
        if (row != NULL && (row->flags & PROP_SECOND_HAND) != 0 && !str_is(head, last)) {
            names = words_join(arena, names, ", ", words_own(arena, head));
            last = head;
        }
    }
    return names;
}

struct words refusal_replace_advice(struct cloud_call *call, const struct diff_list *diffs) {
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    const char *instead =
        hooks->instead_of_replace != NULL ? hooks->instead_of_replace(call->inputs) : NULL;
    if (instead != NULL) {
        return words_own(call->ctx->arena, str_of(instead));
    }
    struct words unsure = unsure_of(call, diffs);
    struct words command = replace_command(call);
    return unsure.text.len == 0 ? command
                                : words_text(call->ctx->arena,
                                             "%p; for all later changes set the resource option "
                                             "replaceOnChanges: [%p]",
                                             WORDS_ARG(command), WORDS_ARG(unsure));
}

/* Whether another form of the change may help: not when money or rights are missing, when what is
 * refused is no matter of the values (too large, locked, forbidden by law), or when the endpoint
 * was only busy. */
static bool is_about_change(const struct error *error, enum err_code code) {
    int status = error->http_status;
    return (code == ERR_INVALID || code == ERR_PRECONDITION) && !error->stayed_busy &&
           (status == 400 || status == 409 || status == 412 || status == 422);
}

/* Of the change itself, not of a look before or after it. */
static bool is_refusal(const struct error *error, enum err_code code) {
    int status = error->http_status;
    bool is_told = code == ERR_INVALID || code == ERR_PRECONDITION || code == ERR_PERMISSION ||
                   code == ERR_UNAUTHENTICATED || code == ERR_EXHAUSTED || code == ERR_EXISTS ||
                   code == ERR_NOT_FOUND;
    return status >= 400 && !error->of_read && is_told;
}

/* How the message ends: with what may help, where nothing else has said it. */
static struct words next_step(struct cloud_call *call, const struct diff_list *changes,
                              enum err_code code) {
    const struct error *error = &call->ctx->error;
    if (is_about_change(error, code)) {
        return words_text(call->ctx->arena, "; what cannot be changed in place takes %p",
                          WORDS_ARG(refusal_replace_advice(call, changes)));
    }
    return is_bare(error) ? words_text(call->ctx->arena, ". %p", WORDS_ARG(last_resort(call)))
                          : words_text(call->ctx->arena, ".");
}

enum err_code refusal_of_update(struct cloud_call *call, const struct value *olds,
                                const struct value *news, enum err_code code) {
    struct ctx *ctx = call->ctx;
    struct diff_list changes = {.ctx = ctx};
    bool is_uncertain = code == ERR_UNCERTAIN || ctx->error.cut_off;
    if (!is_refusal(&ctx->error, code) && !is_uncertain) {
        return code;
    }
    prop_diff(&changes, &call->cloud->tables->props, olds, news);
    struct words paths = refusal_paths(ctx->arena, &call->cloud->tables->props, &changes);
    struct words next = is_uncertain ? words_text(ctx->arena, "; %p shows whether it applied.",
                                                  WORDS_ARG(advice_look(call)))
                                     : next_step(call, &changes, code);
    ctx->error.message = words_text(ctx->arena, "%p. The change was of %p%p",
                                    WORDS_ARG(words_without_stop(ctx->arena, ctx->error.message)),
                                    WORDS_ARG(paths), WORDS_ARG(next));
    return code;
}
