#include "core/methods/provider.h"
#include "fuzz.h"

static bool is_inside(struct str part, struct str whole) {
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str urn = {(const char *)data, size};
    struct str type;
    struct str name;
    if (provider_parse_urn(urn, &type, &name)) {
        FUZZ_CHECK(type.len > 0);
        FUZZ_CHECK(is_inside(type, urn) && is_inside(name, urn));
        FUZZ_CHECK(str_find(type, STR("$")) < 0 && str_find(type, STR("::")) < 0);
        FUZZ_CHECK(str_ends(urn, name));
    }
    return 0;
}
