#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Heap memory for the few long-lived objects that do not fit into an arena. Only a true
 * out-of-memory can fail, and it ends the process with one line on stderr: everything the network
 * can size is bounded before. Any thread. Whoever keeps a secret here wipes it before mem_free. */

/* Zeroed; size 0 gives a valid unique pointer. Freed with mem_free. */
void *mem_alloc(size_t size);
/* The same, but with bytes of any value: for who hands it out in parts and zeroes those. */
void *mem_alloc_raw(size_t size);
/* NULL is harmless. */
void mem_free(void *ptr);
/* Blocks allocated and not yet freed; tests compare it to find leaks. */
size_t mem_live(void);
/* Writes one line to stderr and aborts: out of memory, or a library that cannot fail did. */
_Noreturn void mem_die(const char *what);

#define MEM_NEW(type) ((type *)mem_alloc(sizeof(type)))

#endif
