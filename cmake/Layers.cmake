# tether_layer(NAME LINK target...): the static library of src/NAME, all of its files.
function(tether_layer name)
    cmake_parse_arguments(LAYER "" "" "LINK" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
    add_library(tether_${name} STATIC ${sources})
    target_include_directories(tether_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tether_${name} PUBLIC ${LAYER_LINK})
endfunction()
