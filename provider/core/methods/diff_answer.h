#ifndef CORE_METHODS_DIFF_ANSWER_H
#define CORE_METHODS_DIFF_ANSWER_H

#include "core/props/prop.h"

/* Fills the answer of a Diff: the differences, sorted by path, their top-level keys, and what of
 * the table never changes (NULL: nothing is said of that). Everything lives in the arena of the
 * list. */
void diff_answer(struct diff_list *diffs, const struct prop_table *table,
                 struct diff_response *out);

#endif
