#ifndef REST_TRANSPORT_CURL_H
#define REST_TRANSPORT_CURL_H

#include "rest/transport.h"

/* One thread that owns one curl_multi (docs/decisions.md 6). The
 * thread starts with the first request. transport_curl_global_init must have run before. */
transport_open_fn transport_curl_open;

/* Once, in main, before any thread is made. False when libcurl cannot be used at all. */
bool transport_curl_global_init(void);

#endif
