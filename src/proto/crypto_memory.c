#include "proto/crypto_memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

static bool wiped;

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(size);
}

static void release(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    if (memory)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

/* As realloc(), but that what was moved away from is overwritten. */
static void *resize(void *memory, size_t size, const char *file, int line)
{
    size_t old = memory ? malloc_usable_size(memory) : 0;
    if (size == 0) {
        release(memory, file, line);
        return NULL;
    }
    void *moved = malloc(size);
    if (!moved)
        return NULL;
    if (memory)
        memcpy(moved, memory, old < size ? old : size);
    release(memory, file, line);
    return moved;
}

static void set_functions(int argc, char **argv, char **env)
{
    (void)argc;
    (void)argv;
    (void)env;
    wiped = CRYPTO_set_mem_functions(take, resize, release) == 1;
}

__attribute__((section(".preinit_array"),
               used)) static void (*const before_all)(int, char **, char **) = set_functions;

bool crypto_memory_is_wiped(void)
{
    return wiped;
}
