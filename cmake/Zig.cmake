# Toolchain file of a release build: Zig's clang, musl and libc++. INFERENCE_STATIC_ROOT is a prefix of static libraries
# that scripts/build-static-libs made; its compiler.cmake sets INFERENCE_ZIG, the program, INFERENCE_TARGET, such as
# aarch64-linux-musl, and INFERENCE_RUNTIME, the files of the C and C++ libraries in the order of linking.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES INFERENCE_STATIC_ROOT)
if(NOT INFERENCE_STATIC_ROOT)
    set(INFERENCE_STATIC_ROOT "$ENV{INFERENCE_STATIC_ROOT}")
endif()
if(NOT EXISTS "${INFERENCE_STATIC_ROOT}/compiler.cmake")
    message(FATAL_ERROR "INFERENCE_STATIC_ROOT is '${INFERENCE_STATIC_ROOT}', which has no compiler.cmake. "
        "Set it (environment or -D) to the prefix that scripts/build-static-libs prints.")
endif()
include("${INFERENCE_STATIC_ROOT}/compiler.cmake")

if(INFERENCE_TARGET MATCHES "macos")
    set(CMAKE_SYSTEM_NAME Darwin)
    # Nothing here calls it, but CMake wants to know where it is.
    set(CMAKE_INSTALL_NAME_TOOL "${INFERENCE_ZIG}")
else()
    set(CMAKE_SYSTEM_NAME Linux)
endif()
# Nothing is linked to try the compiler: Zig would compile its C library for it.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "${INFERENCE_TARGET}")
set(CMAKE_C_COMPILER "${INFERENCE_ZIG}" cc)
set(CMAKE_CXX_COMPILER "${INFERENCE_ZIG}" c++)
set(CMAKE_AR "${INFERENCE_ZIG}")
set(CMAKE_RANLIB "${INFERENCE_ZIG}")
foreach(language C CXX)
    set(CMAKE_${language}_COMPILER_TARGET ${INFERENCE_TARGET})
    set(CMAKE_${language}_ARCHIVE_CREATE "<CMAKE_AR> ar qcD <TARGET> <OBJECTS>")
    set(CMAKE_${language}_ARCHIVE_APPEND "<CMAKE_AR> ar qD <TARGET> <OBJECTS>")
    set(CMAKE_${language}_ARCHIVE_FINISH "<CMAKE_RANLIB> ranlib <TARGET>")
endforeach()
if(INFERENCE_TARGET MATCHES "macos")
    # Only Apple's own C library is shared, as macOS wants it; Zig has its list of symbols, and the C++ library.
    set(CMAKE_C_LINK_EXECUTABLE "\"${INFERENCE_ZIG}\" c++ -target ${INFERENCE_TARGET} -Wl,-dead_strip -s -o <TARGET> <OBJECTS> <LINK_LIBRARIES>")
else()
    # Zig's linker is called by itself: as part of `zig cc` it neither knows packed relocations, which a start waits for, nor
    # leaves out where this machine keeps the C library. A thread's stack is 1 MiB where nothing else is said; musl would give
    # it 128 KiB. musl's allocator stands before Zig's, which would be taken otherwise. The SBOM is written from the map.
    list(TRANSFORM INFERENCE_RUNTIME PREPEND "${INFERENCE_STATIC_ROOT}/lib/runtime/")
    string(JOIN " " CMAKE_C_LINK_EXECUTABLE
        "\"${INFERENCE_ZIG}\" ld.lld -static -pie --no-dynamic-linker --gc-sections --eh-frame-hdr -O2"
        "-z relro -z now -z noexecstack -z stack-size=1048576 --pack-dyn-relocs=relr --build-id=sha1"
        "-Map=<TARGET>.map -o <TARGET> <OBJECTS> <LINK_LIBRARIES>" "${INFERENCE_STATIC_ROOT}/lib/libmalloc.a" ${INFERENCE_RUNTIME})
endif()

set(CMAKE_FIND_ROOT_PATH "${INFERENCE_STATIC_ROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
