# A shell file as a C string. Whole-line comments and indentation are left out.
BEGIN {
    print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
    printf "extern const char %s[];\nconst char %s[] =\n", name, name
}
/^[ \t]*(#|$)/ { next }
{
    sub(/^[ \t]+/, "")
    gsub(/\\/, "\\\\&")
    gsub(/"/, "\\\"")
    gsub(/\?/, "\\?")
    printf "    \"%s\\n\"\n", $0
}
END { print "    \"\";" }
