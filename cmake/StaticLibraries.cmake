# Third-party libraries, as five INTERFACE targets that hide how each build links them:
#
#   inference::grpc        gRPC core without TLS (the provider listens on loopback only)
#   inference::curl        libcurl
#   inference::protobufc   protobuf-c runtime
#   inference::cjson       cJSON; both <cJSON.h> and <cjson/cJSON.h> are found
#   inference::crypto      libcrypto, for HMAC and SHA-256
#
# INFERENCE_STATIC=OFF (debug and sanitizer builds): the system's shared libraries, by pkg-config.
# INFERENCE_STATIC=ON (release): everything static but OpenSSL and the C runtime. gRPC, Abseil and protobuf-c
# come from the system's archives; libcurl (HTTP and HTTPS only) and cJSON, for which distributions have no
# fitting archive, from the prefix INFERENCE_CURL_ROOT, which scripts/build-static-libs makes. 83 shared
# objects become 5 and a start takes 3 ms in place of 13.
#
# INFERENCE_STATIC_OPENSSL=ON takes libssl and libcrypto from their archives as well. Off by default, so that the
# system's security updates of OpenSSL reach the provider.
#
# INFERENCE_PACKAGE=ON is for scripts/release: OpenSSL is looked for where distributions keep it, then beside the
# binary, where the archive has a copy for machines without one; and the linker tells in a map what it took.

option(INFERENCE_STATIC "Link all third-party libraries but OpenSSL statically" OFF)
option(INFERENCE_PACKAGE "With INFERENCE_STATIC: for scripts/release" OFF)
option(INFERENCE_STATIC_OPENSSL "With INFERENCE_STATIC: link OpenSSL statically, too" OFF)
set(INFERENCE_CURL_ROOT "$ENV{INFERENCE_CURL_ROOT}" CACHE PATH
    "With INFERENCE_STATIC: prefix of the static libcurl and cJSON")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# An interface target with an inference:: alias.
function(inference_add_library name)
    add_library(inference_${name} INTERFACE)
    add_library(inference::${name} ALIAS inference_${name})
    target_link_libraries(inference_${name} INTERFACE ${ARGN})
endfunction()

# An imported target for an archive and what it needs in turn: CMake puts the needed after those who need it. Being
# absent is an error that names the package to install.
function(inference_add_archive name package)
    find_library(INFERENCE_ARCHIVE_${name} NAMES lib${name}.a)
    mark_as_advanced(INFERENCE_ARCHIVE_${name})
    if(NOT INFERENCE_ARCHIVE_${name})
        message(FATAL_ERROR "lib${name}.a is missing: install ${package}")
    endif()
    add_library(archive_${name} STATIC IMPORTED)
    set_target_properties(archive_${name} PROPERTIES
        IMPORTED_LOCATION "${INFERENCE_ARCHIVE_${name}}" INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

# The C++ runtime of gRPC. It lies beside the compiler's own files, where find_library does not look by itself.
function(inference_add_static_runtime)
    string(REGEX MATCH "^[0-9]+" major "${CMAKE_C_COMPILER_VERSION}")
    find_library(INFERENCE_ARCHIVE_stdc++ NAMES libstdc++.a PATH_SUFFIXES gcc/${CMAKE_LIBRARY_ARCHITECTURE}/${major})
    inference_add_archive(stdc++ libstdc++-${major}-dev m)
    target_link_options(archive_stdc++ INTERFACE -static-libgcc)
endfunction()

# gRPC's .pc files leave out upb, address_sorting, re2 and c-ares, which its own objects need; Abseil's archives
# refer to one another in circles, hence one group.
function(inference_add_static_grpc)
    pkg_check_modules(INFERENCE_GRPC REQUIRED QUIET grpc_unsecure gpr)
    set(names ${INFERENCE_GRPC_STATIC_LIBRARIES} upb address_sorting re2 cares)
    list(REMOVE_DUPLICATES names)
    list(REMOVE_ITEM names atomic dl m pthread rt stdc++ z)
    set(archives)
    foreach(name IN LISTS names)
        inference_add_archive(${name} "libgrpc-dev and the -dev packages it depends on"
                              archive_z archive_stdc++ m Threads::Threads ${CMAKE_DL_LIBS} rt)
        list(APPEND archives archive_${name})
    endforeach()
    list(JOIN archives "," archives)
    inference_add_library(grpc "$<LINK_GROUP:RESCAN,${archives}>")
    # Archives bring whole objects; sections that nothing refers to need not stay.
    target_link_options(inference_grpc INTERFACE -Wl,--gc-sections -Wl,--as-needed)
endfunction()

function(inference_add_static_openssl)
    inference_add_archive(crypto libssl-dev ${CMAKE_DL_LIBS} Threads::Threads)
    inference_add_archive(ssl libssl-dev archive_crypto)
    inference_add_library(crypto archive_crypto)
    inference_add_library(ssl archive_ssl)
endfunction()

# libcurl and cJSON are taken from our own prefix only: the system's libcurl.a would want thirty libraries more.
function(inference_add_static_prefix)
    if(NOT EXISTS "${INFERENCE_CURL_ROOT}/lib/libcurl.a")
        message(FATAL_ERROR
            "INFERENCE_CURL_ROOT is '${INFERENCE_CURL_ROOT}', which has no lib/libcurl.a. "
            "Set it (environment or -D) to the prefix that scripts/build-static-libs prints.")
    endif()
    foreach(name IN ITEMS curl cjson)
        set(INFERENCE_ARCHIVE_${name} "${INFERENCE_CURL_ROOT}/lib/lib${name}.a")
    endforeach()
    inference_add_archive(curl scripts/build-static-libs inference_ssl archive_z Threads::Threads)
    inference_add_library(curl archive_curl)
    target_include_directories(inference_curl SYSTEM INTERFACE "${INFERENCE_CURL_ROOT}/include")
    target_compile_definitions(inference_curl INTERFACE CURL_STATICLIB)
    inference_add_archive(cjson scripts/build-static-libs m)
    inference_add_library(cjson archive_cjson)
    target_include_directories(inference_cjson SYSTEM INTERFACE
        "${INFERENCE_CURL_ROOT}/include" "${INFERENCE_CURL_ROOT}/include/cjson")
endfunction()

function(inference_add_static_protobufc)
    inference_add_archive(protobuf-c libprotobuf-c-dev)
    inference_add_library(protobufc archive_protobuf-c)
endfunction()

# A target over pkg-config modules: the shared libraries of the system.
function(inference_add_shared name)
    pkg_check_modules(INFERENCE_${name} REQUIRED IMPORTED_TARGET ${ARGN})
    inference_add_library(${name} PkgConfig::INFERENCE_${name})
endfunction()

if(INFERENCE_STATIC)
    if(INFERENCE_STATIC_OPENSSL)
        inference_add_static_openssl()
    else()
        inference_add_shared(crypto libcrypto)
        inference_add_shared(ssl libssl libcrypto)
    endif()
    inference_add_archive(z zlib1g-dev)
    inference_add_static_runtime()
    inference_add_static_grpc()
    inference_add_static_prefix()
    inference_add_static_protobufc()
else()
    inference_add_shared(grpc grpc_unsecure gpr)
    inference_add_shared(curl libcurl)
    inference_add_shared(cjson libcjson)
    inference_add_shared(protobufc libprotobuf-c)
    inference_add_shared(crypto libcrypto)
endif()
