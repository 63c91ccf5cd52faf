/* Run a program without a shell and take what it prints, bounded in time and size. */
#ifndef PROTO_CAPTURE_H
#define PROTO_CAPTURE_H

#include "base/buf.h"
#include "base/err.h"

enum capture_result {
    CAPTURE_RAN,     /* it ended by itself; `status` as from waitpid(2) */
    CAPTURE_MISSING, /* there is no such program in PATH */
    CAPTURE_FAILED,  /* it could not be run, took too long or printed too much: see err */
};

/* Standard input is empty; what it writes is appended to `out` and `errors`, at most `max`
   bytes each. */
enum capture_result capture_run(const char *const *argv, int seconds, size_t max, struct buf *out,
                                struct buf *errors, int *status, struct err *err);

#endif
