# Installs the library: for find_package(psq COMPONENTS reference), from an installation or from this build tree, and
# for pkg-config. The install component psq-reference has what programs need that are linked with the shared library,
# psq-reference-dev what building a program needs.
include(CMakePackageConfigHelpers)

set(PSQ_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/psq)

install(TARGETS psq_reference EXPORT psq-reference
        LIBRARY COMPONENT psq-reference NAMELINK_COMPONENT psq-reference-dev
        ARCHIVE COMPONENT psq-reference-dev)
install(DIRECTORY include/psq DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT psq-reference-dev)

install(EXPORT psq-reference NAMESPACE psq:: DESTINATION ${PSQ_PACKAGE_DIR} COMPONENT psq-reference-dev)
export(EXPORT psq-reference NAMESPACE psq:: FILE ${PROJECT_BINARY_DIR}/psq-reference.cmake)
configure_package_config_file(cmake/psqConfig.cmake.in ${PROJECT_BINARY_DIR}/psqConfig.cmake
                              INSTALL_DESTINATION ${PSQ_PACKAGE_DIR} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/psqConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/psqConfig.cmake ${PROJECT_BINARY_DIR}/psqConfigVersion.cmake
        DESTINATION ${PSQ_PACKAGE_DIR} COMPONENT psq-reference-dev)

# Relative paths, so that an installation may be moved.
set(prefix ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH PSQ_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${prefix})
file(RELATIVE_PATH PSQ_INCLUDES ${prefix} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(RELATIVE_PATH PSQ_LIBRARIES ${prefix} ${CMAKE_INSTALL_FULL_LIBDIR})
configure_file(cmake/psq.pc.in ${PROJECT_BINARY_DIR}/psq.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/psq.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT psq-reference-dev)
