/* The host key stage: its questions, and how it says what is wrong. */
#include "proto/host_key_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "proto/ssh_settings.h"

#define OTHER_NAMES 8 /* shown of the names that a key is known by, as in ssh */

/* What comes from the config and the file system may hold anything. */
static char *clean(char *text)
{
    char shown[2048];
    utf8_sanitize(shown, sizeof shown, text, strlen(text), 1000, 0);
    free(text);
    return xstrdup(shown);
}

char *host_key_shown(const struct host_key *k)
{
    const struct connect_worker *w = k->w;
    char *typed_name = known_hosts_name(w->s.name, w->s.port);
    bool typed = strcmp(typed_name, k->name) != 0;
    bool address = w->address[0] && strcmp(w->address, w->s.hostname) != 0;
    struct buf text = {0};
    free(typed_name);
    buf_puts(&text, typed ? w->s.name : k->name);
    if (typed || address)
        buf_printf(&text, " (%s%s%s)", typed ? k->name : "", typed && address ? ", " : "",
                   address ? w->address : "");
    char *shown = clean(xstrdup(buf_str(&text)));
    buf_release(&text);
    return shown;
}

static char *place_text(const struct known_place *place)
{
    return clean(xasprintf("%s:%ld", place->file, place->line));
}

/* For a shell; as it is where nothing in it means something there. */
static void put_quoted(struct buf *out, const char *text)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "/._-+:@%,=";
    bool plain = text[strspn(text, harmless)] == '\0';
    buf_puts(out, plain ? "" : "'");
    for (; *text; text++)
        buf_puts(out, *text == '\'' ? "'\\''" : (char[]){*text, '\0'});
    buf_puts(out, plain ? "" : "'");
}

/* The command that removes a name's keys from a file, hashed or not. */
static char *removal(const char *file, const char *name)
{
    struct buf command = {0};
    buf_puts(&command, "ssh-keygen -f ");
    put_quoted(&command, file);
    buf_puts(&command, " -R ");
    put_quoted(&command, name);
    char *text = clean(xstrdup(buf_str(&command)));
    buf_release(&command);
    return text;
}

/* ---- a known key ---- */

void host_key_show(const struct host_key *k)
{
    char *art = fingerprint_art(k->hash, k->w->host_key, k->w->host_key_len);
    struct connect_event event = {
        .kind = CONNECT_BANNER,
        .stage = k->w->stage,
        .text =
            xasprintf("%s\nThe %s key of %s is %s.\n", art, k->key.word, k->shown, k->fingerprint),
    };
    mailbox_post(k->w->mail, &event);
    free(art);
}

/* ---- an unknown key ---- */

/* Host certificates are not supported: somebody may wonder. */
static void put_authority(struct buf *out, const struct host_key *k)
{
    if (!k->host.place.line)
        return;
    char *place = place_text(&k->host.place);
    buf_printf(out, " (%s has a @cert-authority for it, but host certificates are not supported)",
               place);
    free(place);
}

static void put_other_names(struct buf *out, const struct host_key *k)
{
    char **names =
        known_hosts_other_names(k->files, k->name, k->w->host_key, k->w->host_key_len, OTHER_NAMES);
    if (names)
        buf_puts(out, "This host key is known by the following other names:\n");
    for (size_t i = 0; names && names[i]; i++)
        buf_printf(out, "    %s\n", names[i]);
    ssh_list_free(names);
}

/* What matters most comes last, next to the prompt: a small screen may show no more. */
static char *unknown_text(const struct host_key *k, bool short_one)
{
    struct buf text = {0};
    if (!short_one) {
        char *art = fingerprint_art(k->hash, k->w->host_key, k->w->host_key_len);
        put_other_names(&text, k);
        buf_printf(&text, "%s\n", art);
        free(art);
    }
    buf_printf(&text, "%s is not a known host", k->shown);
    put_authority(&text, k);
    buf_printf(&text, ".\nIts %s key is %s.", k->key.word, k->fingerprint);
    char *result = xstrdup(buf_str(&text));
    buf_release(&text);
    return result;
}

enum reply { REPLY_YES, REPLY_NO, REPLY_NONE, REPLY_OTHER };

/* As ssh reads it: the first word; nothing is no. `print` may be NULL. Takes the text. */
static enum reply ask(struct connect_worker *w, char *text, const char *prompt, const char *print)
{
    struct connect_event question = {
        .text = text,
        .prompt_count = 1,
        .prompt = {{.text = xstrdup(prompt), .echo = true}},
    };
    char *answers[CONNECT_PROMPTS];
    if (!worker_ask(w, &question, answers))
        return REPLY_NONE;
    char *answer = answers[0] + strspn(answers[0], " \t");
    answer[strcspn(answer, " \t\r\n")] = '\0';
    enum reply reply = REPLY_OTHER;
    if (strcasecmp(answer, "yes") == 0 || (print && strcmp(answer, print) == 0))
        reply = REPLY_YES;
    else if (!*answer || strcasecmp(answer, "no") == 0)
        reply = REPLY_NO;
    mailbox_wipe(answers);
    return reply;
}

static bool confirm(struct connect_worker *w, char *text, const char *prompt, const char *again,
                    const char *print)
{
    enum reply reply = ask(w, text, prompt, print);
    while (reply == REPLY_OTHER)
        reply = ask(w, NULL, again, print);
    if (reply == REPLY_NO)
        worker_fail(w, "the host's key was not accepted");
    return reply == REPLY_YES;
}

bool host_key_ask_unknown(struct host_key *k)
{
    return confirm(k->w, unknown_text(k, !worker_may_ask(k->w)),
                   "Continue connecting (yes/no/[fingerprint])? ",
                   "Please type 'yes', 'no' or the fingerprint: ", k->fingerprint);
}

bool host_key_fail_unknown(struct host_key *k, const char *why)
{
    struct buf text = {0};
    put_authority(&text, k);
    worker_fail(k->w,
                "%s is not a known host%s, and %s. Its %s key is %s: check it and add it to "
                "known_hosts",
                k->shown, buf_str(&text), why, k->key.word, k->fingerprint);
    buf_release(&text);
    return false;
}

/* ---- another key than the known one ---- */

/* CheckHostIP: whether the name alone has moved, which would be the DNS's doing. */
static char *address_hint(const struct host_key *k)
{
    static const char *const hints[] = {
        [KNOWN_MATCH] = "is known by this very key",
        [KNOWN_NEW] = "is not known",
        [KNOWN_CHANGED] = "has another key as well",
    };
    return k->address_name
               ? xasprintf(" (CheckHostIP: %s %s)", k->address_name, hints[k->address.known])
               : xstrdup("");
}

bool host_key_fail_changed(struct host_key *k)
{
    char *place = place_text(&k->host.place), *hint = address_hint(k);
    char *command = removal(k->host.place.file, k->name);
    worker_fail(k->w,
                "THE HOST'S KEY HAS CHANGED: someone may be listening in, or the host was set up "
                "anew. It showed the %s key %s, but %s has another, %s%s. Ask its administrator; "
                "if the new key is right, remove the old: %s",
                k->key.word, k->fingerprint, place, k->host.place.word, hint, command);
    free(command);
    free(hint);
    free(place);
    return false;
}

void host_key_tell_changed(struct host_key *k)
{
    char *place = place_text(&k->host.place), *hint = address_hint(k);
    worker_notice(k->w,
                  "THE HOST'S KEY HAS CHANGED (%s has another, %s, than %s)%s; going on since "
                  "StrictHostKeyChecking is no, but no password will be sent",
                  place, k->host.place.word, k->fingerprint, hint);
    free(hint);
    free(place);
}

static char *address_text(const struct host_key *k)
{
    char *place = place_text(&k->address.place);
    char *text = xasprintf("the %s key of %s differs from the %s key of its address in %s",
                           k->key.word, k->shown, k->address.place.word, place);
    free(place);
    return text;
}

bool host_key_ask_address(struct host_key *k)
{
    char *text = address_text(k), *question = xasprintf("CheckHostIP: %s.", text);
    free(text);
    return confirm(k->w, question, "Continue connecting (yes/no)? ",
                   "Please type 'yes' or 'no': ", NULL);
}

void host_key_tell_address(struct host_key *k)
{
    char *text = address_text(k);
    worker_notice(k->w, "CheckHostIP: %s", text);
    free(text);
}

bool host_key_fail_address(struct host_key *k)
{
    char *text = address_text(k), *command = removal(k->address.place.file, k->address_name);
    worker_fail(k->w, "CheckHostIP: %s; if the host's is right, remove the other: %s", text,
                command);
    free(command);
    free(text);
    return false;
}
