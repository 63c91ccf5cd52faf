# tcsh.sh: tcsh, without its own line editor, so that the terminal hands over lines, as with sh.sh.
# Status, directory and prompt are marked in the prompt.

#: start
# The only files that tcsh reads of its own accord are in the home directory: so that is a folder
# of ours until .tcshrc, which removes it, has told the real one.
# (A csh that is no tcsh is started as it is.)
[ "$("$SHELL" -fc 'echo $?tcsh' 2>/dev/null)" = 1 ] || return
__tt_z=$(mktemp -d 2>/dev/null) || return
eval "$__tt_cd"
cat >"$__tt_z/.tcshrc" <<EOF
\\rm -rf "\$home:q"
set home="\$__tt_h:q"
unsetenv __tt_h
set __tt_n=$__tt_nonce __tt_want='$__tt_want'
set __tt_e='$(printf '\033')' __tt_b='$(printf '\007')'
$__tt_text
if ($__tt_profile && -r ~/.tcshrc) then
source ~/.tcshrc
else if ($__tt_profile && -r ~/.cshrc) then
source ~/.cshrc
endif
EOF
__tt_h=$HOME HOME=$__tt_z exec "$SHELL" $__tt_l

#: fields
set __tt_f=
if (" $__tt_want " =~ *" home "*) set __tt_f="${__tt_e}]7770;${__tt_n};V;home;${home:q}${__tt_b}"
if (" $__tt_want " =~ *" jobs "*) set __tt_f="${__tt_f:q}${__tt_e}]7770;${__tt_n};V;jobs;%j${__tt_b}"

#: nested
set __tt_n=NONCE __tt_want='WANT'
set __tt_e="`printf '\033'`" __tt_b="`printf '\007'`"
# The lines that were typed leave the history.
set __tt_f=`mktemp` __tt_p=`mktemp`
history -S $__tt_f
\sed '/^#+/{N;/TOKEN/d;}' $__tt_f >! $__tt_p
history -c
history -L $__tt_p
\rm -f $__tt_f $__tt_p
unset __tt_f __tt_p

#: hooks
# __tt_n is the nonce, __tt_e and __tt_b are ESC and BEL. No other shell inherits such variables.
set __tt_m="${__tt_e}]7770;${__tt_n};"
if (! $?__tt_f) set __tt_f=
set __tt_nl='\
'
set __tt_tab="`printf '\t'`"

# A text that had to be sent in pieces is in __tt_l, as in sh.sh.
alias __tt_c '\printf %s "${__tt_m}C${__tt_b}"'

# What this shell can run besides what is in PATH, and PATH, when that has changed; ".." where a
# directory's name is a command.
set __tt_k=
alias __tt_tell 'set __tt_x=("$?implicitcd" "${PATH:q}" "`alias`"); if ("$__tt_x" != "$__tt_k") eval __tt_told'
alias __tt_told 'set __tt_k=($__tt_x:q); \printf %s "${__tt_m}V;path;"; \printf %s "${PATH:q}" | \tr -d "[:cntrl:]"; \printf %s "${__tt_b}${__tt_m}V;names;"; if ($?implicitcd) \printf "%s " ..; (builtins; alias | \sed -n "/^__tt_/d;s/[[:blank:]].*//p") | \tr -s "[:space:]" " "; \printf %s "${__tt_b}"'

# Behind the person's own precmd: what that or a new start-up file has made of the prompts gets
# its marks again.
alias __tt_prompt 'if (! ("$prompt:q" =~ *7770*)) set prompt="%{${__tt_m}D;%?${__tt_b}${__tt_m}W;%/${__tt_b}${__tt_f:q}${__tt_m}A${__tt_b}%}${prompt:q}%{${__tt_m}B${__tt_b}%}"'
alias __tt_prompt2 'if (! ("$prompt2:q" =~ *7770*)) set prompt2="%{${__tt_m}F${__tt_b}%}${prompt2:q}%{${__tt_m}G${__tt_b}%}"'
alias __tt_precmd 'unset edit; if (! $?prompt) set prompt="> "; if (! $?prompt2) set prompt2="? "; __tt_prompt; __tt_prompt2; if ($?PATH) eval __tt_tell'

# Before the first prompt, when all start-up files are read. (That time is the minute's begin, and
# has to be past by then: else it runs only after the prompt.)
alias __tt_begin 'set __tt_p="`alias precmd`"; alias precmd "$__tt_p:q;__tt_precmd"; unset __tt_p; \printf %s "${__tt_m}R;tcsh${__tt_b}"; __tt_precmd'
sched +0:00 __tt_begin
if ("`\date +%S`" == 00) \sleep 1
