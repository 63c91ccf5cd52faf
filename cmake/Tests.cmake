# tether_test(NAME COMMAND command... [TIMEOUT seconds] [ENV NAME=VALUE...]): a test, named
# after the build it belongs to (TETHER_TEST_PREFIX), so that scripts/test.sh can run the
# tests of several builds in one ctest.
set(TETHER_TEST_PREFIX "" CACHE STRING "Put before the name of every test")

function(tether_test name)
    cmake_parse_arguments(TEST "" "TIMEOUT" "COMMAND;ENV" ${ARGN})
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 120)
    endif()
    if(TETHER_SANITIZE)
        list(APPEND TEST_ENV
            LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0)
    endif()
    add_test(NAME ${TETHER_TEST_PREFIX}${name} COMMAND ${TEST_COMMAND})
    set_tests_properties(${TETHER_TEST_PREFIX}${name} PROPERTIES
        TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${TEST_ENV}")
endfunction()

# tether_pytest(NAME FILE...): tests written in Python, on the system's own interpreter and
# its packages, whatever else is in PATH.
function(tether_pytest name)
    cmake_parse_arguments(TEST "" "TIMEOUT" "ENV" ${ARGN})
    tether_test(${name} TIMEOUT ${TEST_TIMEOUT} ENV PYTHONDONTWRITEBYTECODE=1 ${TEST_ENV}
        COMMAND /usr/bin/python3 -m pytest -q -p no:cacheprovider ${TEST_UNPARSED_ARGUMENTS})
endfunction()
