# shellcheck shell=bash
# The two libraries of a release that Debian has no fitting archive of: libcurl that speaks HTTP and HTTPS only, and
# cJSON. Built from Debian's own source packages, so they are at the security level of the machine, and cached
# under a key of versions and options. Needs log.sh, paths.sh, apt.sh, source.sh.

STATIC_CFLAGS="-O2 -fPIC -ffunction-sections -fdata-sections -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2"
# Everything that is not HTTP(S) over OpenSSL, with proxies, compression and a resolver thread, is off. There is no
# built-in certificate store: the provider finds it at run time, since distributions differ in where it is.
STATIC_CURL_OPTIONS=(
    --disable-shared --enable-static --with-pic --with-openssl --with-zlib
    --enable-threaded-resolver --enable-ipv6 --enable-proxy --enable-http
    --disable-dict --disable-file --disable-ftp --disable-gopher --disable-imap --disable-ldap
    --disable-ldaps --disable-mqtt --disable-pop3 --disable-rtsp --disable-smb --disable-smtp
    --disable-telnet --disable-tftp
    --disable-alt-svc --disable-aws --disable-cookies --disable-doh --disable-hsts --disable-mime
    --disable-netrc --disable-ntlm --disable-ntlm-wb --disable-tls-srp --disable-unix-sockets
    --disable-libcurl-option --disable-manual --disable-dependency-tracking
    --without-brotli --without-gssapi --without-libgsasl --without-libidn2 --without-libpsl
    --without-librtmp --without-libssh2 --without-nghttp2 --without-zstd
    --without-ca-bundle --without-ca-path
)
readonly STATIC_CFLAGS STATIC_CURL_OPTIONS

# static_libs_version PACKAGE: the version of the installed development package, which names the source, too.
static_libs_version() {
    dpkg-query -W -f '${source:Version}' "$1"
}

# static_libs_build_curl SOURCE PREFIX
static_libs_build_curl() {
    mkdir -p "$1/build-static"
    cd "$1/build-static" || return
    ../configure --prefix="$2" "${STATIC_CURL_OPTIONS[@]}" CFLAGS="$STATIC_CFLAGS"
    make -j2 -C lib install-libLTLIBRARIES
    make -C include install
}

# static_libs_build_cjson SOURCE PREFIX
static_libs_build_cjson() {
    cd "$1" || return
    # shellcheck disable=SC2086 # a list of flags
    cc $STATIC_CFLAGS -c cJSON.c -o cJSON.o
    ar rcs "$2/lib/libcjson.a" cJSON.o
    install -D -m 644 cJSON.h "$2/include/cjson/cJSON.h"
}

# static_libs_build CURL_VERSION CJSON_VERSION PREFIX: in a folder of its own that goes away afterwards.
static_libs_build() (
    set -euo pipefail
    [[ ! -f $3/lib/libcurl.a ]] || exit 0
    work=$(mktemp -d "${TMPDIR:-/tmp}/inference-static.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    source_fetch curl "$1" "$work"
    source_fetch cjson "$2" "$work"
    static_libs_build_curl "$work/curl" "$work/prefix"
    static_libs_build_cjson "$work/cjson" "$work/prefix"
    test -f "$work/prefix/include/curl/curl.h" -a -f "$work/prefix/lib/libcurl.a" -a \
        -f "$work/prefix/lib/libcjson.a"
    path_publish "$work/prefix" "$3"
    rm -rf "$CACHE_ROOT/apt"
)

# static_libs_require: sets INFERENCE_CURL_ROOT, building the libraries when this version of them is not cached.
static_libs_require() {
    local curl cjson key
    if [[ -n ${INFERENCE_CURL_ROOT:-} ]]; then
        log_note "static libcurl: $INFERENCE_CURL_ROOT (from the environment)"
        return 0
    fi
    curl=$(static_libs_version libcurl4-openssl-dev)
    cjson=$(static_libs_version libcjson-dev)
    key=$(path_hash "$(uname -m)" "$cjson" "$STATIC_CFLAGS" "${STATIC_CURL_OPTIONS[@]}")
    INFERENCE_CURL_ROOT=$CACHE_ROOT/static/curl-$curl-$key
    if [[ -f $INFERENCE_CURL_ROOT/lib/libcurl.a ]]; then
        log_note "static libcurl $curl and cJSON $cjson are cached"
    else
        log_note "building HTTP-only static libcurl $curl and cJSON $cjson (half a minute)"
        log_with_heartbeat "libcurl" "" log_quietly "$CACHE_ROOT/log/static-libs.log" \
            path_locked static static_libs_build "$curl" "$cjson" "$INFERENCE_CURL_ROOT"
    fi
    export INFERENCE_CURL_ROOT
}
