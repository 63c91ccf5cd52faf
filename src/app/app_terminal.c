/*
 * What the local terminal says of itself: asked once, when a session is open, so that no answer
 * comes to a question of the connection or to the shell that we leave to.
 */
#include "app/app_priv.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define LAST_WAIT_MS 200

static void allow(struct app *app)
{
    const struct config_settings *own = app->options->own;
    vscreen_allow(app->vscreen,
                  &(struct vscreen_allowed){.clear_scrollback = own->clear == CLEAR_ALL,
                                            .clipboard = own->osc52,
                                            .kitty_keys = app->local.kitty_keys});
}

void app_terminal_init(struct app *app)
{
    const char *term = getenv("TERM");
    /* tmux takes it, and does not answer the question for it. */
    app->local.modify_other_keys = term && strncmp(term, "tmux", 4) == 0;
    allow(app);
}

void app_terminal_ask(struct app *app)
{
    if (app->local.asked || !app->screen_on || app->phase != PHASE_SESSION)
        return;
    size_t before = tty_out(app->tty)->len;
    display_ask(app->display, tty_out(app->tty));
    app->local.asked = true;
    app->local.waiting = tty_out(app->tty)->len > before;
}

void app_terminal_report(struct app *app, const struct key *key)
{
    switch (key->report.what) {
    case REPORT_DEVICE: app->local.waiting = false; break;
    case REPORT_KITTY: app->local.kitty_keys = true; break;
    case REPORT_MODIFY: app->local.modify_other_keys = true; break;
    case REPORT_COLOR: vscreen_know_color(app->vscreen, key->report.slot, key->report.value); break;
    case REPORT_OTHER: break;
    }
    allow(app);
}

void app_terminal_frame(const struct app *app, struct frame *f)
{
    if (!app->local.modify_other_keys)
        f->modify_other_keys = 0;
}

/* The session has ended before the answers came: they are not the local shell's. */
void app_terminal_drain(struct app *app)
{
    int64_t end = clock_ms() + LAST_WAIT_MS;
    struct key key;
    while (app->local.waiting && tty_flush(app->tty)) {
        app->now = clock_ms();
        struct pollfd tty = {.fd = tty_fd(app->tty), .events = POLLIN};
        if (app->now >= end || poll(&tty, 1, (int)(end - app->now)) <= 0)
            return;
        app_keys(app);
        while (keys_next(app->keys, app->now, &key))
            if (key.kind == KEY_REPORT)
                app_terminal_report(app, &key);
    }
}
