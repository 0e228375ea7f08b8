# How a folder becomes a library, a stage a line of the stage list, a test folder a test.

# Flags of everything we compile ourselves.
add_library(weir_flags INTERFACE)
target_include_directories(weir_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(weir_flags INTERFACE
  # ccache makes paths relative to the build folder; in messages they are relative to the root.
  -fmacro-prefix-map=../../=
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align -Wextra-semi -Wunused
  # A designated initialiser leaves the others at their defaults: that is what it is for.
  -Wno-missing-field-initializers
  # g++ 12 sees overlaps in std::string where there are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wduplicated-cond -Wlogical-op -Wredundant-move>
  $<$<BOOL:${WEIR_STRICT}>:-Werror>)
if(WEIR_SANITIZE)
  set(WEIR_SANITIZE_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_compile_options(weir_flags INTERFACE
    ${WEIR_SANITIZE_FLAGS} -fno-omit-frame-pointer -U_FORTIFY_SOURCE -D_GLIBCXX_ASSERTIONS)
  target_link_options(weir_flags INTERFACE ${WEIR_SANITIZE_FLAGS})
endif()
if(WEIR_PLANTED_DEFECTS)
  target_compile_definitions(weir_flags INTERFACE WEIR_PLANTED_DEFECTS)
endif()
if(WEIR_FUZZ)
  # All of our code tells the fuzzer which ways it went; the fuzzer itself is linked to its targets
  # alone (tests/fuzz).
  set(WEIR_FUZZ_FLAGS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_compile_options(weir_flags INTERFACE
    ${WEIR_FUZZ_FLAGS} -g1 -fno-omit-frame-pointer -U_FORTIFY_SOURCE -D_GLIBCXX_ASSERTIONS)
  target_link_options(weir_flags INTERFACE ${WEIR_FUZZ_FLAGS})
endif()

# weir_library(NAME FOLDER... [SOURCES file...] [EXCLUDE file...] [LINK target...]
#              [PRIVATE target...])
# A static library of all .cpp directly in the folders; an interface library while there are none.
# LINK is what its headers may include, PRIVATE only its .cpp files.
function(weir_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;EXCLUDE;LINK;PRIVATE")
  set(patterns)
  foreach(folder IN LISTS arg_UNPARSED_ARGUMENTS)
    list(APPEND patterns "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  foreach(file IN LISTS arg_EXCLUDE)
    list(REMOVE_ITEM sources "${PROJECT_SOURCE_DIR}/${file}")
  endforeach()
  list(APPEND sources ${arg_SOURCES})
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${arg_LINK} weir_flags PRIVATE ${arg_PRIVATE})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_LINK} weir_flags ${arg_PRIVATE})
  endif()
endfunction()

# weir_define(NAME DEFINITION...): definitions of a library's own sources, whatever its kind.
function(weir_define name)
  get_target_property(kind ${name} TYPE)
  if(NOT kind STREQUAL "INTERFACE_LIBRARY")
    target_compile_definitions(${name} PRIVATE ${ARGN})
  endif()
endfunction()

# weir_stage_list(FILE): writes builtin_stages(), which calls NAME_stage() of every
# actors/{sources,transforms,sinks}/NAME.cpp, and sets WEIR_STAGE_LIST to the file. A list written
# from file names is used because static initialisers in a static library are dropped silently.
function(weir_stage_list file)
  set(declarations)
  set(calls)
  set(count 0)
  foreach(kind IN ITEMS sources transforms sinks)
    file(GLOB paths CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/actors/${kind}/*.cpp")
    list(SORT paths)
    set(names)
    foreach(path IN LISTS paths)
      get_filename_component(stage "${path}" NAME_WE)
      string(APPEND names "stage_type ${stage}_stage();\n")
      string(APPEND calls "  types.push_back(${kind}::${stage}_stage());\n")
      math(EXPR count "${count} + 1")
    endforeach()
    if(names)
      string(APPEND declarations "namespace ${kind} {\n${names}}  // namespace ${kind}\n\n")
    endif()
  endforeach()
  if(EXISTS "${PROJECT_SOURCE_DIR}/runtime/stage/stage_type.hpp")
    file(CONFIGURE OUTPUT "${file}" @ONLY CONTENT
"// Written by CMake from the names of the files in actors/.
#include \"actors/builtin_stages.hpp\"

namespace weir {

@declarations@std::vector<stage_type> builtin_stages() {
  std::vector<stage_type> types;
  types.reserve(@count@);
@calls@  return types;
}

}  // namespace weir
")
    set(WEIR_STAGE_LIST "${file}" PARENT_SCOPE)
  else()
    set(WEIR_STAGE_LIST "" PARENT_SCOPE)
  endif()
endfunction()
