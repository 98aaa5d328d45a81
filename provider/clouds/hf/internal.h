#ifndef CLOUDS_HF_INTERNAL_H
#define CLOUDS_HF_INTERNAL_H

#include "core/endpoint/cloud.h"
#include "core/props/prop.h"

/* The parts of the Hugging Face adapter. */

/* --- parallel.c --- */

/* Warns where an engine is not told how to use all accelerators of its machine. */
void hf_check_parallel(struct ctx *ctx, const struct value *inputs, struct failures *failures);

/* --- spelling.c: hooks of that name, and what they share --- */

/* Left alone, the service scales on this (docs/apis/hf.md 2.1). */
#define HF_USUAL_HARDWARE_USAGE 80

/* Whether the service would choose that number for that metric by itself. */
bool hf_is_usual_measure(struct str metric, double number);
/* {"<metric>": threshold} of inputs that spell the measure as in 2025, with null for "the service
 * picks the number" (docs/apis/hf.md 4.3); NULL of others. In ctx->arena. */
const struct value *hf_measure_of(struct ctx *ctx, const struct value *inputs);
void hf_choose_spelling(struct ctx *ctx, const struct value *inputs, struct value *decoded);
void hf_choose_taken_out(struct ctx *ctx, const struct value *olds, const struct value *news,
                         struct value *decoded);
const struct value *hf_respell(struct ctx *ctx, const struct value *olds, const struct value *news,
                               const struct value *outputs);

#endif
