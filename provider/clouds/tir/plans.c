/* Machines and their plans (docs/apis/tir.md 2.7). */
#include "base/words.h"
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"

#define SHOWN_PLANS 12

/* A plan by the hour may tell no days, and numbers may be text. */
static void put_days(struct arena *arena, struct value *row) {
    double days = value_count_at(row, "committed_days");
    struct str type = value_text_at(row, "sku_type");
    bool is_hourly = type.len > 0 && !str_is_nocase(type, STR("committed"));
    if (days >= 0 || is_hourly) {
        value_map_set_c(arena, row, "committed_days", value_number(arena, days < 0 ? 0 : days));
    }
}

static void add_plans(struct arena *arena, const struct value *sku, struct str kind,
                      struct value *out) {
    const struct value *plans = value_get_c(sku, "plans");
    for (size_t i = 0; i < value_list_count(plans); i++) {
        const struct value *plan = plans->list.items[i];
        struct value *row = value_map_clone(arena, sku);
        value_map_remove(row, STR("plans"));
        value_map_remove(row, STR("sku_type")); /* the plan has its own, which is asked for */
        value_map_set_text(arena, row, "kind", kind);
        for (size_t j = 0; value_is_map(plan) && j < plan->map.count; j++) {
            const struct value_entry *entry = &plan->map.entries[j];
            if (!str_is_c(entry->key, "name")) { /* which is the machine's */
                value_map_set(arena, row, entry->key, entry->value);
            }
        }
        put_days(arena, row);
        if (value_is_map(plan)) {
            value_list_append(arena, out, row);
        }
    }
}

enum err_code tir_plans(struct cloud_call *call, struct str framework, const struct value **plans) {
    struct arena *arena = call->ctx->arena;
    struct rest_reply reply;
    struct value *out = value_list(arena);
    value_map_set_text(arena, call->params, "frameworkWire", framework);
    *plans = out;
    TRY(cloud_send(call, "plans", NULL, &reply));
    const struct value *kinds = reply.result;
    if (!value_is_map(kinds) && !value_is_list(kinds)) {
        return tir_fail_without_list(call, "plans");
    }
    for (size_t i = 0; value_is_map(kinds) && i < kinds->map.count; i++) {
        const struct value *skus = kinds->map.entries[i].value;
        for (size_t j = 0; j < value_list_count(skus); j++) {
            add_plans(arena, skus->list.items[j], kinds->map.entries[i].key, out);
        }
    }
    return ERR_OK;
}

/* What a plan does not tell proves nothing against it. */
static bool may_last(const struct value *plan, const struct value *form) {
    double days = value_number_at(form, "committed_days", 0);
    return value_number_at(plan, "committed_days", days) == days;
}

static bool may_be(const struct value *plan, const struct value *form, const char *name) {
    struct str told = value_text_at(plan, name);
    return told.len == 0 || str_is_nocase(told, value_text_at(form, name));
}

/* Whether it tells all that decides what is paid. */
static bool is_told(const struct value *plan) {
    return value_text_at(plan, "sku_type").len > 0 && value_text_at(plan, "currency").len > 0 &&
           value_get_c(plan, "committed_days") != NULL;
}

/* The plan, or the first that may be it. */
static const struct value *find_plan(const struct value *plans, const struct value *form) {
    const struct value *found = NULL;
    for (size_t i = 0; i < plans->list.count; i++) {
        const struct value *plan = plans->list.items[i];
        bool may_fit = str_is(value_text_at(plan, "name"), value_text_at(form, "sku_name")) &&
                       may_be(plan, form, "sku_type") && may_be(plan, form, "currency") &&
                       may_last(plan, form);
        if (may_fit && is_told(plan)) {
            return plan;
        }
        found = may_fit && found == NULL ? plan : found;
    }
    return found;
}

/* The form that the console sends: ids in place of names. */
static const struct value *with_sku_id(struct arena *arena, const struct value *form,
                                       const struct value *plan) {
    static const char *const names[] = {"sku_name", "sku_type", "committed_days",
                                        "currency", "location", "category"};
    struct value *out = value_map_clone(arena, form);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        value_map_remove(out, str_of(names[i]));
    }
    value_map_set_c(arena, out, "sku_id", value_get_c(plan, "sku_id"));
    value_map_set_c(arena, out, "sku_item_price_id", value_get_c(plan, "sku_item_price_id"));
    value_map_set_c(arena, out, "next_sku_item_price_id", value_null(arena));
    return out;
}

static bool is_free_now(const struct value *plan) {
    return value_bool_at(plan, "is_inventory_available", true);
}

static struct str days_text(struct arena *arena, const struct value *plan) {
    double days = value_number_at(plan, "committed_days", 0);
    return days > 0 ? arena_printf(arena, " for %.0f days", days) : STR_EMPTY;
}

static struct str describe(struct arena *arena, const struct value *plans,
                           const struct value *form) {
    struct str text = STR_EMPTY;
    size_t shown = 0;
    for (size_t i = 0; i < plans->list.count; i++) {
        const struct value *plan = plans->list.items[i];
        if (!may_be(plan, form, "currency")) {
            continue;
        }
        if (shown++ == SHOWN_PLANS) {
            return arena_join(arena, text, ", ", STR("..."));
        }
        struct str time = days_text(arena, plan);
        struct str words =
            arena_printf(arena, "%.*s %.*s%.*s%s", STR_ARG(value_text_at(plan, "name")),
                         STR_ARG(value_text_at(plan, "sku_type")), STR_ARG(time),
                         is_free_now(plan) ? "" : " (none free now)");
        text = arena_join(arena, text, ", ", words);
    }
    return text;
}

static bool is_patient(const struct cloud_call *call) {
    return value_number_at(call->inputs, "capacityRetryTimeout", 0) > 0;
}

/* Fails when the form's plan does not exist or, if that is asked, has no machine free. A private
 * cloud has no plans. */
static enum err_code require_plan(struct cloud_call *call, const struct value *form,
                                  bool free_now) {
    struct ctx *ctx = call->ctx;
    const struct value *plans = NULL;
    struct str name = value_text_at(form, "sku_name");
    if (name.len == 0) {
        return ERR_OK;
    }
    TRY(tir_plans(call, value_text_at(form, "framework"), &plans));
    if (value_list_count(plans) == 0) { /* which proves nothing about this one */
        log_warning(&ctx->log,
                    "E2E Networks TIR: whether there is the plan %.*s %.*s is not known: the "
                    "service lists no plans",
                    STR_ARG(name), STR_ARG(value_text_at(form, "sku_type")));
        return ERR_OK;
    }
    const struct value *plan = find_plan(plans, form);
    if (plan != NULL && (!free_now || is_free_now(plan))) {
        return ERR_OK;
    }
    struct str there = describe(ctx->arena, plans, form);
    struct str time = days_text(ctx->arena, form);
    const char *why = plan == NULL ? "does not exist" : "has no machine free now";
    return ctx_fail(
        ctx, plan == NULL ? ERR_INVALID : ERR_EXHAUSTED,
        "E2E Networks TIR: the plan %.*s %.*s%.*s in %.*s %s. Plans in this currency: %.*s",
        STR_ARG(name), STR_ARG(value_text_at(form, "sku_type")), STR_ARG(time),
        STR_ARG(value_text_at(form, "currency")), why,
        STR_ARG(there.len > 0 ? there : STR("none")));
}

enum err_code tir_verify_plan(struct cloud_call *call, const struct value *form) {
    return tir_is_true(call->inputs, "verifySku") ? require_plan(call, form, !is_patient(call))
                                                  : ERR_OK;
}

/* A machine need not be free: the endpoint that is deleted leaves one. */
enum err_code tir_verify_successor(struct cloud_call *call, const struct value *news) {
    const struct value *form =
        tir_request(call->ctx, news, value_text_at(call->params, "location"));
    struct error *error = &call->ctx->error;
    if (require_plan(call, form, false) == ERR_OK) {
        return ERR_OK;
    }
    if (error->code == ERR_INVALID && error->http_status != 0) { /* the question was refused */
        error->code = ERR_UNAVAILABLE;
    }
    return error->code;
}

bool tir_fall_back_to_sku_id(struct cloud_call *call, const struct value *form,
                             const struct value **out) {
    struct ctx *ctx = call->ctx;
    const struct value *plans = NULL;
    bool machine = str_contains_nocase(ctx->error.message.text, STR("sku"));
    bool named = value_text_at(form, "sku_name").len > 0;
    if (ctx->error.http_status != 400 || !machine || !named) {
        return false;
    }
    struct error refused = error_keep(&ctx->error);
    bool inventory = str_contains_nocase(refused.message.text, STR("inventory"));
    bool listed = tir_plans(call, value_text_at(form, "framework"), &plans) == ERR_OK;
    error_put_back(&ctx->error, &refused);
    if (!listed) {
        return false;
    }
    const struct value *plan = find_plan(plans, form);
    if (plan != NULL && is_told(plan) && !inventory &&
        str_contains_nocase(refused.message.text, STR("sku_id"))) {
        *out = with_sku_id(ctx->arena, form, plan);
        return true;
    }
    struct str there = describe(ctx->arena, plans, form);
    if (there.len > 0) {
        ctx->error.message =
            words_text(ctx->arena, "%p. Plans in this currency: %.*s.",
                       WORDS_ARG(words_without_stop(ctx->arena, refused.message)), STR_ARG(there));
    }
    return false;
}
