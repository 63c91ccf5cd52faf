/* known_hosts: whatever a file holds, a line added to it is found, and a revoked key stays so.
   The same bytes as a list of revoked keys, and as a key. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/digest.h"
#include "proto/key_list.h"
#include "proto/known_hosts.h"
#include "proto/krl.h"
#include "proto/revoked_keys.h"
#include "proto/ssh_settings.h"
#include "proto/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char type[] = "ssh-ed25519", name[] = "[web1]:2222";

static void check(bool right)
{
    if (!right)
        abort();
}

static void put(int fd, const void *data, size_t len)
{
    check(write(fd, data, len) == (ssize_t)len);
}

static void try_known_hosts(int fd, const uint8_t *key, size_t len, bool hashed)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    char *files[] = {path, NULL};
    struct known_place place;
    struct err err;
    enum known_host before = known_hosts_check(files, name, key, len, &place, &err);
    check(before != KNOWN_ERROR);
    check(before == KNOWN_NEW || place.line > 0);
    free(known_hosts_types(files, name));
    ssh_list_free(known_hosts_other_names(files, name, key, len, 3));
    check(known_hosts_add(path, (const char *[]){name, NULL}, hashed, key, len, &err));
    enum known_host after = known_hosts_check(files, name, key, len, &place, &err);
    check(after == (before == KNOWN_REVOKED ? KNOWN_REVOKED : KNOWN_MATCH));
    char *types = known_hosts_types(files, name);
    check(types && strncmp(types, type, sizeof type - 1) == 0);
    free(types);
    char **others = known_hosts_other_names(files, "nobody", key, len, 3);
    check(others);
    ssh_list_free(others);
    char *key64 = base64_encode(key, len);
    int n = snprintf(line, sizeof line, "@revoked * %s %s\n", type, key64);
    check(lseek(fd, 0, SEEK_END) > 0);
    put(fd, line, (size_t)n);
    check(known_hosts_check(files, name, key, len, &place, &err) == KNOWN_REVOKED);
    free(key64);
}

/* A list that can be read revokes the key that is added at its end. */
static void try_revoked(const uint8_t *data, size_t size, const uint8_t *key, size_t len)
{
    struct buf list = {0}, section = {0};
    public_key_covers(data, size, key, len);
    if (krl_check(data, size, key, len) == KRL_BAD)
        return;
    wire_put_string(&section, key, len);
    buf_append(&list, data, size);
    buf_putc(&list, 2);
    wire_put_string(&list, buf_data(&section), section.len);
    check(krl_check(buf_data(&list), list.len, key, len) == KRL_REVOKED);
    buf_release(&section);
    buf_release(&list);
}

static void try_key(const uint8_t *data, size_t size)
{
    struct public_key key;
    if (!public_key_parse(data, size, &key))
        return;
    check(key.bits >= 0 && key.bits <= 8 * 4096 && *key.word && *key.type);
    for (int hash = 0; hash < 2; hash++) {
        char *art = fingerprint_art((enum fingerprint_hash)hash, data, size);
        check(strlen(art) == 11 * 20 - 1);
        free(art);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t key[4 + sizeof type - 1 + 4 + 32] = {0, 0, 0, sizeof type - 1};
    memcpy(key + 4, type, sizeof type - 1);
    key[4 + sizeof type - 1 + 3] = 32;
    int fd = memfd_create("known_hosts", MFD_CLOEXEC);
    check(fd >= 0);
    put(fd, data, size);
    char path[64];
    struct err err;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    revoked_keys_check(path, key, sizeof key, &err);
    try_known_hosts(fd, key, sizeof key, size % 2);
    try_revoked(data, size, key, sizeof key);
    try_key(data, size);
    close(fd);
    return 0;
}
