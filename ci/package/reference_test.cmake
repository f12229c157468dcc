# cmake -D… -P reference_test.cmake: the consumer uses the reference, of whose project only its folder is there: as a
# part of the consumer's project, installed, by pkg-config, and from Debian packages.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

# What the suite needs and the library does not.
set(alone)
foreach(package GTest rapidcheck CLI11 nlohmann_json cereal)
  list(APPEND alone -DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON)
endforeach()

# Copies what the library is made of to SCRATCH/NAME.
function(copy_reference name)
  foreach(part CMakeLists.txt cmake include src)
    file(COPY ${REFERENCE}/${part} DESTINATION ${SCRATCH}/${name})
  endforeach()
endfunction()

# build_reference(VARIANT [DEFINITION...])
function(build_reference name)
  run(${CMAKE_COMMAND} -S ${SCRATCH}/reference -B ${SCRATCH}/${name}/build ${quick} ${alone} -DCMAKE_UNITY_BUILD=ON
      ${ARGN})
  run(${CMAKE_COMMAND} --build ${SCRATCH}/${name}/build)
endfunction()

# use_installed(VARIANT): by find_package, and nothing else of psq is there.
function(use_installed name)
  build_consumer(${name} ${alone} -DCMAKE_PREFIX_PATH=${SCRATCH}/${name}/installed -DPSQ_VERSION=${PSQ_VERSION}
                 -DPSQ_COMPONENTS=reference "-DPSQ_REFUSED=COMPONENTS conformance;99.0")
  expect_works(${SCRATCH}/${name}/consumer/consumer)
endfunction()

function(expect_works program)
  run(${program})
  expect(${program} "${said}" "^${PSQ_VERSION}\n$")
endfunction()

function(expect_shared_library folder)
  string(REGEX REPLACE "[.][^.]*$" "" minor ${PSQ_VERSION})
  run(readelf -dW ${folder}/libpsq.so.${PSQ_VERSION})
  expect("name of the library" "${said}" "soname: \\[libpsq.so.${minor}\\]")
  run(readelf -dW ${SCRATCH}/shared/consumer/consumer)
  expect("libraries of the consumer" "${said}" "NEEDED[^\n]*\\[libpsq.so.${minor}\\]")
  # Its names are psq's own, and none of them is of src/.
  run(nm -DC --defined-only ${folder}/libpsq.so)
  expect("names of the library" "${said}" " T psq::detail::QueueCore::create")
  expect("names of the library" "${said}" " V typeinfo for psq::InvalidArgument")
  if(said MATCHES "[A-Z] psq::detail::(Channel|Feeder|LocalQueue|QueueMemory|SharedMemory)")
    message(FATAL_ERROR "the library does not hide ${CMAKE_MATCH_0}")
  endif()
endfunction()

# By the compiler alone, in a moved installation.
function(use_pkg_config)
  set(folder ${SCRATCH}/pkg-config/consumer)
  file(MAKE_DIRECTORY ${folder})
  file(RENAME ${SCRATCH}/static/installed ${SCRATCH}/pkg-config/installed)
  set(ENV{PKG_CONFIG_LIBDIR} ${SCRATCH}/pkg-config/installed/lib/pkgconfig)
  run(pkg-config --modversion psq)
  expect("version of psq.pc" "${said}" "^${PSQ_VERSION}\n$")
  run(pkg-config --cflags --libs psq)
  separate_arguments(arguments UNIX_COMMAND "${FLAGS} -std=c++20 ${SCRATCH}/sources/consumer.cc ${said}")
  run(${COMPILER} -o ${folder}/consumer ${arguments})
  expect_works(${folder}/consumer)
endfunction()

function(use_debian_packages)
  get_filename_component(bin ${CMAKE_COMMAND} DIRECTORY)
  set(packages ${SCRATCH}/debian/packages)
  run(${bin}/cpack --config ${SCRATCH}/shared/build/CPackConfig.cmake -G DEB -B ${packages})
  file(GLOB debs ${packages}/*.deb)
  list(LENGTH debs count)
  expect("number of packages" ${count} "^2$")
  foreach(deb IN LISTS debs)
    run(dpkg-deb --field ${deb} Package Version Depends)
    string(APPEND fields "${said}")
    run(dpkg-deb --extract ${deb} ${SCRATCH}/debian/root)
  endforeach()
  expect("fields of the packages" "${fields}" "Package: libpsq0[.]2\nVersion: ${PSQ_VERSION}\nDepends: [^\n]*libc6 ")
  expect("fields of the packages" "${fields}" "Package: libpsq-dev\nVersion: [^\n]*\nDepends: libpsq[0-9.]* \\(= ${PSQ_VERSION}\\)")
  file(RENAME ${SCRATCH}/debian/root/usr ${SCRATCH}/debian/installed)
  use_installed(debian)
endfunction()

# use_as_part(VARIANT REFERENCE)
function(use_as_part name reference)
  build_consumer(${name} ${alone} -DPSQ_SOURCE=${reference} -DCMAKE_UNITY_BUILD=ON)
endfunction()

# hand_over(FROM TO STATUS PATTERN): one consumer hands a queue to the other one.
function(hand_over from to expected pattern)
  execute_process(COMMAND ${SCRATCH}/${from}/consumer/consumer give ${SCRATCH}/${to}/consumer/consumer
                  OUTPUT_VARIABLE said RESULT_VARIABLE status)
  expect("status of a queue from ${from} to ${to}" "${status} ${said}" "^${expected} ${pattern}")
endfunction()

start()
copy_reference(reference)
build_reference(static)
run(${CMAKE_COMMAND} --install ${SCRATCH}/static/build --prefix ${SCRATCH}/static/installed)
use_installed(static)

build_reference(shared -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_PREFIX=/usr)
run(${CMAKE_COMMAND} --install ${SCRATCH}/shared/build --prefix ${SCRATCH}/shared/installed)
use_installed(shared)
file(GLOB_RECURSE library ${SCRATCH}/shared/installed/*/libpsq.so)
get_filename_component(folder ${library} DIRECTORY)
expect_shared_library(${folder})
use_debian_packages()
hand_over(static shared 0 "")
use_pkg_config()

# The version is written in one place. A later one refuses the handles of this one, and this one those of the later.
copy_reference(later)
file(READ ${SCRATCH}/later/include/psq/version.h text)
string(REGEX REPLACE "(PSQ_VERSION_MAJOR) [0-9]+" "\\1 99" text "${text}")
file(WRITE ${SCRATCH}/later/include/psq/version.h "${text}")
use_as_part(part ${SCRATCH}/later)
run(${SCRATCH}/part/consumer/consumer)
expect("version of the later one" "${said}" "^99[.]")
hand_over(part static 2 ".* is of psq 99[.].*, and this program has psq ${PSQ_VERSION}")
hand_over(static part 2 ".* is of psq ${PSQ_VERSION}, and this program has psq 99[.]")
