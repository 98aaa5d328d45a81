#ifndef CORE_CONFIG_TEXT_H
#define CORE_CONFIG_TEXT_H

#include "core/tables.h"

/* How the text of one setting is read, wherever it comes from: the configuration, an environment
 * variable, a file, or an input that falls back on a setting. Pure functions, any thread. */

/* The text without the byte order mark that some editors put in front of what they save. */
struct str config_text_unmarked(struct str text);
/* *out receives the text without what only got there on the way (blanks, line breaks, a byte order
 * mark), in the arena; empty text counts as not set. Returns NULL, or what is wrong with it, to be
 * read behind its name; it never repeats the text, which may be a secret. */
const char *config_text_trim(struct arena *arena, const struct config_row *row, struct str text,
                             struct str *out);
/* Trims, and then completes it as the row says: an address gets its scheme and loses its final
 * slash. What it says has to fit the row's type, limits and values. */
const char *config_text_read(struct arena *arena, const struct config_row *row, struct str text,
                             struct str *out);
/* What is wrong with a text that is no number though the row wants one: with the unit, and with the
 * number that a text such as "30m" stands for. */
const char *config_text_no_number(struct arena *arena, const struct config_row *row,
                                  struct str text);

/* What is wrong with a text that is neither true nor false: with the one that a word such as "yes"
 * stands for. */
const char *config_text_no_truth(struct str text);

/* "one of a, b": the row's values. */
const char *config_text_allowed(struct arena *arena, const struct config_row *row);

#endif
