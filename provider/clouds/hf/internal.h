#ifndef CLOUDS_HF_INTERNAL_H
#define CLOUDS_HF_INTERNAL_H

#include "core/endpoint/cloud.h"

/* The parts of the Hugging Face adapter. */

/* --- parallel.c --- */

/* Warns where an engine is not told how to use all accelerators of its machine. */
void hf_check_parallel(struct ctx *ctx, const struct value *inputs);

#endif
