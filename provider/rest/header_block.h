#ifndef REST_HEADER_BLOCK_H
#define REST_HEADER_BLOCK_H

#include "rest/transport.h"

/* Takes apart the raw lines of a reply's head as they came from the network: fills headers and
 * header_count with copies in the arena. Interim replies (1xx) come before the final one in the
 * same block: only the last counts. Lines that are no headers are left out. */
void header_block_parse(struct arena *arena, struct str block, struct http_response *out);

/* The value of the first header of that name, without case; empty when there is none. */
struct str header_value(const struct http_header *headers, size_t count, const char *name);

#endif
