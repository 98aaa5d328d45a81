#ifndef TOY_TABLE_H
#define TOY_TABLE_H

#include "core/props/prop.h"

/* A property table with one row for everything a row can say. */

#define IN_OUT (PROP_INPUT | PROP_OUTPUT)

static const struct value toy_one = {.kind = VALUE_NUMBER, .number = 1};
static const struct value toy_false = {.kind = VALUE_BOOL, .boolean = false};
static const struct value toy_open = {.kind = VALUE_STRING, .string = {"open", 4}};
static const struct value toy_no_items = {.kind = VALUE_LIST};
static const struct value toy_no_entries = {.kind = VALUE_MAP};

static const struct prop toy_text = {.name = "item", .type = PROP_STRING, .flags = IN_OUT};
static const char *const toy_hidden[] = {"SYS", "sys:*", NULL};

static const struct prop_value toy_doors[] = {
    {"open", NULL, NULL}, {"closed", "shut", NULL}, {"ajar", NULL, "say open"}};
static const struct prop_value toy_colours[] = {{"red", NULL, NULL}, {"blue", NULL, NULL}};

static const struct prop toy_plain_members[] = {
    {.name = "speed", .type = PROP_INTEGER, .flags = IN_OUT},
};
static const struct prop toy_engine_members[] = {
    {.name = "steam",
     .type = PROP_OBJECT,
     .flags = IN_OUT | PROP_PRESENCE,
     .props = toy_plain_members,
     .prop_count = 1},
    {.name = "petrol",
     .type = PROP_OBJECT,
     .flags = IN_OUT,
     .props = toy_plain_members,
     .prop_count = 1},
};
static const struct prop toy_inner_members[] = {
    {.name = "least",
     .type = PROP_INTEGER,
     .flags = IN_OUT | PROP_SEND_DEFAULT,
     .default_value = &toy_one,
     .has_min = true,
     .min = 0,
     .has_max = true,
     .max = 9},
    {.name = "ratio", .type = PROP_NUMBER, .flags = IN_OUT, .clear = PROP_CLEAR_RESET},
};
static const struct prop toy_box_members[] = {
    {.name = "kind", .type = PROP_STRING, .flags = IN_OUT | PROP_REQUIRED},
    {.name = "inner",
     .type = PROP_OBJECT,
     .flags = IN_OUT,
     .props = toy_inner_members,
     .prop_count = 2},
    {.name = "serial", .type = PROP_STRING, .flags = PROP_OUTPUT},
};
static const struct prop toy_login_members[] = {
    {.name = "user", .type = PROP_STRING, .flags = IN_OUT | PROP_REQUIRED},
    {.name = "password", .type = PROP_STRING, .flags = IN_OUT | PROP_REQUIRED | PROP_SECRET},
};

static const struct prop toy_rows[] = {
    {.name = "name",
     .type = PROP_STRING,
     .flags = IN_OUT | PROP_REPLACE,
     .min_length = 1,
     .max_length = 5,
     .pattern = "^[a-z]+$",
     .pattern_hint = "may hold only letters"},
    {.name = "place", .type = PROP_STRING, .flags = IN_OUT | PROP_REPLACE | PROP_LOCAL},
    {.name = "door",
     .type = PROP_STRING,
     .flags = IN_OUT | PROP_SEND_DEFAULT,
     .default_value = &toy_open,
     .values = toy_doors,
     .value_count = 3},
    {.name = "colour",
     .type = PROP_STRING,
     .flags = IN_OUT | PROP_OPEN,
     .values = toy_colours,
     .value_count = 2,
     .wire = "look.colour",
     .clear = PROP_CLEAR_KEEP},
    {.name = "box",
     .type = PROP_OBJECT,
     .flags = IN_OUT | PROP_REQUIRED,
     .wire = "crate",
     .props = toy_box_members,
     .prop_count = 3},
    {.name = "engine",
     .type = PROP_OBJECT,
     .flags = IN_OUT | PROP_WHOLE | PROP_ONE_OF,
     .props = toy_engine_members,
     .prop_count = 2},
    {.name = "tags",
     .type = PROP_LIST,
     .flags = IN_OUT | PROP_WHOLE,
     .item = &toy_text,
     .default_value = &toy_no_items,
     .clear = PROP_CLEAR_EMPTY,
     .max_length = 3},
    {.name = "set", .type = PROP_LIST, .flags = IN_OUT | PROP_UNORDERED, .item = &toy_text},
    {.name = "env",
     .type = PROP_MAP,
     .flags = IN_OUT | PROP_WHOLE,
     .item = &toy_text,
     .default_value = &toy_no_entries,
     .clear = PROP_CLEAR_EMPTY,
     .hidden = toy_hidden},
    {.name = "secrets",
     .type = PROP_MAP,
     .flags = IN_OUT | PROP_WHOLE | PROP_SECRET | PROP_WRITE_ONLY,
     .item = &toy_text,
     .clear = PROP_CLEAR_EMPTY},
    {.name = "login",
     .type = PROP_OBJECT,
     .flags = IN_OUT | PROP_WRITE_ONLY,
     .props = toy_login_members,
     .prop_count = 2},
    {.name = "version",
     .type = PROP_STRING,
     .flags = IN_OUT | PROP_RESOLVED,
     .clear = PROP_CLEAR_KEEP},
    {.name = "lamp",
     .type = PROP_BOOLEAN,
     .flags = IN_OUT,
     .wire_in = "state.lamp",
     .default_value = &toy_false},
    {.name = "count",
     .type = PROP_INTEGER,
     .flags = IN_OUT | PROP_EMPTY_UNSET,
     .clear = PROP_CLEAR_ZERO},
    {.name = "note",
     .type = PROP_STRING,
     .flags = IN_OUT | PROP_EMPTY_UNSET,
     .clear = PROP_CLEAR_EMPTY},
    {.name = "quiet", .type = PROP_STRING, .flags = IN_OUT | PROP_MISSING_KEEPS},
    {.name = "any", .type = PROP_ANY, .flags = IN_OUT},
    {.name = "wish", .type = PROP_STRING, .flags = IN_OUT | PROP_LOCAL, .deprecated = "wish less"},
    {.name = "dead", .type = PROP_STRING, .flags = IN_OUT | PROP_IGNORED},
    {.name = "id", .type = PROP_STRING, .flags = PROP_OUTPUT | PROP_STABLE, .wire = "meta.id"},
    {.name = "state", .type = PROP_STRING, .flags = PROP_OUTPUT, .wire = "state.word"},
};

static const struct prop_table toy_table = {toy_rows, sizeof(toy_rows) / sizeof(toy_rows[0])};

#endif
