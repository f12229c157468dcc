# cmake -D… -P package_test.cmake: the consumer judges a driver with the whole of psq, in its build tree and installed.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

function(try_with name psq_dir)
  build_consumer(${name} -Dpsq_DIR=${psq_dir} -DPSQ_VERSION=${PSQ_VERSION} -DPSQ_DRIVER=${PSQ_DRIVER})
  test_consumer(${name} 2 "^(consumer|mine.queue.put.full-at-once)$")
endfunction()

start()
run(${CMAKE_COMMAND} --install ${PSQ_BUILD} --prefix ${SCRATCH}/whole/installed)
try_with(build-tree ${PSQ_BUILD})
try_with(whole ${SCRATCH}/whole/installed/${PACKAGE})
