# CMake generated Testfile for 
# Source directory: /work/wt-executor
# Build directory: /work/wt-executor/build-asan
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("tests")
