#include "proto/signal_name.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int number;
} table[] = {
    {"HUP", 1},   {"INT", 2},   {"QUIT", 3},  {"ILL", 4},   {"TRAP", 5},   {"ABRT", 6},
    {"BUS", 7},   {"FPE", 8},   {"KILL", 9},  {"USR1", 10}, {"SEGV", 11},  {"USR2", 12},
    {"PIPE", 13}, {"ALRM", 14}, {"TERM", 15}, {"CONT", 18}, {"STOP", 19},  {"TSTP", 20},
    {"TTIN", 21}, {"TTOU", 22}, {"XCPU", 24}, {"XFSZ", 25}, {"WINCH", 28}, {"SYS", 31},
};
#define COUNT (sizeof table / sizeof table[0])

int signal_number(const char *name)
{
    if (strncmp(name, "SIG", 3) == 0)
        name += 3;
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].number;
    return 0;
}

const char *signal_name(int number)
{
    for (size_t i = 0; i < COUNT; i++)
        if (table[i].number == number)
            return table[i].name;
    return NULL;
}
