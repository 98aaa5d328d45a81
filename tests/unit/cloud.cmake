# A cloud that needs none of it.
add_subdirectory(${CMAKE_SOURCE_DIR}/tests/provider/toy ${CMAKE_BINARY_DIR}/tests/provider/toy)

# Tests of the cloud layer, of what the black-box tests cannot reach.
add_unit_test(test_ark_role LAYERS base rest core clouds LIBRARIES inference::curl)
add_unit_test(test_maas_account LAYERS base rest core clouds LIBRARIES inference::curl)
foreach(cloud ark hf maas tir)
    add_unit_test(test_${cloud} LAYERS base rest core clouds LIBRARIES inference::curl)
endforeach()
