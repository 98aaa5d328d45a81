#include "rpc/stream.h"

#include <grpc/byte_buffer.h>
#include <pthread.h>
#include <stddef.h>

#include "base/mem.h"
#include "rpc/call.h"
#include "rpc/message.h"

struct stream {
    struct completion on_sent; /* first: the tag is the stream's address */
    struct call *call;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    grpc_byte_buffer *message; /* under way */
    bool failed;
};

static void on_sent(struct completion *self, bool ok) {
    struct stream *stream = (struct stream *)self;
    struct call *call = stream->call;
    pthread_mutex_lock(&stream->mutex);
    grpc_byte_buffer_destroy(stream->message);
    stream->message = NULL;
    stream->failed = stream->failed || !ok;
    pthread_cond_signal(&stream->cond);
    pthread_mutex_unlock(&stream->mutex);
    call_unref(call);
}

struct stream *stream_open(struct call *call) {
    struct stream *stream = MEM_NEW(struct stream);
    stream->on_sent.done = on_sent;
    stream->call = call;
    pthread_mutex_init(&stream->mutex, NULL);
    clock_cond_init(&stream->cond);
    return stream;
}

void stream_free(struct stream *stream) {
    pthread_cond_destroy(&stream->cond);
    pthread_mutex_destroy(&stream->mutex);
    mem_free(stream);
}

static void start(struct stream *stream, const ProtobufCMessage *message) {
    grpc_op ops[2] = {0};
    size_t count = 0;
    grpc_slice slice = message_pack(message);
    stream->message = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    if (!stream->call->has_opened) {
        ops[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
        stream->call->has_opened = true;
    }
    ops[count].op = GRPC_OP_SEND_MESSAGE;
    ops[count++].data.send_message.send_message = stream->message;
    call_ref(stream->call);
    call_batch(stream->call, ops, count, &stream->on_sent);
}

enum err_code stream_send(struct stream *stream, const ProtobufCMessage *message) {
    pthread_mutex_lock(&stream->mutex);
    start(stream, message);
    while (stream->message != NULL) {
        pthread_cond_wait(&stream->cond, &stream->mutex);
    }
    bool failed = stream->failed;
    pthread_mutex_unlock(&stream->mutex);
    if (failed) {
        return ctx_fail(&stream->call->ctx, ERR_CANCELLED, "the client stopped listening");
    }
    return ERR_OK;
}
