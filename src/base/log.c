#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

#define LOG_KEPT_MAX (256 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_level;
static int64_t begun; /* 0: not yet */
static bool holding;
static struct buf kept;
static FILE *file; /* NULL: stderr */

void log_set_level(int level)
{
    pthread_mutex_lock(&lock);
    log_level = level;
    if (level > 0 && begun == 0)
        begun = clock_ms();
    pthread_mutex_unlock(&lock);
}

bool log_enabled(int level)
{
    pthread_mutex_lock(&lock);
    bool on = level <= log_level;
    pthread_mutex_unlock(&lock);
    return on;
}

static void flush_kept(void)
{
    FILE *to = log_stream();
    fwrite(buf_data(&kept), 1, kept.len, to);
    fflush(to);
    buf_release(&kept);
}

FILE *log_stream(void)
{
    return file ? file : stderr;
}

bool log_to(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    FILE *opened = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (!opened)
        return err_set(err, "the log %s cannot be written: %s", path, strerror(errno));
    setvbuf(opened, NULL, _IOLBF, 0);
    if (file)
        fclose(file);
    file = opened;
    return true;
}

void log_hold(bool held)
{
    pthread_mutex_lock(&lock);
    holding = held;
    if (!held && kept.len > 0)
        flush_kept();
    pthread_mutex_unlock(&lock);
}

void log_line(int level, const char *format, ...)
{
    if (!log_enabled(level))
        return;
    char line[512], text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    /* What the far side named itself may be in it. */
    utf8_sanitize(text, sizeof text, line, strlen(line), sizeof text, 0);
    pthread_mutex_lock(&lock);
    int64_t since = clock_ms() - begun;
    if (kept.len > LOG_KEPT_MAX)
        buf_consume(&kept, LOG_KEPT_MAX / 2);
    buf_printf(&kept, "tether: %3lld.%03lld %s\n", (long long)(since / 1000),
               (long long)(since % 1000), text);
    if (!holding || file)
        flush_kept();
    pthread_mutex_unlock(&lock);
}
