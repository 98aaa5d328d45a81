#include "core/known.h"

#include <pthread.h>
#include <search.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/mem.h"

struct known {
    pthread_mutex_t mutex;
    void *tree; /* of keys, POSIX tsearch */
};

struct key {
    uint8_t digest[DIGEST_SHA256_LEN];
};

static int compare(const void *a, const void *b) {
    return memcmp(((const struct key *)a)->digest, ((const struct key *)b)->digest,
                  DIGEST_SHA256_LEN);
}

static struct key key_of(struct str urn, struct str id) {
    struct key key;
    digest_hmac_sha256(urn, id, key.digest);
    return key;
}

struct known *known_new(void) {
    struct known *known = mem_alloc(sizeof(*known));
    (void)pthread_mutex_init(&known->mutex, NULL);
    return known;
}

void known_free(struct known *known) {
    if (known == NULL) {
        return;
    }
    tdestroy(known->tree, mem_free);
    (void)pthread_mutex_destroy(&known->mutex);
    mem_free(known);
}

void known_add(struct known *known, struct str urn, struct str id) {
    struct key *key = mem_alloc(sizeof(*key));
    *key = key_of(urn, id);
    (void)pthread_mutex_lock(&known->mutex);
    struct key **found = tsearch(key, &known->tree, compare);
    if (found != NULL && *found != key) {
        mem_free(key);
    }
    (void)pthread_mutex_unlock(&known->mutex);
}

bool known_has(struct known *known, struct str urn, struct str id) {
    struct key key = key_of(urn, id);
    (void)pthread_mutex_lock(&known->mutex);
    bool has = tfind(&key, &known->tree, compare) != NULL;
    (void)pthread_mutex_unlock(&known->mutex);
    return has;
}
