/* What libssh says of a failure, in our words: the one place that knows its texts. */
#ifndef PROTO_SSH_WORDS_H
#define PROTO_SSH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define SSH_WORDS_MAX 400

/* `text`: ssh_get_error's. What happened, as part of one line and clean to be shown, whatever
   of the host's own text is in it. Never empty. True: all that is known is that the connection
   was closed. */
bool ssh_words(const char *text, char out[SSH_WORDS_MAX]);

/* Why the host did not open a channel (the codes of RFC 4254 5.1; 0: that is not what the text
   says), with the host's own words for it, clean, "" if it has none. */
unsigned ssh_words_refusal(const char *text, char said[SSH_WORDS_MAX]);

/* Has libssh given up on an answer that it lets its caller go on waiting for? */
bool ssh_words_hopeless(const char *text);

#endif
