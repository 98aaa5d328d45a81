#ifndef CORE_PROPS_COMPARE_H
#define CORE_PROPS_COMPARE_H

#include "core/config.h"

/* Old and new inputs side by side, for Check, Diff, Update and adoption alike: they must not differ
 * in what they call a difference, or a replacement. */
struct comparison {
    const struct value *olds;
    const struct value *news;
    bool switches; /* what is `switched` changes in place (core/endpoint/switching.h) */
};

/* Both with the scope that counts. Where the olds lack it the outputs say where the endpoint lives,
 * else the configuration; where program and configuration say nothing, it stays there. `outputs`
 * NULL: they are not told (Check), and what only the news say is no difference. `olds` NULL: a
 * state that holds no inputs; the outputs stand in. Pure; results in ctx->arena. */
struct comparison compare_inputs(struct ctx *ctx, const struct cloud *cloud,
                                 const struct config *config, const struct value *olds,
                                 const struct value *news, const struct value *outputs);
/* Differences between the two (prop_diff), whichever of two names of a property each uses. */
void compare_diff(struct diff_list *diffs, const struct cloud_tables *tables,
                  const struct comparison *comparison);
/* The paths whose difference replaces the endpoint, in the table's order. */
struct path_list compare_replacing(struct ctx *ctx, const struct cloud_tables *tables,
                                   const struct comparison *comparison);
/* Whether a replacement has to delete the old endpoint first: under a name that cannot exist twice,
 * or where it holds what the new one needs (the hook `holds_needed`).
 * An autonamed one gets another name, so callers go on being served while the new one starts. */
bool compare_deletes_first(const struct cloud *cloud, const struct value *olds,
                           const struct value *news);
/* State that another package wrote under an aliased type: its inputs read like ours, its outputs
 * lack what only ours have. One update that only reads gives them our shape. */
bool compare_is_foreign(const struct cloud_tables *tables, const struct value *outputs);

#endif
