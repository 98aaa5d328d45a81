#include "clouds/registry.h"
#include "fuzz.h"
#include "rest/retry.h"

/* A refusal as the tables of all clouds read it. Lines: status, code, message. */

enum { MAX_STATUS = 600 };

static int status_of(struct str digits) {
    int status = 0;
    for (size_t i = 0; i < digits.len && status < MAX_STATUS; i++) {
        status = status * 10 + (digits.ptr[i] & 7);
    }
    return status;
}

static void classify(const struct rest_service *service, int status, struct str code,
                     struct str message) {
    const struct failure_row *row;
    enum failure_class class = failure_classify(service->failures, service->failure_count, status,
                                                code, message, "create", &row);
    FUZZ_CHECK(class != FAILURE_NONE);
    FUZZ_CHECK(failure_err(class) != ERR_OK);
    FUZZ_CHECK(row == NULL || row->class == class);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str rest = {(const char *)data, size};
    int status = status_of(str_split(rest, '\n', &rest));
    struct str code = str_split(rest.ptr == NULL ? STR_EMPTY : rest, '\n', &rest);
    struct str message = rest.ptr == NULL ? STR_EMPTY : rest;
    for (const struct cloud *const *cloud = cloud_registry; *cloud != NULL; cloud++) {
        classify(&(*cloud)->tables->service, status, code, message);
    }
    return 0;
}
