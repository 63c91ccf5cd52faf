# A shell file as C strings. A line "#: NAME" begins a section, `shell_<file>_NAME`; a file
# without sections is one string, `shell_<file>`. Whole-line comments and indentation are left
# out: they are for the reader of the file, not for the host.
function begin(symbol) {
    end()
    printf "extern const char %s[];\nconst char %s[] =\n", symbol, symbol
    open = 1
}
function end() {
    if (open)
        print "    \"\";"
    open = 0
}
BEGIN { print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"" }
/^#: / { begin(name "_" $2); next }
/^[ \t]*(#|$)/ { next }
{
    if (!open)
        begin(name)
    sub(/^[ \t]+/, "")
    gsub(/\\/, "\\\\&")
    gsub(/"/, "\\\"")
    gsub(/\?/, "\\?")
    printf "    \"%s\\n\"\n", $0
}
END { end() }
