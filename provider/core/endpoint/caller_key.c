#include "core/endpoint/caller_key.h"

#include "base/flight.h"
#include "core/endpoint/call.h"

void caller_key_tell(struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    const struct caller_key *key = &tables->caller_key;
    if (key->what == NULL || cloud_is_excepted(call, key->not_for, key->not_for_count) ||
        !flight_is_first(call->said, call->ctx, STR("caller key"))) {
        return;
    }
    log_info(&call->ctx->log, "%s: no resource makes the key that callers of endpoint %p need: %s",
             tables->title, WORDS_ARG(call_told_id(call, call->id)), key->what);
}
