# names.sh: what can be run by its name alone, beside the session.
#   $__tt_dir   the session's directory     $__tt_path  its PATH
#   $__tt_functions  1: it is a sh that cannot tell which functions its start-up files have defined
# Prints the names, one a line.

cd -- "$__tt_dir" 2>/dev/null
LC_ALL=C
export LC_ALL

# The functions in these files; and "/" if one may have come from elsewhere. What is for bash is
# read by bash alone, and what /etc/profile reads is in a folder.
[ -z "$__tt_functions" ] || awk '
    function scan(file, depth,  line, name, text) {
        if (seen[file]++ || depth > 5) return
        while ((getline line <file) > 0) {
            sub(/^[ \t]*#.*/, "", line)
            sub(/[ \t]#.*/, "", line)
            for (text = line; match(text, /[^ \t;&|(){}<>$"`]+[ \t]*\(\)/);) {
                name = substr(text, RSTART, RLENGTH)
                text = substr(text, RSTART + RLENGTH)
                sub(/[ \t]*\(\)/, "", name)
                print name
            }
            if (file ~ /bash/) continue
            if (line ~ /(^|[ \t;&|(){}])(eval|ENV=)/) print "/"
            for (text = " " line; match(text, /[ \t;&|(){}](\.|source)[ \t]+[^ \t;&|)]+/);) {
                name = substr(text, RSTART + 1, RLENGTH - 1)
                text = substr(text, RSTART + RLENGTH)
                sub(/^[^ \t]+[ \t]+/, "", name)
                gsub(/"/, "", name)
                sub(/^(~|[$]HOME|[$][{]HOME[}])\//, home "/", name)
                if (name ~ /^\/[^$`*]*$/) scan(name, depth + 1)
                else if (file != "/etc/profile") print "/"
            }
        }
        close(file)
    }
    BEGIN { home = ENVIRON["HOME"]; for (i = 1; i < ARGC; i++) scan(ARGV[i], 0) }
' /etc/profile /etc/profile.d/*.sh "$HOME/.profile"
IFS=:
set -f
for __tt_p in $__tt_path; do
    set +f
    for __tt_f in "${__tt_p:-.}"/*; do
        [ -x "$__tt_f" ] && [ ! -d "$__tt_f" ] && printf '%s\n' "${__tt_f##*/}"
    done
done | sort -u
