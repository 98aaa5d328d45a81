#ifndef CORE_METHODS_RESOURCE_H
#define CORE_METHODS_RESOURCE_H

#include "core/endpoint/cloud.h"

/* A resource type of a cloud. */
struct resource {
    const struct cloud *cloud;
    const struct resource_row *row; /* NULL: the cloud's endpoints */
};

/* The resource type of that token. From now on the call masks the configured secrets, whatever it
 * says. ERR_INVALID when it is none of ours; ERR_PRECONDITION before Configure. */
enum err_code resource_find(struct provider *provider, struct ctx *ctx, struct str type,
                            struct resource *out) MUST_USE;

#endif
