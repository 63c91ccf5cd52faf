/*
 * Files of public keys, read whole and cut into lines: known_hosts and lists of revoked keys.
 */
#ifndef PROTO_KEY_LIST_H
#define PROTO_KEY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/public_key.h"

enum key_list_file { KEY_LIST_READ, KEY_LIST_ABSENT, KEY_LIST_ERROR };

/* Append the file to `out`. Only a plain file, or /dev/null, of at most 64 MiB will do; the
   error names the file. */
enum key_list_file key_list_read(const char *path, struct buf *out, struct err *err);

/* The next line of `text`, which is consumed, without its newline and the carriage returns
   before that; a NUL in it ends it. It lives in `line` until the next call. NULL: no more. */
char *key_list_line(struct buf *text, struct buf *line);

/* The next field, blanks around it skipped; "" at the end. */
char *key_list_field(char **rest);

/* "TYPE BASE64": a key whose blob says the same type; caller frees. NULL: it is none. */
uint8_t *key_list_key(const char *type, const char *base64, size_t *len, struct public_key *key);

#endif
