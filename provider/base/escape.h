#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/str.h"

/* What one escape stands for: the UTF-8 of one character, or one byte. */
struct escape {
    char bytes[4];
    size_t count;
};

/* Bytes of the escape that the text begins with; 0 when it begins with none. Known are those that
 * services and gateways write when they repeat something: %2B and + of URLs, \n, \/, \x22 and
 * \u002b of JSON and logs, &amp; and &#43; of HTML. Pure. */
size_t escape_len(struct str text, struct escape *out);
/* False when the text holds no escape for certain. */
bool escape_may_be_in(struct str text);

#endif
