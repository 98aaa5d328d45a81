#include "rpc/engine_log.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "pulumirpc/engine.pb-c.h"
#include "rpc/log_queue.h"
#include "rpc/message.h"
#include "rpc/unary.h"

enum {
    QUEUE_CAPACITY = 256,
    SEND_TIMEOUT_MS = 2000,
    SEND_SLICE_MS = 20, /* how often a call under way looks whether it is to be given up */
    STACK_BYTES = 256 * 1024
};

#define LOG_PATH "/pulumirpc.Engine/Log"

struct engine_log {
    struct log_sink sink; /* first: emit() gets its address */
    struct log_sink *fallback;
    const struct clock *clock;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct log_queue queue;
    char *address;       /* NUL-terminated, or NULL */
    unsigned generation; /* counts addresses, so that the thread sees a change */
    bool running;
    bool stopping;
    int64_t stop_ms; /* when stopping: until then what is queued may still go out */
    pthread_t thread;
};

/* What only the thread uses. */
struct sender {
    struct engine_log *log;
    struct unary_channel *channel;
    unsigned generation; /* of the channel's address */
};

/* With the mutex held. The time is over: what is left is dropped. */
static bool is_over(const struct engine_log *log) {
    return log->stopping && log->clock->now_ms(log->clock) >= log->stop_ms;
}

/* With the mutex held. */
static void refresh_channel(struct sender *sender) {
    struct engine_log *log = sender->log;
    if (sender->generation == log->generation) {
        return;
    }
    unary_close(sender->channel);
    sender->channel = unary_open(str_of(log->address));
    sender->generation = log->generation;
}

static grpc_slice pack(const struct queued_log *record) {
    Pulumirpc__LogRequest request = PULUMIRPC__LOG_REQUEST__INIT;
    request.has_severity = true;
    request.severity = (Pulumirpc__LogRequest__Severity)record->level;
    request.message = (char *)(uintptr_t)record->message.ptr;
    request.urn = (char *)(uintptr_t)record->urn.ptr;
    request.has_ephemeral = record->ephemeral;
    request.ephemeral = record->ephemeral;
    return message_pack(&request.base);
}

/* Whether it arrived is nobody's concern. */
static void send(struct sender *sender, const struct queued_log *record) {
    struct engine_log *log = sender->log;
    grpc_status_code status;
    bool over = false;
    unary_start(sender->channel, LOG_PATH, pack(record), SEND_TIMEOUT_MS);
    while (!over && !unary_wait(sender->channel, SEND_SLICE_MS, &status)) {
        pthread_mutex_lock(&log->mutex);
        over = is_over(log);
        pthread_mutex_unlock(&log->mutex);
    }
}

/* With the mutex held. NULL when the thread is to end. */
static struct queued_log *next_record(struct engine_log *log) {
    while (log->queue.count == 0 && !log->stopping) {
        pthread_cond_wait(&log->changed, &log->mutex);
    }
    return is_over(log) ? NULL : log_queue_pop(&log->queue);
}

static void *run(void *data) {
    struct sender sender = {.log = data};
    struct engine_log *log = sender.log;
    struct queued_log *record;
    pthread_mutex_lock(&log->mutex);
    while ((record = next_record(log)) != NULL) {
        refresh_channel(&sender);
        pthread_mutex_unlock(&log->mutex);
        send(&sender, record);
        mem_free(record);
        pthread_mutex_lock(&log->mutex);
    }
    pthread_mutex_unlock(&log->mutex);
    unary_close(sender.channel);
    return NULL;
}

/* With the mutex held. */
static void start_thread(struct engine_log *log) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    log->running = pthread_create(&log->thread, &attributes, run, log) == 0;
    pthread_attr_destroy(&attributes);
}

static void emit(struct log_sink *self, const struct log_record *record) {
    struct engine_log *log = (struct engine_log *)self;
    pthread_mutex_lock(&log->mutex);
    bool known = log->address != NULL;
    if (known) {
        log_queue_push(&log->queue, record);
        if (!log->running) {
            start_thread(log);
        }
        pthread_cond_signal(&log->changed);
    }
    pthread_mutex_unlock(&log->mutex);
    if (!known && log->fallback != NULL) {
        log->fallback->emit(log->fallback, record);
    }
}

struct engine_log *engine_log_new(const struct clock *clock, struct str address,
                                  enum log_level min_level, struct log_sink *fallback) {
    struct engine_log *log = MEM_NEW(struct engine_log);
    log->sink = (struct log_sink){.emit = emit, .min_level = min_level};
    log->fallback = fallback;
    log->clock = clock;
    pthread_mutex_init(&log->mutex, NULL);
    clock_cond_init(&log->changed);
    log_queue_init(&log->queue, QUEUE_CAPACITY);
    engine_log_attach(log, address);
    return log;
}

struct log_sink *engine_log_sink(struct engine_log *log) {
    return &log->sink;
}

/* With the mutex held. */
static void set_address(struct engine_log *log, struct str address) {
    char *copy = mem_alloc(address.len + 1);
    memcpy(copy, address.ptr, address.len);
    mem_free(log->address);
    log->address = copy;
    log->generation++;
}

void engine_log_attach(struct engine_log *log, struct str address) {
    pthread_mutex_lock(&log->mutex);
    if (address.len > 0) {
        set_address(log, address);
    }
    pthread_mutex_unlock(&log->mutex);
}

void engine_log_offer(struct engine_log *log, struct str address) {
    pthread_mutex_lock(&log->mutex);
    if (address.len > 0 && log->address == NULL) {
        set_address(log, address);
    }
    pthread_mutex_unlock(&log->mutex);
}

void engine_log_free(struct engine_log *log, int64_t flush_ms) {
    if (log == NULL) {
        return;
    }
    pthread_mutex_lock(&log->mutex);
    log->stopping = true;
    log->stop_ms = log->clock->now_ms(log->clock) + flush_ms;
    bool running = log->running;
    pthread_cond_signal(&log->changed);
    pthread_mutex_unlock(&log->mutex);
    if (running) {
        pthread_join(log->thread, NULL);
    }
    log_queue_cleanup(&log->queue);
    pthread_cond_destroy(&log->changed);
    pthread_mutex_destroy(&log->mutex);
    mem_free(log->address);
    mem_free(log);
}
