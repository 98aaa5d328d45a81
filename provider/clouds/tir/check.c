/* Rules across properties (docs/apis/tir.md 4.3). A rule over a value that is not known yet is
 * skipped. */
#include "clouds/clouds.h"
#include "clouds/tir/internal.h"
#include "core/config.h"

static void require_scope(struct ctx *ctx, const struct value *inputs, const char *property,
                          struct failures *failures) {
    if (value_get_set(inputs, str_of(property)) != NULL) {
        return;
    }
    for (size_t i = 0; i < tir_tables.scope_count; i++) {
        const struct scope_row *row = &tir_tables.scope[i];
        for (size_t j = 0; j < tir_tables.config_count; j++) {
            const struct config_row *config = &tir_tables.config[j];
            if (str_is_c(str_of(row->property), property) &&
                str_is_c(str_of(row->config), config->key)) {
                failures_add(failures, str_of(property), "is required: set it here, or by %.*s",
                             STR_ARG(config_places(ctx->arena, &tir_tables, NULL, config)));
            }
        }
    }
}

static void check_number(const struct value *inputs, const char *property,
                         struct failures *failures) {
    const struct value *value = value_get_set(inputs, str_of(property));
    if (value_is_string(value) && !tir_is_number(value->string)) {
        failures_add_value(failures, str_of(property), value,
                           "must be a number without sign or leading zeros");
    }
}

static void check_desired(const struct value *olds, const struct value *inputs,
                          struct failures *failures) {
    struct str desired = value_text_at(inputs, "desiredState");
    struct str former = value_text_at(inputs, "stopInference");
    bool stops = tir_stops(inputs);
    if (desired.len > 0 && former.len > 0 && stops != str_is_c(desired, "paused")) {
        failures_add(failures, STR("stopInference"),
                     "contradicts desiredState; take stopInference out");
    } else if (stops && desired.len == 0 && (olds == NULL || olds->map.count == 0)) {
        failures_add(
            failures, STR("stopInference"),
            "must be start for a new endpoint; desiredState: paused makes one and stops it");
    }
}

static void check_storage(const struct value *inputs, struct failures *failures) {
    const struct value *share = tir_effective(inputs, "sfsId");
    if (str_is_c(tir_text(inputs, "storageType"), "sfs") && !value_is_unknown(share) &&
        tir_text(inputs, "sfsId").len == 0) {
        failures_add(failures, STR("sfsId"), "is required with storageType: sfs");
    }
}

/* A form carries it for a private image only. */
static void check_registry(const struct value *inputs, struct failures *failures) {
    const struct value *type = tir_effective(inputs, "containerType");
    if (tir_text(inputs, "registryNamespaceId").len > 0 && value_is_string(type) &&
        !str_is_c(type->string, "private")) {
        failures_warn(failures, STR("registryNamespaceId"),
                      "registryNamespaceId: counts with containerType: private only, and is not "
                      "sent");
    }
}

struct probe_need {
    const char *protocol;
    const char *member;
    bool refused; /* else only warned of */
};

static void check_probe(struct ctx *ctx, const struct value *inputs, const char *probe,
                        struct failures *failures) {
    static const struct probe_need needs[] = {
        {"http", "path", true}, {"grpc", "grpcService", false}, {"command", "commands", false}};
    if (value_get_set(inputs, str_of(probe)) == NULL) {
        return;
    }
    struct str protocol = tir_text(inputs, arena_printf(ctx->arena, "%s.protocol", probe).ptr);
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        struct str path = arena_printf(ctx->arena, "%s.%s", probe, needs[i].member);
        bool missing = str_is_c(protocol, needs[i].protocol) &&
                       !value_is_unknown(tir_effective(inputs, path.ptr)) &&
                       tir_text(inputs, path.ptr).len == 0;
        if (missing && needs[i].refused) {
            failures_add(failures, path, "is required with protocol: %s", needs[i].protocol);
        } else if (missing) {
            failures_warn(failures, path, "%.*s: protocol %s usually needs it", STR_ARG(path),
                          needs[i].protocol);
        }
    }
}

static void check_variables(struct ctx *ctx, const struct value *inputs,
                            struct failures *failures) {
    const struct value *list = value_at(inputs, "resourceDetails.envVariables");
    for (size_t i = 0; i < value_list_count(list); i++) {
        struct str key = value_text_at(list->list.items[i], "key");
        bool twice = false;
        for (size_t j = 0; j < i && key.len > 0; j++) {
            twice = twice || str_is(key, value_text_at(list->list.items[j], "key"));
        }
        if (twice) {
            failures_add(failures,
                         arena_printf(ctx->arena, "resourceDetails.envVariables[%zu].key", i),
                         "\"%.*s\" is given more than once", STR_ARG(key));
        }
    }
}

static void check_disk(const struct value *olds, const struct value *inputs,
                       struct failures *failures) {
    const struct value *before = tir_effective(olds, "resourceDetails.diskSize");
    const struct value *now = tir_effective(inputs, "resourceDetails.diskSize");
    bool known =
        before != NULL && now != NULL && before->kind == VALUE_NUMBER && now->kind == VALUE_NUMBER;
    if (olds != NULL && olds->map.count > 0 && known && now->number < before->number) {
        failures_warn(
            failures, STR("resourceDetails.diskSize"),
            "resourceDetails.diskSize: a disk may not be able to shrink (from %.0f to %.0f "
            "GB)",
            before->number, now->number);
    }
}

void tir_check(const struct cloud_check *check) {
    struct ctx *ctx = check->ctx;
    const struct value *inputs = check->inputs;
    struct failures *failures = check->failures;
    require_scope(ctx, inputs, "projectId", failures);
    require_scope(ctx, inputs, "location", failures);
    check_number(inputs, "projectId", failures);
    check_number(inputs, "teamId", failures);
    tir_check_model(ctx, inputs, failures);
    tir_check_plan(check);
    check_desired(check->olds, inputs, failures);
    check_storage(inputs, failures);
    check_registry(inputs, failures);
    check_probe(ctx, inputs, "readinessProbe", failures);
    check_probe(ctx, inputs, "livenessProbe", failures);
    check_variables(ctx, inputs, failures);
    tir_check_queues(inputs, failures);
    tir_check_attached(ctx, inputs, failures);
    check_disk(check->olds, inputs, failures);
}
