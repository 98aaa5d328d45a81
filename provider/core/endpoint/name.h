#ifndef CORE_ENDPOINT_NAME_H
#define CORE_ENDPOINT_NAME_H

#include "core/props/prop.h"

/* Gives the inputs a name when the program does not: the old one, the engine's proposal, or logical
 * name plus seven hex digits (five random ones, two that tell for which resource), cut and spelled
 * by the cloud's rule; `inputs` is private to the caller. Marks it as a default so that Diff can
 * tell an autoname from an explicit one. */
void name_resolve(struct ctx *ctx, const struct cloud_tables *tables,
                  const struct check_request *request, struct value *inputs,
                  struct failures *failures);
/* Whether the checked inputs' name was given by name_resolve. */
bool name_is_auto(const struct value *inputs, const struct name_rule *rule);
/* Whether nobody else can know that name: name_resolve, or the engine, has just made it up. */
bool name_is_random(const struct value *inputs, const struct name_rule *rule);
/* Whether both may be autonames of one resource: they differ in their seven last digits alone, or
 * in the random part that a pattern of the engine's configuration puts last. */
bool name_is_sibling(struct str name, struct str other);
/* Whether the last digits say that name_resolve made it up for that URN. One of 256 others does by
 * chance; a name of a pattern of the engine's configuration does not say. */
bool name_is_made_for(struct arena *arena, struct str urn, struct str name);

#endif
