# Flags every target of the project gets.
add_library(inference_flags INTERFACE)
target_compile_definitions(inference_flags INTERFACE _GNU_SOURCE)
target_include_directories(inference_flags INTERFACE ${CMAKE_SOURCE_DIR}/provider)
target_compile_options(inference_flags INTERFACE
    -Wall -Wextra -Werror -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wpointer-arith -fno-common
    -ffunction-sections -fdata-sections -fno-omit-frame-pointer -fstack-protector-strong)
target_link_options(inference_flags INTERFACE -Wl,--gc-sections)
target_link_libraries(inference_flags INTERFACE m)

if(INFERENCE_SANITIZE)
    target_compile_options(inference_flags INTERFACE -fsanitize=${INFERENCE_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(inference_flags INTERFACE -fsanitize=${INFERENCE_SANITIZE})
    if(INFERENCE_SANITIZE MATCHES "thread")
        target_compile_definitions(inference_flags INTERFACE INFERENCE_TSAN)
    endif()
elseif(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo")
    target_compile_options(inference_flags INTERFACE -D_FORTIFY_SOURCE=2 -fstack-clash-protection -fPIE)
    target_link_options(inference_flags INTERFACE -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()

# The same bytes wherever the tree lies.
if(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo")
    add_compile_options(-ffile-prefix-map=${CMAKE_BINARY_DIR}=build -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
    if(INFERENCE_CURL_ROOT)
        add_compile_options(-ffile-prefix-map=${INFERENCE_CURL_ROOT}=static)
    endif()
endif()
