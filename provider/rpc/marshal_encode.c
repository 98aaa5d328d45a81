#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "base/signature.h"
#include "rpc/marshal.h"
#include "rpc/wire.h"

enum { FIRST_CAPACITY = 512 };

/* Written from the end to the front, so that a length is known when it is written and nothing is
 * measured twice: what has been written is [head, capacity). */
struct writer {
    struct arena *arena;
    uint8_t *bytes;
    size_t head;
    size_t capacity;
};

struct encoder {
    struct ctx *ctx;
    const char *what;
    const struct marshal_options *options;
    struct writer writer;
};

static size_t written(const struct writer *writer) {
    return writer->capacity - writer->head;
}

/* Out of line, with what only this needs. */
__attribute__((noinline, cold)) static void grow(struct writer *writer, size_t size) {
    size_t used = written(writer);
    size_t capacity = writer->capacity == 0 ? FIRST_CAPACITY : writer->capacity * 2;
    if (capacity < used + size) {
        capacity = used + size + FIRST_CAPACITY;
    }
    uint8_t *larger = arena_alloc(writer->arena, capacity);
    if (writer->bytes != NULL) {
        memcpy(larger + capacity - used, writer->bytes + writer->head, used);
    }
    writer->bytes = larger;
    writer->head = capacity - used;
    writer->capacity = capacity;
}

static inline void reserve(struct writer *writer, size_t size) {
    if (writer->bytes == NULL || writer->head < size) {
        grow(writer, size);
    }
}

/* A tag and a varint; every tag of these messages is one byte. */
enum { LONGEST_HEAD = 1 + 10 };

static void put_long_head(struct writer *writer, uint8_t tag, uint64_t scalar) {
    size_t len = 1;
    for (uint64_t rest = scalar; rest != 0; rest >>= 7) {
        len++;
    }
    writer->head -= len;
    uint8_t *at = writer->bytes + writer->head;
    *at++ = tag;
    for (; scalar > 0x7f; scalar >>= 7) {
        *at++ = (uint8_t)(scalar | 0x80);
    }
    *at = (uint8_t)scalar;
}

/* Puts a tag, and a length or scalar behind it, into room that is reserved. Most take a byte each.
 */
static inline void put_head(struct writer *writer, uint32_t number, enum wire_type type,
                            uint64_t scalar) {
    uint8_t tag = (uint8_t)(number << 3 | (uint32_t)type);
    if (scalar > 0x7f) {
        put_long_head(writer, tag, scalar);
        return;
    }
    writer->head -= 2;
    uint8_t *at = writer->bytes + writer->head;
    at[0] = tag;
    at[1] = (uint8_t)scalar;
}

static void put_text(struct writer *writer, uint32_t number, struct str text) {
    reserve(writer, text.len + LONGEST_HEAD);
    writer->head -= text.len;
    if (text.len > 0) {
        memcpy(writer->bytes + writer->head, text.ptr, text.len);
    }
    put_head(writer, number, WIRE_BYTES, text.len);
}

static void put_scalar(struct writer *writer, uint32_t number, uint64_t scalar) {
    reserve(writer, LONGEST_HEAD);
    put_head(writer, number, WIRE_VARINT, scalar);
}

/* Puts tag and length in front of all that was written since `before`. */
static void put_frame(struct writer *writer, uint32_t number, size_t before) {
    reserve(writer, LONGEST_HEAD);
    put_head(writer, number, WIRE_BYTES, written(writer) - before);
}

/* One entry of a Struct; its Value was written since `before`. */
static void put_entry(struct writer *writer, struct str key, size_t before) {
    put_frame(writer, 2, before);
    put_text(writer, 1, key);
    put_frame(writer, 1, before);
}

static void put_text_entry(struct writer *writer, struct str key, struct str text) {
    size_t before = written(writer);
    put_text(writer, VALUE_FIELD_STRING, text);
    put_entry(writer, key, before);
}

static void put_signature(struct writer *writer, const char *signature) {
    put_text_entry(writer, STR(SIGNATURE_KEY), str_of(signature));
}

static enum err_code put_value(struct encoder *encoder, const struct value *value, size_t depth,
                               bool in_secret);

static void put_number(struct writer *writer, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    reserve(writer, 1 + sizeof(bits));
    for (size_t i = sizeof(bits); i-- > 0;) {
        writer->bytes[--writer->head] = (uint8_t)(bits >> (8 * i));
    }
    writer->bytes[--writer->head] = VALUE_FIELD_NUMBER << 3 | WIRE_FIXED64;
}

static void put_unknown(struct encoder *encoder) {
    if (encoder->options->unknowns) {
        put_text(&encoder->writer, VALUE_FIELD_STRING, STR(UNKNOWN_STRING));
    } else {
        put_scalar(&encoder->writer, VALUE_FIELD_NULL, 0);
    }
}

/* What is not UTF-8 makes other protobuf libraries refuse the whole message. */
static enum err_code put_byte_string(struct encoder *encoder, struct str bytes) {
    struct writer *writer = &encoder->writer;
    if (!encoder->options->byte_strings) {
        return ctx_fail(encoder->ctx, ERR_INVALID,
                        "%s holds text that is not UTF-8, which this engine does not accept",
                        encoder->what);
    }
    size_t before = written(writer);
    put_text_entry(writer, STR("value"), digest_base64(writer->arena, bytes));
    put_signature(writer, SIGNATURE_BYTES);
    put_frame(writer, VALUE_FIELD_STRUCT, before);
    return ERR_OK;
}

static enum err_code put_list(struct encoder *encoder, const struct value_list *list, size_t depth,
                              bool in_secret) {
    struct writer *writer = &encoder->writer;
    size_t start = written(writer);
    for (size_t i = list->count; i-- > 0;) {
        size_t before = written(writer);
        TRY(put_value(encoder, list->items[i], depth, in_secret));
        put_frame(writer, 1, before);
    }
    put_frame(writer, VALUE_FIELD_LIST, start);
    return ERR_OK;
}

static enum err_code put_entries(struct encoder *encoder, const struct value_map *map, size_t depth,
                                 bool in_secret) {
    struct writer *writer = &encoder->writer;
    for (size_t i = map->count; i-- > 0;) {
        const struct value_entry *entry = &map->entries[i];
        if (value_is_unknown(entry->value) && !encoder->options->unknowns) {
            continue;
        }
        size_t before = written(writer);
        TRY(put_value(encoder, entry->value, depth, in_secret));
        assert(str_is_utf8(entry->key));
        put_entry(writer, entry->key, before);
    }
    return ERR_OK;
}

static enum err_code put_map(struct encoder *encoder, const struct value_map *map,
                             const char *signature, size_t depth, bool in_secret) {
    size_t start = written(&encoder->writer);
    TRY(put_entries(encoder, map, depth, in_secret));
    if (signature != NULL) {
        put_signature(&encoder->writer, signature);
    }
    put_frame(&encoder->writer, VALUE_FIELD_STRUCT, start);
    return ERR_OK;
}

static enum err_code put_secret(struct encoder *encoder, const struct value *value, size_t depth) {
    struct writer *writer = &encoder->writer;
    size_t start = written(writer);
    TRY(put_value(encoder, value, depth + 1, true));
    put_entry(writer, STR("value"), start);
    put_signature(writer, SIGNATURE_SECRET);
    put_frame(writer, VALUE_FIELD_STRUCT, start);
    return ERR_OK;
}

static bool nests(const struct value *value) {
    return value->kind == VALUE_LIST || value->kind == VALUE_MAP || value->kind == VALUE_ASSET ||
           value->kind == VALUE_ARCHIVE || value->kind == VALUE_BYTES;
}

static bool is_wrapped(const struct encoder *encoder, const struct value *value, bool in_secret) {
    return value->secret && encoder->options->secrets && !in_secret;
}

/* `depth` counts the lists and objects around. Recursion is bounded by MARSHAL_ENCODE_DEPTH. */
static enum err_code put_value(struct encoder *encoder, const struct value *value, size_t depth,
                               bool in_secret) {
    struct writer *writer = &encoder->writer;
    if (value == NULL) {
        put_scalar(writer, VALUE_FIELD_NULL, 0);
        return ERR_OK;
    }
    bool wrapped = is_wrapped(encoder, value, in_secret);
    if ((wrapped || nests(value)) && depth == MARSHAL_ENCODE_DEPTH) {
        return ctx_fail(encoder->ctx, ERR_INVALID,
                        "%s nests lists and objects deeper than %d levels", encoder->what,
                        MARSHAL_ENCODE_DEPTH);
    }
    if (wrapped) {
        return put_secret(encoder, value, depth);
    }
    switch (value->kind) {
    case VALUE_NULL:
        put_scalar(writer, VALUE_FIELD_NULL, 0);
        return ERR_OK;
    case VALUE_BOOL:
        put_scalar(writer, VALUE_FIELD_BOOL, value->boolean ? 1 : 0);
        return ERR_OK;
    case VALUE_NUMBER:
        put_number(writer, value->number);
        return ERR_OK;
    case VALUE_STRING:
        assert(str_is_utf8(value->string));
        put_text(writer, VALUE_FIELD_STRING, value->string);
        return ERR_OK;
    case VALUE_BYTES:
        return put_byte_string(encoder, value->string);
    case VALUE_UNKNOWN:
        put_unknown(encoder);
        return ERR_OK;
    case VALUE_LIST:
        return put_list(encoder, &value->list, depth + 1, in_secret);
    case VALUE_MAP:
        return put_map(encoder, &value->map, NULL, depth + 1, in_secret);
    case VALUE_ASSET:
        return put_map(encoder, &value->map, SIGNATURE_ASSET, depth + 1, in_secret);
    case VALUE_ARCHIVE:
        return put_map(encoder, &value->map, SIGNATURE_ARCHIVE, depth + 1, in_secret);
    }
    return ERR_OK;
}

enum err_code marshal_encode(struct ctx *ctx, const char *what, const struct value *map,
                             const struct marshal_options *options, struct str *out) {
    struct encoder encoder = {
        .ctx = ctx, .what = what, .options = options, .writer = {.arena = ctx->arena}};
    *out = STR_EMPTY;
    if (map == NULL) {
        return ERR_OK;
    }
    /* The outermost object is level one; whoever made it secret made its properties so. */
    TRY(put_entries(&encoder, &map->map, 1, false));
    const struct writer *writer = &encoder.writer;
    if (written(writer) > 0) {
        *out = (struct str){(const char *)writer->bytes + writer->head, written(writer)};
    }
    return ERR_OK;
}
