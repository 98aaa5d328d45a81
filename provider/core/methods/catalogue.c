#include "core/methods/catalogue.h"

#include <stdlib.h>

#include "base/flight.h"
#include "base/words.h"
#include "core/endpoint/call.h"
#include "core/endpoint/template.h"
#include "core/methods/operation.h"
#include "core/props/compare.h"
#include "core/props/prop.h"
#include "core/props/rows.h"
#include "core/site.h"

#define PROPERTY "checkCatalogue"
#define CEILING (64u << 20)
#define SHOWN_VALUES 12
/* The flight that stands for "the service does not answer". */
#define SILENCE STR("silence")

/* One Check's look at one catalogue. */
struct search {
    struct provider *provider;
    const struct cloud_check *check;
    const struct catalogue_row *table;
    const struct function_row *function;
    struct str context; /* what was found so far: "aws, us-east-1" */
    bool fails;         /* what is lacking is a failure */
};

static struct arena *arena_of(const struct search *search) {
    return search->check->ctx->arena;
}

static const struct function_row *find_function(const struct cloud_tables *tables,
                                                const char *name) {
    for (size_t i = 0; i < tables->function_count; i++) {
        struct str token = str_of(tables->functions[i].token);
        struct str end = str_of(name);
        size_t from = token.len > end.len ? token.len - end.len : 0;
        if (from > 0 && token.ptr[from - 1] == ':' &&
            str_is(str_slice(token, from, token.len), end)) {
            return &tables->functions[i];
        }
    }
    return NULL;
}

static const struct prop *row_of(const struct prop_table *props, struct str path) {
    struct prop_table table = *props;
    const struct prop *row = NULL;
    struct str rest = path;
    while (rest.ptr != NULL) {
        row = prop_find(&table, str_split(rest, '.', &rest));
        if (row == NULL) {
            return NULL;
        }
        table = prop_members(row);
    }
    return row;
}

/* --- asking --- */

static bool is_compared(const struct catalogue_row *table, struct str name) {
    for (size_t i = 0; i < table->match_count; i++) {
        if (str_is_c(name, table->match[i].input)) {
            return true;
        }
    }
    return false;
}

/* Those that the catalogue's own row names; false while one of them is not known, or not set. */
static bool put_own_arguments(const struct search *search, struct value *args) {
    for (size_t i = 0; i < search->table->argument_count; i++) {
        const struct catalogue_argument *own = &search->table->arguments[i];
        const struct value *given = own->input == NULL
                                        ? value_bool(arena_of(search), false)
                                        : value_at(search->check->inputs, own->input);
        if (given == NULL || value_has_unknown(given)) {
            return false;
        }
        value_map_set_c(arena_of(search), args, own->argument, given);
    }
    return true;
}

/* The arguments that inputs give; NULL while one of them is not known. */
static const struct value *arguments_of(const struct search *search) {
    struct value *args = value_map(arena_of(search));
    const struct prop_table *rows = &search->function->args;
    for (size_t i = 0; i < rows->count; i++) {
        struct str name = str_of(rows->rows[i].name);
        const struct value *given = value_get_set(search->check->inputs, name);
        if (given == NULL || rows->rows[i].filter != NULL || is_compared(search->table, name)) {
            continue;
        }
        if (value_has_unknown(given)) {
            return NULL;
        }
        value_map_set(arena_of(search), args, name, given);
    }
    return put_own_arguments(search, args) ? args : NULL;
}

static struct str key_of(const struct search *search, const struct value *args) {
    struct str key = str_of(search->function->token);
    for (size_t i = 0; i < args->map.count; i++) {
        const struct value_entry *entry = &args->map.entries[i];
        key = arena_printf(arena_of(search), "%.*s\n%.*s=%.*s", STR_ARG(key), STR_ARG(entry->key),
                           STR_ARG(value_text(entry->value)));
    }
    return key;
}

/* Briefly, and in the arena of the flight. */
static enum err_code fetch(const struct search *search, const struct value *args,
                           struct arena *arena, const struct value **results) {
    struct ctx *ctx = search->check->ctx;
    struct ctx own_ctx;
    struct value *found = NULL;
    struct cancel *own = cancel_new(ctx->cancel, ctx->clock);
    cancel_set_deadline(own, ctx->clock->now_ms(ctx->clock) + CALL_QUESTION_MS);
    ctx_fork(&own_ctx, ctx, ctx->arena, own);
    enum err_code code = operation_result(search->provider, &own_ctx, search->check->cloud,
                                          search->function, args, &found);
    cancel_free(own);
    code = ctx_join(ctx, &own_ctx, code);
    *results = code == ERR_OK ? value_copy(arena, found) : NULL;
    return code;
}

/* Whether the service as a whole gives no answer, rather than this catalogue. */
static bool is_silent(enum err_code code) {
    return code == ERR_UNAVAILABLE || code == ERR_DEADLINE || code == ERR_UNAUTHENTICATED;
}

static void warn_of_silence(const struct search *search, enum err_code code) {
    struct ctx *ctx = search->check->ctx;
    struct flight_group *group =
        provider_account(search->provider, search->check->cloud)->catalogues;
    struct words why = call_question_text(ctx);
    if (!is_silent(code) || flight_is_first(group, ctx, SILENCE)) {
        log_warning(&ctx->log, "%s: whether there is what the program names is not known (%s): %p",
                    search->check->cloud->tables->title, search->function->token, WORDS_ARG(why));
    }
    error_clear(&ctx->error);
}

/* What an answer cannot tell is no proof that the program is right: said once of each answer. */
static void warn_of_gap(const struct search *search, const char *what, const char *member) {
    struct ctx *ctx = search->check->ctx;
    struct flight_group *group =
        provider_account(search->provider, search->check->cloud)->catalogues;
    const struct value *args = arguments_of(search);
    struct str key = arena_printf(arena_of(search), "gap\n%s\n%.*s", member,
                                  STR_ARG(args == NULL ? STR_EMPTY : key_of(search, args)));
    if (flight_is_first(group, ctx, key)) {
        log_warning(&ctx->log,
                    "%s: whether there is what the program names is not known (%s): %s%s",
                    search->check->cloud->tables->title, search->function->token, what, member);
    }
}

static bool has_been_silent(struct flight_group *group) {
    struct flight *said = flight_latest(group, SILENCE);
    if (said != NULL) {
        flight_release(said);
    }
    return said != NULL;
}

/* No answer is an answer, too: nobody asks again. */
static void lead(const struct search *search, const struct value *args, struct flight *flight) {
    struct ctx *ctx = search->check->ctx;
    struct arena *arena = arena_new(CEILING);
    const struct value *results = NULL;
    enum err_code code = fetch(search, args, arena, &results);
    if (cancel_state(ctx->cancel) != CANCEL_NONE) {
        flight_hand_over(flight);
        arena_free(arena);
        error_clear(&ctx->error);
        return;
    }
    if (code == ERR_OK && arena_is_exceeded(arena)) {
        code = ctx_fail(ctx, ERR_EXHAUSTED, "the catalogue is too long");
        results = NULL;
    }
    if (code != ERR_OK) {
        warn_of_silence(search, code);
    }
    flight_succeed(flight, arena, results);
}

/* What the function answers; NULL when it answers nothing. In the call's arena. */
static const struct value *ask(const struct search *search) {
    struct ctx *ctx = search->check->ctx;
    struct flight_group *group =
        provider_account(search->provider, search->check->cloud)->catalogues;
    const struct value *args = arguments_of(search);
    struct flight *flight = NULL;
    if (args == NULL || has_been_silent(group)) {
        return NULL;
    }
    if (flight_begin(group, ctx, key_of(search, args), FLIGHT_ANY_TIME, &flight) != ERR_OK) {
        error_clear(&ctx->error);
        return NULL;
    }
    const struct value *results = NULL;
    bool leads = flight_is_led(flight);
    if (leads) {
        lead(search, args, flight);
    }
    if (cancel_state(ctx->cancel) == CANCEL_NONE && flight_data(flight) != NULL) {
        results = value_copy(ctx->arena, flight_data(flight));
    }
    flight_release(flight);
    return results;
}

/* --- telling --- */

static void tell(const struct search *search, struct str path, struct words words) {
    if (search->fails) {
        failures_add(search->check->failures, path, "%p", WORDS_ARG(words));
        return;
    }
    log_warning(&search->check->ctx->log, "%.*s: %p", STR_ARG(path), WORDS_ARG(words));
}

struct offer {
    struct str text;
    size_t distance;
};

static int by_distance(const void *a, const void *b) {
    const struct offer *left = a;
    const struct offer *right = b;
    if (left->distance != right->distance) {
        return left->distance < right->distance ? -1 : 1;
    }
    return str_compare(left->text, right->text);
}

/* The values there are, the one that is most like what was asked for first. */
static struct str offers_of(struct arena *arena, const struct value *rows, const char *path,
                            struct str asked) {
    size_t count = 0;
    struct offer *offers = ARENA_ARRAY(arena, value_list_count(rows) + 1, struct offer);
    for (size_t i = 0; i < value_list_count(rows); i++) {
        struct str text = value_id_at(arena, rows->list.items[i], path);
        bool is_new = text.len > 0;
        for (size_t j = 0; j < count && is_new; j++) {
            is_new = !str_is(offers[j].text, text);
        }
        if (is_new) {
            offers[count++] = (struct offer){text, str_distance(text, asked)};
        }
    }
    if (count > 1) {
        qsort(offers, count, sizeof(*offers), by_distance);
    }
    struct str list = STR_EMPTY;
    for (size_t i = 0; i < count && i < SHOWN_VALUES; i++) {
        list = arena_join(arena, list, ", ", offers[i].text);
    }
    return count > SHOWN_VALUES ? arena_join(arena, list, ", ", STR("...")) : list;
}

/* --- comparing --- */

static bool is_usable(const struct search *search, const struct value *row) {
    struct str state =
        search->table->state == NULL ? STR_EMPTY : value_text_at(row, search->table->state);
    for (const char *const *word = search->table->unusable; word != NULL && *word != NULL; word++) {
        if (str_is_c(state, *word)) {
            return false;
        }
    }
    return true;
}

static const struct value *rows_of(const struct search *search, const struct value *results) {
    struct arena *arena = arena_of(search);
    struct value *rows = value_list(arena);
    if (search->table->rows == NULL) {
        value_list_append(arena, rows, results);
        return rows;
    }
    const struct value *all = rows_unnest(arena, results, search->table->rows);
    for (size_t i = 0; i < value_list_count(all); i++) {
        if (is_usable(search, all->list.items[i])) {
            value_list_append(arena, rows, all->list.items[i]);
        }
    }
    return rows;
}

/* The rows that have the value; *is_told says whether any row tells its own. */
static const struct value *fitting(const struct search *search, const struct value *rows,
                                   const struct catalogue_path *path, const struct value *wanted,
                                   bool *is_told) {
    const struct prop *input = row_of(&search->check->cloud->tables->props, str_of(path->input));
    struct value *fits = value_list(arena_of(search));
    *is_told = false;
    for (size_t i = 0; i < value_list_count(rows); i++) {
        const struct value *own = value_at(rows->list.items[i], path->row);
        *is_told = *is_told || own != NULL;
        if (own != NULL && input != NULL && prop_equal(input, own, wanted)) {
            value_list_append(arena_of(search), fits, rows->list.items[i]);
        }
    }
    return fits;
}

static void tell_absent(const struct search *search, const struct value *rows,
                        const struct catalogue_path *path, const struct value *wanted) {
    struct arena *arena = arena_of(search);
    struct str asked = value_id_at(arena, search->check->inputs, path->input);
    struct str there = offers_of(arena, rows, path->row, asked);
    struct str value = failures_value_text(arena, wanted);
    struct words with = search->context.len == 0
                            ? words_none()
                            : words_text(arena, " with %.*s", STR_ARG(search->context));
    tell(search, str_of(path->input),
         words_text(arena, "%.*s is not in the catalogue of %s%p; there are: %.*s (%s lists them)",
                    STR_ARG(value.len > 0 ? value : STR("this")),
                    search->check->cloud->tables->title, WORDS_ARG(with), STR_ARG(there),
                    search->function->token));
}

/* Says whether the search goes on: *rows are those that fit. */
static bool narrow(struct search *search, const struct catalogue_path *path,
                   const struct value **rows) {
    const struct prop *input = row_of(&search->check->cloud->tables->props, str_of(path->input));
    const struct value *given = value_at(search->check->inputs, path->input);
    const struct value *wanted = input == NULL ? given : prop_effective(input, given);
    bool is_told = false;
    if (value_is_unknown(wanted)) {
        return false;
    }
    if (wanted == NULL || (value_is_string(wanted) && wanted->string.len == 0)) {
        return true;
    }
    const struct value *fits = fitting(search, *rows, path, wanted, &is_told);
    if (value_list_count(fits) == 0) {
        if (is_told && !path->chooses) {
            tell_absent(search, *rows, path, wanted);
        } else if (!is_told && value_list_count(*rows) > 0) {
            warn_of_gap(search, "no row of the list tells its ", path->row);
        }
        return false;
    }
    *rows = fits;
    struct str text = failures_value_text(arena_of(search), wanted);
    if (text.len > 0) {
        search->context = arena_join(arena_of(search), search->context, ", ", text);
    }
    return true;
}

/* What is left for a new endpoint; one that is there already has its own share. */
static void check_stock(const struct search *search, const struct value *row) {
    const struct catalogue_stock *stock = &search->table->stock;
    const struct value *inputs = search->check->inputs;
    bool is_new = search->check->olds == NULL || search->check->olds->map.count == 0;
    double takes = stock->takes == NULL ? 1 : value_number_at(row, stock->takes, 1);
    double replicas = stock->replicas == NULL ? 1 : value_number_at(inputs, stock->replicas, 1);
    double needed = takes * (replicas < 1 ? 1 : replicas);
    double there = value_number_at(row, is_new ? stock->left : stock->total, needed);
    if (there >= needed ||
        (stock->replicas != NULL && value_is_unknown(value_at(inputs, stock->replicas)))) {
        return;
    }
    tell(search, str_of(stock->input),
         words_text(arena_of(search), "needs %.0f %s, of which %s %.0f (%s)", needed, stock->what,
                    is_new ? "there are left" : "there are in all", there,
                    search->function->token));
}

/* --- what else the row says --- */

static bool is_told(const struct search *search, const struct catalogue_notice *notice,
                    const struct value *row) {
    if (notice->above) {
        double most = value_number_at(row, notice->row, 0);
        return most > 0 && value_number_at(search->check->inputs, notice->input, 0) > most;
    }
    const struct value *own = value_at(row, notice->row);
    return notice->is != NULL &&
           (value_is_true(own) ? str_is_c(STR("true"), notice->is)
                               : str_is_nocase(value_text(own), str_of(notice->is)));
}

static void put_activation(struct arena *arena, const struct cloud_tables *tables,
                           struct value *params) {
    const struct site_row *site = site_of(tables, value_text_at(params, "region"));
    struct str url;
    struct str missing;
    if (site != NULL && site->activation != NULL &&
        template_expand(arena, site->activation, params, &url, &missing)) {
        value_map_set_text(arena, params, "activation", url);
    }
}

static void tell_notice(const struct search *search, const struct catalogue_notice *notice,
                        const struct value *row) {
    struct arena *arena = arena_of(search);
    struct value *params = value_map_clone(arena, search->check->inputs);
    struct str words;
    struct str missing;
    value_map_set_text(arena, params, "value", value_id_at(arena, row, notice->row));
    put_activation(arena, search->check->cloud->tables, params);
    if (template_expand(arena, notice->text, params, &words, &missing)) {
        log_warning(&search->check->ctx->log, "%s: %.*s (%s)", notice->input, STR_ARG(words),
                    search->function->token);
    }
}

static void check_notices(const struct search *search, const struct value *row) {
    for (size_t i = 0; i < search->table->notice_count; i++) {
        if (is_told(search, &search->table->notices[i], row)) {
            tell_notice(search, &search->table->notices[i], row);
        }
    }
}

/* Whether the program's own value was in the question: another catalogue tells whether it exists.
 */
static bool asks_for_one(const struct catalogue_row *table) {
    for (size_t i = 0; i < table->argument_count; i++) {
        if (table->arguments[i].input != NULL) {
            return true;
        }
    }
    return false;
}

static void look(struct search *search) {
    const struct value *results = ask(search);
    if (results == NULL) {
        return;
    }
    const struct value *rows = rows_of(search, results);
    if (rows->list.count == 0 && !asks_for_one(search->table)) {
        warn_of_gap(search, "the list is empty", "");
    }
    for (size_t i = 0; i < search->table->match_count; i++) {
        if (!narrow(search, &search->table->match[i], &rows)) {
            return;
        }
    }
    if (value_list_count(rows) != 1) {
        return;
    }
    if (search->table->stock.left != NULL) {
        check_stock(search, rows->list.items[0]);
    }
    check_notices(search, rows->list.items[0]);
}

/* --- when --- */

static bool is_wanted(const struct cloud_check *check) {
    const struct value *own = value_at(check->inputs, PROPERTY);
    return own != NULL ? value_is_true(own)
                       : str_is_c(config_text(check->config, PROPERTY), "true");
}

static bool deletes_first(const struct cloud_check *check) {
    if (check_replacing(check).count == 0) { /* also of a new endpoint */
        return false;
    }
    struct comparison inputs =
        compare_inputs(check->ctx, check->cloud, check->config, check->olds, check->inputs, NULL);
    return compare_deletes_first(check->cloud, inputs.olds, inputs.news);
}

/* Only what the inputs name is asked about. */
static bool says_something(const struct cloud_check *check, const struct catalogue_row *table) {
    bool is_named = table->match_count == 0;
    for (size_t i = 0; i < table->match_count; i++) {
        const struct value *value = value_at(check->inputs, table->match[i].input);
        bool is_empty = value_is_string(value) && value->string.len == 0;
        is_named = is_named || (value != NULL && !value_is_unknown(value) && !is_empty &&
                                !table->match[i].chooses);
    }
    return is_named && (table->needs == NULL || config_text(check->config, table->needs).len > 0) &&
           (table->unless == NULL || value_get_set(check->inputs, str_of(table->unless)) == NULL);
}

void catalogue_check(struct provider *provider, const struct cloud_check *check) {
    const struct cloud_tables *tables = check->cloud->tables;
    if (!is_wanted(check) || check->failures->count > 0) {
        return;
    }
    bool deletes = deletes_first(check);
    for (size_t i = 0; i < tables->catalogue_count; i++) {
        const struct catalogue_row *table = &tables->catalogue[i];
        struct search search = {
            .provider = provider,
            .check = check,
            .table = table,
            .function = find_function(tables, table->function),
            .fails = deletes || (table->strict != NULL &&
                                 value_is_true(value_at(check->inputs, table->strict))),
        };
        if (search.function != NULL && says_something(check, table)) {
            look(&search);
        }
    }
}
