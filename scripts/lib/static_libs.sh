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

# For whom they are built: nothing here means this machine. Set by static_libs_require_for.
STATIC_TRIPLET=
STATIC_SYSROOT=

# static_libs_compiler: prints the command.
static_libs_compiler() {
    if [[ -n $STATIC_TRIPLET ]]; then
        printf '%s-gcc --sysroot=%s' "$STATIC_TRIPLET" "$STATIC_SYSROOT"
    else
        printf cc
    fi
}

# static_libs_build_curl SOURCE PREFIX
static_libs_build_curl() {
    mkdir -p "$1/build-static"
    cd "$1/build-static" || return
    if [[ -n $STATIC_TRIPLET ]]; then
        export PKG_CONFIG_SYSROOT_DIR=$STATIC_SYSROOT
        export PKG_CONFIG_LIBDIR=$STATIC_SYSROOT/usr/lib/$STATIC_TRIPLET/pkgconfig
    fi
    ../configure ${STATIC_TRIPLET:+--host="$STATIC_TRIPLET"} --prefix="$2" "${STATIC_CURL_OPTIONS[@]}" \
        CC="$(static_libs_compiler)" CFLAGS="$STATIC_CFLAGS -ffile-prefix-map=$1=curl"
    make -j2 -C lib install-libLTLIBRARIES
    make -C include install
}

# static_libs_build_cjson SOURCE PREFIX
static_libs_build_cjson() {
    cd "$1" || return
    # shellcheck disable=SC2046,SC2086 # a command and a list of flags
    $(static_libs_compiler) $STATIC_CFLAGS "-ffile-prefix-map=$1=cjson" -c cJSON.c -o cJSON.o
    ar rcs "$2/lib/libcjson.a" cJSON.o
    install -D -m 644 cJSON.h "$2/include/cjson/cJSON.h"
}

# static_libs_describe SOURCE PREFIX NAME: what a release says of it: a row as in a sysroot's packages.tsv, and its licence.
static_libs_describe() {
    local version
    version=$(sed -n '1s/^[^(]*(\([^)]*\)).*/\1/p' "$1/debian/changelog")
    printf '%s\t%s\tsource\t%s\t%s\n' "$3" "$version" "$3" "$version" >>"$2/packages.tsv"
    printf '%s\t/lib/lib%s.a\n' "$3" "$3" >>"$2/files.tsv"
    install -D -m 644 "$1/debian/copyright" "$2/usr/share/doc/$3/copyright"
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
    static_libs_describe "$work/curl" "$work/prefix" curl
    static_libs_describe "$work/cjson" "$work/prefix" cjson
    test -f "$work/prefix/include/curl/curl.h" -a -f "$work/prefix/lib/libcurl.a" -a \
        -f "$work/prefix/lib/libcjson.a"
    path_publish "$work/prefix" "$3"
    rm -rf "$CACHE_ROOT/apt"
)

# static_libs_obtain LABEL CURL_VERSION CJSON_VERSION KEY: sets INFERENCE_CURL_ROOT, building when it is not cached.
static_libs_obtain() {
    INFERENCE_CURL_ROOT=$CACHE_ROOT/static/curl-$2-$4
    if [[ -f $INFERENCE_CURL_ROOT/lib/libcurl.a ]]; then
        log_note "static libcurl $2 and cJSON $3 for $1 are cached"
    else
        log_note "building HTTP-only static libcurl $2 and cJSON $3 for $1 (half a minute)"
        log_with_heartbeat "libcurl" "" log_quietly "$CACHE_ROOT/log/static-libs.log" \
            path_locked static static_libs_build "$2" "$3" "$INFERENCE_CURL_ROOT"
    fi
    export INFERENCE_CURL_ROOT
}

# static_libs_require: for this machine, in the versions of the installed development packages, which name the sources, too.
static_libs_require() {
    local curl cjson
    if [[ -n ${INFERENCE_CURL_ROOT:-} ]]; then
        log_note "static libcurl: $INFERENCE_CURL_ROOT (from the environment)"
        return 0
    fi
    curl=$(dpkg-query -W -f '${source:Version}' libcurl4-openssl-dev)
    cjson=$(dpkg-query -W -f '${source:Version}' libcjson-dev)
    static_libs_obtain "this machine" "$curl" "$cjson" \
        "$(path_hash "$(uname -m)" "$cjson" "$STATIC_CFLAGS" "${STATIC_CURL_OPTIONS[@]}")"
}

# static_libs_require_for TRIPLET SYSROOT CURL_VERSION CJSON_VERSION
static_libs_require_for() {
    STATIC_TRIPLET=$1
    STATIC_SYSROOT=$2
    static_libs_obtain "$1" "$3" "$4" \
        "$(path_hash "$1" "${2##*/}" "$4" "$STATIC_CFLAGS" "${STATIC_CURL_OPTIONS[@]}")"
}
