#ifndef INFERENCE_BASE_HEAP_H
#define INFERENCE_BASE_HEAP_H

/* The process's heap as a whole, where its allocator can be told something. */

/* Waiting calls are many and small: few heaps for all, and large blocks go straight back to the
 * system. To be called before there are threads. */
void heap_tune(void);

/* Gives free memory back to the system. Any thread; may take a millisecond. */
void heap_trim(void);

#endif
