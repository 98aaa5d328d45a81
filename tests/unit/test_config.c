#include "core/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clouds/clouds.h"
#include "core/endpoint/scope.h"
#include "trees.h"

static const char *environment[16]; /* name, value, name, value */

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

static const struct cloud *const clouds[] = {&cloud_hf, &cloud_maas, NULL};
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
        {"{\"maxRetries\":\"many\"}", "inference:maxRetries must be a number; is \"many\""},
        {"{\"timeout\":\"30m\"}",
         "inference:timeout must be a number of seconds (write 1800); is \"30m\""},
        {"{\"timeout\":\"soon\"}", "inference:timeout must be a number of seconds; is \"soon\""},
        {"{\"timeout\":{\"$secret\":\"30m\"}}", "inference:timeout must be a number of seconds"},
        {"{\"maxRetries\":1.5}", "inference:maxRetries must be a whole number, is 1.5"},
        {"{\"maxRetries\":-1}", "inference:maxRetries must be at least 0, is -1"},
        {"{\"hfNamespace\":3}",
         "inference:hfNamespace must be a string, not a number: put it into quotes"},
    };
    set_environment(NULL, NULL);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(configured(bad[i][0]) == NULL);
        CHECK_INT(fixture.ctx.error.code, ERR_INVALID);
        CHECK_STR_IS(fixture.ctx.error.message.text, str_of(bad[i][1]));
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

static struct value *value_of_one(struct arena *to, const char *key, const char *text) {
    struct value *map = value_map(to);
    value_map_set_c(to, map, key, value_string_c(to, text));
    return map;
}

static void write_file(const char *path, struct str text) {
    FILE *file = fopen(path, "we");
    REQUIRE(file != NULL);
    CHECK_INT(fwrite(text.ptr, 1, text.len, file), text.len);
    (void)fclose(file);
}

/* What a key comes to when the environment holds nothing but one variable. */
static struct str text_from(const char *name, const char *value, const char *key) {
    set_environment(name, value);
    return text_of("{}", key);
}

static struct str fault_from(const char *name, const char *value, const char *key) {
    set_environment(name, value);
    struct config *config = configured("{}");
    if (config == NULL) {
        return STR("failed");
    }
    CHECK_STR(config_text(config, key), "");
    struct str fault = arena_str(arena, config_fault(config, key));
    config_free(config);
    return fault;
}

TREE_TEST(what_surrounds_a_value_is_taken_off_wherever_it_comes_from) {
    static const char *const spellings[] = {"t-1234\n",      "t-1234\r\n", " t-1234 ",
                                            "\t t-1234\n\n", "t-1234",     "\xef\xbb\xbft-1234\n"};
    char path[] = "/tmp/test_config_XXXXXX";
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        set_environment(NULL, NULL);
        const struct configure_request request = {.args =
                                                      value_of_one(arena, "hfToken", spellings[i])};
        struct config *config = NULL;
        REQUIRE(config_new(&fixture.ctx, &options, &request, &config) == ERR_OK);
        CHECK_STR(config_text(config, "hfToken"), "t-1234");
        config_free(config);
        CHECK_STR(text_from("HF_TOKEN", spellings[i], "hfToken"), "t-1234");
        CHECK_STR(text_from("HF_NAMESPACE", spellings[i], "hfNamespace"), "t-1234");
        CHECK_STR(text_from("HW_SECRET_KEY", spellings[i], "maasSecretKey"), "t-1234");
        CHECK_STR(text_from("HW_REGION_NAME", spellings[i], "maasRegion"), "t-1234");
        write_file(path, str_of(spellings[i]));
        CHECK_STR(text_from("HF_TOKEN_PATH", path, "hfToken"), "t-1234");
    }
    unlink(path);
}

TREE_TEST(a_password_loses_line_breaks_only) {
    CHECK_STR(text_from("HW_USER_PASSWORD", " p w \r\n", "maasPassword"), " p w ");
    CHECK_STR(text_from("HW_USER_PASSWORD", "\"p w\"\n", "maasPassword"), "\"p w\"");
    CHECK_STR(text_from("HW_USER_NAME", " jane doe \n", "maasUserName"), "jane doe");
    CHECK_STR(text_from("HW_USER_NAME", "\"", "maasUserName"), "\"");
    CHECK_STR(
        fault_from("HW_USER_PASSWORD", "p\nw", "maasPassword"),
        "the environment variable HW_USER_PASSWORD, which gives inference:maasPassword, has "
        "a line break inside: mend it, or set inference:maasPassword, which takes precedence");
}

TREE_TEST(what_is_blank_counts_as_not_set) {
    set_environment("HF_TOKEN", " \n");
    environment[2] = "HUGGING_FACE_HUB_TOKEN";
    environment[3] = "t-1234\n";
    CHECK_STR(text_of("{}", "hfToken"), "t-1234");
    CHECK_STR(text_of("{\"hfToken\":\" \\n\"}", "hfToken"), "t-1234");
    CHECK_STR(text_from("HF_TOKEN", "\n", "hfToken"), "");
}

/* What Configure says of a malformed value. */
static struct str refusal_of(const char *key, const char *text) {
    set_environment(NULL, NULL);
    const struct configure_request request = {.args = value_of_one(arena, key, text)};
    struct config *config = NULL;
    CHECK_INT(config_new(&fixture.ctx, &options, &request, &config), ERR_INVALID);
    return fixture.ctx.error.message.text;
}

TREE_TEST(what_is_inside_is_named_with_key_and_place) {
    static const char *const bad[][2] = {
        {"t-12\n34", "has a line break inside"},
        {"t-12\r34\n", "has a line break inside"},
        {"t-12\x01", "has a control character inside"},
        {"t-12\x7f", "has a control character inside"},
        {"t-12\xe2\x80\xa9"
         "34",
         "has a line break inside"},
        {"t-12\xef\xbb\xbf"
         "34",
         "has a character that no key has, which may not show: copy it anew"},
        {"t-12\xff", "is not UTF-8 text"},
        {"\"t-1234\"", "is in quotes: take them off"},
        {" 't-1234'\r\n", "is in quotes: take them off"},
        {"\"\"", "is in quotes: take them off"},
    };
    char path[] = "/tmp/test_config_XXXXXX";
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct str rest = arena_printf(
            arena,
            "which gives inference:hfToken, %s: mend it, or set inference:hfToken, which takes precedence",
            bad[i][1]);
        CHECK_STR_IS(fault_from("HF_TOKEN", bad[i][0], "hfToken"),
                     arena_printf(arena, "the environment variable HF_TOKEN, %.*s", STR_ARG(rest)));
        write_file(path, str_of(bad[i][0]));
        CHECK_STR_IS(fault_from("HF_TOKEN_PATH", path, "hfToken"),
                     arena_printf(arena, "the file $HF_TOKEN_PATH, %.*s", STR_ARG(rest)));
        CHECK_STR_IS(refusal_of("hfToken", bad[i][0]),
                     str_is_utf8(str_of(bad[i][0]))
                         ? arena_printf(arena, "inference:hfToken %s", bad[i][1])
                         : STR("inference:hfToken must be a string, not text that is not UTF-8"));
    }
    /* Of a variable that says too much the next one is no way out. */
    set_environment("HF_TOKEN", "a\nb");
    environment[2] = "HUGGING_FACE_HUB_TOKEN";
    environment[3] = "t-1234";
    CHECK_STR(text_of("{}", "hfToken"), "");
    CHECK_STR(text_of("{\"hfToken\":\"mine\"}", "hfToken"), "mine");
    unlink(path);
}

TREE_TEST(a_file_that_is_too_long_is_no_token) {
    char path[] = "/tmp/test_config_XXXXXX";
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    close(fd);
    char *text = arena_alloc(arena, 70000);
    memset(text, 'x', 70000);
    write_file(path, (struct str){text, 70000});
    CHECK_STR(fault_from("HF_TOKEN_PATH", path, "hfToken"),
              "the file $HF_TOKEN_PATH, which gives inference:hfToken, is longer than any value: "
              "mend it, or set inference:hfToken, which takes precedence");
    unlink(path);
}

TREE_TEST(the_token_of_the_hub_is_found_where_the_hub_keeps_it) {
    char folder[] = "/tmp/test_config_XXXXXX";
    REQUIRE(mkdtemp(folder) != NULL);
    const char *below = arena_printf(arena, "%s/huggingface", folder).ptr;
    const char *cached = arena_printf(arena, "%s/token", below).ptr;
    const char *own = arena_printf(arena, "%s/token", folder).ptr;
    REQUIRE(mkdir(below, 0700) == 0);
    write_file(cached, STR("cached\n"));
    write_file(own, STR("own\n"));
    CHECK_STR(text_from("XDG_CACHE_HOME", folder, "hfToken"), "cached");
    CHECK_STR(text_from("XDG_CACHE_HOME", "", "hfToken"), "");
    environment[2] = "HF_HOME"; /* takes precedence */
    environment[3] = folder;
    CHECK_STR(text_of("{}", "hfToken"), "own");
    set_environment("HF_HOME", "~");
    environment[2] = "HOME";
    environment[3] = folder;
    CHECK_STR(text_of("{}", "hfToken"), "own");
    unlink(cached);
    unlink(own);
    rmdir(below);
    rmdir(folder);
}

#define NO_URL                                                                                   \
    "must be a URL (https://host, or http:// for this machine) without a user name or a query: " \
    "mend it, or set inference:"

TREE_TEST(an_address_with_a_login_is_refused_wherever_it_comes_from) {
    static const char *const bad[] = {"https://me:pw-1234@h.example/", "me@h.example",
                                      "https://h.example?q", "http://h.example", "ftp://h"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_STR(fault_from("HF_INFERENCE_ENDPOINTS_URL", bad[i], "hfEndpoint"),
                  "the environment variable HF_INFERENCE_ENDPOINTS_URL, which gives "
                  "inference:hfEndpoint, " NO_URL "hfEndpoint, which takes precedence");
        CHECK_STR(
            fault_from("OS_AUTH_URL", bad[i], "maasIamEndpoint"),
            "the environment variable OS_AUTH_URL, which gives inference:maasIamEndpoint, " NO_URL
            "maasIamEndpoint, which takes precedence");
        set_environment("HUAWEICLOUD_SDK_REGION_MODELARTS_X", bad[i]);
        struct config *config = configured("{}");
        REQUIRE(config != NULL);
        struct str url;
        CHECK_INT(config_text_env(&fixture.ctx, config, "maasEndpoint",
                                  STR("HUAWEICLOUD_SDK_REGION_MODELARTS_X"), &url),
                  ERR_INVALID);
        CHECK_STR(fixture.ctx.error.message.text,
                  "the environment variable HUAWEICLOUD_SDK_REGION_MODELARTS_X, which gives "
                  "inference:maasEndpoint, " NO_URL "maasEndpoint, which takes precedence");
        config_free(config);
    }
    CHECK_STR(text_from("OS_AUTH_URL", "https://iam.example/v3/\n", "maasIamEndpoint"),
              "https://iam.example");
}

TREE_TEST(a_fault_matters_to_its_cloud_alone) {
    set_environment("OS_AUTH_URL", "http://10.0.0.1:5000/v3");
    struct config *config = configured("{}");
    REQUIRE(config != NULL);
    CHECK_INT(config_refuse_faults(&fixture.ctx, config, cloud_hf.tables), ERR_OK);
    CHECK_INT(config_refuse_faults(&fixture.ctx, config, cloud_maas.tables), ERR_INVALID);
    CHECK_STR(fixture.ctx.error.message.text,
              "Huawei Cloud MaaS: the environment variable OS_AUTH_URL, which gives "
              "inference:maasIamEndpoint, " NO_URL "maasIamEndpoint, which takes precedence");
    config_free(config);
}

TREE_TEST(a_token_beside_its_keys_is_read_alike) {
    set_environment("HW_ACCESS_KEY", "k-1234\n");
    environment[2] = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
    environment[3] = "other";
    environment[4] = "HW_SECURITY_TOKEN";
    environment[5] = "mine\n";
    struct config *config = configured("{}");
    REQUIRE(config != NULL);
    struct str token;
    CHECK_INT(
        config_text_beside(&fixture.ctx, config, "maasSecurityToken", "maasAccessKey", &token),
        ERR_OK);
    CHECK_STR(token, "mine");
    config_free(config);
    set_environment("HUAWEICLOUD_SDK_AK", "k-1234");
    environment[2] = "HW_SECURITY_TOKEN";
    environment[3] = "other";
    environment[4] = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
    environment[5] = "mi\nne";
    config = configured("{}");
    REQUIRE(config != NULL);
    CHECK_INT(
        config_text_beside(&fixture.ctx, config, "maasSecurityToken", "maasAccessKey", &token),
        ERR_INVALID);
    CHECK_STR(fixture.ctx.error.message.text,
              "the environment variable HUAWEICLOUD_SDK_SECURITY_TOKEN, which gives "
              "inference:maasSecurityToken, has a line break inside: mend it, or set "
              "inference:maasSecurityToken, which takes precedence");
    config_free(config);
}

TREE_TEST(the_login_of_a_proxy_is_a_secret) {
    static const char *const proxies[][2] = {
        {"https_proxy", "http://me:pw-1234@p.example:3128"},
        {"HTTPS_PROXY", "me:pw-1234@p.example"},
        {"all_proxy", "socks5h://me:pw-1234@p.example/"},
        {"ALL_PROXY", "odd://me:pw-1234@p.example/@"},
        {"https_proxy", "http://me:pw-1234/5@p.example:3128"},
    };
    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
        set_environment(proxies[i][0], proxies[i][1]);
        struct config *config = configured("{}");
        REQUIRE(config != NULL);
        struct redact redact;
        redact_init(&redact, arena);
        config_redact(config, &redact);
        struct str shown = redact_apply(&redact, str_of(proxies[i][1]));
        CHECK(str_find(shown, STR("pw-1234")) < 0);
        CHECK(str_find(shown, STR("[secret]@p.example")) >= 0);
        config_free(config);
    }
}

TREE_TEST(a_scope_from_a_program_is_trimmed) {
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    const struct value *given =
        tree(arena, "{\"namespace\":{\"$secret\":\"acme\\n\"},\"name\":\"kept\\n\"}");
    CHECK_TREE(scope_trim(&fixture.ctx, &options, cloud_hf.tables, given, &failures),
               "{\"name\":\"kept\\n\",\"namespace\":{\"$secret\":\"acme\"}}");
    CHECK_INT(failures.count, 0);
    given = tree(arena, "{\"region\":\"$unknown\",\"projectId\":\"a\\nb\"}");
    (void)scope_trim(&fixture.ctx, &options, cloud_maas.tables, given, &failures);
    REQUIRE(failures.count == 1);
    CHECK_STR(failures.items[0].property, "projectId");
    CHECK_STR(failures.items[0].reason.text, "has a line break inside");
}

TREE_TEST(a_scope_that_cannot_be_read_names_its_place) {
    set_environment("HF_NAMESPACE", "a\nb");
    struct config *config = configured("{}");
    REQUIRE(config != NULL);
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    scope_fill(&fixture.ctx, &options, cloud_hf.tables, &cloud_hf.tables->props, config,
               value_map(arena), &failures);
    REQUIRE(failures.count == 1);
    CHECK_STR(failures.items[0].property, "namespace");
    CHECK_STR(
        failures.items[0].reason.text,
        "is not set here, and the environment variable HF_NAMESPACE, which gives "
        "inference:hfNamespace, has a line break inside: mend it, or set inference:hfNamespace, "
        "which takes precedence");
    config_free(config);
}

TREE_TEST(the_places_of_a_key_are_told) {
    struct str places =
        config_places(arena, cloud_hf.tables, NULL, config_find(&options, STR("hfToken")));
    CHECK_STR(places,
              "inference:hfToken, the environment: HF_TOKEN, HUGGING_FACE_HUB_TOKEN, the files: "
              "$HF_TOKEN_PATH, $HF_HOME/token, $XDG_CACHE_HOME/huggingface/token, "
              "~/.cache/huggingface/token");
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
                        STR_ARG(failures.items[0].reason.text));
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
    CHECK_STR(config_checked("{\"maxRetries\":\"x\"}"), "maxRetries: must be a number; is \"x\"");
    CHECK_STR(config_checked("{\"maxRetries\":-1}"), "maxRetries: must be at least 0, is -1");
    CHECK_STR(config_checked("{\"hfNamespace\":5}"),
              "hfNamespace: must be a string, not a number: put it into quotes");
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
    scope_fill(&fixture.ctx, &options, cloud_hf.tables, &cloud_hf.tables->props, config, inputs,
               &failures);
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
    scope_fill(&fixture.ctx, &options, cloud_hf.tables, &cloud_hf.tables->props, config,
               value_map(arena), &failures);
    REQUIRE(failures.count == 1);
    CHECK_STR(failures.items[0].property, "namespace");
    CHECK_STR(
        failures.items[0].reason.text,
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
    RUN(what_surrounds_a_value_is_taken_off_wherever_it_comes_from);
    RUN(a_password_loses_line_breaks_only);
    RUN(what_is_blank_counts_as_not_set);
    RUN(what_is_inside_is_named_with_key_and_place);
    RUN(a_file_that_is_too_long_is_no_token);
    RUN(the_token_of_the_hub_is_found_where_the_hub_keeps_it);
    RUN(an_address_with_a_login_is_refused_wherever_it_comes_from);
    RUN(a_fault_matters_to_its_cloud_alone);
    RUN(a_token_beside_its_keys_is_read_alike);
    RUN(the_login_of_a_proxy_is_a_secret);
    RUN(a_scope_from_a_program_is_trimmed);
    RUN(a_scope_that_cannot_be_read_names_its_place);
    RUN(the_places_of_a_key_are_told);
    RUN(checked_configuration_keeps_its_spelling);
    RUN(unknown_and_malformed_configuration_is_refused);
    RUN(a_changed_configuration_replaces_nothing);
    RUN(the_scope_falls_back_on_the_configuration);
    RUN(a_missing_scope_names_its_places);
}
