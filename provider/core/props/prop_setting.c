#include "core/props/prop_setting.h"

#include "base/words.h"
#include "core/props/prop.h"

static bool is_one_of(struct str plain, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_is_nocase(plain, str_of(words[i]))) {
            return true;
        }
    }
    return false;
}

/* "hfToken", also as "token". */
static bool is_key(struct str plain, const struct config_row *row, const char *cloud) {
    struct str key = str_of(row->key);
    struct str prefix = str_of(cloud);
    return str_is_nocase(plain, key) ||
           (str_starts(key, prefix) && str_is_nocase(plain, str_slice(key, prefix.len, key.len)));
}

static const struct config_row *find(const struct cloud_tables *cloud, struct str plain) {
    for (size_t i = 0; i < cloud->config_count; i++) {
        if (is_key(plain, &cloud->config[i], cloud->name)) {
            return &cloud->config[i];
        }
    }
    for (size_t i = 0; i < common_config_count; i++) {
        if (is_key(plain, &common_config[i], "")) {
            return &common_config[i];
        }
    }
    return NULL;
}

/* The input that a key of the configuration stands in for. */
static const char *input_of(const struct cloud_tables *cloud, const struct config_row *row) {
    for (size_t i = 0; i < cloud->scope_count; i++) {
        if (str_is_c(str_of(row->key), cloud->scope[i].config)) {
            return cloud->scope[i].property;
        }
    }
    return NULL;
}

static struct words command(struct arena *arena, const char *key, bool secret) {
    return words_text(arena,
                      "is no input but a setting of the provider: run pulumi config set "
                      "inference:%s <value>%s, or set %s in the program's provider resource",
                      key, secret ? " --secret" : "", key);
}

static struct words setting(struct arena *arena, const struct prop_key *key,
                            const struct config_row *row) {
    const char *input = input_of(key->cloud, row);
    bool is_input = input != NULL && prop_find(key->root, str_of(input)) != NULL;
    return is_input ? words_text(arena, "unknown property; did you mean \"%s\"?", input)
                    : command(arena, row->key, row->secret);
}

/* What other clouds call it. */
static bool is_credential(struct str plain) {
    static const char *const words[] = {"token",           "accessToken",  "authToken",
                                        "apiToken",        "apiKey",       "accessKey",
                                        "accessKeyId",     "secretKey",    "credentials",
                                        "secretAccessKey", "sessionToken", "securityToken"};
    return is_one_of(plain, words, sizeof(words) / sizeof(words[0]));
}

static struct words credentials(struct arena *arena, const struct auth_row *row) {
    const char *first = row->token != NULL ? row->token : row->access_key;
    const char *second = row->token != NULL ? row->requires : row->secret_key;
    struct words text = command(arena, first, true);
    return second == NULL ? text
                          : words_text(arena, "%p; and %s the same way", WORDS_ARG(text), second);
}

static bool is_option(const struct prop_key *key, struct str plain) {
    static const char *const options[] = {"additionalSecretOutputs",
                                          "aliases",
                                          "customTimeouts",
                                          "deleteBeforeReplace",
                                          "deletedWith",
                                          "dependsOn",
                                          "ignoreChanges",
                                          "import",
                                          "parent",
                                          "protect",
                                          "providers",
                                          "replaceOnChanges",
                                          "retainOnDelete",
                                          "transforms",
                                          "transformations",
                                          "version",
                                          "provider",
                                          "pluginDownloadURL"};
    return key->table == key->root &&
           is_one_of(plain, options, sizeof(options) / sizeof(options[0]));
}

struct words prop_setting_advice(struct arena *arena, const struct prop_key *key,
                                 struct str plain) {
    const struct config_row *row = find(key->cloud, plain);
    if (row != NULL) {
        return setting(arena, key, row);
    }
    if (is_credential(plain) && key->cloud->auth_count > 0) {
        return credentials(arena, &key->cloud->auth[0]);
    }
    return is_option(key, plain)
               ? words_text(arena,
                            "is no input but a resource option: set it with the resource's options")
               : words_none();
}
