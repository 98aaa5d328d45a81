#ifndef CORE_METHODS_KEY_TERM_H
#define CORE_METHODS_KEY_TERM_H

#include "core/props/prop.h"

/* How long a key works, and when it is renewed: the inputs `lifetime` and `renewBefore`, and the
 * output `expiresAt`. Pure. */

/* Seconds that the key is to work; negative while that is not known. */
double key_lifetime(const struct prop_table *props, const struct value *inputs);
/* Renewed when less than this is left, in seconds: a quarter of its lifetime unless the inputs say
 * it; negative while that is not known. */
double key_renew_before(const struct prop_table *props, const struct value *inputs);
/* When it ends, in seconds since 1970; negative when the outputs, which may be NULL, do not tell.
 */
int64_t key_end(const struct value *outputs);
/* The same from a service's answer: such a number, or an RFC 3339 time. */
int64_t key_end_of_answer(const struct value *told);
/* Is it time for another one? Not when its end is not known. */
bool key_is_due(const struct prop_table *props, const struct value *inputs, int64_t end,
                int64_t now);
/* "a duration", for messages: "7 days", "5 minutes". In the arena. */
struct str key_duration(struct arena *arena, int64_t seconds);

#endif
