#include "base/digest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"

enum { RANDOM_PART = 256 }; /* bytes that getentropy gives at once */

void digest_sha256(struct str data, uint8_t out[DIGEST_SHA256_LEN]) {
    unsigned int len = DIGEST_SHA256_LEN;
    if (EVP_Digest(data.ptr, data.len, out, &len, EVP_sha256(), NULL) != 1) {
        mem_die("libcrypto has no SHA-256");
    }
}

void digest_hmac_sha256(struct str key, struct str data, uint8_t out[DIGEST_SHA256_LEN]) {
    unsigned int len = DIGEST_SHA256_LEN;
    if (key.len > INT_MAX) {
        mem_die("an HMAC key is larger than libcrypto takes");
    }
    const unsigned char *bytes = (const unsigned char *)data.ptr;
    if (HMAC(EVP_sha256(), key.ptr, (int)key.len, bytes, data.len, out, &len) == NULL) {
        mem_die("libcrypto has no HMAC-SHA256");
    }
}

struct str digest_hex(struct arena *arena, const uint8_t *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, len * 2 + 1);
    for (size_t i = 0; i < len; i++) {
        text[i * 2] = digits[bytes[i] >> 4];
        text[i * 2 + 1] = digits[bytes[i] & 0x0F];
    }
    return (struct str){text, len * 2};
}

struct str digest_sha256_hex(struct arena *arena, struct str data) {
    uint8_t digest[DIGEST_SHA256_LEN];
    digest_sha256(data, digest);
    return digest_hex(arena, digest, sizeof(digest));
}

struct str digest_base64(struct arena *arena, struct str data) {
    /* libcrypto counts in int, and four characters come out for each three bytes. */
    if (data.len > INT_MAX / 4 * 3 - 3) {
        mem_die("a text is larger than base64 takes");
    }
    size_t len = (data.len + 2) / 3 * 4;
    unsigned char *text = arena_alloc(arena, len + 1);
    EVP_EncodeBlock(text, (const unsigned char *)data.ptr, (int)data.len);
    return (struct str){(const char *)text, len};
}

static bool is_base64_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

/* libcrypto skips white space at both ends, so what it would forgive is refused before. */
static bool is_base64(struct str text, size_t *padding) {
    *padding = 0;
    if (text.len % 4 != 0 || text.len > INT_MAX) {
        return false;
    }
    while (*padding < 2 && *padding < text.len && text.ptr[text.len - 1 - *padding] == '=') {
        (*padding)++;
    }
    for (size_t i = 0; i < text.len - *padding; i++) {
        if (!is_base64_digit(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool digest_base64_decode(struct arena *arena, struct str text, struct str *out) {
    size_t padding;
    *out = STR_EMPTY;
    if (!is_base64(text, &padding)) {
        return false;
    }
    if (text.len == 0) {
        return true;
    }
    size_t len = text.len / 4 * 3;
    unsigned char *bytes = arena_alloc(arena, len + 1);
    if (EVP_DecodeBlock(bytes, (const unsigned char *)text.ptr, (int)text.len) < 0) {
        return false;
    }
    *out = (struct str){(const char *)bytes, len - padding};
    return true;
}

void digest_random(uint8_t *out, size_t len) {
    while (len > 0) {
        size_t part = len < RANDOM_PART ? len : RANDOM_PART;
        if (getentropy(out, part) != 0) {
            mem_die("the operating system has no random numbers");
        }
        out += part;
        len -= part;
    }
}
