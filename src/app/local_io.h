/*
 * Standard input, output and error without waiting for them, and without O_NONBLOCK leaking to
 * the programs that share them with us (a shell's pipeline, the terminal).
 */
#ifndef APP_LOCAL_IO_H
#define APP_LOCAL_IO_H

#include <stdbool.h>
#include <stddef.h>

struct local_io {
    int fd;
    bool own; /* opened anew: ours to close, and non-blocking */
    bool socket;
    size_t write_max; /* what can be written at once when poll(2) says so; 0: any amount */
};

void local_io_open(struct local_io *io, int fd, bool output);
void local_io_close(struct local_io *io);

/* Bytes read; 0: nothing now; -1: the end, or an error, which is the same to a reader. */
long local_io_read(const struct local_io *io, void *data, size_t size);
/* Bytes written; 0: nothing now (after a wait, if poll says ready); -1: see errno. */
long local_io_write(const struct local_io *io, const void *data, size_t len);

#endif
