#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "base/signature.h"
#include "rpc/marshal.h"
#include "rpc/wire.h"

/* A list or object that is being read. */
struct frame {
    struct wire_reader reader;
    struct value *node;
    struct str key; /* of this frame's value in the object around it */
    bool is_signed; /* has a signature among its keys */
};

/* Depth lives in `frames`, not on the stack: what a client nests cannot overflow it. */
struct decoder {
    struct ctx *ctx;
    const char *what;
    size_t node_count;
    size_t depth;
    struct frame frames[MARSHAL_DECODE_DEPTH];
};

static enum err_code malformed(struct decoder *decoder) {
    return ctx_fail(decoder->ctx, ERR_INVALID, "%s is not a well-formed property bag",
                    decoder->what);
}

static enum err_code count_node(struct decoder *decoder) {
    decoder->node_count++;
    if (decoder->node_count > MARSHAL_DECODE_NODES) {
        return ctx_fail(decoder->ctx, ERR_EXHAUSTED, "%s holds more than %d values", decoder->what,
                        MARSHAL_DECODE_NODES);
    }
    if (arena_is_exceeded(decoder->ctx->arena)) {
        return ctx_fail(decoder->ctx, ERR_EXHAUSTED, "%s needs more memory than one call is given",
                        decoder->what);
    }
    return ERR_OK;
}

static struct value *text_of(struct arena *arena, struct str text) {
    return signature_is_unknown(text) ? value_unknown(arena) : value_string(arena, text);
}

static struct value *scalar_of(struct decoder *decoder, const struct wire_field *field) {
    struct arena *arena = decoder->ctx->arena;
    double number;
    if (field->number == VALUE_FIELD_NUMBER && field->type == WIRE_FIXED64) {
        memcpy(&number, &field->scalar, sizeof(number));
        return value_number(arena, number);
    }
    if (field->number == VALUE_FIELD_STRING && field->type == WIRE_BYTES) {
        return text_of(arena, field->bytes);
    }
    if (field->number == VALUE_FIELD_BOOL && field->type == WIRE_VARINT) {
        return value_bool(arena, field->scalar != 0);
    }
    return value_null(arena); /* null, no kind at all, or one of a protocol to come */
}

static enum err_code push(struct decoder *decoder, struct str key, const struct wire_field *field) {
    if (decoder->depth == MARSHAL_DECODE_DEPTH) {
        return ctx_fail(decoder->ctx, ERR_INVALID,
                        "%s nests lists and objects deeper than %d levels", decoder->what,
                        MARSHAL_DECODE_DEPTH);
    }
    struct arena *arena = decoder->ctx->arena;
    bool is_map = field->number == VALUE_FIELD_STRUCT;
    decoder->frames[decoder->depth++] = (struct frame){
        .reader = wire_reader_of(field->bytes),
        .node = is_map ? value_map(arena) : value_list(arena),
        .key = key,
    };
    return ERR_OK;
}

static void attach(struct decoder *decoder, struct str key, const struct value *item) {
    struct value *into = decoder->frames[decoder->depth - 1].node;
    if (into->kind == VALUE_MAP) {
        value_map_append(decoder->ctx->arena, into, key, item);
    } else {
        value_list_append(decoder->ctx->arena, into, item);
    }
}

/* Of a oneof the last member counts; nearly always it is the only one. */
static bool read_oneof(struct str wire, struct wire_field *last) {
    struct wire_reader reader = wire_reader_of(wire);
    struct wire_field field;
    enum wire_status status = wire_next(&reader, last);
    if (status == WIRE_FIELD && reader.pos == reader.end && last->number <= VALUE_FIELD_LIST) {
        return true;
    }
    reader = wire_reader_of(wire);
    *last = (struct wire_field){0};
    while ((status = wire_next(&reader, &field)) == WIRE_FIELD) {
        if (field.number <= VALUE_FIELD_LIST) {
            *last = field;
        }
    }
    return status == WIRE_END;
}

/* Reads one Value: attaches it to the frame on top, or pushes a frame for what it contains. */
static enum err_code take_value(struct decoder *decoder, struct str key, struct str wire) {
    TRY(count_node(decoder));
    struct wire_field last;
    if (!read_oneof(wire, &last)) {
        return malformed(decoder);
    }
    bool nests = last.number == VALUE_FIELD_STRUCT || last.number == VALUE_FIELD_LIST;
    if (nests && last.type == WIRE_BYTES) {
        return push(decoder, key, &last);
    }
    attach(decoder, key, scalar_of(decoder, &last));
    return ERR_OK;
}

static enum err_code take_entry(struct decoder *decoder, struct str wire) {
    struct wire_reader reader = wire_reader_of(wire);
    struct wire_field field;
    struct str key = STR_EMPTY;
    struct str value = STR_EMPTY;
    enum wire_status status;
    while ((status = wire_next(&reader, &field)) == WIRE_FIELD) {
        if (field.type != WIRE_BYTES) {
            continue;
        }
        if (field.number == 1) {
            key = field.bytes;
        } else if (field.number == 2) {
            value = field.bytes;
        }
    }
    if (status == WIRE_BAD) {
        return malformed(decoder);
    }
    if (!str_is_utf8(key)) {
        return ctx_fail(decoder->ctx, ERR_INVALID, "%s has a property name that is not UTF-8",
                        decoder->what);
    }
    struct frame *frame = &decoder->frames[decoder->depth - 1];
    frame->is_signed = frame->is_signed || str_is(key, STR(SIGNATURE_KEY));
    return take_value(decoder, arena_str(decoder->ctx->arena, key), value);
}

static enum err_code bad_signature(struct decoder *decoder, const char *which, const char *why) {
    return ctx_fail(decoder->ctx, ERR_INVALID, "%s holds a %s %s", decoder->what, which, why);
}

static enum err_code fold_output(struct decoder *decoder, const struct value *map,
                                 const struct value **out) {
    const struct value *value = value_get_c(map, "value");
    const struct value *secret = value_get_c(map, "secret");
    if (value == NULL) {
        value = value_unknown(decoder->ctx->arena);
    }
    *out = value_is_true(secret) ? redact_secret(&decoder->ctx->redact, value) : value;
    return ERR_OK;
}

/* A provider of plain resources means the object by its id, or by its URN when it has none. */
static enum err_code fold_resource(struct decoder *decoder, const struct value *map,
                                   const struct value **out) {
    const struct value *id = value_get_set(map, STR("id"));
    const struct value *urn = value_get_set(map, STR("urn"));
    if (!value_is_string(urn)) {
        return bad_signature(decoder, "resource reference", "without a URN");
    }
    if (id == NULL) {
        *out = urn;
    } else if (id->kind == VALUE_STRING && id->string.len > 0) {
        *out = id;
    } else {
        *out = value_unknown(decoder->ctx->arena);
    }
    return ERR_OK;
}

static enum err_code fold_bytes(struct decoder *decoder, const struct value *map,
                                const struct value **out) {
    const struct value *value = value_get_c(map, "value");
    struct str bytes;
    if (!value_is_string(value) ||
        !digest_base64_decode(decoder->ctx->arena, value->string, &bytes)) {
        return bad_signature(decoder, "byte string", "that is not base64");
    }
    *out = text_of(decoder->ctx->arena, bytes);
    return ERR_OK;
}

static enum err_code fold_secret(struct decoder *decoder, const struct value *map,
                                 const struct value **out) {
    const struct value *value = value_get_c(map, "value");
    if (value == NULL) {
        return bad_signature(decoder, "secret", "without a value");
    }
    *out = redact_secret(&decoder->ctx->redact, value);
    return ERR_OK;
}

static enum err_code fold_file(struct value *map, enum value_kind kind, const struct value **out) {
    value_map_remove(map, STR(SIGNATURE_KEY));
    map->kind = kind;
    *out = map;
    return ERR_OK;
}

/* What a finished object with a signature stands for. */
static enum err_code fold(struct decoder *decoder, struct value *map, const struct value **out) {
    struct str text = value_text(value_get_c(map, SIGNATURE_KEY));
    if (str_is(text, STR(SIGNATURE_SECRET))) {
        return fold_secret(decoder, map, out);
    }
    if (str_is(text, STR(SIGNATURE_OUTPUT))) {
        return fold_output(decoder, map, out);
    }
    if (str_is(text, STR(SIGNATURE_RESOURCE))) {
        return fold_resource(decoder, map, out);
    }
    if (str_is(text, STR(SIGNATURE_BYTES))) {
        return fold_bytes(decoder, map, out);
    }
    if (str_is(text, STR(SIGNATURE_ASSET))) {
        return fold_file(map, VALUE_ASSET, out);
    }
    if (str_is(text, STR(SIGNATURE_ARCHIVE))) {
        return fold_file(map, VALUE_ARCHIVE, out);
    }
    return bad_signature(decoder, "special object", "of a signature this provider does not know");
}

/* The frame on top is read to its end: folds it and attaches it to the one below, if any. */
static enum err_code pop(struct decoder *decoder, const struct value **out) {
    struct frame *frame = &decoder->frames[decoder->depth - 1];
    const struct value *done = frame->node;
    if (frame->node->kind == VALUE_MAP) {
        value_map_sort(frame->node);
    }
    if (frame->is_signed) {
        TRY(fold(decoder, frame->node, &done));
    }
    struct str key = frame->key;
    decoder->depth--;
    if (decoder->depth == 0) {
        *out = done;
    } else {
        attach(decoder, key, done);
    }
    return ERR_OK;
}

static enum err_code step(struct decoder *decoder, const struct value **out) {
    struct frame *frame = &decoder->frames[decoder->depth - 1];
    struct wire_field field;
    switch (wire_next(&frame->reader, &field)) {
    case WIRE_BAD:
        return malformed(decoder);
    case WIRE_END:
        return pop(decoder, out);
    case WIRE_FIELD:
        break;
    }
    if (field.number != 1 || field.type != WIRE_BYTES) {
        return ERR_OK;
    }
    return frame->node->kind == VALUE_MAP ? take_entry(decoder, field.bytes)
                                          : take_value(decoder, STR_EMPTY, field.bytes);
}

/* A secret whole: each of its properties is. Later stages look at properties only. */
static const struct value *spread_secret(struct arena *arena, const struct value *map) {
    if (!map->secret) {
        return map;
    }
    struct value *spread = value_map_clone(arena, map);
    for (size_t i = 0; i < spread->map.count; i++) {
        struct value_entry *entry = &spread->map.entries[i];
        entry->value = value_with_secret(arena, entry->value, true);
    }
    spread->secret = false;
    return spread;
}

enum err_code marshal_decode(struct ctx *ctx, const char *what, struct str wire,
                             const struct value **out) {
    struct decoder decoder;
    decoder.ctx = ctx;
    decoder.what = what;
    decoder.node_count = 0;
    decoder.depth = 0;
    struct wire_field top = {.number = VALUE_FIELD_STRUCT, .type = WIRE_BYTES, .bytes = wire};
    const struct value *result = NULL;
    TRY(push(&decoder, STR_EMPTY, &top));
    while (decoder.depth > 0) {
        TRY(step(&decoder, &result));
    }
    assert(result != NULL);
    TRY(count_node(&decoder)); /* the last string may have passed the arena's ceiling */
    if (result->kind != VALUE_MAP) {
        return ctx_fail(ctx, ERR_INVALID, "%s is not an object", what);
    }
    *out = spread_secret(ctx->arena, result);
    return ERR_OK;
}
