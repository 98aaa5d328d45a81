#include "cloud/registry.h"

#include "cloud/clouds.h"

/* clang-format off */
const struct cloud *const cloud_registry[] = {
    &cloud_ark,
    &cloud_hf,
    &cloud_maas,
    &cloud_tir,
    NULL, /* ends the list */
};
/* clang-format on */
