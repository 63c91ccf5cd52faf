/* Private to the files of the authentication stage. */
#ifndef PROTO_SSH_AUTH_PRIV_H
#define PROTO_SSH_AUTH_PRIV_H

#include "proto/ssh_priv.h"

struct auth_keys;
struct key_offer;

struct auth {
    struct connect_worker *w;
    int allowed;            /* SSH_AUTH_METHOD_*; 0: the host has not said yet */
    struct auth_keys *keys; /* NULL: no key may be used */
    int kbdint_left, password_left;
    bool gssapi_done;
    bool password_sent; /* in the request that is under way */
};

enum outcome {
    OUTCOME_SUCCESS,
    OUTCOME_PARTIAL,
    OUTCOME_DENIED,  /* this try, or all this method has */
    OUTCOME_NOTHING, /* the method had nothing to try */
    OUTCOME_DEAD,    /* the failure is set */
};

/* ssh_auth.c: "USER@HOST", clean to be shown; caller frees. */
char *auth_who(const struct connect_worker *w);
/* One request, driven to its answer; afterwards `allowed` is what the host said. */
enum outcome auth_request(struct auth *a, worker_call *call, void *data);

/* ssh_auth_keys.c. NULL: cancelled, the failure is set. */
struct auth_keys *auth_keys_load(struct connect_worker *w);
void auth_keys_free(struct auth_keys *keys);
/* A key for auth_try_publickey, which tries each once. */
bool auth_keys_left(const struct auth *a);
/* All may be tried, those first that were not yet: a factor is done, and the host's answers to
   the others were about that. */
void auth_keys_again(struct auth *a);
/* There is an agent, and it holds no key. */
bool auth_agent_empty(const struct auth *a);
/* For the error, should it come to that. */
void auth_note_tried(struct auth *a, const struct key_offer *offer);
enum outcome auth_try_publickey(struct auth *a);

/* ssh_auth_file.c */
enum outcome auth_try_file(struct auth *a, const struct key_offer *offer);

/* ssh_auth_gssapi.c: may there be a ticket? And try it, once. */
bool auth_gssapi_likely(void);
enum outcome auth_try_gssapi(struct auth *a);

/* ssh_auth_ask.c: what a person answers. */
enum outcome auth_try_password(struct auth *a);
enum outcome auth_try_kbdint(struct auth *a);

#endif
