#include "app/ask_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"

#define ANSWER_MAX 4096

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool ask_tty_available(void)
{
    int fd = open_terminal();
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void put(int fd, const char *text)
{
    for (size_t len = strlen(text); len > 0;) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

/* ---- signals, while the echo is off ---- */

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
#define CAUGHT (sizeof caught / sizeof caught[0])

static volatile sig_atomic_t last_signal;

static void note_signal(int signo)
{
    last_signal = signo;
}

struct signals {
    struct sigaction before[CAUGHT];
    sigset_t before_mask, mask; /* `mask`: in force while waiting */
};

/* They are blocked but while we wait for the person. */
static void signals_take(struct signals *s)
{
    struct sigaction action = {.sa_handler = note_signal};
    sigset_t block;
    sigfillset(&action.sa_mask);
    sigemptyset(&block);
    last_signal = 0;
    for (size_t i = 0; i < CAUGHT; i++)
        sigaddset(&block, caught[i]);
    pthread_sigmask(SIG_BLOCK, &block, &s->before_mask);
    s->mask = s->before_mask;
    for (size_t i = 0; i < CAUGHT; i++)
        sigdelset(&s->mask, caught[i]); /* the program's loop may have blocked some */
    for (size_t i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], NULL, &s->before[i]);
        if (s->before[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
}

static void signals_give(const struct signals *s)
{
    for (size_t i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &s->before[i], NULL);
    pthread_sigmask(SIG_SETMASK, &s->before_mask, NULL);
}

/* ---- one line ---- */

enum line { LINE_READ, LINE_END, LINE_SIGNAL };

static enum line read_line(int fd, const sigset_t *mask, char answer[ANSWER_MAX])
{
    size_t len = 0;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int n = ppoll(&p, 1, NULL, mask);
        if (last_signal)
            return LINE_SIGNAL;
        if (n <= 0)
            continue;
        char c;
        if (read(fd, &c, 1) != 1)
            return LINE_END;
        if (c == '\n' || c == '\r')
            break;
        if (len < ANSWER_MAX - 1)
            answer[len++] = c;
    }
    answer[len] = '\0';
    return LINE_READ;
}

static enum line ask_once(int fd, const struct connect_prompt *prompt, char answer[ANSWER_MAX])
{
    struct signals signals;
    struct termios saved, quiet;
    signals_take(&signals);
    bool changed = tcgetattr(fd, &saved) == 0;
    if (changed) {
        quiet = saved;
        quiet.c_lflag |= ICANON | ISIG;
        quiet.c_iflag |= ICRNL;
        if (!prompt->echo)
            quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
        /* What was typed before the question answers nothing. */
        while (tcsetattr(fd, TCSAFLUSH, &quiet) < 0 && errno == EINTR && !last_signal)
            continue;
    }
    put(fd, prompt->text);
    enum line line = read_line(fd, &signals.mask, answer);
    if (!prompt->echo || line != LINE_READ)
        put(fd, "\n");
    if (changed)
        tcsetattr(fd, TCSANOW, &saved);
    signals_give(&signals);
    return line;
}

static bool in_front(int fd)
{
    pid_t front = tcgetpgrp(fd);
    return front < 0 || front == getpgrp();
}

static bool ask_prompt(int fd, const struct connect_prompt *prompt, char **answer)
{
    char text[ANSWER_MAX];
    enum line line;
    while ((line = ask_once(fd, prompt, text)) == LINE_SIGNAL) {
        int signo = last_signal;
        raise(signo); /* ends us, stops us for a while, or waits for the program's loop */
        if (signo != SIGTSTP && signo != SIGTTIN && signo != SIGTTOU)
            break;
    }
    if (line == LINE_READ)
        *answer = xstrdup(text);
    explicit_bzero(text, sizeof text);
    return line == LINE_READ;
}

bool ask_tty(const struct connect_event *question, char *answers[CONNECT_PROMPTS])
{
    memset(answers, 0, CONNECT_PROMPTS * sizeof answers[0]);
    int fd = open_terminal();
    if (fd < 0)
        return false;
    if (!in_front(fd))
        raise(SIGTTIN); /* stopped here until the local shell's fg */
    bool ok = in_front(fd);
    if (ok && question->text && *question->text) {
        put(fd, question->text);
        put(fd, "\n");
    }
    for (int i = 0; i < question->prompt_count && ok; i++)
        ok = ask_prompt(fd, &question->prompt[i], &answers[i]);
    close(fd);
    return ok;
}

void ask_tty_wipe(char *answers[CONNECT_PROMPTS])
{
    for (int i = 0; i < CONNECT_PROMPTS; i++) {
        if (answers[i])
            explicit_bzero(answers[i], strlen(answers[i]));
        free(answers[i]);
        answers[i] = NULL;
    }
}
