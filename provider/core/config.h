#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "core/endpoint/cloud.h"
#include "core/methods/provider.h"
#include "core/props/prop.h"

/* The provider's effective configuration: what was configured, else the environment, else a shared
 * file or a profile in one, else the default. A profile that is configured takes precedence over
 * the environment. Built once by Configure, immutable and shared after that. */
struct config;

/* Fails with ERR_INVALID on a malformed value of the configuration, naming its key. Environment and
 * files are read now; what is wrong there is kept as a fault. */
enum err_code config_new(struct ctx *ctx, const struct provider_options *options,
                         const struct configure_request *request, struct config **out) MUST_USE;
void config_free(struct config *config);

/* Text of a key, or empty when it is set nowhere. Lives as long as the config. */
struct str config_text(const struct config *config, const char *key);
/* Where that text comes from: "inference:maasToken", the name of an environment variable, a file;
 * empty for a default. */
struct str config_place(const struct config *config, const char *key);
/* Whether nobody may see that text: so says the key's row, or whoever configured it. */
bool config_is_secret(const struct config *config, const char *key);
/* The same with the kind of place before it: "the environment variable HF_TOKEN". */
struct words config_place_text(struct arena *arena, const struct config *config, const char *key);
enum config_source config_source(const struct config *config);
/* Whether two keys come from places that belong together: both configured, or variables that begin
 * with the same word. */
bool config_is_one_family(const struct config *config, const char *a, const char *b);
/* What is wrong with what the environment or a file gives for the key: a sentence that names the
 * key and the place, or empty. Such a key has no text. Lives as long as the config. */
struct str config_fault(const struct config *config, const char *key);
/* Fails with ERR_INVALID when one of the cloud's keys has a fault. Configure does not: another
 * cloud's variables are nobody's mistake until that cloud is used. */
enum err_code config_refuse_faults(struct ctx *ctx, const struct config *config,
                                   const struct cloud_tables *tables) MUST_USE;
/* *out receives the text of a key from the family that `other` comes from; empty when that holds
 * none. Fails with ERR_INVALID when it is malformed. Lives as long as the call. */
enum err_code config_text_beside(struct ctx *ctx, const struct config *config, const char *key,
                                 const char *other, struct str *out) MUST_USE;
/* *out receives the text of an environment variable (its name ends with a null byte) that stands
 * for the key in one case only; empty when it is not set. As config_text_beside. */
enum err_code config_text_env(struct ctx *ctx, const struct config *config, const char *key,
                              struct str name, struct str *out) MUST_USE;
/* Number of a key, or `otherwise`. */
double config_number(const struct config *config, const char *key, double otherwise);
/* The call knows every secret of the configuration from now on; the config outlives it. NULL,
 * before Configure, has none. */
void config_redact(const struct config *config, struct redact *redact);

/* Row of a key among the common rows and those of all clouds; NULL when unknown. */
const struct config_row *config_find(const struct provider_options *options, struct str key);
/* Where a value for the key is looked for, as words: "inference:hfToken, the environment: A, B, the
 * files: C". */
struct str config_places(struct arena *arena, const struct cloud_tables *tables,
                         const struct site_row *site, const struct config_row *row);
/* The site that the credentials are of; NULL where the cloud has no sites. */
const struct site_row *config_site(const struct config *config, const struct cloud_tables *tables);

/* CheckConfig and DiffConfig. */
void config_check(struct ctx *ctx, const struct provider_options *options, const struct value *news,
                  struct failures *failures, const struct value **out);
void config_diff(const struct provider_options *options, const struct value *olds,
                 const struct value *news, struct diff_list *diffs);

#endif
