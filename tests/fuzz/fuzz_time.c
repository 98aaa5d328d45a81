#include "base/clock.h"
#include "fuzz.h"
#include "rest/retry.h"

/* What clouds say about time: an RFC 3339 time, an HTTP date, Retry-After, RateLimit. */

#define NOW 1700000000
#define YEAR_MS (365LL * 24 * 3600 * 1000)

static void check_rfc3339(struct str text) {
    char printed[CLOCK_RFC3339_SIZE];
    int64_t seconds = clock_parse_rfc3339(text);
    FUZZ_CHECK(seconds >= -1);
    if (seconds >= 0) {
        clock_print_rfc3339(seconds, printed);
        FUZZ_CHECK(clock_parse_rfc3339(str_of(printed)) == seconds);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    check_rfc3339(text);
    FUZZ_CHECK(retry_date_seconds(text) >= -1);
    int64_t after_ms = retry_after_ms(text, NOW);
    FUZZ_CHECK(after_ms >= -1 && after_ms <= YEAR_MS);
    int64_t window_ms = retry_window_ms(text);
    FUZZ_CHECK(window_ms >= -1 && window_ms <= YEAR_MS);
    return 0;
}
