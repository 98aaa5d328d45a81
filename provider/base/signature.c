#include "base/signature.h"

bool signature_is_unknown(struct str text) {
    static const char *const sentinels[] = {
        UNKNOWN_STRING, UNKNOWN_BOOL,   UNKNOWN_NUMBER,  UNKNOWN_ARRAY,
        UNKNOWN_ASSET,  UNKNOWN_OBJECT, UNKNOWN_ARCHIVE,
    };
    if (text.len != sizeof(UNKNOWN_STRING) - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof(sentinels) / sizeof(sentinels[0]); i++) {
        if (str_is_c(text, sentinels[i])) {
            return true;
        }
    }
    return false;
}
