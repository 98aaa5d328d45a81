#include "base/log.h"

#include <stdarg.h>

/* The engine shows messages as they are; a cloud that answers with a page of HTML must not flood
 * the terminal. */
enum { MESSAGE_MAX_LEN = 8192 };

static bool is_wanted(const struct log *log, enum log_level level) {
    return log->sink != NULL && level >= log->sink->min_level;
}

static void send(const struct log *log, enum log_level level, bool ephemeral,
                 const struct words *words) {
    /* Redaction comes first: a secret that was changed or cut is not recognised any more. */
    struct str message = log->redact != NULL ? redact_words(log->redact, *words).text : words->text;
    struct log_record record = {
        .level = level,
        .ephemeral = ephemeral,
        .urn = log->urn,
        .message = str_cut_utf8(arena_utf8(log->arena, message), MESSAGE_MAX_LEN),
    };
    log->sink->emit(log->sink, &record);
}

void log_emit(const struct log *log, enum log_level level, bool ephemeral, const char *format,
              ...) {
    if (!is_wanted(log, level)) {
        return;
    }
    va_list args;
    va_start(args, format);
    struct words words = words_vtext(log->arena, format, args);
    va_end(args);
    send(log, level, ephemeral, &words);
}

void log_worded_warning(const struct log *log, const struct words *words) {
    if (is_wanted(log, LOG_WARNING)) {
        send(log, LOG_WARNING, false, words);
    }
}
