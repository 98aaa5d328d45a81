/* Fault sweeps: the Nth request of every method goes wrong in every way, for each N. The outcome is
 * always defined, and no endpoint that a reply told of is lost. */
#include "clouds/clouds.h"
#include "core/endpoint/cloud.h"
#include "trees.h"

enum fault {
    FAULT_NONE = 0,
    FAULT_NOT_SENT,
    FAULT_LOST_BEFORE, /* no reply, and nothing happened */
    FAULT_LOST_AFTER,  /* no reply, yet it was carried out */
    FAULT_SERVER,      /* 500, nothing happened */
    FAULT_GATEWAY,     /* 502, yet it was carried out */
    FAULT_GARBAGE,     /* 200 with HTML, carried out */
    FAULT_EMPTY,       /* 200 without a body, carried out */
    FAULT_THROTTLED,
    FAULT_AUTH,
    FAULT_FORBIDDEN,
    FAULT_NOT_FOUND,
    FAULT_CONFLICT,
    FAULT_REFUSED,
    FAULT_TOO_LARGE, /* carried out */
    FAULT_STALLED,   /* carried out, and the reply never comes */
    FAULT_CANCELLED, /* the user cancels meanwhile; carried out */
    FAULT_COUNT
};

/* One namespace with at most one endpoint, and one fault to come. */
struct service {
    struct transport transport; /* first */
    struct cancel *cancel;
    enum fault fault;
    int fault_at; /* number of the request that goes wrong, from 1 */
    int lasting;  /* so many in a row */
    int requests;
    int creates; /* carried out */
    bool exists;
    bool is_public;
    bool told; /* a good reply to a create has arrived */
    const char *state;
};

static struct service *service; /* of the test that runs */

static void advance(struct service *self) {
    if (strcmp(self->state, "pending") == 0) {
        self->state = "initializing";
    } else if (strcmp(self->state, "initializing") == 0 || strcmp(self->state, "updating") == 0) {
        self->state = "running";
    }
}

static struct str shown(struct service *self, struct arena *scratch) {
    return arena_printf(
        scratch,
        "{\"name\":\"demo\",\"type\":\"%s\",\"provider\":{\"vendor\":\"aws\",\"region\":\"r\"},"
        "\"compute\":{\"accelerator\":\"cpu\",\"instanceType\":\"i\",\"instanceSize\":\"x1\","
        "\"scaling\":{\"minReplica\":1,\"maxReplica\":1}},\"model\":{\"repository\":\"m\","
        "\"framework\":\"custom\",\"image\":{\"huggingface\":{}}},\"tags\":[],"
        "\"status\":{\"state\":\"%s\",\"createdAt\":\"2023-11-14T22:13:20Z\",\"url\":\"https://u\"}}",
        self->is_public ? "public" : "authenticated", self->state);
}

static int create(struct service *self) {
    if (self->exists) {
        return 409;
    }
    self->creates++;
    self->exists = true;
    self->is_public = false;
    self->state = "pending";
    return 200;
}

static int change(struct service *self) {
    if (self->exists) {
        self->is_public = true;
        self->state = "updating";
    }
    return self->exists ? 200 : 404;
}

/* Carries the request out; the status of its reply. */
static int carry_out(struct service *self, const struct http_request *request) {
    bool one = str_find(request->url, STR("/me/demo")) >= 0;
    if (str_is(request->method, STR("POST"))) {
        return one ? 400 : create(self);
    }
    if (str_is(request->method, STR("PUT"))) {
        return change(self);
    }
    if (str_is(request->method, STR("DELETE"))) {
        int status = self->exists ? 200 : 404;
        self->exists = false;
        return status;
    }
    if (one && self->exists) {
        advance(self);
    }
    return one && !self->exists ? 404 : 200;
}

static void reply(struct service *self, struct arena *scratch, int status, struct str body,
                  struct transport_outcome *out) {
    (void)self;
    *out = (struct transport_outcome){
        .result = TRANSPORT_OK, .sent = true, .detail = STR_EMPTY, .response = {.status = status}};
    out->response.body = arena_str(scratch, body);
}

static void answer(struct service *self, const struct http_request *request, struct arena *scratch,
                   struct transport_outcome *out) {
    int status = carry_out(self, request);
    bool lists = str_find(request->url, STR("/me?")) >= 0;
    struct str body = lists           ? STR("{\"items\":[]}")
                      : status == 200 ? shown(self, scratch)
                      : status == 409 ? STR("{\"error\":\"Conflict\"}")
                                      : STR("{\"error\":\"nope\"}");
    self->told = self->told || (status == 200 && str_is(request->method, STR("POST")));
    reply(self, scratch, status, body, out);
}

static void fail_with(struct transport_outcome *out, enum transport_result result, bool sent) {
    *out = (struct transport_outcome){.result = result, .sent = sent, .detail = STR("broken")};
}

static void refuse(struct service *self, struct arena *scratch, int status,
                   struct transport_outcome *out) {
    reply(self, scratch, status, STR("{\"error\":\"told to\",\"code\":\"FAULT\"}"), out);
}

/* Until the request's own time, or the call's, is up. */
static void stall(struct service *self, const struct http_request *request,
                  struct transport_outcome *out) {
    int64_t end_ms = atomic_load(&fixture.clock.now_ms) + request->timeout_ms;
    int64_t deadline_ms = cancel_deadline(self->cancel);
    bool cut = deadline_ms < end_ms;
    atomic_store(&fixture.clock.now_ms, cut ? deadline_ms : end_ms);
    fail_with(out, cut ? TRANSPORT_CANCELLED : TRANSPORT_UNCERTAIN, true);
}

static void go_wrong(struct service *self, const struct http_request *request,
                     struct arena *scratch, struct transport_outcome *out) {
    static const int statuses[FAULT_COUNT] = {
        [FAULT_SERVER] = 500,   [FAULT_GATEWAY] = 502,   [FAULT_THROTTLED] = 429,
        [FAULT_AUTH] = 401,     [FAULT_FORBIDDEN] = 403, [FAULT_NOT_FOUND] = 404,
        [FAULT_CONFLICT] = 409, [FAULT_REFUSED] = 400,
    };
    switch (self->fault) {
    case FAULT_NOT_SENT:
        fail_with(out, TRANSPORT_NOT_SENT, false);
        return;
    case FAULT_LOST_BEFORE:
        fail_with(out, TRANSPORT_UNCERTAIN, true);
        return;
    case FAULT_LOST_AFTER:
        (void)carry_out(self, request);
        fail_with(out, TRANSPORT_UNCERTAIN, true);
        return;
    case FAULT_STALLED:
        (void)carry_out(self, request);
        stall(self, request, out);
        return;
    case FAULT_TOO_LARGE:
        (void)carry_out(self, request);
        fail_with(out, TRANSPORT_TOO_LARGE, true);
        return;
    case FAULT_CANCELLED:
        (void)carry_out(self, request);
        cancel_trip(self->cancel);
        fail_with(out, TRANSPORT_CANCELLED, true);
        return;
    case FAULT_GARBAGE:
    case FAULT_EMPTY:
        (void)carry_out(self, request);
        reply(self, scratch, 200,
              self->fault == FAULT_EMPTY ? STR_EMPTY : STR("<html>proxy</html>"), out);
        return;
    case FAULT_GATEWAY:
        (void)carry_out(self, request);
        refuse(self, scratch, 502, out);
        return;
    default:
        refuse(self, scratch, statuses[self->fault], out);
    }
}

static void send_request(struct transport *self, const struct http_request *request,
                         struct cancel *cancel, struct arena *scratch,
                         struct transport_outcome *out) {
    struct service *one = (struct service *)self;
    one->requests++;
    if (cancel_state(cancel) != CANCEL_NONE) {
        fail_with(out, TRANSPORT_CANCELLED, false);
    } else if (one->fault != FAULT_NONE && one->requests >= one->fault_at &&
               one->requests < one->fault_at + one->lasting) {
        go_wrong(one, request, scratch, out);
    } else {
        answer(one, request, scratch, out);
    }
}

static void leave(struct transport *self) {
    (void)self;
}

static enum err_code open_service(struct ctx *ctx, const struct transport_settings *settings,
                                  struct transport **out) {
    (void)ctx;
    (void)settings;
    *out = &service->transport;
    return ERR_OK;
}

static const char *no_environment(const char *name) {
    (void)name;
    return NULL;
}

static const struct cloud *const clouds[] = {&cloud_hf, NULL};

#define INPUTS                                                                                        \
    "\"name\":\"demo\",\"namespace\":\"me\",\"cloudProvider\":{\"vendor\":\"aws\",\"region\":\"r\"}," \
    "\"compute\":{\"accelerator\":\"cpu\",\"instanceType\":\"i\",\"instanceSize\":\"x1\"},"           \
    "\"model\":{\"repository\":\"m\",\"framework\":\"custom\"}"
#define URN STR("urn:pulumi:dev::shop::inference:hf:Endpoint::demo")
#define TYPE STR("inference:hf:Endpoint")

static struct provider *configured(void) {
    const struct provider_options options = {.clock = fixture.ctx.clock,
                                             .open_transport = open_service,
                                             .getenv = no_environment,
                                             .clouds = clouds};
    struct provider *provider = provider_new(&options);
    const struct configure_request request = {.args =
                                                  tree(arena, "{\"hfToken\":\"hf_secret_token\"}")};
    CHECK_INT(provider_configure(provider, &fixture.ctx, &request), ERR_OK);
    return provider;
}

/* Whatever went wrong, the user is told by whom, and never the token. */
static void check_told(enum err_code code) {
    const struct error *error = &fixture.ctx.error;
    if (code == ERR_OK) {
        return;
    }
    CHECK_INT(error->code, code);
    if (!CHECK(str_starts(error->message.text, STR("Hugging Face: ")))) {
        fprintf(stderr, "  but \"%.*s\"\n", STR_ARG(error->message.text));
    }
    CHECK(str_find(error->message.text, STR("hf_secret_token")) < 0);
    if (code == ERR_INIT_FAILED) {
        bool is_kept = str_is_c(error->partial.id, "unconfirmed:demo"); /* of no endpoint */
        CHECK(is_kept || str_is_c(error->partial.id, "me/demo"));
        CHECK(error->partial.properties != NULL);
        CHECK_INT(error->partial.reason_count, 1);
    }
}

typedef void run(struct provider *provider);

/* One run with one fault; how many requests it made. */
static int attempt(run *method, bool exists, enum fault fault, int at, int lasting) {
    rest_fixture_init(&fixture);
    arena = fixture.ctx.arena;
    struct service one = {.transport = {send_request, leave},
                          .cancel = fixture.ctx.cancel,
                          .fault = fault,
                          .fault_at = at,
                          .lasting = lasting,
                          .exists = exists,
                          .state = "running"};
    service = &one;
    struct provider *provider = configured();
    method(provider);
    provider_free(provider);
    rest_fixture_cleanup(&fixture);
    return one.requests;
}

static void sweep(run *method, bool exists) {
    int usual = attempt(method, exists, FAULT_NONE, 0, 0);
    for (enum fault fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++) {
        for (int at = 1; at <= usual; at++) {
            int failures = atomic_load(&testing_failures);
            (void)attempt(method, exists, fault, at, 1);
            (void)attempt(method, exists, fault, at, 1000);
            if (atomic_load(&testing_failures) > failures) {
                fprintf(stderr, "  with fault %d at request %d\n", (int)fault, at);
            }
        }
    }
}

static void run_create(struct provider *provider) {
    const struct create_request request = {
        .urn = URN, .name = STR("demo"), .type = TYPE, .properties = tree(arena, "{" INPUTS "}")};
    struct create_response response = {0};
    enum err_code code = provider_create(provider, &fixture.ctx, &request, &response);
    check_told(code);
    CHECK(service->creates <= 1);
    if (code == ERR_OK) {
        CHECK_STR(response.id, "me/demo");
        CHECK(service->exists);
        CHECK(!value_has_unknown(response.properties));
        CHECK_STR(value_text_at(response.properties, "url"), "https://u");
    } else if (service->told) {
        CHECK_INT(code, ERR_INIT_FAILED);
        CHECK_STR(fixture.ctx.error.partial.id, "me/demo");
    }
}

TEST(a_create_loses_nothing) {
    sweep(run_create, false);
}

/* The same under a name that somebody else has: it is never taken over. */
static void run_clash(struct provider *provider) {
    const struct create_request request = {.urn = URN,
                                           .name = STR("demo"),
                                           .type = TYPE,
                                           .properties =
                                               tree(arena, "{" INPUTS ",\"type\":\"private\"}")};
    struct create_response response = {0};
    enum err_code code = provider_create(provider, &fixture.ctx, &request, &response);
    check_told(code);
    CHECK(code != ERR_OK);
    if (code == ERR_INIT_FAILED) { /* kept to be looked for, under no id of an endpoint */
        CHECK_STR(fixture.ctx.error.partial.id, "unconfirmed:demo");
    }
    CHECK(service->exists && !service->is_public);
    CHECK_INT(service->creates, 0);
}

TEST(a_create_takes_nothing_over) {
    sweep(run_clash, true);
}

static void run_update(struct provider *provider) {
    const struct value *olds = tree(arena, "{" INPUTS "}");
    const struct update_request request = {.id = STR("me/demo"),
                                           .urn = URN,
                                           .name = STR("demo"),
                                           .type = TYPE,
                                           .olds = olds,
                                           .old_inputs = olds,
                                           .news = tree(arena, "{" INPUTS ",\"type\":\"public\"}")};
    struct update_response response = {0};
    enum err_code code = provider_update(provider, &fixture.ctx, &request, &response);
    check_told(code);
    CHECK(service->exists);
    if (code == ERR_OK) {
        CHECK(service->is_public);
        CHECK_STR(value_text_at(response.properties, "type"), "public");
        CHECK_STR(value_text_at(response.properties, "status.state"), "running");
    }
}

TEST(an_update_always_ends_well_defined) {
    sweep(run_update, true);
}

/* What changes nothing has two minutes (docs/installation-configuration.md). The clock begins at
 * 1 s. */
static void check_time(void) {
    CHECK(atomic_load(&fixture.clock.now_ms) <= 1000 + 120000);
}

static void run_read(struct provider *provider) {
    const struct read_request request = {.id = STR("me/demo"),
                                         .urn = URN,
                                         .name = STR("demo"),
                                         .type = TYPE,
                                         .properties = tree(arena, "{" INPUTS "}"),
                                         .inputs = tree(arena, "{" INPUTS "}")};
    struct read_response response = {0};
    enum err_code code = provider_read(provider, &fixture.ctx, &request, &response);
    check_told(code);
    check_time();
    if (code == ERR_OK && service->fault != FAULT_NOT_FOUND) {
        CHECK_STR_IS(response.id, service->exists ? STR("me/demo") : STR_EMPTY);
        CHECK((response.properties != NULL) == service->exists);
        CHECK((response.inputs != NULL) == service->exists);
    }
}

TEST(a_read_drops_nothing_without_proof) {
    sweep(run_read, true);
    sweep(run_read, false);
}

static void run_delete(struct provider *provider) {
    const struct delete_request request = {.id = STR("me/demo"),
                                           .urn = URN,
                                           .name = STR("demo"),
                                           .type = TYPE,
                                           .properties = tree(arena, "{" INPUTS "}"),
                                           .old_inputs = tree(arena, "{" INPUTS "}")};
    enum err_code code = provider_delete(provider, &fixture.ctx, &request);
    check_told(code);
    CHECK(code != ERR_INIT_FAILED);
    if (code == ERR_OK && service->fault != FAULT_NOT_FOUND) {
        CHECK(!service->exists);
    }
}

TEST(a_delete_that_succeeds_has_deleted) {
    sweep(run_delete, true);
    sweep(run_delete, false);
}

static void ask(struct provider *provider, const char *function, const char *args) {
    const struct invoke_request request = {.token = str_of(function), .args = tree(arena, args)};
    struct invoke_response response = {0};
    check_told(provider_invoke(provider, &fixture.ctx, &request, &response));
    CHECK_INT(response.failure_count, 0);
    check_time();
}

static void run_get_endpoint(struct provider *provider) {
    ask(provider, "inference:hf:getEndpoint", "{\"id\":\"me/demo\"}");
}

static void run_get_endpoints(struct provider *provider) {
    ask(provider, "inference:hf:getEndpoints", "{\"namespace\":\"me\"}");
}

static void run_get_machines(struct provider *provider) {
    ask(provider, "inference:hf:getMachines", "{}");
}

TEST(a_function_ends_in_time) {
    sweep(run_get_endpoint, true);
    sweep(run_get_endpoints, true);
    sweep(run_get_machines, true);
}

static enum err_code take_item(struct list_receiver *self, struct str id, struct str name) {
    (void)self;
    CHECK(id.len > 0 && name.len > 0);
    return ERR_OK;
}

static enum err_code take_token(struct list_receiver *self, struct str token) {
    (void)self;
    (void)token;
    return ERR_OK;
}

static void run_list(struct provider *provider) {
    const struct list_request request = {.token = TYPE,
                                         .query = tree(arena, "{\"namespace\":\"me\"}")};
    struct list_receiver receiver = {.result = take_item, .continuation = take_token};
    check_told(provider_list(provider, &fixture.ctx, &request, &receiver));
    check_time();
}

TEST(a_list_ends_in_time) {
    sweep(run_list, true);
}

TEST_MAIN {
    RUN(a_create_loses_nothing);
    RUN(a_create_takes_nothing_over);
    RUN(an_update_always_ends_well_defined);
    RUN(a_read_drops_nothing_without_proof);
    RUN(a_delete_that_succeeds_has_deleted);
    RUN(a_function_ends_in_time);
    RUN(a_list_ends_in_time);
}
