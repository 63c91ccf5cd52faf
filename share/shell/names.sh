# names.sh: what can be run by its name alone, beside the session.
#   $__tt_dir   the session's directory     $__tt_path  its PATH
# Prints the names, one a line.

cd -- "$__tt_dir" 2>/dev/null
LC_ALL=C
export LC_ALL
IFS=:
set -f
for __tt_p in $__tt_path; do
    set +f
    for __tt_f in "${__tt_p:-.}"/*; do
        [ -x "$__tt_f" ] && [ ! -d "$__tt_f" ] && printf '%s\n' "${__tt_f##*/}"
    done
done | sort -u
