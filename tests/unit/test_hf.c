/* Hugging Face: the hooks that send nothing. */
#include "cloud_hooks.h"
#include "core/endpoint/mark.h"

static struct str checked(const char *inputs) {
    return hooks_check(&cloud_hf, NULL, inputs);
}

static struct str checked_scaling(const char *scaling) {
    return checked(arena_printf(arena, "{\"compute\":{\"scaling\":%s}}", scaling).ptr);
}

TREE_TEST(an_endpoint_that_never_sleeps_takes_no_timeout) {
    CHECK_STR(checked_scaling("{\"minReplica\":1,\"maxReplica\":2}"), "");
    CHECK_STR(checked_scaling("{\"minReplica\":0,\"maxReplica\":2,\"scaleToZeroTimeout\":30}"), "");
    CHECK_STR(checked_scaling("{\"minReplica\":1,\"maxReplica\":2,\"scaleToZeroTimeout\":30}"),
              "compute.scaling.scaleToZeroTimeout: needs compute.scaling.minReplica: 0; an "
              "endpoint with a minimum of 1 never sleeps\n");
    CHECK_STR(checked_scaling("{\"minReplica\":3,\"maxReplica\":2}"),
              "compute.scaling.minReplica: must not be larger than maxReplica (3 is larger than "
              "2)\n");
    CHECK_STR(checked_scaling("{\"minReplica\":3,\"maxReplica\":\"$unknown\"}"), "");
    CHECK_STR(checked_scaling("\"$unknown\""), "");
}

TREE_TEST(asleep_from_the_start_needs_an_endpoint_that_may_sleep) {
    static const char refused[] =
        "desiredState: scaledToZero needs compute.scaling.minReplica: 0 and "
        "compute.scaling.scaleToZeroTimeout\n";
    CHECK_STR(
        checked("{\"desiredState\":\"scaledToZero\",\"compute\":{\"scaling\":{\"minReplica\":0,"
                "\"scaleToZeroTimeout\":15}}}"),
        "");
    CHECK_STR_IS(checked("{\"desiredState\":\"scaledToZero\"}"), str_of(refused));
    CHECK_STR_IS(
        checked("{\"desiredState\":\"scaledToZero\",\"compute\":{\"scaling\":{\"minReplica\":0}}}"),
        str_of(refused));
}

TREE_TEST(both_spellings_of_a_metric_must_agree) {
    static const char contradicts[] =
        "compute.scaling.metric: contradicts measure; take metric and threshold out\n";
    CHECK_STR(checked_scaling("{\"metric\":\"hardwareUsage\",\"threshold\":70}"), "");
    CHECK_STR(checked_scaling("{\"metric\":\"a\",\"threshold\":70,\"measure\":{\"a\":70}}"), "");
    CHECK_STR_IS(checked_scaling("{\"metric\":\"a\",\"threshold\":70,\"measure\":{\"a\":71}}"),
                 str_of(contradicts));
    CHECK_STR_IS(checked_scaling("{\"metric\":\"a\",\"measure\":{\"b\":70}}"), str_of(contradicts));
    CHECK_STR(checked_scaling("{\"metric\":\"a\",\"measure\":{\"b\":\"$unknown\"}}"), "");
    CHECK_STR(checked_scaling("{\"threshold\":70}"),
              "compute.scaling.threshold: needs metric beside it; better use measure\n");
}

TREE_TEST(tags_of_the_provider_are_refused_by_index) {
    CHECK_STR(checked("{\"tags\":[\"a\",\"" MARK_NAME "\",\"" MARK_NAME "=x\",1]}"),
              "tags[2]: tags that start with " MARK_NAME "= are the provider's own\n");
}

TREE_TEST(private_link_is_of_one_vendor) {
    CHECK_STR(
        checked(
            "{\"type\":\"private\",\"privateService\":{},\"cloudProvider\":{\"vendor\":\"aws\"}}"),
        "");
    CHECK_STR(
        checked(
            "{\"type\":\"public\",\"privateService\":{},\"cloudProvider\":{\"vendor\":\"gcp\"}}"),
        "");
    CHECK_STR(
        checked(
            "{\"type\":\"private\",\"privateService\":{},\"cloudProvider\":{\"vendor\":\"gcp\"}}"),
        "privateService: is AWS PrivateLink: it needs cloudProvider.vendor: aws\n");
}

TREE_TEST(only_engines_that_speak_openai_are_called_below_v1) {
    CHECK_TREE(
        hooks_derive(
            &cloud_hf, "{}",
            "{\"url\":\"https://x\",\"model\":{\"repository\":\"o/m\",\"image\":{\"tgi\":{}}}}"),
        "{\"baseUrl\":\"https://x/v1\",\"model\":\"o/m\"}");
    CHECK_TREE(
        hooks_derive(&cloud_hf, "{}",
                     "{\"url\":\"https://x\",\"model\":{\"repository\":{\"$secret\":\"o/m\"},"
                     "\"image\":{\"custom\":{}}}}"),
        "{\"baseUrl\":\"https://x\",\"model\":{\"$secret\":\"o/m\"}}");
    CHECK_TREE(hooks_derive(&cloud_hf, "{}", "{\"url\":\"$unknown\"}"),
               "{\"baseUrl\":\"$unknown\"}");
    CHECK_TREE(hooks_derive(&cloud_hf, "{}", "{}"), "{}");
}

TREE_TEST(an_update_sends_the_metric_that_changed) {
    static const char scaled[] = "{\"compute\":{\"scaling\":{\"metric\":\"a\",\"threshold\":%d}}}";
    const char *one = arena_printf(arena, scaled, 1).ptr;
    const char *two = arena_printf(arena, scaled, 2).ptr;
    CHECK_TREE(hooks_update_body(&cloud_hf, one, one, "{}"), "{}");
    CHECK_TREE(hooks_update_body(&cloud_hf, one, two, "{}"),
               "{\"compute\":{\"scaling\":{\"measure\":{\"a\":2}}}}");
    CHECK_TREE(hooks_update_body(&cloud_hf, one, "{}", "{}"),
               "{\"compute\":{\"scaling\":{\"measure\":null}}}");
}

TREE_TEST(an_update_sends_the_cache_switch_with_all_features) {
    CHECK_TREE(hooks_update_body(&cloud_hf, "{}", "{\"cacheHttpResponses\":true}",
                                 "{\"cacheHttpResponses\":true}"),
               "{\"experimentalFeatures\":{\"cacheHttpResponses\":true}}");
    CHECK_TREE(hooks_update_body(&cloud_hf, "{}", "{\"cacheHttpResponses\":true}", "{\"a\":1}"),
               "{\"a\":1}");
}

TREE_TEST(the_cache_switch_shows_where_the_program_has_it) {
    static const char shown[] =
        "{\"cacheHttpResponses\":true,\"experimentalFeatures\":{\"cacheHttpResponses\":true}}";
    CHECK_TREE(hooks_choose_spelling(&cloud_hf, "{}", shown),
               "{\"experimentalFeatures\":{\"cacheHttpResponses\":true}}");
    CHECK_TREE(hooks_choose_spelling(&cloud_hf, "{\"cacheHttpResponses\":false}", shown),
               "{\"cacheHttpResponses\":true,\"experimentalFeatures\":{}}");
}

TREE_TEST(an_import_asks_for_nothing_that_the_service_fills_in) {
    CHECK_TREE(hooks_import(&cloud_hf, "{}",
                            "{\"compute\":{\"accelerator\":\"cpu\",\"scaling\":{\"minReplica\":0,"
                            "\"scaleToZeroTimeout\":15,\"measure\":{\"hardwareUsage\":80}}}}"),
               "{\"compute\":{\"accelerator\":\"cpu\",\"scaling\":{\"minReplica\":0,"
               "\"scaleToZeroTimeout\":15}}}");
    CHECK_TREE(hooks_import(&cloud_hf, "{}",
                            "{\"compute\":{\"scaling\":{\"minReplica\":1,\"scaleToZeroTimeout\":20,"
                            "\"measure\":{\"hardwareUsage\":70}}}}"),
               "{\"compute\":{\"scaling\":{\"minReplica\":1,\"measure\":{\"hardwareUsage\":70}}}}");
    CHECK_TREE(hooks_import(&cloud_hf, "{}", "{\"name\":\"a\"}"), "{\"name\":\"a\"}");
}

TREE_TEST(sleeping_is_running_where_the_program_lets_it_sleep) {
    const struct value *may = tree(arena, "{\"compute\":{\"scaling\":{\"minReplica\":0}}}");
    const struct value *never = tree(arena, "{}");
    CHECK(cloud_hf.hooks.state_suffices(may, STR("running"), STATE_IDLE));
    CHECK(!cloud_hf.hooks.state_suffices(may, STR("paused"), STATE_IDLE));
    CHECK(!cloud_hf.hooks.state_suffices(may, STR("running"), STATE_PENDING));
    CHECK(!cloud_hf.hooks.state_suffices(never, STR("running"), STATE_IDLE));
}

TEST_MAIN {
    RUN(an_endpoint_that_never_sleeps_takes_no_timeout);
    RUN(asleep_from_the_start_needs_an_endpoint_that_may_sleep);
    RUN(both_spellings_of_a_metric_must_agree);
    RUN(tags_of_the_provider_are_refused_by_index);
    RUN(private_link_is_of_one_vendor);
    RUN(only_engines_that_speak_openai_are_called_below_v1);
    RUN(an_update_sends_the_metric_that_changed);
    RUN(an_update_sends_the_cache_switch_with_all_features);
    RUN(the_cache_switch_shows_where_the_program_has_it);
    RUN(an_import_asks_for_nothing_that_the_service_fills_in);
    RUN(sleeping_is_running_where_the_program_lets_it_sleep);
}
