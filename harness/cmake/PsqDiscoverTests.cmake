# The scripts of psq_add_conformance include this file when ctest starts. It adds one entry for each test that the suite
# lists. It always adds an entry, so that a missing suite cannot pass.

# Adds one entry that fails.
macro(_psq_not_built reason)
  add_test("${PSQ_NAME}.not-built" "${PSQ_CMAKE}" "-DMESSAGE=${reason}"
           -P "${CMAKE_CURRENT_LIST_DIR}/PsqFail.cmake")
  set_tests_properties("${PSQ_NAME}.not-built" PROPERTIES LABELS "${PSQ_LABELS}")
endmacro()

set(psq_status "missing")
set(psq_listed "")
if(EXISTS "${PSQ_SUITE}")
  execute_process(COMMAND "${PSQ_SUITE}" --list ${PSQ_FILTERS}
                  OUTPUT_VARIABLE psq_listed ERROR_VARIABLE psq_said RESULT_VARIABLE psq_status TIMEOUT 60)
endif()
# The lines are JSON. A CMake list breaks at their brackets, so only the names of the tests are read.
string(REGEX MATCHALL "\"test\": ?\"[A-Za-z0-9_./-]+\"" psq_names "${psq_listed}")
string(REGEX MATCHALL "\"test\":" psq_lines "${psq_listed}")
list(LENGTH psq_names psq_count)
list(LENGTH psq_lines psq_expected)

if(psq_status STREQUAL "missing")
  _psq_not_built("The suite is not built: ${PSQ_SUITE} does not exist. Build it: cmake --build BUILD_DIR")
elseif(NOT psq_status EQUAL 0)
  _psq_not_built("${PSQ_SUITE} --list ended with ${psq_status}: ${psq_said}")
elseif(psq_count EQUAL 0)
  _psq_not_built("${PSQ_SUITE} --list names no test")
elseif(NOT psq_count EQUAL psq_expected)
  _psq_not_built("${PSQ_SUITE} --list has names that ctest cannot hold")
else()
  # The entries of the fixture; see psq_add_conformance.
  cmake_path(GET PSQ_RESULTS PARENT_PATH psq_folder)
  file(MAKE_DIRECTORY "${psq_folder}")
  add_test("${PSQ_NAME}.begin" "${PSQ_CMAKE}" -E rm -f "${PSQ_RESULTS}")
  add_test("${PSQ_NAME}.verified" "${PSQ_CMAKE}" "-DNAME=${PSQ_NAME}" "-DRESULTS=${PSQ_RESULTS}"
           "-DPROFILES=${PSQ_PROFILE}" -P "${CMAKE_CURRENT_LIST_DIR}/PsqVerified.cmake")
  set_tests_properties("${PSQ_NAME}.begin" PROPERTIES
    LABELS "${PSQ_LABELS}" FIXTURES_SETUP "psq-${PSQ_NAME}" TIMEOUT "${PSQ_TIMEOUT}")
  set_tests_properties("${PSQ_NAME}.verified" PROPERTIES
    LABELS "${PSQ_LABELS}" FIXTURES_CLEANUP "psq-${PSQ_NAME}" TIMEOUT "${PSQ_TIMEOUT}")
  foreach(psq_each IN LISTS psq_names)
    string(REGEX REPLACE "^\"test\": ?\"(.*)\"$" "\\1" psq_test "${psq_each}")
    add_test("${PSQ_NAME}.${psq_test}" "${PSQ_SUITE}" --exactly "${psq_test}" ${PSQ_OPTIONS}
             --replay "${PSQ_REPLAY}" -- ${PSQ_DRIVER})
    string(REGEX MATCH "^[A-Za-z0-9_-]+" psq_page "${psq_test}")
    string(REPLACE "-" "_" psq_page "${psq_page}")
    set(psq_labels "${PSQ_LABELS};${psq_page}")
    if(psq_test MATCHES "/programs$")
      list(APPEND psq_labels histories)
    endif()
    set_tests_properties("${PSQ_NAME}.${psq_test}" PROPERTIES
      LABELS "${psq_labels}" SKIP_RETURN_CODE 77 TIMEOUT "${PSQ_TIMEOUT}" FIXTURES_REQUIRED "psq-${PSQ_NAME}")
  endforeach()
endif()
