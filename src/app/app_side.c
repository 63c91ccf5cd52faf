/* Questions to the host beside the session: a second channel, one at a time. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "session/dialect.h"

#define SIDE_LIMIT_MS   10000
#define SIDE_OUTPUT_MAX (1024 * 1024)

bool app_side_start(struct app *app, enum side_purpose purpose, const char *command)
{
    if (!app->link || app->side.purpose != SIDE_NONE)
        return false;
    app->side.purpose = purpose;
    app->side.deadline = app->now + SIDE_LIMIT_MS;
    app->side.channel = ssh_channel_open(app->link, &(struct ssh_channel_spec){.command = command});
    return true;
}

void app_side_release(struct app *app)
{
    if (app->side.channel)
        ssh_channel_drop(app->side.channel);
    buf_release(&app->side.output);
    app->side = (struct side){0};
}

void app_signal(struct app *app, const char *name)
{
    long pid = session_view(app->session).pid;
    if (pid <= 0) {
        app_notice(app, "no signal sent: this host's shell did not tell its process number");
        return;
    }
    struct buf command = {0};
    dialect_signal_command(pid, name, &command);
    if (!app_side_start(app, SIDE_SIGNAL, buf_str(&command)))
        app_notice(app, "no signal sent: another request to the host is under way");
    buf_release(&command);
}

bool app_side_complete(struct app *app, const char *line, size_t len)
{
    struct session_view view = session_view(app->session);
    /* (Its channel is the session's user's, on the session's host.) */
    if (!view.dialect || view.dialect->complete_after || app->elsewhere)
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

/* <characters to replace> LF <options> LF <candidate> NUL <candidate> NUL ... */
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
    app_complete_answer(app, strtol(data, NULL, 10), options + 1, first, count);
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
    int status = ssh_channel_status(app->side.channel);
    const char *error = ssh_channel_error(app->side.channel);
    if (app->side.purpose == SIDE_WINDOWS) {
        app_windows_answer(app, buf_str(&app->side.output));
    } else if (app->side.purpose == SIDE_HISTORY) {
        app_host_history_file(app, buf_data(&app->side.output), app->side.output.len);
    } else if (app->side.purpose == SIDE_WHO) {
        who_answer(app);
    } else if (error[0]) {
        app->completion.waiting = false;
        app_notice(app, "the host allows no second channel: %s", error);
    } else if (app->side.purpose == SIDE_SIGNAL) {
        signal_answer(app, status);
    } else if (app->side.purpose == SIDE_LIST) {
        app_windows_listed(app, buf_str(&app->side.output));
    } else {
        complete_answer(app);
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
        while ((n = ssh_channel_take(side->channel, err, data, sizeof data)) > 0)
            if (wanted && side->output.len + n <= SIDE_OUTPUT_MAX)
                buf_append(&side->output, data, n);
    }
    bool late = side->deadline <= app->now;
    if (ssh_channel_state(side->channel) != CHANNEL_CLOSED && !late)
        return;
    bool opens = side->purpose == SIDE_WINDOWS;
    if (ssh_channel_state(side->channel) != CHANNEL_CLOSED && !opens) {
        app->completion.waiting = false;
        if (side->purpose != SIDE_HISTORY && side->purpose != SIDE_WHO)
            app_notice(app, "the host did not answer a request within %d s", SIDE_LIMIT_MS / 1000);
    } else {
        answer(app);
    }
    app_side_release(app);
    if (opens)
        app_open_session(app);
}
