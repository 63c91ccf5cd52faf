/*
 * Every keyword of ssh_config(5), OpenSSH 8.0 to 10, and what becomes of it here. The one table
 * that `ssh -G` lines are read by.
 */
#ifndef PROTO_SSH_KEYWORD_H
#define PROTO_SSH_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

enum ssh_fate {
    FATE_FIELD,   /* honoured: it goes to a field of the settings */
    FATE_APPLIED, /* it says which values hold: done with once the config has been read */
    FATE_MOOT,    /* nothing here depends on it */
    FATE_NAMED,   /* what it asks for is not done: the person is told its name */
};

/* How a value becomes a field of struct ssh_settings. */
enum ssh_field {
    FIELD_STRING,
    FIELD_CHOICE, /* a string, with "yes" and "no" for all that ssh prints for them */
    FIELD_INT,
    FIELD_BOOL,
    FIELD_APPEND, /* each line adds one value */
    FIELD_FILES,  /* one line, file names separated by spaces */
    FIELD_COMMAS, /* one line, values separated by commas */
    FIELD_STRICT,
    FIELD_FAMILY,
    FIELD_TTY,
    FIELD_LEVEL,
    FIELD_ESCAPE,
    FIELD_SEND_ENV,
};

/* How a value is written in a config. */
enum ssh_syntax {
    SYNTAX_WORD,
    SYNTAX_CHOICE, /* one of the keyword's choices */
    SYNTAX_NUMBER,
    SYNTAX_PORT,  /* a number, or the name of a service */
    SYNTAX_TIME,  /* seconds, "1h30m", none */
    SYNTAX_EACH,  /* one word, and further lines add theirs */
    SYNTAX_FILES, /* several words, of which "none" stands alone */
    SYNTAX_REST,  /* a command: all that follows, as it is */
    SYNTAX_JUMP,
    SYNTAX_FORWARD, /* two words, and further lines add theirs */
    SYNTAX_LISTEN,  /* one word or two, and further lines add theirs */
    SYNTAX_ALGORITHMS,
    SYNTAX_AGENT,    /* yes, no, or a word */
    SYNTAX_ADD_KEYS, /* a choice, a time, or "confirm" and a time */
    SYNTAX_ESCAPE,
    SYNTAX_QOS,
    SYNTAX_REKEY,
    SYNTAX_SEND_ENV,
    SYNTAX_SET_ENV,
    SYNTAX_ANY, /* nobody looks */
};

struct ssh_keyword {
    const char *name; /* as ssh_config(5) spells it */
    /* The default, as `ssh -G` prints it, if it is one value and the same for everybody; of a
       named one also what else asks for nothing, separated by spaces. */
    const char *usual;
    enum ssh_fate fate;
    enum ssh_field field;
    size_t offset; /* of the field; of a named one: of the bool without which it asks for nothing,
                      0: there is none */
    enum ssh_syntax syntax;
    const char *choices; /* separated by spaces, as `ssh -G` prints them; NULL: yes and no */
};

/* By its name or an old one, whatever the case; NULL: ssh knows none of that name. */
const struct ssh_keyword *ssh_keyword_find(const char *name);
/* In the table's order; NULL past the end. */
const struct ssh_keyword *ssh_keyword_at(size_t i);

/* Does this value of a named keyword ask for anything? */
bool ssh_keyword_asks(const struct ssh_keyword *keyword, const char *value);

/* "yes" for true, "no" for false and off; else the value itself. */
const char *ssh_keyword_plain(const char *value);

#endif
