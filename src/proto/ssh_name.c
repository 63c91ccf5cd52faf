#include "proto/ssh_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define NAME_MAX_BYTES 1025 /* longer than any name in the DNS */

static const char scheme[] = "ssh://";

/* The name as it may be shown in an error. */
struct shown {
    char text[128];
};

static struct shown show(const char *name)
{
    struct shown s;
    utf8_sanitize(s.text, sizeof s.text, name, strlen(name), 80, 0);
    return s;
}

static bool printable(const char *name)
{
    char out[NAME_MAX_BYTES * 4];
    utf8_sanitize(out, sizeof out, name, strlen(name), sizeof out, 0);
    return strcmp(out, name) == 0;
}

static bool check(const char *name, const char *what, const char *refused, struct err *err)
{
    if (!*name)
        return err_set(err, "the %s is empty", what);
    if (strlen(name) > NAME_MAX_BYTES)
        return err_set(err, "the %s is too long", what);
    if (*name == '-')
        return err_set(err, "%s '%s' refused: it begins with '-'", what, show(name).text);
    if (strpbrk(name, " \t\r\n\v\f"))
        return err_set(err, "%s '%s' refused: it holds white space", what, show(name).text);
    const char *bad = strpbrk(name, refused);
    if (bad)
        return err_set(err, "%s '%s' refused: it holds '%c'", what, show(name).text, *bad);
    if (!printable(name))
        return err_set(err, "%s '%s' refused: it holds characters that cannot be shown", what,
                       show(name).text);
    return true;
}

bool ssh_name_check_host(const char *host, const char *what, struct err *err)
{
    return check(host, what, "'`\"$\\;&<>|(){}*?[]!#^~", err);
}

bool ssh_name_check_user(const char *user, struct err *err)
{
    /* A backslash is how a Windows domain stands before a name: CORP\ann. */
    if (!check(user, "user name", "'`\"$;&<>|(){}*?[]!", err))
        return false;
    if (user[strlen(user) - 1] == '\\')
        return err_set(err, "user name '%s' refused: it ends with '\\'", show(user).text);
    return true;
}

static bool parse_port(const char *text, int *port, struct err *err)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || n < 1 || n > 65535)
        return err_set(err, "'%s' is no port: 1 to 65535", show(text).text);
    *port = (int)n;
    return true;
}

/* Split "host", "[host]" and, in a URI, a port behind it. */
static bool parse_host(char *text, bool uri, struct ssh_name *name, struct err *err)
{
    char *port = NULL;
    if (*text == '[') {
        char *close = strchr(text, ']');
        if (!close || (close[1] && (close[1] != ':' || !uri)))
            return err_set(err, "host name '%s' refused: '[' and ']' enclose an IPv6 address",
                           show(text).text);
        port = close[1] ? close + 2 : NULL;
        *close = '\0';
        text++;
    } else if (uri && strchr(text, ':')) {
        port = strrchr(text, ':');
        *port++ = '\0';
    }
    if (port && !parse_port(port, &name->port, err))
        return false;
    name->host = xstrdup(text);
    return ssh_name_check_host(text, "host name", err);
}

static bool parse(char *text, bool uri, struct ssh_name *name, struct err *err)
{
    if (uri && *text && text[strlen(text) - 1] == '/')
        text[strlen(text) - 1] = '\0';
    char *at = strrchr(text, '@');
    if (at) {
        *at = '\0';
        char *params = uri ? strchr(text, ';') : NULL; /* ssh://user;fingerprint=...@host */
        if (params)
            *params = '\0';
        name->user = xstrdup(text);
        if (!ssh_name_check_user(name->user, err))
            return false;
        text = at + 1;
    }
    return parse_host(text, uri, name, err);
}

bool ssh_name_parse(const char *text, struct ssh_name *name, struct err *err)
{
    *name = (struct ssh_name){0};
    bool uri = strncmp(text, scheme, strlen(scheme)) == 0;
    char *copy = xstrdup(uri ? text + strlen(scheme) : text);
    bool ok = parse(copy, uri, name, err);
    free(copy);
    if (!ok)
        ssh_name_release(name);
    return ok;
}

void ssh_name_release(struct ssh_name *name)
{
    free(name->user);
    free(name->host);
    *name = (struct ssh_name){0};
}
