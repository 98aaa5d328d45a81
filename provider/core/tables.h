#ifndef CORE_TABLES_H
#define CORE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/value.h"
#include "rest/client.h"

/* The tables that tables.py renders from one YAML file per cloud. Everything here is constant. What
 * a column or a word means is in columns.py (docs/reference/tables.md), which is held against these
 * structures by a test; here is what only C has to know. A text is NULL and a number 0 when the row
 * does not say it; lists of texts are NULL-terminated, or NULL. */

enum prop_type {
    PROP_STRING = 0,
    PROP_INTEGER,
    PROP_NUMBER,
    PROP_BOOLEAN,
    PROP_OBJECT,
    PROP_LIST,
    PROP_MAP,
    PROP_ANY
};

enum prop_flag {
    PROP_INPUT = 1 << 0,
    PROP_OUTPUT = 1 << 1,
    PROP_REQUIRED = 1 << 2,
    PROP_SECRET = 1 << 3,
    PROP_REPLACE = 1 << 4,
    PROP_WRITE_ONLY = 1 << 5,
    PROP_RESOLVED = 1 << 6,
    PROP_LOCAL = 1 << 7,
    PROP_WHOLE = 1 << 8,
    PROP_ONE_OF = 1 << 9,
    PROP_PRESENCE = 1 << 10,
    PROP_IGNORED = 1 << 11,
    PROP_UNORDERED = 1 << 12,
    PROP_OPEN = 1 << 13,
    PROP_SEND_DEFAULT = 1 << 14,
    PROP_STABLE = 1 << 15,
    PROP_MISSING_KEEPS = 1 << 16,
    PROP_NO_CREATE = 1 << 17,
    PROP_EMPTY_UNSET = 1 << 18,
    PROP_NO_UPDATE = 1 << 19,
    PROP_FIRST_FREE = 1 << 20,
    PROP_FREE_TEXT = 1 << 21,
    PROP_NOCASE = 1 << 22,
    PROP_NUMERIC = 1 << 23,
    PROP_WORDS = 1 << 24,
    PROP_SECOND_HAND = 1 << 25,
    PROP_PAUSE_RESETS = 1 << 26,
    PROP_FILLED = 1 << 27,
    PROP_MASKED = 1 << 28,
    PROP_ASSUMED = 1 << 29,
    PROP_SWITCHED = 1 << 30
};

enum prop_clear {
    PROP_CLEAR_NULL = 0,
    PROP_CLEAR_EMPTY,
    PROP_CLEAR_ZERO,
    PROP_CLEAR_RESET,
    PROP_CLEAR_KEEP
};

enum prop_interruption {
    PROP_INTERRUPTS_UNKNOWN = 0,
    PROP_INTERRUPTS_NO,
    PROP_INTERRUPTS_ROLLS,
    PROP_INTERRUPTS_RESTARTS
};

struct prop_value {
    const char *value;
    const char *wire; /* NULL = the same */
    const char *deprecated;
};

struct prop {
    const char *name;
    enum prop_type type;
    unsigned flags;
    const char *wire;
    const char *wire_in;
    const struct prop *props; /* PROP_OBJECT */
    size_t prop_count;
    const struct prop *item; /* PROP_LIST, PROP_MAP; NULL = anything */
    const struct value *default_value;
    const struct prop_value *values;
    size_t value_count;
    const char *unit;
    bool has_min;
    bool has_max;
    double min;
    double max;
    size_t min_length; /* code points; list and map: items */
    size_t max_length; /* 0 = no limit */
    const char *pattern;
    const char *pattern_hint;
    const char *deprecated;
    const char *left_out;
    const char *exposed;
    const char *listed_by;
    const char *const *other_names;
    enum prop_clear clear;
    const struct value *fill;
    const char *const *hidden;
    const char *former_of; /* dotted path */
    const char *const *matched_by;
    const char *filter;
    const char *minus;
    enum prop_interruption interrupts;
};

struct prop_table {
    const struct prop *rows;
    size_t count;
};

enum state_class {
    STATE_PENDING = 0,
    STATE_READY,
    STATE_IDLE,
    STATE_PAUSED,
    STATE_FAILED,
    STATE_UPDATE_FAILED,
    STATE_GONE,
    STATE_OTHER
};

struct state_row {
    const char *word;
    enum state_class class;
};

struct action_row {
    const char *desired;
    const char *operation;
    enum state_class class;
    const char *refused_input;
    const char *refused_value;
};

struct scope_row {
    const char *property;
    const char *config;
    bool required;
    bool shared_names;
    const char *const *known;
    const char *id_pattern;
};

struct name_rule {
    const char *property;
    size_t max_length;
    const char *alphabet;
    bool lower_case;
    bool letter_first;
    bool single_separators;
    bool unique;
    bool reusable;
};

struct wait_policy {
    int64_t first_ms;
    double factor;
    int64_t cap_ms;
    int64_t create_ms;
    int64_t update_ms;
    int64_t delete_ms;
    int64_t settle_ms;
};

/* Dotted paths into the live object; NULL = not told. */
struct status_paths {
    const char *state;
    const char *const *messages;
    const char *ready_replicas;
    const char *target_replicas;
    const char *created_at;
    const char *created_output;
    const char *name;
    const char *address;
    const char *private_network;
};

enum config_type { CONFIG_STRING = 0, CONFIG_INTEGER, CONFIG_NUMBER, CONFIG_BOOLEAN };

struct config_row {
    const char *key;
    enum config_type type;
    bool secret;
    bool numeric; /* a whole number counts as the text of it */
    bool keeps_blanks;
    const char *const *env;
    const char *const *files;
    const char *default_value;
    const struct prop_value *values;
    size_t value_count;
    bool url;
    bool proxy;
    const char *const *reserved; /* NULL: it is no headers */
    const char *strip;
    const char *complete_end; /* NULL when complete_with is */
    const char *complete_with;
    const char *unit;
    double min;
    bool has_min;
    double max;
    bool has_max;
    const char *profile;
    const char *profile_mode; /* in lower case */
};

/* Read by core/config_profile.c; no name: the cloud knows no profiles. */
struct profile_table {
    const char *name;
    const char *file;
    const char *const *modes;
};

/* The first has all regions that the others do not name. */
struct site_row {
    const char *name;
    const char *const *regions;
    const char *env; /* the first word of its environment variables */
    const char *profile_file;
    const char *data_plane;
    const char *console;
    const char *activation;
    bool portkey;
};

struct base_url_row {
    const char *key;
    const char *site; /* or NULL: of any */
    const char *config;
    const char *template;
    const char *env;
};

/* The columns but scheme and service are configuration keys. */
struct auth_row {
    const char *scheme; /* sign_scheme name */
    const char *token;
    const char *access_key;
    const char *secret_key;
    const char *session_token;
    const char *role;
    const char *service;
    const char *requires;
    bool probe;
    bool one_family;
};

enum list_style { LIST_WHOLE = 0, LIST_CURSOR, LIST_PAGE, LIST_OFFSET };

/* Read by core/endpoint/pager.c; no operation: endpoints cannot be listed. */
struct list_table {
    const char *operation;
    enum list_style style;
    const char *items;
    const char *total;
    const char *next;
    const char *id;
    const char *name;
    int64_t size;
    bool total_optional;
    bool empty_by_total;
    bool undocumented;
    bool proves_gone;
    bool brief;
    bool serves_reads;
    int64_t lag_ms;
};

/* Where live objects and the body of a create have the labels that prove a create. */
struct mark_paths {
    const char *labels; /* NULL: endpoints carry none */
    const char *key;    /* NULL: a label is a text, else it is a map with these members */
    const char *value;
};

/* Read by cloud_is_excepted. */
struct endpoint_exception {
    const char *input;
    const char *is;
};

/* Read by core/endpoint/dormant.c. */
struct dormant_row {
    const char *input;
    const char *by;
    const char *is;
    bool carried;
    const char *advice;
};

/* Read by core/endpoint/readiness.c. */
struct answers_table {
    const char *url; /* NULL: endpoints are not asked */
    const char *route;
    const char *path;
    const char *needs;
    const struct endpoint_exception *never;
    size_t never_count;
};

/* Read by core/endpoint/caller_key.c. */
struct caller_key {
    const char *what; /* NULL: nothing is told */
    const struct endpoint_exception *not_for;
    size_t not_for_count;
};

/* Read by core/endpoint/log_tail.c. */
struct log_table {
    const char *operation; /* NULL: its log cannot be read */
    const char *line;
    const char *cut;
};

/* Read by core/methods/diagnose.c. */
struct identity_table {
    const char *operation; /* NULL: no request tells the account */
    const char *account;
    bool optional;
};

struct param_row {
    const char *name;
    const char *config;
};

enum resource_kind { RESOURCE_ENDPOINT = 0, RESOURCE_KEY };

/* A resource type beside the cloud's endpoints. */
struct resource_row {
    const char *token; /* "inference:ark:ApiKey" */
    enum resource_kind kind;
    const char *operation;
    const char *no_import;
    const char *no_removal;
    struct prop_table props; /* inputs and outputs, told apart by their flags */
};

enum function_kind { FUNCTION_REPLY = 0, FUNCTION_ENDPOINT, FUNCTION_ENDPOINTS, FUNCTION_LOG };

struct function_row {
    const char *token; /* "inference:maas:getAgreement" */
    const char *operation;
    enum function_kind kind;
    const char *rows;
    struct prop_table args;
    struct prop_table results;
};

struct price_param {
    const char *name;
    const char *wire;
};

struct price_path {
    const char *row;
    const char *wire;
    const char *is; /* NULL: anything */
};

/* Read by core/endpoint/price.c and price_key.c. */
struct price_table {
    const char *operation; /* NULL: no prices are known */
    const struct price_param *params;
    size_t param_count;
    const char *rows;
    const struct price_path *match;
    size_t match_count;
    const char *amount;
    const char *currency;
    const char *currency_word;
    const char *replicas;
    const char *planned;
    const char *const *free;
};

struct catalogue_path {
    const char *input;
    const char *row;
    bool chooses;
};

struct catalogue_stock {
    const char *left; /* NULL: it has none */
    const char *total;
    const char *takes;
    const char *replicas;
    const char *what;
    const char *input;
};

struct catalogue_argument {
    const char *argument;
    const char *input; /* NULL: it is false */
};

struct catalogue_notice {
    const char *row;
    const char *is;
    bool above;
    const char *input;
    const char *text;
};

/* Read by core/methods/catalogue.c. */
struct catalogue_row {
    const char *function; /* "getMachines" */
    const struct catalogue_argument *arguments;
    size_t argument_count;
    const char *rows;
    const struct catalogue_path *match;
    size_t match_count;
    const char *state;
    const char *const *unusable;
    struct catalogue_stock stock;
    const struct catalogue_notice *notices;
    size_t notice_count;
    const char *needs;
    const char *unless;
    const char *strict;
};

/* Read by core/endpoint/doubt.c, core/methods/diff.c and core/props/prop_whole.c. */
struct form_table {
    const char *const *keeps;
    const char *const *facts;
    const char *const *beside;
};

struct cloud_tables {
    const char *name;  /* "hf" */
    const char *title; /* "Hugging Face" */
    const char *token; /* "inference:hf:Endpoint" */
    const char *const *aliases;
    struct prop_table props; /* inputs and outputs, told apart by their flags */
    const struct config_row *config;
    size_t config_count;
    const struct site_row *sites;
    size_t site_count;
    struct profile_table profile;
    const struct scope_row *scope;
    size_t scope_count;
    struct name_rule name_rule;
    const char *id_template;
    const char *id_import; /* never NULL */
    const char *const *id_created;
    const char *id_help;
    const char *id_pattern;
    const char *id_example;
    bool update_whole;
    struct form_table form;
    const char *capacity_retry;
    const struct value *data;
    const struct operation *operations;
    size_t operation_count;
    struct list_table list;
    const struct resource_row *resources;
    size_t resource_count;
    const struct function_row *functions;
    size_t function_count;
    struct price_table prices;
    const struct catalogue_row *catalogue;
    size_t catalogue_count;
    const char *console;
    const struct state_row *states;
    size_t state_count;
    const struct action_row *actions;
    size_t action_count;
    struct status_paths status;
    struct mark_paths mark;
    const struct dormant_row *dormant;
    size_t dormant_count;
    struct answers_table answers;
    struct caller_key caller_key;
    struct log_table logs;
    struct identity_table identity;
    struct wait_policy wait;
    const struct auth_row *auth;
    size_t auth_count;
    const struct param_row *params;
    size_t param_count;
    const struct base_url_row *base_urls;
    size_t base_url_count;
    struct rest_service service;
};

/* Provider configuration that belongs to no cloud, rendered from package.yaml. */
extern const struct config_row common_config[];
extern const size_t common_config_count;

#endif
