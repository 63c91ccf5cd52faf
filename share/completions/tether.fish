# fish completion for tether(1)

complete -c tether -f
complete -c tether -n __fish_use_subcommand -a enter -d 'Enter a host'
complete -c tether -n __fish_use_subcommand -a demo -d 'A host inside the program'
complete -c tether -n __fish_use_subcommand -a help -d 'Print a summary'
complete -c tether -a '(__fish_print_hostnames)' -d Host
complete -c tether -s l -x -a '(__fish_complete_users)' -d 'Log in as this user'
complete -c tether -s p -x -d 'Connect to this port'
complete -c tether -s i -r -F -d 'Try this private key'
complete -c tether -s F -r -F -d 'Read this instead of ~/.ssh/config'
complete -c tether -s o -x -d 'An option of ssh_config'
complete -c tether -s v -d 'Log stages and timings'
complete -c tether -l timeout -x -d 'Seconds for each stage of connecting'
complete -c tether -l no-profile -d 'Do not run the profile on the host'
complete -c tether -l raw -d 'A plain terminal'
complete -c tether -l help -d 'Print a summary'
complete -c tether -l version -d 'Print the version'
