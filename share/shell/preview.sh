# preview.sh: what a candidate is, beside the session. Comes behind word.sh; $__tt_line ends in it.
#   $__tt_kind  what the menu calls it, or nothing
# Prints a few lines for a person to read: bounded in size, and it reads nothing that could hang.

case $__tt_raw in
"~/"*) __tt_raw=$HOME/${__tt_raw#"~/"} ;;
esac
__tt_head() { head -c 20000 | head -n 200; }

case $__tt_kind in
command | builtin | keyword)
    command -V -- "$__tt_raw" 2>/dev/null
    if [ "$__tt_kind" = command ]; then
        __tt_p=$(command -v -- "$__tt_raw") && ls -ld -- "$__tt_p"
        whatis -- "$__tt_raw" 2>/dev/null
    else
        bash -c 'help -- "$1"' bash "$__tt_raw" 2>/dev/null
    fi | __tt_head
    exit
    ;;
esac
[ -e "$__tt_raw" ] || [ -L "$__tt_raw" ] || exit
ls -ld -- "$__tt_raw"
if [ -d "$__tt_raw" ]; then
    ls -la -- "$__tt_raw" | __tt_head
elif [ -f "$__tt_raw" ]; then
    __tt_head <"$__tt_raw"
fi
