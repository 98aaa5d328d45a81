/* BytePlus ModelArk: the hooks that send nothing. */
#include "cloud_hooks.h"
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

TEST_MAIN {
    RUN(names_of_models_are_lower_case);
    RUN(reserved_and_repeated_keys_of_tags_are_refused_by_path);
    RUN(an_endpoint_may_be_nested_in_the_result);
    RUN(hosts_of_the_data_plane_carry_the_region_without_its_number);
    RUN(callers_are_told_the_endpoint_as_their_model);
}
