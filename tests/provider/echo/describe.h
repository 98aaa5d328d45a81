#ifndef ECHO_DESCRIBE_H
#define ECHO_DESCRIBE_H

#include "base/value.h"

/* A plain tree that says of each node what the marshaller made of it: {kind, secret, and text,
 * number, items or entries}. */
const struct value *describe_value(struct arena *arena, const struct value *value);

#endif
