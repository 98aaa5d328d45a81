# Tests of the rpc layer, on the core of tests/provider/echo.
add_subdirectory(${CMAKE_SOURCE_DIR}/tests/provider/echo ${CMAKE_BINARY_DIR}/tests/provider/echo)

foreach(module args engine_health engine_log log_queue marshal message pool service status wire)
    add_unit_test(test_${module} LAYERS base rpc
        LIBRARIES echo_core wire_messages inference::grpc inference::protobufc)
endforeach()
