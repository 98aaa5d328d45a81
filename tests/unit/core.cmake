# Tests of the core layer.
foreach(module ledger name pager path rows prop_check prop_decode prop_diff prop_encode prop_merge template urn wait)
    add_unit_test(test_${module} LAYERS base rest core LIBRARIES inference::curl)
endforeach()
foreach(module compare config faults tables)
    add_unit_test(test_${module} LAYERS base rest core clouds LIBRARIES inference::curl)
endforeach()

# The renderer of the tables, and schema.json as committed: schema_drift fails when somebody changed a table and did not
# build the target `schema`.
file(GLOB tables_yaml CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/provider/clouds/*/*.yaml)
string(REPLACE ";" ":" tables_yaml "${tables_yaml}")
function(add_tables_test name class)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} -m unittest test_tables.${class}
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/tests/unit)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
        "TABLES_VERSION=${PROJECT_VERSION};TABLES_FILES=${tables_yaml};PYTHONDONTWRITEBYTECODE=1")
endfunction()
add_tables_test(schema_drift Drift)
add_tables_test(schema_sound Schema)
add_tables_test(schema_rows Rows)
add_tables_test(table_refusals Refusals)
add_tables_test(table_structures Structures)
add_tables_test(table_terraform Terraform)
