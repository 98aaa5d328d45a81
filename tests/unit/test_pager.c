/* Lists page by page: what is given, what is asked for, and what is no list. */
#include "core/endpoint/pager.h"

#include "base/flight.h"
#include "core/endpoint/sweep.h"
#include "trees.h"

/* One operation that puts every parameter of a page into its query. */
static const struct operation_query query[] = {{"size", "{pageSize}", true},
                                               {"page", "{pageNumber}", true},
                                               {"offset", "{pageOffset}", true},
                                               {"cursor", "{pageCursor}", true}};
static const struct operation operations[] = {{.name = "list",
                                               .doing = "listing",
                                               .method = "GET",
                                               .host = "api",
                                               .path = "/",
                                               .query = query,
                                               .query_count = 4,
                                               .repeat = REPEAT_SAFE}};
static const char *const messages[] = {"message", NULL};
static const struct error_shape errors = {.message = messages};
static const struct failure_row failures[] = {
    {.status_min = 404, .status_max = 404, .class = FAILURE_NOT_FOUND}};
static const struct retry_policy retry = {.max_tries = 1};
static const struct rest_base_url urls[] = {{"api", STR("https://toy.example")}};

static struct cloud_tables tables;
static struct cloud toy;
static struct fake_transport transport;
static struct rest_session session;
static struct cloud_call call;
static struct pager pager;
static struct str given; /* "id=name" of each, one blank behind each */

static const struct list_table whole = {
    .operation = "list", .style = LIST_WHOLE, .items = "items", .name = "name"};
static const struct list_table cursors = {.operation = "list",
                                          .style = LIST_CURSOR,
                                          .items = "items",
                                          .next = "next",
                                          .name = "name",
                                          .size = 3};
static const struct list_table pages = {.operation = "list",
                                        .style = LIST_PAGE,
                                        .items = "items",
                                        .total = "total",
                                        .id = "id",
                                        .name = "name",
                                        .size = 2};
static const struct list_table guessed = {.operation = "list",
                                          .style = LIST_PAGE,
                                          .items = "items",
                                          .id = "id",
                                          .name = "name",
                                          .size = 2,
                                          .undocumented = true};
static const struct list_table offsets = {.operation = "list",
                                          .style = LIST_OFFSET,
                                          .items = "items",
                                          .total = "total",
                                          .id = "id",
                                          .name = "name",
                                          .size = 2,
                                          .empty_by_total = true};

static void open_toy(const struct list_table *list, const struct fake_step *steps, size_t count) {
    tables = (struct cloud_tables){.title = "Toy",
                                   .operations = operations,
                                   .operation_count = 1,
                                   .list = *list,
                                   .service = {.title = "Toy",
                                               .errors = &errors,
                                               .failures = failures,
                                               .failure_count = 1,
                                               .retry = &retry}};
    toy = (struct cloud){.tables = &tables};
    fake_transport_init(&transport, &fixture, steps, count);
    session = (struct rest_session){.service = &tables.service,
                                    .transport = &transport.base,
                                    .scheme = sign_scheme_find("bearer"),
                                    .credential = {.token = STR("t")},
                                    .base_urls = urls,
                                    .base_url_count = 1};
    call = (struct cloud_call){
        .ctx = &fixture.ctx, .cloud = &toy, .session = &session, .params = value_map(arena)};
    given = STR_EMPTY;
}

#define REPLY(text) \
    { .status = 200, .body = (text) }
#define ITEM(id) "{\"id\":\"" id "\",\"name\":\"n" id "\"}"
#define PAGE(total, items) REPLY("{\"total\":" total ",\"items\":[" items "]}")
#define CURSOR(next, items) REPLY("{\"next\":" next ",\"items\":[" items "]}")

static void close_toy(void) {
    transport.base.free(&transport.base);
}

/* Gives so many, or all that there are; the pager stays open. */
static void give(int most) {
    struct pager_item item;
    for (int i = 0; i < most && pager_next(&pager, &item); i++) {
        given = arena_printf(arena, "%.*s%.*s=%.*s ", STR_ARG(given), STR_ARG(item.id),
                             STR_ARG(item.name));
    }
}

static enum err_code walk(void) {
    pager_begin(&pager, &call);
    give(1000000);
    return pager_end(&pager);
}

/* One call of List: so many from the token on; the next token. */
static struct str give_from(struct str token, int most) {
    pager_resume(&pager, &call, token, 0);
    give(most);
    struct str next = pager_token(&pager, arena);
    CHECK_INT(pager_end(&pager), ERR_OK);
    return next;
}

static void check_queries(const char *expected) {
    struct str asked = STR_EMPTY;
    for (size_t i = 0; i < transport.request_count && i < FAKE_REQUESTS_MAX; i++) {
        struct str rest = STR_EMPTY;
        (void)str_split(transport.requests[i].url, '?', &rest);
        asked = arena_printf(arena, "%.*s[%.*s]", STR_ARG(asked), STR_ARG(rest));
    }
    CHECK_STR_IS(asked, str_of(expected));
}

/* What each style asks for. */

TREE_TEST(a_whole_list_is_one_reply) {
    open_toy(&whole, STEPS(REPLY("{\"items\":[" ITEM("1") "," ITEM("2") "]}")));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "n1=n1 n2=n2 ");
    check_queries("[]");
    CHECK_INT(call.params->map.count, 0);
    close_toy();
}

TREE_TEST(cursors_lead_on_until_there_is_none) {
    open_toy(&cursors, STEPS(CURSOR("\"a\"", ITEM("1")), CURSOR("\"b\"", ""),
                             CURSOR("7", ITEM("2")), CURSOR("null", ITEM("3"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "n1=n1 n2=n2 n3=n3 ");
    check_queries("[size=3][size=3&cursor=a][size=3&cursor=b][size=3&cursor=7]");
    close_toy();
}

TREE_TEST(pages_end_with_one_that_is_not_full) {
    open_toy(&pages, STEPS(PAGE("3", ITEM("1") "," ITEM("2")), PAGE("3", ITEM("3"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 3=n3 ");
    check_queries("[size=2&page=1][size=2&page=2]");
    close_toy();
}

TREE_TEST(a_full_page_is_not_the_last_whatever_the_total_says) {
    open_toy(&pages, STEPS(PAGE("2", ITEM("1") "," ITEM("2")), PAGE("3", ITEM("3")),
                           PAGE("3", ITEM("1") "," ITEM("2")), PAGE("3", ITEM("3"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 3=n3 ");
    close_toy();
}

TREE_TEST(pages_smaller_than_asked_are_read_on) {
    open_toy(&pages, STEPS(PAGE("2", ITEM("1")), PAGE("2", ITEM("2"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 ");
    close_toy();
}

TREE_TEST(offsets_go_on_where_the_last_page_ended) {
    open_toy(&offsets,
             STEPS(PAGE("\"4\"", ITEM("1") "," ITEM("2") "," ITEM("3")), PAGE("4", ITEM("4"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 3=n3 4=n4 ");
    check_queries("[][size=2&offset=3]");
    close_toy();
}

TREE_TEST(pages_that_are_only_guessed_end_in_three_ways) {
    open_toy(&guessed, STEPS(PAGE("0", ITEM("1") "," ITEM("2")), PAGE("0", "")));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 ");
    close_toy();
    open_toy(&guessed,
             STEPS(PAGE("0", ITEM("1")), {.status = 404, .body = "{\"message\":\"no page\"}"}));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 ");
    close_toy();
    open_toy(&guessed,
             STEPS(PAGE("0", ITEM("1") "," ITEM("2")), PAGE("0", ITEM("1") "," ITEM("2"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 ");
    check_queries("[size=2&page=1][size=2&page=2]");
    close_toy();
}

TREE_TEST(a_404_of_somebody_else_or_of_the_first_page_is_no_end) {
    open_toy(&guessed, STEPS(PAGE("0", ITEM("1")), {.status = 404, .body = "<html>"}));
    CHECK_INT(walk(), ERR_NOT_FOUND);
    close_toy();
    open_toy(&guessed, STEPS(PAGE("0", ITEM("1")), {.status = 404, .body = "{}"}));
    CHECK_INT(walk(), ERR_NOT_FOUND);
    close_toy();
    open_toy(&guessed, STEPS({.status = 404, .body = "{}"}));
    CHECK_INT(walk(), ERR_NOT_FOUND);
    close_toy();
    open_toy(&guessed, STEPS({.status = 404, .body = "{\"message\":\"no page\"}"}));
    CHECK_INT(walk(), ERR_NOT_FOUND);
    close_toy();
}

/* What moves between two pages. */

TREE_TEST(what_is_inserted_meanwhile_ends_nothing_and_is_given_once) {
    open_toy(&pages, STEPS(PAGE("3", ITEM("1") "," ITEM("2")), PAGE("4", ITEM("2") "," ITEM("3")),
                           PAGE("4", ""), PAGE("4", ITEM("0") "," ITEM("1")),
                           PAGE("4", ITEM("2") "," ITEM("3")), PAGE("4", "")));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 3=n3 0=n0 ");
    check_queries("[size=2&page=1][size=2&page=2][size=2&page=3]"
                  "[size=2&page=1][size=2&page=2][size=2&page=3]");
    close_toy();
}

TREE_TEST(what_moved_up_because_of_a_deletion_is_found_by_another_walk) {
    open_toy(&pages, STEPS(PAGE("3", ITEM("1") "," ITEM("2")), PAGE("2", ""),
                           PAGE("2", ITEM("2") "," ITEM("3")), PAGE("2", "")));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 3=n3 ");
    close_toy();
}

TREE_TEST(without_a_total_a_second_walk_shows_what_was_hidden) {
    open_toy(&guessed,
             STEPS(PAGE("0", ITEM("1") "," ITEM("2")), PAGE("0", ITEM("4")), PAGE("0", ""),
                   PAGE("0", ITEM("2") "," ITEM("3")), PAGE("0", ITEM("4")), PAGE("0", ""),
                   PAGE("0", ITEM("2") "," ITEM("3")), PAGE("0", ITEM("4")), PAGE("0", "")));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 4=n4 3=n3 ");
    CHECK_INT(transport.request_count, 9);
    close_toy();
}

TREE_TEST(a_list_that_never_holds_still_proves_nothing) {
    open_toy(&offsets, STEPS(PAGE("3", ITEM("1")), PAGE("2", ITEM("2")), PAGE("3", ITEM("1")),
                             PAGE("2", ITEM("2")), PAGE("3", ITEM("1")), PAGE("2", ITEM("2"))));
    CHECK_INT(walk(), ERR_UNAVAILABLE);
    CHECK_STR(fixture.ctx.error.message.text,
              "Toy: listing: the list changed each time it was read, so nothing is taken as "
              "deleted; try again");
    CHECK_INT(transport.request_count, 6);
    close_toy();
}

TREE_TEST(a_page_may_hold_only_what_was_pushed_there) {
    open_toy(&pages, STEPS(PAGE("2", ITEM("1") "," ITEM("2")), PAGE("3", ITEM("2")),
                           PAGE("3", ITEM("0") "," ITEM("1")), PAGE("3", ITEM("2"))));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 0=n0 ");
    close_toy();
    open_toy(&guessed,
             STEPS(PAGE("0", ITEM("1") "," ITEM("2")), PAGE("0", ITEM("2")), PAGE("0", "")));
    CHECK_INT(walk(), ERR_OK);
    CHECK_STR(given, "1=n1 2=n2 ");
    close_toy();
}

/* What is no list. */

static void check_refused(const struct list_table *list, const struct fake_step *steps,
                          size_t count, const char *part) {
    open_toy(list, steps, count);
    CHECK_INT(walk(), ERR_UNAVAILABLE);
    CHECK(str_starts(fixture.ctx.error.message.text, STR("Toy: listing: ")));
    if (str_find(fixture.ctx.error.message.text, str_of(part)) < 0) {
        CHECK_STR_IS(fixture.ctx.error.message.text, str_of(part));
    }
    CHECK(transport.request_count <= count);
    close_toy();
}

TREE_TEST(a_reply_without_what_is_documented_is_an_error) {
    static const char *const bodies[] = {"{}",
                                         "[]",
                                         "7",
                                         "{\"total\":0}",
                                         "{\"total\":0,\"items\":null}",
                                         "{\"total\":0,\"items\":{}}",
                                         "{\"items\":[]}",
                                         "{\"total\":-1,\"items\":[]}",
                                         "{\"total\":\"many\",\"items\":[]}"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        check_refused(&pages, STEPS(REPLY(bodies[i])), "no list of endpoints");
    }
    open_toy(&offsets, STEPS(REPLY("{\"total\":0}")));
    CHECK_INT(walk(), ERR_OK);
    close_toy();
    check_refused(&offsets, STEPS(REPLY("{\"total\":1}")), "no list of endpoints");
}

TREE_TEST(an_item_that_is_no_endpoint_is_an_error) {
    static const char *const items[] = {"null",          "7",           "\"x\"", "[]", "{}",
                                        "{\"id\":\"\"}", "{\"id\":1.5}"};
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        struct str body =
            arena_printf(arena, "{\"total\":2,\"items\":[" ITEM("1") ",%s]}", items[i]);
        check_refused(&pages, STEPS(REPLY(body.ptr)), "something that is no endpoint");
        CHECK_STR(given, "");
    }
}

TREE_TEST(a_page_that_does_not_advance_is_an_error) {
    check_refused(&cursors, STEPS(CURSOR("\"a\"", ITEM("1")), CURSOR("\"a\"", ITEM("2"))),
                  "names itself as the next");
    check_refused(
        &cursors,
        STEPS(CURSOR("\"a\"", ITEM("1")), CURSOR("\"b\"", ITEM("2")), CURSOR("\"a\"", ITEM("1"))),
        "shows nothing new");
    check_refused(&pages,
                  STEPS(PAGE("9", ITEM("1") "," ITEM("2")), PAGE("9", ITEM("2") "," ITEM("1"))),
                  "shows nothing new");
    check_refused(&offsets, STEPS(PAGE("9", ITEM("1")), PAGE("9", ITEM("1"))), "shows nothing new");
    check_refused(
        &guessed,
        STEPS(PAGE("9", ITEM("1") "," ITEM("2")), PAGE("9", ITEM("2")), PAGE("9", ITEM("1"))),
        "shows nothing new");
    check_refused(&guessed,
                  STEPS(PAGE("9", ITEM("1") "," ITEM("2")), PAGE("9", ITEM("3")),
                        PAGE("9", ITEM("3") "," ITEM("2"))),
                  "shows nothing new");
}

TREE_TEST(a_list_shorter_than_its_total_is_an_error) {
    check_refused(&pages, STEPS(PAGE("3", ITEM("1") "," ITEM("2")), PAGE("3", "")),
                  "shorter than its own total");
    check_refused(&offsets, STEPS(PAGE("3", ITEM("1")), PAGE("3", "")),
                  "shorter than its own total");
}

TREE_TEST(empty_pages_without_end_end) {
    static char bodies[4][64] = {"{\"next\":\"a\",\"items\":[]}", "{\"next\":\"b\",\"items\":[]}"};
    static struct fake_step steps[2000];
    for (size_t i = 0; i < 2000; i++) {
        steps[i] = (struct fake_step){.status = 200, .body = bodies[i % 2]};
    }
    open_toy(&cursors, steps, 2000);
    CHECK_INT(walk(), ERR_UNAVAILABLE);
    CHECK_STR(fixture.ctx.error.message.text, "Toy: listing: the list does not end");
    CHECK_INT(transport.request_count, 1000);
    CHECK(arena_used(arena) < 1024 * 1024); /* a thousand pages do not pile up */
    close_toy();
}

/* List, call by call. */

TREE_TEST(a_token_goes_on_in_the_middle_of_a_page) {
    open_toy(&pages, STEPS(PAGE("4", ITEM("1") "," ITEM("2")), PAGE("4", ITEM("3") "," ITEM("4")),
                           PAGE("4", ITEM("3") "," ITEM("4")), PAGE("4", "")));
    struct str token = give_from(STR_EMPTY, 3);
    CHECK_STR(token, "3");
    CHECK_STR(give_from(token, 3), "");
    CHECK_STR(given, "1=n1 2=n2 3=n3 4=n4 ");
    check_queries("[size=2&page=1][size=2&page=2][size=2&page=2][size=2&page=3]");
    close_toy();
    open_toy(&cursors,
             STEPS(CURSOR("\"a:b\"", ITEM("1") "," ITEM("2")),
                   CURSOR("\"a:b\"", ITEM("1") "," ITEM("2")), CURSOR("null", ITEM("3"))));
    token = give_from(STR_EMPTY, 1);
    CHECK_STR(token, "1:");
    token = give_from(token, 1);
    CHECK_STR(token, "0:a:b");
    CHECK_STR(give_from(token, 9), "");
    CHECK_STR(given, "n1=n1 n2=n2 n3=n3 ");
    check_queries("[size=3][size=3][size=3&cursor=a%3Ab]");
    close_toy();
}

TREE_TEST(a_token_counts_pages_that_are_smaller_than_was_asked_for) {
    open_toy(&pages, STEPS(PAGE("4", ITEM("1")), PAGE("4", ITEM("2")), PAGE("4", ITEM("2")),
                           PAGE("4", ITEM("3")), PAGE("4", ITEM("4"))));
    struct str token = give_from(STR_EMPTY, 1);
    CHECK_STR(token, "2:1");
    token = give_from(token, 1);
    CHECK_STR(token, "4:2");
    close_toy();
    open_toy(&pages, STEPS(PAGE("4", ITEM("3")), PAGE("4", ITEM("4"))));
    CHECK_STR(give_from(STR("4:2"), 9), "");
    CHECK_STR(given, "3=n3 4=n4 ");
    check_queries("[size=2&page=3][size=2&page=4]");
    close_toy();
}

TREE_TEST(a_token_may_point_behind_a_page_that_became_smaller) {
    open_toy(&cursors, STEPS(CURSOR("\"a\"", ITEM("1")), CURSOR("null", ITEM("2") "," ITEM("3"))));
    CHECK_STR(give_from(STR("2:"), 9), "");
    CHECK_STR(given, "n3=n3 ");
    close_toy();
}

TREE_TEST(tokens_of_nobody_are_the_beginning) {
    static const char *const tokens[] = {"x", "-3", "nan", "1e99", ":"};
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        open_toy(&pages, STEPS(PAGE("1", ITEM("1"))));
        CHECK_STR(give_from(str_of(tokens[i]), 9), "");
        CHECK_STR(given, "1=n1 ");
        close_toy();
    }
}

TREE_TEST(what_is_only_good_as_a_whole_has_no_tokens) {
    open_toy(&offsets, STEPS(PAGE("3", ITEM("1") "," ITEM("2") "," ITEM("3"))));
    CHECK_STR(give_from(STR("2"), 2), "");
    CHECK_STR(given, "1=n1 2=n2 ");
    check_queries("[]");
    close_toy();
}

/* Looking for one. */

TREE_TEST(one_is_found_by_its_id_or_by_its_name) {
    const struct value *wire = NULL;
    struct str id = STR_EMPTY;
    open_toy(&pages, STEPS(PAGE("3", ITEM("1") "," ITEM("2")), PAGE("3", ITEM("3")),
                           PAGE("3", ITEM("1") "," ITEM("2"))));
    CHECK_INT(pager_find(&call, STR("3"), STR("n1"), &wire, &id), ERR_OK);
    CHECK_STR(value_text_at(wire, "name"), "n3");
    CHECK_INT(pager_find(&call, STR_EMPTY, STR("n1"), &wire, &id), ERR_OK);
    CHECK_STR(id, "1");
    CHECK_INT(transport.request_count, 3);
    close_toy();
    open_toy(&pages, STEPS(PAGE("1", ITEM("1"))));
    CHECK_INT(pager_find(&call, STR("7"), STR_EMPTY, &wire, &id), ERR_OK);
    CHECK(wire == NULL);
    close_toy();
}

TREE_TEST(a_sweep_keeps_all_and_what_is_told_beside) {
    struct sweep sweep;
    open_toy(&offsets, STEPS(REPLY("{\"total\":2,\"limit\":\"9\",\"items\":[" ITEM("1") "]}"),
                             REPLY("{\"total\":2,\"limit\":9,\"items\":[" ITEM("2") "]}")));
    call.sweeps = sweeps_new(fixture.ctx.clock, "Toy");
    CHECK_INT(sweep_begin(&call, &sweep), ERR_OK);
    CHECK_TREE(sweep.items, "[" ITEM("1") "," ITEM("2") "]");
    CHECK_TREE(sweep.figures, "{\"limit\":9,\"total\":2}");
    sweep_end(&sweep);
    sweeps_free(call.sweeps);
    close_toy();
}

TEST_MAIN {
    RUN(a_whole_list_is_one_reply);
    RUN(cursors_lead_on_until_there_is_none);
    RUN(pages_end_with_one_that_is_not_full);
    RUN(a_full_page_is_not_the_last_whatever_the_total_says);
    RUN(pages_smaller_than_asked_are_read_on);
    RUN(offsets_go_on_where_the_last_page_ended);
    RUN(pages_that_are_only_guessed_end_in_three_ways);
    RUN(a_404_of_somebody_else_or_of_the_first_page_is_no_end);
    RUN(what_is_inserted_meanwhile_ends_nothing_and_is_given_once);
    RUN(what_moved_up_because_of_a_deletion_is_found_by_another_walk);
    RUN(without_a_total_a_second_walk_shows_what_was_hidden);
    RUN(a_list_that_never_holds_still_proves_nothing);
    RUN(a_page_may_hold_only_what_was_pushed_there);
    RUN(a_reply_without_what_is_documented_is_an_error);
    RUN(an_item_that_is_no_endpoint_is_an_error);
    RUN(a_page_that_does_not_advance_is_an_error);
    RUN(a_list_shorter_than_its_total_is_an_error);
    RUN(empty_pages_without_end_end);
    RUN(a_token_goes_on_in_the_middle_of_a_page);
    RUN(a_token_counts_pages_that_are_smaller_than_was_asked_for);
    RUN(a_token_may_point_behind_a_page_that_became_smaller);
    RUN(tokens_of_nobody_are_the_beginning);
    RUN(what_is_only_good_as_a_whole_has_no_tokens);
    RUN(one_is_found_by_its_id_or_by_its_name);
    RUN(a_sweep_keeps_all_and_what_is_told_beside);
}
