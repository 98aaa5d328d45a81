/* Every row of every cloud: what the C side takes for granted holds. */
#include "clouds/registry.h"
#include "core/props/prop.h"
#include "core/props/prop_walk.h"
#include "core/site.h"
#include "rest/sign.h"
#include "trees.h"

/* Which row, for the message. */
static bool row_check(bool good, const char *cloud, const char *row, const char *what) {
    if (!good) {
        fprintf(stderr, "%s: %s\n", cloud, row);
    }
    return testing_check(good, __FILE__, __LINE__, what);
}

#define ROW(condition) row_check((condition), cloud, row->name, #condition)

static bool has(const struct prop *row, unsigned flags) {
    return (row->flags & flags) != 0;
}

/* What only a whole file tells; provider/tables_rules.py refuses what is wrong in one row. */
static void check_flags(const char *cloud, const struct prop *row) {
    ROW(row->name != NULL && row->name[0] != '\0');
    ROW(has(row, PROP_INPUT | PROP_OUTPUT));
    ROW(!has(row, PROP_STABLE) || !has(row, PROP_INPUT));
}

/* Told by a reply in the place of none, where a program leaves it out. */
static bool stands_for_none(const struct prop *row) {
    return has(row, PROP_EMPTY_UNSET) && str_is_c(value_text(row->default_value), "");
}

/* A default has to pass the row's own Check. */
static void check_default(const char *cloud, const struct prop *row) {
    if (row->default_value == NULL || !has(row, PROP_INPUT) || stands_for_none(row)) {
        return;
    }
    struct prop alone = *row;
    alone.deprecated = NULL;
    const struct prop_table table = {&alone, 1};
    struct value *news = value_map(arena);
    value_map_set_c(arena, news, row->name, row->default_value);
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    (void)prop_check(&fixture.ctx, &table, NULL, news, &failures);
    ROW(failures.count == 0);
}

static void check_rows(const char *cloud, const struct prop *rows, size_t count);

static void check_row(const char *cloud, const struct prop *row) {
    check_flags(cloud, row);
    check_default(cloud, row);
    check_rows(cloud, row->props, row->prop_count);
    if (row->item != NULL) {
        check_rows(cloud, row->item, 1);
    }
}

static void check_rows(const char *cloud, const struct prop *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check_row(cloud, &rows[i]);
        for (size_t j = 0; j < i; j++) {
            row_check(strcmp(rows[i].name, rows[j].name) != 0, cloud, rows[i].name, "names differ");
        }
    }
}

typedef void visit(const struct cloud *cloud, const struct cloud_tables *tables);

static void each_cloud(visit *visitor) {
    for (const struct cloud *const *cloud = cloud_registry; *cloud != NULL; cloud++) {
        visitor(*cloud, (*cloud)->tables);
    }
}

static void properties(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    check_rows(tables->name, tables->props.rows, tables->props.count);
    for (size_t i = 0; i < tables->resource_count; i++) {
        check_rows(tables->name, tables->resources[i].props.rows, tables->resources[i].props.count);
    }
    for (size_t i = 0; i < tables->function_count; i++) {
        check_rows(tables->name, tables->functions[i].args.rows, tables->functions[i].args.count);
        check_rows(tables->name, tables->functions[i].results.rows,
                   tables->functions[i].results.count);
    }
}

TREE_TEST(property_rows_make_sense) {
    each_cloud(properties);
}

static bool is_input(const struct cloud_tables *tables, const char *name, enum prop_type type) {
    const struct prop *row = prop_find(&tables->props, str_of(name));
    return row != NULL && row->type == type && (row->flags & PROP_INPUT) != 0;
}

static bool is_output(const struct cloud_tables *tables, const char *name) {
    const struct prop *row = prop_find(&tables->props, str_of(name));
    return row != NULL && (row->flags & PROP_OUTPUT) != 0;
}

#define HOLDS(condition) row_check((condition), tables->name, "", #condition)

/* What the core asks for by name. */
static void common_words(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    HOLDS(is_input(tables, "desiredState", PROP_STRING));
    HOLDS(is_input(tables, "waitForReady", PROP_BOOLEAN));
    HOLDS(is_output(tables, "endpointId") && !is_input(tables, "endpointId", PROP_STRING));
    HOLDS(is_output(tables, "target"));
    HOLDS(!tables->name_rule.unique || is_input(tables, "adoptExisting", PROP_BOOLEAN));
}

TREE_TEST(words_that_are_the_same_everywhere_are_there) {
    each_cloud(common_words);
}

#define KEY(condition) row_check((condition), tables->name, row->token, #condition)

static const struct prop *find_key_row(const struct resource_row *row, const char *name,
                                       enum prop_type type, unsigned flags) {
    const struct prop *found = prop_find(&row->props, str_of(name));
    bool is_it = found != NULL && found->type == type && (found->flags & flags) == flags;
    return is_it ? found : NULL;
}

/* What core/methods/key.c and its likes ask for by name. */
static void keys(const struct cloud *cloud, const struct cloud_tables *tables) {
    for (size_t i = 0; i < tables->resource_count; i++) {
        const struct resource_row *row = &tables->resources[i];
        const struct operation *operation = cloud_operation(cloud, row->operation);
        KEY(strncmp(row->token, tables->token, strlen(tables->token) - strlen("Endpoint")) == 0);
        KEY(row->kind == RESOURCE_KEY);
        KEY(operation != NULL && operation->repeat == REPEAT_NEVER);
        KEY(find_key_row(row, "endpoints", PROP_LIST, PROP_INPUT | PROP_REPLACE) != NULL);
        KEY(find_key_row(row, "lifetime", PROP_INTEGER, PROP_INPUT | PROP_REPLACE) != NULL);
        KEY(find_key_row(row, "renewBefore", PROP_INTEGER, PROP_LOCAL | PROP_IGNORED) != NULL);
        KEY(find_key_row(row, "apiKey", PROP_STRING, PROP_OUTPUT | PROP_SECRET) != NULL);
        KEY(find_key_row(row, "expiresAt", PROP_STRING, PROP_OUTPUT) != NULL);
    }
}

TREE_TEST(keys_have_what_every_key_has) {
    each_cloud(keys);
}

static void name_rule(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    const struct name_rule *rule = &tables->name_rule;
    const struct prop *row = prop_find(&tables->props, str_of(rule->property));
    HOLDS(row != NULL && row->type == PROP_STRING && !has(row, PROP_REQUIRED));
    HOLDS(rule->alphabet != NULL && rule->alphabet[0] != '\0');
    HOLDS(rule->max_length > 9);
    HOLDS(row != NULL && row->max_length >= rule->max_length);
}

TREE_TEST(name_rules_fit_the_name) {
    each_cloud(name_rule);
}

static bool is_config(const struct cloud_tables *tables, const char *key) {
    for (size_t i = 0; i < tables->config_count; i++) {
        if (strcmp(tables->config[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

static void references(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    for (size_t i = 0; i < tables->scope_count; i++) {
        HOLDS(is_input(tables, tables->scope[i].property, PROP_STRING));
        HOLDS(is_config(tables, tables->scope[i].config));
    }
    for (size_t i = 0; i < tables->auth_count; i++) {
        const struct auth_row *row = &tables->auth[i];
        const char *const keys[] = {row->token, row->access_key, row->secret_key,
                                    row->session_token, row->role};
        HOLDS(sign_scheme_find(row->scheme) != NULL);
        for (size_t k = 0; k < 5; k++) {
            HOLDS(keys[k] == NULL || is_config(tables, keys[k]));
        }
    }
    for (size_t i = 0; i < tables->base_url_count; i++) {
        HOLDS(tables->base_urls[i].config == NULL ||
              is_config(tables, tables->base_urls[i].config));
    }
}

TREE_TEST(configuration_keys_that_rows_name_exist) {
    each_cloud(references);
}

static bool is_reserved(const struct cloud_tables *tables, const char *header) {
    bool is_there = true;
    for (size_t i = 0; i < tables->config_count; i++) {
        const char *const *reserved = tables->config[i].reserved;
        is_there = is_there &&
                   (reserved == NULL || header == NULL || str_is_listed(str_of(header), reserved));
    }
    return is_there;
}

static void reserved_headers(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    for (size_t i = 0; i < tables->auth_count; i++) {
        const struct sign_scheme *scheme = sign_scheme_find(tables->auth[i].scheme);
        const char *const headers[] = {
            scheme->kind == SIGN_HEADER ? scheme->header : "Authorization",
            scheme->date_header,
            scheme->body_hash_header,
            scheme->token_header,
            scheme->project_header,
            "Host",
            "Content-Type",
        };
        for (size_t k = 0; k < sizeof(headers) / sizeof(headers[0]); k++) {
            HOLDS(is_reserved(tables, headers[k]));
        }
    }
    for (size_t i = 0; i < tables->service.header_count; i++) {
        HOLDS(is_reserved(tables, tables->service.headers[i].name.ptr));
    }
}

TREE_TEST(no_setting_gives_a_header_that_is_signed_or_set) {
    each_cloud(reserved_headers);
}

static void sites(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    for (size_t i = 0; i < tables->site_count; i++) {
        const struct site_row *site = &tables->sites[i];
        HOLDS((site->regions == NULL) == (i == 0));
        for (size_t k = 0; site->regions != NULL && site->regions[k] != NULL; k++) {
            HOLDS(site_of(tables, str_of(site->regions[k])) == site);
        }
    }
    const struct profile_table *profile = &tables->profile;
    HOLDS(profile->name == NULL || (tables->site_count > 0 && is_config(tables, profile->name) &&
                                    is_config(tables, profile->file) && tables->auth_count > 0 &&
                                    tables->auth[0].access_key != NULL));
    for (size_t i = 0; i < tables->base_url_count; i++) {
        const char *name = tables->base_urls[i].site;
        bool is_there = name == NULL;
        for (size_t k = 0; k < tables->site_count; k++) {
            is_there = is_there || strcmp(name, tables->sites[k].name) == 0;
        }
        HOLDS(is_there);
    }
}

TREE_TEST(regions_and_hosts_are_of_sites_that_exist) {
    each_cloud(sites);
}

static bool is_base_url(const struct cloud_tables *tables, const char *key) {
    for (size_t i = 0; i < tables->base_url_count; i++) {
        if (strcmp(tables->base_urls[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

#define ROW_OF(condition) row_check((condition), tables->name, row->name, #condition)

static void operations(const struct cloud *cloud, const struct cloud_tables *tables) {
    HOLDS(cloud_operation(cloud, "create") != NULL || cloud->hooks.create != NULL);
    HOLDS(cloud_operation(cloud, "get") != NULL || cloud->hooks.observe != NULL);
    HOLDS(cloud_operation(cloud, "update") != NULL || cloud->hooks.update != NULL);
    HOLDS(cloud_operation(cloud, "delete") != NULL || cloud->hooks.remove != NULL);
    for (size_t i = 0; i < tables->operation_count; i++) {
        const struct operation *row = &tables->operations[i];
        ROW_OF(row->doing != NULL && row->method != NULL);
        ROW_OF(is_base_url(tables, row->host));
        ROW_OF(row->path[0] == '/' || row->path[0] == '{');
        ROW_OF(row->timeout_ms > 0);
        ROW_OF(strcmp(row->name, "create") != 0 || row->repeat == REPEAT_NEVER);
        ROW_OF(strcmp(row->name, "get") != 0 || row->repeat == REPEAT_SAFE);
    }
    for (size_t i = 0; i < tables->function_count; i++) {
        HOLDS(tables->functions[i].operation == NULL ||
              cloud_operation(cloud, tables->functions[i].operation) != NULL);
    }
}

TREE_TEST(operations_exist_and_are_repeated_with_care) {
    each_cloud(operations);
}

static bool is_desire(const struct cloud_tables *tables, const char *word) {
    const struct prop *row = prop_find(&tables->props, STR("desiredState"));
    for (size_t i = 0; row != NULL && i < row->value_count; i++) {
        if (strcmp(row->values[i].value, word) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_state(const struct cloud_tables *tables, enum state_class class) {
    for (size_t i = 0; i < tables->state_count; i++) {
        if (tables->states[i].class == class) {
            return true;
        }
    }
    return false;
}

static void states(const struct cloud *cloud, const struct cloud_tables *tables) {
    const struct prop *desire = prop_find(&tables->props, STR("desiredState"));
    HOLDS(desire != NULL && desire->value_count == tables->action_count);
    for (size_t i = 0; i < tables->action_count; i++) {
        const struct action_row *row = &tables->actions[i];
        HOLDS(is_desire(tables, row->desired));
        HOLDS(cloud_operation(cloud, row->operation) != NULL);
        HOLDS(is_state(tables, row->class));
    }
    HOLDS(is_state(tables, STATE_READY));
    HOLDS(tables->status.state != NULL);
    for (size_t i = 0; i < tables->state_count; i++) {
        struct value *wire = value_map(arena);
        if (strchr(tables->states[i].word, '*') == NULL) {
            value_set_at(arena, wire, tables->status.state,
                         value_string_c(arena, tables->states[i].word));
            row_check(cloud_classify(cloud, wire).state == tables->states[i].class, tables->name,
                      tables->states[i].word, "no earlier row takes the word");
        }
    }
}

TREE_TEST(states_and_actions_fit) {
    each_cloud(states);
}

static void waits(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    const struct wait_policy *wait = &tables->wait;
    HOLDS(wait->first_ms > 0 && wait->first_ms <= wait->cap_ms);
    HOLDS(wait->factor >= 1 && wait->factor < 4);
    HOLDS(wait->create_ms > wait->cap_ms && wait->update_ms > wait->cap_ms);
    HOLDS(wait->delete_ms > wait->cap_ms && wait->settle_ms >= 0);
    HOLDS(tables->service.retry != NULL && tables->service.retry->max_tries > 1);
    HOLDS(tables->service.max_response_bytes >= 1 << 20);
    HOLDS(tables->service.errors != NULL && tables->service.failure_count > 0);
}

TREE_TEST(waits_and_retries_are_bounded) {
    each_cloud(waits);
}

static void tokens(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    struct str token = arena_printf(arena, "inference:%s:Endpoint", tables->name);
    HOLDS(str_is_c(token, tables->token));
    for (size_t i = 0; i < tables->config_count; i++) {
        const struct config_row *row = &tables->config[i];
        row_check(strncmp(row->key, tables->name, strlen(tables->name)) == 0, tables->name,
                  row->key, "keys begin with the cloud's name");
        for (size_t j = 0; j < common_config_count; j++) {
            row_check(strcmp(row->key, common_config[j].key) != 0, tables->name, row->key,
                      "no key is common as well");
        }
    }
}

TREE_TEST(tokens_and_keys_carry_the_clouds_name) {
    each_cloud(tokens);
}

static enum prop_step end_at(const struct prop_place *place, void *user) {
    const char **path = user;
    if (!str_is_c(place->path, *path)) {
        return PROP_STEP_ON;
    }
    *path = NULL;
    return PROP_STEP_END;
}

static void failure_inputs(const struct cloud *cloud, const struct cloud_tables *tables) {
    (void)cloud;
    for (size_t i = 0; i < tables->service.failure_count; i++) {
        const char *input = tables->service.failures[i].input;
        const char *left = input;
        if (input != NULL) {
            prop_walk(arena, &tables->props, end_at, &left);
            row_check(left == NULL, tables->name, input, "a failure is about an input that exists");
        }
    }
}

TREE_TEST(failures_are_about_inputs_that_exist) {
    each_cloud(failure_inputs);
}

TEST_MAIN {
    RUN(property_rows_make_sense);
    RUN(words_that_are_the_same_everywhere_are_there);
    RUN(keys_have_what_every_key_has);
    RUN(name_rules_fit_the_name);
    RUN(configuration_keys_that_rows_name_exist);
    RUN(no_setting_gives_a_header_that_is_signed_or_set);
    RUN(regions_and_hosts_are_of_sites_that_exist);
    RUN(operations_exist_and_are_repeated_with_care);
    RUN(states_and_actions_fit);
    RUN(waits_and_retries_are_bounded);
    RUN(tokens_and_keys_carry_the_clouds_name);
    RUN(failures_are_about_inputs_that_exist);
}
