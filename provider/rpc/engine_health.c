#include "rpc/engine_health.h"

#include <string.h>

#include "base/mem.h"
#include "rpc/unary.h"

enum { TIMEOUT_MS = 2000 };

#define HEALTH_PATH "/grpc.health.v1.Health/Check"

struct engine_health {
    const struct clock *clock;
    struct unary_channel *channel; /* while a question is under way */
    char *address;
    int64_t interval_ms;
    int64_t next_ms;
};

struct engine_health *engine_health_new(const struct clock *clock, struct str address,
                                        int64_t interval_ms) {
    struct engine_health *health = MEM_NEW(struct engine_health);
    health->clock = clock;
    health->address = mem_alloc(address.len + 1);
    memcpy(health->address, address.ptr, address.len);
    health->interval_ms = interval_ms;
    health->next_ms = clock->now_ms(clock) + interval_ms;
    return health;
}

void engine_health_free(struct engine_health *health) {
    if (health != NULL) {
        unary_close(health->channel);
        mem_free(health->address);
        mem_free(health);
    }
}

static bool is_alive(grpc_status_code status) {
    return status == GRPC_STATUS_OK || status == GRPC_STATUS_UNIMPLEMENTED ||
           status == GRPC_STATUS_DEADLINE_EXCEEDED;
}

static void ask(struct engine_health *health) {
    health->next_ms = health->clock->now_ms(health->clock) + health->interval_ms;
    health->channel = unary_open(str_of(health->address));
    unary_start(health->channel, HEALTH_PATH, grpc_empty_slice(), TIMEOUT_MS);
}

bool engine_health_tick(struct engine_health *health) {
    grpc_status_code status;
    if (health->channel == NULL) {
        if (health->clock->now_ms(health->clock) >= health->next_ms) {
            ask(health);
        }
        return true;
    }
    if (!unary_wait(health->channel, 0, &status)) {
        return true;
    }
    unary_close(health->channel);
    health->channel = NULL;
    return is_alive(status);
}
