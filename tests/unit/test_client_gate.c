/* What a reply proves about the credential that was sent with it. */
#include <pthread.h>
#include <sched.h>

#include "rest/client.h"
#include "rest/gate.h"
#include "rest_fakes.h"
#include "testing.h"

static const struct error_shape shape = {.code = (const char *const[]){"code", NULL},
                                         .message = (const char *const[]){"error", NULL}};
static const struct failure_row failures[] = {
    {.status_min = 400, .status_max = 400, .text = "token", .class = FAILURE_AUTH},
    {.status_min = 401, .status_max = 401, .text = "expired", .class = FAILURE_CLOCK}};
static const struct retry_policy policy = {.max_tries = 1};
static const struct rest_service service = {.title = "Some Cloud",
                                            .errors = &shape,
                                            .failures = failures,
                                            .failure_count = 2,
                                            .retry = &policy,
                                            .max_response_bytes = 1000};
static const struct rest_base_url bases[] = {{"api", STR("https://api.example.com")}};
static const struct operation read = {.name = "read",
                                      .doing = "reading",
                                      .method = "GET",
                                      .host = "api",
                                      .path = "/one",
                                      .repeat = REPEAT_SAFE};
static const struct operation open_call = {.name = "open",
                                           .doing = "asking",
                                           .method = "GET",
                                           .host = "api",
                                           .path = "/open",
                                           .repeat = REPEAT_SAFE,
                                           .unsigned_call = true};

struct scene {
    struct rest_fixture fixture;
    struct fake_transport transport;
    struct gate *gate;
    struct skew skew;
    struct rest_session session;
};

static void scene_init(struct scene *scene, const struct fake_step *steps, size_t count) {
    *scene = (struct scene){0};
    rest_fixture_init(&scene->fixture);
    fake_transport_init(&scene->transport, &scene->fixture, steps, count);
    scene->gate = gate_new(scene->fixture.ctx.clock);
    scene->session = (struct rest_session){.service = &service,
                                           .transport = &scene->transport.base,
                                           .gate = scene->gate,
                                           .skew = &scene->skew,
                                           .scheme = sign_scheme_find("bearer"),
                                           .credential = {.token = STR("t1")},
                                           .base_urls = bases,
                                           .base_url_count = 1};
}

static void scene_cleanup(struct scene *scene) {
    gate_free(scene->gate);
    scene->transport.base.free(&scene->transport.base);
    rest_fixture_cleanup(&scene->fixture);
}

static enum err_code call(struct scene *scene, const struct operation *operation) {
    struct rest_reply reply;
    return rest_call(&scene->fixture.ctx, &scene->session, operation,
                     value_map(scene->fixture.ctx.arena), NULL, &reply);
}

/* How the gate stands; leaves it as it is. */
static enum gate_pass standing(struct scene *scene) {
    struct cancel *cancel = cancel_new(NULL, scene->fixture.ctx.clock);
    enum gate_pass pass = gate_enter(scene->gate, STR("api.example.com"), cancel);
    if (pass == GATE_PROBE) {
        gate_leave(scene->gate, STR("api.example.com"), pass, GATE_UNTOLD);
    }
    cancel_free(cancel);
    return pass;
}

/* The same reply, to a credential that nothing is known of and to one that was good before. */
struct row {
    struct fake_step step;
    enum gate_pass unproven;
    enum gate_pass proven;
};

static const struct row rows[] = {
    {{.status = 200, .body = "{}"}, GATE_OPEN, GATE_OPEN},
    {{.status = 204}, GATE_OPEN, GATE_OPEN},
    {{.status = 401, .body = "{}"}, GATE_CLOSED, GATE_CLOSED},
    {{.status = 407}, GATE_CLOSED, GATE_OPEN},
    {{.status = 400, .body = "{\"error\":\"invalid token\"}"}, GATE_CLOSED, GATE_OPEN},
    {{.status = 400, .body = "{\"error\":\"no\"}"}, GATE_PROBE, GATE_OPEN},
    {{.status = 403, .body = "{}"}, GATE_PROBE, GATE_OPEN},
    {{.status = 404, .body = "{}"}, GATE_PROBE, GATE_OPEN},
    {{.status = 429, .body = "{}"}, GATE_PROBE, GATE_OPEN},
    {{.status = 502, .headers = "Content-Type: text/html", .body = "<html>"},
     GATE_PROBE,
     GATE_OPEN},
    {{.status = 200, .headers = "Content-Type: text/html", .body = "<html>"},
     GATE_PROBE,
     GATE_OPEN},
    {{.status = 302, .headers = "Location: https://login.example"}, GATE_PROBE, GATE_OPEN},
    {{.result = TRANSPORT_NOT_SENT}, GATE_PROBE, GATE_OPEN},
    {{.result = TRANSPORT_UNCERTAIN, .sent = true}, GATE_PROBE, GATE_OPEN},
    {{.result = TRANSPORT_CANCELLED, .sent = true, .trips = true}, GATE_PROBE, GATE_OPEN},
};

TEST(what_each_reply_proves) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scene s;
        scene_init(&s, &rows[i].step, 1);
        (void)!call(&s, &read);
        CHECK_INT(standing(&s), rows[i].unproven);
        scene_cleanup(&s);
    }
}

TEST(what_each_reply_proves_of_a_good_credential) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct fake_step steps[] = {{.status = 200}, rows[i].step};
        struct scene s;
        scene_init(&s, steps, 2);
        CHECK_INT(call(&s, &read), ERR_OK);
        (void)!call(&s, &read);
        CHECK_INT(standing(&s), rows[i].proven);
        scene_cleanup(&s);
    }
}

#define EXPIRED                                                          \
    {                                                                    \
        .status = 401, .headers = "Date: Tue, 14 Nov 2023 22:33:20 GMT", \
        .body = "{\"error\":\"expired\"}"                                \
    }

TEST(a_wrong_clock_says_nothing_of_the_credential_as_long_as_it_can_be_corrected) {
    const struct fake_step steps[] = {EXPIRED, {.status = 200}};
    struct scene s;
    scene_init(&s, steps, 2);
    CHECK_INT(call(&s, &read), ERR_OK);
    CHECK_INT(s.transport.request_count, 2);
    CHECK_INT(standing(&s), GATE_OPEN);
    scene_cleanup(&s);
    /* Then no signature will be better, and the bad ones are counted. */
    scene_init(&s, steps, 1);
    CHECK_INT(call(&s, &read), ERR_UNAUTHENTICATED);
    CHECK_INT(s.transport.request_count, 2);
    CHECK_INT(standing(&s), GATE_CLOSED);
    scene_cleanup(&s);
}

TEST(behind_a_closed_gate_nothing_is_sent) {
    const struct fake_step steps[] = {{.status = 401}};
    struct scene s;
    scene_init(&s, steps, 1);
    CHECK_INT(call(&s, &read), ERR_UNAUTHENTICATED);
    CHECK_INT(call(&s, &read), ERR_UNAUTHENTICATED);
    CHECK_INT(s.transport.request_count, 1);
    CHECK(str_contains_nocase(s.fixture.ctx.error.message.text, STR("not sent")));
    scene_cleanup(&s);
}

TEST(a_call_without_credentials_passes_by) {
    const struct fake_step steps[] = {{.status = 401}, {.status = 200}};
    struct scene s;
    scene_init(&s, steps, 2);
    CHECK_INT(call(&s, &read), ERR_UNAUTHENTICATED);
    CHECK_INT(call(&s, &open_call), ERR_OK);
    CHECK_INT(s.transport.request_count, 2);
    CHECK_INT(standing(&s), GATE_CLOSED);
    scene_cleanup(&s);
}

/* Waits for its turn: at the gate, or for a place. */
struct late {
    struct scene scene;
    enum err_code code;
};

static void *call_late(void *user) {
    struct late *late = user;
    late->code = call(&late->scene, &read);
    return NULL;
}

/* What the request was signed with, when ten minutes passed while it waited. */
static struct str date_after_wait(struct late *late, bool at_gate) {
    static const struct fake_step steps[] = {{.status = 200}};
    struct scene *scene = &late->scene;
    const struct str host = STR("api.example.com");
    struct cancel *cancel;
    struct limiter *limiter;
    enum gate_pass probe = GATE_OPEN;
    pthread_t thread;

    scene_init(scene, steps, 1);
    cancel = cancel_new(NULL, scene->fixture.ctx.clock);
    limiter = limiter_new(scene->fixture.ctx.clock, 1, 0);
    scene->session.scheme = sign_scheme_find("sdk-hmac-sha256");
    scene->session.credential =
        (struct sign_credential){.access_key = STR("ak"), .secret_key = STR("sk")};
    scene->session.limiter = limiter;
    if (at_gate) {
        probe = gate_enter(scene->gate, host, cancel);
    } else {
        CHECK_INT(limiter_acquire(limiter, cancel), CANCEL_NONE);
    }
    int waits = atomic_load(&scene->fixture.clock.waits);
    pthread_create(&thread, NULL, call_late, late);
    while (atomic_load(&scene->fixture.clock.waits) == waits) {
        sched_yield();
    }
    scene->fixture.clock.wall_seconds += 600;
    if (at_gate) {
        gate_leave(scene->gate, host, probe, GATE_UNTOLD);
    } else {
        limiter_release(limiter);
    }
    pthread_join(thread, NULL);
    limiter_free(limiter);
    cancel_free(cancel);
    CHECK_INT(late->code, ERR_OK);
    return fake_transport_header(&scene->transport, 0, "X-Sdk-Date");
}

TEST(a_request_is_signed_after_its_waits) {
    for (int at_gate = 0; at_gate < 2; at_gate++) {
        struct late late;
        CHECK_STR(date_after_wait(&late, at_gate != 0), "20231114T222320Z");
        scene_cleanup(&late.scene);
    }
}

TEST_MAIN {
    RUN(what_each_reply_proves);
    RUN(what_each_reply_proves_of_a_good_credential);
    RUN(a_wrong_clock_says_nothing_of_the_credential_as_long_as_it_can_be_corrected);
    RUN(behind_a_closed_gate_nothing_is_sent);
    RUN(a_call_without_credentials_passes_by);
    RUN(a_request_is_signed_after_its_waits);
}
