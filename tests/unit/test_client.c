#include "rest/client.h"

#include "rest_fakes.h"
#include "testing.h"

static const struct error_shape shape = {
    .code = (const char *const[]){"code", NULL},
    .message = (const char *const[]){"error", NULL},
    .request_id_headers = (const char *const[]){"X-Request-Id", NULL},
    .failure_in_success = (const char *const[]){"failed", NULL},
    .echoed = "Action",
    .echo = "meta.action"};
static const struct failure_row failures[] = {
    {.status_min = 409, .status_max = 409, .text = "quota", .class = FAILURE_QUOTA},
    {.status_min = 400,
     .status_max = 400,
     .code = "LOCKED",
     .class = FAILURE_PRECONDITION,
     .hint = "Wait until the other change is through."},
    {.code = "LATE", .class = FAILURE_CLOCK, .hint = "This machine's clock differs."},
    {.code = "SLOW", .class = FAILURE_THROTTLED},
    {.status_min = 503, .status_max = 503, .text = "maintenance", .class = FAILURE_THROTTLED},
    {.status_min = 503, .status_max = 503, .text = "half done", .class = FAILURE_TRANSIENT}};
static const struct retry_policy policy = {
    .max_tries = 4, .base_ms = 1000, .cap_ms = 8000, .max_retry_after_ms = 60000};
static const struct http_header service_headers[] = {{STR("Accept"), STR("application/json")}};
static const struct rest_service service = {.title = "Some Cloud",
                                            .errors = &shape,
                                            .failures = failures,
                                            .failure_count = sizeof(failures) / sizeof(failures[0]),
                                            .retry = &policy,
                                            .headers = service_headers,
                                            .header_count = 1,
                                            .max_response_bytes = 1000};
static const struct rest_base_url bases[] = {{"api", STR("https://api.example.com")}};

static const struct operation_query with_key[] = {{"apikey", "{key}", false}};
static const struct operation create = {.name = "create",
                                        .doing = "creating the endpoint",
                                        .method = "POST",
                                        .host = "api",
                                        .path = "/endpoints",
                                        .query = with_key,
                                        .query_count = 1,
                                        .repeat = REPEAT_NEVER,
                                        .timeout_ms = 5000};
static const struct operation read = {.name = "read",
                                      .doing = "reading the endpoint",
                                      .method = "GET",
                                      .host = "api",
                                      .path = "/endpoints/one",
                                      .result = "data.item",
                                      .repeat = REPEAT_SAFE};
static const struct operation update = {.name = "update",
                                        .doing = "updating the endpoint",
                                        .method = "PUT",
                                        .host = "api",
                                        .path = "/endpoints/one",
                                        .repeat = REPEAT_IDEMPOTENT};

static double half(void) {
    return 0.5;
}

/* One call through a fake transport. */
struct scene {
    struct rest_fixture fixture;
    struct fake_transport transport;
    struct rest_session session;
    struct rest_reply reply;
    enum err_code err;
    int renewals;
};

static void scene_init(struct scene *scene, const struct fake_step *steps, size_t count) {
    *scene = (struct scene){0};
    rest_fixture_init(&scene->fixture);
    fake_transport_init(&scene->transport, &scene->fixture, steps, count);
    scene->session = (struct rest_session){.service = &service,
                                           .transport = &scene->transport.base,
                                           .limiter = limiter_new(scene->fixture.ctx.clock, 1, 0),
                                           .scheme = sign_scheme_find("bearer"),
                                           .credential = {.token = STR("t1")},
                                           .base_urls = bases,
                                           .base_url_count = 1,
                                           .user = scene,
                                           .random = half};
}

static void scene_call(struct scene *scene, const struct operation *operation) {
    struct arena *arena = scene->fixture.ctx.arena;
    struct value *params = value_map(arena);
    struct value *body = value_map(arena);
    value_map_set_c(arena, params, "key", value_string_c(arena, "very-secret-key"));
    value_map_set_c(arena, body, "name", value_string_c(arena, "demo"));
    scene->err = rest_call(&scene->fixture.ctx, &scene->session, operation, params,
                           operation->repeat == REPEAT_SAFE ? NULL : body, &scene->reply);
}

static void scene_cleanup(struct scene *scene) {
    /* Whatever happened, the place in the limiter was given back. */
    struct cancel *cancel = cancel_new(NULL, scene->fixture.ctx.clock);
    CHECK_INT(limiter_acquire(scene->session.limiter, cancel), CANCEL_NONE);
    cancel_free(cancel);
    limiter_free(scene->session.limiter);
    scene->transport.base.free(&scene->transport.base);
    rest_fixture_cleanup(&scene->fixture);
}

static struct str message(const struct scene *scene) {
    return scene->fixture.ctx.error.message.text;
}

TEST(a_success_gives_the_part_that_is_meant) {
    struct scene s;
    scene_init(&s, STEPS({.status = 200,
                          .headers = "X-Request-Id: r1",
                          .body = "{\"data\":{\"item\":{\"id\":\"e1\"}}}"}));
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.reply.status, 200);
    CHECK_INT(s.reply.class, FAILURE_NONE);
    CHECK(!s.reply.maybe_done);
    CHECK_STR(s.reply.request_id, "r1");
    CHECK_STR(s.reply.text, "{\"data\":{\"item\":{\"id\":\"e1\"}}}");
    CHECK_STR(value_text_at(s.reply.result, "id"), "e1");
    CHECK_STR(value_text_at(s.reply.body, "data.item.id"), "e1");
    CHECK_INT(s.transport.request_count, 1);
    CHECK_STR(s.transport.requests[0].method, "GET");
    CHECK_STR(s.transport.requests[0].url, "https://api.example.com/endpoints/one");
    CHECK_STR(s.transport.requests[0].body, "");
    CHECK_INT(s.transport.requests[0].header_count, 2);
    CHECK_STR(fake_transport_header(&s.transport, 0, "Accept"), "application/json");
    CHECK_STR(fake_transport_header(&s.transport, 0, "Authorization"), "Bearer t1");
    CHECK_INT(s.transport.requests[0].max_response_bytes, 1000);
    CHECK_STR(s.fixture.lines,
              "GET api.example.com/endpoints/one: HTTP 200 in 0 ms, try 1, request id r1\n");
    scene_cleanup(&s);
}

TEST(an_empty_success_has_no_body) {
    struct scene s;
    scene_init(&s, STEPS({.status = 204}));
    scene_call(&s, &update);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.reply.status, 204);
    CHECK(s.reply.body == NULL);
    CHECK(s.reply.result == NULL);
    CHECK_STR(s.reply.text, "");
    CHECK_STR(s.transport.requests[0].body, "{\"name\":\"demo\"}");
    CHECK_STR(fake_transport_header(&s.transport, 0, "Content-Type"), "application/json");
    scene_cleanup(&s);
}

TEST(a_refusal_says_who_what_and_why) {
    struct scene s;
    scene_init(&s, STEPS({.status = 400,
                          .headers = "X-Request-Id: r9",
                          .body = "{\"error\":\"Changes are blocked.\",\"code\":\"LOCKED\"}"}));
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_PRECONDITION);
    CHECK_STR(message(&s),
              "Some Cloud: creating the endpoint: Changes are blocked (HTTP 400, code LOCKED, "
              "request id r9). Wait until the other change is through.");
    CHECK_INT(s.fixture.ctx.error.code, ERR_PRECONDITION);
    CHECK_INT(s.fixture.ctx.error.http_status, 400);
    CHECK_STR(s.fixture.ctx.error.cloud_code, "LOCKED");
    CHECK_STR(s.fixture.ctx.error.request_id, "r9");
    CHECK_INT(s.reply.class, FAILURE_PRECONDITION);
    CHECK_INT(s.reply.status, 400);
    CHECK(!s.reply.maybe_done);
    CHECK(s.reply.result == NULL);
    CHECK_STR(value_text_at(s.reply.body, "code"), "LOCKED");
    CHECK_INT(s.transport.request_count, 1);
    scene_cleanup(&s);
}

/* How one call is expected to end. */
struct ending {
    enum err_code err;
    enum failure_class class;
    bool maybe_done;
    size_t requests;
    int64_t waited_ms;
    const char *message;
};

static void check_ending(const struct operation *operation, const struct fake_step *steps,
                         size_t count, struct ending expected) {
    struct scene s;
    scene_init(&s, steps, count);
    scene_call(&s, operation);
    CHECK_INT(s.err, expected.err);
    CHECK_INT(s.fixture.ctx.error.code, expected.err);
    CHECK_INT(s.reply.class, expected.class);
    CHECK_INT(s.reply.maybe_done, expected.maybe_done);
    CHECK_INT(s.transport.request_count, expected.requests);
    CHECK_INT(rest_fixture_now(&s.fixture) - 1000, expected.waited_ms);
    CHECK_STR_IS(message(&s), str_of(expected.message));
    scene_cleanup(&s);
}

#define ENDING(...) ((struct ending){__VA_ARGS__})
#define ENDS(operation, end, ...) check_ending(&(operation), STEPS(__VA_ARGS__), end)

TEST(classes_and_codes_follow_the_table_and_the_status) {
    ENDS(create,
         ENDING(ERR_EXISTS, FAILURE_CONFLICT, false, 1, 0,
                "Some Cloud: creating the endpoint: name taken (HTTP 409)."),
         {.status = 409, .body = "{\"error\":\"name taken\"}"});
    ENDS(create,
         ENDING(ERR_EXHAUSTED, FAILURE_QUOTA, false, 1, 0,
                "Some Cloud: creating the endpoint: Quota exceeded (HTTP 409)."),
         {.status = 409, .body = "{\"error\":\"Quota exceeded\"}"});
    ENDS(read,
         ENDING(ERR_NOT_FOUND, FAILURE_NOT_FOUND, false, 1, 0,
                "Some Cloud: reading the endpoint: no reason given (HTTP 404)."),
         {.status = 404});
    ENDS(read,
         ENDING(ERR_UNAUTHENTICATED, FAILURE_AUTH, false, 1, 0,
                "Some Cloud: reading the endpoint: bad token (HTTP 401)."),
         {.status = 401, .body = "{\"error\":\"bad token\"}"});
    ENDS(read,
         ENDING(ERR_PERMISSION, FAILURE_PERMISSION, false, 1, 0,
                "Some Cloud: reading the endpoint: no reason given (HTTP 403)."),
         {.status = 403});
    ENDS(create,
         ENDING(ERR_INVALID, FAILURE_CLIENT, false, 1, 0,
                "Some Cloud: creating the endpoint: no such machine (HTTP 422)."),
         {.status = 422, .body = "{\"error\":\"no such machine\"}"});
    ENDS(create,
         ENDING(ERR_INVALID, FAILURE_CLIENT, false, 1, 0,
                "Some Cloud: creating the endpoint: says no (HTTP 200)."),
         {.status = 200, .body = "{\"failed\":true,\"error\":\"says no\"}"});
}

TEST(reads_are_repeated_with_growing_delays) {
    ENDS(
        read,
        ENDING(
            ERR_UNAVAILABLE, FAILURE_TRANSIENT, false, 4, 500 + 1000 + 2000,
            "Some Cloud: reading the endpoint: Bad Gateway (HTTP 502). The service has a fault of its own: "
            "run it again later."),
        {.status = 502, .body = "<html><h1>Bad Gateway</h1></html>"});
    struct scene s;
    scene_init(&s, STEPS({.result = TRANSPORT_NOT_SENT, .detail = "no route"},
                         {.result = TRANSPORT_UNCERTAIN, .sent = true, .detail = "reset"},
                         {.status = 500}, {.status = 200, .body = "{}"}));
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.transport.request_count, 4);
    CHECK(s.reply.result == NULL);
    CHECK_STR(s.fixture.lines,
              "GET api.example.com/endpoints/one: no reply after 0 ms, try 1: no route\n"
              "* Some Cloud cannot be reached; trying again in 1 s\n"
              "GET api.example.com/endpoints/one: no reply after 0 ms, try 2: reset\n"
              "* Some Cloud cannot be reached; trying again in 1 s\n"
              "GET api.example.com/endpoints/one: HTTP 500 in 0 ms, try 3, request id \n"
              "* Some Cloud answered with HTTP 500; trying again in 2 s\n"
              "GET api.example.com/endpoints/one: HTTP 200 in 0 ms, try 4, request id \n");
    scene_cleanup(&s);
}

TEST(a_create_that_may_have_happened_is_not_repeated) {
    ENDS(create,
         ENDING(ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: no reason given (HTTP 500). It may have been "
                "carried "
                "out all the same: look before repeating it."),
         {.status = 500}, {.status = 200});
    ENDS(create,
         ENDING(ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: no whole reply from api.example.com: reset by "
                "peer. "
                "It may have been carried out all the same: look before repeating it."),
         {.result = TRANSPORT_UNCERTAIN, .sent = true, .detail = "reset by peer"}, {.status = 200});
    ENDS(create,
         ENDING(
             ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
             "Some Cloud: creating the endpoint: busy (HTTP 503). It may have been carried out all "
             "the "
             "same: look before repeating it."),
         {.status = 503, .body = "<html>busy</html>"}, {.status = 200});
}

TEST(a_refusal_that_is_not_the_services_own_proves_nothing_of_a_create) {
    ENDS(create,
         ENDING(ERR_PERMISSION, FAILURE_PERMISSION, true, 1, 0,
                "Some Cloud: creating the endpoint: Blocked (HTTP 403)."),
         {.status = 403, .body = "<html>Blocked</html>"});
    ENDS(create,
         ENDING(ERR_INVALID, FAILURE_CLIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: no reason given (HTTP 422)."),
         {.status = 422});
    ENDS(create,
         ENDING(ERR_PERMISSION, FAILURE_PERMISSION, false, 1, 0,
                "Some Cloud: creating the endpoint: not yours (HTTP 403)."),
         {.status = 403, .body = "{\"error\":\"not yours\"}"});
    ENDS(create,
         ENDING(ERR_UNAUTHENTICATED, FAILURE_AUTH, false, 1, 0,
                "Some Cloud: creating the endpoint: Sign in (HTTP 401)."),
         {.status = 401, .body = "<html>Sign in</html>"});
    ENDS(update,
         ENDING(ERR_PERMISSION, FAILURE_PERMISSION, false, 1, 0,
                "Some Cloud: updating the endpoint: Blocked (HTTP 403)."),
         {.status = 403, .body = "<html>Blocked</html>"});
}

TEST(a_create_that_did_not_happen_is_repeated) {
    struct scene s;
    scene_init(&s, STEPS({.result = TRANSPORT_NOT_SENT, .detail = "refused"},
                         {.status = 503, .body = "{\"error\":\"busy\"}"}, {.status = 429},
                         {.status = 201, .body = "{}"}));
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.transport.request_count, 4);
    CHECK(!s.reply.maybe_done);
    scene_cleanup(&s);
    ENDS(create,
         ENDING(
             ERR_UNAVAILABLE, FAILURE_TRANSIENT, false, 4, 3500,
             "Some Cloud: creating the endpoint: cannot connect to api.example.com: refused. Check "
             "the "
             "network, the proxy settings and the configured address."),
         {.result = TRANSPORT_NOT_SENT, .detail = "refused"});
}

TEST(a_row_cannot_make_a_gateways_503_harmless) {
    ENDS(create,
         ENDING(
             ERR_EXHAUSTED, FAILURE_THROTTLED, true, 4, 3500,
             "Some Cloud: creating the endpoint: later (HTTP 503, code SLOW). It does not say when "
             "to come back: run it again in some minutes."),
         {.status = 503, .body = "{\"error\":\"later\",\"code\":\"SLOW\"}"});
    ENDS(create,
         ENDING(
             ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
             "Some Cloud: creating the endpoint: maintenance (HTTP 503). It may have been carried "
             "out all the "
             "same: look before repeating it."),
         {.status = 503, .body = "<html>maintenance</html>"}, {.status = 201});
    ENDS(create,
         ENDING(ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: half done (HTTP 503). It may have been carried "
                "out all the "
                "same: look before repeating it."),
         {.status = 503, .body = "{\"error\":\"half done\"}"}, {.status = 201});
}

TEST(a_busy_service_may_have_carried_out_a_create) {
    ENDS(create,
         ENDING(ERR_EXISTS, FAILURE_CONFLICT, true, 2, 500,
                "Some Cloud: creating the endpoint: name taken (HTTP 409)."),
         {.status = 503, .body = "{\"error\":\"busy\"}"},
         {.status = 409, .body = "{\"error\":\"name taken\"}"});
    ENDS(create,
         ENDING(ERR_EXISTS, FAILURE_CONFLICT, true, 2, 500,
                "Some Cloud: creating the endpoint: name taken (HTTP 409)."),
         {.status = 429, .body = "{\"error\":\"busy\"}"},
         {.status = 409, .body = "{\"error\":\"name taken\"}"});
    ENDS(create,
         ENDING(ERR_EXISTS, FAILURE_CONFLICT, false, 2, 500,
                "Some Cloud: creating the endpoint: name taken (HTTP 409)."),
         {.status = 429}, {.status = 409, .body = "{\"error\":\"name taken\"}"});
    ENDS(update,
         ENDING(ERR_EXISTS, FAILURE_CONFLICT, false, 2, 500,
                "Some Cloud: updating the endpoint: name taken (HTTP 409)."),
         {.status = 429, .body = "{\"error\":\"busy\"}"},
         {.status = 409, .body = "{\"error\":\"name taken\"}"});
}

/* Where a repeated create would make a second endpoint: the first one is looked for. */
struct looker {
    struct rest_guard guard;
    int asked;
    int allowed;
};

static bool allow(struct rest_guard *self) {
    struct looker *looker = (struct looker *)self;
    looker->asked++;
    return looker->asked <= looker->allowed;
}

TEST(what_may_have_been_carried_out_is_repeated_only_with_leave) {
    static const struct fake_step steps[] = {
        {.status = 429}, {.status = 503, .body = "{\"error\":\"busy\"}"}, {.status = 201}};
    for (int allowed = 0; allowed < 2; allowed++) {
        struct scene s;
        struct looker looker = {.guard = {allow}, .allowed = allowed};
        scene_init(&s, steps, 3);
        s.session.guard = &looker.guard;
        scene_call(&s, &create);
        CHECK_INT(looker.asked, 1);
        CHECK_INT(s.transport.request_count, 2 + (size_t)allowed);
        CHECK_INT(s.err, allowed == 1 ? ERR_OK : ERR_EXHAUSTED);
        CHECK_INT(s.reply.maybe_done, allowed == 0);
        scene_cleanup(&s);
    }
}

TEST(doubt_about_an_earlier_try_stays) {
    ENDS(update,
         ENDING(ERR_EXISTS, FAILURE_CONFLICT, true, 2, 500,
                "Some Cloud: updating the endpoint: no reason given (HTTP 409)."),
         {.status = 502}, {.status = 409});
    ENDS(update,
         ENDING(ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 4, 3500,
                "Some Cloud: updating the endpoint: cannot connect to api.example.com: refused. It "
                "may have "
                "been carried out all the same: look before repeating it."),
         {.status = 502}, {.result = TRANSPORT_NOT_SENT, .detail = "refused."});
    struct scene s;
    scene_init(&s, STEPS({.status = 502}, {.status = 200}));
    scene_call(&s, &update);
    CHECK_INT(s.err, ERR_OK);
    CHECK(!s.reply.maybe_done);
    scene_cleanup(&s);
}

TEST(what_a_cloud_asks_for_is_waited_for_by_the_whole_account) {
    struct scene s;
    scene_init(&s, STEPS({.status = 429, .headers = "Retry-After: 3"}, {.status = 201}));
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(rest_fixture_now(&s.fixture), 4000);
    CHECK_STR(s.fixture.lines,
              "POST api.example.com/endpoints: HTTP 429 in 0 ms, try 1, request id \n"
              "* Some Cloud asks to slow down; trying again in 3 s\n"
              "POST api.example.com/endpoints: HTTP 201 in 0 ms, try 2, request id \n");
    scene_cleanup(&s);

    /* Another call that comes after the first gave up its turn is held back, too. */
    scene_init(&s, STEPS({.status = 429, .headers = "Retry-After: 3", .trips = true}));
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_CANCELLED);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000);
    struct cancel *other = cancel_new(NULL, s.fixture.ctx.clock);
    CHECK_INT(limiter_acquire(s.session.limiter, other), CANCEL_NONE);
    CHECK_INT(rest_fixture_now(&s.fixture), 4000);
    limiter_release(s.session.limiter);
    cancel_free(other);
    scene_cleanup(&s);
}

TEST(a_delay_that_is_too_long_is_not_waited_for) {
    ENDS(read,
         ENDING(
             ERR_EXHAUSTED, FAILURE_THROTTLED, false, 1, 0,
             "Some Cloud: reading the endpoint: no reason given (HTTP 429). Come back in 61 s, at "
             "2023-11-14 22:14:21 UTC."),
         {.status = 429, .headers = "Retry-After: 61"}, {.status = 200});
}

/* A call that is given until `until_ms` for a service that asks to slow down. */
static void throttled_init(struct scene *s, const struct fake_step *steps, size_t count,
                           int64_t until_ms) {
    scene_init(s, steps, count);
    s->session.throttle_until_ms = until_ms;
}

#define SLOW_DOWN \
    { .status = 429, .headers = "Retry-After: 10" }

TEST(throttling_costs_time_and_no_tries) {
    struct scene s;
    throttled_init(&s,
                   STEPS(SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN,
                         SLOW_DOWN, {.status = 201}),
                   1000 + 71000);
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.transport.request_count, 8); /* the policy has four tries */
    CHECK_INT(rest_fixture_now(&s.fixture), 1000 + 70000);
    scene_cleanup(&s);

    /* They are no tries of what may fail for another reason later, either. */
    throttled_init(&s,
                   STEPS(SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, {.status = 502},
                         {.status = 502}, {.status = 502}, {.status = 502}, {.status = 200}),
                   INT64_MAX);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_UNAVAILABLE);
    CHECK_INT(s.transport.request_count, 8);
    scene_cleanup(&s);
}

TEST(throttling_without_a_time_grows_up_to_the_cap) {
    struct scene s;
    throttled_init(&s, STEPS({.status = 429}), 1000 + 120000);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_EXHAUSTED);
    /* Half of 1, 2, 4, then of 8 s each, as often as they fit. */
    CHECK_INT(rest_fixture_now(&s.fixture), 1000 + 3500 + 29 * 4000);
    CHECK_INT(s.transport.request_count, 1 + 3 + 29);
    CHECK_STR(message(&s),
              "Some Cloud: reading the endpoint: no reason given (HTTP 429). It does not say when "
              "to come back: run it again in some minutes.");
    scene_cleanup(&s);
}

TEST(a_wait_past_the_time_for_throttling_is_not_begun) {
    struct scene s;
    throttled_init(&s, STEPS({.status = 429, .headers = "RateLimit: \"api\";r=0;t=300"}),
                   1000 + 300000);
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_EXHAUSTED);
    CHECK_INT(s.reply.class, FAILURE_THROTTLED);
    CHECK_INT(s.transport.request_count, 1);
    CHECK_STR(message(&s),
              "Some Cloud: creating the endpoint: no reason given (HTTP 429). Come back in 300 s, "
              "at 2023-11-14 22:18:20 UTC.");
    scene_cleanup(&s);
    throttled_init(&s, STEPS({.status = 429, .headers = "Retry-After: 299"}, {.status = 201}),
                   1000 + 300000); /* longer than the policy's longest */
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000 + 299000);
    scene_cleanup(&s);
}

/* An answer that would not say what was asked for. */
static const struct operation look_up = {.name = "list",
                                         .doing = "listing",
                                         .method = "GET",
                                         .host = "api",
                                         .path = "/list",
                                         .must_have = "data.items",
                                         .repeat = REPEAT_SAFE};

TEST(a_success_without_what_it_must_have_is_no_answer) {
    static const char *const empty[] = {
        NULL, "{}", "[]", "7", "{\"data\":{}}", "{\"data\":7}", "{\"data\":{\"items\":null}}"};
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        struct scene s;
        scene_init(&s, STEPS({.status = 200, .body = empty[i]},
                             {.status = 200, .body = "{\"data\":{\"items\":[]}}"}));
        scene_call(&s, &look_up);
        CHECK_INT(s.err, ERR_OK);
        CHECK_INT(s.transport.request_count, 2);
        scene_cleanup(&s);
    }
    ENDS(
        look_up,
        ENDING(ERR_UNAVAILABLE, FAILURE_TRANSIENT, false, 4, 3500,
               "Some Cloud: listing: the reply is not the service's: it lacks \"data.items\" (HTTP "
               "200). Check the configured address and any proxy on the way."),
        {.status = 200, .body = "{}"});
    ENDS(look_up,
         ENDING(ERR_NOT_FOUND, FAILURE_NOT_FOUND, false, 1, 0,
                "Some Cloud: listing: no reason given (HTTP 404)."),
         {.status = 404});
}

static const struct operation_query get_action[] = {{"Action", "Get", false}};
static const struct operation by_action = {.name = "get",
                                           .doing = "reading",
                                           .method = "POST",
                                           .host = "api",
                                           .path = "/",
                                           .query = get_action,
                                           .query_count = 1,
                                           .repeat = REPEAT_SAFE};

TEST(a_reply_to_another_request_is_no_answer) {
    ENDS(by_action,
         ENDING(ERR_UNAVAILABLE, FAILURE_TRANSIENT, false, 4, 3500,
                "Some Cloud: reading: the reply is not the service's: it answers List, not Get "
                "(HTTP 404). Check the configured address and any proxy on the way."),
         {.status = 404, .body = "{\"error\":\"gone\",\"meta\":{\"action\":\"List\"}}"});
    ENDS(by_action,
         ENDING(ERR_NOT_FOUND, FAILURE_NOT_FOUND, false, 1, 0,
                "Some Cloud: reading: gone (HTTP 404)."),
         {.status = 404, .body = "{\"error\":\"gone\",\"meta\":{\"action\":\"Get\"}}"});
    ENDS(by_action,
         ENDING(ERR_NOT_FOUND, FAILURE_NOT_FOUND, false, 1, 0,
                "Some Cloud: reading: gone (HTTP 404)."),
         {.status = 404, .body = "{\"error\":\"gone\",\"meta\":{\"action\":\"\"}}"});
    ENDS(look_up, ENDING(ERR_OK, FAILURE_NONE, false, 2, 500, ""), {.status = 200, .body = "{}"},
         {.status = 200, .body = "{\"data\":{\"items\":[]},\"meta\":{\"action\":\"List\"}}"});
}

TEST(one_try_is_one_try) {
    static const struct retry_policy once = {.max_tries = 1};
    struct scene s;
    throttled_init(&s, STEPS(SLOW_DOWN), INT64_MAX);
    s.session.retry = &once;
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_EXHAUSTED);
    CHECK_INT(s.transport.request_count, 1);
    scene_cleanup(&s);
}

TEST(the_deadline_comes_before_the_time_for_throttling) {
    struct scene s;
    throttled_init(&s, STEPS({.status = 429, .headers = "Retry-After: 9"}), INT64_MAX);
    cancel_set_deadline(s.fixture.ctx.cancel, 1000 + 9000);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_EXHAUSTED);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000);
    scene_cleanup(&s);
}

TEST(a_503_that_names_no_time_is_an_outage) {
    struct scene s;
    throttled_init(&s, STEPS({.status = 503, .body = "{\"error\":\"busy\"}"}), INT64_MAX);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_EXHAUSTED);
    CHECK_INT(s.transport.request_count, 4);
    scene_cleanup(&s);
    throttled_init(
        &s, STEPS({.status = 503, .headers = "Retry-After: 5", .body = "{\"error\":\"busy\"}"}),
        1000 + 60000);
    scene_call(&s, &read);
    CHECK_INT(s.transport.request_count, 12);
    scene_cleanup(&s);
}

TEST(who_cannot_wait_as_long_as_others_have_to_is_told_at_once) {
    struct scene s;
    throttled_init(&s, STEPS({.status = 200}), 1000 + 120000);
    limiter_hold(s.session.limiter, 200000);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_EXHAUSTED);
    CHECK_INT(s.reply.class, FAILURE_THROTTLED);
    CHECK(!s.reply.maybe_done);
    CHECK_INT(s.transport.request_count, 0);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000);
    CHECK_STR(message(&s),
              "Some Cloud: reading the endpoint: not sent, because the service has asked to slow "
              "down. Come back in 200 s, at 2023-11-14 22:16:40 UTC.");
    s.session.throttle_until_ms = 1000 + 201000;
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000 + 200000);
    scene_cleanup(&s);
}

/* A signed call; the service's clock is 20 minutes ahead of ours. */
#define LATE                                                             \
    {                                                                    \
        .status = 400, .headers = "Date: Tue, 14 Nov 2023 22:33:20 GMT", \
        .body = "{\"code\":\"LATE\",\"error\":\"late\"}"                 \
    }

static void signed_init(struct scene *s, const struct fake_step *steps, size_t count,
                        struct skew *skew) {
    scene_init(s, steps, count);
    s->session.scheme = sign_scheme_find("volc-v4");
    s->session.credential = (struct sign_credential){.access_key = STR("AK"),
                                                     .secret_key = STR("SK"),
                                                     .region = STR("r"),
                                                     .service = STR("ark")};
    s->session.skew = skew;
}

TEST(a_clock_that_is_off_is_corrected_once) {
    struct skew skew = {0};
    struct scene s;
    signed_init(&s, STEPS(LATE, {.status = 200}), &skew);
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000);
    CHECK_STR(fake_transport_header(&s.transport, 0, "X-Date"), "20231114T221320Z");
    CHECK_STR(fake_transport_header(&s.transport, 1, "X-Date"), "20231114T223320Z");
    CHECK_STR(s.fixture.lines,
              "POST api.example.com/endpoints: HTTP 400 in 0 ms, try 1, request id \n"
              "this machine's clock is 1200 s behind that of Some Cloud: from now on requests are "
              "signed with the service's time; set the clock right\n"
              "POST api.example.com/endpoints: HTTP 200 in 0 ms, try 1, request id \n");
    scene_cleanup(&s);

    /* The next call knows it from the start. */
    signed_init(&s, STEPS({.status = 200}), &skew);
    scene_call(&s, &read);
    CHECK_STR(fake_transport_header(&s.transport, 0, "X-Date"), "20231114T223320Z");
    scene_cleanup(&s);

    /* It is not corrected again. */
    signed_init(&s, STEPS(LATE), &skew);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_UNAUTHENTICATED);
    CHECK_INT(s.reply.class, FAILURE_CLOCK);
    CHECK_INT(s.transport.request_count, 1);
    CHECK_STR(message(&s), "Some Cloud: reading the endpoint: late (HTTP 400, code "
                           "LATE). This machine's clock differs.");
    CHECK_INT(skew_seconds(&skew), 1200);
    scene_cleanup(&s);
}

TEST(a_clock_is_not_corrected_on_doubt) {
    static const struct fake_step doubts[] = {
        {.status = 400, .body = "{\"code\":\"LATE\",\"error\":\"late\"}"},
        {.status = 400,
         .headers = "Date: yesterday",
         .body = "{\"code\":\"LATE\",\"error\":\"late\"}"},
        {.status = 400, /* the clocks agree */
         .headers = "Date: Tue, 14 Nov 2023 22:14:10 GMT",
         .body = "{\"code\":\"LATE\",\"error\":\"late\"}"},
        {.status = 401, .headers = "Date: Tue, 14 Nov 2023 22:33:20 GMT"},
    };
    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        struct skew skew = {0};
        struct scene s;
        signed_init(&s, &doubts[i], 1, &skew);
        scene_call(&s, &read);
        CHECK_INT(s.err, ERR_UNAUTHENTICATED);
        CHECK_INT(s.transport.request_count, 1);
        CHECK_INT(skew_seconds(&skew), 0);
        scene_cleanup(&s);
    }
}

TEST(what_another_call_has_learned_of_the_clock_is_used) {
    struct skew skew = {0};
    struct scene s;
    signed_init(&s, STEPS(LATE, LATE, {.status = 200}), &skew);
    scene_call(&s, &read); /* the service's clock is the same at the second try */
    CHECK_INT(s.err, ERR_UNAUTHENTICATED);
    CHECK_INT(s.transport.request_count, 2);
    scene_cleanup(&s);
    CHECK(!skew_correct(&skew, 5000));
    struct skew fresh = {0};
    CHECK(!skew_correct(&fresh, 59));
    CHECK(!skew_correct(&fresh, -59));
    CHECK(skew_correct(&fresh, -60));
    CHECK_INT(skew_seconds(&fresh), -60);
}

TEST(a_wait_past_the_deadline_is_not_begun) {
    struct scene s;
    scene_init(&s, STEPS({.status = 502, .takes_ms = 700}));
    cancel_set_deadline(s.fixture.ctx.cancel, 3500);
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_UNAVAILABLE);
    CHECK_INT(s.transport.request_count, 2);
    CHECK_INT(rest_fixture_now(&s.fixture), 1000 + 700 + 500 + 700);
    scene_cleanup(&s);
}

TEST(a_redirect_names_the_host_and_is_not_followed) {
    ENDS(create,
         ENDING(ERR_INVALID, FAILURE_CLIENT, false, 1, 0,
                "Some Cloud: creating the endpoint: the reply redirects to evil.example.com:8443, "
                "which is not "
                "followed (HTTP 307). Check the configured address and any proxy on the way."),
         {.status = 307,
          .headers = "Location: https://evil.example.com:8443/x?apikey=very-secret-key"});
    ENDS(create,
         ENDING(ERR_INVALID, FAILURE_CLIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: the reply is a redirect, which is not followed "
                "(HTTP 303). "
                "Check the configured address and any proxy on the way."),
         {.status = 303, .headers = "Location: /relative"});
    ENDS(create,
         ENDING(ERR_INVALID, FAILURE_CLIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: the reply redirects to login.example, which is "
                "not followed (HTTP 302). Check the configured address and any proxy on the way."),
         {.status = 302, .headers = "Location: https://login.example/"});
}

TEST(a_page_for_a_reply_is_a_failure) {
    ENDS(create,
         ENDING(ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
                "Some Cloud: creating the endpoint: the reply is not the service's: Please sign in "
                "(HTTP 200). "
                "It may have been carried out all the same: look before repeating it."),
         {.status = 200, .headers = "Content-Type: text/html", .body = "<p>Please sign in.</p>"});
}

TEST(what_the_transport_refuses_is_final) {
    ENDS(read,
         ENDING(
             ERR_INVALID, FAILURE_CLIENT, false, 1, 0,
             "Some Cloud: reading the endpoint: cannot use api.example.com: certificate problem."),
         {.result = TRANSPORT_REFUSED, .detail = "certificate problem"});
}

TEST(a_reply_that_is_too_large_is_final) {
    ENDS(
        read,
        ENDING(ERR_EXHAUSTED, FAILURE_TRANSIENT, false, 1, 0,
               "Some Cloud: reading the endpoint: the reply of api.example.com is larger than 1000 "
               "bytes."),
        {.result = TRANSPORT_TOO_LARGE, .sent = true});
    ENDS(update,
         ENDING(
             ERR_UNCERTAIN, FAILURE_TRANSIENT, true, 1, 0,
             "Some Cloud: updating the endpoint: the reply of api.example.com is larger than 1000 "
             "bytes. It "
             "may have been carried out all the same: look before repeating it."),
         {.result = TRANSPORT_TOO_LARGE, .sent = true});
}

TEST(cancelling_says_whether_it_may_have_happened) {
    ENDS(create,
         ENDING(ERR_CANCELLED, FAILURE_TRANSIENT, true, 1, 0,
                "Some Cloud: creating the endpoint was cancelled; it may have been carried out all "
                "the same"),
         {.result = TRANSPORT_CANCELLED, .sent = true, .trips = true});
    ENDS(create,
         ENDING(ERR_CANCELLED, FAILURE_TRANSIENT, false, 1, 0,
                "Some Cloud: creating the endpoint was cancelled"),
         {.result = TRANSPORT_CANCELLED, .sent = false, .trips = true});
    ENDS(read,
         ENDING(ERR_CANCELLED, FAILURE_TRANSIENT, false, 1, 0,
                "Some Cloud: reading the endpoint was cancelled"),
         {.result = TRANSPORT_CANCELLED, .sent = true, .trips = true});
    /* The transport was stopped with the process. */
    ENDS(create,
         ENDING(ERR_CANCELLED, FAILURE_TRANSIENT, false, 1, 0,
                "Some Cloud: creating the endpoint was cancelled"),
         {.result = TRANSPORT_CANCELLED});
}

TEST(a_token_tripped_between_two_tries_ends_the_call) {
    ENDS(update,
         ENDING(ERR_CANCELLED, FAILURE_TRANSIENT, true, 1, 0,
                "Some Cloud: updating the endpoint was cancelled; it may have been carried out all "
                "the same"),
         {.status = 502, .trips = true}, {.status = 200});
}

TEST(a_deadline_that_has_passed_sends_nothing) {
    struct scene s;
    scene_init(&s, STEPS({.status = 200}));
    cancel_set_deadline(s.fixture.ctx.cancel, 1000);
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_DEADLINE);
    CHECK_INT(s.transport.request_count, 0);
    CHECK(!s.reply.maybe_done);
    CHECK_STR(message(&s), "Some Cloud: creating the endpoint took longer than the time given");
    scene_cleanup(&s);
}

static enum err_code authorize(struct ctx *ctx, const struct rest_session *session,
                               struct sign_credential *credential) {
    const struct scene *scene = session->user;
    credential->token = arena_printf(ctx->arena, "bought-%d", scene->renewals);
    return ERR_OK;
}

static bool renew(struct ctx *ctx, const struct rest_session *session,
                  const struct sign_credential *used) {
    struct scene *scene = session->user;
    (void)ctx;
    CHECK_STR(used->token, "bought-0");
    scene->renewals++;
    return true;
}

static bool renew_in_vain(struct ctx *ctx, const struct rest_session *session,
                          const struct sign_credential *used) {
    (void)ctx;
    (void)used;
    ((struct scene *)session->user)->renewals++;
    return false;
}

TEST(a_refused_credential_is_renewed_once) {
    struct scene s;
    scene_init(&s, STEPS({.status = 401}, {.status = 201}));
    s.session.authorize = authorize;
    s.session.renew = renew;
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.renewals, 1);
    CHECK_STR(fake_transport_header(&s.transport, 0, "Authorization"), "Bearer bought-0");
    CHECK_STR(fake_transport_header(&s.transport, 1, "Authorization"), "Bearer bought-1");
    scene_cleanup(&s);

    scene_init(&s, STEPS({.status = 401}));
    s.session.authorize = authorize;
    s.session.renew = renew;
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_UNAUTHENTICATED);
    CHECK_INT(s.renewals, 1);
    CHECK_INT(s.transport.request_count, 2);
    scene_cleanup(&s);

    /* It costs none of the tries. */
    static const struct retry_policy twice = {.max_tries = 2};
    scene_init(&s, STEPS({.status = 401}, {.status = 429}, {.status = 201}));
    s.session.authorize = authorize;
    s.session.renew = renew;
    s.session.retry = &twice;
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_OK);
    CHECK_INT(s.transport.request_count, 3);
    scene_cleanup(&s);

    scene_init(&s, STEPS({.status = 401}));
    s.session.renew = renew_in_vain;
    scene_call(&s, &create);
    CHECK_INT(s.err, ERR_UNAUTHENTICATED);
    CHECK_INT(s.renewals, 1);
    CHECK_INT(s.transport.request_count, 1);
    scene_cleanup(&s);
}

static enum err_code refuse_to_authorize(struct ctx *ctx, const struct rest_session *session,
                                         struct sign_credential *credential) {
    (void)session;
    (void)credential;
    return ctx_fail(ctx, ERR_UNAUTHENTICATED, "no password");
}

TEST(without_credentials_nothing_is_sent) {
    struct scene s;
    scene_init(&s, STEPS({.status = 200}));
    s.session.authorize = refuse_to_authorize;
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_UNAUTHENTICATED);
    CHECK_INT(s.reply.class, FAILURE_AUTH);
    CHECK_STR(message(&s), "no password");
    CHECK_INT(s.transport.request_count, 0);
    scene_cleanup(&s);

    scene_init(&s, STEPS({.status = 200}));
    s.session.credential.token = STR_EMPTY;
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_UNAUTHENTICATED);
    CHECK_STR(message(&s), "Some Cloud: reading the endpoint: no token is configured");
    CHECK_INT(s.transport.request_count, 0);
    scene_cleanup(&s);
}

TEST(an_unsigned_call_carries_no_credentials) {
    struct operation open = read;
    struct scene s;
    open.unsigned_call = true;
    scene_init(&s, STEPS({.status = 200}));
    s.session.authorize = refuse_to_authorize;
    scene_call(&s, &open);
    CHECK_INT(s.err, ERR_OK);
    CHECK_STR(fake_transport_header(&s.transport, 0, "Authorization"), "");
    CHECK_INT(s.transport.requests[0].header_count, 1);
    scene_cleanup(&s);
}

TEST(each_try_is_signed_anew) {
    struct scene s;
    scene_init(&s, STEPS({.status = 429, .headers = "Retry-After: 10", .takes_ms = 2000},
                         {.status = 200}));
    s.session.scheme = sign_scheme_find("volc-v4");
    s.session.credential = (struct sign_credential){.access_key = STR("AK"),
                                                    .secret_key = STR("SK"),
                                                    .region = STR("r"),
                                                    .service = STR("ark")};
    s.fixture.clock.wall_seconds = 1700000000;
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_OK);
    CHECK_STR(fake_transport_header(&s.transport, 0, "X-Date"), "20231114T221320Z");
    CHECK_STR(fake_transport_header(&s.transport, 1, "X-Date"), "20231114T221322Z");
    CHECK_INT(s.transport.requests[1].header_count, s.transport.requests[0].header_count);
    CHECK(!str_is(fake_transport_header(&s.transport, 1, "Authorization"),
                  fake_transport_header(&s.transport, 0, "Authorization")));
    scene_cleanup(&s);
}

TEST(the_sessions_policy_wins_over_the_services) {
    static const struct retry_policy once = {.max_tries = 1};
    struct scene s;
    scene_init(&s, STEPS({.status = 502}));
    s.session.retry = &once;
    scene_call(&s, &read);
    CHECK_INT(s.err, ERR_UNAVAILABLE);
    CHECK_INT(s.transport.request_count, 1);
    scene_cleanup(&s);
}

TEST(an_address_that_cannot_be_built_is_not_called) {
    struct operation nowhere = read;
    struct scene s;
    nowhere.path = "/{absent}";
    scene_init(&s, STEPS({.status = 200}));
    scene_call(&s, &nowhere);
    CHECK_INT(s.err, ERR_INTERNAL);
    CHECK_INT(s.reply.class, FAILURE_CLIENT);
    CHECK_INT(s.transport.request_count, 0);
    scene_cleanup(&s);
}

TEST(the_query_and_what_a_cloud_echoes_stay_out_of_messages_and_logs) {
    struct scene s;
    scene_init(&s,
               STEPS({.status = 502, .body = "upstream /endpoints?apikey=very-secret-key failed"}));
    redact_add(&s.fixture.ctx.redact, STR("very-secret-key"));
    scene_call(&s, &create);
    CHECK_STR(s.transport.requests[0].url,
              "https://api.example.com/endpoints?apikey=very-secret-key");
    CHECK(str_find(message(&s), STR("very-secret-key")) < 0);
    CHECK(str_find(message(&s), STR("apikey=[secret]")) > 0);
    CHECK(str_find(s.fixture.lines, STR("secret")) < 0);
    CHECK(str_find(s.fixture.lines, STR("?")) < 0);
    scene_cleanup(&s);
}

/* Every way one step can go wrong. */
static const struct fake_step faults[] = {
    {.result = TRANSPORT_NOT_SENT, .detail = "fault"},
    {.result = TRANSPORT_UNCERTAIN, .sent = true, .detail = "fault"},
    {.result = TRANSPORT_REFUSED, .detail = "fault"},
    {.result = TRANSPORT_TOO_LARGE, .sent = true, .detail = "fault"},
    {.result = TRANSPORT_CANCELLED, .detail = "fault", .trips = true},
    {.result = TRANSPORT_CANCELLED, .sent = true, .detail = "fault", .trips = true},
    {.status = 0},
    {.status = 101},
    {.status = 302},
    {.status = 401},
    {.status = 404, .body = "{\"error\":"},
    {.status = 429},
    {.status = 500, .body = "\xff\xfe"},
    {.status = 503, .trips = true},
    {.status = 200, .headers = "Content-Type: text/html", .body = "<p>"},
    {.status = 999}};

/* What holds whatever happened. */
static void check_defined(const struct scene *s, const struct operation *operation, bool sent) {
    CHECK((s->err == ERR_OK) == (s->reply.class == FAILURE_NONE));
    CHECK(s->err == ERR_OK || s->fixture.ctx.error.code == s->err);
    CHECK(s->err == ERR_OK || str_starts(message(s), STR("Some Cloud: ")));
    CHECK(s->err != ERR_OK || !s->reply.maybe_done);
    CHECK(!s->reply.maybe_done || (sent && operation->repeat != REPEAT_SAFE));
    CHECK(s->err != ERR_UNCERTAIN || s->reply.maybe_done);
    CHECK(s->err != ERR_UNAVAILABLE || !s->reply.maybe_done);
    CHECK(s->transport.request_count <= 5);
}

TEST(every_fault_in_every_step_leaves_a_defined_result) {
    static const struct operation *const operations[] = {&create, &read, &update};
    const size_t fault_count = sizeof(faults) / sizeof(faults[0]);
    for (size_t which = 0; which < 3; which++) {
        for (size_t n = 0; n < 4; n++) {
            for (size_t i = 0; i < fault_count; i++) {
                struct fake_step steps[5];
                struct scene s;
                for (size_t k = 0; k < n; k++) {
                    steps[k] = (struct fake_step){.status = 429};
                }
                steps[n] = faults[i];
                steps[n + 1] = (struct fake_step){.status = 200, .body = "{}"};
                scene_init(&s, steps, n + 2);
                scene_call(&s, operations[which]);
                check_defined(&s, operations[which],
                              faults[i].sent || faults[i].result == TRANSPORT_OK);
                CHECK(s.transport.request_count >= n + 1);
                scene_cleanup(&s);
            }
        }
    }
}

TEST(every_pair_of_faults_leaves_a_defined_result) {
    const size_t fault_count = sizeof(faults) / sizeof(faults[0]);
    for (size_t first = 0; first < fault_count; first++) {
        for (size_t second = 0; second < fault_count; second++) {
            const struct fake_step steps[] = {faults[first], faults[second], {.status = 200}};
            bool sent = faults[first].sent || faults[first].result == TRANSPORT_OK ||
                        faults[second].sent || faults[second].result == TRANSPORT_OK;
            struct scene s;
            scene_init(&s, steps, 3);
            scene_call(&s, &update);
            check_defined(&s, &update, sent);
            scene_cleanup(&s);
        }
    }
}

TEST_MAIN {
    RUN(a_success_gives_the_part_that_is_meant);
    RUN(an_empty_success_has_no_body);
    RUN(a_refusal_says_who_what_and_why);
    RUN(classes_and_codes_follow_the_table_and_the_status);
    RUN(reads_are_repeated_with_growing_delays);
    RUN(a_create_that_may_have_happened_is_not_repeated);
    RUN(a_refusal_that_is_not_the_services_own_proves_nothing_of_a_create);
    RUN(a_create_that_did_not_happen_is_repeated);
    RUN(a_row_cannot_make_a_gateways_503_harmless);
    RUN(a_busy_service_may_have_carried_out_a_create);
    RUN(what_may_have_been_carried_out_is_repeated_only_with_leave);
    RUN(doubt_about_an_earlier_try_stays);
    RUN(what_a_cloud_asks_for_is_waited_for_by_the_whole_account);
    RUN(a_delay_that_is_too_long_is_not_waited_for);
    RUN(throttling_costs_time_and_no_tries);
    RUN(throttling_without_a_time_grows_up_to_the_cap);
    RUN(a_wait_past_the_time_for_throttling_is_not_begun);
    RUN(a_success_without_what_it_must_have_is_no_answer);
    RUN(a_reply_to_another_request_is_no_answer);
    RUN(one_try_is_one_try);
    RUN(the_deadline_comes_before_the_time_for_throttling);
    RUN(a_503_that_names_no_time_is_an_outage);
    RUN(who_cannot_wait_as_long_as_others_have_to_is_told_at_once);
    RUN(a_clock_that_is_off_is_corrected_once);
    RUN(a_clock_is_not_corrected_on_doubt);
    RUN(what_another_call_has_learned_of_the_clock_is_used);
    RUN(a_wait_past_the_deadline_is_not_begun);
    RUN(a_redirect_names_the_host_and_is_not_followed);
    RUN(a_page_for_a_reply_is_a_failure);
    RUN(what_the_transport_refuses_is_final);
    RUN(a_reply_that_is_too_large_is_final);
    RUN(cancelling_says_whether_it_may_have_happened);
    RUN(a_token_tripped_between_two_tries_ends_the_call);
    RUN(a_deadline_that_has_passed_sends_nothing);
    RUN(a_refused_credential_is_renewed_once);
    RUN(without_credentials_nothing_is_sent);
    RUN(an_unsigned_call_carries_no_credentials);
    RUN(each_try_is_signed_anew);
    RUN(the_sessions_policy_wins_over_the_services);
    RUN(an_address_that_cannot_be_built_is_not_called);
    RUN(the_query_and_what_a_cloud_echoes_stay_out_of_messages_and_logs);
    RUN(every_fault_in_every_step_leaves_a_defined_result);
    RUN(every_pair_of_faults_leaves_a_defined_result);
}
