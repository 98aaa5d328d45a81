# Flags every target of the project gets.
add_library(inference_flags INTERFACE)
target_compile_definitions(inference_flags INTERFACE _GNU_SOURCE)
target_include_directories(inference_flags INTERFACE ${CMAKE_SOURCE_DIR}/provider)
target_compile_options(inference_flags INTERFACE
    -Wall -Wextra -Werror -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wpointer-arith -fno-common
    -ffunction-sections -fdata-sections -fno-omit-frame-pointer -fstack-protector-strong)
if(NOT INFERENCE_STATIC_ROOT) # else cmake/Zig.cmake says how to link
    target_link_options(inference_flags INTERFACE $<IF:$<PLATFORM_ID:Darwin>,-Wl$<COMMA>-dead_strip,-Wl$<COMMA>--gc-sections>)
    target_link_libraries(inference_flags INTERFACE m)
endif()

if(INFERENCE_SANITIZE)
    target_compile_options(inference_flags INTERFACE -fsanitize=${INFERENCE_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(inference_flags INTERFACE -fsanitize=${INFERENCE_SANITIZE})
    if(INFERENCE_SANITIZE MATCHES "thread")
        target_compile_definitions(inference_flags INTERFACE INFERENCE_TSAN)
    endif()
elseif(INFERENCE_STATIC_ROOT)
    target_compile_options(inference_flags INTERFACE $<$<NOT:$<PLATFORM_ID:Darwin>>:-fstack-clash-protection> -fPIE)
endif()

# The same bytes wherever the tree, the libraries and the compiler are.
if(INFERENCE_STATIC_ROOT)
    get_filename_component(zig_folder "${INFERENCE_ZIG}" DIRECTORY)
    add_compile_options(-ffile-prefix-map=${CMAKE_BINARY_DIR}=build -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
        -ffile-prefix-map=${INFERENCE_STATIC_ROOT}=static -ffile-prefix-map=${zig_folder}=zig)
endif()
