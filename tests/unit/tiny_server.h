#ifndef TINY_SERVER_H
#define TINY_SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A server on a free port of 127.0.0.1 for tests of what goes over a real socket: a thread for
 * each connection, plain or TLS, whose behaviour is a function. It counts and keeps what it was
 * sent. */

enum { TINY_PEERS_MAX = 512, TINY_REQUEST_MAX = 2 * 1024 * 1024 };

struct tiny_server;

struct tiny_peer {
    struct tiny_server *server;
    int fd;
    SSL *tls;
    int served; /* requests on this connection so far */
    char request[TINY_REQUEST_MAX];
    size_t request_len;
};

/* Called for each whole request; false ends the connection. */
typedef bool tiny_serve_fn(struct tiny_peer *peer);

struct tiny_server {
    int listener;
    uint16_t port;
    SSL_CTX *tls; /* NULL for plain */
    tiny_serve_fn *serve;
    pthread_t thread;
    atomic_bool stopping;
    atomic_int requests; /* that came in whole */
    atomic_int connections;
    atomic_int open;
    atomic_int most_open;

    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool released; /* for behaviours that wait until the test says so */
    char last[TINY_REQUEST_MAX];
    struct tiny_peer *peers[TINY_PEERS_MAX];
    pthread_t threads[TINY_PEERS_MAX];
    size_t peer_count;
};

static inline long tiny_read(struct tiny_peer *peer, void *data, size_t size) {
    return peer->tls != NULL ? SSL_read(peer->tls, data, (int)size) : recv(peer->fd, data, size, 0);
}

static inline bool tiny_write(struct tiny_peer *peer, const void *data, size_t size) {
    size_t done = 0;
    while (done < size) {
        const char *from = (const char *)data + done;
        long count = peer->tls != NULL ? SSL_write(peer->tls, from, (int)(size - done))
                                       : send(peer->fd, from, size - done, MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

static inline bool tiny_write_text(struct tiny_peer *peer, const char *text) {
    return tiny_write(peer, text, strlen(text));
}

/* Waits until the test calls tiny_release, or the server stops. */
static inline void tiny_await_release(struct tiny_server *server) {
    pthread_mutex_lock(&server->mutex);
    while (!server->released && !atomic_load(&server->stopping)) {
        pthread_cond_wait(&server->changed, &server->mutex);
    }
    pthread_mutex_unlock(&server->mutex);
}

static inline void tiny_release(struct tiny_server *server) {
    pthread_mutex_lock(&server->mutex);
    server->released = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
}

/* False when it takes longer than ten seconds. */
static inline bool tiny_await(struct tiny_server *server, atomic_int *count, int wanted) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    int result = 0;
    pthread_mutex_lock(&server->mutex);
    while (atomic_load(count) < wanted && result == 0) {
        result = pthread_cond_timedwait(&server->changed, &server->mutex, &until);
    }
    pthread_mutex_unlock(&server->mutex);
    return atomic_load(count) >= wanted;
}

/* Length of the whole request at the start of the buffer, or 0 while it is not all there. */
static inline size_t tiny_request_len(const struct tiny_peer *peer) {
    const char *end = memmem(peer->request, peer->request_len, "\r\n\r\n", 4);
    size_t body = 0;
    if (end == NULL) {
        return 0;
    }
    for (const char *line = peer->request; line < end; line = strstr(line, "\r\n") + 2) {
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            body = strtoul(line + 15, NULL, 10);
        }
    }
    size_t len = (size_t)(end - peer->request) + 4 + body;
    return len <= peer->request_len ? len : 0;
}

static inline bool tiny_read_request(struct tiny_peer *peer) {
    peer->request_len = 0;
    for (;;) {
        peer->request[peer->request_len] = '\0';
        if (tiny_request_len(peer) > 0) {
            return true;
        }
        long count = tiny_read(peer, peer->request + peer->request_len,
                               sizeof(peer->request) - 1 - peer->request_len);
        if (count <= 0) {
            return false;
        }
        peer->request_len += (size_t)count;
    }
}

static inline void tiny_note_request(struct tiny_peer *peer) {
    struct tiny_server *server = peer->server;
    pthread_mutex_lock(&server->mutex);
    memcpy(server->last, peer->request, peer->request_len + 1);
    atomic_fetch_add(&server->requests, 1);
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
}

static inline void tiny_note_open(struct tiny_server *server, int change) {
    pthread_mutex_lock(&server->mutex);
    int open = atomic_fetch_add(&server->open, change) + change;
    if (open > atomic_load(&server->most_open)) {
        atomic_store(&server->most_open, open);
    }
    if (change > 0) {
        atomic_fetch_add(&server->connections, 1);
    }
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
}

static inline bool tiny_handshake(struct tiny_peer *peer) {
    if (peer->server->tls == NULL) {
        return true;
    }
    peer->tls = SSL_new(peer->server->tls);
    SSL_set_fd(peer->tls, peer->fd);
    return SSL_accept(peer->tls) == 1;
}

static inline void *tiny_run_peer(void *user) {
    struct tiny_peer *peer = user;
    sigset_t pipe;
    /* In this thread only: what is tested must look after itself. */
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    tiny_note_open(peer->server, 1);
    if (tiny_handshake(peer)) {
        while (tiny_read_request(peer)) {
            peer->served++;
            tiny_note_request(peer);
            if (!peer->server->serve(peer)) {
                break;
            }
        }
    }
    tiny_note_open(peer->server, -1);
    if (peer->tls != NULL) {
        SSL_shutdown(peer->tls);
    }
    shutdown(peer->fd, SHUT_RDWR);
    return NULL;
}

static inline void *tiny_run(void *user) {
    struct tiny_server *server = user;
    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0) {
            return NULL;
        }
        if (atomic_load(&server->stopping) || server->peer_count == TINY_PEERS_MAX) {
            close(fd);
            continue;
        }
        struct tiny_peer *peer = calloc(1, sizeof(*peer));
        peer->server = server;
        peer->fd = fd;
        server->peers[server->peer_count] = peer;
        pthread_create(&server->threads[server->peer_count], NULL, tiny_run_peer, peer);
        server->peer_count++;
    }
}

static inline int tiny_listen(uint16_t *out_port, int backlog) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, backlog) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
        perror("tiny_listen");
        abort();
    }
    *out_port = ntohs(address.sin_port);
    return listener;
}

/* The server must not move afterwards. */
static inline struct tiny_server *tiny_start(tiny_serve_fn *serve, SSL_CTX *tls) {
    struct tiny_server *server = calloc(1, sizeof(*server));
    server->serve = serve;
    server->tls = tls;
    pthread_mutex_init(&server->mutex, NULL);
    pthread_cond_init(&server->changed, NULL);
    server->listener = tiny_listen(&server->port, 64);
    pthread_create(&server->thread, NULL, tiny_run, server);
    return server;
}

static inline void tiny_stop(struct tiny_server *server) {
    atomic_store(&server->stopping, true);
    pthread_mutex_lock(&server->mutex);
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->mutex);
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < server->peer_count; i++) {
        shutdown(server->peers[i]->fd, SHUT_RDWR);
        pthread_join(server->threads[i], NULL);
        SSL_free(server->peers[i]->tls);
        close(server->peers[i]->fd);
        free(server->peers[i]);
    }
    close(server->listener);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->mutex);
    free(server);
}

#endif
