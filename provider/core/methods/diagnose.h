#ifndef CORE_METHODS_DIAGNOSE_H
#define CORE_METHODS_DIAGNOSE_H

#include "base/buf.h"
#include "core/methods/provider.h"

/* What `--doctor` tells: the effective settings and where each comes from, and per cloud that has
 * credentials whether it answers, what its clock shows, whose the credential is, and whether its
 * endpoints may be listed. Nothing is changed anywhere. Private but for `text` and `faults`. */

enum { DIAGNOSIS_HOSTS = 8 };

struct diagnosis {
    struct rest_observer observer; /* first; of the provider that is asked */
    struct ctx *ctx;               /* of the present cloud */
    struct buf text;               /* the report; no secret is in it */
    size_t faults;                 /* what is wrong */
    struct check_response checked; /* what is wrong with the configuration */
    /* Heard from the present cloud. */
    struct str hosts[DIAGNOSIS_HOSTS];
    size_t host_count;
    bool has_clock;
    int64_t behind_seconds; /* of this machine's clock */
};

/* Before provider_new, whose options take the observer. One thread. */
void diagnosis_init(struct diagnosis *diagnosis);
void diagnosis_cleanup(struct diagnosis *diagnosis);
/* Checks and takes the configuration (a map of keys without "inference:"), then asks each
 * cloud; a cloud is waited for for half a minute at most. `ctx` is the caller's own. Blocking. */
void diagnosis_run(struct diagnosis *diagnosis, struct provider *provider, struct ctx *ctx,
                   const struct value *configuration);

#endif
