#include "core/methods/provider.h"

/* urn:pulumi:<stack>::<project>::[<parent type>$...]<type>::<name>; the name may hold "::" itself,
   and be empty: the provider that `pulumi do` starts has none. */
bool provider_parse_urn(struct str urn, struct str *type, struct str *name) {
    if (!str_starts(urn, STR("urn:pulumi:"))) {
        return false;
    }
    struct str rest = urn;
    struct str parts[3];
    for (size_t i = 0; i < 3; i++) {
        ptrdiff_t at = str_find(rest, STR("::"));
        if (at < 0) {
            return false;
        }
        parts[i] = str_slice(rest, 0, (size_t)at);
        rest = str_slice(rest, (size_t)at + 2, rest.len);
    }
    struct str qualified = parts[2];
    for (ptrdiff_t at = str_find(qualified, STR("$")); at >= 0;
         at = str_find(qualified, STR("$"))) {
        qualified = str_slice(qualified, (size_t)at + 1, qualified.len);
    }
    *type = qualified;
    *name = rest;
    return qualified.len > 0;
}
