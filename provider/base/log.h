#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/redact.h"
#include "base/str.h"
#include "base/words.h"

enum log_level { LOG_DEBUG = 0, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_record {
    enum log_level level;
    bool ephemeral;     /* a status line: shown live beside the resource, not kept */
    struct str urn;     /* the resource it belongs to, or empty */
    struct str message; /* already redacted */
};

/* Where records go. emit() copies what it keeps, never blocks, never fails; any thread. */
struct log_sink {
    void (*emit)(struct log_sink *self, const struct log_record *record);
    enum log_level min_level;
};

/* One call's logger. A zeroed struct swallows everything. */
struct log {
    struct log_sink *sink;
    const struct redact *redact;
    struct arena *arena;
    struct str urn;
};

/* The format is that of base/words.h. */
void log_emit(const struct log *log, enum log_level level, bool ephemeral, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A warning that was worded before. */
void log_worded_warning(const struct log *log, const struct words *words);

#define log_debug(log, ...) log_emit((log), LOG_DEBUG, false, __VA_ARGS__)
#define log_info(log, ...) log_emit((log), LOG_INFO, false, __VA_ARGS__)
#define log_warning(log, ...) log_emit((log), LOG_WARNING, false, __VA_ARGS__)
#define log_status(log, ...) log_emit((log), LOG_INFO, true, __VA_ARGS__)

#endif
