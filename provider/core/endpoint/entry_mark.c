#include "core/endpoint/entry_mark.h"

#include "base/digest.h"

#define MARK_KEY "__mark"
#define MARK_BYTES 16

struct str entry_mark_new(struct arena *arena) {
    uint8_t bytes[MARK_BYTES];
    digest_random(bytes, sizeof(bytes));
    return digest_hex(arena, bytes, sizeof(bytes));
}

struct str entry_mark_of(const struct value *outputs) {
    return value_text(value_get_c(outputs, MARK_KEY));
}

void entry_mark_put(struct arena *arena, struct value *outputs, struct str mark) {
    if (mark.len > 0) {
        value_map_set_text(arena, outputs, MARK_KEY, mark);
    }
}
