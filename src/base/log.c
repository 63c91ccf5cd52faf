#include "base/log.h"

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
static bool holding;
static struct buf kept;

void log_set_level(int level)
{
    pthread_mutex_lock(&lock);
    log_level = level;
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
    fwrite(buf_data(&kept), 1, kept.len, stderr);
    buf_release(&kept);
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
    int64_t now = clock_ms();
    pthread_mutex_lock(&lock);
    if (kept.len > LOG_KEPT_MAX)
        buf_consume(&kept, LOG_KEPT_MAX / 2);
    buf_printf(&kept, "tether: %5lld.%03lld %s\n", (long long)(now / 1000 % 100000),
               (long long)(now % 1000), text);
    if (!holding)
        flush_kept();
    pthread_mutex_unlock(&lock);
}
