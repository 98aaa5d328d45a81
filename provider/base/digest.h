#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define DIGEST_SHA256_LEN 32

/* Thin wrappers over OpenSSL's libcrypto, the only file that sees it. None fails. */
void digest_sha256(struct str data, uint8_t out[DIGEST_SHA256_LEN]);
void digest_hmac_sha256(struct str key, struct str data, uint8_t out[DIGEST_SHA256_LEN]);
/* Lower-case hex, in the arena. */
struct str digest_hex(struct arena *arena, const uint8_t *bytes, size_t len);
struct str digest_sha256_hex(struct arena *arena, struct str data);
/* Standard alphabet with padding. */
struct str digest_base64(struct arena *arena, struct str data);
/* False when the text is not base64 of the standard alphabet with padding. */
bool digest_base64_decode(struct arena *arena, struct str text, struct str *out);
/* From the operating system. */
void digest_random(uint8_t *out, size_t len);

#endif
