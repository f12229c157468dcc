# What the tests of the packages have in common. Each keeps one variant of a package in SCRATCH/NAME, with the package
# in `installed` and the consumer in `consumer`; so the variants have the same paths, and a compiler cache compiles the
# consumer once.
cmake_minimum_required(VERSION 3.25)
set(ENV{CCACHE_BASEDIR} ${SCRATCH})
set(ENV{CCACHE_NOHASHDIR} 1)
set(quick -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
          -DCMAKE_CXX_FLAGS=${FLAGS} -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=)

# run(COMMAND...): its standard output is in `said` then.
function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE said ERROR_VARIABLE complained RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "status ${status} of: ${ARGN}\n${said}${complained}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

function(expect what text pattern)
  if(NOT text MATCHES "${pattern}")
    message(FATAL_ERROR "${what}: expected '${pattern}', but it is:\n${text}")
  endif()
endfunction()

# An empty folder, but for the consumer's sources.
function(start)
  file(REMOVE_RECURSE ${SCRATCH})
  file(COPY ${CONSUMER}/ DESTINATION ${SCRATCH}/sources)
endfunction()

# build_consumer(VARIANT [DEFINITION...])
function(build_consumer name)
  run(${CMAKE_COMMAND} -S ${SCRATCH}/sources -B ${SCRATCH}/${name}/consumer ${quick} ${ARGN})
  run(${CMAKE_COMMAND} --build ${SCRATCH}/${name}/consumer)
endfunction()

# test_consumer(VARIANT HOW_MANY TESTS): those of its tests whose names match the expression TESTS, with what comes before
# and after those of an implementation ("begin", "verified").
function(test_consumer name how_many tests)
  get_filename_component(bin ${CMAKE_COMMAND} DIRECTORY)
  run(${bin}/ctest --test-dir ${SCRATCH}/${name}/consumer --no-tests=error --output-on-failure -R ${tests})
  expect("tests of the consumer" "${said}" "100% tests passed, 0 tests failed out of ${how_many}")
endfunction()
