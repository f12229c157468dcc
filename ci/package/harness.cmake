# Installs the psq command with all that it reads: the law, the ledgers, the drivers and the kits; and the compiled kit,
# for find_package(psq COMPONENTS driver_kit). The folders below share/psq are those of the source tree.
set(data_dir ${CMAKE_INSTALL_DATADIR}/psq)
set(private_dir ${CMAKE_INSTALL_LIBEXECDIR}/psq)

file(RELATIVE_PATH PSQ_DATA_FROM_PROGRAMS ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/psq)
configure_file(psq.sh.in installed/psq @ONLY)
install(PROGRAMS ${CMAKE_CURRENT_BINARY_DIR}/installed/psq TYPE BIN COMPONENT psq-conformance)

set(programs)
foreach(folder ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBEXECDIR}/psq)
  file(RELATIVE_PATH relative ${CMAKE_INSTALL_FULL_DATADIR}/psq ${folder})
  list(APPEND programs "\"${relative}\"")
endforeach()
list(JOIN programs ", " programs)
file(CONFIGURE OUTPUT installed/psq-places.json CONTENT
  "{\"version\": \"${PROJECT_VERSION}\", \"installed\": true, \"programs\": [${programs}]}\n")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/installed/psq-places.json DESTINATION ${data_dir} COMPONENT psq-conformance)

# The faulty drivers are for the tests of psq itself.
install(TARGETS psq-history RUNTIME COMPONENT psq-conformance)
install(TARGETS psq-reference-driver psq-slow-driver psq-slow
        RUNTIME DESTINATION ${private_dir} COMPONENT psq-conformance
        LIBRARY DESTINATION ${private_dir} COMPONENT psq-conformance)

set(but_tests PATTERN tests EXCLUDE PATTERN __pycache__ EXCLUDE PATTERN node_modules EXCLUDE PATTERN *.in EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/spec DESTINATION ${data_dir} COMPONENT psq-conformance
        PATTERN model EXCLUDE ${but_tests})
foreach(folder psq ledgers drivers/python drivers/variants drivers/brokers drivers/kit)
  cmake_path(GET folder PARENT_PATH parent)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/harness/${folder} DESTINATION ${data_dir}/harness/${parent}
          COMPONENT psq-conformance ${but_tests})
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/docs/tutorial.md DESTINATION ${data_dir}/docs COMPONENT psq-conformance)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/ci/examples/ DESTINATION ${data_dir}/examples COMPONENT psq-conformance)

# Compiled here: each start of a driver would compile its modules again where it cannot write them.
install(CODE "
  set(root \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${data_dir}/harness\")
  execute_process(COMMAND \"${PSQ_PYTHON}\" -m compileall -q --invalidation-mode checked-hash
                          -s \"\$ENV{DESTDIR}\" \"\${root}\")
" COMPONENT psq-conformance)

# For bash, of the commands, options and clauses of this version.
install(CODE "
  set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/bash-completion/completions\")
  file(MAKE_DIRECTORY \"\${folder}\")
  execute_process(COMMAND \"${CMAKE_BINARY_DIR}/psq\" completion bash OUTPUT_FILE \"\${folder}/psq\"
                  COMMAND_ERROR_IS_FATAL ANY)
" COMPONENT psq-conformance)

# The compiled kit.
set_target_properties(psq_driver_kit PROPERTIES EXPORT_NAME driver_kit)
install(TARGETS psq_driver_kit EXPORT psq-driver-kit ARCHIVE COMPONENT psq-driver-kit)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/harness/drivers/kit/cpp/include/psq DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT psq-driver-kit)
install(EXPORT psq-driver-kit NAMESPACE psq:: FILE psqDriverKitTargets.cmake DESTINATION ${package_dir}
        COMPONENT psq-driver-kit)
export(EXPORT psq-driver-kit NAMESPACE psq:: FILE ${psq_reference_BINARY_DIR}/psqDriverKitTargets.cmake)
configure_file(psq-driver_kit.cmake.in psq-driver_kit.cmake @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/psq-driver_kit.cmake DESTINATION ${package_dir} COMPONENT psq-driver-kit)
configure_file(psq-driver_kit.cmake.in ${psq_reference_BINARY_DIR}/psq-driver_kit.cmake @ONLY)
