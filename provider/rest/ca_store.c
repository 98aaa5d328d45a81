#include "rest/ca_store.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const distribution_places[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Alpine */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/ssl/cert.pem",                                 /* Alpine without the bundle package */
    NULL};

static bool is_readable_file(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, R_OK) == 0;
}

static bool is_directory(struct arena *arena, struct str path) {
    struct stat info;
    return path.len > 0 && stat(arena_str(arena, path).ptr, &info) == 0 && S_ISDIR(info.st_mode);
}

/* OpenSSL takes a list of directories with ':' between them; one that exists is enough. */
static bool has_directory(struct arena *arena, struct str list) {
    while (list.len > 0) {
        if (is_directory(arena, str_split(list, ':', &list))) {
            return true;
        }
    }
    return false;
}

static void use_file(struct arena *arena, const char *source, struct str path,
                     struct ca_store *out) {
    out->file = arena_str(arena, path);
    if (!is_readable_file(out->file.ptr)) {
        out->file = STR_EMPTY;
        out->problem =
            arena_printf(arena,
                         "%s names '%.*s', which cannot be read: point it at a PEM file of "
                         "certificate authorities",
                         source, STR_ARG(path));
    }
}

static void use_directory(struct arena *arena, struct str list, struct ca_store *out) {
    out->directory = arena_str(arena, list);
    if (!has_directory(arena, out->directory)) {
        out->directory = STR_EMPTY;
        out->problem =
            arena_printf(arena,
                         "SSL_CERT_DIR names '%.*s', which is no directory: point it at a "
                         "directory of certificate authorities",
                         STR_ARG(list));
    }
}

void ca_store_find_in(struct arena *arena, struct str configured, const char *cert_file,
                      const char *cert_dir, const char *const *places, struct ca_store *out) {
    *out = (struct ca_store){STR_EMPTY, STR_EMPTY, STR_EMPTY};
    if (configured.len > 0) {
        use_file(arena, "caFile", configured, out);
        return;
    }
    struct str file = str_trim(str_of(cert_file));
    struct str directory = str_trim(str_of(cert_dir));
    if (file.len > 0) {
        use_file(arena, "SSL_CERT_FILE", file, out);
        return;
    }
    if (directory.len > 0) {
        use_directory(arena, directory, out);
        return;
    }
    for (size_t i = 0; places[i] != NULL; i++) {
        if (is_readable_file(places[i])) {
            out->file = arena_str(arena, str_of(places[i]));
            return;
        }
    }
    out->problem = STR("no certificate authorities were found on this machine: install the package "
                       "ca-certificates, or set caFile or SSL_CERT_FILE to a PEM file");
}

void ca_store_find(struct arena *arena, struct str configured, struct ca_store *out) {
    ca_store_find_in(arena, configured, getenv("SSL_CERT_FILE"), getenv("SSL_CERT_DIR"),
                     distribution_places, out);
}
