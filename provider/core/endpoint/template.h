#ifndef CORE_ENDPOINT_TEMPLATE_H
#define CORE_ENDPOINT_TEMPLATE_H

#include <stdbool.h>

#include "base/value.h"

/* Text with {name} in it, such as ids ("{namespace}/{name}") and base URLs
 * ("https://ark.{region}.example"). */

/* Fills in the parameters (a map of strings); false and *missing (its name) when one is not set. */
bool template_expand(struct arena *arena, const char *template, const struct value *params,
                     struct str *out, struct str *missing);
/* Splits `text` at '/' along the template's segments and stores them in `params`. Fewer segments
 * than the template's are its last ones. False when there are more, or an empty one. */
bool template_parse(struct arena *arena, const char *template, struct str text,
                    struct value *params);

#endif
