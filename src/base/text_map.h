/* A map from texts, which are borrowed, to numbers: of a size that is known before. */
#ifndef BASE_TEXT_MAP_H
#define BASE_TEXT_MAP_H

#include <stddef.h>

struct text_map_slot {
    const char *text; /* NULL: it is not there; set it to put it in */
    size_t value;
};

struct text_map {
    struct text_map_slot *slots;
    size_t mask;
};

/* Room for `count` texts. */
void text_map_init(struct text_map *m, size_t count);
void text_map_release(struct text_map *m);
struct text_map_slot *text_map_at(const struct text_map *m, const char *text);

#endif
