#include "core/endpoint/name.h"

#include <ctype.h>

#include "base/digest.h"
#include "core/endpoint/default_mark.h"

/* Shorter random parts clash by themselves. */
#define RANDOM_MIN 4
/* What ends an autoname: random digits, then those that the random ones and the URN give. */
#define SUFFIX_DIGITS 7
#define PROOF_DIGITS 2

static bool is_legal(const struct name_rule *rule, char c) {
    unsigned char u = (unsigned char)c;
    if (isdigit(u) || (isalpha(u) && (!rule->lower_case || islower(u)))) {
        return true;
    }
    return c != '\0' && strchr(rule->alphabet, c) != NULL;
}

/* The nearest legal spelling, at most `limit` characters long. */
static struct str spell(struct arena *arena, const struct name_rule *rule, struct str text,
                        size_t limit) {
    char *out = arena_alloc(arena, text.len + 2);
    size_t len = 0;
    char separator = rule->alphabet[0];
    if (rule->letter_first && (text.len == 0 || !isalpha((unsigned char)text.ptr[0]))) {
        out[len++] = 'e';
    }
    for (size_t i = 0; i < text.len && len < limit; i++) {
        char c = rule->lower_case ? (char)tolower((unsigned char)text.ptr[i]) : text.ptr[i];
        c = is_legal(rule, c) ? c : separator;
        bool twice = c == separator && (len == 0 || out[len - 1] == separator);
        if (!(rule->single_separators && twice)) {
            out[len++] = c;
        }
    }
    while (rule->single_separators && len > 0 && out[len - 1] == separator) {
        len--;
    }
    return (struct str){out, len};
}

/* A service without labels shows by them alone for which resource it made an endpoint
 * (docs/decisions.md 10). */
static struct str proof_digits(struct arena *arena, struct str urn, struct str random) {
    struct str material = arena_printf(arena, "%.*s\n%.*s", STR_ARG(urn), STR_ARG(random));
    return str_slice(digest_sha256_hex(arena, material), 0, PROOF_DIGITS);
}

/* The same seed, resource and property give the same digits: Check stays reproducible. */
static struct str suffix_digits(struct arena *arena, const struct check_request *request,
                                const char *property) {
    uint8_t digest[DIGEST_SHA256_LEN];
    if (request->random_seed.len == 0) {
        digest_random(digest, sizeof(digest));
    } else {
        struct str material = arena_printf(arena, "%.*s\n%s", STR_ARG(request->urn), property);
        digest_hmac_sha256(request->random_seed, material, digest);
    }
    struct str random =
        str_slice(digest_hex(arena, digest, sizeof(digest)), 0, SUFFIX_DIGITS - PROOF_DIGITS);
    return arena_printf(arena, "%.*s%.*s", STR_ARG(random),
                        STR_ARG(proof_digits(arena, request->urn, random)));
}

/* A proposal that is too long loses letters before its last ones: those are what tells it from
 * others. */
static struct str adapt(struct arena *arena, const struct name_rule *rule, struct str proposed) {
    struct str whole = spell(arena, rule, proposed, SIZE_MAX);
    if (whole.len <= rule->max_length) {
        return whole;
    }
    struct str digits = str_slice(whole, whole.len - SUFFIX_DIGITS, whole.len);
    struct str stem = spell(arena, rule, whole, rule->max_length - SUFFIX_DIGITS - 1);
    return arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(stem), 1, rule->alphabet, STR_ARG(digits));
}

static struct str autoname(struct arena *arena, const struct name_rule *rule,
                           const struct check_request *request) {
    if (request->has_autonaming) {
        return request->autonaming_mode == AUTONAMING_ENFORCE
                   ? request->proposed_name
                   : adapt(arena, rule, request->proposed_name);
    }
    struct str stem = spell(arena, rule, request->name, rule->max_length - SUFFIX_DIGITS - 1);
    struct str digits = suffix_digits(arena, request, rule->property);
    return arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(stem), stem.len > 0 ? 1 : 0, rule->alphabet,
                        STR_ARG(digits));
}

static void record(struct arena *arena, const struct name_rule *rule, struct value *inputs,
                   struct str name) {
    value_map_set(arena, inputs, str_of(rule->property), value_string(arena, name));
    default_mark_add(arena, inputs, str_of(rule->property));
}

void name_resolve(struct ctx *ctx, const struct cloud_tables *tables,
                  const struct check_request *request, struct value *inputs,
                  struct failures *failures) {
    const struct name_rule *rule = &tables->name_rule;
    struct str property = str_of(rule->property);
    if (value_get_set(inputs, property) != NULL) {
        return;
    }
    const struct value *old_name = value_get_set(request->olds, property);
    if (value_is_string(old_name)) {
        record(ctx->arena, rule, inputs, old_name->string);
        return;
    }
    if (request->has_autonaming && request->autonaming_mode == AUTONAMING_DISABLE) {
        failures_add(failures, property, "is required because autonaming is disabled");
        return;
    }
    struct str name = autoname(ctx->arena, rule, request);
    record(ctx->arena, rule, inputs, name);
    /* An enforced name is used as it is or not at all. */
    struct value *probe = value_map(ctx->arena);
    value_map_set(ctx->arena, probe, property, value_string(ctx->arena, name));
    const struct prop_table only = {.rows = prop_find(&tables->props, property), .count = 1};
    (void)prop_check(ctx, &only, tables, probe, failures);
}

bool name_is_auto(const struct value *inputs, const struct name_rule *rule) {
    return default_mark_has(inputs, str_of(rule->property));
}

static bool is_hex(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!isxdigit((unsigned char)text.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool has_digit(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (isdigit((unsigned char)text.ptr[i])) {
            return true;
        }
    }
    return false;
}

bool name_is_random(const struct value *inputs, const struct name_rule *rule) {
    struct str name = value_text_at(inputs, rule->property);
    if (!name_is_auto(inputs, rule) || name.len <= SUFFIX_DIGITS) {
        return false;
    }
    struct str suffix = str_slice(name, name.len - SUFFIX_DIGITS, name.len);
    return is_hex(suffix) && has_digit(suffix);
}

/* Our own autonames: so many hex digits at the end. */
static bool differ_in_suffix(struct str name, struct str other) {
    if (name.len <= SUFFIX_DIGITS) {
        return false;
    }
    size_t stem = name.len - SUFFIX_DIGITS;
    return str_is(str_slice(name, 0, stem), str_slice(other, 0, stem)) &&
           is_hex(str_slice(name, stem, name.len)) && is_hex(str_slice(other, stem, other.len));
}

/* Where the last part begins, after its separator. */
static size_t last_part(struct str name) {
    size_t from = name.len;
    while (from > 0 && isalnum((unsigned char)name.ptr[from - 1])) {
        from--;
    }
    return from;
}

/* Those of a pattern in the engine's configuration ("${name}-${hex(4)}"): a random last part has
 * digits, hardly a word. */
static bool differ_in_last_part(struct str name, struct str other) {
    size_t stem = last_part(name);
    return stem > 0 && name.len - stem >= RANDOM_MIN && last_part(other) == stem &&
           str_is(str_slice(name, 0, stem), str_slice(other, 0, stem)) &&
           has_digit(str_slice(name, stem, name.len)) &&
           has_digit(str_slice(other, stem, other.len));
}

bool name_is_sibling(struct str name, struct str other) {
    return name.len == other.len && !str_is(name, other) &&
           (differ_in_suffix(name, other) || differ_in_last_part(name, other));
}

bool name_is_made_for(struct arena *arena, struct str urn, struct str name) {
    if (name.len < SUFFIX_DIGITS) {
        return false;
    }
    struct str random = str_slice(name, name.len - SUFFIX_DIGITS, name.len - PROOF_DIGITS);
    struct str proof = str_slice(name, name.len - PROOF_DIGITS, name.len);
    return is_hex(random) && str_is(proof, proof_digits(arena, urn, random));
}
