#include "proto/agent_add.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "proto/agent_filter.h"
#include "proto/wire.h"

enum { CONSTRAIN_LIFETIME = 1, CONSTRAIN_CONFIRM = 2 };

static uint32_t unit_seconds(char unit)
{
    switch (unit) {
    case 's':
    case 'S': return 1;
    case 'm':
    case 'M': return 60;
    case 'h':
    case 'H': return 3600;
    case 'd':
    case 'D': return 86400;
    case 'w':
    case 'W': return 604800;
    default: return 0;
    }
}

/* "90", "1h30m": sshd_config(5), TIME FORMATS. 0: it is none, or too long. */
static uint32_t parse_time(const char *text)
{
    uint64_t total = 0;
    while (*text) {
        char *end;
        if (*text < '0' || *text > '9')
            return 0;
        unsigned long long n = strtoull(text, &end, 10);
        uint64_t unit = *end ? unit_seconds(*end) : 1;
        if (unit == 0 || n > UINT32_MAX)
            return 0;
        total += n * unit;
        if (total > UINT32_MAX)
            return 0;
        text = end + (*end != '\0');
    }
    return (uint32_t)total;
}

struct agent_add agent_add_parse(const char *text)
{
    static const struct {
        const char *word;
        struct agent_add how;
    } table[] = {
        {"yes", {.wanted = true}},
        {"true", {.wanted = true}},
        {"ask", {.wanted = true, .ask = true}},
        {"confirm", {.wanted = true, .confirm = true}},
        {"no", {.wanted = false}},
        {"false", {.wanted = false}},
    };
    text = text ? text : "no";
    size_t len = strcspn(text, " \t");
    struct agent_add how = {.wanted = false};
    const char *rest = text;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strlen(table[i].word) == len && strncasecmp(text, table[i].word, len) == 0) {
            how = table[i].how;
            rest = text + len + strspn(text + len, " \t");
            if (!*rest)
                return how;
        }
    how.lifetime = parse_time(rest);
    how.wanted = how.lifetime > 0;
    return how;
}

void agent_add_print(const struct agent_add *how, const struct private_key *key,
                     const char *comment, struct buf *message)
{
    bool constrained = how->confirm || how->lifetime > 0;
    buf_append(message, &(uint8_t){constrained ? AGENT_ADD_ID_CONSTRAINED : AGENT_ADD_IDENTITY}, 1);
    buf_append(message, buf_data(&key->fields), key->fields.len);
    wire_put_string(message, comment, strlen(comment));
    if (how->lifetime > 0) {
        buf_append(message, &(uint8_t){CONSTRAIN_LIFETIME}, 1);
        wire_put_u32(message, how->lifetime);
    }
    if (how->confirm)
        buf_append(message, &(uint8_t){CONSTRAIN_CONFIRM}, 1);
}

bool agent_add_send(const char *path, const struct buf *message, const struct agent_wait *wait,
                    int64_t deadline, struct err *err)
{
    struct buf answer = {0};
    int fd = agent_connect(path, err);
    if (fd < 0)
        return false;
    enum agent_io io = agent_send(wait, fd, buf_data(message), message->len, deadline);
    if (io == AGENT_IO_OK)
        io = agent_receive(wait, fd, &answer, deadline);
    bool ok = io == AGENT_IO_OK && buf_data(&answer)[0] == AGENT_SUCCESS;
    if (!ok)
        err_set(err, "the agent at %s %s", path,
                io == AGENT_IO_LATE ? "does not answer" : "did not take it");
    buf_release(&answer);
    close(fd);
    return ok;
}
