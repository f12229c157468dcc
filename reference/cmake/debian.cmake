# Debian packages by `cpack -G DEB`: libpsq-dev, and libpsq0.2 where the library is a shared one. Packages for a
# system are configured with -DCMAKE_INSTALL_PREFIX=/usr.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME psq)
set(CPACK_PACKAGE_VENDOR "The psq authors")
set(CPACK_PACKAGE_CONTACT "The psq authors <psq@localhost>")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_COMPONENTS_ALL psq-reference-dev)
set(CPACK_COMPONENT_PSQ-REFERENCE-DEV_DESCRIPTION "Queues and pipes between processes, to build programs with")
set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_NAME libpsq-dev)
set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_SECTION libdevel)
# Of psq/codec_cereal.h.
set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_SUGGESTS libcereal-dev)
install(FILES ../LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libpsq-dev RENAME copyright
        COMPONENT psq-reference-dev OPTIONAL)

get_target_property(type psq_reference TYPE)
if(type STREQUAL SHARED_LIBRARY)
  get_target_property(soversion psq_reference SOVERSION)
  list(PREPEND CPACK_COMPONENTS_ALL psq-reference)
  set(CPACK_COMPONENT_PSQ-REFERENCE_DESCRIPTION "Queues and pipes between processes, to run programs with")
  set(CPACK_DEBIAN_PSQ-REFERENCE_PACKAGE_NAME libpsq${soversion})
  set(CPACK_DEBIAN_PSQ-REFERENCE_PACKAGE_SECTION libs)
  install(FILES ../LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libpsq${soversion} RENAME copyright
          COMPONENT psq-reference OPTIONAL)
  # The libraries that it needs, what packages that are linked with it need, and the call of ldconfig.
  set(CPACK_DEBIAN_PSQ-REFERENCE_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
  set(CPACK_DEBIAN_PSQ-REFERENCE-DEV_PACKAGE_DEPENDS "libpsq${soversion} (= ${PROJECT_VERSION})")
endif()
include(CPack)
