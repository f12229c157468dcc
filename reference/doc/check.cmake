# cmake -DDOXYGEN=PROGRAM -DFOLDER=BUILD_FOLDER -P check.cmake: makes the API reference, without a warning, and looks into
# it.
file(REMOVE_RECURSE ${FOLDER}/html)
execute_process(COMMAND ${DOXYGEN} ${FOLDER}/Doxyfile.doc WORKING_DIRECTORY ${FOLDER}
                OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "doxygen ended with ${status}:\n${said}")
endif()

# expect_in(PAGE TEXT...)
function(expect_in page)
  file(READ ${FOLDER}/html/${page} html)
  foreach(text IN LISTS ARGN)
    string(FIND "${html}" "${text}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${page} does not say '${text}'")
    endif()
  endforeach()
endfunction()

expect_in(index.html "between processes" "In your project" "life-of-an-item.svg")
expect_in(classpsq_1_1Queue.html "Waits up to" "queue.get.waits-for-item" "As put, but returns false")
expect_in(structpsq_1_1QueueOptions.html "Number of items.")
expect_in(queue_8h.html "Survivors go on" "Processes that have a queue trust each other")
foreach(function pipe until until_closed wait exit execute)
  expect_in(namespacepsq.html ">${function}</")
endforeach()


# What is not public, and marks that were not understood.
file(GLOB pages ${FOLDER}/html/annotated.html ${FOLDER}/html/class*.html ${FOLDER}/html/struct*.html)
foreach(page IN LISTS pages)
  file(READ ${page} html)
  if(page MATCHES "Codec_.*html" OR html MATCHES "QueueCore|Private |Protected |@par|@file|///")
    message(FATAL_ERROR "${page} has '${CMAKE_MATCH_0}'")
  endif()
endforeach()
