#ifndef RPC_FIXTURE_H
#define RPC_FIXTURE_H

#include "base/ctx.h"

/* A call's context without a call. */
struct fixture {
    struct ctx ctx;
};

static inline void fixture_init(struct fixture *fixture, size_t ceiling) {
    *fixture = (struct fixture){.ctx = {.arena = arena_new(ceiling), .clock = &clock_system}};
    redact_init(&fixture->ctx.redact, fixture->ctx.arena);
    error_clear(&fixture->ctx.error);
}

static inline void fixture_cleanup(struct fixture *fixture) {
    arena_free(fixture->ctx.arena);
}

#endif
