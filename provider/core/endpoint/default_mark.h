#ifndef CORE_ENDPOINT_DEFAULT_MARK_H
#define CORE_ENDPOINT_DEFAULT_MARK_H

#include "base/value.h"

/* "__defaults" in the checked inputs: the names of the inputs that Check filled in because the
 * program does not set them (docs/decisions.md 3). `inputs` is private to the caller where it
 * is changed. */

/* Marks one more input, that is not marked yet. */
void default_mark_add(struct arena *arena, struct value *inputs, struct str property);
/* Whether Check filled the input in. Pure. */
bool default_mark_has(const struct value *inputs, struct str property);
/* Copies the marks that another map of inputs has. */
void default_mark_copy(struct arena *arena, const struct value *from, struct value *inputs);

#endif
