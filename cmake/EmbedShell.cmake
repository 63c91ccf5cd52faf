# tether_embed_shell(TARGET DIR): every DIR/*.sh becomes a C string `shell_<name>` in the
# target. Comment lines and indentation are dropped: they are for the reader of the file,
# not for the host.
function(tether_embed_shell target dir)
    file(GLOB files CONFIGURE_DEPENDS ${dir}/*.sh)
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        set(out ${CMAKE_BINARY_DIR}/embed/shell_${name}.c)
        add_custom_command(OUTPUT ${out}
            COMMAND awk -v name=shell_${name} -f ${CMAKE_SOURCE_DIR}/cmake/embed-shell.awk ${file} > ${out}
            DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed-shell.awk
            VERBATIM)
        target_sources(${target} PRIVATE ${out})
    endforeach()
endfunction()
