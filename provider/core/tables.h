#ifndef CORE_TABLES_H
#define CORE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/value.h"
#include "rest/client.h"

/* The columns of the tables that tables.py renders from one YAML file a cloud. Everything here is
 * constant; documentation stays in the YAML and in the schema. */

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
    PROP_REQUIRED = 1 << 2, /* as an input */
    PROP_SECRET = 1 << 3,
    PROP_REPLACE = 1 << 4,    /* a change replaces the resource */
    PROP_WRITE_ONLY = 1 << 5, /* the service never gives it back: the inputs are the truth */
    PROP_RESOLVED =
        1 << 6, /* the service may answer another spelling: never compared with the live value */
    PROP_LOCAL = 1 << 7,          /* steers this provider, is never sent */
    PROP_WHOLE = 1 << 8,          /* an update sends all of it when anything below changed */
    PROP_ONE_OF = 1 << 9,         /* object: exactly one member may be set */
    PROP_PRESENCE = 1 << 10,      /* object: {} differs from absent */
    PROP_IGNORED = 1 << 11,       /* the service ignores it: never a difference */
    PROP_UNORDERED = 1 << 12,     /* list: a set */
    PROP_OPEN = 1 << 13,          /* allowed values are a snapshot: others warn */
    PROP_SEND_DEFAULT = 1 << 14,  /* a create sends the default when nothing is set */
    PROP_STABLE = 1 << 15,        /* output that an update cannot change */
    PROP_MISSING_KEEPS = 1 << 16, /* a reply without it says nothing about it */
    PROP_NO_CREATE = 1 << 17,     /* not part of the create body */
    PROP_EMPTY_UNSET = 1 << 18,   /* an empty string in a reply means absent */
    PROP_NO_UPDATE = 1 << 19,     /* not part of a whole update body */
    PROP_FIRST_FREE = 1 << 20,    /* setting or unsetting it is no difference, another value is */
    PROP_FREE_TEXT = 1 << 21,     /* the service's own words: it may repeat a secret in them */
    PROP_NOCASE = 1 << 22,        /* allowed values are matched without case */
    PROP_NUMERIC = 1 << 23,       /* text of digits here, a number there; empty text is null */
    PROP_WORDS = 1 << 24          /* a list of words, or JSON text of one; empty text means none */
};

/* What an update sends when the input was taken out of the program. */
enum prop_clear {
    PROP_CLEAR_NULL = 0,
    PROP_CLEAR_EMPTY, /* "", [], {} */
    PROP_CLEAR_ZERO,
    PROP_CLEAR_RESET, /* null, and the service picks a value of its own */
    PROP_CLEAR_KEEP   /* cannot be unset: the old value stays, which is no difference */
};

struct prop_value {
    const char *value;
    const char *wire;       /* the service's spelling, or NULL when the same */
    const char *deprecated; /* warning, or NULL */
};

struct prop {
    const char *name;
    enum prop_type type;
    unsigned flags;
    const char *wire;         /* dotted path below the parent's wire object, both ways */
    const char *wire_in;      /* where replies have it when that differs, or NULL */
    const struct prop *props; /* PROP_OBJECT */
    size_t prop_count;
    const struct prop *item; /* PROP_LIST, PROP_MAP; NULL = anything */
    const struct value *default_value;
    const struct prop_value *values;
    size_t value_count;
    bool has_min;
    bool has_max;
    double min;
    double max;
    size_t min_length;        /* code points; list and map: items */
    size_t max_length;        /* 0 = no limit */
    const char *pattern;      /* POSIX extended, or NULL */
    const char *pattern_hint; /* what the pattern means, in words */
    const char *deprecated;   /* warning when set, or NULL */
    enum prop_clear clear;
    const char *const *hidden; /* keys the service adds by itself, "sys:*" for a prefix;
                                  NULL-terminated, or NULL */
};

struct prop_table {
    const struct prop *rows;
    size_t count;
};

/* What a state word means for waiting. */
enum state_class {
    STATE_PENDING = 0, /* also every word that is in no row */
    STATE_READY,
    STATE_IDLE, /* scaled to zero: wakes on request */
    STATE_PAUSED,
    STATE_FAILED,
    STATE_UPDATE_FAILED, /* the last change did not apply; what was there before still serves */
    STATE_GONE,
    STATE_OTHER /* says nothing about what was asked: neither waited for nor shown as a change */
};

struct state_row {
    const char *word; /* compared without case; a trailing '*' matches a prefix, '*x*' anywhere */
    enum state_class class;
};

/* desiredState word -> operation that brings it about. */
struct action_row {
    const char *desired;
    const char *operation;
    enum state_class class; /* the state it leads to */
};

/* Inputs whose effective value falls back on the configuration and that identify where the endpoint
 * lives. */
struct scope_row {
    const char *property;
    const char *config; /* provider config key */
    bool required;
    bool shared_names; /* a name is taken for all its values: another one frees none */
};

struct name_rule {
    const char *property; /* "name" */
    size_t max_length;
    const char *alphabet; /* allowed characters, beside letters and digits: "-" */
    bool lower_case;
    bool letter_first;
    bool single_separators; /* no two separators in a row, none at the ends */
    bool unique;            /* two live objects cannot share a name */
    bool reusable;          /* a deleted object's name may be used again */
};

struct wait_policy {
    int64_t first_ms;
    double factor;
    int64_t cap_ms;
    int64_t create_ms; /* default timeouts */
    int64_t update_ms;
    int64_t delete_ms;
    int64_t settle_ms; /* after a change the old state may still show for so long */
};

/* Where a reply says how the endpoint is doing; dotted paths into the live object, NULL = not told.
 */
struct status_paths {
    const char *state;
    const char *const *messages; /* NULL-terminated */
    const char *ready_replicas;
    const char *target_replicas;
    const char *created_at;
    const char *name;
};

enum config_type { CONFIG_STRING = 0, CONFIG_INTEGER, CONFIG_NUMBER };

struct config_row {
    const char *key;
    enum config_type type;
    bool secret;
    const char *const *env;   /* NULL-terminated, first found wins; or NULL */
    const char *const *files; /* "$HF_HOME/token", "~/.cache/x"; first readable wins; or NULL */
    const char *default_value;
    const struct prop_value *values; /* allowed, closed; NULL = any */
    size_t value_count;
    bool url;          /* checked to be an http(s) URL */
    const char *strip; /* taken off the end of a value, or NULL */
    /* A value that ends with the first gets the second behind it; both NULL for none. */
    const char *complete_end;
    const char *complete_with;
    double min;
    bool has_min;
};

struct base_url_row {
    const char *key;
    const char *config;   /* key whose value overrides, or NULL */
    const char *template; /* "https://ark.{region}.example"; parameters are scope properties */
    const char *env; /* variable that goes before the template: "SDK_ADDRESS_{region}", in capitals,
                        or NULL */
};

/* Which configuration feeds which part of the credential. */
struct auth_row {
    const char *scheme; /* sign_scheme name */
    const char *token;
    const char *access_key;
    const char *secret_key;
    const char *session_token;
    const char *service;
    const char *requires; /* one more key that has to be set: a password to buy a token for, a
                             second key */
    bool probe;           /* one request alone proves it first (rest/gate.h) */
    bool one_family; /* both keys, and the session's token, come from places that belong together */
};

/* A template parameter of every operation that comes from the configuration. */
struct param_row {
    const char *name;
    const char *config;
};

/* A function: a read-only look-up of what resources take. */
struct function_row {
    const char *token;     /* "inference:maas:getAgreement" */
    const char *operation; /* called with the arguments as parameters */
    struct prop_table args;
    struct prop_table results; /* decoded from the operation's result */
};

struct cloud_tables {
    const char *name;           /* "hf" */
    const char *title;          /* "Hugging Face" */
    const char *token;          /* "inference:hf:Endpoint" */
    const char *const *aliases; /* foreign type tokens, NULL-terminated, or NULL */
    struct prop_table props;
    const struct config_row *config;
    size_t config_count;
    const struct scope_row *scope;
    size_t scope_count;
    struct name_rule name_rule;
    const char *id_template; /* canonical id: "{namespace}/{name}" */
    const char *id_import;   /* longest form an import takes; leading segments may be left out */
    /* Where a create's reply has the parts of the id that the service made: dotted paths, first
     * that is set wins; the value becomes the parameter "endpointId". NULL when the id is made of
     * inputs. */
    const char *const *id_created;
    const char *id_help; /* the formats an import takes, for messages */
    bool update_whole;   /* an update carries every property, not only what differs */
    /* Input that says for how many seconds a request is repeated that finds no machine free, or
     * NULL. */
    const char *capacity_retry;
    const struct value *data; /* constants that hooks look up, or NULL */
    const struct operation *operations;
    size_t operation_count;
    const struct function_row *functions;
    size_t function_count;
    const struct state_row *states;
    size_t state_count;
    const struct action_row *actions;
    size_t action_count;
    struct status_paths status;
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
