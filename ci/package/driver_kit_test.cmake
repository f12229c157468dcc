# cmake -D… -P driver_kit_test.cmake: an author's project builds a driver with the installed kit and judges it with the
# installed suite and command; from a prefix, and from Debian packages.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

# Where the JSON library is missing, the compiled kit is enough.
function(use_kit name package)
  build_consumer(${name} -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON -Dpsq_DIR=${SCRATCH}/${name}/${package}
                 -DPSQ_VERSION=${PSQ_VERSION} -DEXAMPLE=${EXAMPLE})
  test_consumer(${name} 4 "^(mine.queue.put.full-at-once|reported.report)$")
endfunction()

start()
run(${CMAKE_COMMAND} --install ${PSQ_BUILD} --prefix ${SCRATCH}/kit/installed)
use_kit(kit installed/${PACKAGE})

# new_driver(LANGUAGE): what the installed command writes is configured and right with no path to psq.
function(new_driver language)
  set(folder ${SCRATCH}/kit/drivers/${language})
  file(MAKE_DIRECTORY ${folder})
  run(${CMAKE_COMMAND} -E chdir ${folder} ${SCRATCH}/kit/installed/bin/psq new-driver ${language} mine)
  run(${CMAKE_COMMAND} -E env "PATH=${SCRATCH}/kit/installed/bin:$ENV{PATH}"
      ${CMAKE_COMMAND} -S ${folder}/mine -B ${folder}/mine/build ${quick} ${ARGN})
  run(${CMAKE_COMMAND} --build ${folder}/mine/build)
  get_filename_component(bin ${CMAKE_COMMAND} DIRECTORY)
  run(${bin}/ctest --test-dir ${folder}/mine/build --no-tests=error --output-on-failure -R "^driver-check$")
endfunction()
new_driver(javascript)
new_driver(c++)

get_filename_component(bin ${CMAKE_COMMAND} DIRECTORY)
set(packages ${SCRATCH}/debian/packages)
run(${bin}/cpack --config ${PSQ_BUILD}/CPackConfig.cmake -G DEB -B ${packages})
file(GLOB debs ${packages}/*.deb)
list(LENGTH debs count)
expect("number of packages" ${count} "^3$")
foreach(deb IN LISTS debs)
  run(dpkg-deb --field ${deb} Package Version Depends)
  string(APPEND fields "${said}")
  run(dpkg-deb --extract ${deb} ${SCRATCH}/debian/root)
endforeach()
foreach(line "Package: psq\nVersion: ${PSQ_VERSION}\nDepends: [^\n]*python3-rich[^\n]*libc6|libc6[^\n]*python3-rich"
             "Package: libpsq-driver-dev\nVersion: ${PSQ_VERSION}\nDepends: libpsq-dev \\(= ${PSQ_VERSION}\\)"
             "Package: libpsq-dev\nVersion: ${PSQ_VERSION}")
  expect("fields of the packages" "${fields}" "${line}")
endforeach()
use_kit(debian root/usr/${PACKAGE})
run(${SCRATCH}/debian/root/usr/bin/psq --version)
expect("version of the packaged psq" "${said}" "^psq ${PSQ_VERSION}\n$")
