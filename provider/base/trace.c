#include "base/trace.h"

#include <string.h>

/* "00-<32 digits>-<16 digits>-<2 digits>"; later versions may say more behind it. */
enum { VERSION_END = 2, TRACE_END = 35, PARENT_END = 52, FLAGS_END = 55 };

static bool is_hex(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("0123456789abcdef", text.ptr[i]) == NULL || text.ptr[i] == '\0') {
            return false;
        }
    }
    return true;
}

static bool is_zero(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '0') {
            return false;
        }
    }
    return true;
}

static bool has_dash(struct str text, size_t at) {
    return text.ptr[at] == '-';
}

static bool has_shape(struct str text) {
    return text.len >= FLAGS_END && has_dash(text, VERSION_END) && has_dash(text, TRACE_END) &&
           has_dash(text, PARENT_END) && (text.len == FLAGS_END || has_dash(text, FLAGS_END));
}

bool trace_parse(struct str traceparent, struct trace *out) {
    *out = (struct trace){0};
    if (!has_shape(traceparent)) {
        return false;
    }
    struct str version = str_slice(traceparent, 0, VERSION_END);
    struct str id = str_slice(traceparent, VERSION_END + 1, TRACE_END);
    struct str parent = str_slice(traceparent, TRACE_END + 1, PARENT_END);
    struct str flags = str_slice(traceparent, PARENT_END + 1, FLAGS_END);
    bool is_longer = traceparent.len > FLAGS_END;
    if (!is_hex(version) || str_is_c(version, "ff") || (str_is_c(version, "00") && is_longer) ||
        !is_hex(id) || is_zero(id) || !is_hex(parent) || is_zero(parent) || !is_hex(flags)) {
        return false;
    }
    memcpy(out->trace_id, id.ptr, id.len);
    memcpy(out->parent_id, parent.ptr, parent.len);
    return true;
}
