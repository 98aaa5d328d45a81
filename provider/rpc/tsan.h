#ifndef RPC_TSAN_H
#define RPC_TSAN_H

/* gRPC is not instrumented, so ThreadSanitizer does not see that what a thread wrote before it
 * started a batch is visible to the thread that takes the batch's completion. These two say so;
 * elsewhere they are nothing. */
#ifdef INFERENCE_TSAN
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#    define TSAN_ACQUIRE(tag) __tsan_acquire(tag)
#    define TSAN_RELEASE(tag) __tsan_release(tag)
#else
#    define TSAN_ACQUIRE(tag) ((void)(tag))
#    define TSAN_RELEASE(tag) ((void)(tag))
#endif

#endif
