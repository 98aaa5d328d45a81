#include <math.h>

#include "rpc/handlers.h"
#include "rpc/message.h"
#include "rpc/status.h"

#define TIMEOUT_MAX_SECONDS (366.0 * 24 * 3600)

static enum err_code disagrees(struct call *call, const char *which, struct str given,
                               struct str urn) {
    struct str shown = str_cut_utf8(given, 200);
    struct str shown_urn = str_cut_utf8(urn, 400);
    return ctx_fail(&call->ctx, ERR_INVALID, "the %s %.*s is not that of the URN %.*s", which,
                    STR_ARG(shown), STR_ARG(shown_urn));
}

enum err_code field_identity(struct call *call, const char *urn, const char *name, const char *type,
                             struct identity *out) {
    struct str type_given = str_of(type);
    struct str name_given = str_of(name);
    out->urn = str_of(urn);
    if (out->urn.len == 0) {
        return ctx_fail(&call->ctx, ERR_INVALID, "the request names no URN");
    }
    if (!provider_parse_urn(out->urn, &out->type, &out->name)) {
        struct str shown = str_cut_utf8(out->urn, 400);
        return ctx_fail(&call->ctx, ERR_INVALID, "not a URN: %.*s", STR_ARG(shown));
    }
    if (type_given.len > 0 && !str_is(type_given, out->type)) {
        return disagrees(call, "type", type_given, out->urn);
    }
    if (name_given.len > 0 && !str_is(name_given, out->name)) {
        return disagrees(call, "name", name_given, out->urn);
    }
    call->ctx.log.urn = out->urn;
    return ERR_OK;
}

enum err_code field_id(struct call *call, const char *id, struct str *out) {
    *out = str_of(id);
    if (out->len == 0) {
        return ctx_fail(&call->ctx, ERR_INVALID, "the request names no id");
    }
    return ERR_OK;
}

struct str field_bytes(const ProtobufCBinaryData *bytes) {
    return bytes->len == 0 ? STR_EMPTY : (struct str){(const char *)bytes->data, bytes->len};
}

enum err_code field_struct(struct call *call, const char *what, protobuf_c_boolean has,
                           const ProtobufCBinaryData *bytes, const struct value **out) {
    *out = NULL;
    return has ? marshal_decode(&call->ctx, what, field_bytes(bytes), out) : ERR_OK;
}

enum err_code field_struct_or_empty(struct call *call, const char *what, protobuf_c_boolean has,
                                    const ProtobufCBinaryData *bytes, const struct value **out) {
    TRY(field_struct(call, what, has, bytes, out));
    if (*out == NULL) {
        *out = value_map(call->ctx.arena);
    }
    return ERR_OK;
}

struct str *field_texts(struct call *call, char *const *texts, size_t count) {
    struct str *views = ARENA_ARRAY(call->ctx.arena, count, struct str);
    for (size_t i = 0; i < count; i++) {
        views[i] = str_of(texts[i]);
    }
    return views;
}

double field_timeout(double seconds) {
    if (isnan(seconds) || seconds <= 0) {
        return 0;
    }
    return seconds < TIMEOUT_MAX_SECONDS ? seconds : TIMEOUT_MAX_SECONDS;
}

enum err_code field_set_struct(struct call *call, const char *what, const struct value *map,
                               bool unknowns, protobuf_c_boolean *out_has,
                               ProtobufCBinaryData *out) {
    struct marshal_options options = service_marshal_options(call->service, unknowns);
    struct str bytes;
    if (map == NULL) {
        return ERR_OK;
    }
    TRY(marshal_encode(&call->ctx, what, map, &options, &bytes));
    *out_has = true;
    *out = (ProtobufCBinaryData){.len = bytes.len, .data = (uint8_t *)(uintptr_t)bytes.ptr};
    return ERR_OK;
}

char **field_set_texts(struct call *call, const struct str *texts, size_t count) {
    char **out = ARENA_ARRAY(call->ctx.arena, count, char *);
    for (size_t i = 0; i < count; i++) {
        out[i] = message_text(call->ctx.arena, texts[i]);
    }
    return out;
}

Pulumirpc__CheckFailure **field_set_failures(struct call *call,
                                             const struct check_failure *failures, size_t count) {
    struct arena *arena = call->ctx.arena;
    Pulumirpc__CheckFailure **out = ARENA_ARRAY(arena, count, Pulumirpc__CheckFailure *);
    for (size_t i = 0; i < count; i++) {
        out[i] = ARENA_NEW(arena, Pulumirpc__CheckFailure);
        pulumirpc__check_failure__init(out[i]);
        out[i]->property = message_text(arena, failures[i].property);
        struct str reason = status_words(&call->ctx, failures[i].reason);
        out[i]->reason = message_text(arena, reason);
    }
    return out;
}
