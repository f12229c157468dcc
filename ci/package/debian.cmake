# Debian packages of the whole by `cpack -G DEB`: psq, the command with all that it needs; libpsq-driver-dev, the C++ kit
# for drivers; and libpsq-dev, the reference. Packages for a system are configured with -DCMAKE_INSTALL_PREFIX=/usr.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME psq)
set(CPACK_PACKAGE_VENDOR "The psq authors")
set(CPACK_PACKAGE_CONTACT "The psq authors <psq@localhost>")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_COMPONENTS_ALL psq-conformance psq-driver-kit psq-reference-dev)

set(CPACK_COMPONENT_PSQ-CONFORMANCE_DESCRIPTION "Judges queues that processes share: law, suite, drivers, the psq command")
set(CPACK_DEBIAN_PSQ-CONFORMANCE_PACKAGE_NAME psq)
set(CPACK_DEBIAN_PSQ-CONFORMANCE_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PSQ-CONFORMANCE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PSQ-CONFORMANCE_PACKAGE_DEPENDS "python3 (>= 3.9), python3-rich, python3-jinja2, python3-jsonschema")
# What find_package(psq) reads first is a part of the reference.
set(CPACK_DEBIAN_PSQ-CONFORMANCE_PACKAGE_RECOMMENDS libpsq-dev)
set(CPACK_DEBIAN_PSQ-CONFORMANCE_PACKAGE_SUGGESTS "libpsq-driver-dev, python3-multiprocess, python3-billiard, python3-distributed")

set(CPACK_COMPONENT_PSQ-DRIVER-KIT_DESCRIPTION "Kit for drivers that bring a C++ queue under psq")
set(CPACK_DEBIAN_PSQ-DRIVER-KIT_PACKAGE_NAME libpsq-driver-dev)
set(CPACK_DEBIAN_PSQ-DRIVER-KIT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PSQ-DRIVER-KIT_PACKAGE_DEPENDS "libpsq-dev (= ${PROJECT_VERSION})")
# Of the kit as headers alone.
set(CPACK_DEBIAN_PSQ-DRIVER-KIT_PACKAGE_SUGGESTS "psq, nlohmann-json3-dev")

set(CPACK_COMPONENT_PSQ-REFERENCE-DEV_DESCRIPTION "Queues and pipes between processes, to build programs with")
set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_NAME libpsq-dev)
set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_SUGGESTS libcereal-dev)

foreach(package psq:psq-conformance libpsq-driver-dev:psq-driver-kit libpsq-dev:psq-reference-dev)
  string(REGEX MATCH "(.*):(.*)" package ${package})
  install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CMAKE_MATCH_1} RENAME copyright
          COMPONENT ${CMAKE_MATCH_2})
endforeach()
include(CPack)
