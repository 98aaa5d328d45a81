# Tables: one YAML file per cloud, rendered to C, to the schema and to docs/.
set(tables_folder ${CMAKE_SOURCE_DIR}/provider)
set(tables_python columns.py tables.py tables_c.py tables_check.py tables_docs.py tables_editor.py tables_reference.py
    tables_rules.py tables_schema.py tables_terraform.py tables_times.py tables_troubleshooting.py package.yaml)
list(TRANSFORM tables_python PREPEND ${tables_folder}/)
file(GLOB tables_docs CONFIGURE_DEPENDS ${tables_folder}/docs/*.md ${tables_folder}/docs/*/*.md)
set(tables_command ${Python3_EXECUTABLE} ${tables_folder}/tables.py)
set(tables_options --version ${PROJECT_VERSION} "--plugin-download-url=${INFERENCE_PLUGIN_DOWNLOAD_URL}"
    "--repository=${INFERENCE_REPOSITORY}" "--logo-url=${INFERENCE_LOGO_URL}")

# add_tables(NAME YAML...): what is rendered from these clouds, and is the list of them, as OBJECT libraries:
# NAME_core (the package) and NAME_clouds (tables and registry). A cloud has hooks when <cloud>.c lies beside its file.
function(add_tables name)
    set(folder ${CMAKE_BINARY_DIR}/generated/${name})
    set(cloud_c ${folder}/registry.c)
    set(hooks)
    foreach(yaml ${ARGN})
        cmake_path(GET yaml STEM cloud)
        list(APPEND cloud_c ${folder}/${cloud}_tables.c)
        cmake_path(REPLACE_EXTENSION yaml .c OUTPUT_VARIABLE source)
        if(EXISTS ${source})
            list(APPEND hooks --hooks ${cloud})
        endif()
    endforeach()
    file(MAKE_DIRECTORY ${folder}/clouds)
    add_custom_command(
        OUTPUT ${cloud_c} ${folder}/package_tables.c ${folder}/clouds/clouds.h
        COMMAND ${tables_command} c --out ${folder} ${tables_options} ${hooks} ${ARGN}
        DEPENDS ${tables_python} ${tables_docs} ${ARGN}
        COMMENT "Rendering ${name}" VERBATIM)
    add_custom_target(${name} DEPENDS ${cloud_c})
    add_library(${name}_core OBJECT ${folder}/package_tables.c)
    add_library(${name}_clouds OBJECT ${cloud_c})
    foreach(part core clouds)
        target_link_libraries(${name}_${part} PUBLIC inference_flags)
        target_include_directories(${name}_${part} PUBLIC ${folder})
        add_dependencies(${name}_${part} ${name})
    endforeach()
endfunction()
