/* known_hosts: whatever a file holds, a line added to it is found, and a revoked key stays so. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/digest.h"
#include "proto/known_hosts.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t key[4 + sizeof type - 1 + 4 + 32] = {0, 0, 0, sizeof type - 1};
    memcpy(key + 4, type, sizeof type - 1);
    key[4 + sizeof type - 1 + 3] = 32;
    char path[64];
    int fd = memfd_create("known_hosts", MFD_CLOEXEC);
    check(fd >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    char *files[] = {path, NULL};
    struct known_place place;
    struct err err;
    put(fd, data, size);
    enum known_host before = known_hosts_check(files, name, type, key, sizeof key, &place, &err);
    check(before != KNOWN_ERROR);
    check((before == KNOWN_NEW) || place.line > 0);
    free(known_hosts_types(files, name));
    check(known_hosts_add(path, name, size % 2, type, key, sizeof key, &err));
    enum known_host after = known_hosts_check(files, name, type, key, sizeof key, &place, &err);
    check(after == (before == KNOWN_REVOKED ? KNOWN_REVOKED : KNOWN_MATCH));
    char *types = known_hosts_types(files, name);
    check(types && strncmp(types, type, sizeof type - 1) == 0);
    free(types);
    char *key64 = base64_encode(key, sizeof key), line[256];
    int n = snprintf(line, sizeof line, "@revoked * %s %s\n", type, key64);
    check(lseek(fd, 0, SEEK_END) > 0);
    put(fd, line, (size_t)n);
    check(known_hosts_check(files, name, type, key, sizeof key, &place, &err) == KNOWN_REVOKED);
    free(key64);
    close(fd);
    return 0;
}
