# Toolchain file of a release: compiles against the unpacked Debian packages in INFERENCE_SYSROOT, not against what is
# installed on the machine. scripts/lib/sysroot.sh makes them; INFERENCE_TRIPLET is Debian's, such as aarch64-linux-gnu.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES INFERENCE_SYSROOT INFERENCE_TRIPLET)

set(CMAKE_SYSTEM_NAME Linux)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "${INFERENCE_TRIPLET}")
set(CMAKE_C_COMPILER ${INFERENCE_TRIPLET}-gcc)
set(CMAKE_SYSROOT ${INFERENCE_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE ${INFERENCE_TRIPLET})
# A compiler looks for start-up files and its own runtime beside itself first, sysroot or not.
file(GLOB runtime ${INFERENCE_SYSROOT}/usr/lib/gcc/${INFERENCE_TRIPLET}/*)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-B${runtime} -B${INFERENCE_SYSROOT}/usr/lib/${INFERENCE_TRIPLET}")
# Debug information and __FILE__ tell of the package, not of where its copy was unpacked.
set(CMAKE_C_FLAGS_INIT "-ffile-prefix-map=${INFERENCE_SYSROOT}=")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(ENV{PKG_CONFIG_SYSROOT_DIR} ${INFERENCE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${INFERENCE_SYSROOT}/usr/lib/${INFERENCE_TRIPLET}/pkgconfig:${INFERENCE_SYSROOT}/usr/share/pkgconfig)
