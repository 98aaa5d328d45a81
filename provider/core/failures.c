#include "core/failures.h"

void failures_init(struct failures *failures, struct ctx *ctx) {
    *failures = (struct failures){.ctx = ctx};
}

void failures_add(struct failures *failures, struct str path, const char *format, ...) {
    struct arena *arena = failures->ctx->arena;
    failures->items = arena_reserve(arena, failures->items, failures->count,
                                    sizeof(*failures->items), &failures->capacity);
    va_list args;
    va_start(args, format);
    struct str reason = arena_vprintf(arena, format, args);
    va_end(args);
    failures->items[failures->count++] = (struct check_failure){
        .property = path, .reason = redact_apply(&failures->ctx->redact, reason)};
}

void failures_finish(const struct failures *failures, const struct value *inputs,
                     struct check_response *out) {
    *out = (struct check_response){
        .inputs = failures->count == 0 ? inputs : NULL,
        .failures = failures->items,
        .failure_count = failures->count,
    };
}
