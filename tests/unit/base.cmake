# Tests of the base layer.
foreach(module arena buf cancel digest error json log redact str value)
    add_unit_test(test_${module} LAYERS base)
endforeach()
