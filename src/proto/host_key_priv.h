/* Private to the host key stage: host_key.c decides, host_key_tell.c says it and asks. */
#ifndef PROTO_HOST_KEY_PRIV_H
#define PROTO_HOST_KEY_PRIV_H

#include "proto/known_hosts.h"
#include "proto/public_key.h"
#include "proto/ssh_priv.h"

struct finding {
    enum known_host known;
    struct known_place place;
    struct err err; /* with KNOWN_ERROR */
};

struct host_key {
    struct connect_worker *w;
    struct public_key key;
    enum fingerprint_hash hash;
    char *fingerprint;
    char **files;       /* known_hosts: the user's, then the system's */
    char *name, *plain; /* the host in them, with its port and without */
    char *address_name; /* the same of its address; NULL: that is not checked */
    char *shown;        /* the host for people to read */
    struct finding host, address;
};

/* host_key.c: what the key exchange needs to know too; caller frees. */
char **worker_known_hosts_files(const struct connect_worker *w);
char *worker_known_hosts_name(const struct connect_worker *w, bool with_port);

/* The host as typed, its name in known_hosts and its address, as far as they differ, sanitised;
   caller frees. */
char *host_key_shown(const struct host_key *k);

/* VisualHostKey: the picture of a known key. */
void host_key_show(const struct host_key *k);

/* False: no, or nobody answers; the failure is set. */
bool host_key_ask_unknown(struct host_key *k);
bool host_key_ask_address(struct host_key *k);

/* It goes on all the same. */
void host_key_tell_changed(struct host_key *k);
void host_key_tell_address(struct host_key *k);

/* Always false. */
bool host_key_fail_unknown(struct host_key *k, const char *why);
bool host_key_fail_changed(struct host_key *k);
bool host_key_fail_address(struct host_key *k);

#endif
