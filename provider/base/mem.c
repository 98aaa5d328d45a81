#include "base/mem.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_size_t live;

_Noreturn void mem_die(const char *what) {
    fprintf(stderr, "pulumi-resource-inference: %s\n", what);
    abort();
}

static void *counted(void *ptr) {
    if (ptr == NULL) {
        mem_die("out of memory");
    }
    atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return ptr;
}

void *mem_alloc(size_t size) {
    return counted(calloc(1, size == 0 ? 1 : size));
}

void *mem_alloc_raw(size_t size) {
    return counted(malloc(size == 0 ? 1 : size));
}

void mem_free(void *ptr) {
    if (ptr == NULL) {
        return;
    }
    atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    free(ptr);
}

size_t mem_live(void) {
    return atomic_load_explicit(&live, memory_order_relaxed);
}
