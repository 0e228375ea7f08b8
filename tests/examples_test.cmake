# Runs one example in a copy of its folder and compares what it wrote with its expected/ folder.
# Variables: WEIR (the program), EXAMPLE (the example's folder), WORK (the folder of the copy).
# expected/stdout is compared with the standard output, expected/NAME with the file NAME. A file
# `commands` has what is run, a line of arguments each; without it, that is `run pipeline.yaml`.

file(REMOVE_RECURSE "${WORK}")
file(COPY "${EXAMPLE}/" DESTINATION "${WORK}")
file(GLOB_RECURSE expected RELATIVE "${EXAMPLE}/expected" "${EXAMPLE}/expected/*")
if(NOT expected)
  message(FATAL_ERROR "'${EXAMPLE}/expected' is empty, so nothing would be compared")
endif()
# What a run by hand left behind must not pass for what this run writes.
file(STRINGS "${EXAMPLE}/.gitignore" ignored REGEX "^/")
foreach(name IN LISTS expected ignored)
  file(REMOVE "${WORK}/${name}")
endforeach()

set(commands "run pipeline.yaml")
if(EXISTS "${EXAMPLE}/commands")
  file(STRINGS "${EXAMPLE}/commands" commands)
endif()
foreach(command IN LISTS commands)
  separate_arguments(arguments UNIX_COMMAND "${command}")
  execute_process(
    COMMAND "${WEIR}" ${arguments}
    WORKING_DIRECTORY "${WORK}"
    OUTPUT_FILE "${WORK}/stdout"
    ERROR_FILE "${WORK}/stderr"
    RESULT_VARIABLE code)
  file(READ "${WORK}/stderr" messages)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "'weir ${command}' ended with ${code}, expected 0\n${messages}")
  endif()
endforeach()

set(differing)
foreach(name IN LISTS expected)
  execute_process(
    COMMAND diff -u -N "${EXAMPLE}/expected/${name}" "${WORK}/${name}"
    RESULT_VARIABLE differs OUTPUT_VARIABLE difference ERROR_VARIABLE difference)
  if(NOT differs EQUAL 0)
    string(SUBSTRING "${difference}" 0 4000 difference)
    # As a notice: a fatal message would be wrapped and lose its line breaks.
    message(NOTICE "${difference}")
    set(differing "${differing} '${name}'")
  endif()
endforeach()
if(differing)
  message(NOTICE "${messages}")
  message(FATAL_ERROR "differs from '${EXAMPLE}/expected':${differing}")
endif()
