/* tether help, --help */
#include "cli/cli.h"

#include <stdio.h>

static const char text[] =
    "usage: tether [enter] [OPTIONS] [USER@]HOST    enter a session on a host\n"
    "       tether [OPTIONS] [USER@]HOST COMMAND...  run a command, as ssh does\n"
    "       tether why [OPTIONS] [USER@]HOST        tell what connecting would mean\n"
    "       tether config [HOST]                    tell our own settings (--help: explain them)\n"
    "       tether history list|export|import|forget ...   the lines kept (--help: explain it)\n"
    "       tether demo [OPTIONS]                   try it: a host inside the program\n"
    "       tether help | --help | --version\n"
    "\n"
    "options (ssh's letters):\n"
    "  -l USER        log in as USER\n"
    "  -p PORT        connect to PORT\n"
    "  -i FILE        try this private key (may be repeated)\n"
    "  -F FILE        read this instead of ~/.ssh/config\n"
    "  -o KEY=VALUE   any option of ssh_config(5) (may be repeated)\n"
    "  -J HOST        by way of this jump host\n"
    "  -4 -6          only IPv4, only IPv6\n"
    "  -b ADDRESS, -B INTERFACE   connect from there\n"
    "  -A -a          forward the agent; do not\n"
    "  -C             compress\n"
    "  -c CIPHERS, -m MACS   only these\n"
    "  -e CHAR        the escape character after Enter; none; ~ if nothing says otherwise\n"
    "  -K -k          log in by GSSAPI and delegate; do not delegate\n"
    "  -P TAG         for Match tagged in the ssh config\n"
    "  -s             the COMMAND is the name of a subsystem, such as sftp\n"
    "  -t -T          a terminal for the command (-tt: in any case); none\n"
    "  -n -q          standard input is empty; no notices or errors of ours\n"
    "  -v -E FILE     tell stages and timings when the session ends (-vvv: more); to FILE\n"
    "  --timeout SECONDS   for each stage of connecting; 15 if nothing says otherwise\n"
    "  --no-profile   do not run the profile of the account on the host\n"
    "  --shell NAME   what the login shell is taken for: bash, zsh, ...; plain: no line editing\n"
    "  --raw          a plain terminal, as ssh: no line editing here\n"
    "  --private      nothing is read from the history, kept in it or suggested from it\n"
    "  --profile --no-raw  the contrary, whatever ~/.config/tether/config says\n"
    "\n"
    "in a session: Ctrl-] ? lists tether's keys; exit or Ctrl-D leaves. See tether(1).\n";

int cmd_help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fputs(text, stdout);
    return 0;
}
