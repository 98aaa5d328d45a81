#ifndef CLOUD_CLOUDS_H
#define CLOUD_CLOUDS_H

#include "core/cloud.h"

extern const struct cloud cloud_ark;
extern const struct cloud cloud_hf;
extern const struct cloud cloud_maas;
extern const struct cloud cloud_tir;

#endif
