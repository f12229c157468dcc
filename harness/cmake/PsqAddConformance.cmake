# psq_add_conformance(NAME name DRIVER command arg...
#                     [PROFILE p...] [TESTS glob...] [LEDGER file] [LABELS label...] [TIMEOUT seconds]
#                     [THOROUGH] [REPORT_ONLY])
#
# Registers the conformance suite for one implementation. Each test becomes a ctest entry `name.<test>` with the label
# `name` and the label of its page of the law, such as `failure`. The suite's binary lists the tests when ctest starts.
# When the binary is missing or lists no test, the only entry is `name.not-built`, which fails.
#
# A test that is unsupported is skipped, which ctest calls passed. So the tests are the users of a fixture: whatever
# selection of them ctest runs, the entry `name.begin` comes first, and `name.verified` last. It fails when each of the
# tests was skipped, and when PROFILE names a profile that the driver does not claim.
#
# Wrong arguments stop the configuration.
#
#   NAME         letters, digits, `_` and `.`, which is all that a label can hold
#   DRIVER       the command line of the driver
#   PROFILE      only the tests of these profiles
#   TESTS        only the tests whose names or clauses match one of these globs, such as `queue.*`
#   LEDGER       known failures of the implementation
#   TIMEOUT      of each entry, in seconds (300 when absent)
#   THOROUGH     the thorough tests too, which take long or need much memory
#   REPORT_ONLY  one entry `name.report` instead. It judges the implementation with `psq check`, prints the result, and
#                passes whenever a complete run gave a verdict. DRIVER may then be a name that psq knows.
#
# The variable PSQ_CONFORMANCE names the suite: a target, or the path of psq-conformance. The variable PSQ_COMMAND is
# the path of the psq command. The defaults are those of this build tree.

set(PSQ_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
# Those of the law; its suite need not be built when a project is configured.
set(PSQ_PROFILES base lifecycle robust manager broker)

function(psq_add_conformance)
  cmake_parse_arguments(PARSE_ARGV 0 arg "REPORT_ONLY;THOROUGH" "NAME;LEDGER;TIMEOUT" "DRIVER;PROFILE;TESTS;LABELS")
  if(arg_LEDGER)
    cmake_path(ABSOLUTE_PATH arg_LEDGER BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  endif()
  _psq_check_arguments()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  list(PREPEND arg_LABELS ${arg_NAME})
  if(arg_REPORT_ONLY)
    _psq_add_report()
  else()
    _psq_add_discovered()
  endif()
endfunction()

macro(_psq_check_arguments)
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "psq_add_conformance: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_NAME MATCHES "^[A-Za-z0-9_.]+$")
    message(FATAL_ERROR "psq_add_conformance: NAME must be letters, digits, '_' and '.', not '${arg_NAME}'")
  endif()
  if(NOT arg_DRIVER)
    message(FATAL_ERROR "psq_add_conformance(NAME ${arg_NAME}): DRIVER, the driver's command, is missing")
  endif()
  if(arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "psq_add_conformance(NAME ${arg_NAME}): no value for ${arg_KEYWORDS_MISSING_VALUES}")
  endif()
  foreach(profile IN LISTS arg_PROFILE)
    if(NOT profile IN_LIST PSQ_PROFILES)
      list(JOIN PSQ_PROFILES ", " known)
      message(FATAL_ERROR "psq_add_conformance(NAME ${arg_NAME}): no PROFILE is named '${profile}'; there are ${known}")
    endif()
  endforeach()
  if(arg_LEDGER AND NOT EXISTS "${arg_LEDGER}")
    message(FATAL_ERROR "psq_add_conformance(NAME ${arg_NAME}): there is no LEDGER ${arg_LEDGER}")
  endif()
  if(DEFINED arg_TIMEOUT AND NOT arg_TIMEOUT MATCHES "^[1-9][0-9]*$")
    message(FATAL_ERROR "psq_add_conformance(NAME ${arg_NAME}): TIMEOUT must be whole seconds, not '${arg_TIMEOUT}'")
  endif()
  get_property(used GLOBAL PROPERTY PSQ_CONFORMANCE_NAMES)
  if(arg_NAME IN_LIST used)
    message(FATAL_ERROR "psq_add_conformance(NAME ${arg_NAME}): the NAME is used twice")
  endif()
  set_property(GLOBAL APPEND PROPERTY PSQ_CONFORMANCE_NAMES ${arg_NAME})
endmacro()

# Generates a script for ctest, which lists the tests when ctest starts.
macro(_psq_add_discovered)
  set(suite ${CMAKE_BINARY_DIR}/bin/psq-conformance)
  if(TARGET "${PSQ_CONFORMANCE}")
    set(suite $<TARGET_FILE:${PSQ_CONFORMANCE}>)
  elseif(PSQ_CONFORMANCE)
    set(suite ${PSQ_CONFORMANCE})
  endif()
  set(filters)
  foreach(profile IN LISTS arg_PROFILE)
    list(APPEND filters --profile ${profile})
  endforeach()
  foreach(glob IN LISTS arg_TESTS)
    list(APPEND filters --test ${glob})
  endforeach()
  if(arg_THOROUGH)
    list(APPEND filters --thorough)
  endif()
  set(results ${CMAKE_BINARY_DIR}/evidence/ctest/${arg_NAME}.jsonl)
  set(options --name ${arg_NAME} --unsupported-status 77 --evidence ${CMAKE_BINARY_DIR}/evidence/ctest/${arg_NAME}
              --results ${results})
  if(arg_LEDGER)
    list(APPEND options --ledger ${arg_LEDGER})
  endif()
  _psq_replay(replay)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/psq-conformance-${arg_NAME}.cmake)
  file(GENERATE OUTPUT ${script} CONTENT "\
set(PSQ_NAME [==[${arg_NAME}]==])
set(PSQ_SUITE [==[${suite}]==])
set(PSQ_FILTERS [==[${filters}]==])
set(PSQ_OPTIONS [==[${options}]==])
set(PSQ_RESULTS [==[${results}]==])
set(PSQ_REPLAY [==[${replay}]==])
set(PSQ_PROFILE [==[${arg_PROFILE}]==])
set(PSQ_DRIVER [==[${arg_DRIVER}]==])
set(PSQ_LABELS [==[${arg_LABELS}]==])
set(PSQ_TIMEOUT [==[${arg_TIMEOUT}]==])
set(PSQ_CMAKE [==[${CMAKE_COMMAND}]==])
include([==[${PSQ_CMAKE_DIR}/PsqDiscoverTests.cmake]==])
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${script})
endmacro()

# The path of the psq command.
macro(_psq_command out)
  set(${out} ${CMAKE_BINARY_DIR}/psq)
  if(PSQ_COMMAND)
    set(${out} ${PSQ_COMMAND})
  endif()
endmacro()

# An argument, quoted for a shell.
function(_psq_shell_word out word)
  if(NOT word MATCHES "^[A-Za-z0-9_./:=@,+-]+$")
    string(REPLACE "'" "'\\''" word "${word}")
    set(word "'${word}'")
  endif()
  set(${out} "${word}" PARENT_SCOPE)
endfunction()

# What a failure says to run: psq takes the command line of the driver as one argument.
macro(_psq_replay out)
  _psq_command(command)
  set(words)
  foreach(each IN LISTS arg_DRIVER)
    _psq_shell_word(word "${each}")
    list(APPEND words "${word}")
  endforeach()
  list(JOIN words " " line)
  _psq_shell_word(line "${line}")
  _psq_shell_word(${out} "${command}")
  string(APPEND ${out} " check ${line}")
  if(arg_LEDGER)
    _psq_shell_word(word "${arg_LEDGER}")
    string(APPEND ${out} " --ledger ${word}")
  else()
    string(APPEND ${out} " --ledger none")
  endif()
endmacro()

macro(_psq_add_report)
  _psq_command(command)
  # psq takes the driver as one argument: a name or a command line.
  list(JOIN arg_DRIVER " " driver)
  set(options)
  if(arg_THOROUGH)
    list(APPEND options --thorough)
  endif()
  foreach(profile IN LISTS arg_PROFILE)
    list(APPEND options --profile ${profile})
  endforeach()
  foreach(glob IN LISTS arg_TESTS)
    list(APPEND options --test ${glob})
  endforeach()
  if(arg_LEDGER)
    list(APPEND options --ledger ${arg_LEDGER})
  endif()
  add_test(NAME ${arg_NAME}.report
           COMMAND ${CMAKE_COMMAND} -P ${PSQ_CMAKE_DIR}/PsqReport.cmake
                   -- ${command} check ${driver} --jobs 1
                   --results ${CMAKE_BINARY_DIR}/results/${arg_NAME}.ctest.jsonl ${options})
  # This entry takes longest. ctest starts it first, so that it runs beside shorter entries.
  set_tests_properties(${arg_NAME}.report PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} COST 1000)
endmacro()
