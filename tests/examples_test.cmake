# Runs one example in a copy of its folder and compares what it wrote with its expected/ folder.
# Variables: WEIR (the program), EXAMPLE (the example's folder), WORK (the folder of the copy).
# expected/stdout is compared with the standard output, expected/NAME with the file NAME.

file(REMOVE_RECURSE "${WORK}")
file(COPY "${EXAMPLE}/" DESTINATION "${WORK}")
file(GLOB_RECURSE expected RELATIVE "${EXAMPLE}/expected" "${EXAMPLE}/expected/*")
if(NOT expected)
  message(FATAL_ERROR "'${EXAMPLE}/expected' is empty, so nothing would be compared")
endif()
# What a run by hand left behind must not pass for what this run writes.
foreach(name IN LISTS expected)
  file(REMOVE "${WORK}/${name}")
endforeach()

execute_process(
  COMMAND "${WEIR}" run pipeline.yaml
  WORKING_DIRECTORY "${WORK}"
  OUTPUT_FILE "${WORK}/stdout"
  ERROR_FILE "${WORK}/stderr"
  RESULT_VARIABLE code)
file(READ "${WORK}/stderr" messages)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "ended with ${code}, expected 0\n${messages}")
endif()

set(differing)
foreach(name IN LISTS expected)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E compare_files "${EXAMPLE}/expected/${name}" "${WORK}/${name}"
    RESULT_VARIABLE differs ERROR_QUIET)
  if(differs)
    list(APPEND differing "'${WORK}/${name}' differs from '${EXAMPLE}/expected/${name}'")
  endif()
endforeach()
if(differing)
  list(JOIN differing "\n" text)
  message(FATAL_ERROR "${text}\n${messages}")
endif()
