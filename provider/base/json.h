#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/error.h"
#include "base/value.h"

/* The only file that sees cJSON. Keys keep their case, trailing text and malformed UTF-8 are
 * refused, \u0000 becomes U+FFFD, integers beyond +-2^53 become strings of their digits, the last
 * of duplicate keys wins, nesting deeper than 64 is refused, and so are more than 500,000 brackets,
 * commas and colons: cJSON's nodes are many times larger than their text. */

/* Result lives in `arena`; on failure returns false and *why (a literal or arena text, without any
 * of the document's contents) says what is wrong. Thread safe. */
bool json_parse(struct arena *arena, struct str text, struct value **out, struct str *why);

/* Appends compact JSON. Keys in map order (sorted). Secret flags are ignored: the caller decides
 * what it writes. Returns false (and appends nothing useful) when a number is not finite, or the
 * tree holds an unknown, bytes, asset or archive. */
bool json_write(struct buf *out, const struct value *value) MUST_USE;

#endif
