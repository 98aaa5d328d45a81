/* BytePlus ModelArk: the hooks that send nothing. */
#include <math.h>

#include "cloud_hooks.h"
#include "clouds/ark/rolling.h"
#include "core/endpoint/mark.h"

static struct str checked(const char *inputs) {
    return hooks_check(&cloud_ark, NULL, inputs);
}

TREE_TEST(names_of_models_are_lower_case) {
    static const char named[] = "{\"modelReference\":{\"foundationModel\":{\"name\":\"%s\"}}}";
    CHECK_STR(checked(arena_printf(arena, named, "seed-1-6").ptr), "");
    CHECK_STR(checked(arena_printf(arena, named, "Seed-1-6").ptr),
              "modelReference.foundationModel.name: model names are lower case: \"seed-1-6\"\n");
    CHECK_STR(checked("{\"modelReference\":{\"foundationModel\":{\"name\":\"$unknown\"}}}"), "");
}

TREE_TEST(reserved_and_repeated_keys_of_tags_are_refused_by_path) {
    static const char reserved[] =
        "keys that start with sys: or volc:, and " MARK_NAME ", are reserved";
    CHECK_STR(checked("{\"tags\":[{\"key\":\"a\"},{\"key\":\"system\"},{\"key\":\"$unknown\"}]}"),
              "");
    CHECK_STR_IS(checked("{\"tags\":[{\"key\":\"a\"},{\"key\":\"sys:a\"},{\"key\":\"volc:b\"},"
                         "{\"key\":\"" MARK_NAME "\"}]}"),
                 arena_printf(arena, "tags[1].key: %s\ntags[2].key: %s\ntags[3].key: %s\n",
                              reserved, reserved, reserved));
    CHECK_STR(
        checked("{\"tags\":[{\"key\":\"a\"},{\"key\":\"b\"},{\"key\":\"a\"},{\"key\":\"a\"}]}"),
        "tags[2].key: the key is used twice\ntags[3].key: the key is used twice\n");
}

TREE_TEST(an_endpoint_may_be_nested_in_the_result) {
    CHECK_TREE(hooks_normalise(&cloud_ark, "{\"Id\":\"e\"}"), "{\"Id\":\"e\"}");
    CHECK_TREE(hooks_normalise(&cloud_ark, "{\"Endpoint\":{\"Id\":\"e\"}}"), "{\"Id\":\"e\"}");
    CHECK_TREE(hooks_normalise(&cloud_ark, "{\"Endpoint\":\"e\"}"), "{\"Endpoint\":\"e\"}");
    CHECK(cloud_ark.hooks.normalise(&fixture.ctx, NULL) == NULL);
}

static const struct value *base_url(const char *settings, const char *outputs) {
    return value_get_c(hooks_derive(&cloud_ark, settings, outputs), "baseUrl");
}

TREE_TEST(hosts_of_the_data_plane_carry_the_region_without_its_number) {
    CHECK_TREE(base_url("{}", "{\"region\":\"ap-southeast-1\"}"),
               "\"https://ark.ap-southeast.bytepluses.com/api/v3\"");
    CHECK_TREE(base_url("{}", "{\"region\":\"eu-west-1\",\"batchOnly\":true}"),
               "\"https://ark.eu-west.bytepluses.com/api/v3/batch\"");
    CHECK_TREE(base_url("{\"arkRegion\":\"cn-beijing\"}", "{\"region\":\"cn-beijing\"}"),
               "\"https://ark.cn-beijing.volces.com/api/v3\"");
    CHECK_TREE(base_url("{\"arkDataPlaneEndpoint\":\"https://x.example.com/v3/\"}",
                        "{\"region\":\"eu-west-1\",\"batchOnly\":false}"),
               "\"https://x.example.com/v3\"");
    CHECK_TREE(base_url("{}", "{\"region\":\"$unknown\"}"), "\"$unknown\"");
    CHECK_TREE(base_url("{}", "{\"region\":\"eu-west-1\",\"batchOnly\":\"$unknown\"}"),
               "\"$unknown\"");
}

TREE_TEST(callers_are_told_the_endpoint_as_their_model) {
    CHECK_TREE(hooks_derive(&cloud_ark, "{\"portkeyProvider\":\"mine\"}",
                            "{\"endpointId\":\"ep-1\",\"region\":\"ap-southeast-1\"}"),
               "{\"baseUrl\":\"https://ark.ap-southeast.bytepluses.com/api/v3\",\"model\":\"ep-1\","
               "\"portkeyModel\":\"@mine/ep-1\",\"portkeyProvider\":\"mine\","
               "\"portkeyRegion\":\"ap-southeast-1\"}");
    CHECK_TREE(
        hooks_derive(&cloud_ark, "{\"portkeyProvider\":\"mine\"}",
                     "{\"endpointId\":\"$unknown\",\"region\":\"ap-southeast-1\"}"),
        "{\"baseUrl\":\"https://ark.ap-southeast.bytepluses.com/api/v3\",\"model\":\"$unknown\","
        "\"portkeyModel\":\"$unknown\",\"portkeyProvider\":\"mine\","
        "\"portkeyRegion\":\"ap-southeast-1\"}");
}

/* A switch without a wait of real time: how many looks at it until all has moved. The first step is
 * done when it begins. */
static int looks_of_a_switch(double step, double minutes) {
    struct rolling rolling = {.state = ROLLING_RUNNING, .step = step, .minutes = minutes};
    double passed_ms = 0;
    int64_t delay_ms = 0;
    int looks = 0;
    for (; looks < 10000; looks++) {
        double steps = 1 + floor(passed_ms / (minutes * 60 * 1000));
        rolling.percent = fmin(100, steps * step);
        if (rolling.percent >= 100) {
            break;
        }
        delay_ms = rolling_pause_ms(delay_ms, rolling_minutes_left(&rolling));
        CHECK(delay_ms >= 1000 && delay_ms <= 120000);
        passed_ms += (double)delay_ms;
    }
    CHECK(passed_ms <= (ceil(100 / step) - 1) * minutes * 60 * 1000 + 120000);
    return looks + 1;
}

TREE_TEST(a_switch_of_50_minutes_takes_few_looks) {
    CHECK(looks_of_a_switch(2, 1) < 45);
    CHECK(looks_of_a_switch(100, 1) < 5);
    CHECK(looks_of_a_switch(50, 10) < 30);
    CHECK(looks_of_a_switch(1, 60) < 3100);
    CHECK_INT(rolling_pause_ms(0, 50), 1000);
    CHECK_INT(rolling_pause_ms(1000, 50), 1500);
    CHECK_INT(rolling_pause_ms(100000, 1), 60000);
    CHECK_INT(rolling_pause_ms(4000, 0), 6000);
}

static struct str planned(const char *outputs, const char *news) {
    static const char olds[] =
        "{\"modelReference\":{\"foundationModel\":{\"name\":\"m\",\"modelVersion\":\"1\"}}}";
    struct switch_plan plan = rolling_switching.plan(&fixture.ctx, tree(arena, outputs),
                                                     tree(arena, olds), tree(arena, news));
    return arena_printf(arena, "%s%.*s", plan.in_place ? "in place: " : "",
                        STR_ARG(plan.words.text));
}

#define MODEL_2 "\"modelReference\":{\"foundationModel\":{\"name\":\"m\",\"modelVersion\":\"2\"}}"

TREE_TEST(what_a_switch_is_planned_as) {
    CHECK_STR(planned("{}", "{" MODEL_2 "}"),
              "in place: traffic moves to 2 by 2 % a minute, and its id stays");
    CHECK_STR(planned("{}", "{\"switchStrategy\":{\"step\":10,\"minutes\":5}," MODEL_2 "}"),
              "in place: traffic moves to 2 by 10 % every 5 minutes, and its id stays");
    CHECK_STR(planned("{\"rolling\":{}," MODEL_2 "}", "{" MODEL_2 "}"),
              "in place: traffic goes back to 2");
    CHECK_STR(planned("{\"supportRolling\":true}", "{\"modelReference\":\"$unknown\"}"),
              "in place: ");
    CHECK_STR(planned("{\"supportRolling\":false}", "{\"modelReference\":\"$unknown\"}"),
              "it is replaced, because it cannot switch its model in place (supportRolling is "
              "false)");
}

TREE_TEST(a_switch_has_half_as_much_time_again_and_at_least_150_minutes) {
    CHECK_INT(rolling_switching.usual_ms(tree(arena, "{}")), 150 * 60 * 1000);
    CHECK_INT(rolling_switching.usual_ms(
                  tree(arena, "{\"switchStrategy\":{\"step\":0,\"minutes\":1e300}}")),
              150 * 60 * 1000); /* no Check has seen it */
    CHECK_INT(rolling_switching.usual_ms(tree(arena, "{\"switchStrategy\":{\"step\":3}}")),
              150 * 60 * 1000);
    CHECK_INT(
        rolling_switching.usual_ms(tree(arena, "{\"switchStrategy\":{\"step\":3,\"minutes\":5}}")),
        255 * 60 * 1000);
}

TEST_MAIN {
    RUN(a_switch_of_50_minutes_takes_few_looks);
    RUN(what_a_switch_is_planned_as);
    RUN(a_switch_has_half_as_much_time_again_and_at_least_150_minutes);
    RUN(names_of_models_are_lower_case);
    RUN(reserved_and_repeated_keys_of_tags_are_refused_by_path);
    RUN(an_endpoint_may_be_nested_in_the_result);
    RUN(hosts_of_the_data_plane_carry_the_region_without_its_number);
    RUN(callers_are_told_the_endpoint_as_their_model);
}
