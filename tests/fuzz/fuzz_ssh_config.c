/*
 * The ssh config as we read it ourselves. Whatever a file holds, it is accepted or refused with
 * its place and a reason, twice the same, and the command line's word comes first.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "proto/ssh_config_file.h"
#include "proto/ssh_settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
    if (!right)
        abort();
}

static bool is_shown(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool read_config(const char *path, const char *const *option, struct ssh_settings *s,
                        struct err *err)
{
    char host[] = "web1";
    struct ssh_name name = {.host = host};
    struct ssh_options o = {.host = host, .file = path, .option = option};
    *err = (struct err){""};
    ssh_settings_init(s);
    return ssh_config_file_read(&o, &name, "/home/ann", s, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const option[] = {"Port=5", NULL};
    char path[64];
    char *text = xstrndup((const char *)data, size);
    /* Other files are not what is fuzzed, and some of them never end. */
    bool others = strcasestr(text, "include") != NULL;
    free(text);
    int fd = memfd_create("config", MFD_CLOEXEC);
    check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!others) {
        struct ssh_settings a, b, c;
        struct err first, second;
        bool ok = read_config(path, NULL, &a, &first);
        check(read_config(path, NULL, &b, &second) == ok);
        check(strcmp(first.text, second.text) == 0 && is_shown(first.text));
        check(ok == !*first.text);
        check(same(a.hostname, b.hostname) && same(a.user, b.user) && a.port == b.port);
        if (read_config(path, option, &c, &first))
            check(c.port == 5);
        ssh_settings_finish(&a);
        ssh_settings_release(&a);
        ssh_settings_release(&b);
        ssh_settings_release(&c);
    }
    close(fd);
    return 0;
}
