#ifndef CORE_METHODS_PROVIDER_H
#define CORE_METHODS_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/value.h"
#include "rest/observer.h"
#include "rest/transport.h"

/* The provider's methods, free of gRPC. Every one may be called from any thread, many at once;
 * results live in ctx->arena; on failure the code is returned and ctx->error holds the details.
 * Struct fields that were absent on the wire are NULL; those that were present but empty are empty
 * maps. */
struct provider;
struct cloud;

struct provider_options {
    const struct clock *clock;
    /* Told of requests to the clouds; each may be NULL and outlives the provider. The second only
     * of a configuration whose setting requestLog says so, and when there is not the first. */
    struct rest_observer *observer;
    struct rest_observer *request_log;
    transport_open_fn *open_transport;       /* opened at the first cloud call, not before */
    const char *(*getenv)(const char *name); /* injected for tests; NULL = the process's */
    const struct cloud *const *clouds;       /* the registry, NULL-terminated */
};

/* Lives until provider_free; no call may be under way then. */
struct provider *provider_new(const struct provider_options *options);
void provider_free(struct provider *provider);

/* Constant for the life of the process. */
struct str provider_version(void); /* semver without "v" */
struct str provider_schema(void);  /* the package schema, JSON */

/* Which of our resources those of a Terraform provider become; rendered from the clouds' tables. */
struct terraform_mapping {
    struct str provider; /* name of the Terraform provider */
    struct str data;     /* JSON of the Terraform bridge's MarshallableProviderInfo */
};
extern const struct terraform_mapping terraform_mappings[];
extern const size_t terraform_mapping_count;

struct check_failure {
    struct str property; /* property path, "" = the whole resource */
    struct words reason;
};

enum autonaming_mode { AUTONAMING_PROPOSE = 0, AUTONAMING_ENFORCE = 1, AUTONAMING_DISABLE = 2 };

struct check_request {
    struct str urn;
    struct str name; /* may be empty: then taken from the URN */
    struct str type;
    const struct value *olds; /* last checked inputs, or NULL */
    const struct value *news;
    const struct value *old_outputs; /* what older engines do not tell, or NULL */
    struct str random_seed;          /* raw bytes, may be empty */
    bool has_autonaming;
    struct str proposed_name;
    enum autonaming_mode autonaming_mode;
};

struct check_response {
    const struct value *inputs; /* NULL when there are failures */
    struct check_failure *failures;
    size_t failure_count;
};

enum diff_kind { /* numbered as on the wire */
                 DIFF_ADD = 0,
                 DIFF_ADD_REPLACE,
                 DIFF_DELETE,
                 DIFF_DELETE_REPLACE,
                 DIFF_UPDATE,
                 DIFF_UPDATE_REPLACE
};

struct diff_entry {
    struct str path;
    enum diff_kind kind;
    bool input_diff;
};

struct diff_request {
    struct str id;
    struct str urn;
    struct str name;
    struct str type;
    const struct value *olds;       /* old outputs */
    const struct value *old_inputs; /* may be NULL (old engines) */
    const struct value *news;
    const struct str *ignore_changes;
    size_t ignore_change_count;
};

struct diff_response {
    bool changed; /* DIFF_SOME or DIFF_NONE */
    bool delete_before_replace;
    struct diff_entry *entries; /* sorted by path */
    size_t entry_count;
    struct str *diffs; /* distinct top-level keys of the entries */
    size_t diff_count;
    struct str *replaces; /* those of them that replace */
    size_t replace_count;
    struct str *stables;
    size_t stable_count;
};

/* Whose configuration it is: what to do about it differs. */
enum config_source {
    CONFIG_OF_STACK = 0, /* of the stack, by way of the engine's default provider */
    CONFIG_OF_RESOURCE,  /* of a provider that the program makes: as the state records it */
    CONFIG_OF_DO         /* of `pulumi do`, which knows no stack's configuration */
};

struct configure_request {
    enum config_source source;
    const struct value *args;      /* secrets may be wrapped; NULL when only `variables` came */
    const struct value *variables; /* deprecated form: map of "inference:config:<key>" to text */
};

struct create_request {
    struct str urn;
    struct str name;
    struct str type;
    const struct value *properties;
    double timeout_seconds; /* 0 = the provider's default */
    bool preview;
};

/* What takes a create back; see provider_undo_create. */
struct create_undo;

struct create_response {
    struct str id; /* may be empty in a preview */
    const struct value *properties;
    /* Also of a create that failed after it had made the endpoint. NULL: what exists stays. */
    const struct create_undo *undo;
};

struct read_request {
    struct str id;
    struct str urn;
    struct str name;
    struct str type;
    const struct value *properties; /* NULL on import */
    const struct value *inputs;     /* NULL on import */
    double timeout_seconds;
};

struct read_response { /* all empty / NULL = the object is gone */
    struct str id;
    const struct value *properties;
    const struct value *inputs;
};

struct update_request {
    struct str id;
    struct str urn;
    struct str name;
    struct str type;
    const struct value *olds;
    const struct value *old_inputs;
    const struct value *news;
    const struct str *ignore_changes;
    size_t ignore_change_count;
    double timeout_seconds;
    bool preview;
};

struct update_response {
    const struct value *properties;
};

struct delete_request {
    struct str id;
    struct str urn;
    struct str name;
    struct str type;
    const struct value *properties;
    const struct value *old_inputs;
    double timeout_seconds;
};

struct invoke_request {
    struct str token;
    const struct value *args;
    bool preview;
};

struct invoke_response {
    const struct value *result;
    struct check_failure *failures;
    size_t failure_count;
};

struct list_request {
    struct str token; /* resource type token */
    const struct value *query;
    int64_t limit; /* < 1 = none */
    int64_t page_size;
    struct str continuation_token;
};

/* Receives List results one by one; returns an error when the client has gone, which ends the
 * listing. */
struct list_receiver {
    enum err_code (*computed)(struct list_receiver *self);
    enum err_code (*result)(struct list_receiver *self, struct str id, struct str name);
    enum err_code (*continuation)(struct list_receiver *self, struct str token);
};

enum err_code provider_check_config(struct provider *provider, struct ctx *ctx,
                                    const struct check_request *request,
                                    struct check_response *out) MUST_USE;
enum err_code provider_diff_config(struct provider *provider, struct ctx *ctx,
                                   const struct diff_request *request,
                                   struct diff_response *out) MUST_USE;
enum err_code provider_configure(struct provider *provider, struct ctx *ctx,
                                 const struct configure_request *request) MUST_USE;
/* The engine at this address, which is copied, attaches: the next Configure is its. A run attaches
 * and configures once for each of its providers, and what it was told of the state lasts until
 * another engine does. Any thread; does not block. */
void provider_attach(struct provider *provider, struct str engine);
enum err_code provider_check(struct provider *provider, struct ctx *ctx,
                             const struct check_request *request,
                             struct check_response *out) MUST_USE;
enum err_code provider_diff(struct provider *provider, struct ctx *ctx,
                            const struct diff_request *request, struct diff_response *out) MUST_USE;
enum err_code provider_create(struct provider *provider, struct ctx *ctx,
                              const struct create_request *request,
                              struct create_response *out) MUST_USE;
/* Removes what a create of this process made, for when nobody will ever know of it: the caller has
 * proven that the engine has ended and that the reply did not reach it. One look, which has to show
 * the same endpoint, and one delete; nothing is repeated. A few seconds at most. */
enum err_code provider_undo_create(struct provider *provider, struct ctx *ctx,
                                   const struct create_undo *undo) MUST_USE;
enum err_code provider_read(struct provider *provider, struct ctx *ctx,
                            const struct read_request *request, struct read_response *out) MUST_USE;
enum err_code provider_update(struct provider *provider, struct ctx *ctx,
                              const struct update_request *request,
                              struct update_response *out) MUST_USE;
enum err_code provider_delete(struct provider *provider, struct ctx *ctx,
                              const struct delete_request *request) MUST_USE;
enum err_code provider_invoke(struct provider *provider, struct ctx *ctx,
                              const struct invoke_request *request,
                              struct invoke_response *out) MUST_USE;
enum err_code provider_list(struct provider *provider, struct ctx *ctx,
                            const struct list_request *request,
                            struct list_receiver *receiver) MUST_USE;

/* The bare type and name of a resource URN; false when it is not one. Views into `urn`. */
bool provider_parse_urn(struct str urn, struct str *type, struct str *name);

#endif
