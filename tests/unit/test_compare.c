#include "core/props/compare.h"

#include "clouds/clouds.h"
#include "trees.h"

static const char *no_environment(const char *name) {
    (void)name;
    return NULL;
}

/* Of MaaS: a region, and a project that may be looked up. NULL for none. */
static struct comparison compared(const char *config, const char *olds, const char *news,
                                  const char *outputs) {
    static const struct cloud *const clouds[] = {&cloud_maas, NULL};
    static const struct provider_options options = {.getenv = no_environment, .clouds = clouds};
    const struct configure_request request = {.args = tree(arena, config)};
    struct config *made = NULL;
    struct comparison out = {.olds = NULL};
    if (CHECK_INT(config_new(&fixture.ctx, &options, &request, &made), ERR_OK)) {
        out =
            compare_inputs(&fixture.ctx, &cloud_maas, made, olds == NULL ? NULL : tree(arena, olds),
                           tree(arena, news), outputs == NULL ? NULL : tree(arena, outputs));
        out.olds = value_copy(arena, out.olds);
        out.news = value_copy(arena, out.news);
    }
    config_free(made);
    return out;
}

static struct str replacing(const struct comparison *both) {
    struct path_list list = compare_replacing(&fixture.ctx, cloud_maas.tables, both);
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < list.count; i++) {
        text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i > 0 ? " " : "",
                            STR_ARG(list.paths[i]));
    }
    return text;
}

TREE_TEST(what_the_inputs_say_counts) {
    struct comparison both = compared(
        "{\"maasRegion\":\"c\"}", "{\"region\":\"a\",\"projectId\":\"1\"}",
        "{\"region\":\"b\",\"projectId\":\"2\"}", "{\"region\":\"o\",\"projectId\":\"3\"}");
    CHECK_TREE(both.olds, "{\"region\":\"a\",\"projectId\":\"1\"}");
    CHECK_TREE(both.news, "{\"region\":\"b\",\"projectId\":\"2\"}");
    CHECK_STR(replacing(&both), "region projectId");
}

TREE_TEST(outputs_say_where_an_old_endpoint_lives) {
    struct comparison both =
        compared("{\"maasRegion\":\"c\"}", "{}", "{}", "{\"region\":\"o\",\"projectId\":\"3\"}");
    CHECK_TREE(both.olds, "{\"region\":\"o\",\"projectId\":\"3\"}");
    CHECK_TREE(both.news, "{\"region\":\"c\",\"projectId\":\"3\"}");
    CHECK_STR(replacing(&both), "region");
}

TREE_TEST(else_the_configuration_does) {
    struct comparison both = compared("{\"maasRegion\":\"c\"}", "{}", "{}", "{\"name\":\"n\"}");
    CHECK_TREE(both.olds, "{\"region\":\"c\"}");
    CHECK_TREE(both.news, "{\"region\":\"c\"}");
    CHECK_STR(replacing(&both), "");
}

TREE_TEST(what_nobody_says_any_more_stays) {
    struct comparison both = compared("{\"maasRegion\":\"c\"}", "{\"projectId\":\"1\"}", "{}",
                                      "{\"region\":\"c\",\"projectId\":\"1\"}");
    CHECK_TREE(both.news, "{\"region\":\"c\",\"projectId\":\"1\"}");
    CHECK_STR(replacing(&both), "");
}

TREE_TEST(a_check_does_not_take_a_place_that_was_looked_up_for_another) {
    struct comparison both =
        compared("{}", "{\"region\":\"a\"}", "{\"region\":\"a\",\"projectId\":\"2\"}", NULL);
    CHECK_TREE(both.olds, "{\"region\":\"a\",\"projectId\":\"2\"}");
    CHECK_STR(replacing(&both), "");
}

TREE_TEST(in_a_check_an_old_endpoint_lives_where_the_configuration_says) {
    struct comparison both = compared("{\"maasProjectId\":\"1\"}", "{\"region\":\"a\"}",
                                      "{\"region\":\"a\",\"projectId\":\"2\"}", NULL);
    CHECK_TREE(both.olds, "{\"region\":\"a\",\"projectId\":\"1\"}");
    CHECK_STR(replacing(&both), "projectId");
}

TREE_TEST(outputs_stand_in_for_inputs_that_the_state_does_not_hold) {
    struct comparison both = compared("{}", NULL, "{\"region\":\"b\",\"modelName\":\"m\"}",
                                      "{\"region\":\"a\",\"modelName\":\"m\"}");
    CHECK_TREE(both.olds, "{\"region\":\"a\",\"modelName\":\"m\"}");
    CHECK_STR(replacing(&both), "region");
}

TEST_MAIN {
    RUN(what_the_inputs_say_counts);
    RUN(outputs_say_where_an_old_endpoint_lives);
    RUN(else_the_configuration_does);
    RUN(what_nobody_says_any_more_stays);
    RUN(a_check_does_not_take_a_place_that_was_looked_up_for_another);
    RUN(in_a_check_an_old_endpoint_lives_where_the_configuration_says);
    RUN(outputs_stand_in_for_inputs_that_the_state_does_not_hold);
}
