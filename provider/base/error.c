#include "base/error.h"

#include <assert.h>

/* gRPC's status numbers, spelled out so that this layer needs no gRPC header. */
enum grpc_number {
    GRPC_OK = 0,
    GRPC_CANCELLED = 1,
    GRPC_UNKNOWN = 2,
    GRPC_INVALID_ARGUMENT = 3,
    GRPC_DEADLINE_EXCEEDED = 4,
    GRPC_NOT_FOUND = 5,
    GRPC_ALREADY_EXISTS = 6,
    GRPC_PERMISSION_DENIED = 7,
    GRPC_RESOURCE_EXHAUSTED = 8,
    GRPC_FAILED_PRECONDITION = 9,
    GRPC_UNIMPLEMENTED = 12,
    GRPC_INTERNAL = 13,
    GRPC_UNAVAILABLE = 14,
    GRPC_UNAUTHENTICATED = 16
};

struct code_row {
    const char *name;
    enum grpc_number grpc;
};

static const struct code_row codes[ERR_CODE_COUNT] = {
    [ERR_OK] = {"OK", GRPC_OK},
    [ERR_INVALID] = {"INVALID", GRPC_INVALID_ARGUMENT},
    [ERR_UNAUTHENTICATED] = {"UNAUTHENTICATED", GRPC_UNAUTHENTICATED},
    [ERR_PERMISSION] = {"PERMISSION", GRPC_PERMISSION_DENIED},
    [ERR_NOT_FOUND] = {"NOT_FOUND", GRPC_NOT_FOUND},
    [ERR_EXISTS] = {"EXISTS", GRPC_ALREADY_EXISTS},
    [ERR_PRECONDITION] = {"PRECONDITION", GRPC_FAILED_PRECONDITION},
    [ERR_EXHAUSTED] = {"EXHAUSTED", GRPC_RESOURCE_EXHAUSTED},
    [ERR_UNAVAILABLE] = {"UNAVAILABLE", GRPC_UNAVAILABLE},
    [ERR_DEADLINE] = {"DEADLINE", GRPC_DEADLINE_EXCEEDED},
    [ERR_CANCELLED] = {"CANCELLED", GRPC_CANCELLED},
    [ERR_UNIMPLEMENTED] = {"UNIMPLEMENTED", GRPC_UNIMPLEMENTED},
    [ERR_UNCERTAIN] = {"UNCERTAIN", GRPC_UNKNOWN},
    [ERR_INTERNAL] = {"INTERNAL", GRPC_INTERNAL},
    [ERR_INIT_FAILED] = {"INIT_FAILED", GRPC_INTERNAL},
};

const char *err_name(enum err_code code) {
    assert(code < ERR_CODE_COUNT);
    return codes[code].name;
}

int err_grpc_status(enum err_code code) {
    assert(code < ERR_CODE_COUNT);
    return (int)codes[code].grpc;
}

void error_clear(struct error *error) {
    *error = (struct error){
        .code = ERR_OK,
        .message = words_none(),
        .log = STR_EMPTY,
        .cloud_code = STR_EMPTY,
        .request_id = STR_EMPTY,
        .partial = {.id = STR_EMPTY},
    };
}

struct error error_keep(struct error *error) {
    struct error kept = *error;
    error_clear(error);
    return kept;
}

void error_put_back(struct error *error, const struct error *kept) {
    *error = *kept;
}

struct error error_copy(struct arena *arena, const struct error *error) {
    return (struct error){.code = error->code,
                          .message = words_copy(arena, error->message),
                          .log = arena_str(arena, error->log),
                          .http_status = error->http_status,
                          .bare_len = error->bare_len,
                          .of_read = error->of_read,
                          .cut_off = error->cut_off,
                          .stayed_busy = error->stayed_busy,
                          .cloud_code = arena_str(arena, error->cloud_code),
                          .request_id = arena_str(arena, error->request_id)};
}
