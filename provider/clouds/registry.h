#ifndef CLOUDS_REGISTRY_H
#define CLOUDS_REGISTRY_H

#include "core/endpoint/cloud.h"

/* Every cloud this provider knows, NULL-terminated. Constant. */
extern const struct cloud *const cloud_registry[];

#endif
