#ifndef TINY_CERTIFICATE_H
#define TINY_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A self-signed certificate made on the spot, and the file that makes a client trust it. */
struct tiny_certificate {
    EVP_PKEY *key;
    X509 *certificate;
    char path[64]; /* PEM */
};

/* `names` in OpenSSL's form: "IP:127.0.0.1". */
static inline void tiny_certificate_init(struct tiny_certificate *out, const char *names) {
    out->key = EVP_EC_gen("P-256");
    out->certificate = X509_new();
    X509 *certificate = out->certificate;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, out->key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, out->key, EVP_sha256());

    snprintf(out->path, sizeof(out->path), "/tmp/tiny-certificate-XXXXXX");
    FILE *file = fdopen(mkstemp(out->path), "w");
    PEM_write_X509(file, certificate);
    fclose(file);
}

static inline void tiny_certificate_cleanup(struct tiny_certificate *certificate) {
    unlink(certificate->path);
    X509_free(certificate->certificate);
    EVP_PKEY_free(certificate->key);
}

/* For tiny_start; freed with SSL_CTX_free after tiny_stop. */
static inline SSL_CTX *tiny_certificate_server(const struct tiny_certificate *certificate) {
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(tls, certificate->certificate);
    SSL_CTX_use_PrivateKey(tls, certificate->key);
    return tls;
}

#endif
