#include "rpc/log_queue.h"

#include <string.h>

#include "base/mem.h"

void log_queue_init(struct log_queue *queue, size_t capacity) {
    queue->slots = mem_alloc(capacity * sizeof(struct queued_log *));
    queue->capacity = capacity;
    queue->count = 0;
}

void log_queue_cleanup(struct log_queue *queue) {
    struct queued_log *record;
    while ((record = log_queue_pop(queue)) != NULL) {
        mem_free(record);
    }
    mem_free(queue->slots);
}

static struct str copy_text(char *to, struct str text) {
    if (text.len > 0) {
        memcpy(to, text.ptr, text.len);
    }
    to[text.len] = '\0';
    return (struct str){to, text.len};
}

static struct queued_log *copy(const struct log_record *record) {
    size_t size = sizeof(struct queued_log) + record->urn.len + record->message.len + 2;
    struct queued_log *queued = mem_alloc(size);
    queued->level = record->level;
    queued->ephemeral = record->ephemeral;
    queued->urn = copy_text(queued->bytes, record->urn);
    queued->message = copy_text(queued->bytes + record->urn.len + 1, record->message);
    return queued;
}

static struct queued_log *take_at(struct log_queue *queue, size_t at) {
    struct queued_log *record = queue->slots[at];
    queue->count--;
    memmove(&queue->slots[at], &queue->slots[at + 1], (queue->count - at) * sizeof(record));
    return record;
}

/* The status line that a new one of this resource makes stale, or `count`. */
static size_t find_stale(const struct log_queue *queue, const struct log_record *record) {
    size_t at = 0;
    while (at < queue->count &&
           !(queue->slots[at]->ephemeral && str_is(queue->slots[at]->urn, record->urn))) {
        at++;
    }
    return at;
}

static size_t find_ephemeral(const struct log_queue *queue) {
    size_t at = 0;
    while (at < queue->count && !queue->slots[at]->ephemeral) {
        at++;
    }
    return at;
}

void log_queue_push(struct log_queue *queue, const struct log_record *record) {
    size_t stale = queue->count;
    if (record->ephemeral) {
        stale = find_stale(queue, record);
    }
    if (stale == queue->count && queue->count == queue->capacity) {
        stale = find_ephemeral(queue);
    }
    if (stale < queue->count) {
        mem_free(take_at(queue, stale));
    }
    if (queue->count < queue->capacity) {
        queue->slots[queue->count++] = copy(record);
    }
}

struct queued_log *log_queue_pop(struct log_queue *queue) {
    return queue->count > 0 ? take_at(queue, 0) : NULL;
}
