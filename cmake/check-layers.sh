#!/bin/sh
# check-layers.sh SRC: the include rules of the design, read from the sources.
#   base <- term, session, proto <- app <- cli; term, session and proto never include each
#   other; each third-party library is seen by the files named here and by no other.
src=$1
bad=$(
    find "$src" -name '*.[ch]' | sort | while read -r file; do
        rel=${file#"$src"/}
        awk -v rel="$rel" '
        BEGIN {
            may["base"] = " base "
            may["term"] = " base term "
            may["session"] = " base session "
            may["proto"] = " base proto "
            may["app"] = " base term session proto app "
            may["cli"] = " base term session proto app cli "
            may["main.c"] = " cli "
            only["curses.h"] = only["term.h"] = " term/terminfo.c "
            only["histedit.h"] = " term/editor.c "
            only["libssh/libssh.h"] = only["libssh/callbacks.h"] = " proto/ssh_connect.c proto/ssh_kex.c proto/ssh_guard.c proto/ssh_auth.c proto/ssh_auth_keys.c proto/ssh_auth_file.c proto/ssh_auth_gssapi.c proto/ssh_auth_ask.c proto/ssh_channel.c proto/ssh_link.c proto/ssh_link_priv.h proto/demo_host.c proto/demo_session.c "
            only["libssh/server.h"] = " proto/ssh_guard.c proto/ssh_link.c proto/demo_host.c proto/demo_session.c "
            only["ini.h"] = " session/config.c "
            only["openssl/"] = " proto/crypto_memory.c proto/digest.c proto/key_cipher.c proto/key_pem.c "
            split(rel, part, "/")
            layer = part[1]
        }
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, q, "\""); split(q[2], inc, "/")
            if (index(may[layer], " " inc[1] " ") == 0)
                print rel ":" FNR ": " layer " must not include " q[2]
        }
        /^[ \t]*#[ \t]*include[ \t]*</ {
            split($0, q, /[<>]/); name = q[2]
            for (lib in only)
                if ((name == lib || (lib ~ /\/$/ && index(name, lib) == 1)) && index(only[lib], " " rel " ") == 0)
                    print rel ":" FNR ": <" name "> is for" only[lib] "only"
        }' "$file"
    done
)
if [ -n "$bad" ]; then
    printf '%s\n' "$bad" >&2
    exit 1
fi
