#include "rpc/stderr_log.h"

#include <stdio.h>

static void emit(struct log_sink *self, const struct log_record *record) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    (void)self;
    fprintf(stderr, "%s: %.*s%s%.*s\n", names[record->level], STR_ARG(record->urn),
            record->urn.len > 0 ? ": " : "", STR_ARG(record->message));
}

struct log_sink stderr_log = {.emit = emit, .min_level = LOG_DEBUG};
