# cmake -D… -P reference_test.cmake: the consumer uses the reference, of whose project only its folder is there: as a
# part of the consumer's project, installed, by pkg-config, and from Debian packages. PSQ_LONG_TESTS adds what differs
# little from that.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

# What the suite needs and the library does not.
set(alone)
foreach(package GTest rapidcheck CLI11 nlohmann_json cereal)
  list(APPEND alone -DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON)
endforeach()

# Copies what the library is made of to SCRATCH/NAME.
function(copy_reference name)
  foreach(part CMakeLists.txt cmake doc include src)
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
                 -DPSQ_COMPONENTS=reference "-DPSQ_REFUSED=COMPONENTS conformance,99.0,0.0")
  expect_version(${PSQ_VERSION} ${SCRATCH}/${name}/consumer/consumer)
endfunction()

function(expect_version version)
  run(${ARGN})
  expect("${ARGN}" "${said}" "^${version}\n$")
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
  if(said MATCHES "[A-Z] psq::detail::(Channel|LocalQueue|ProcessState|SharedMemory|read_fully)")
    message(FATAL_ERROR "the library does not hide ${CMAKE_MATCH_0}")
  endif()
endfunction()

# use_pkg_config(VARIANT VERSION): by the compiler alone, in an installation that was moved.
function(use_pkg_config name version)
  file(RENAME ${SCRATCH}/${name}/installed ${SCRATCH}/${name}/moved)
  set(ENV{PKG_CONFIG_LIBDIR} ${SCRATCH}/${name}/moved/lib/pkgconfig)
  expect_version(${version} pkg-config --modversion psq)
  run(pkg-config --cflags --libs psq)
  separate_arguments(arguments UNIX_COMMAND "${FLAGS} -std=c++20 ${SCRATCH}/sources/consumer.cc ${said}")
  run(${COMPILER} -o ${SCRATCH}/${name}/by-pkg-config ${arguments})
  expect_version(${version} ${SCRATCH}/${name}/by-pkg-config)
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

# use_as_part(VARIANT REFERENCE VERSION): a part of the consumer's project, installed with that.
function(use_as_part name reference version)
  build_consumer(${name} ${alone} -DPSQ_SOURCE=${reference} -DPSQ_INSTALL=ON -DCMAKE_UNITY_BUILD=ON)
  expect_version(${version} ${SCRATCH}/${name}/consumer/consumer)
  run(${CMAKE_COMMAND} --install ${SCRATCH}/${name}/consumer --prefix ${SCRATCH}/${name}/installed)
endfunction()

# hand_over(FROM TO STATUS PATTERN): one consumer hands a queue to the other one.
function(hand_over from to expected pattern)
  execute_process(COMMAND ${SCRATCH}/${from}/consumer/consumer give ${SCRATCH}/${to}/consumer/consumer
                  OUTPUT_VARIABLE said RESULT_VARIABLE status)
  expect("status of a queue from ${from} to ${to}" "${status} ${said}" "^${expected} ${pattern}")
endfunction()

start()
copy_reference(reference)
build_reference(shared -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_PREFIX=/usr)
run(${CMAKE_COMMAND} --install ${SCRATCH}/shared/build --prefix ${SCRATCH}/shared/installed)
use_installed(shared)
file(GLOB_RECURSE library ${SCRATCH}/shared/installed/*/libpsq.so)
get_filename_component(folder ${library} DIRECTORY)
expect_shared_library(${folder})
use_debian_packages()

# A later version, which is written in one place.
set(later 99.9.9)
copy_reference(later)
file(READ ${SCRATCH}/later/include/psq/version.h text)
string(REGEX REPLACE "(PSQ_VERSION_(MAJOR|MINOR|PATCH)) [0-9]+" "\\1 99" text "${text}")
string(REGEX REPLACE "(PSQ_VERSION_(MINOR|PATCH)) 99" "\\1 9" text "${text}")
file(WRITE ${SCRATCH}/later/include/psq/version.h "${text}")
use_as_part(part ${SCRATCH}/later ${later})
use_pkg_config(part ${later})
hand_over(part shared 2 ".* is of psq ${later}, and this program has psq ${PSQ_VERSION}")
hand_over(shared part 2 ".* is of psq ${PSQ_VERSION}, and this program has psq ${later}")

if(NOT "$ENV{PSQ_LONG_TESTS}" STREQUAL "")
  build_reference(static)
  run(${CMAKE_COMMAND} --install ${SCRATCH}/static/build --prefix ${SCRATCH}/static/installed)
  use_installed(static)
  hand_over(static shared 0 "")
  hand_over(shared static 0 "")
  use_pkg_config(static ${PSQ_VERSION})
endif()
