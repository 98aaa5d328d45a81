/* E2E Networks TIR: the hooks that send nothing, and what they are made of. */
#include "clouds/tir/internal.h"

#include "cloud_hooks.h"

/* Members of inputs that pass; more may follow: of equal keys the last counts. */
#define MACHINE                                                         \
    "\"projectId\":\"501\",\"location\":\"Delhi\",\"skuName\":\"GPU\"," \
    "\"skuType\":\"hourly\",\"currency\":\"INR\""
#define VLLM                                             \
    MACHINE ",\"framework\":\"VLLM\",\"modelId\":\"9\"," \
            "\"detailedInfo\":{\"huggingFaceId\":\"openai/gpt-oss-20b\"}"

static struct str checked(const char *inputs) {
    return hooks_check(&cloud_tir, NULL, inputs);
}

static struct str refused(const char *inputs) {
    return hooks_refused(&cloud_tir, NULL, inputs);
}

/* What an argument is sent as. */
static const struct value *argument(const char *name, const char *value) {
    return tir_argument(arena, str_of(name), tree(arena, value));
}

TREE_TEST(text_of_an_argument_becomes_what_the_argument_is) {
    CHECK_TREE(argument("max_num_seqs", "\"256\""), "256");
    CHECK_TREE(argument("max_num_seqs", "\"2.5\""), "\"2.5\"");
    CHECK_TREE(argument("gpu_memory_utilization", "\"0.9\""), "0.9");
    CHECK_TREE(argument("gpu_memory_utilization", "\"0.9.1\""), "\"0.9.1\"");
    CHECK_TREE(argument("gpu_memory_utilization", "\".9\""), "\".9\"");
    CHECK_TREE(argument("enforce_eager", "\"true\""), "true");
    CHECK_TREE(argument("enforce_eager", "\"True\""), "\"True\"");
    CHECK_TREE(argument("tokenizer_revision", "\"1.10\""), "\"1.10\"");
    CHECK_TREE(argument("of_tomorrow", "\"1\""), "\"1\"");
    CHECK_TREE(argument("max_num_seqs", "[1]"), "[1]");
}

TREE_TEST(words_are_sent_as_the_text_of_a_list) {
    CHECK_STR(tir_words_text(arena, tree(arena, "[\"a\",\"b c\"]")), "[\"a\",\"b c\"]");
    CHECK_STR(tir_words_text(arena, tree(arena, "\"as it is\"")), "as it is");
    CHECK_STR(tir_words_text(arena, tree(arena, "[]")), "");
    CHECK_STR(tir_words_text(arena, NULL), "");
    CHECK_TREE(tir_parse_words(arena, STR("[\"a\"]")), "[\"a\"]");
    CHECK(tir_parse_words(arena, STR("{}")) == NULL);
    CHECK(tir_parse_words(arena, STR("['a']")) == NULL);
}

TREE_TEST(numbers_of_teams_and_projects_are_plain_digits) {
    CHECK(tir_is_number(STR("501")));
    CHECK(!tir_is_number(STR("")));
    CHECK(!tir_is_number(STR("0")));
    CHECK(!tir_is_number(STR("012")));
    CHECK(!tir_is_number(STR("-1")));
    CHECK(!tir_is_number(STR("1a")));
}

static struct str image(const char *inputs) {
    return tir_image(tree(arena, inputs));
}

TREE_TEST(a_framework_has_an_image_of_its_own) {
    CHECK_STR(image("{\"framework\":\"vllm\"}"), "vllm/vllm-openai:latest");
    CHECK_STR(image("{\"framework\":\"PYTORCH\",\"detailedInfo\":{\"serverVersion\":\"v0.9.0\"}}"),
              "pytorch/torchserve:0.9.0");
    CHECK_STR(image("{\"framework\":\"PYTORCH\",\"serverOptions\":\"v0.8.1\"}"),
              "pytorch/torchserve:0.8.1");
    CHECK_STR(image("{\"framework\":\"PYTORCH\",\"serverOptions\":\"v9\"}"), "");
    CHECK_STR(image("{\"framework\":\"nvidia-nv-embed-v1\"}"), "aimle2e/nv_embed_v1:v1");
    CHECK_STR(image("{\"framework\":\"nvidia-nv-embed-v1\",\"modelId\":\"9\"}"),
              "aimle2e/nv_embed_v1:v1_eos");
    CHECK_STR(image("{\"framework\":\"gemma-2b\",\"modelId\":\"9\"}"), "");
    CHECK_STR(image("{\"framework\":\"of-tomorrow\"}"), "");
    CHECK_STR(image("{\"framework\":\"$unknown\"}"), "");
}

TREE_TEST(a_model_framework_sends_its_own_model) {
    CHECK_STR(tir_model(tree(
                  arena, "{\"framework\":\"VLLM\",\"detailedInfo\":{\"huggingFaceId\":\"a/b\"}}")),
              "a/b");
    CHECK_STR(
        tir_model(tree(
            arena, "{\"framework\":\"codellama\",\"detailedInfo\":{\"huggingFaceId\":\"a/b\"}}")),
        "meta-llama/CodeLlama-7b-Instruct-hf");
    CHECK_STR(tir_serve_type(tree(arena, "{\"framework\":\"VLLM\"}")), "full-model");
    CHECK_STR(tir_serve_type(tree(arena, "{\"framework\":\"SGLANG\"}")), "");
    CHECK_STR(tir_framework_key(STR("codellama")), "CODELAMA");
    CHECK_STR(tir_framework_key(STR("of-tomorrow")), "of-tomorrow");
}

/* The whole form of these inputs. */
static struct value *form(const char *inputs) {
    return tir_request(&fixture.ctx, tree(arena, inputs), STR("Delhi"));
}

TREE_TEST(a_form_takes_a_machine_by_name_or_a_private_cloud) {
    const struct value *public = form("{" VLLM "}");
    CHECK_TREE(value_get_c(public, "sku_name"), "\"GPU\"");
    CHECK(value_get_c(public, "custom_sku") == NULL);
    const struct value *private =
        form("{" VLLM ",\"privateCloudId\":\"7\",\"customSku\":{\"cpu\":4}}");
    CHECK(value_get_c(private, "sku_name") == NULL);
    CHECK(value_get_c(private, "custom_sku") != NULL);
    CHECK_STR(value_text_at(form("{\"framework\":\"VLLM\"}"), "location"), "Delhi");
}

TREE_TEST(forms_differ_in_machine_settings_or_scaling) {
    const struct value *base = form("{" VLLM "}");
    const struct value *more = form("{" VLLM ",\"replica\":3}");
    const struct value *other = form("{" VLLM ",\"modelPath\":\"/x\"}");
    const struct value *days = form("{" VLLM ",\"committedDays\":30}");
    CHECK(!tir_form_differs(arena, base, form("{" VLLM "}")));
    CHECK(!tir_form_differs(arena, base, more));
    CHECK(tir_scaling_differs(base, more));
    CHECK(tir_form_differs(arena, base, other));
    CHECK(!tir_scaling_differs(base, other));
    CHECK(!tir_plan_differs(base, other));
    CHECK(tir_plan_differs(base, days));
}

#define SCALED \
    "\"isAutoScaleEnabled\":true,\"autoScalePolicy\":{\"minReplicas\":1,\"maxReplicas\":2}"

TREE_TEST(the_scaling_action_follows_what_is_on) {
    const struct value *body = NULL;
    CHECK_STR(str_of(tir_scaling_action(arena, form("{" VLLM ",\"replica\":3}"), &body)), "fix");
    CHECK_TREE(body, "{\"replicas\":3}");
    CHECK_STR(str_of(tir_scaling_action(arena, form("{" VLLM "," SCALED "}"), &body)), "scale");
    CHECK(value_at(body, "auto_scale_policy") != NULL);
    CHECK(tir_scaling_differs(form("{" VLLM "}"), form("{" VLLM "," SCALED "}")));
    CHECK(!tir_scaling_differs(form("{" VLLM "," SCALED ",\"replica\":5}"),
                               form("{" VLLM "," SCALED "}")));
}

TREE_TEST(restarts_are_asked_for_by_a_new_word) {
    const struct value *none = tree(arena, "{}");
    const struct value *one = tree(arena, "{\"restartTrigger\":\"1\"}");
    CHECK(tir_restarts(none, one));
    CHECK(!tir_restarts(one, one));
    CHECK(!tir_restarts(one, none));
    CHECK(tir_restarts(one, tree(arena, "{\"restartTrigger\":\"2\"}")));
}

TREE_TEST(replies_are_brought_to_one_form) {
    CHECK_TREE(hooks_normalise(&cloud_tir, "{\"model\":{\"id\":9},\"dataset\":{}}"),
               "{\"model\":{\"id\":9},\"dataset\":{},\"model_id\":9,\"dataset_id\":\"\"}");
    CHECK_TREE(hooks_normalise(&cloud_tir, "{\"sfs_id\":null,\"model_id\":3,\"model\":{\"id\":9}}"),
               "{\"sfs_id\":\"\",\"model_id\":3,\"model\":{\"id\":9}}");
    CHECK_TREE(hooks_normalise(&cloud_tir, "{\"detailed_info\":{\"commands\":\"WyJhIl0=\","
                                           "\"args\":\"[\\\"b\\\"]\"}}"),
               "{\"detailed_info\":{\"commands\":[\"a\"],\"args\":[\"b\"]}}");
    CHECK_TREE(hooks_normalise(&cloud_tir, "{\"detailed_info\":{\"commands\":\"plain words\"}}"),
               "{\"detailed_info\":{\"commands\":\"plain words\"}}");
    CHECK_TREE(hooks_normalise(&cloud_tir,
                               "{\"custom_endpoint_details\":{\"container\":{"
                               "\"image_pull_policy\":\"Always\",\"advance_config\":{\"a\":1}}}}"),
               "{\"custom_endpoint_details\":{\"container\":{"
               "\"advance_config\":{\"a\":1,\"image_pull_policy\":\"Always\"}}}}");
    CHECK_TREE(hooks_normalise(&cloud_tir, "[1]"), "[1]");
}

TREE_TEST(what_is_live_shows_in_the_words_of_the_program) {
    CHECK_TREE(
        hooks_choose_spelling(&cloud_tir, "{}", "{\"isAutoScaleEnabled\":true,\"replica\":3}"),
        "{\"isAutoScaleEnabled\":true}");
    CHECK_TREE(hooks_choose_spelling(
                   &cloud_tir, "{}",
                   "{\"isAutoScaleEnabled\":false,\"replica\":3,\"autoScalePolicy\":{}}"),
               "{\"isAutoScaleEnabled\":false,\"replica\":3}");
    CHECK_TREE(hooks_choose_spelling(
                   &cloud_tir,
                   "{\"resourceDetails\":{\"envVariables\":[{\"key\":\"K\",\"value\":\"v\"}]}}",
                   "{\"resourceDetails\":{\"envVariables\":[{\"key\":\"K\"},"
                   "{\"key\":\"L\"},"
                   "{\"key\":\"M\",\"value\":\"m\"}]}}"),
               "{\"resourceDetails\":{\"envVariables\":[{\"key\":\"K\",\"value\":\"v\"},"
               "{\"key\":\"L\"},"
               "{\"key\":\"M\",\"value\":\"m\"}]}}");
    CHECK_TREE(hooks_choose_spelling(
                   &cloud_tir,
                   "{\"detailedInfo\":{\"engineArgs\":{\"max_num_seqs\":\"256\",\"seed\":\"7\"}}}",
                   "{\"detailedInfo\":{\"engineArgs\":{\"max_num_seqs\":256,\"seed\":8}}}"),
               "{\"detailedInfo\":{\"engineArgs\":{\"max_num_seqs\":\"256\",\"seed\":8}}}");
}

TREE_TEST(a_refreshed_state_keeps_the_former_spelling) {
    struct value *inputs = hooks_private("{\"desiredState\":\"paused\"}");
    const struct observation seen = {0};
    tir_adjust_refresh(&fixture.ctx, &seen, tree(arena, "{\"stopInference\":\"start\"}"), inputs);
    CHECK_TREE(inputs, "{\"stopInference\":\"stop\"}");
    inputs = hooks_private("{\"desiredState\":\"paused\"}");
    tir_adjust_refresh(&fixture.ctx, &seen, tree(arena, "{\"desiredState\":\"running\"}"), inputs);
    CHECK_TREE(inputs, "{\"desiredState\":\"paused\"}");
    CHECK_STR(cloud_tir.hooks.desired(tree(arena, "{\"stopInference\":\"stop\"}")), "paused");
    CHECK_STR(cloud_tir.hooks.desired(tree(arena, "{\"stopInference\":\"start\"}")), "running");
    CHECK_STR(cloud_tir.hooks.desired(tree(arena, "{}")), "");
}

TREE_TEST(an_import_says_nothing_that_no_program_has_to_say) {
    CHECK_TREE(
        hooks_import(&cloud_tir, "{}",
                     "{\"framework\":\"codellama\",\"containerImage\":\"vllm/vllm-openai:latest\","
                     "\"autoScalePolicy\":{\"initialCooldownPeriod\":0,\"isHoldQueue\":false,"
                     "\"minReplicas\":1}}"),
        "{\"framework\":\"CODELAMA\",\"autoScalePolicy\":{\"minReplicas\":1}}");
    CHECK_TREE(hooks_import(&cloud_tir, "{\"detailed_info\":{\"model_serve_type\":\"\"}}",
                            "{\"framework\":\"vllm\",\"detailedInfo\":{\"args\":[\"a\"]}}"),
               "{\"framework\":\"VLLM\","
               "\"detailedInfo\":{\"args\":\"[\\\"a\\\"]\",\"modelServeType\":\"\"}}");
}

TREE_TEST(callers_find_the_endpoint_by_project_and_id) {
    CHECK_TREE(hooks_derive(&cloud_tir, "{}",
                            "{\"endpointId\":\"7\",\"projectId\":\"501\",\"framework\":\"VLLM\","
                            "\"detailedInfo\":{\"huggingFaceId\":\"a/b\"}}"),
               "{\"baseUrl\":\"https://infer.e2enetworks.net/project/p-501/endpoint/is-7/v1\","
               "\"model\":\"a/b\"}");
    CHECK_TREE(hooks_derive(&cloud_tir, "{}",
                            "{\"endpointId\":\"7\",\"projectId\":\"501\",\"framework\":\"VLLM\","
                            "\"modelId\":\"9\",\"diskPath\":\"/mnt\",\"modelPath\":\"/m/x/\"}"),
               "{\"baseUrl\":\"https://infer.e2enetworks.net/project/p-501/endpoint/is-7/v1\","
               "\"model\":\"/mnt/m/x\"}");
    CHECK_TREE(
        hooks_derive(&cloud_tir, "{}", "{\"endpointId\":\"$unknown\",\"framework\":\"TRITON\"}"),
        "{\"baseUrl\":\"$unknown\"}");
}

TREE_TEST(a_machine_is_one_of_a_plan_or_of_a_private_cloud) {
    CHECK_STR(refused("{" VLLM "}"), "");
    CHECK_STR(refused("{" VLLM ",\"skuName\":null}"), "skuName");
    CHECK_STR(refused("{" VLLM ",\"skuName\":null,\"privateCloudId\":\"7\"}"), "customSku");
    CHECK_STR(refused("{" VLLM ",\"skuName\":null,\"privateCloudId\":\"$unknown\"}"), "");
    CHECK_STR(refused("{" VLLM ",\"projectId\":\"0501\"}"), "projectId");
}

TREE_TEST(a_committed_plan_pays_for_its_workers) {
    CHECK_STR(refused("{" VLLM ",\"committedDays\":30}"), "committedDays");
    CHECK_STR(refused("{" VLLM ",\"skuType\":\"committed\"}"),
              "committedDays, committedInstancePolicy");
    CHECK_STR(refused("{" VLLM ",\"skuType\":\"committed\",\"committedDays\":30,"
                      "\"committedInstancePolicy\":\"x\",\"committedReplicas\":3,\"replica\":2,"
                      "\"desiredState\":\"paused\"}"),
              "replica, desiredState");
}

TREE_TEST(workers_have_bounds) {
    CHECK_STR(refused("{" VLLM ",\"replica\":64}"), "");
    CHECK_STR(refused("{" VLLM ",\"replica\":65}"), "replica");
    CHECK_STR(refused("{" VLLM ",\"replica\":0}"), "replica");
    CHECK_STR(refused("{" VLLM
                      ",\"isAutoScaleEnabled\":true,\"autoScalePolicy\":{\"minReplicas\":2,"
                      "\"maxReplicas\":2,\"rules\":[{\"metric\":\"custom\"}]}}"),
              "autoScalePolicy.maxReplicas, autoScalePolicy.rules[0].customMetricName");
}

TREE_TEST(a_framework_needs_its_model_and_version) {
    CHECK_STR(
        checked("{" MACHINE ",\"framework\":\"of-tomorrow\"}"),
        "framework: \"of-tomorrow\" is not known to this version (inference:tir:getFrameworks "
        "lists those that are); one that is not listed needs containerImage\n");
    CHECK_STR(checked("{" MACHINE ",\"framework\":\"TRITON\",\"modelId\":\"9\"}"),
              "detailedInfo.serverVersion: is required with framework TRITON "
              "(inference:tir:getFrameworks lists them)\n");
    CHECK_STR(checked("{" MACHINE ",\"framework\":\"CUSTOM\"}"),
              "containerImage: is required with framework CUSTOM\n");
    CHECK_STR(refused("{" VLLM ",\"detailedInfo\":{\"huggingFaceId\":\"/x\"}}"),
              "detailedInfo.huggingFaceId");
    CHECK_STR(checked("{" VLLM ",\"detailedInfo\":{\"huggingFaceId\":\"o/x\",\"commands\":[1]}}"),
              "detailedInfo.commands: must be a list of strings, or JSON text of one\n");
}

TREE_TEST(a_variable_is_given_once) {
    CHECK_STR(checked("{" VLLM
                      ",\"resourceDetails\":{\"envVariables\":[{\"key\":\"A\"},{\"key\":\"B\"},"
                      "{\"key\":\"A\"}]}}"),
              "resourceDetails.envVariables[2].key: \"A\" is given more than once\n");
}

TEST_MAIN {
    RUN(text_of_an_argument_becomes_what_the_argument_is);
    RUN(words_are_sent_as_the_text_of_a_list);
    RUN(numbers_of_teams_and_projects_are_plain_digits);
    RUN(a_framework_has_an_image_of_its_own);
    RUN(a_model_framework_sends_its_own_model);
    RUN(a_form_takes_a_machine_by_name_or_a_private_cloud);
    RUN(forms_differ_in_machine_settings_or_scaling);
    RUN(the_scaling_action_follows_what_is_on);
    RUN(restarts_are_asked_for_by_a_new_word);
    RUN(replies_are_brought_to_one_form);
    RUN(what_is_live_shows_in_the_words_of_the_program);
    RUN(a_refreshed_state_keeps_the_former_spelling);
    RUN(an_import_says_nothing_that_no_program_has_to_say);
    RUN(callers_find_the_endpoint_by_project_and_id);
    RUN(a_machine_is_one_of_a_plan_or_of_a_private_cloud);
    RUN(a_committed_plan_pays_for_its_workers);
    RUN(workers_have_bounds);
    RUN(a_framework_needs_its_model_and_version);
    RUN(a_variable_is_given_once);
}
