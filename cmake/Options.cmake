# Warnings for every target, and the two instrumented builds.

add_compile_options(
    -Wall -Wextra -Wpedantic -Werror
    -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef
    -Wformat=2 -Wnull-dereference -Wimplicit-fallthrough
    -fno-common -fstack-protector-strong)
add_link_options(-Wl,-z,relro,-z,now)

if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

option(TETHER_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(TETHER_FUZZ "Build the fuzzers (clang only)" OFF)
if(TETHER_SANITIZE OR TETHER_FUZZ)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(TETHER_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
