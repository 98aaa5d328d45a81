#ifndef CLOUD_REGISTRY_H
#define CLOUD_REGISTRY_H

#include "core/cloud.h"

/* Every cloud this provider knows, NULL-terminated. Constant. */
extern const struct cloud *const cloud_registry[];

#endif
