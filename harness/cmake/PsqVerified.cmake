# cmake -DNAME=NAME -DRESULTS=FILE -DPROFILES=LIST -P PsqVerified.cmake: the last entry of a psq_add_conformance. Fails
# when every test that ctest ran was skipped, since ctest calls that passed, and when a profile was asked for by its name
# and the driver does not claim it.
set(verdict "[,{] ?\"verdict\": ?\"")
set(decided)
set(skipped)
if(EXISTS "${RESULTS}")
  # A card may hold what a list of CMake's breaks at, so that only the lines that match are looked at, one each.
  file(STRINGS "${RESULTS}" decided LIMIT_COUNT 1 REGEX "${verdict}(pass|fail|blocked|deviates|expected|unexpected|incon|driver|internal)")
  file(STRINGS "${RESULTS}" skipped LIMIT_COUNT 1 REGEX "${verdict}unsupported\"")
endif()
foreach(profile IN LISTS PROFILES)
  file(STRINGS "${RESULTS}" unclaimed LIMIT_COUNT 1 REGEX "\"message\": ?\"it does not claim the profile ${profile}\"")
  if(NOT unclaimed STREQUAL "")
    message(FATAL_ERROR "psq_add_conformance(NAME ${NAME}) names the PROFILE ${profile}, and the driver does not claim it: "
                        "its tests were skipped. Take it out there, or add it to the driver's hello.")
  endif()
endforeach()
if(decided STREQUAL "" AND skipped STREQUAL "")
  message(FATAL_ERROR "${NAME}: no test left a result in ${RESULTS}")
elseif(decided STREQUAL "")
  string(REGEX MATCH "\"message\": ?\"([^\"]*)\"" found "${skipped}")
  message(FATAL_ERROR "${NAME}: nothing was verified: each test that ran was skipped. One says: ${CMAKE_MATCH_1}. "
                      "Look at PROFILE and TESTS of psq_add_conformance, and at the driver's hello.")
endif()
