# Third-party libraries, as five INTERFACE targets that hide how each build links them:
#
#   inference::grpc        gRPC core without TLS (the provider listens on loopback only)
#   inference::curl        libcurl
#   inference::protobufc   protobuf-c runtime
#   inference::cjson       cJSON; both <cJSON.h> and <cjson/cJSON.h> are found
#   inference::crypto      libcrypto, for HMAC and SHA-256
#
# Debug and sanitizer builds take the system's shared libraries, by pkg-config. A release (cmake/Zig.cmake) takes archives
# from the prefix INFERENCE_STATIC_ROOT and nothing else, the C library included.

find_package(Threads REQUIRED)

# An interface target with an inference:: alias.
function(inference_add_library name)
    add_library(inference_${name} INTERFACE)
    add_library(inference::${name} ALIAS inference_${name})
    target_link_libraries(inference_${name} INTERFACE ${ARGN})
endfunction()

# A target over archives of the prefix, in any order: the linker remembers what each has.
function(inference_add_archives name)
    set(archives ${ARGN})
    list(TRANSFORM archives REPLACE "(.+)" "${INFERENCE_STATIC_ROOT}/lib/lib\\1.a")
    inference_add_library(${name} ${archives})
    target_include_directories(inference_${name} SYSTEM INTERFACE
        "${INFERENCE_STATIC_ROOT}/include" "${INFERENCE_STATIC_ROOT}/include/cjson")
endfunction()

# A target over pkg-config modules: the shared libraries of the system.
function(inference_add_shared name)
    pkg_check_modules(INFERENCE_${name} REQUIRED IMPORTED_TARGET ${ARGN})
    inference_add_library(${name} PkgConfig::INFERENCE_${name})
endfunction()

if(INFERENCE_STATIC_ROOT)
    inference_add_archives(grpc grpc abseil z)
    inference_add_archives(curl curl ssl crypto z)
    target_compile_definitions(inference_curl INTERFACE CURL_STATICLIB)
    inference_add_archives(cjson cjson)
    inference_add_archives(protobufc protobuf-c)
    inference_add_archives(crypto crypto)
else()
    find_package(PkgConfig REQUIRED)
    inference_add_shared(grpc grpc_unsecure gpr)
    inference_add_shared(curl libcurl)
    inference_add_shared(cjson libcjson)
    inference_add_shared(protobufc libprotobuf-c)
    inference_add_shared(crypto libcrypto)
endif()
