/* Rules about machine, plan and workers (docs/apis/tir.md 3.3 and 4.3, rules 15, 16, 20 to 22). */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"

#define MOST_WORKERS 64
#define MOST_WORKERS_PRIVATE 512

struct plan {
    const struct value *inputs;
    struct failures *failures;
    bool committed;
};

static bool is_unknown(const struct plan *plan, const char *path) {
    return value_is_unknown(tir_effective(plan->inputs, path));
}

static double number(const struct value *inputs, const char *path) {
    const struct value *value = tir_effective(inputs, path);
    return value_is_number(value) ? value->number : 0;
}

static void fail(const struct plan *plan, const char *path, const char *words) {
    failures_add(plan->failures, str_of(path), "%s", words);
}

/* For a rule about the value itself, which the reason repeats. */
static void fail_value(const struct plan *plan, const char *path, const char *words) {
    failures_add_value(plan->failures, str_of(path), tir_effective(plan->inputs, path), "%s",
                       words);
}

/* A form for a private cloud names no machine (docs/apis/tir.md 2.2). */
static void warn_of_machine(const struct plan *plan, const char *path) {
    if (value_get_set(plan->inputs, str_of(path)) != NULL) {
        failures_warn(plan->failures, str_of(path),
                      "%s: does not count with privateCloudId, and is not sent", path);
    }
}

static void check_machine(const struct plan *plan) {
    static const char *const needed[] = {"skuName", "skuType", "currency"};
    const struct value *share = tir_effective(plan->inputs, "customSku");
    bool is_private = tir_text(plan->inputs, "privateCloudId").len > 0;
    if (is_unknown(plan, "privateCloudId")) {
        return;
    }
    if (is_private && value_is_map(share) && share->map.count == 0) {
        fail(plan, "customSku", "is required with privateCloudId");
    } else if (!is_private && value_is_map(share) && share->map.count > 0) {
        fail(plan, "customSku", "needs privateCloudId: it is a share of a private cloud");
    }
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]) && !is_private; i++) {
        if (value_get_set(plan->inputs, str_of(needed[i])) == NULL) {
            fail(plan, needed[i], "is required unless privateCloudId is set");
        }
    }
    if (is_private) {
        warn_of_machine(plan, "skuName");
        warn_of_machine(plan, "skuType");
    }
}

static void check_hourly(const struct plan *plan) {
    if (number(plan->inputs, "committedDays") > 0) {
        fail_value(plan, "committedDays", "must be 0 with skuType: hourly");
    }
    if (tir_text(plan->inputs, "committedInstancePolicy").len > 0) {
        fail(plan, "committedInstancePolicy", "does not go with skuType: hourly");
    }
    if (number(plan->inputs, "committedReplicas") > 0) {
        fail_value(plan, "committedReplicas", "must be 0 with skuType: hourly");
    }
}

static void check_committed(const struct plan *plan) {
    if (!is_unknown(plan, "committedDays") && number(plan->inputs, "committedDays") < 1) {
        fail_value(plan, "committedDays", "must be more than 0 with skuType: committed");
    }
    if (!is_unknown(plan, "committedInstancePolicy") &&
        tir_text(plan->inputs, "committedInstancePolicy").len == 0) {
        fail(plan, "committedInstancePolicy", "is required with skuType: committed");
    }
    if (!is_unknown(plan, "committedReplicas") && number(plan->inputs, "committedReplicas") < 1) {
        failures_warn(plan->failures, STR("committedReplicas"),
                      "committedReplicas: a committed plan usually pays for at least one worker");
    }
}

static double most_workers(const struct plan *plan) {
    bool is_private =
        is_unknown(plan, "privateCloudId") || tir_text(plan->inputs, "privateCloudId").len > 0;
    return is_private ? MOST_WORKERS_PRIVATE : MOST_WORKERS;
}

/* Money is paid in advance for the committed number, and such an endpoint never sleeps. */
static void check_floor(const struct plan *plan, const char *path) {
    if (!plan->committed || is_unknown(plan, path) || is_unknown(plan, "committedReplicas")) {
        return;
    }
    double floor = number(plan->inputs, "committedReplicas");
    floor = floor < 1 ? 1 : floor;
    if (number(plan->inputs, path) < floor) {
        failures_add(plan->failures, str_of(path),
                     "must be at least %.0f, is %.0f: a committed plan pays for so many workers",
                     floor, number(plan->inputs, path));
    }
}

static void check_replica(const struct plan *plan) {
    double replica = number(plan->inputs, "replica");
    double most = most_workers(plan);
    if (is_unknown(plan, "replica") || is_unknown(plan, "isAutoScaleEnabled")) {
        return;
    }
    if (replica > most) {
        failures_add(plan->failures, STR("replica"), "must be at most %.0f, is %.0f", most,
                     replica);
    }
    if (!tir_is_true(plan->inputs, "isAutoScaleEnabled")) {
        if (replica >= 0 && replica < 1) {
            fail_value(plan, "replica", "must be at least 1 while isAutoScaleEnabled is false");
        } else if (replica >= 1) {
            check_floor(plan, "replica");
        }
    }
}

static void check_bounds(const struct plan *plan) {
    static const char least_path[] = "autoScalePolicy.minReplicas";
    static const char most_path[] = "autoScalePolicy.maxReplicas";
    double least = number(plan->inputs, least_path);
    double most = number(plan->inputs, most_path);
    if (is_unknown(plan, least_path) || is_unknown(plan, most_path)) {
        return;
    }
    if (least >= most) {
        failures_add(
            plan->failures, str_of(most_path),
            "must be more than minReplicas (%.0f is not more than %.0f); a fixed number of "
            "workers is replica, with isAutoScaleEnabled: false",
            most, least);
    } else if (most > most_workers(plan)) {
        failures_add(plan->failures, str_of(most_path), "must be at most %.0f, is %.0f",
                     most_workers(plan), most);
    }
    check_floor(plan, least_path);
}

static void check_rule(struct ctx *ctx, const struct plan *plan, const struct value *rule,
                       size_t index) {
    const struct value *metric = value_get_set(rule, STR("metric"));
    struct str word = value_text_at(rule, "metric");
    if (rule->kind != VALUE_MAP || value_is_unknown(metric)) {
        return;
    }
    struct str path = arena_printf(ctx->arena, "autoScalePolicy.rules[%zu]", index);
    if (word.len == 0) {
        failures_add(plan->failures, arena_printf(ctx->arena, "%.*s.metric", STR_ARG(path)),
                     "is required while isAutoScaleEnabled is true");
    }
    const struct value *name = value_get_set(rule, STR("customMetricName"));
    if (str_is_c(word, "custom") && !value_is_unknown(name) &&
        value_text_at(rule, "customMetricName").len == 0) {
        failures_add(plan->failures,
                     arena_printf(ctx->arena, "%.*s.customMetricName", STR_ARG(path)),
                     "is required with metric: custom");
    }
}

static void check_policy(struct ctx *ctx, const struct plan *plan) {
    const struct value *rules = tir_effective(plan->inputs, "autoScalePolicy.rules");
    if (!tir_is_true(plan->inputs, "isAutoScaleEnabled") || is_unknown(plan, "autoScalePolicy")) {
        return;
    }
    check_bounds(plan);
    if (!value_is_list(rules)) {
        return;
    }
    if (rules->list.count == 0) {
        fail(plan, "autoScalePolicy.rules", "needs at least one while isAutoScaleEnabled is true");
    }
    for (size_t i = 0; i < rules->list.count; i++) {
        check_rule(ctx, plan, rules->list.items[i], i);
    }
}

static void check_stop(const struct plan *plan) {
    bool paused = str_is_c(value_text_at(plan->inputs, "desiredState"), "paused");
    if (plan->committed && (paused || tir_stops(plan->inputs))) {
        fail(plan, paused ? "desiredState" : "stopInference",
             "does not go with skuType: committed; such an endpoint cannot be stopped");
    }
}

/* What an update would change on a plan that is paid: the service refuses, or the money is gone. */
static void refuse_other_plan(const struct plan *plan, const struct value *olds) {
    static const char *const fixed[] = {"skuName", "skuType", "committedDays"};
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        const struct prop *row = prop_find(&tir_tables.props, str_of(fixed[i]));
        const struct value *now = value_get_set(plan->inputs, str_of(fixed[i]));
        if (!value_is_unknown(now) &&
            !prop_equal(row, value_get_set(olds, str_of(fixed[i])), now)) {
            fail(plan, fixed[i],
                 "cannot be changed: the endpoint has a committed plan. Delete the endpoint "
                 "explicitly (its money is not refunded) and make another one");
        }
    }
    if (!is_unknown(plan, "committedReplicas") &&
        number(plan->inputs, "committedReplicas") < number(olds, "committedReplicas")) {
        failures_add(
            plan->failures, STR("committedReplicas"),
            "cannot go below %.0f, is %.0f: the endpoint's committed plan pays for so many",
            number(olds, "committedReplicas"), number(plan->inputs, "committedReplicas"));
    }
}

static void refuse_replacement(const struct cloud_check *check) {
    struct path_list replacing = check_replacing(check);
    for (size_t i = 0; i < replacing.count; i++) {
        failures_add(check->failures, replacing.paths[i],
                     "cannot be changed: that replaces the endpoint, whose committed plan is "
                     "paid and not refunded. Delete the endpoint explicitly and make another "
                     "one");
    }
}

void tir_check_plan(const struct cloud_check *check) {
    struct plan plan = {.inputs = check->inputs,
                        .failures = check->failures,
                        .committed = tir_is_committed(check->inputs)};
    check_machine(&plan);
    if (str_is_c(value_text_at(check->inputs, "skuType"), "hourly") &&
        !tir_is_committed(check->olds)) {
        check_hourly(&plan);
    } else if (plan.committed) {
        check_committed(&plan);
    }
    check_replica(&plan);
    check_policy(check->ctx, &plan);
    check_stop(&plan);
    if (tir_is_committed(check->olds)) {
        refuse_other_plan(&plan, check->olds);
        refuse_replacement(check);
    }
}
