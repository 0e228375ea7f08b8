# CMake generated Testfile for 
# Source directory: /work/wt-executor/tests
# Build directory: /work/wt-executor/build-asan/tests
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[test_base]=] "/work/wt-executor/build-asan/tests/test_base")
set_tests_properties([=[test_base]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;31;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
add_test([=[test_data]=] "/work/wt-executor/build-asan/tests/test_data")
set_tests_properties([=[test_data]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;31;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
add_test([=[test_expression]=] "/work/wt-executor/build-asan/tests/test_expression")
set_tests_properties([=[test_expression]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;31;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
add_test([=[test_flow]=] "/work/wt-executor/build-asan/tests/test_flow")
set_tests_properties([=[test_flow]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;31;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
add_test([=[test_executor]=] "/work/wt-executor/build-asan/tests/test_executor")
set_tests_properties([=[test_executor]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;35;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
add_test([=[test_pipelines]=] "/work/wt-executor/build-asan/tests/test_pipelines")
set_tests_properties([=[test_pipelines]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;41;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
add_test([=[test_layout]=] "/work/wt-executor/build-asan/tests/test_layout")
set_tests_properties([=[test_layout]=] PROPERTIES  TIMEOUT "240" _BACKTRACE_TRIPLES "/work/wt-executor/tests/CMakeLists.txt;25;add_test;/work/wt-executor/tests/CMakeLists.txt;48;weir_test;/work/wt-executor/tests/CMakeLists.txt;0;")
