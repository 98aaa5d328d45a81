#ifndef CORE_KNOWN_H
#define CORE_KNOWN_H

#include <stdbool.h>

#include "base/str.h"

/* The endpoints this process has been told are in the stack's state (by Diff, Read, Update), so
 * that a create does not mistake the endpoint it is about to replace for one that an earlier run
 * left behind. Any thread. */
struct known;

struct known *known_new(void);
void known_free(struct known *known);
void known_add(struct known *known, struct str urn, struct str id);
bool known_has(struct known *known, struct str urn, struct str id);

#endif
