#include "proto/key_ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct entry {
    struct entry *next;
    char *path;
    struct private_key key;
};

struct key_ring {
    struct entry *first;
};

struct key_ring *key_ring_new(void)
{
    return xcalloc(1, sizeof(struct key_ring));
}

void key_ring_free(struct key_ring *ring)
{
    while (ring && ring->first) {
        struct entry *e = ring->first;
        ring->first = e->next;
        private_key_release(&e->key);
        free(e->path);
        free(e);
    }
    free(ring);
}

const struct private_key *key_ring_find(const struct key_ring *ring, const char *path)
{
    for (const struct entry *e = ring->first; e; e = e->next)
        if (strcmp(e->path, path) == 0)
            return &e->key;
    return NULL;
}

const struct private_key *key_ring_keep(struct key_ring *ring, const char *path,
                                        struct private_key *key)
{
    struct entry *e = xcalloc(1, sizeof *e);
    *e = (struct entry){.next = ring->first, .path = xstrdup(path), .key = *key};
    *key = (struct private_key){.comment = NULL};
    ring->first = e;
    return &e->key;
}
