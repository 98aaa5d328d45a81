#ifndef CORE_ENDPOINT_DORMANT_H
#define CORE_ENDPOINT_DORMANT_H

#include "core/endpoint/cloud.h"
#include "core/props/prop.h"

/* Warns of changes that bring nothing about as long as another input says what it does (the section
 * `dormant` of the cloud's table): of one that nothing is sent for, the user would see that it is
 * done. `diffs` are those between the old inputs and `news`; of what the news do not say nothing is
 * told. `id` names the endpoint. Any thread; fails never. */
void dormant_tell(struct ctx *ctx, const struct cloud_tables *tables, struct words id,
                  const struct diff_list *diffs, const struct value *news);

/* Outputs without what does not count as the inputs stand: no look shows it. */
const struct value *dormant_hide(struct ctx *ctx, const struct cloud_tables *tables,
                                 const struct value *inputs, const struct value *outputs);

#endif
