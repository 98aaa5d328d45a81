#ifndef CORE_UNIT_H
#define CORE_UNIT_H

#include <stdbool.h>

#include "base/arena.h"

/* Words about numbers that have a unit (the column `unit`), for refusals. Pure; in the arena. A
 * unit is NULL where the number is a count. */

/* "a whole number of seconds", "a number in per cent". */
const char *unit_number(struct arena *arena, bool whole, const char *unit);
/* "must be at least 1 (seconds)"; `which` is "least" or "most". */
const char *unit_limit(struct arena *arena, const char *which, double limit, const char *unit);
/* The number to write for a text that says the amount with a unit of its own, such as 1800 for
 * "30m" where seconds are meant; empty when it says none, or none that is exact. */
struct str unit_converted(struct arena *arena, bool whole, const char *unit, struct str text);

#endif
