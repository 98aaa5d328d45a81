#include <math.h>

#include "base/json.h"
#include "base/value.h"
#include "testing.h"

static struct arena *make_arena(void) {
    return arena_new(64 * 1024 * 1024);
}

/* Trees are written as JSON in these tests. */
static struct value *tree(struct arena *arena, const char *json) {
    struct value *value = NULL;
    struct str why;
    CHECK(json_parse(arena, str_of(json), &value, &why));
    return value;
}

static struct str text(struct arena *arena, const struct value *value) {
    struct buf buf;
    buf_init(&buf, 1024 * 1024);
    CHECK(json_write(&buf, value));
    struct str copy = arena_str(arena, buf_str(&buf));
    buf_cleanup(&buf);
    return copy;
}

TEST(makers_give_the_kind_and_copy_text) {
    struct arena *arena = make_arena();
    char name[] = "abc";
    struct value *string = value_string(arena, str_of(name));
    name[0] = 'x';
    CHECK_INT(string->kind, VALUE_STRING);
    CHECK_STR(string->string, "abc");
    CHECK_INT(value_string(arena, STR("\xFF"))->kind, VALUE_BYTES);
    CHECK_STR(value_string(arena, STR("\xFF"))->string, "\xFF");
    CHECK_INT(value_null(arena)->kind, VALUE_NULL);
    CHECK(value_bool(arena, true)->boolean);
    CHECK(value_number(arena, 1.5)->number == 1.5);
    CHECK_INT(value_unknown(arena)->kind, VALUE_UNKNOWN);
    CHECK_INT(value_list(arena)->list.count, 0);
    CHECK_INT(value_map(arena)->map.count, 0);
    CHECK(!value_map(arena)->secret);
    arena_free(arena);
}

TEST(set_keeps_keys_sorted_and_replaces) {
    struct arena *arena = make_arena();
    struct value *map = value_map(arena);
    static const char *const keys[] = {"m", "c", "x", "a", "mm", "", "M", "c"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        value_map_set_c(arena, map, keys[i], value_number(arena, (double)i));
    }
    CHECK_STR(text(arena, map), "{\"\":5,\"M\":6,\"a\":3,\"c\":7,\"m\":0,\"mm\":4,\"x\":2}");
    arena_free(arena);
}

TEST(set_copies_the_key) {
    struct arena *arena = make_arena();
    struct value *map = value_map(arena);
    char key[] = "key";
    value_map_set(arena, map, str_of(key), value_null(arena));
    key[0] = 'X';
    CHECK_STR(map->map.entries[0].key, "key");
    arena_free(arena);
}

TEST(large_maps_stay_sorted_whatever_the_order) {
    struct arena *arena = make_arena();
    struct value *map = value_map(arena);
    for (int i = 0; i < 1000; i++) {
        struct str key = arena_printf(arena, "%03d", i * 617 % 1000);
        value_map_set(arena, map, key, value_string(arena, key));
    }
    CHECK_INT(map->map.count, 1000);
    bool sorted = true;
    for (int i = 0; i < 1000; i++) {
        struct str key = arena_printf(arena, "%03d", i);
        sorted = sorted && str_is(map->map.entries[i].key, key);
        sorted = sorted && str_is(value_get(map, key)->string, key);
    }
    CHECK(sorted);
    arena_free(arena);
}

TEST(remove_takes_out_the_one_key) {
    struct arena *arena = make_arena();
    struct value *map = tree(arena, "{\"a\":1,\"b\":2,\"c\":3}");
    value_map_remove(map, STR("b"));
    CHECK_STR(text(arena, map), "{\"a\":1,\"c\":3}");
    value_map_remove(map, STR("b"));
    value_map_remove(map, STR("c"));
    value_map_remove(map, STR("a"));
    CHECK_STR(text(arena, map), "{}");
    arena_free(arena);
}

TEST(sort_lets_the_last_of_equal_keys_win) {
    struct arena *arena = make_arena();
    struct value *map = value_map(arena);
    for (int i = 0; i < 50; i++) {
        struct str key = arena_printf(arena, "k%d", (49 - i) % 5);
        value_map_append(arena, map, key, value_number(arena, i));
    }
    value_map_sort(map);
    CHECK_STR(text(arena, map), "{\"k0\":49,\"k1\":48,\"k2\":47,\"k3\":46,\"k4\":45}");
    value_map_sort(map);
    CHECK_INT(map->map.count, 5);
    struct value *many = value_map(arena);
    for (int i = 0; i < 500; i++) {
        struct str key = arena_printf(arena, "k%d", (499 - i) % 5);
        value_map_append(arena, many, key, value_number(arena, i));
    }
    value_map_sort(many);
    CHECK_STR(text(arena, many), "{\"k0\":499,\"k1\":498,\"k2\":497,\"k3\":496,\"k4\":495}");
    struct value *twins = value_map(arena);
    value_map_append(arena, twins, STR("a"), value_number(arena, 1));
    value_map_append(arena, twins, STR("a"), value_number(arena, 2));
    value_map_sort(twins);
    CHECK_STR(text(arena, twins), "{\"a\":2}");
    struct value *empty = value_map(arena);
    value_map_sort(empty);
    CHECK_INT(empty->map.count, 0);
    arena_free(arena);
}

TEST(get_is_exact_and_forgives_what_is_no_map) {
    struct arena *arena = make_arena();
    struct value *map = tree(arena, "{\"Name\":\"a\",\"none\":null}");
    CHECK_STR(value_get_c(map, "Name")->string, "a");
    CHECK(value_get_c(map, "name") == NULL);
    CHECK(value_get_c(map, "Nam") == NULL);
    CHECK(value_get_c(NULL, "Name") == NULL);
    CHECK(value_get_c(value_null(arena), "Name") == NULL);
    CHECK(value_get_c(tree(arena, "[1]"), "0") == NULL);
    CHECK_INT(value_get_c(map, "none")->kind, VALUE_NULL);
    CHECK(value_get_set(map, STR("none")) == NULL);
    CHECK_STR(value_get_set(map, STR("Name"))->string, "a");
    arena_free(arena);
}

TEST(at_follows_a_path_of_keys) {
    struct arena *arena = make_arena();
    struct value *map = tree(arena, "{\"a\":{\"b\":{\"c\":7},\"n\":null},\"s\":\"x\",\"\":1}");
    CHECK(value_at(map, "a.b.c")->number == 7);
    CHECK(value_at(map, "a.b") == value_get_c(value_get_c(map, "a"), "b"));
    CHECK(value_at(map, "a.x.c") == NULL);
    CHECK(value_at(map, "a.n") == NULL);
    CHECK(value_at(map, "a.n.c") == NULL);
    CHECK(value_at(map, "s.c") == NULL);
    CHECK(value_at(map, "a.") == NULL);
    CHECK(value_at(map, "")->number == 1);
    CHECK(value_at(NULL, "a") == NULL);
    CHECK_STR(value_text_at(map, "s"), "x");
    CHECK_STR(value_text_at(map, "a"), "");
    CHECK_STR(value_text_at(map, "a.b.c"), "");
    CHECK_STR(value_text_at(map, "no"), "");
    arena_free(arena);
}

TEST(set_at_makes_the_maps_on_the_way) {
    struct arena *arena = make_arena();
    struct value *map = value_map(arena);
    value_set_at(arena, map, "a.b.c", value_number(arena, 1));
    value_set_at(arena, map, "a.b.d", value_number(arena, 2));
    value_set_at(arena, map, "x", value_null(arena));
    value_set_at(arena, map, "x.y", value_number(arena, 3));
    CHECK_STR(text(arena, map), "{\"a\":{\"b\":{\"c\":1,\"d\":2}},\"x\":{\"y\":3}}");
    value_set_at(arena, map, "a.b", value_string_c(arena, "flat"));
    CHECK_STR(text(arena, map), "{\"a\":{\"b\":\"flat\"},\"x\":{\"y\":3}}");
    arena_free(arena);
}

TEST(lists_grow_in_order) {
    struct arena *arena = make_arena();
    struct value *list = value_list(arena);
    for (int i = 0; i < 100; i++) {
        value_list_append(arena, list, value_number(arena, i));
    }
    CHECK_INT(list->list.count, 100);
    CHECK(list->list.items[0]->number == 0);
    CHECK(list->list.items[99]->number == 99);
    arena_free(arena);
}

TEST(copy_lives_without_its_original) {
    struct arena *source = make_arena();
    struct arena *arena = make_arena();
    struct value *original = tree(source, "{\"a\":[1,\"two\",null,{\"b\":true}],\"c\":\"d\"}");
    value_set_at(source, original, "u", value_unknown(source));
    value_set_at(source, original, "s",
                 value_with_secret(source, value_string_c(source, "hush"), true));
    struct value *asset = tree(source, "{\"text\":\"t\"}");
    asset->kind = VALUE_ASSET;
    value_set_at(source, original, "z", asset);
    struct value *copy = value_copy(arena, original);
    arena_free(source);
    CHECK(value_is_unknown(value_at(copy, "u")));
    CHECK(value_at(copy, "s")->secret);
    CHECK_STR(value_text_at(copy, "s"), "hush");
    CHECK_INT(value_at(copy, "z")->kind, VALUE_ASSET);
    CHECK_STR(value_at(copy, "z")->map.entries[0].value->string, "t");
    CHECK_STR(text(arena, value_at(copy, "a")), "[1,\"two\",null,{\"b\":true}]");
    value_list_append(arena, (struct value *)value_at(copy, "a"), value_null(arena));
    CHECK_INT(value_at(copy, "a")->list.count, 5);
    CHECK(value_copy(arena, NULL) == NULL);
    arena_free(arena);
}

TEST(with_secret_changes_only_the_copy) {
    struct arena *arena = make_arena();
    struct value *plain = tree(arena, "[1]");
    struct value *secret = value_with_secret(arena, plain, true);
    CHECK(secret->secret);
    CHECK(!plain->secret);
    CHECK(secret->list.items == plain->list.items);
    CHECK(!value_with_secret(arena, secret, false)->secret);
    arena_free(arena);
}

TEST(an_id_is_text_or_a_whole_number) {
    struct arena *arena = arena_new(1024 * 1024);
    struct value *map = value_map(arena);
    value_map_set_c(arena, map, "text", value_string_c(arena, "e1"));
    value_map_set_c(arena, map, "number", value_number(arena, 9007199254740992));
    value_map_set_c(arena, map, "fraction", value_number(arena, 1.5));
    value_map_set_c(arena, map, "null", value_null(arena));
    CHECK_STR(value_id_at(arena, map, "text"), "e1");
    CHECK_STR(value_id_at(arena, map, "number"), "9007199254740992");
    CHECK_STR(value_id_at(arena, map, "fraction"), "");
    CHECK_STR(value_id_at(arena, map, "null"), "");
    CHECK_STR(value_id_at(arena, map, "absent"), "");
    CHECK_STR(value_id_at(arena, NULL, "text"), "");
    arena_free(arena);
}

TEST(clone_of_a_map_may_be_changed) {
    struct arena *arena = make_arena();
    struct value *map = tree(arena, "{\"a\":{\"b\":1},\"c\":2}");
    map->secret = true;
    struct value *clone = value_map_clone(arena, map);
    CHECK(clone->secret);
    CHECK(value_at(clone, "a") == value_at(map, "a"));
    value_map_set_c(arena, clone, "c", value_number(arena, 3));
    value_map_set_c(arena, clone, "b", value_number(arena, 4));
    CHECK_STR(text(arena, clone), "{\"a\":{\"b\":1},\"b\":4,\"c\":3}");
    CHECK_STR(text(arena, map), "{\"a\":{\"b\":1},\"c\":2}");
    CHECK_STR(text(arena, value_map_clone(arena, NULL)), "{}");
    CHECK_STR(text(arena, value_map_clone(arena, value_string_c(arena, "x"))), "{}");
    CHECK_STR(text(arena, value_map_clone(arena, value_list(arena))), "{}");
    arena_free(arena);
}

TEST(null_unknown_and_secret_are_found_at_any_depth) {
    struct arena *arena = make_arena();
    CHECK(value_is_null(NULL));
    CHECK(value_is_null(value_null(arena)));
    CHECK(!value_is_null(value_bool(arena, false)));
    CHECK(!value_is_null(value_unknown(arena)));
    CHECK(!value_is_unknown(NULL));
    CHECK(!value_has_unknown(NULL));
    CHECK(!value_has_secret(NULL));
    struct value *map = tree(arena, "{\"a\":[{\"b\":1}]}");
    CHECK(!value_has_unknown(map));
    CHECK(!value_has_secret(map));
    struct value *list = (struct value *)value_at(map, "a");
    value_list_append(arena, list, value_unknown(arena));
    CHECK(value_has_unknown(map));
    CHECK(!value_is_unknown(map));
    CHECK(!value_has_secret(map));
    struct value *asset = tree(arena, "{}");
    asset->kind = VALUE_ARCHIVE;
    value_map_set_c(arena, asset, "text", value_with_secret(arena, value_null(arena), true));
    value_list_append(arena, list, asset);
    CHECK(value_has_secret(map));
    arena_free(arena);
}

struct equal_case {
    const char *a;
    const char *b;
    bool equal;
};

TEST(equality_is_of_meaning) {
    static const struct equal_case cases[] = {
        {"1", "1.0", true},
        {"0", "-0", true},
        {"1", "2", false},
        {"1", "\"1\"", false},
        {"true", "true", true},
        {"true", "false", false},
        {"null", "null", true},
        {"null", "false", false},
        {"false", "null", false},
        {"\"a\"", "\"a\"", true},
        {"\"a\"", "\"A\"", false},
        {"[1,2]", "[1,2]", true},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,null]", false},
        {"[]", "{}", false},
        {"{\"a\":1,\"b\":{\"c\":[2]}}", "{\"b\":{\"c\":[2]},\"a\":1}", true},
        {"{\"a\":1,\"b\":null}", "{\"a\":1}", true},
        {"{\"a\":1}", "{\"_\":null,\"a\":1,\"z\":null}", true},
        {"{\"a\":null}", "{\"b\":null}", true},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
        {"{\"a\":1,\"b\":1}", "{\"a\":1}", false},
        {"{\"a\":{\"b\":null}}", "{\"a\":{}}", true},
        {"{\"a\":{}}", "{}", false},
    };
    struct arena *arena = make_arena();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value *a = tree(arena, cases[i].a);
        struct value *b = tree(arena, cases[i].b);
        if (!CHECK(value_equal(a, b) == cases[i].equal && value_equal(b, a) == cases[i].equal)) {
            fprintf(stderr, "  %s and %s\n", cases[i].a, cases[i].b);
        }
    }
    arena_free(arena);
}

TEST(equality_of_unknown_secret_and_pointers) {
    struct arena *arena = make_arena();
    struct value *unknown = value_unknown(arena);
    struct value *one = value_number(arena, 1);
    CHECK(!value_equal(unknown, unknown));
    CHECK(!value_equal(unknown, value_null(arena)));
    CHECK(value_equal(one, value_with_secret(arena, one, true)));
    CHECK(value_equal(NULL, NULL));
    CHECK(value_equal(NULL, value_null(arena)));
    CHECK(!value_equal(NULL, one));
    struct value *asset = tree(arena, "{\"a\":1}");
    asset->kind = VALUE_ASSET;
    CHECK(!value_equal(asset, tree(arena, "{\"a\":1}")));
    CHECK(value_equal(asset, value_copy(arena, asset)));
    CHECK(!value_equal(value_string(arena, STR("\xFF")), value_string(arena, STR("a"))));
    arena_free(arena);
}

TEST(integers_are_whole_and_exact) {
    struct arena *arena = make_arena();
    CHECK(value_is_integer(value_number(arena, 0)));
    CHECK(value_is_integer(value_number(arena, -3)));
    CHECK(value_is_integer(value_number(arena, 9007199254740992.0)));
    CHECK(value_is_integer(value_number(arena, -9007199254740992.0)));
    CHECK(!value_is_integer(value_number(arena, 9007199254740994.0)));
    CHECK(!value_is_integer(value_number(arena, 0.5)));
    CHECK(!value_is_integer(value_number(arena, NAN)));
    CHECK(!value_is_integer(value_number(arena, INFINITY)));
    CHECK(!value_is_integer(value_string_c(arena, "1")));
    CHECK(!value_is_integer(NULL));
    arena_free(arena);
}

struct number_case {
    double number;
    const char *text;
};

TEST(numbers_print_as_json_would) {
    static const struct number_case cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1, "-1"},
        {100000, "100000"},
        {1e15, "1000000000000000"},
        {9007199254740993.0, "9007199254740992"},
        {1e18, "1000000000000000000"},
        {9223372036854774784.0, "9223372036854774784"},
        {-9223372036854774784.0, "-9223372036854774784"},
        {9223372036854775808.0, "9.223372036854776e+18"},
        {1e21, "1e+21"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {2.5, "2.5"},
        {-1e-7, "-1e-07"},
        {5e-324, "4.94065645841247e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {123456789.125, "123456789.125"},
    };
    struct arena *arena = make_arena();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_STR_IS(value_number_text(arena, cases[i].number), str_of(cases[i].text));
    }
    arena_free(arena);
}

TEST(getters_give_the_other_answer_for_what_is_of_another_kind) {
    struct arena *arena = arena_new(1u << 20);
    struct value *map = value_map(arena);
    value_set_at(arena, map, "a.yes", value_bool(arena, true));
    value_set_at(arena, map, "a.no", value_bool(arena, false));
    value_set_at(arena, map, "a.two", value_number(arena, 2));
    value_set_at(arena, map, "a.none", value_number(arena, (double)NAN));
    value_set_at(arena, map, "a.text", value_string_c(arena, "true"));
    CHECK(value_bool_at(map, "a.yes", false));
    CHECK(!value_bool_at(map, "a.no", true));
    CHECK(value_bool_at(map, "a.text", true));
    CHECK(!value_bool_at(map, "a.text", false));
    CHECK(value_bool_at(map, "b", true));
    CHECK(value_number_at(map, "a.two", 7) < 3);
    CHECK(value_number_at(map, "a.none", 7) > 6);
    CHECK(value_number_at(map, "a.text", 7) > 6);
    CHECK_STR(value_text_at(map, "a.two"), "");
    CHECK_STR(value_text(value_at(map, "a.text")), "true");
    CHECK_STR(value_text(NULL), "");
    arena_free(arena);
}

TEST(lists_are_searched_for_text_and_for_members) {
    struct arena *arena = arena_new(1u << 20);
    struct value *item = value_map(arena);
    struct value *list = value_list(arena);
    value_map_set_c(arena, item, "key", value_string_c(arena, "a"));
    value_list_append(arena, list, value_number(arena, 1));
    value_list_append(arena, list, item);
    value_list_append(arena, list, value_string_c(arena, "b"));
    CHECK_INT(value_list_count(list), 3);
    CHECK_INT(value_list_count(item), 0);
    CHECK_INT(value_list_count(NULL), 0);
    CHECK(value_list_has(list, STR("b")));
    CHECK(!value_list_has(list, STR("a")));
    CHECK(!value_list_has(item, STR("a")));
    CHECK(value_list_holds(list, value_copy(arena, item)));
    CHECK(!value_list_holds(list, value_number(arena, 2)));
    CHECK(!value_list_holds(item, item));
    CHECK(!value_list_holds(NULL, item));
    CHECK(value_list_find(list, "key", STR("a")) == item);
    CHECK(value_list_find(list, "key", STR("b")) == NULL);
    CHECK(value_list_find(list, "name", STR_EMPTY) == NULL);
    CHECK(value_list_find(NULL, "key", STR("a")) == NULL);
    arena_free(arena);
}

TEST(a_map_below_may_be_changed_once_it_is_owned) {
    struct arena *arena = make_arena();
    const struct value *shared = tree(arena, "{\"a\":{\"b\":1},\"c\":2}");
    struct value *map = value_map_clone(arena, shared);
    value_map_set_text(arena, value_map_own(arena, map, "a"), "b", STR("new"));
    CHECK_STR(value_text_at(map, "a.b"), "new");
    CHECK(value_number_at(shared, "a.b", 0) > 0);
    CHECK(value_map_own(arena, map, "c") == NULL);
    CHECK(value_map_own(arena, map, "d") == NULL);
    CHECK(value_map_own(arena, NULL, "d") == NULL);
    arena_free(arena);
}

TEST(kinds_have_names_for_messages) {
    CHECK_STR(str_of(value_kind_name(VALUE_NULL)), "null");
    CHECK_STR(str_of(value_kind_name(VALUE_BOOL)), "a boolean");
    CHECK_STR(str_of(value_kind_name(VALUE_NUMBER)), "a number");
    CHECK_STR(str_of(value_kind_name(VALUE_STRING)), "a string");
    CHECK_STR(str_of(value_kind_name(VALUE_BYTES)), "text that is not UTF-8");
    CHECK_STR(str_of(value_kind_name(VALUE_LIST)), "a list");
    CHECK_STR(str_of(value_kind_name(VALUE_MAP)), "an object");
    CHECK_STR(str_of(value_kind_name(VALUE_UNKNOWN)), "an unknown value");
    CHECK_STR(str_of(value_kind_name(VALUE_ASSET)), "an asset");
    CHECK_STR(str_of(value_kind_name(VALUE_ARCHIVE)), "an archive");
}

TEST_MAIN {
    RUN(makers_give_the_kind_and_copy_text);
    RUN(set_keeps_keys_sorted_and_replaces);
    RUN(set_copies_the_key);
    RUN(large_maps_stay_sorted_whatever_the_order);
    RUN(remove_takes_out_the_one_key);
    RUN(sort_lets_the_last_of_equal_keys_win);
    RUN(get_is_exact_and_forgives_what_is_no_map);
    RUN(at_follows_a_path_of_keys);
    RUN(set_at_makes_the_maps_on_the_way);
    RUN(lists_grow_in_order);
    RUN(copy_lives_without_its_original);
    RUN(with_secret_changes_only_the_copy);
    RUN(an_id_is_text_or_a_whole_number);
    RUN(clone_of_a_map_may_be_changed);
    RUN(null_unknown_and_secret_are_found_at_any_depth);
    RUN(equality_is_of_meaning);
    RUN(equality_of_unknown_secret_and_pointers);
    RUN(integers_are_whole_and_exact);
    RUN(numbers_print_as_json_would);
    RUN(getters_give_the_other_answer_for_what_is_of_another_kind);
    RUN(lists_are_searched_for_text_and_for_members);
    RUN(a_map_below_may_be_changed_once_it_is_owned);
    RUN(kinds_have_names_for_messages);
}
