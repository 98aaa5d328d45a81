/* Huawei Cloud MaaS: the hooks that send nothing. */
#include "clouds/maas/internal.h"

#include "cloud_hooks.h"

static struct str checked(const char *olds, const char *inputs) {
    return hooks_check(&cloud_maas, olds, inputs);
}

TREE_TEST(each_source_has_inputs_of_its_own) {
    CHECK_STR(checked(NULL, "{\"modelName\":\"m\"}"), "");
    CHECK_STR(checked(NULL, "{}"), "modelName: is required with source: custom_from_maas\n");
    CHECK_STR(checked(NULL,
                      "{\"source\":\"custom_from_maas\",\"modelName\":\"m\",\"modelRegion\":\"r\","
                      "\"inferServiceId\":\"i\"}"),
              "modelRegion: does not go with source: custom_from_maas\n"
              "inferServiceId: does not go with source: custom_from_maas\n");
    CHECK_STR(checked(NULL, "{\"source\":\"custom_from_modelarts_v2\",\"modelName\":\"m\"}"),
              "modelRegion: is required with source: custom_from_modelarts_v2\n"
              "inferServiceId: is required with source: custom_from_modelarts_v2\n"
              "modelName: does not go with source: custom_from_modelarts_v2\n");
    CHECK_STR(checked(NULL, "{\"source\":\"$unknown\"}"), "");
    CHECK_STR(checked(NULL, "{\"modelName\":\"$unknown\"}"), "");
}

TREE_TEST(an_imported_service_goes_without_what_cannot_be_read_back) {
    static const char imported[] = "{\"source\":\"custom_from_modelarts_v2\"}";
    CHECK_STR(checked(imported, imported), "");
    CHECK_STR(checked("{\"source\":\"custom_from_maas\"}", imported),
              "modelRegion: is required with source: custom_from_modelarts_v2\n"
              "inferServiceId: is required with source: custom_from_modelarts_v2\n");
}

static struct str refused_name(const char *region, const char *name) {
    struct str inputs = arena_printf(
        arena, "{\"modelName\":\"m\",\"region\":\"%s\",\"name\":\"%s\"}", region, name);
    return hooks_refused(&cloud_maas, NULL, inputs.ptr);
}

TREE_TEST(names_are_of_the_international_site_outside_china) {
    CHECK_STR(refused_name("ap-southeast-1", "a.B_c-9"), "");
    CHECK_STR(refused_name("ap-southeast-1", "9a"), "name");
    CHECK_STR(refused_name("ap-southeast-1", "a\xc3\xa9"), "name");
    CHECK_STR(refused_name("cn-southwest-2", "9a"), "");
}

TREE_TEST(without_the_guard_an_agreement_is_needed) {
    static const char refused[] =
        "agreementId: is required with moderation: false; inference:maas:getAgreement gives the "
        "disclaimer and its id\n";
    static const char off[] = "{\"modelName\":\"m\",\"moderation\":false}";
    CHECK_STR(checked(NULL, "{\"modelName\":\"m\",\"moderation\":false,\"agreementId\":\"1\"}"),
              "");
    CHECK_STR(checked(NULL, "{\"modelName\":\"m\",\"moderation\":true}"), "");
    CHECK_STR_IS(checked(NULL, off), str_of(refused));
    CHECK_STR(checked(off, off), "");
    CHECK_STR_IS(checked(off, "{\"modelName\":\"m\",\"moderation\":false,\"rpm\":1}"),
                 str_of(refused));
    CHECK(maas_guard_is_off(tree(arena, off)));
    CHECK(!maas_guard_is_off(tree(arena, "{\"moderation\":\"$unknown\"}")));
    CHECK(!maas_guard_is_off(NULL));
}

TREE_TEST(an_edit_carries_the_agreement_only_with_the_guard_off_or_switched) {
    CHECK_TREE(hooks_update_body(&cloud_maas, "{\"moderation\":false}",
                                 "{\"moderation\":false,\"agreementId\":\"2\"}",
                                 "{\"agreement_id\":\"2\"}"),
               "{\"agreement_id\":\"2\"}");
    CHECK_TREE(hooks_update_body(&cloud_maas, "{\"rpm\":1}", "{\"rpm\":2,\"agreementId\":\"2\"}",
                                 "{\"agreement_id\":\"2\",\"rpm\":2}"),
               "{\"rpm\":2}");
    CHECK_TREE(hooks_update_body(&cloud_maas, "{\"rpm\":1}", "{\"rpm\":1,\"agreementId\":\"2\"}",
                                 "{\"agreement_id\":\"2\",\"rpm\":1}"),
               "{}");
}

/* Something else than the row's default. */
static const struct value *another(const struct prop *row) {
    if (row->type == PROP_BOOLEAN) {
        return value_bool(arena, row->default_value == NULL || !row->default_value->boolean);
    }
    return row->type == PROP_INTEGER ? value_number(arena, 7) : value_string(arena, STR("another"));
}

/* Each row that an edit carries, by the table and not by a list. */
TREE_TEST(whatever_an_edit_carries_needs_one) {
    const struct prop_table *table = &cloud_maas.tables->props;
    unsigned carried = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        unsigned flags = PROP_LOCAL | PROP_IGNORED | PROP_NO_UPDATE;
        if ((row->flags & PROP_INPUT) == 0 || (row->flags & flags) != 0) {
            continue;
        }
        struct value *news = value_map(arena);
        value_map_set_c(arena, news, row->name, another(row));
        bool is_agreement = str_is_c(STR("agreementId"), row->name);
        CHECK_INT(maas_is_edited(&fixture.ctx, value_map(arena), news), !is_agreement);
        carried++;
    }
    CHECK(carried >= 6);
}

TREE_TEST(an_item_of_the_list_tells_its_model_under_the_name_of_create) {
    CHECK_TREE(hooks_normalise(&cloud_maas, "{\"served_model_name\":\"m\"}"),
               "{\"model_name\":\"m\",\"served_model_name\":\"m\"}");
    CHECK_TREE(hooks_normalise(&cloud_maas, "{\"model_name\":\"m\"}"), "{\"model_name\":\"m\"}");
    CHECK_TREE(hooks_normalise(&cloud_maas, "\"id\""), "\"id\"");
}

TREE_TEST(china_has_one_host_for_callers_and_others_one_a_region) {
    CHECK_TREE(hooks_derive(&cloud_maas, "{}", "{\"region\":\"cn-southwest-2\",\"name\":\"a\"}"),
               "{\"baseUrl\":\"https://api.modelarts-maas.com/v2\",\"model\":\"a\"}");
    CHECK_TREE(
        hooks_derive(&cloud_maas, "{}", "{\"region\":\"ap-southeast-1\",\"name\":\"$unknown\"}"),
        "{\"baseUrl\":\"https://api-ap-southeast-1.modelarts-maas.com/v2\","
        "\"model\":\"$unknown\"}");
    CHECK_TREE(hooks_derive(&cloud_maas, "{\"maasDataPlaneEndpoint\":\"https://x.example.com\"}",
                            "{\"region\":\"ap-southeast-1\"}"),
               "{\"baseUrl\":\"https://x.example.com/v2\"}");
}

TEST_MAIN {
    RUN(each_source_has_inputs_of_its_own);
    RUN(an_imported_service_goes_without_what_cannot_be_read_back);
    RUN(names_are_of_the_international_site_outside_china);
    RUN(without_the_guard_an_agreement_is_needed);
    RUN(an_edit_carries_the_agreement_only_with_the_guard_off_or_switched);
    RUN(whatever_an_edit_carries_needs_one);
    RUN(an_item_of_the_list_tells_its_model_under_the_name_of_create);
    RUN(china_has_one_host_for_callers_and_others_one_a_region);
}
