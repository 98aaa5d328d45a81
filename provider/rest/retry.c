#include "rest/retry.h"

#include <time.h>

/* No service says that the case of a code counts, and few gateways keep to it. */
static bool code_fits(const char *pattern, struct str code) {
    if (pattern == NULL) {
        return true;
    }
    struct str wanted = str_of(pattern);
    if (str_ends(wanted, STR("*"))) {
        return str_starts_nocase(code, str_slice(wanted, 0, wanted.len - 1));
    }
    if (str_starts(wanted, STR("*"))) {
        return str_ends_nocase(code, str_slice(wanted, 1, wanted.len));
    }
    return str_is_nocase(wanted, code);
}

static bool row_fits(const struct failure_row *row, int status, struct str code, struct str message,
                     const char *operation) {
    if (row->status_min != 0 && status < row->status_min) {
        return false;
    }
    if (row->status_max != 0 && status > row->status_max) {
        return false;
    }
    if (row->operation != NULL && !str_is(str_of(row->operation), str_of(operation))) {
        return false;
    }
    return code_fits(row->code, code) &&
           (row->text == NULL || str_contains_nocase(message, str_of(row->text)));
}

static enum failure_class class_of_status(int status) {
    switch (status) {
    case 401:
    case 407:
        return FAILURE_AUTH;
    case 402:
        return FAILURE_QUOTA;
    case 403:
        return FAILURE_PERMISSION;
    case 404:
    case 410:
        return FAILURE_NOT_FOUND;
    case 409:
        return FAILURE_CONFLICT;
    case 412:
    case 423:
        return FAILURE_PRECONDITION;
    case 429:
        return FAILURE_THROTTLED;
    case 408:
    case 425:
        return FAILURE_TRANSIENT;
    case 501:
    case 505:
        return FAILURE_CLIENT;
    default:
        return status >= 500 ? FAILURE_TRANSIENT : FAILURE_CLIENT;
    }
}

enum failure_class failure_classify(const struct failure_row *rows, size_t count, int status,
                                    struct str code, struct str message, const char *operation,
                                    const struct failure_row **row) {
    for (size_t i = 0; i < count; i++) {
        if (row_fits(&rows[i], status, code, message, operation)) {
            *row = &rows[i];
            return rows[i].class;
        }
    }
    *row = NULL;
    return class_of_status(status);
}

enum err_code failure_err(enum failure_class class) {
    switch (class) {
    case FAILURE_NONE:
        return ERR_OK;
    case FAILURE_TRANSIENT:
        return ERR_UNAVAILABLE;
    case FAILURE_THROTTLED:
    case FAILURE_QUOTA:
    case FAILURE_CAPACITY:
        return ERR_EXHAUSTED;
    case FAILURE_AUTH:
    case FAILURE_CLOCK:
        return ERR_UNAUTHENTICATED;
    case FAILURE_PERMISSION:
        return ERR_PERMISSION;
    case FAILURE_NOT_FOUND:
        return ERR_NOT_FOUND;
    case FAILURE_CONFLICT:
        return ERR_EXISTS;
    case FAILURE_PRECONDITION:
        return ERR_PRECONDITION;
    case FAILURE_CLIENT:
        return ERR_INVALID;
    }
    return ERR_INTERNAL;
}

static bool may_repeat(enum operation_repeat repeat, enum failure_class class, bool sent) {
    if (class == FAILURE_THROTTLED) {
        return true;
    }
    return class == FAILURE_TRANSIENT && (!sent || repeat != REPEAT_NEVER);
}

/* Doubles up to the cap without overflow, however many tries there were. */
static int64_t backoff_ms(const struct retry_policy *policy, int tries) {
    int64_t ceiling_ms = policy->base_ms;
    for (int i = 1; i < tries && ceiling_ms < policy->cap_ms; i++) {
        ceiling_ms = ceiling_ms > policy->cap_ms / 2 ? policy->cap_ms : ceiling_ms * 2;
    }
    return ceiling_ms < policy->cap_ms ? ceiling_ms : policy->cap_ms;
}

int64_t retry_delay_ms(const struct retry_policy *policy, enum operation_repeat repeat,
                       enum failure_class class, bool sent, int tries, int64_t retry_after_ms,
                       double random) {
    if (tries >= policy->max_tries || !may_repeat(repeat, class, sent) ||
        retry_after_ms > policy->max_retry_after_ms) {
        return -1;
    }
    return retry_throttle_ms(policy, tries, retry_after_ms, random);
}

int64_t retry_throttle_ms(const struct retry_policy *policy, int tries, int64_t retry_after_ms,
                          double random) {
    /* "Retry-After: 0" names no time: the usual growing delay keeps a broken gateway from being
     * hammered. */
    return retry_after_ms > 0 ? retry_after_ms
                              : (int64_t)((double)backoff_ms(policy, tries) * random);
}

/* A count of seconds that no service means is cut at a year, so that nothing overflows. */
#define SECONDS_MAX (365 * 24 * 3600)

static int64_t parse_seconds(struct str text) {
    int64_t seconds = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return -1;
        }
        seconds = seconds * 10 + (text.ptr[i] - '0');
        seconds = seconds > SECONDS_MAX ? SECONDS_MAX : seconds;
    }
    return text.len > 0 ? seconds : -1;
}

/* The three forms that HTTP allows. */
int64_t retry_date_seconds(struct str text) {
    static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                          "%a %b %d %H:%M:%S %Y"};
    char copy[64];
    if (text.len >= sizeof(copy)) {
        return -1;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct tm date = {0};
        const char *end = strptime(copy, formats[i], &date);
        if (end != NULL && *end == '\0') {
            int64_t seconds = (int64_t)timegm(&date);
            return seconds < 0 ? -1 : seconds;
        }
    }
    return -1;
}

int64_t retry_after_ms(struct str header, int64_t wall_seconds) {
    struct str text = str_trim(header);
    int64_t seconds = parse_seconds(text);
    if (seconds >= 0) {
        return seconds * 1000;
    }
    int64_t date = retry_date_seconds(text);
    if (date < 0) {
        return -1;
    }
    if (date <= wall_seconds) {
        return 0;
    }
    int64_t away = date - wall_seconds;
    return (away > SECONDS_MAX ? SECONDS_MAX : away) * 1000;
}

/* Up to the next separator that is in no quotes. */
static struct str next_part(struct str *rest, char separator) {
    size_t end = 0;
    bool quoted = false;
    while (end < rest->len && (quoted || rest->ptr[end] != separator)) {
        if (quoted && rest->ptr[end] == '\\' && end + 1 < rest->len) {
            end++;
        } else if (rest->ptr[end] == '"') {
            quoted = !quoted;
        }
        end++;
    }
    struct str part = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end < rest->len ? end + 1 : end, rest->len);
    return part;
}

/* A parameter that is a count; -1 when there is none. */
static int64_t parameter(struct str window, const char *name) {
    while (window.len > 0) {
        struct str value;
        struct str key = str_trim(str_split(next_part(&window, ';'), '=', &value));
        if (str_is_c(key, name)) {
            return parse_seconds(str_trim(value));
        }
    }
    return -1;
}

int64_t retry_window_ms(struct str header) {
    int64_t used_up = -1;
    int64_t any = -1;
    while (header.len > 0) {
        struct str window = next_part(&header, ',');
        int64_t seconds = parameter(window, "t");
        any = seconds > any ? seconds : any;
        if (parameter(window, "r") == 0 && seconds > used_up) {
            used_up = seconds;
        }
    }
    int64_t seconds = used_up >= 0 ? used_up : any;
    return seconds < 0 ? -1 : seconds * 1000;
}
