# Tests of the rest layer. The one of the transport talks TLS to itself.
pkg_check_modules(TEST_SSL REQUIRED QUIET IMPORTED_TARGET libssl libcrypto)
foreach(module retry limiter gate sign request response client client_gate ca_store)
    add_unit_test(test_${module} LAYERS base rest LIBRARIES inference::curl)
endforeach()
add_unit_test(test_transport_curl LAYERS base rest
    LIBRARIES inference::curl PkgConfig::TEST_SSL ${CMAKE_DL_LIBS})
