# Finds every library, or ends with one message that names all missing Debian packages at once.

set(WEIR_MISSING_PACKAGES)

# weir_find(NAME PACKAGE): a library with a CMake configuration of its own.
macro(weir_find name package)
  find_package(${name} QUIET)
  if(NOT ${name}_FOUND)
    list(APPEND WEIR_MISSING_PACKAGES ${package})
  endif()
endmacro()

# weir_find_plain(TARGET HEADER LIBRARY PACKAGE): a library that Debian ships without one.
function(weir_find_plain target header library package)
  string(MAKE_C_IDENTIFIER "WEIR_${target}" id)
  find_path(${id}_INCLUDE "${header}")
  find_library(${id}_LIBRARY "${library}")
  mark_as_advanced(${id}_INCLUDE ${id}_LIBRARY)
  if(NOT ${id}_INCLUDE OR NOT ${id}_LIBRARY)
    set(WEIR_MISSING_PACKAGES ${WEIR_MISSING_PACKAGES} ${package} PARENT_SCOPE)
  elseif(NOT TARGET ${target})
    add_library(${target} UNKNOWN IMPORTED)
    set_target_properties(${target} PROPERTIES
      IMPORTED_LOCATION "${${id}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${${id}_INCLUDE}")
  endif()
endfunction()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
weir_find(tl-expected libexpected-dev)
weir_find(fmt libfmt-dev)
weir_find(FastFloat libfast-float-dev)
weir_find(simdjson libsimdjson-dev)
weir_find(date libhowardhinnant-date-dev)
weir_find(yaml-cpp libyaml-cpp-dev)
weir_find(CLI11 libcli11-dev)
weir_find(ZLIB zlib1g-dev)
weir_find(zstd libzstd-dev)
weir_find_plain(re2::re2 re2/re2.h re2 libre2-dev)
weir_find_plain(pcre2::pcre2 pcre2.h pcre2-8 libpcre2-dev)
weir_find_plain(xxHash::xxhash xxhash.h xxhash libxxhash-dev)
weir_find_plain(caf::core caf/actor_system.hpp caf_core libcaf-dev)

if(WEIR_TESTS)
  weir_find(doctest doctest-dev)
  weir_find(rapidcheck librapidcheck-dev)
endif()

if(WEIR_MODELS)
  find_program(SPIN_PROGRAM spin)
  mark_as_advanced(SPIN_PROGRAM)
  if(NOT SPIN_PROGRAM)
    list(APPEND WEIR_MISSING_PACKAGES spin)
  endif()
endif()

if(WEIR_FUZZ)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer,address,undefined)
  check_cxx_source_compiles(
    "extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }"
    WEIR_HAS_LIBFUZZER)
  unset(CMAKE_REQUIRED_FLAGS)
  if(NOT WEIR_HAS_LIBFUZZER)
    list(APPEND WEIR_MISSING_PACKAGES clang-16 libclang-rt-16-dev)
  endif()
endif()

if(WEIR_MISSING_PACKAGES)
  list(REMOVE_DUPLICATES WEIR_MISSING_PACKAGES)
  list(JOIN WEIR_MISSING_PACKAGES " " WEIR_MISSING_TEXT)
  message(FATAL_ERROR
    "libraries are missing; on Debian and Ubuntu: "
    "apt-get install --no-install-recommends ${WEIR_MISSING_TEXT}")
endif()
