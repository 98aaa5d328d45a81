#ifndef CORE_CONFIG_HEADERS_H
#define CORE_CONFIG_HEADERS_H

#include "rest/transport.h"

/* Headers that a setting adds to requests. */
struct config_headers {
    struct http_header *items;
    size_t count;
};

/* Reads "Name: value, Name: value". `reserved` are the names that are not the setting's to give.
 * Returns NULL, or what is wrong, without any of the text but a reserved name. Views into the text,
 * the array in the arena. Pure, any thread. */
const char *config_headers_read(struct arena *arena, struct str text, const char *const *reserved,
                                struct config_headers *out);

#endif
