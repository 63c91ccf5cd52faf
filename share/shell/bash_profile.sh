# bash_profile.sh: the user's own start-up, behind bash.sh.

# What bash itself would have read as a login shell: see INVOCATION in bash(1). Last, so that a
# Ctrl-C in the middle of it leaves the hooks in place; the prompt puts back what it changes.
if [[ $__tt_profile == 1 ]]; then
    [[ -r /etc/profile ]] && . /etc/profile
    for __tt_f in ~/.bash_profile ~/.bash_login ~/.profile; do
        [[ -r $__tt_f ]] && { . "$__tt_f"; break; }
    done
fi
__tt_last
__tt_cd
unset -f __tt_cd
unset __tt_f __tt_profile __tt_m
