#include "core/failures.h"

#include <string.h>

void failures_init(struct failures *failures, struct ctx *ctx) {
    *failures = (struct failures){.ctx = ctx};
}

void failures_add(struct failures *failures, struct str path, const char *format, ...) {
    struct arena *arena = failures->ctx->arena;
    if (failures->count == failures->capacity) {
        size_t capacity = failures->capacity == 0 ? 8 : failures->capacity * 2;
        struct check_failure *items = ARENA_ARRAY(arena, capacity, struct check_failure);
        if (failures->count > 0) {
            memcpy(items, failures->items, failures->count * sizeof(*items));
        }
        failures->items = items;
        failures->capacity = capacity;
    }
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
