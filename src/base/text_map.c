#include "base/text_map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void text_map_init(struct text_map *m, size_t count)
{
    size_t size = 16;
    while (size < 2 * count)
        size *= 2;
    *m = (struct text_map){.slots = xcalloc(size, sizeof *m->slots), .mask = size - 1};
}

void text_map_release(struct text_map *m)
{
    free(m->slots);
    *m = (struct text_map){0};
}

static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3;
    return h ^ h >> 32;
}

struct text_map_slot *text_map_at(const struct text_map *m, const char *text)
{
    size_t i = (size_t)hash(text) & m->mask;
    while (m->slots[i].text && strcmp(m->slots[i].text, text) != 0)
        i = (i + 1) & m->mask;
    return &m->slots[i];
}
