# Tests of the base layer.
foreach(module arena buf cancel digest error flight json log platform redact str trace value words)
    add_unit_test(test_${module} LAYERS base)
endforeach()
