/* Tokens, projects and lists that calls to MaaS share, on a clock without time. */
#include <sched.h>

#include "cloud_fakes.h"
#include "clouds/maas/internal.h"
#include "core/endpoint/sweep.h"
#include "core/endpoint/wait.h"

#define TOKEN_ONE "token-one-0001"
#define TOKEN_TWO "token-two-0002"
#define PROJECT "0123456789abcdef0123456789abcdef"
#define PASSWORD "{\"maasUserName\":\"u\",\"maasPassword\":\"pw-1234\",\"maasDomainName\":\"d\"}"
#define TIMES(issued, expires) "\"issued_at\":\"" issued "\",\"expires_at\":\"" expires "\","
#define TOKEN_BODY(times) "{\"token\":{" times "\"project\":{\"id\":\"" PROJECT "\"}}}"
#define HOUR TIMES("1999-01-01T00:00:00.000000Z", "1999-01-01T01:00:00.000000Z")
#define BOUGHT(text, times) \
    { .status = 201, .headers = "X-Subject-Token: " text, .body = TOKEN_BODY(times) }
#define LIST(items) \
    { .status = 200, .body = "{\"total\":1,\"quantity_limit\":10,\"items\":[" items "]}" }
#define ITEM "{\"id\":\"e1\",\"endpoint_name\":\"demo\",\"status\":\"normal\"}"
#define PAUSED "{\"id\":\"e1\",\"endpoint_name\":\"demo\",\"status\":\"suspended\"}"
#define EXPIRED                                                                                \
    {                                                                                          \
        .status = 401,                                                                         \
        .body = "{\"error_code\":\"APIGW.0307\",\"error_msg\":\"The token must be updated.\"}" \
    }
#define ECHO(text) \
    { .status = 400, .body = "{\"error_code\":\"ModelArts.1\",\"error_msg\":\"bad: " text "\"}" }

static const struct rest_base_url urls[] = {{"api", STR("https://api.example.com")},
                                            {"iam", STR("https://iam.example.com")},
                                            {"inference", STR("https://plane.example.com")}};

static struct maas_account *account;
static struct fake_service service;

static void begin(const char *settings, const struct fake_step *steps, size_t count) {
    account = maas_account_new(fixture.ctx.clock);
    const struct rest_session session = {.scheme = sign_scheme_find("x-auth-token"),
                                         .base_urls = urls,
                                         .base_url_count = 3,
                                         .authorize = maas_authorize,
                                         .renew = maas_renew};
    const struct cloud_call call = {
        .props = &cloud_maas.tables->props,
        .params = hooks_private("{\"region\":\"ap-southeast-1\",\"projectId\":\"" PROJECT
                                "\",\"endpointId\":\"e1\"}"),
        .id = STR("ap-southeast-1/" PROJECT "/e1"),
        .account = account,
        .sweeps = sweeps_new(fixture.ctx.clock, cloud_maas.tables->title)};
    fake_service_init(&service, &cloud_maas, settings, steps, count, &session, &call);
    service.session.credential.token = config_text(service.config, "maasToken");
}

static void end(void) {
    fake_service_cleanup(&service);
    maas_account_free(account);
    sweeps_free(service.call.sweeps);
}

/* How many tokens were bought. */
static int purchases(void) {
    int count = 0;
    for (size_t i = 0; i < service.transport.request_count && i < FAKE_REQUESTS_MAX; i++) {
        count += str_find(service.transport.requests[i].url, STR("/v3/auth/tokens")) >= 0 ? 1 : 0;
    }
    return count;
}

static struct str token_now(void) {
    struct sign_credential credential = {.token = STR_EMPTY};
    CHECK_INT(maas_authorize(&fixture.ctx, &service.session, &credential), ERR_OK);
    return credential.token;
}

static bool is_masked(struct str text) {
    return str_find(redact_apply(&fixture.ctx.redact, text), text) < 0;
}

/* Tokens. */

TREE_TEST(a_token_lives_by_the_clock_of_iam) {
    begin(PASSWORD, STEPS(BOUGHT(TOKEN_ONE, HOUR), BOUGHT(TOKEN_TWO, HOUR)));
    CHECK_STR(token_now(), TOKEN_ONE);
    rest_fixture_let_pass(&fixture, 1799);
    CHECK_STR(token_now(), TOKEN_ONE);
    rest_fixture_let_pass(&fixture, 1);
    CHECK_STR(token_now(), TOKEN_TWO);
    CHECK_INT(purchases(), 2);
    end();
}

TREE_TEST(a_long_token_is_renewed_half_an_hour_before_its_end) {
    begin(PASSWORD, STEPS(BOUGHT(TOKEN_ONE, TIMES("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")),
                          BOUGHT(TOKEN_TWO, HOUR)));
    CHECK_STR(token_now(), TOKEN_ONE);
    rest_fixture_let_pass(&fixture, 86400 - 1801);
    CHECK_STR(token_now(), TOKEN_ONE);
    rest_fixture_let_pass(&fixture, 1);
    CHECK_STR(token_now(), TOKEN_TWO);
    end();
}

TREE_TEST(times_that_make_no_sense_count_as_a_day) {
    static const char *const bodies[] = {
        TOKEN_BODY(""),
        TOKEN_BODY(TIMES("soon", "later")),
        TOKEN_BODY(TIMES("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")),
        "{}",
        "",
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        const struct fake_step steps[] = {
            {.status = 201, .headers = "x-subject-token: " TOKEN_ONE, .body = bodies[i]},
            BOUGHT(TOKEN_TWO, HOUR)};
        begin(PASSWORD, steps, 2);
        CHECK_STR(token_now(), TOKEN_ONE);
        rest_fixture_let_pass(&fixture, 86400 - 1801);
        CHECK_STR(token_now(), TOKEN_ONE);
        rest_fixture_let_pass(&fixture, 1);
        CHECK_STR(token_now(), TOKEN_TWO);
        end();
    }
}

TREE_TEST(a_reply_without_a_token_is_an_error_and_not_kept) {
    begin(PASSWORD, STEPS({.status = 201, .body = TOKEN_BODY(HOUR)}, BOUGHT(TOKEN_ONE, HOUR)));
    struct sign_credential credential = {.token = STR_EMPTY};
    CHECK_INT(maas_authorize(&fixture.ctx, &service.session, &credential), ERR_UNAVAILABLE);
    CHECK(str_find(fixture.ctx.error.message.text, STR("the reply holds none")) >= 0);
    CHECK_STR(token_now(), TOKEN_ONE);
    end();
}

TREE_TEST(a_refused_password_is_not_tried_again) {
    begin(PASSWORD, STEPS({.status = 401, .body = "{\"error\":{\"message\":\"wrong\"}}"},
                          BOUGHT(TOKEN_ONE, HOUR)));
    for (int i = 0; i < 3; i++) {
        struct sign_credential credential = {.token = STR_EMPTY};
        CHECK_INT(maas_authorize(&fixture.ctx, &service.session, &credential), ERR_UNAUTHENTICATED);
        CHECK(str_find(fixture.ctx.error.message.text, STR("HUAWEI ID")) >= 0);
    }
    CHECK_INT(purchases(), 1);
    end();
}

TREE_TEST(a_failure_that_passes_is_tried_again) {
    begin(PASSWORD, STEPS({.status = 400, .body = "{\"error\":{\"message\":\"no project\"}}"},
                          BOUGHT(TOKEN_ONE, HOUR)));
    struct sign_credential credential = {.token = STR_EMPTY};
    CHECK_INT(maas_authorize(&fixture.ctx, &service.session, &credential), ERR_INVALID);
    CHECK_STR(token_now(), TOKEN_ONE);
    end();
}

TREE_TEST(only_the_token_that_was_refused_is_dropped) {
    begin(PASSWORD, STEPS(BOUGHT(TOKEN_ONE, HOUR), BOUGHT(TOKEN_TWO, HOUR)));
    struct sign_credential old = {.token = token_now()};
    CHECK(maas_renew(&fixture.ctx, &service.session, &old));
    CHECK_STR(token_now(), TOKEN_TWO);
    CHECK(maas_renew(&fixture.ctx, &service.session, &old)); /* somebody else was as late */
    CHECK_STR(token_now(), TOKEN_TWO);
    CHECK_INT(purchases(), 2);
    end();
}

TREE_TEST(a_ready_token_is_not_renewed) {
    begin("{\"maasToken\":\"" TOKEN_ONE "\"}", STEPS({.status = 200}));
    struct sign_credential used = service.session.credential;
    CHECK(!maas_renew(&fixture.ctx, &service.session, &used));
    CHECK_INT(service.transport.request_count, 0);
    end();
}

TREE_TEST(a_token_bought_by_name_serves_who_knows_the_project) {
    begin(PASSWORD, STEPS(BOUGHT(TOKEN_ONE, HOUR), BOUGHT(TOKEN_TWO, HOUR)));
    struct value *params = service.call.params;
    service.call.params = hooks_private("{\"region\":\"ap-southeast-1\"}");
    struct str id = STR_EMPTY;
    CHECK_INT(maas_project_id(&service.call, &id), ERR_OK);
    CHECK_STR(id, PROJECT);
    service.call.params = params;
    CHECK_STR(token_now(), TOKEN_ONE);
    service.call.params =
        hooks_private("{\"region\":\"cn-southwest-2\",\"projectId\":\"another\"}");
    CHECK_STR(token_now(), TOKEN_TWO);
    CHECK_INT(purchases(), 2);
    end();
}

TREE_TEST(a_token_that_does_not_tell_its_project_is_no_obstacle) {
    begin(PASSWORD,
          STEPS({.status = 201, .headers = "X-Subject-Token: " TOKEN_ONE, .body = "{}"},
                {.status = 200,
                 .body = "{\"projects\":[{\"id\":\"" PROJECT "\",\"name\":\"ap-southeast-1\"}]}"}));
    service.call.params = hooks_private("{\"region\":\"ap-southeast-1\"}");
    struct str id = STR_EMPTY;
    CHECK_INT(maas_project_id(&service.call, &id), ERR_OK);
    CHECK_STR(id, PROJECT);
    CHECK_STR_IS(fake_transport_header(&service.transport, 1, "X-Auth-Token"), STR(TOKEN_ONE));
    end();
}

/* Lists. */

static enum err_code look_by(struct cloud_call *looker, const struct value **item) {
    struct observation seen = {0};
    enum err_code code = maas_observe(looker, &seen);
    *item = seen.wire;
    return code;
}

static enum err_code look(const struct value **item) {
    return look_by(&service.call, item);
}

TREE_TEST(a_mere_look_is_content_with_the_list_of_the_last_moment) {
    begin("{\"maasToken\":\"" TOKEN_ONE "\"}", STEPS(LIST(ITEM)));
    const struct value *item = NULL;
    service.call.may_be_cached = true;
    CHECK_INT(look(&item), ERR_OK);
    CHECK_STR(value_text_at(item, "endpoint_name"), "demo");
    fixture.clock.now_ms += 15000;
    CHECK_INT(look(&item), ERR_OK);
    CHECK_INT(service.transport.request_count, 1);
    fixture.clock.now_ms += 1;
    CHECK_INT(look(&item), ERR_OK);
    CHECK_INT(service.transport.request_count, 2);
    service.call.may_be_cached = false;
    fixture.clock.now_ms += 1;
    CHECK_INT(look(&item), ERR_OK);
    CHECK_INT(service.transport.request_count, 3);
    end();
}

TREE_TEST(a_failed_sweep_keeps_the_list_that_was_there) {
    begin("{\"maasToken\":\"" TOKEN_ONE "\"}", STEPS(LIST(ITEM), ECHO("x"), LIST(ITEM)));
    const struct value *item = NULL;
    CHECK_INT(look(&item), ERR_OK);
    fixture.clock.now_ms += 1;
    CHECK_INT(look(&item), ERR_INVALID);
    CHECK(item == NULL);
    service.call.may_be_cached = true;
    CHECK_INT(look(&item), ERR_OK);
    CHECK_INT(service.transport.request_count, 2);
    CHECK_STR(value_text_at(item, "id"), "e1");
    end();
}

/* A second call, that looks while the first sweeps. */
static struct follower {
    struct rest_fixture fixture;
    struct cloud_call call;
    bool is_cancelled; /* while it waits */
    enum err_code code;
    const struct value *item;
    pthread_t thread;
} follower;

static void *follow(void *argument) {
    follower.code = look_by(&follower.call, &follower.item);
    return argument;
}

/* Answers once the follower waits for the sweep, or has been cancelled. */
static void send_with_follower(struct transport *self, const struct http_request *request,
                               struct cancel *cancel, struct arena *reply_arena,
                               struct transport_outcome *out) {
    int waits = atomic_load(&fixture.clock.waits);
    self->send = fake_transport_send;
    CHECK_INT(pthread_create(&follower.thread, NULL, follow, NULL), 0);
    while (atomic_load(&fixture.clock.waits) == waits) {
        sched_yield();
    }
    if (follower.is_cancelled) {
        cancel_trip(follower.fixture.ctx.cancel);
        pthread_join(follower.thread, NULL);
    }
    self->send(self, request, cancel, reply_arena, out);
}

static void begin_following(bool is_cancelled) {
    follower = (struct follower){.call = service.call, .is_cancelled = is_cancelled};
    rest_fixture_init(&follower.fixture);
    follower.fixture.ctx.clock = fixture.ctx.clock;
    follower.call.ctx = &follower.fixture.ctx;
    service.transport.base.send = send_with_follower;
}

static void end_following(void) {
    if (!follower.is_cancelled) {
        pthread_join(follower.thread, NULL);
    }
}

TREE_TEST(one_sweep_serves_those_who_ask_while_it_runs) {
    begin("{\"maasToken\":\"" TOKEN_ONE "\"}", STEPS(LIST(ITEM)));
    const struct value *item = NULL;
    begin_following(false);
    CHECK_INT(look(&item), ERR_OK);
    end_following();
    CHECK_INT(follower.code, ERR_OK);
    CHECK_STR(value_text_at(follower.item, "endpoint_name"), "demo");
    CHECK_INT(service.transport.request_count, 1);
    rest_fixture_cleanup(&follower.fixture);
    end();
}

TREE_TEST(who_waits_for_a_sweep_can_be_cancelled) {
    begin("{\"maasToken\":\"" TOKEN_ONE "\"}", STEPS(LIST(ITEM)));
    const struct value *item = NULL;
    begin_following(true);
    CHECK_INT(look(&item), ERR_OK);
    end_following();
    CHECK_INT(follower.code, ERR_CANCELLED);
    CHECK_STR(follower.fixture.ctx.error.message.text, "Huawei Cloud MaaS was cancelled");
    CHECK_INT(service.transport.request_count, 1);
    rest_fixture_cleanup(&follower.fixture);
    end();
}

/* Secrets that a call learns on its way. */

TREE_TEST(a_token_bought_during_a_sweep_is_masked) {
    begin(PASSWORD,
          STEPS(BOUGHT(TOKEN_ONE, HOUR), EXPIRED, BOUGHT(TOKEN_TWO, HOUR), ECHO(TOKEN_TWO)));
    const struct value *item = NULL;
    CHECK_INT(look(&item), ERR_INVALID);
    CHECK_INT(purchases(), 2);
    CHECK(is_masked(STR(TOKEN_ONE)));
    CHECK(is_masked(STR(TOKEN_TWO)));
    CHECK(str_find(redact_apply(&fixture.ctx.redact, fixture.ctx.error.message.text),
                   STR("bad: [secret]")) >= 0);
    end();
}

TREE_TEST(a_token_bought_during_a_poll_is_masked) {
    begin(PASSWORD, STEPS(BOUGHT(TOKEN_ONE, HOUR), LIST(PAUSED), EXPIRED, BOUGHT(TOKEN_TWO, HOUR),
                          ECHO(TOKEN_TWO)));
    struct observation seen = {
        .kind = OBSERVATION_SEEN, .wire = tree(arena, PAUSED), .state = STATE_PAUSED};
    CHECK_INT(wait_until_state(&service.call, STR("running"), &seen), ERR_INVALID);
    CHECK_INT(purchases(), 2);
    CHECK(is_masked(STR(TOKEN_TWO)));
    CHECK(str_find(redact_apply(&fixture.ctx.redact, fixture.ctx.error.message.text),
                   STR("bad: [secret]")) >= 0);
    CHECK(str_find(fixture.lines, STR(TOKEN_ONE)) < 0);
    CHECK(str_find(fixture.lines, STR(TOKEN_TWO)) < 0);
    end();
}

TREE_TEST(a_failure_that_is_shared_is_masked) {
    begin(PASSWORD, STEPS(BOUGHT(TOKEN_ONE, HOUR), ECHO(TOKEN_ONE)));
    const struct value *item = NULL;
    (void)token_now();
    begin_following(false);
    CHECK_INT(look(&item), ERR_INVALID);
    end_following();
    CHECK_INT(follower.code, ERR_INVALID);
    CHECK_INT(service.transport.request_count, 2);
    CHECK(str_find(follower.fixture.ctx.error.message.text, STR(TOKEN_ONE)) < 0);
    CHECK(str_find(follower.fixture.ctx.error.message.text, STR("bad: [secret]")) >= 0);
    rest_fixture_cleanup(&follower.fixture);
    end();
}

TEST_MAIN {
    RUN(a_token_lives_by_the_clock_of_iam);
    RUN(a_long_token_is_renewed_half_an_hour_before_its_end);
    RUN(times_that_make_no_sense_count_as_a_day);
    RUN(a_reply_without_a_token_is_an_error_and_not_kept);
    RUN(a_refused_password_is_not_tried_again);
    RUN(a_failure_that_passes_is_tried_again);
    RUN(only_the_token_that_was_refused_is_dropped);
    RUN(a_ready_token_is_not_renewed);
    RUN(a_token_bought_by_name_serves_who_knows_the_project);
    RUN(a_token_that_does_not_tell_its_project_is_no_obstacle);
    RUN(a_mere_look_is_content_with_the_list_of_the_last_moment);
    RUN(a_failed_sweep_keeps_the_list_that_was_there);
    RUN(one_sweep_serves_those_who_ask_while_it_runs);
    RUN(who_waits_for_a_sweep_can_be_cancelled);
    RUN(a_token_bought_during_a_sweep_is_masked);
    RUN(a_token_bought_during_a_poll_is_masked);
    RUN(a_failure_that_is_shared_is_masked);
}
