/* Questions to the host beside the session: a second channel, one at a time. */
#include "app/app_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "session/dialect.h"

#define SIDE_OUTPUT_MAX (1024 * 1024)

/* What is not asked for by a person fails in silence, and some of it gives way to what is. */
static const struct {
    int64_t limit; /* ms */
    bool quiet, yields;
} purposes[] = {
    [SIDE_SIGNAL] = {10000, false, false}, [SIDE_COMPLETE] = {10000, false, false},
    [SIDE_PREVIEW] = {3000, false, true},  [SIDE_HISTORY] = {10000, true, false},
    [SIDE_WHO] = {10000, true, false},     [SIDE_LIST] = {10000, false, false},
    [SIDE_WINDOWS] = {10000, true, false}, [SIDE_NAMES] = {10000, true, true},
};

bool app_side_start(struct app *app, enum side_purpose purpose, const char *command)
{
    if (app->side.purpose != SIDE_NONE && purposes[app->side.purpose].yields)
        app_side_release(app);
    if (!app->link || app->side.purpose != SIDE_NONE)
        return false;
    app->side.purpose = purpose;
    app->side.deadline = app->now + purposes[purpose].limit;
    app->side.channel = ssh_channel_open(app->link, &(struct ssh_channel_spec){.command = command});
    return true;
}

bool app_side_free(const struct app *app)
{
    return app->side.purpose == SIDE_NONE || purposes[app->side.purpose].yields;
}

void app_side_release(struct app *app)
{
    if (app->side.deadline <= app->now) /* it may hang */
        ssh_channel_drop(app->side.channel);
    else
        ssh_channel_leave(app->side.channel);
    buf_release(&app->side.output);
    app->side = (struct side){0};
}

void app_signal(struct app *app, const char *name)
{
    long pid = session_view(app->in.session).pid;
    if (pid <= 0) {
        app_notice(app, "no signal sent: this host's shell did not tell its process number");
        return;
    }
    const struct session *first = app->around_count > 0 ? app->around[0].session : app->in.session;
    struct buf command = {0};
    dialect_signal_command(session_view(first).pid, pid, name, &command);
    if (!app_side_start(app, SIDE_SIGNAL, buf_str(&command)))
        app_notice(app, "no signal sent: another request to the host is under way");
    buf_release(&command);
}

bool app_side_complete(struct app *app, const char *line, size_t len)
{
    struct session_view view = session_view(app->in.session);
    /* (Its channel is the session's user's, on the session's host.) */
    if (!view.dialect || view.dialect->complete_key || app->in.elsewhere)
        return false;
    if (view.dialect->take == TAKE_ROW)
        return app_windows_complete(app, line, len);
    struct buf command = {0};
    dialect_complete_command(view.cwd, view.field[FIELD_NAMES], line, len, &command);
    bool started = app_side_start(app, SIDE_COMPLETE, buf_str(&command));
    buf_release(&command);
    return started;
}

bool app_side_history(struct app *app, const struct dialect *dialect)
{
    struct buf command = {0};
    dialect_history_command(dialect, &command);
    bool started = app_side_start(app, SIDE_HISTORY, buf_str(&command));
    buf_release(&command);
    return started;
}

static void signal_answer(struct app *app, int status)
{
    char text[200];
    struct buf *out = &app->side.output;
    while (out->len > 0 && buf_data(out)[out->len - 1] <= ' ')
        out->len--;
    utf8_sanitize(text, sizeof text, (const char *)buf_data(out), out->len, 150, 0);
    if (status == 0)
        app_notice(app, "signal sent: %s", text);
    else
        app_notice(app, "no signal sent: %s", text[0] ? text : "the host refused");
}

/* <bytes to replace> LF <options> LF <candidate> NUL <candidate> NUL ... */
static void complete_answer(struct app *app)
{
    struct buf *out = &app->side.output;
    buf_putc(out, '\0');
    char *data = (char *)buf_data(out);
    char *options = memchr(data, '\n', out->len);
    char *first =
        options ? memchr(options + 1, '\n', out->len - (size_t)(options + 1 - data)) : NULL;
    if (!first || strspn(data, "0123456789") != (size_t)(options - data)) {
        app->completion.waiting = false;
        app_notice(app, "no completion from this host");
        return;
    }
    *first++ = '\0';
    size_t count = 0;
    for (char *p = first; p < data + out->len - 1; p++)
        count += *p == '\0';
    long total = app->side.cut ? LONG_MAX : (long)count;
    app_complete_answer(app, strtol(data, NULL, 10), total, options + 1, count);
}

static void failed(struct app *app, const char *what, const char *why)
{
    if (!purposes[app->side.purpose].quiet)
        app_notice(app, "%s%s", what, why);
    switch (app->side.purpose) {
    case SIDE_COMPLETE:
    case SIDE_LIST: app->completion.waiting = false; break;
    case SIDE_PREVIEW: app_preview_close(app); break;
    case SIDE_HISTORY: app_host_history_file(app, "", 0); break;
    case SIDE_NAMES: app_names_failed(app); break;
    default: break;
    }
}

/* <name> LF <name> LF <"raw" or ""> LF */
static void who_answer(struct app *app)
{
    char name[3][64] = {"", "", ""};
    const char *line = buf_str(&app->side.output);
    for (int i = 0; i < 3 && line && *line; i++) {
        utf8_sanitize(name[i], sizeof name[i], line, strcspn(line, "\n"), 40, 0);
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    app_nested_who(app, name[0], name[1], strcmp(name[2], "raw") == 0);
}

static void answer(struct app *app)
{
    const struct buf *out = &app->side.output;
    const char *text = buf_str(&app->side.output);
    switch (app->side.purpose) {
    case SIDE_NONE: break;
    case SIDE_SIGNAL: signal_answer(app, ssh_channel_status(app->side.channel)); break;
    case SIDE_COMPLETE: complete_answer(app); break;
    case SIDE_PREVIEW: app_preview_answer(app, text, out->len); break;
    case SIDE_HISTORY: app_host_history_file(app, text, out->len); break;
    case SIDE_WHO: who_answer(app); break;
    case SIDE_LIST: app_windows_listed(app, text); break;
    case SIDE_WINDOWS: app_windows_answer(app, text); break;
    case SIDE_NAMES: app_names_in_path(app, text, out->len, app->side.cut); break;
    }
}

void app_side_step(struct app *app)
{
    struct side *side = &app->side;
    if (side->purpose == SIDE_NONE)
        return;
    char data[4096];
    size_t n;
    for (int err = 0; err < 2; err++) {
        /* What the login shell has to complain of is no candidate. */
        bool wanted = !err || side->purpose == SIDE_SIGNAL;
        while ((n = ssh_channel_take(side->channel, err, data, sizeof data)) > 0) {
            side->cut = side->cut || (wanted && side->output.len + n > SIDE_OUTPUT_MAX);
            if (wanted && !side->cut)
                buf_append(&side->output, data, n);
        }
    }
    bool late = side->deadline <= app->now;
    if (ssh_channel_state(side->channel) != CHANNEL_CLOSED && !late)
        return;
    bool opens = side->purpose == SIDE_WINDOWS;
    const char *error = ssh_channel_error(side->channel);
    /* (What a host has not told by then of itself is an answer too.) */
    if (opens)
        answer(app);
    else if (ssh_channel_state(side->channel) != CHANNEL_CLOSED)
        failed(app, "the host did not answer a request in time", "");
    else if (error[0])
        failed(app, "the host allows no second channel: ", error);
    else
        answer(app);
    app_side_release(app);
    if (opens)
        app_open_session(app);
}
