#include "core/config.h"

#include <stdlib.h>
#include <unistd.h>

#include "clouds/clouds.h"
#include "core/endpoint/scope.h"
#include "trees.h"

static const char *environment[8]; /* name, value, name, value */

static const char *look_up(const char *name) {
    for (size_t i = 0; environment[i] != NULL; i += 2) {
        if (strcmp(environment[i], name) == 0) {
            return environment[i + 1];
        }
    }
    return NULL;
}

static void set_environment(const char *name, const char *value) {
    memset(environment, 0, sizeof(environment));
    environment[0] = name;
    environment[1] = value;
}

static const struct cloud *const clouds[] = {&cloud_hf, NULL};
static const struct provider_options options = {.getenv = look_up, .clouds = clouds};

/* NULL and ctx->error when it fails. */
static struct config *configured(const char *args) {
    const struct configure_request request = {.args = tree(arena, args)};
    struct config *config = NULL;
    enum err_code code = config_new(&fixture.ctx, &options, &request, &config);
    CHECK((code == ERR_OK) == (config != NULL));
    return config;
}

static struct str text_of(const char *args, const char *key) {
    struct config *config = configured(args);
    struct str text = config == NULL ? STR("failed") : arena_str(arena, config_text(config, key));
    config_free(config);
    return text;
}

TREE_TEST(what_is_configured_goes_first) {
    set_environment("HF_NAMESPACE", "from-environment");
    CHECK_STR(text_of("{\"hfNamespace\":\"configured\"}", "hfNamespace"), "configured");
    CHECK_STR(text_of("{}", "hfNamespace"), "from-environment");
    CHECK_STR(text_of("{\"hfNamespace\":\"$unknown\"}", "hfNamespace"), "from-environment");
    set_environment("HF_NAMESPACE", "");
    CHECK_STR(text_of("{}", "hfNamespace"), "");
}

TREE_TEST(secrets_are_unwrapped_for_use) {
    set_environment(NULL, NULL);
    CHECK_STR(text_of("{\"hfToken\":{\"$secret\":\"t-1234\"}}", "hfToken"), "t-1234");
}

TREE_TEST(numbers_come_typed_or_as_text) {
    set_environment(NULL, NULL);
    CHECK_STR(text_of("{\"maxRetries\":3}", "maxRetries"), "3");
    CHECK_STR(text_of("{\"maxRetries\":\"3\"}", "maxRetries"), "3");
    CHECK_STR(text_of("{\"timeout\":\"1.5\"}", "timeout"), "1.5");
    CHECK_STR(text_of("{\"timeout\":\"{\\\"4dabf18193072939515e22adb298388d\\\":"
                      "\\\"1b47061264138c4ac30d75fd1eb44270\\\",\\\"value\\\":7}\"}",
                      "timeout"),
              "7");
}

#define UNKNOWN_TEXT "3eeb2bf0-c639-47a8-9e75-3b44932eb421"

TREE_TEST(json_text_may_stand_for_an_unknown) {
    set_environment(NULL, NULL);
    static const char *const spellings[] = {
        "{\"timeout\":\"\\\"" UNKNOWN_TEXT "\\\"\"}",
        "{\"timeout\":\"{\\\"4dabf18193072939515e22adb298388d\\\":"
        "\\\"1b47061264138c4ac30d75fd1eb44270\\\",\\\"value\\\":\\\"" UNKNOWN_TEXT "\\\"}\"}",
    };
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        struct failures failures;
        const struct value *checked = NULL;
        const struct value *news = tree(arena, spellings[i]);
        failures_init(&failures, &fixture.ctx);
        config_check(&fixture.ctx, &options, news, &failures, &checked);
        CHECK_INT(failures.count, 0);
        CHECK(value_equal(checked, news));
        CHECK_STR(text_of(spellings[i], "timeout"), "");
    }
}

TREE_TEST(numbers_beyond_reason_are_bounded) {
    set_environment(NULL, NULL);
    struct config *config = configured("{\"maxRetries\":1e300,\"timeout\":2.5}");
    REQUIRE(config != NULL);
    CHECK_INT((int)config_number(config, "maxRetries", 4), 1000000000);
    CHECK(config_number(config, "timeout", 4) == 2.5);
    CHECK(config_number(config, "maxConcurrentRequests", 4) == 4);
    config_free(config);
}

TREE_TEST(text_keys_stay_text) {
    set_environment(NULL, NULL);
    CHECK_STR(text_of("{\"hfNamespace\":\"{}\"}", "hfNamespace"), "{}");
    CHECK_STR(text_of("{\"hfNamespace\":\"3\"}", "hfNamespace"), "3");
}

TREE_TEST(malformed_values_are_named) {
    static const char *const bad[][2] = {
        {"{\"maxRetries\":\"many\"}", "inference:maxRetries must be a number"},
        {"{\"maxRetries\":1.5}", "inference:maxRetries must be a whole number"},
        {"{\"maxRetries\":-1}", "inference:maxRetries is below the smallest allowed number"},
        {"{\"hfNamespace\":3}", "inference:hfNamespace must be a string"},
    };
    set_environment(NULL, NULL);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(configured(bad[i][0]) == NULL);
        CHECK_INT(fixture.ctx.error.code, ERR_INVALID);
        CHECK_STR_IS(fixture.ctx.error.message, str_of(bad[i][1]));
    }
}

TREE_TEST(the_old_form_works_when_it_is_all_there_is) {
    set_environment(NULL, NULL);
    const struct configure_request request = {
        .variables =
            tree(arena, "{\"inference:config:hfNamespace\":\"n\",\"other:config:x\":\"y\"}")};
    struct config *config = NULL;
    REQUIRE(config_new(&fixture.ctx, &options, &request, &config) == ERR_OK);
    CHECK_STR(config_text(config, "hfNamespace"), "n");
    config_free(config);
}

TREE_TEST(files_are_read_when_nothing_else_is_set) {
    char path[] = "/tmp/test_config_XXXXXX";
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    CHECK_INT(write(fd, " token-in-file \n", 16), 16);
    close(fd);
    set_environment("HF_TOKEN_PATH", path);
    CHECK_STR(text_of("{}", "hfToken"), "token-in-file");
    CHECK_STR(text_of("{\"hfToken\":\"configured\"}", "hfToken"), "configured");
    unlink(path);
    CHECK_STR(text_of("{}", "hfToken"), "");
    set_environment("HF_TOKEN_PATH", "/");
    CHECK_STR(text_of("{}", "hfToken"), "");
}

TREE_TEST(the_places_of_a_key_are_told) {
    struct str places = config_places(arena, config_find(&options, STR("hfToken")));
    CHECK_STR(places,
              "inference:hfToken, the environment: HF_TOKEN, HUGGING_FACE_HUB_TOKEN, the files: "
              "$HF_TOKEN_PATH, $HF_HOME/token, ~/.cache/huggingface/token");
    CHECK(config_find(&options, STR("hfTokens")) == NULL);
}

static struct str config_checked(const char *news) {
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    const struct value *out = NULL;
    config_check(&fixture.ctx, &options, tree(arena, news), &failures, &out);
    if (failures.count == 0) {
        return tree_text(arena, out);
    }
    return arena_printf(arena, "%.*s: %.*s", STR_ARG(failures.items[0].property),
                        STR_ARG(failures.items[0].reason));
}

TREE_TEST(an_address_is_one_that_requests_can_be_sent_to) {
    static const char *const good[][2] = {
        {"https://h.example", "https://h.example"},
        {"HTTPS://h.example:65535/a/b//", "HTTPS://h.example:65535/a/b"},
        {"h.example", "https://h.example"},
        {"h.example:8443/a", "https://h.example:8443/a"},
        {"https://[2001:db8::1]:443", "https://[2001:db8::1]:443"},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"http://localhost", "http://localhost"},
        {"http://[::1]:1", "http://[::1]:1"},
    };
    static const char *const bad[] = {
        "ftp://h",         "https://",           "https:///a",           "https://user@h",
        "user:pw@h",       "https://h?q",        "https://h/a?",         "h?q=1",
        "https://h#f",     "http://public.host", "http://10.0.0.1",      "http://127.0.0.1.example",
        "https://h:99999", "https://h:",         "https://h:0",          "h:port",
        "https://h /a",    "https://h%41",       "https://[2001:db8::1", "/a",
    };
    set_environment(NULL, NULL);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct str text = arena_printf(arena, "{\"hfEndpoint\":\"%s\"}", good[i][0]);
        CHECK_STR_IS(config_checked(text.ptr), text);
        CHECK_STR_IS(text_of(text.ptr, "hfEndpoint"), str_of(good[i][1]));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct str text = arena_printf(arena, "{\"hfEndpoint\":\"%s\"}", bad[i]);
        CHECK_STR(config_checked(text.ptr),
                  "hfEndpoint: must be a URL (https://host, or http:// for this machine) without a "
                  "user name or a query");
        CHECK(configured(text.ptr) == NULL);
        CHECK_INT(fixture.ctx.error.code, ERR_INVALID);
    }
}

TREE_TEST(checked_configuration_keeps_its_spelling) {
    CHECK_STR(
        config_checked("{\"maxRetries\":\"3\",\"version\":\"1.2.3\",\"__internal\":{},"
                       "\"pluginDownloadURL\":\"u\",\"pluginChecksums\":{},\"timeout\":null}"),
        "{\"__internal\":{},\"maxRetries\":\"3\",\"pluginChecksums\":{},\"pluginDownloadURL\":\"u\",\"version\":\"1.2.3\"}");
    CHECK_STR(config_checked("{\"hfToken\":\"t-1234\"}"), "{\"hfToken\":{\"$secret\":\"t-1234\"}}");
    CHECK_STR(config_checked("{\"maxRetries\":\"$unknown\"}"), "{\"maxRetries\":\"$unknown\"}");
}

TREE_TEST(unknown_and_malformed_configuration_is_refused) {
    CHECK_STR(config_checked("{\"hfTokens\":\"x\"}"),
              "hfTokens: unknown configuration key; did you mean \"hfToken\"?");
    CHECK_STR(config_checked("{\"maxRetries\":\"x\"}"), "maxRetries: must be a number");
}

static struct str config_differing(const char *olds, const char *news) {
    struct diff_list diffs = {.ctx = &fixture.ctx};
    config_diff(&options, tree(arena, olds), tree(arena, news), &diffs);
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < diffs.count; i++) {
        out = arena_printf(arena, "%.*s%d%.*s ", STR_ARG(out), (int)diffs.entries[i].kind,
                           STR_ARG(diffs.entries[i].path));
    }
    return out;
}

TREE_TEST(a_changed_configuration_replaces_nothing) {
    CHECK_STR(config_differing(
                  "{\"hfToken\":\"a\",\"version\":\"1\",\"timeout\":1}",
                  "{\"hfToken\":{\"$secret\":\"b\"},\"version\":\"2\",\"hfNamespace\":\"n\"}"),
              "4hfToken 2timeout 0hfNamespace ");
    CHECK_STR(config_differing("{\"hfToken\":\"a\"}", "{\"hfToken\":{\"$secret\":\"a\"}}"), "");
}

TREE_TEST(the_scope_falls_back_on_the_configuration) {
    set_environment(NULL, NULL);
    struct config *config = configured("{\"hfNamespace\":\"acme\"}");
    REQUIRE(config != NULL);
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    struct value *inputs = value_map(arena);
    scope_fill(&fixture.ctx, &options, cloud_hf.tables, config, inputs, &failures);
    CHECK_TREE(inputs, "{\"namespace\":\"acme\"}");
    CHECK_INT(failures.count, 0);
    const struct value *own = tree(arena, "{\"namespace\":\"me\"}");
    CHECK(scope_differs(cloud_hf.tables, own, inputs));
    CHECK(!scope_differs(cloud_hf.tables, inputs, inputs));
    struct value *shown = value_map(arena);
    scope_put_unconfigured(&fixture.ctx, cloud_hf.tables, config, inputs, shown);
    CHECK_TREE(shown, "{}");
    scope_put(&fixture.ctx, cloud_hf.tables, inputs, shown);
    CHECK_TREE(shown, "{\"namespace\":\"acme\"}");
    config_free(config);
}

TREE_TEST(a_missing_scope_names_its_places) {
    set_environment(NULL, NULL);
    struct config *config = configured("{}");
    REQUIRE(config != NULL);
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    scope_fill(&fixture.ctx, &options, cloud_hf.tables, config, value_map(arena), &failures);
    REQUIRE(failures.count == 1);
    CHECK_STR(failures.items[0].property, "namespace");
    CHECK_STR(
        failures.items[0].reason,
        "is required: set it here, or by inference:hfNamespace, the environment: HF_NAMESPACE");
    config_free(config);
}

TEST_MAIN {
    RUN(what_is_configured_goes_first);
    RUN(secrets_are_unwrapped_for_use);
    RUN(numbers_come_typed_or_as_text);
    RUN(json_text_may_stand_for_an_unknown);
    RUN(numbers_beyond_reason_are_bounded);
    RUN(text_keys_stay_text);
    RUN(malformed_values_are_named);
    RUN(an_address_is_one_that_requests_can_be_sent_to);
    RUN(the_old_form_works_when_it_is_all_there_is);
    RUN(files_are_read_when_nothing_else_is_set);
    RUN(the_places_of_a_key_are_told);
    RUN(checked_configuration_keeps_its_spelling);
    RUN(unknown_and_malformed_configuration_is_refused);
    RUN(a_changed_configuration_replaces_nothing);
    RUN(the_scope_falls_back_on_the_configuration);
    RUN(a_missing_scope_names_its_places);
}
