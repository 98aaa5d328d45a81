#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "clouds/tir/internal.h"

#define WORDS_LIMIT (1u << 20)

/* Digits, with `fraction` also digits after a point. */
static bool is_decimal(struct str text, bool fraction) {
    size_t points = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool point = text.ptr[i] == '.' && i > 0 && i + 1 < text.len;
        points += point ? 1 : 0;
        if (!point && (text.ptr[i] < '0' || text.ptr[i] > '9')) {
            return false;
        }
    }
    return text.len > 0 && text.len <= 15 && points <= (fraction ? 1 : 0);
}

/* Terraform's provider has text only and guesses; a revision "1.10" must stay what it is
 * (docs/apis/tir.md 4.4). */
const struct value *tir_argument(struct arena *arena, struct str name, const struct value *value) {
    if (value->kind != VALUE_STRING) {
        return value;
    }
    struct str type = tir_argument_type(name);
    bool number = str_is_c(type, "number");
    if ((number || str_is_c(type, "integer")) && is_decimal(value->string, number)) {
        return value_number(arena, strtod(arena_str(arena, value->string).ptr, NULL));
    }
    bool yes = str_is_c(value->string, "true");
    if (str_is_c(type, "boolean") && (yes || str_is_c(value->string, "false"))) {
        return value_bool(arena, yes);
    }
    return value;
}

const struct value *tir_parse_words(struct arena *arena, struct str text) {
    struct value *parsed = NULL;
    struct str why;
    bool good = json_parse(arena, text, &parsed, &why) && parsed->kind == VALUE_LIST;
    return good ? parsed : NULL;
}

struct str tir_words_text(struct arena *arena, const struct value *words) {
    if (value_is_string(words)) {
        return words->string;
    }
    if (!value_is_list(words) || words->list.count == 0) {
        return STR_EMPTY;
    }
    struct buf buf;
    buf_init(&buf, WORDS_LIMIT);
    struct str text = json_write(&buf, words) ? arena_str(arena, buf_str(&buf)) : STR_EMPTY;
    buf_cleanup(&buf);
    return text;
}
