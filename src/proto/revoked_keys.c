#include "proto/revoked_keys.h"

#include <stdlib.h>

#include "proto/key_list.h"
#include "proto/krl.h"

/* As in ssh a line that is no key spoils the whole list: it may be the one that matters. */
static enum revoked check_lines(const char *file, struct buf *text, const uint8_t *key,
                                size_t key_len, struct err *err)
{
    enum revoked result = REVOKED_NO;
    struct buf line = {0};
    long number = 0;
    for (char *rest; result != REVOKED_ERROR && (rest = key_list_line(text, &line));) {
        struct public_key parsed;
        size_t len;
        const char *type = key_list_field(&rest), *base64 = key_list_field(&rest);
        number++;
        if (*type == '\0' || *type == '#')
            continue;
        uint8_t *blob = key_list_key(type, base64, &len, &parsed);
        if (!blob) {
            err_set(err, "%.300s:%ld is no key", file, number);
            result = REVOKED_ERROR;
        } else if (public_key_covers(blob, len, key, key_len)) {
            result = REVOKED_YES;
        }
        free(blob);
    }
    buf_release(&line);
    return result;
}

static enum revoked check_list(const char *file, const struct buf *data, const uint8_t *key,
                               size_t key_len, struct err *err)
{
    switch (krl_check(buf_data(data), data->len, key, key_len)) {
    case KRL_NO: return REVOKED_NO;
    case KRL_REVOKED: return REVOKED_YES;
    default:
        err_set(err, "%.300s is a key revocation list that cannot be read", file);
        return REVOKED_ERROR;
    }
}

enum revoked revoked_keys_check(const char *file, const uint8_t *key, size_t key_len,
                                struct err *err)
{
    struct buf data = {0};
    enum revoked result = REVOKED_ERROR;
    switch (key_list_read(file, &data, err)) {
    case KEY_LIST_READ:
        result = krl_is(buf_data(&data), data.len) ? check_list(file, &data, key, key_len, err)
                                                   : check_lines(file, &data, key, key_len, err);
        break;
    case KEY_LIST_ABSENT: err_set(err, "there is no %.300s", file); break;
    case KEY_LIST_ERROR: break;
    }
    buf_release(&data);
    return result;
}
