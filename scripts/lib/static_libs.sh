# shellcheck shell=bash
# The libraries of a release, compiled with Zig from Debian's sources for one architecture, and cached under a key of
# versions, options and the files that say how. Needs log.sh, paths.sh, apt.sh, python.sh, source.sh, zig.sh.

# Everything that is not HTTP(S) over OpenSSL, with proxies, compression and a resolver thread, is off. There is no
# built-in certificate store: the provider finds it at run time, since distributions differ in where it is.
STATIC_CURL_OPTIONS=(
    --disable-shared --enable-static --with-pic --enable-threaded-resolver --enable-ipv6 --enable-proxy --enable-http
    --disable-dict --disable-file --disable-ftp --disable-gopher --disable-imap --disable-ldap
    --disable-ldaps --disable-mqtt --disable-pop3 --disable-rtsp --disable-smb --disable-smtp
    --disable-telnet --disable-tftp
    --disable-alt-svc --disable-aws --disable-cookies --disable-doh --disable-hsts --disable-mime
    --disable-netrc --disable-ntlm --disable-ntlm-wb --disable-tls-srp --disable-unix-sockets
    --disable-libcurl-option --disable-manual --disable-dependency-tracking --disable-openssl-auto-load-config
    --without-brotli --without-gssapi --without-libgsasl --without-libidn2 --without-libpsl
    --without-librtmp --without-libssh2 --without-nghttp2 --without-zstd
    --without-ca-bundle --without-ca-path
)
# TLS for a client and what its certificates need; nothing is loaded at run time, and no openssl.cnf is read. The security
# level is Debian's.
STATIC_OPENSSL_OPTIONS=(
    no-shared no-tests no-engine no-dso no-module no-legacy no-autoload-config no-async no-ui-console no-ktls
    no-cms no-cmp no-ts no-ct no-srp no-psk no-dtls no-comp no-ssl3 no-nextprotoneg no-rfc3779 no-afalgeng no-padlockeng
    no-idea no-mdc2 no-rc2 no-rc4 no-rc5 no-seed no-camellia no-aria no-bf no-cast no-md4 no-whirlpool no-rmd160 no-blake2
    no-sm2 no-sm3 no-sm4 no-gost no-scrypt no-siv no-ocb no-dsa
    enable-ec_nistp_64_gcc_128 -DOPENSSL_TLS_SECURITY_LEVEL=2
)
readonly STATIC_CURL_OPTIONS STATIC_OPENSSL_OPTIONS

# static_libs_is_macos TARGET
static_libs_is_macos() {
    [[ $1 == *-macos ]]
}

# static_libs_flags WORK TARGET: of the compiler; neither the work's folder nor the compiler's own is named in the results.
static_libs_flags() {
    local flags=$ZIG_CFLAGS
    ! static_libs_is_macos "$2" || flags=${flags/ -fstack-clash-protection/}
    printf '%s -ffile-prefix-map=%s=static -ffile-prefix-map=%s=zig' "$flags" "$1" "${INFERENCE_ZIG%/*}"
}

# static_libs_compile WORK TARGET COMMAND...: with the variables that every build here knows. What they link to try something
# is linked as the provider is, or Zig would compile the C library once more.
static_libs_compile() {
    env "CC=$INFERENCE_ZIG cc -target $2" "AR=$INFERENCE_ZIG ar" "RANLIB=$INFERENCE_ZIG ranlib" \
        "CFLAGS=$(static_libs_flags "$1" "$2")" LDFLAGS=-pie "${@:3}"
}

# static_libs_adapt_macos WORK: what would want Apple's frameworks, which Zig has not, goes: the time zone of the machine, which
# nobody asks Abseil for, and the system's proxies, which curl asks for and does not use. zlib takes a Mac for one of the last century.
static_libs_adapt_macos() {
    sed -i 's/defined(__APPLE__)/0/' "$1/abseil/absl/time/internal/cctz/src/time_zone_lookup.cc"
    sed -i '/define CURL_OSX_CALL_COPYPROXIES/d' "$1/curl/lib/curl_setup.h"
    sed -i 's/-framework CoreFoundation -framework SystemConfiguration//' "$1/curl/configure"
    sed -i '/define fdopen(fd,mode) NULL/d' "$1/zlib/zutil.h"
}

# static_libs_build_runtime WORK TARGET: start-up code, the C and C++ libraries. Zig compiles them when it first links something, and says
# of each thing that it links of what; their debug information would tell where this machine keeps Zig. For macOS the C library is
# Apple's, and Zig links the C++ library by itself.
static_libs_build_runtime() {
    local path name names=()
    if static_libs_is_macos "$2"; then
        printf 'set(INFERENCE_ZIG "%s")\nset(INFERENCE_TARGET %s)\n' "$INFERENCE_ZIG" "$2" >"$1/prefix/compiler.cmake"
        printf 'ziglang\tlibc++\n' >>"$1/prefix/files.tsv"
        return
    fi
    mkdir "$1/prefix/lib/runtime"
    printf 'int main() { return 0; }\n' >"$1/main.cc"
    ZIG_VERBOSE_LINK=1 "$INFERENCE_ZIG" c++ -target "$2" -O2 -fPIE -pie -o "$1/main" "$1/main.cc" 2>"$1/main.link"
    while IFS= read -r path; do
        name=${path##*/}
        names+=("$name")
        llvm-objcopy --strip-debug "$path" "$1/prefix/lib/runtime/$name"
        printf 'ziglang\t/lib/runtime/%s\n' "$name" >>"$1/prefix/files.tsv"
    done < <(grep -F -e " -o $1/main " "$1/main.link" | grep -oE '/[^ ]*/(rcrt1\.o|lib[a-z_+]*\.a)')
    printf 'set(INFERENCE_ZIG "%s")\nset(INFERENCE_TARGET %s)\nset(INFERENCE_RUNTIME %s)\n' \
        "$INFERENCE_ZIG" "$2" "${names[*]}" >"$1/prefix/compiler.cmake"
}

# static_libs_build_zlib WORK TARGET
static_libs_build_zlib() {
    cd "$1/zlib" || return
    static_libs_compile "$1" "$2" ./configure --static "--prefix=$1/prefix"
    make -j2 libz.a
    install -m 644 libz.a "$1/prefix/lib"
    install -D -m 644 --target-directory "$1/prefix/include" zlib.h zconf.h
}

# static_libs_build_malloc WORK TARGET: musl's allocator alone, which cmake/Zig.cmake links before Zig's (docs/decisions.md 9).
static_libs_build_malloc() {
    cd "$1/musl/src/malloc" || return
    # shellcheck disable=SC2016 # for the inner shell
    static_libs_compile "$1" "$2" sh -ec '$CC $CFLAGS -w -I../internal -include "$1" -c mallocng/malloc.c mallocng/free.c \
        mallocng/realloc.c mallocng/aligned_alloc.c mallocng/malloc_usable_size.c calloc.c memalign.c posix_memalign.c reallocarray.c
        $AR qcD "$2" *.o' sh "$REPO_ROOT/cmake/libraries/malloc_glue.h" "$1/prefix/lib/libmalloc.a"
}

# static_libs_openssl_name TARGET: what OpenSSL calls it.
static_libs_openssl_name() {
    case $1 in
    aarch64-macos) printf darwin64-arm64-cc ;;
    x86_64-macos) printf darwin64-x86_64-cc ;;
    *) printf 'linux-%s' "${1%%-*}" ;;
    esac
}

# static_libs_build_openssl WORK TARGET: told where it is installed in words that hold for every machine, for it keeps them.
static_libs_build_openssl() {
    cd "$1/openssl" || return
    static_libs_compile "$1" "$2" ./Configure "$(static_libs_openssl_name "$2")" --prefix=/usr --libdir=lib --openssldir=/etc/ssl \
        "${STATIC_OPENSSL_OPTIONS[@]}"
    # What it says of its compiler would tell of this machine.
    make build_generated crypto/buildinf.h
    printf '#define PLATFORM "platform: %s"\n#define DATE "built on: unknown"\nstatic const char compiler_flags[] = "";\n' \
        "$2" >crypto/buildinf.h
    touch -d '+1 hour' crypto/buildinf.h
    make -j2 build_libs
    cp libssl.a libcrypto.a "$1/prefix/lib"
    cp -r include/openssl "$1/prefix/include"
}

# static_libs_build_curl WORK TARGET
static_libs_build_curl() {
    mkdir "$1/curl/build-static"
    cd "$1/curl/build-static" || return
    static_libs_compile "$1" "$2" ../configure "--host=${2/-macos/-apple-darwin}" "--prefix=$1/prefix" "--with-openssl=$1/prefix" \
        "--with-zlib=$1/prefix" "${STATIC_CURL_OPTIONS[@]}" PKG_CONFIG=/bin/false
    make -j2 -C lib install-libLTLIBRARIES
    make -C include install
}

# static_libs_build_file WORK TARGET NAME SOURCE HEADER: a library of one file.
static_libs_build_file() {
    cd "$1" || return
    # shellcheck disable=SC2016 # for the inner shell
    static_libs_compile "$1" "$2" sh -ec '$CC $CFLAGS -I"$1" -c "$2" -o "$1.o" && $AR qcD "prefix/lib/lib$1.a" "$1.o"' sh "$3" "$4"
    install -D -m 644 "$5" "prefix/include/$3/${5##*/}"
}

# static_libs_build_grpc WORK TARGET: with Abseil.
static_libs_build_grpc() {
    local flags
    flags=$(static_libs_flags "$1" "$2")
    cmake -G Ninja -S "$REPO_ROOT/cmake/libraries" -B "$1/build" \
        "-DCMAKE_TOOLCHAIN_FILE=$REPO_ROOT/cmake/Zig.cmake" "-DINFERENCE_STATIC_ROOT=$1/prefix" \
        "-DCMAKE_C_FLAGS=$flags" "-DCMAKE_CXX_FLAGS=$flags" \
        "-DINFERENCE_GRPC=$1/grpc" "-DINFERENCE_ABSEIL=$1/abseil" "-DINFERENCE_RE2=$1/re2"
    cmake --build "$1/build" --parallel 2
    cp -r "$1/grpc/include/grpc" "$1/prefix/include"
}

# static_libs_copyright SOURCE: Debian's words, or upstream's where only those are there.
static_libs_copyright() {
    if [[ -f $1/debian/copyright ]]; then
        printf '%s' "$1/debian/copyright"
    else
        printf '%s' "$1/LICENSE.txt"
    fi
}

# static_libs_describe WORK NAME VERSION WHAT ARCHIVE...: what a release says of it: a row of packages.tsv, one of files.tsv for
# each archive, and its licence.
static_libs_describe() {
    local archive
    printf '%s\t%s\t%s\n' "$2" "$3" "$4" >>"$1/prefix/packages.tsv"
    for archive in "${@:5}"; do
        printf '%s\t/lib/lib%s.a\n' "$2" "$archive" >>"$1/prefix/files.tsv"
    done
    install -D -m 644 "$(static_libs_copyright "$1/$2")" "$1/prefix/licences/$2"
}

# static_libs_describe_compiler WORK VERSION TARGET: the parts of it that are linked.
static_libs_describe_compiler() {
    local lib=${INFERENCE_ZIG%/*}/lib
    printf 'ziglang\t%s\tpypi\n' "$2" >>"$1/prefix/packages.tsv"
    cat "${INFERENCE_ZIG%/*}/LICENSE" "$lib/libc/musl/COPYRIGHT" "$lib/libcxx/LICENSE.TXT" >"$1/prefix/licences/ziglang"
    # glibc's list macros, which musl has not
    static_libs_is_macos "$3" || install -D -m 644 "$lib/libc/include/generic-glibc/sys/queue.h" "$1/prefix/include/sys/queue.h"
}

# static_libs_sources TARGET: the rows of release/sources.tsv; macOS has an allocator of its own.
static_libs_sources() {
    if static_libs_is_macos "$1"; then
        grep -v -e '^#' -e '^musl\s' "$REPO_ROOT/release/sources.tsv"
    else
        grep -v '^#' "$REPO_ROOT/release/sources.tsv"
    fi
}

# static_libs_fetch WORK TARGET: every source, and what is to be said of it.
static_libs_fetch() {
    local name version what archives
    source_require
    while IFS=$'\t' read -r name version what; do
        case $name in
        openssl) archives=(ssl crypto) ;;
        zlib) archives=(z) ;;
        musl) archives=(malloc) ;;
        re2) archives=() ;;
        *) archives=("$name") ;;
        esac
        if [[ $what == pypi ]]; then
            static_libs_describe_compiler "$1" "$version" "$2"
        else
            source_fetch "$name" "$version" "$what" "$1" ||
                log_die "Debian has no $name $version: scripts/check-sources says what it has"
            [[ $what != upstream ]] || version=${version%%-*}
            static_libs_describe "$1" "$name" "$version" "$what" "${archives[@]}"
        fi
    done < <(static_libs_sources "$2")
    rm -rf "$CACHE_ROOT/apt"
}

# static_libs_build TARGET PREFIX: in a folder of its own that goes away afterwards.
static_libs_build() (
    set -euo pipefail
    [[ ! -f $2/packages.tsv ]] || exit 0
    work=$(mktemp -d "${TMPDIR:-/tmp}/inference-static.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/prefix/lib" "$work/prefix/licences"
    path_locked sources static_libs_fetch "$work" "$1"
    ! static_libs_is_macos "$1" || static_libs_adapt_macos "$work"
    static_libs_build_runtime "$work" "$1"
    static_libs_is_macos "$1" || static_libs_build_malloc "$work" "$1"
    static_libs_build_zlib "$work" "$1"
    static_libs_build_openssl "$work" "$1"
    static_libs_build_curl "$work" "$1"
    static_libs_build_file "$work" "$1" cjson "$work/cjson/cJSON.c" "$work/cjson/cJSON.h"
    static_libs_build_file "$work" "$1" protobuf-c "$work/protobuf-c/protobuf-c/protobuf-c.c" \
        "$work/protobuf-c/protobuf-c/protobuf-c.h"
    static_libs_build_grpc "$work" "$1"
    rm -rf "$work/prefix/lib"/*.la "$work/prefix/lib/pkgconfig" "$work/prefix/share" "$work/prefix/bin"
    path_publish "$work/prefix" "$2"
)

# static_libs_require ARCHITECTURE: sets INFERENCE_STATIC_ROOT, building when it is not cached.
static_libs_require() {
    local target
    target=$(zig_target "$1")
    zig_require
    INFERENCE_STATIC_ROOT=$CACHE_ROOT/static/$target-$(path_hash "$REPO_ROOT/release/sources.tsv" "$ZIG_CFLAGS" \
        "$REPO_ROOT/scripts/lib/static_libs.sh" "$REPO_ROOT/cmake/Zig.cmake" "$REPO_ROOT"/cmake/libraries/*)
    if [[ -f $INFERENCE_STATIC_ROOT/packages.tsv ]]; then
        log_note "static libraries for $target are cached"
    else
        log_note "building the static libraries for $target (some minutes)"
        log_with_heartbeat "libraries" "" log_quietly "$CACHE_ROOT/log/static-libs-$1.log" \
            path_locked "static-$1" static_libs_build "$target" "$INFERENCE_STATIC_ROOT"
    fi
    export INFERENCE_STATIC_ROOT
}
