# cmake -DCOMPILER=… -DINCLUDE=… -DSOURCE=… -P check.cmake: compiles a file. The first line of the file
# names the expected result: that it compiles, or a text of the compiler's error.
file(STRINGS ${SOURCE} lines LIMIT_COUNT 1)
execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I ${INCLUDE} ${SOURCE}
                RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_VARIABLE said)
if(lines STREQUAL "// compiles")
  if(NOT status STREQUAL "0")
    message(FATAL_ERROR "${SOURCE} does not compile:\n${said}")
  endif()
elseif(lines MATCHES "^// error: (.+)$")
  string(FIND "${said}" "${CMAKE_MATCH_1}" found)
  if(status STREQUAL "0" OR found EQUAL -1)
    message(FATAL_ERROR "the compiler ended with ${status} and did not say '${CMAKE_MATCH_1}':\n${said}")
  endif()
else()
  message(FATAL_ERROR "the first line of ${SOURCE} must be '// compiles' or '// error: TEXT'")
endif()
