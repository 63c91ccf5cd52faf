# bash completion for tether(1)

_tether_hosts() {
    local config known
    config=$(sed -n 's/^[[:space:]]*[Hh][Oo][Ss][Tt][[:space:]=]\+//p' ~/.ssh/config 2>/dev/null |
        tr ' \t' '\n\n' | grep -v '[*?!"]')
    known=$(sed 's/[ ,].*//; s/^\[\(.*\)\]:.*/\1/' ~/.ssh/known_hosts 2>/dev/null | grep -v '^[|@#]')
    COMPREPLY+=($(compgen -P "$1" -W "$config $known" -- "${2}"))
}

_tether() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $prev in
    -J) _tether_hosts "" "$cur" && return ;;
    -l) COMPREPLY=($(compgen -u -- "$cur")) && return ;;
    -i | -F | -E) COMPREPLY=($(compgen -f -- "$cur")) && compopt -o filenames && return ;;
    -o) compopt -o nospace && COMPREPLY=($(compgen -S = -W "BindAddress ConnectTimeout
        HostKeyAlias HostName IdentitiesOnly IdentityAgent IdentityFile Port
        PreferredAuthentications ServerAliveCountMax ServerAliveInterval SetEnv
        StrictHostKeyChecking User UserKnownHostsFile" -- "$cur")) && return ;;
    -B) COMPREPLY=($(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$cur")) && return ;;
    -c) COMPREPLY=($(compgen -W "$(ssh -Q cipher 2>/dev/null)" -- "$cur")) && return ;;
    -m) COMPREPLY=($(compgen -W "$(ssh -Q mac 2>/dev/null)" -- "$cur")) && return ;;
    -p | -b | -e | -P | --timeout) return ;;
    --shell)
        COMPREPLY=($(compgen -W "auto plain bash zsh fish pwsh mksh dash ash sh" -- "$cur"))
        return
        ;;
    esac
    if [[ ${COMP_WORDS[1]} == history && $COMP_CWORD -ge 2 ]]; then
        case $COMP_CWORD,${COMP_WORDS[2]} in
        2,*) COMPREPLY=($(compgen -W "list export import forget" -- "$cur")) ;;
        3,import) _tether_hosts "" "$cur"; [[ $cur == -* ]] && COMPREPLY=(--from) ;;
        3,*) _tether_hosts "" "$cur" ;;
        *,import)
            if [[ $prev == --from ]]; then
                COMPREPLY=($(compgen -W "bash zsh fish" -- "$cur"))
            elif [[ $COMP_CWORD -eq 5 ]]; then
                _tether_hosts "" "$cur"
            else
                COMPREPLY=($(compgen -f -- "$cur"))
                compopt -o filenames
            fi
            ;;
        4,forget) COMPREPLY=($(compgen -W "--all" -- "$cur")) ;;
        esac
        return
    fi
    case $cur in
    -*) COMPREPLY=($(compgen -W "-4 -6 -A -a -B -b -C -c -E -e -F -J -i -K -k -l -m -n -o -P -p -q -s -t -T -v -x --timeout --profile --no-profile --private --shell --raw --no-raw --show-bootstrap --help --version" \
        -- "$cur")) ;;
    *@*) _tether_hosts "${cur%%@*}@" "${cur#*@}" ;;
    *)
        [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W "enter why config history demo help" -- "$cur"))
        _tether_hosts "" "$cur"
        ;;
    esac
}
complete -F _tether tether
