/* Functions: the look-ups whose answers take several requests (docs/apis/ark.md 18 to 20). */
#include "base/clock.h"
#include "base/words.h"
#include "clouds/ark/internal.h"
#include "core/props/rows.h"

#define PAGE_SIZE 100
/* With prices a page of 100 does not come in time (docs/apis/ark.md 19). */
#define PRICED_PAGE_SIZE 20
#define MAX_ITEMS 10000

/* Not every site of the service has every action (docs/apis/ark.md 17). */
static bool is_not_offered(const struct error *error) {
    return str_is_nocase(error->cloud_code, STR("InvalidActionOrVersion")) ||
           str_starts_nocase(error->cloud_code, STR("NotFound.Action"));
}

static enum err_code send(struct cloud_call *call, const char *operation,
                          struct rest_reply *reply) {
    enum err_code code = cloud_send(call, operation, NULL, reply);
    if (code == ERR_OK || !is_not_offered(&call->ctx->error)) {
        return code;
    }
    call->ctx->error.message =
        words_text(call->ctx->arena, "%s: %s: the service does not offer this in its region (%.*s)",
                   call->cloud->tables->title, cloud_operation(call->cloud, operation)->doing,
                   STR_ARG(call->ctx->error.cloud_code));
    return code;
}

static void put(struct cloud_call *call, const char *name, const struct value *value) {
    value_map_set_c(call->ctx->arena, call->params, name, value);
}

/* Pages */

static enum err_code fail_list(struct cloud_call *call, const char *operation, const char *what) {
    return ctx_fail(call->ctx, ERR_UNAVAILABLE, "%s: %s: %s", call->cloud->tables->title,
                    cloud_operation(call->cloud, operation)->doing, what);
}

static enum err_code read_page(struct cloud_call *call, const char *operation,
                               const struct value **items, double *total) {
    struct rest_reply reply;
    TRY(send(call, operation, &reply));
    *items = value_get_c(reply.result, "Items");
    *total = value_count_at(reply.result, "TotalCount");
    if (value_is_null(*items) && *total == 0) {
        *items = value_list(call->ctx->arena);
    }
    return value_is_list(*items) ? ERR_OK : fail_list(call, operation, "the reply holds no list");
}

/* A service may make pages smaller than was asked for: without a total only an empty one is the
 * last for certain. */
static enum err_code read_all(struct cloud_call *call, const char *operation, int size,
                              const struct value **out) {
    struct arena *arena = call->ctx->arena;
    struct value *all = value_list(arena);
    struct value *pages = value_list(arena);
    const struct value *items = NULL;
    double total = 0;
    put(call, "pageSize", value_number(arena, size));
    for (int page = 1; page <= MAX_ITEMS / size; page++) {
        put(call, "pageNumber", value_number(arena, page));
        TRY(read_page(call, operation, &items, &total));
        if (items->list.count > 0 && value_list_holds(pages, items)) {
            return fail_list(call, operation, "the list does not advance: a page comes twice");
        }
        for (size_t i = 0; i < items->list.count; i++) {
            value_list_append(arena, all, items->list.items[i]);
        }
        if (items->list.count == 0 || (total >= 0 && (double)all->list.count >= total)) {
            *out = all;
            return (double)all->list.count >= total
                       ? ERR_OK
                       : fail_list(call, operation, "the list is shorter than its own total");
        }
        value_list_append(arena, pages, items);
    }
    return fail_list(call, operation,
                     "the list does not end: it was read up to 10000 items. The argument name "
                     "asks for fewer");
}

static const struct value *below(struct arena *arena, const struct value *list) {
    struct value *out = value_map(arena);
    value_map_set_c(arena, out, "Items", list);
    return out;
}

/* Models */

/* The service compares whole names; patterns are this provider's own. */
static bool is_one_name(struct str name) {
    return name.len > 0 && str_find(name, STR("*")) < 0 && str_find(name, STR("?")) < 0 &&
           str_find(name, STR("[")) < 0 && str_find(name, STR("\\")) < 0;
}

static const struct value *names_of(struct cloud_call *call, const struct value *args) {
    struct arena *arena = call->ctx->arena;
    struct str name = value_text_at(args, "name");
    if (!is_one_name(name)) {
        return NULL;
    }
    struct value *names = value_list(arena);
    value_list_append(arena, names, value_string(arena, name));
    return names;
}

static void put_filter(struct cloud_call *call, struct value *filter) {
    put(call, "filter", filter->map.count > 0 ? filter : NULL);
}

static enum err_code list_models(struct cloud_call *call, const struct value *names,
                                 const struct value **out) {
    struct value *filter = value_map(call->ctx->arena);
    if (names != NULL) {
        value_map_set_c(call->ctx->arena, filter, "Names", names);
    }
    put_filter(call, filter);
    return read_all(call, "models", PAGE_SIZE, out);
}

/* What belongs to a model and is told by another list; NULL where the service has no such list. */
struct parts {
    const struct value *activations;
    const struct value *limits;
};

/* A part that is not offered is left out of the answer, and that is told. */
static enum err_code without(struct cloud_call *call, enum err_code code) {
    if (code != ERR_OK && is_not_offered(&call->ctx->error)) {
        log_warning(&call->ctx->log, "%p", WORDS_ARG(call->ctx->error.message));
        error_clear(&call->ctx->error);
        return ERR_OK;
    }
    return code;
}

static enum err_code list_activations(struct cloud_call *call, const struct value *args,
                                      const struct value *names, const struct value **out) {
    struct arena *arena = call->ctx->arena;
    bool is_priced = value_bool_at(args, "withPrices", true);
    struct value *filter = value_map(arena);
    value_map_set_c(arena, filter, "IncludeDeprecatedModels", value_bool(arena, true));
    if (names != NULL) {
        value_map_set_c(arena, filter, "FoundationModelNames", names);
    }
    put_filter(call, filter);
    put(call, "withPrice", value_bool(arena, is_priced));
    return read_all(call, "activations", is_priced ? PRICED_PAGE_SIZE : PAGE_SIZE, out);
}

static enum err_code list_limits(struct cloud_call *call, const struct value *names,
                                 const struct value **out) {
    double total = 0;
    put(call, "modelNames", names);
    return read_page(call, "limits", out, &total);
}

static enum err_code list_parts(struct cloud_call *call, const struct value *args,
                                const struct value *names, struct parts *out) {
    *out = (struct parts){0};
    if (value_bool_at(args, "withActivation", true)) {
        TRY(without(call, list_activations(call, args, names, &out->activations)));
    }
    if (value_bool_at(args, "withLimits", true)) {
        TRY(without(call, list_limits(call, names, &out->limits)));
    }
    return ERR_OK;
}

static void add_part(struct cloud_call *call, struct value *model, const char *name,
                     const struct value *list) {
    struct str own = value_text_at(model, "Name");
    for (size_t i = 0; i < value_list_count(list); i++) {
        const struct value *item = list->list.items[i];
        if (str_is(value_text_at(item, "FoundationModelName"), own)) {
            value_map_set_c(call->ctx->arena, model, name, item);
            return;
        }
    }
}

static enum err_code add_versions(struct cloud_call *call, struct value *model) {
    const struct value *versions = NULL;
    put(call, "modelName", value_get_c(model, "Name"));
    TRY(read_all(call, "modelVersions", PAGE_SIZE, &versions));
    value_map_set_c(call->ctx->arena, model, "Versions", versions);
    return ERR_OK;
}

/* Only what fits is asked for its versions: that is a request each. */
static bool is_wanted(struct cloud_call *call, const struct function_row *function,
                      const struct value *args, const struct value *model) {
    struct value *row = value_map(call->ctx->arena);
    struct str name = value_text_at(model, "Name");
    value_map_set_text(call->ctx->arena, row, "name", name);
    return name.len > 0 && rows_fits(call->ctx->arena, &function->args, args, row);
}

static enum err_code get_models(struct cloud_call *call, const struct function_row *function,
                                const struct value *args, const struct value **out) {
    struct arena *arena = call->ctx->arena;
    const struct value *names = names_of(call, args);
    const struct value *found = NULL;
    struct parts parts;
    struct value *models = value_list(arena);
    TRY(list_models(call, names, &found));
    TRY(list_parts(call, args, names, &parts));
    for (size_t i = 0; i < found->list.count; i++) {
        if (!is_wanted(call, function, args, found->list.items[i])) {
            continue;
        }
        struct value *model = value_map_clone(arena, found->list.items[i]);
        add_part(call, model, "Activation", parts.activations);
        add_part(call, model, "Limits", parts.limits);
        if (value_bool_at(args, "withVersions", true)) {
            TRY(add_versions(call, model));
        }
        value_list_append(arena, models, model);
    }
    *out = below(arena, models);
    return ERR_OK;
}

/* Use */

/* A filter without values only adds its column. */
static const struct value *endpoint_filters(struct arena *arena, const struct value *args) {
    const struct value *ids = value_get_set(args, STR("endpointIds"));
    struct value *filter = value_map(arena);
    struct value *filters = value_list(arena);
    value_map_set_text(arena, filter, "Key", STR("ModelEndpoint"));
    value_map_set_c(arena, filter, "Values", value_is_list(ids) ? ids : value_list(arena));
    value_list_append(arena, filters, filter);
    return filters;
}

/* A row of the table, by the names of its columns. */
static const struct value *row_of(struct arena *arena, const struct value *fields,
                                  const struct value *cells) {
    struct value *row = value_map(arena);
    for (size_t i = 0; i < value_list_count(cells) && i < value_list_count(fields); i++) {
        struct str name = value_text_at(fields->list.items[i], "Name");
        if (name.len > 0 && !value_is_null(cells->list.items[i])) {
            value_map_set(arena, row, name, cells->list.items[i]);
        }
    }
    return row;
}

/* Midnight of "2026-09-01"; negative when there is no such day. */
static int64_t day_of(struct arena *arena, struct str text) {
    struct str midnight = arena_printf(arena, "%.*sT00:00:00Z", STR_ARG(text));
    char printed[CLOCK_RFC3339_SIZE];
    int64_t day = clock_parse_rfc3339(midnight);
    clock_print_rfc3339(day, printed);
    return day >= 0 && str_is_c(midnight, printed) ? day : -1;
}

static enum err_code read_day(struct cloud_call *call, const struct value *args, const char *name,
                              int64_t *out) {
    struct str text = value_text_at(args, name);
    *out = day_of(call->ctx->arena, text);
    return *out >= 0 ? ERR_OK
                     : ctx_fail(call->ctx, ERR_INVALID,
                                "inference:ark:getUsage: %s must be a day, such as 2026-09-01; it "
                                "is \"%.*s\"",
                                name, STR_ARG(text));
}

static enum err_code check_days(struct cloud_call *call, const struct value *args) {
    int64_t start;
    int64_t end;
    TRY(read_day(call, args, "startDate", &start));
    TRY(read_day(call, args, "endDate", &end));
    return start <= end ? ERR_OK
                        : ctx_fail(call->ctx, ERR_INVALID,
                                   "inference:ark:getUsage: endDate must not be before startDate; "
                                   "they are \"%.*s\" and \"%.*s\"",
                                   STR_ARG(value_text_at(args, "endDate")),
                                   STR_ARG(value_text_at(args, "startDate")));
}

/* No table is no answer of "none". Empty lists may come as null (docs/apis/ark.md 20). */
static enum err_code check_table(struct cloud_call *call, const struct value *table) {
    const struct value *data = value_get_c(table, "Data");
    bool is_empty = value_is_null(data) && value_count_at(table, "DataCount") == 0;
    bool has_columns = value_list_count(data) == 0 || value_is_list(value_get_c(table, "Fields"));
    return (value_is_list(data) || is_empty) && has_columns
               ? ERR_OK
               : fail_list(call, "usage", "the reply holds no table");
}

static enum err_code get_usage(struct cloud_call *call, const struct value *args,
                               const struct value **out) {
    struct arena *arena = call->ctx->arena;
    struct rest_reply reply;
    struct value *rows = value_list(arena);
    TRY(check_days(call, args));
    put(call, "filters", endpoint_filters(arena, args));
    TRY(send(call, "usage", &reply));
    TRY(check_table(call, reply.result));
    const struct value *fields = value_get_c(reply.result, "Fields");
    const struct value *data = value_get_c(reply.result, "Data");
    for (size_t i = 0; i < value_list_count(data); i++) {
        const struct value *row = row_of(arena, fields, data->list.items[i]);
        struct value *shown = value_map_clone(arena, row);
        value_map_set_c(arena, shown, "Columns", row);
        value_list_append(arena, rows, shown);
    }
    *out = below(arena, rows);
    return ERR_OK;
}

enum err_code ark_invoke(struct cloud_call *call, const struct function_row *function,
                         const struct value *args, const struct value **out_wire) {
    if (str_is_c(str_of(function->operation), "models")) {
        return get_models(call, function, args, out_wire);
    }
    if (str_is_c(str_of(function->operation), "usage")) {
        return get_usage(call, args, out_wire);
    }
    const struct value *items = NULL;
    TRY(read_all(call, function->operation, PAGE_SIZE, &items));
    *out_wire = below(call->ctx->arena, items);
    return ERR_OK;
}
