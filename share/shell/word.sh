# word.sh: the last word of a line, for what is asked beside the session.
#   $__tt_dir   the session's directory     $__tt_line  the line up to the cursor
# Gives __tt_len, the bytes of the word as typed; __tt_raw, the word without its quotes; and
# __tt_first, which is 1 where it stands as a command does.

cd -- "$__tt_dir" 2>/dev/null || exit
LC_ALL=C
export LC_ALL

# The last word, as typed and unquoted, and whether it stands where a command does.
__tt_typed=$(printf '%s' "$__tt_line" | awk '
    BEGIN { RS = "\001"; q = sprintf("%c", 39) }
    {
        n = length($0); first = 1; start = 1; open = ""
        for (i = 1; i <= n; i++) {
            c = substr($0, i, 1)
            if (open != "") {
                if (c == open) open = ""
                else if (c == "\\" && open == "\"") i++
            } else if (c == "\\") i++
            else if (c == q || c == "\"") open = c
            else if (c == " " || c == "\t") {
                if (i > start) first = 0
                start = i + 1
            } else if (index("|&;(\n`", c)) { first = 1; start = i + 1 }
            else if (index("<>", c)) { first = 0; start = i + 1 }
        }
        word = substr($0, start); raw = ""; open = ""
        for (i = 1; i <= length(word); i++) {
            c = substr(word, i, 1)
            if (open == q) { if (c == q) open = ""; else raw = raw c }
            else if (c == "\\") { i++; raw = raw substr(word, i, 1) }
            else if (open == "\"") { if (c == open) open = ""; else raw = raw c }
            else if (c == q || c == "\"") open = c
            else raw = raw c
        }
        printf "%d %d %s", length(word), first, raw
    }')
__tt_len=${__tt_typed%% *}
__tt_typed=${__tt_typed#* }
__tt_first=${__tt_typed%% *}
__tt_raw=${__tt_typed#* }
