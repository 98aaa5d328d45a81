/* The keys of a role that calls to ModelArk share, on a clock without time. */
#include "cloud_fakes.h"
#include "clouds/ark/internal.h"

#define TRN "trn:iam::2100000001:role/deploy"
#define SETTINGS                                                        \
    "{\"arkAccessKey\":\"AKBASE0001\",\"arkSecretKey\":\"SKBASE0001\"," \
    "\"arkAssumeRoleTrn\":\"" TRN "\"}"
#define TIMES(now, end) "\"CurrentTime\":\"" now "\",\"ExpiredTime\":\"" end "\","
#define HOUR TIMES("1999-01-01T08:00:00+08:00", "1999-01-01T09:00:00+08:00")
#define KEYS(number, times)                                                                   \
    {                                                                                         \
        .status = 200, .body = "{\"ResponseMetadata\":{},\"Result\":{\"Credentials\":{" times \
                               "\"AccessKeyId\":\"AKTP" number                                \
                               "\",\"SecretAccessKey\":\"role-secret-" number                 \
                               "\",\"SessionToken\":\"role-token-" number "\"}}}"             \
    }
#define REFUSED                                                                            \
    {                                                                                      \
        .status = 403,                                                                     \
        .body = "{\"ResponseMetadata\":{\"Error\":{\"Code\":\"AccessDenied\",\"Message\":" \
                "\"no\"}}}"                                                                \
    }

static const struct rest_base_url urls[] = {{"api", STR("https://ark.example.com")},
                                            {"sts", STR("https://sts.example.com")}};

static void *account;
static struct fake_service service;

static void begin(const char *settings, const struct fake_step *steps, size_t count) {
    account = ark_account_new(fixture.ctx.clock);
    const struct rest_session session = {.scheme = sign_scheme_find("volc-v4"),
                                         .credential = {.access_key = STR("AKBASE0001"),
                                                        .secret_key = STR("SKBASE0001"),
                                                        .region = STR("ap-southeast-1"),
                                                        .service = STR("ark")},
                                         .base_urls = urls,
                                         .base_url_count = 2,
                                         .authorize = ark_authorize,
                                         .renew = ark_renew};
    const struct cloud_call call = {
        .auth = &cloud_ark.tables->auth[0], .params = value_map(arena), .account = account};
    fake_service_init(&service, &cloud_ark, settings, steps, count, &session, &call);
}

static void end(void) {
    fake_service_cleanup(&service);
    ark_account_free(account);
}

static struct sign_credential keys_now(void) {
    struct sign_credential credential = service.session.credential;
    CHECK_INT(ark_authorize(&fixture.ctx, &service.session, &credential), ERR_OK);
    return credential;
}

TREE_TEST(a_role_signs_with_its_own_keys_for_the_same_service) {
    begin(SETTINGS, STEPS(KEYS("1", HOUR)));
    struct sign_credential credential = keys_now();
    CHECK_STR(credential.access_key, "AKTP1");
    CHECK_STR(credential.secret_key, "role-secret-1");
    CHECK_STR(credential.session_token, "role-token-1");
    CHECK_STR(credential.service, "ark");
    CHECK_STR(service.transport.requests[0].url,
              "https://sts.example.com/?Action=AssumeRole&Version=2018-01-01&RoleTrn="
              "trn%3Aiam%3A%3A2100000001%3Arole%2Fdeploy&RoleSessionName=pulumi-inference");
    CHECK_STR(redact_apply(&fixture.ctx.redact, STR("role-secret-1 role-token-1")),
              "[secret] [secret]");
    end();
}

TREE_TEST(keys_are_renewed_five_minutes_before_their_end) {
    begin(SETTINGS, STEPS(KEYS("1", HOUR), KEYS("2", HOUR)));
    CHECK_STR(keys_now().access_key, "AKTP1");
    rest_fixture_let_pass(&fixture, 3600 - 301);
    CHECK_STR(keys_now().access_key, "AKTP1");
    rest_fixture_let_pass(&fixture, 1);
    CHECK_STR(keys_now().access_key, "AKTP2");
    CHECK_INT(service.transport.request_count, 2);
    end();
}

TREE_TEST(times_that_make_no_sense_count_as_the_least_that_keys_last) {
    static const struct fake_step firsts[] = {
        KEYS("1", ""), KEYS("1", TIMES("soon", "later")),
        KEYS("1", TIMES("2026-01-01T01:00:00Z", "2026-01-01T00:00:00Z"))};
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
        const struct fake_step steps[] = {firsts[i], KEYS("2", HOUR)};
        begin(SETTINGS, steps, 2);
        CHECK_STR(keys_now().access_key, "AKTP1");
        rest_fixture_let_pass(&fixture, 900 - 301);
        CHECK_STR(keys_now().access_key, "AKTP1");
        rest_fixture_let_pass(&fixture, 1);
        CHECK_STR(keys_now().access_key, "AKTP2");
        end();
    }
}

TREE_TEST(a_refusal_is_not_kept) {
    begin(SETTINGS, STEPS(REFUSED, KEYS("1", HOUR)));
    struct sign_credential credential = service.session.credential;
    CHECK_INT(ark_authorize(&fixture.ctx, &service.session, &credential), ERR_PERMISSION);
    CHECK(str_find(fixture.ctx.error.message.text, STR("the role is " TRN)) >= 0);
    CHECK_STR(keys_now().access_key, "AKTP1");
    end();
}

TREE_TEST(half_a_pair_is_none) {
    static const char body[] =
        "{\"Result\":{\"Credentials\":{\"AccessKeyId\":\"A\",\"SessionToken\":\"t\"}}}";
    begin(SETTINGS, STEPS({.status = 200, .body = body}, KEYS("1", HOUR)));
    struct sign_credential credential = service.session.credential;
    CHECK_INT(ark_authorize(&fixture.ctx, &service.session, &credential), ERR_UNAVAILABLE);
    CHECK_STR(
        fixture.ctx.error.message.text,
        "BytePlus ModelArk: assuming the role: the reply holds no whole keys. The role is " TRN
        ", from inference:arkAssumeRoleTrn.");
    CHECK_STR(keys_now().access_key, "AKTP1");
    end();
}

TREE_TEST(only_the_keys_that_were_refused_are_dropped) {
    begin(SETTINGS, STEPS(KEYS("1", HOUR), KEYS("2", HOUR)));
    struct sign_credential old = keys_now();
    CHECK(ark_renew(&fixture.ctx, &service.session, &old));
    CHECK_STR(keys_now().access_key, "AKTP2");
    CHECK(ark_renew(&fixture.ctx, &service.session, &old)); /* somebody else was as late */
    CHECK_STR(keys_now().access_key, "AKTP2");
    CHECK_INT(service.transport.request_count, 2);
    end();
}

TREE_TEST(without_a_role_nothing_is_asked) {
    begin("{\"arkAccessKey\":\"AKBASE0001\",\"arkSecretKey\":\"SKBASE0001\"}",
          STEPS({.status = 200}));
    struct sign_credential used = keys_now();
    CHECK_STR(used.access_key, "AKBASE0001");
    CHECK(!ark_renew(&fixture.ctx, &service.session, &used));
    CHECK_INT(service.transport.request_count, 0);
    end();
}

TEST_MAIN {
    RUN(a_role_signs_with_its_own_keys_for_the_same_service);
    RUN(keys_are_renewed_five_minutes_before_their_end);
    RUN(times_that_make_no_sense_count_as_the_least_that_keys_last);
    RUN(a_refusal_is_not_kept);
    RUN(half_a_pair_is_none);
    RUN(only_the_keys_that_were_refused_are_dropped);
    RUN(without_a_role_nothing_is_asked);
}
