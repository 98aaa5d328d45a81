# Checks of the structure itself: which layer uses which symbols, and that each header stands alone.
set(layer_arguments)
foreach(layer base rest core clouds rpc)
    list(APPEND layer_arguments --layer ${layer} $<TARGET_OBJECTS:layer_${layer}>)
    if(TARGET tables_${layer})
        list(APPEND layer_arguments $<TARGET_OBJECTS:tables_${layer}>)
    endif()
endforeach()
add_test(NAME layering COMMAND_EXPAND_LISTS
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/check_layers.py
        --nm ${CMAKE_NM} ${layer_arguments})

# rpc's headers include generated and third-party ones.
add_test(NAME headers COMMAND_EXPAND_LISTS
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/check_headers.py
        --compiler ${CMAKE_C_COMPILER} --root ${CMAKE_SOURCE_DIR}/provider
        --include $<TARGET_PROPERTY:layer_rpc,INCLUDE_DIRECTORIES>)

add_test(NAME structure_checks
    COMMAND ${Python3_EXECUTABLE} -m unittest test_structure
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(structure_checks PROPERTIES
    ENVIRONMENT "CC=${CMAKE_C_COMPILER};PYTHONDONTWRITEBYTECODE=1")

# Places of docs/ that comments and tests name.
add_test(NAME citations
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/check_citations.py
        --root ${CMAKE_SOURCE_DIR})
add_test(NAME citation_checks
    COMMAND ${Python3_EXECUTABLE} -m unittest test_citations
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(citation_checks PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")

# Links between pages.
add_test(NAME links
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/check_links.py
        --root ${CMAKE_SOURCE_DIR})
add_test(NAME link_checks
    COMMAND ${Python3_EXECUTABLE} -m unittest test_links
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(link_checks PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")

# Tables of pages.
add_test(NAME page_tables
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/check_pages.py
        --root ${CMAKE_SOURCE_DIR})
add_test(NAME page_checks
    COMMAND ${Python3_EXECUTABLE} -m unittest test_pages
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(page_tables page_checks PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")

# Marks of docs/apis, and docs/confidence.md, which lists what they call assumed.
add_test(NAME confidence
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/live/confidence.py
        --root ${CMAKE_SOURCE_DIR})

# The table of what the steps of scripts/test take.
add_test(NAME costs
    COMMAND ${Python3_EXECUTABLE} -m unittest test_costs
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(costs PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")

# What %p inserts into messages.
add_test(NAME formats
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/check_formats.py
        --root ${CMAKE_SOURCE_DIR})
add_test(NAME format_checks
    COMMAND ${Python3_EXECUTABLE} -m unittest test_formats
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
set_tests_properties(format_checks PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
