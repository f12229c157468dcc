# cmake -D… -P package_test.cmake: the consumer judges a driver with the whole of psq, in its build tree and installed;
# and the installed command works where neither the build tree nor the sources are, wherever it was moved.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

function(try_with name psq_dir)
  build_consumer(${name} -Dpsq_DIR=${psq_dir} -DPSQ_VERSION=${PSQ_VERSION} -DPSQ_DRIVER=${PSQ_DRIVER})
  test_consumer(${name} 4 "^(consumer|mine.queue.put.full-at-once)$")
endfunction()

# No text file of the installation names the build tree or the sources.
function(expect_independent prefix)
  file(GLOB_RECURSE files ${prefix}/bin/psq ${prefix}/share/* ${prefix}/lib/*.cmake)
  foreach(file IN LISTS files)
    if(NOT file MATCHES "[.]pyc$")
      file(STRINGS ${file} lines REGEX "(${PSQ_BUILD}|${PSQ_SOURCE_TREE})[/\"]")
      if(lines)
        message(FATAL_ERROR "${file} names the tree that it was installed from: ${lines}")
      endif()
    endif()
  endforeach()
endfunction()

# The drivers stand in the installation, too: the reference's, and Python's, which finds the kit beside it.
function(use_command prefix)
  set(psq ${CMAKE_COMMAND} -E env --unset=PYTHONPATH PSQ_OUTPUT=${SCRATCH}/output ${prefix}/bin/psq)
  run(${psq} --version)
  expect("version of the installed psq" "${said}" "^psq ${PSQ_VERSION}\n$")
  foreach(driver reference cpython:spawn)
    run(${psq} check ${driver} --test queue.put.full-at-once)
    expect("verdict of the installed psq on ${driver}" "${said}" "conforms: 1 of 1 tests ran \\(1 pass\\)")
  endforeach()
  run(${psq} driver-check cpython --check hello*)
  run(${psq} explain queue.put.full-at-once)
  expect("the installed law" "${said}" "queue.put.full-at-once  \\(MUST, base\\)")
  run(bash -c "source ${prefix}/share/bash-completion/completions/psq && COMP_WORDS=(psq chec) COMP_CWORD=1 && _psq &&
               echo \${COMPREPLY[@]}")
  expect("completion" "${said}" "^check check-history\n$")
endfunction()

start()
set(installed ${SCRATCH}/whole/installed)
run(${CMAKE_COMMAND} --install ${PSQ_BUILD} --prefix ${installed})
try_with(build-tree ${PSQ_BUILD})
try_with(whole ${installed}/${PACKAGE})
expect_independent(${installed})
file(RENAME ${installed} ${SCRATCH}/whole/moved)
use_command(${SCRATCH}/whole/moved)
