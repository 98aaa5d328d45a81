/* Waiting, without time: the clock moves when somebody sleeps. */
#include "core/endpoint/call.h"
#include "core/endpoint/wait.h"

#include "core/config.h"
#include "trees.h"

/* What the cloud shows from one look to the next; the last goes on for ever. */
struct look {
    const char *state; /* NULL: gone */
    enum err_code code;
};

static const struct look *looks;
static size_t look_count;
static size_t looked;
static int64_t looked_at[64];

static const struct state_row state_rows[] = {
    {"pending", STATE_PENDING}, {"running", STATE_READY}, {"asleep", STATE_IDLE},
    {"paused", STATE_PAUSED},   {"failed", STATE_FAILED}, {"stale", STATE_UPDATE_FAILED},
};
static const struct action_row action_rows[] = {{"running", "resume", STATE_READY, NULL, NULL},
                                                {"paused", "pause", STATE_PAUSED, NULL, NULL}};
static const char *const messages[] = {"message", NULL};

static const struct prop prop_rows[] = {{.name = "timeouts", .type = PROP_OBJECT}};

static const struct cloud_tables tables = {
    .title = "Toy",
    .props = {prop_rows, 1},
    .states = state_rows,
    .state_count = 6,
    .actions = action_rows,
    .action_count = 2,
    .status = {.state = "state",
               .messages = messages,
               .ready_replicas = "ready",
               .target_replicas = "target"},
    .wait = {.first_ms = 1000,
             .factor = 2,
             .cap_ms = 8000,
             .create_ms = 600000,
             .update_ms = 600000,
             .delete_ms = 60000,
             .settle_ms = 10000},
};

static enum err_code observe(struct cloud_call *call, struct observation *out) {
    const struct look *look = &looks[looked < look_count ? looked : look_count - 1];
    if (looked < 64) {
        looked_at[looked] = call->ctx->clock->now_ms(call->ctx->clock);
    }
    looked++;
    if (look->code != ERR_OK) {
        return ctx_fail(call->ctx, look->code, "Toy: the look failed");
    }
    *out = (struct observation){.kind = OBSERVATION_GONE};
    if (look->state != NULL) {
        struct value *wire = value_map(call->ctx->arena);
        value_map_set_c(call->ctx->arena, wire, "state",
                        value_string_c(call->ctx->arena, look->state));
        value_map_set_c(call->ctx->arena, wire, "message",
                        value_string_c(call->ctx->arena, "so it is"));
        value_map_set_c(call->ctx->arena, wire, "ready", value_number(call->ctx->arena, 1));
        value_map_set_c(call->ctx->arena, wire, "target", value_number(call->ctx->arena, 2));
        *out = cloud_classify(call->cloud, wire);
    }
    return ERR_OK;
}

static bool suffices(const struct value *inputs, struct str desired, enum state_class state) {
    return value_get_c(inputs, "sleepy") != NULL && str_is_c(desired, "running") &&
           state == STATE_IDLE;
}

static const struct cloud toy = {.tables = &tables,
                                 .hooks = {.observe = observe, .state_suffices = suffices}};
static const struct cloud *const clouds[] = {&toy, NULL};

static const char *no_environment(const char *name) {
    (void)name;
    return NULL;
}

static struct cloud_call call;
static struct observation seen;

static void begin(const char *config, const char *inputs) {
    static const struct provider_options options = {.getenv = no_environment, .clouds = clouds};
    const struct configure_request request = {.args = tree(arena, config)};
    struct config *made = NULL;
    CHECK_INT(config_new(&fixture.ctx, &options, &request, &made), ERR_OK);
    call = (struct cloud_call){.ctx = &fixture.ctx,
                               .cloud = &toy,
                               .config = made,
                               .props = &tables.props,
                               .params = value_map(arena),
                               .id = STR("toy-1"),
                               .inputs = tree(arena, inputs)};
    looked = 0;
    seen = (struct observation){
        .kind = OBSERVATION_SEEN, .state = STATE_PENDING, .state_word = STR("pending")};
}

static void end(void) {
    config_free((struct config *)call.config);
}

static enum err_code wait_for(const char *desired, const struct look *script, size_t count) {
    looks = script;
    look_count = count;
    return wait_until_state(&call, str_of(desired), &seen);
}

#define WAIT_FOR(desired, ...)                              \
    wait_for((desired), (const struct look[]){__VA_ARGS__}, \
             sizeof((const struct look[]){__VA_ARGS__}) / sizeof(struct look))

TREE_TEST(a_state_that_is_there_needs_no_look) {
    begin("{}", "{}");
    seen = (struct observation){
        .kind = OBSERVATION_SEEN, .state = STATE_READY, .state_word = STR("running")};
    CHECK_INT(WAIT_FOR("running", {"running", ERR_OK}), ERR_OK);
    CHECK_INT(looked, 0);
    end();
}

TREE_TEST(looks_come_further_and_further_apart) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {"pending", 0}, {"pending", 0}, {"pending", 0}, {"pending", 0},
                       {"pending", 0}, {"running", 0}),
              ERR_OK);
    CHECK_INT(looked, 6);
    static const int64_t expected[] = {1000, 2000, 4000, 8000, 8000, 8000};
    int64_t before = 1000; /* where the fixture's time begins */
    for (size_t i = 0; i < 6; i++) {
        int64_t delay = looked_at[i] - before;
        CHECK(delay >= expected[i] * 9 / 10 && delay <= expected[i] * 11 / 10);
        before = looked_at[i];
    }
    CHECK_STR(seen.state_word, "running");
    CHECK_STR(value_text_at(seen.wire, "state"), "running");
    end();
}

TREE_TEST(progress_is_shown_as_it_goes_and_the_end_of_it) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {"pending", 0}, {"running", 0}), ERR_OK);
    CHECK(str_starts(fixture.lines, STR("* pending, 0 s\n* pending, 1/2 replicas ready, 1 s\n")) ||
          str_starts(fixture.lines, STR("* pending, 0 s\n* pending, 1/2 replicas ready, 0 s\n")));
    CHECK(str_find(fixture.lines, STR("\n* running, 1/2 replicas ready, ")) > 0);
    end();
}

TREE_TEST(a_failed_endpoint_ends_the_wait_with_its_own_words) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {"pending", 0}, {"failed", 0}), ERR_PRECONDITION);
    CHECK_INT(looked, 2);
    CHECK(str_starts(fixture.ctx.error.message.text,
                     STR("Toy: endpoint toy-1 is failed: so it is.")));
    CHECK_STR(seen.state_word, "failed");
    end();
}

TREE_TEST(a_pause_that_lingers_is_forgiven_a_new_one_is_not) {
    begin("{}", "{}");
    seen.state = STATE_PAUSED;
    CHECK_INT(WAIT_FOR("running", {"paused", 0}, {"paused", 0}, {"running", 0}), ERR_OK);
    end();
    begin("{}", "{}");
    seen.state = STATE_PAUSED;
    CHECK_INT(WAIT_FOR("running", {"paused", 0}), ERR_PRECONDITION);
    CHECK(fixture.ctx.clock->now_ms(fixture.ctx.clock) >= 10000);
    end();
}

TREE_TEST(a_pause_is_no_success_of_running_nor_the_other_way_round) {
    begin("{}", "{}");
    seen.state = STATE_READY;
    CHECK_INT(WAIT_FOR("paused", {"running", 0}, {"paused", 0}), ERR_OK);
    CHECK_INT(looked, 2);
    end();
}

TREE_TEST(sleep_counts_only_where_the_cloud_says_so) {
    begin("{}", "{\"sleepy\":true}");
    CHECK_INT(WAIT_FOR("running", {"asleep", 0}), ERR_OK);
    end();
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {"asleep", 0}, {"running", 0}), ERR_OK);
    CHECK_INT(looked, 2);
    end();
}

TREE_TEST(an_update_that_failed_ends_the_wait) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {"pending", 0}, {"stale", 0}), ERR_PRECONDITION);
    CHECK(str_find(fixture.ctx.error.message.text, STR("did not apply")) >= 0);
    end();
}

TREE_TEST(looks_that_fail_in_passing_are_repeated) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {NULL, ERR_UNAVAILABLE}, {NULL, ERR_EXHAUSTED},
                       {NULL, ERR_UNAVAILABLE}, {NULL, ERR_UNAVAILABLE}, {"running", 0}),
              ERR_OK);
    end();
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {NULL, ERR_UNAVAILABLE}), ERR_UNAVAILABLE);
    CHECK_INT(looked, 5);
    CHECK_STR(fixture.ctx.error.message.text, "Toy: the look failed");
    end();
}

TREE_TEST(looks_that_are_refused_are_not) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {NULL, ERR_UNAUTHENTICATED}), ERR_UNAUTHENTICATED);
    CHECK_INT(looked, 1);
    end();
}

TREE_TEST(an_endpoint_that_vanishes_is_told) {
    begin("{}", "{}");
    CHECK_INT(WAIT_FOR("running", {NULL, 0}), ERR_NOT_FOUND);
    CHECK_INT(seen.kind, OBSERVATION_GONE);
    end();
}

TREE_TEST(the_deadline_ends_the_wait) {
    begin("{}", "{}");
    call_set_deadline(&call, &(struct call_limit){30, "create", tables.wait.create_ms});
    CHECK_INT(WAIT_FOR("running", {"pending", 0}), ERR_DEADLINE);
    CHECK_INT(fixture.ctx.clock->now_ms(fixture.ctx.clock), 31000);
    CHECK(str_find(fixture.ctx.error.message.text, STR("still pending: so it is after 30 s")) >= 0);
    end();
}

TREE_TEST(cancelling_ends_the_wait) {
    begin("{}", "{}");
    cancel_trip(fixture.ctx.cancel);
    CHECK_INT(WAIT_FOR("running", {"pending", 0}), ERR_CANCELLED);
    CHECK_INT(looked, 0);
    end();
}

/* Holds from its so many-th question on. */
struct late_test {
    struct wait_test test;
    int after;
    int asked;
};

static bool holds_late(struct wait_test *self, const struct observation *shown) {
    struct late_test *late = (struct late_test *)self;
    (void)shown;
    late->asked++;
    return late->asked > late->after;
}

static int wait_shown(int after, const struct look *script, size_t count) {
    struct late_test late = {.test = {holds_late}, .after = after};
    looks = script;
    look_count = count;
    CHECK_INT(wait_until_shown(&call, STR("running"), &late.test, &seen), ERR_OK);
    return late.asked;
}

TREE_TEST(an_answer_is_followed_by_a_look_at_once) {
    static const struct look script[] = {{"running", 0}};
    begin("{}", "{}");
    seen.state = STATE_READY;
    CHECK_INT(wait_shown(0, script, 1), 1);
    CHECK_INT(looked, 1);
    CHECK_INT(looked_at[0], 1000); /* where the fixture's time begins */
    end();
}

TREE_TEST(what_does_not_show_is_looked_at_again_for_a_while) {
    static const struct look script[] = {{"running", 0}};
    begin("{}", "{}");
    seen.state = STATE_READY;
    CHECK_INT(wait_shown(2, script, 1), 3);
    CHECK_INT(looked, 3);
    end();
    begin("{}", "{}");
    seen.state = STATE_READY;
    (void)wait_shown(1000, script, 1);
    int64_t waited_ms = fixture.ctx.clock->now_ms(fixture.ctx.clock) - 1000;
    CHECK(waited_ms >= tables.wait.settle_ms && waited_ms < 2 * tables.wait.settle_ms);
    end();
}

TREE_TEST(the_state_counts_before_what_shows) {
    static const struct look script[] = {{"pending", 0}, {"pending", 0}, {"running", 0}};
    begin("{}", "{}");
    seen.state = STATE_READY;
    CHECK_INT(wait_shown(0, script, 3), 1);
    CHECK_INT(looked, 3);
    end();
}

static bool was_pending(const struct look *script, size_t count) {
    bool was = false;
    looks = script;
    look_count = count;
    CHECK_INT(wait_while_pending(&call, &was), ERR_OK);
    return was;
}

TREE_TEST(what_is_on_its_way_is_waited_out) {
    static const struct look script[] = {{"pending", 0}, {"pending", 0}, {"paused", 0}};
    begin("{}", "{}");
    CHECK(was_pending(script, 3));
    CHECK_INT(looked, 3);
    end();
    begin("{}", "{}");
    CHECK(!was_pending(script + 2, 1));
    CHECK_INT(looked, 1);
    end();
}

static int64_t deadline_of(const char *config, const char *inputs, double timeout_seconds) {
    begin(config, inputs);
    struct cancel *token = cancel_new(NULL, fixture.ctx.clock);
    struct cancel *kept = fixture.ctx.cancel;
    fixture.ctx.cancel = token;
    call_set_deadline(&call, &(struct call_limit){timeout_seconds, "create", 600000});
    int64_t deadline = cancel_deadline(token) - fixture.ctx.clock->now_ms(fixture.ctx.clock);
    fixture.ctx.cancel = kept;
    cancel_free(token);
    end();
    return deadline;
}

TREE_TEST(whose_time_counts) {
    const char *own = "{\"timeouts\":{\"create\":20}}";
    CHECK_INT(deadline_of("{\"timeout\":10}", own, 5), 5000);
    CHECK_INT(deadline_of("{\"timeout\":10}", own, 0), 20000);
    CHECK_INT(deadline_of("{\"timeout\":\"10\"}", "{}", 0), 10000);
    CHECK_INT(deadline_of("{}", "{}", 0), 600000);
    CHECK_INT(deadline_of("{}", "{}", 1e300), 30LL * 24 * 3600 * 1000);
}

/* What gave the time comes first, and nothing is named that could not give more. */
static void check_more(const char *config, const char *inputs, double asked_seconds,
                       const char *phase, const char *words) {
    begin(config, inputs);
    struct ctx timed = fixture.ctx;
    timed.cancel = cancel_new(NULL, fixture.ctx.clock);
    call.ctx = &timed;
    call_set_deadline(&call, &(struct call_limit){asked_seconds, phase, 600000});
    CHECK_STR_IS(outcome_more_time(&call).text, str_of(words));
    cancel_set_deadline(timed.cancel, 1); /* of a part of the call */
    CHECK_STR(outcome_more_time(&call).text, "");
    cancel_free(timed.cancel);
    end();
}

TREE_TEST(what_gives_more_time) {
    const char *own = "{\"timeouts\":{\"create\":20,\"delete\":30}}";
    check_more("{\"timeout\":10}", own, 2.5, "create",
               "For more time than 2.5 s raise the resource option customTimeouts.create, which "
               "takes precedence over the input timeouts.create and inference:timeout");
    check_more(
        "{\"timeout\":10}", own, 0, "create",
        "For more time than 20 s raise the input timeouts.create, or set the resource option "
        "customTimeouts.create");
    check_more("{\"timeout\":10}", "{}", 0, "create",
               "For more time than 10 s raise inference:timeout, or set the resource option "
               "customTimeouts.create or the input timeouts.create");
    check_more("{}", "{}", 0, "create",
               "For more time than the usual 600 s set the resource option customTimeouts.create, "
               "the input timeouts.create or inference:timeout");
    check_more(
        "{}", own, 0, "delete",
        "For more time than 30 s raise the input timeouts.delete, or set the resource option "
        "customTimeouts.delete; what the program says counts as the state records it, after "
        "a pulumi up");
    check_more("{}", "{}", 0, "read",
               "For more time than the usual 600 s set the resource option customTimeouts.read "
               "(where the CLI knows it) or inference:timeout; what the program says counts as the "
               "state records it, after a pulumi up");
    check_more("{\"timeout\":10}", own, 5, NULL, "");
    check_more(
        "{}", "{}", 1e300, "create",
        "For more time than 2592000 s raise the resource option customTimeouts.create, which "
        "takes precedence over the input timeouts.create and inference:timeout");
}

static enum err_code wait_gone(const struct look *script, size_t count) {
    looks = script;
    look_count = count;
    return wait_until_gone(&call);
}

TREE_TEST(gone_means_gone) {
    static const struct look script[] = {{"running", 0}, {"running", 0}, {NULL, 0}};
    begin("{}", "{}");
    CHECK_INT(wait_gone(script, 3), ERR_OK);
    CHECK_INT(looked, 3);
    call_set_deadline(&call, &(struct call_limit){30, "delete", 60000});
    looked = 0;
    CHECK_INT(wait_gone(script, 1), ERR_DEADLINE);
    CHECK(str_starts(fixture.ctx.error.message.text,
                     STR("Toy: endpoint toy-1 was still there (running: so it is) after 30 s")));
    end();
}

TREE_TEST(long_waits_do_not_pile_up) {
    begin("{}", "{}");
    fixture.sink.min_level = LOG_ERROR;
    call_set_deadline(&call, &(struct call_limit){3600, "create", 0});
    CHECK_INT(WAIT_FOR("running", {"pending", 0}), ERR_DEADLINE);
    CHECK(looked > 400);
    CHECK(arena_used(arena) < 200 * 1024);
    end();
}

TEST_MAIN {
    RUN(a_state_that_is_there_needs_no_look);
    RUN(looks_come_further_and_further_apart);
    RUN(progress_is_shown_as_it_goes_and_the_end_of_it);
    RUN(a_failed_endpoint_ends_the_wait_with_its_own_words);
    RUN(a_pause_that_lingers_is_forgiven_a_new_one_is_not);
    RUN(a_pause_is_no_success_of_running_nor_the_other_way_round);
    RUN(sleep_counts_only_where_the_cloud_says_so);
    RUN(an_update_that_failed_ends_the_wait);
    RUN(looks_that_fail_in_passing_are_repeated);
    RUN(looks_that_are_refused_are_not);
    RUN(an_endpoint_that_vanishes_is_told);
    RUN(the_deadline_ends_the_wait);
    RUN(cancelling_ends_the_wait);
    RUN(an_answer_is_followed_by_a_look_at_once);
    RUN(what_does_not_show_is_looked_at_again_for_a_while);
    RUN(the_state_counts_before_what_shows);
    RUN(what_is_on_its_way_is_waited_out);
    RUN(whose_time_counts);
    RUN(what_gives_more_time);
    RUN(gone_means_gone);
    RUN(long_waits_do_not_pile_up);
}
