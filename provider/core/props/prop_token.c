/* What looks like a token, where everybody may read it. */
#include <ctype.h>

#include "core/props/prop.h"

/* Shorter texts are "true", "1" or "<pad>" more often than they are secret. */
#define LEAST_LEN 8

static const struct str name_ends[] = {
    STR("TOKEN"),      STR("PASSWORD"),   STR("PASSWD"),    STR("PASSPHRASE"), STR("SECRET"),
    STR("API_KEY"),    STR("API-KEY"),    STR("APIKEY"),    STR("SECRET_KEY"), STR("SECRET-KEY"),
    STR("ACCESS_KEY"), STR("ACCESS-KEY"), STR("SECRETKEY"), STR("ACCESSKEY"),  STR("PRIVATE_KEY")};

struct beginning {
    const char *text;
    size_t least_len;
};
static const struct beginning beginnings[] = {
    {"hf_", 20},    {"sk-", 20},    {"ghp_", 20},      {"gho_", 20},        {"ghs_", 20},
    {"AKIA", 20},   {"nvapi-", 20}, {"AIza", 30},      {"xoxb-", 20},       {"xoxp-", 20},
    {"glpat-", 20}, {"pul-", 40},   {"dckr_pat_", 20}, {"github_pat_", 20},
};

/* Whether the last letters are the same but for their case: most texts are told apart by that. */
static bool may_end_in(struct str text, struct str end) {
    return text.len >= end.len &&
           ((text.ptr[text.len - 1] ^ end.ptr[end.len - 1]) & ~('a' ^ 'A')) == 0;
}

/* A whole word: "HF_TOKEN", "hfToken" and "--api-key", but not "EOSTOKEN". */
static bool is_named_so(struct str name, struct str end) {
    if (!may_end_in(name, end) || !str_ends_nocase(name, end)) {
        return false;
    }
    size_t from = name.len - end.len;
    unsigned char before = from == 0 ? '_' : (unsigned char)name.ptr[from - 1];
    return !isalnum(before) ||
           (islower(before) != 0 && isupper((unsigned char)name.ptr[from]) != 0);
}

static bool is_one_word(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!isgraph((unsigned char)text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0 && strchr("/<{$.[", text.ptr[0]) == NULL;
}

static bool has_letters_only_of_numbers(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("0123456789.+-eE", text.ptr[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* By the name it has, or by the way well-known services begin theirs: a guess, for warnings. */
static bool is_likely(struct str name, struct str text) {
    if (!is_one_word(text)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        const struct beginning *beginning = &beginnings[i];
        if (text.len >= beginning->least_len && text.ptr[0] == beginning->text[0] &&
            str_starts(text, str_of(beginning->text))) {
            return true;
        }
    }
    if (text.len < LEAST_LEN || has_letters_only_of_numbers(text)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(name_ends) / sizeof(name_ends[0]); i++) {
        if (is_named_so(name, name_ends[i])) {
            return true;
        }
    }
    return false;
}

struct str prop_argument_name(const struct value *list, size_t index) {
    struct str text = value_text(list->list.items[index]);
    struct str rest;
    struct str name = str_split(text, '=', &rest);
    if (rest.ptr != NULL && str_starts(text, STR("-"))) {
        return name;
    }
    struct str before = index == 0 ? STR_EMPTY : value_text(list->list.items[index - 1]);
    return str_starts(before, STR("-")) ? before : STR_EMPTY;
}

bool prop_is_exposed_token(struct str name, const struct value *item) {
    struct str text = value_text(item);
    if (str_starts(text, STR("-")) && str_starts(text, name)) { /* "--api-key=x" */
        text = str_slice(text, name.len < text.len ? name.len + 1 : name.len, text.len);
    }
    return is_likely(name, text);
}
