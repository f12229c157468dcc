# cmake -D… -P package_test.cmake: builds and tests the consumer with psq in its build tree and installed.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE said)
  set(said "${said}" PARENT_SCOPE)
endfunction()

function(try_with name psq_dir)
  set(build ${SCRATCH}/${name})
  run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${build} -Dpsq_DIR=${psq_dir} -DPSQ_DRIVER=${PSQ_DRIVER}
      -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
  run(${CMAKE_COMMAND} --build ${build})
  get_filename_component(bin ${CMAKE_COMMAND} DIRECTORY)
  run(${bin}/ctest --test-dir ${build} --no-tests=error --output-on-failure -R "^(hello|mine.queue.put.full-at-once)$")
  if(NOT said MATCHES "100% tests passed, 0 tests failed out of 2")
    message(FATAL_ERROR "one of the two tests of the consumer did not run:\n${said}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${PSQ_BUILD} --prefix ${SCRATCH}/installed)
try_with(from-build-tree ${PSQ_BUILD})
try_with(from-installation ${SCRATCH}/installed/${PACKAGE})
