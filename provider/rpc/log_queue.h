#ifndef RPC_LOG_QUEUE_H
#define RPC_LOG_QUEUE_H

#include <stddef.h>

#include "base/log.h"

/* Log records that wait to be sent, oldest first; bounded. A status line replaces a waiting one of
 * the same resource, and when there is no room the oldest status line makes way. Not thread safe.
 */
struct log_queue {
    struct queued_log **slots; /* capacity of them; the first `count` are in use */
    size_t capacity;
    size_t count;
};

/* One record with its texts, in one block of heap memory. */
struct queued_log {
    enum log_level level;
    bool ephemeral;
    struct str urn;
    struct str message;
    char bytes[];
};

void log_queue_init(struct log_queue *queue, size_t capacity);
void log_queue_cleanup(struct log_queue *queue);
/* Copies the record, or drops it when the queue is full of records that are kept. */
void log_queue_push(struct log_queue *queue, const struct log_record *record);
/* NULL when empty. The caller frees the result with mem_free. */
struct queued_log *log_queue_pop(struct log_queue *queue);

#endif
