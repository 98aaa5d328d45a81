#include "rest/transport_curl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <netdb.h>

#include "testing.h"
#include "tiny_certificate.h"
#include "tiny_server.h"

/* --- a name look-up that stalls until the test lets it go on --- */

static pthread_mutex_t lookup_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t lookup_changed = PTHREAD_COND_INITIALIZER;
static bool lookup_released;
static int lookups_begun;
static int lookups_ended;

/* Takes the place of the C library's for libcurl, too. */
int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict req, struct addrinfo **restrict pai) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name == NULL || strcmp(name, "stalled.test") != 0) {
        return real(name, service, req, pai);
    }
    pthread_mutex_lock(&lookup_mutex);
    lookups_begun++;
    pthread_cond_broadcast(&lookup_changed);
    while (!lookup_released) {
        pthread_cond_wait(&lookup_changed, &lookup_mutex);
    }
    lookups_ended++;
    pthread_cond_broadcast(&lookup_changed);
    pthread_mutex_unlock(&lookup_mutex);
    return EAI_NONAME;
}

static void await_lookups(int count) {
    pthread_mutex_lock(&lookup_mutex);
    while (lookups_begun < count) {
        pthread_cond_wait(&lookup_changed, &lookup_mutex);
    }
    pthread_mutex_unlock(&lookup_mutex);
}

static void release_lookups(void) {
    pthread_mutex_lock(&lookup_mutex);
    lookup_released = true;
    pthread_cond_broadcast(&lookup_changed);
    while (lookups_ended < lookups_begun) {
        pthread_cond_wait(&lookup_changed, &lookup_mutex);
    }
    lookup_released = false;
    lookups_begun = 0;
    lookups_ended = 0;
    pthread_mutex_unlock(&lookup_mutex);
}

/* --- what the servers do --- */

static bool serve_ok(struct tiny_peer *peer) {
    return tiny_write_text(
        peer, "HTTP/1.1 200 OK\r\nX-First: 1\r\nContent-Length: 5\r\nx-second:  two \r\n\r\n"
              "hello");
}

static bool serve_interim(struct tiny_peer *peer) {
    return tiny_write_text(peer,
                           "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 Created\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
}

static bool serve_nothing(struct tiny_peer *peer) {
    (void)peer;
    return false;
}

static bool serve_part(struct tiny_peer *peer) {
    tiny_write_text(peer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    return false;
}

static bool serve_garbage(struct tiny_peer *peer) {
    tiny_write_text(peer, "this is not HTTP\r\n\r\n");
    return false;
}

static bool serve_thousand(struct tiny_peer *peer) {
    char body[1000];
    memset(body, 'x', sizeof(body));
    return tiny_write_text(peer, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n") &&
           tiny_write(peer, body, sizeof(body));
}

static bool serve_large_head(struct tiny_peer *peer) {
    char line[1003];
    memset(line, 'x', sizeof(line));
    memcpy(line, "X: ", 3);
    memcpy(line + 1001, "\r\n", 2);
    bool good = tiny_write_text(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for (int i = 0; i < 70 && good; i++) {
        good = tiny_write(peer, line, sizeof(line));
    }
    return good && tiny_write_text(peer, "\r\n");
}

static bool serve_redirect(struct tiny_peer *peer) {
    return tiny_write_text(
        peer, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
}

static bool serve_when_released(struct tiny_peer *peer) {
    tiny_await_release(peer->server);
    return serve_ok(peer);
}

static bool serve_head_then_wait(struct tiny_peer *peer) {
    tiny_write_text(peer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    tiny_await_release(peer->server);
    return false;
}

/* The first request of a connection is answered, the second is taken and dropped. */
static bool serve_once(struct tiny_peer *peer) {
    return peer->served == 1 && serve_ok(peer);
}

static bool serve_proxy_refusal(struct tiny_peer *peer) {
    return tiny_write_text(peer, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
}

/* --- one request --- */

struct rig {
    struct arena *arena;
    struct cancel *cancel;
    struct ctx ctx;
    struct transport *transport;
};

static void rig_init(struct rig *rig, const char *ca_file) {
    *rig = (struct rig){.arena = arena_new(64 * 1024 * 1024),
                        .cancel = cancel_new(NULL, &clock_system)};
    rig->ctx = (struct ctx){.arena = rig->arena, .cancel = rig->cancel, .clock = &clock_system};
    const struct transport_settings settings = {.ca_file = str_of(ca_file),
                                                .user_agent = STR("tester/1")};
    CHECK_INT(transport_curl_open(&rig->ctx, &settings, &rig->transport), ERR_OK);
}

static void rig_cleanup(struct rig *rig) {
    if (rig->transport != NULL) {
        rig->transport->free(rig->transport);
    }
    cancel_free(rig->cancel);
    arena_free(rig->arena);
}

static struct http_request request_to(struct rig *rig, const char *method, uint16_t port,
                                      const char *path) {
    return (struct http_request){
        .method = str_of(method),
        .url = arena_printf(rig->arena, "http://127.0.0.1:%u%s", (unsigned)port, path),
        .body = STR_EMPTY,
        .timeout_ms = 10000,
        .max_response_bytes = 1000};
}

static struct transport_outcome send_it(struct rig *rig, const struct http_request *request) {
    struct transport_outcome outcome;
    rig->transport->send(rig->transport, request, rig->cancel, rig->arena, &outcome);
    return outcome;
}

/* A request in a thread of its own, with its own token and arena. */
struct flight {
    struct rig *rig;
    struct http_request request;
    struct cancel *cancel;
    struct arena *arena;
    struct transport_outcome outcome;
    pthread_t thread;
};

static void *fly(void *user) {
    struct flight *flight = user;
    flight->rig->transport->send(flight->rig->transport, &flight->request, flight->cancel,
                                 flight->arena, &flight->outcome);
    return NULL;
}

static void take_off(struct flight *flight, struct rig *rig, struct http_request request) {
    *flight = (struct flight){.rig = rig,
                              .request = request,
                              .cancel = cancel_new(NULL, &clock_system),
                              .arena = arena_new(1024 * 1024)};
    pthread_create(&flight->thread, NULL, fly, flight);
}

static void land(struct flight *flight) {
    pthread_join(flight->thread, NULL);
}

static void flight_cleanup(struct flight *flight) {
    cancel_free(flight->cancel);
    arena_free(flight->arena);
}

/* One request of that method to a server that behaves so. */
static void check_result(tiny_serve_fn *serve, const char *method, enum transport_result result,
                         bool sent, const char *detail) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, method, server->port, "/?key=verysecret");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, result);
    CHECK_INT(outcome.sent, sent);
    CHECK(str_find(outcome.detail, str_of(detail)) >= 0);
    CHECK(str_find(outcome.detail, STR("verysecret")) < 0);
    CHECK_INT(atomic_load(&server->requests), 1);
    rig_cleanup(&rig);
    tiny_stop(server);
}

/* --- tests --- */

TEST(a_reply_comes_back_whole) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "GET", server->port, "/a/../b?q=1%20");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_OK);
    CHECK(outcome.sent);
    CHECK_INT(outcome.response.status, 200);
    CHECK_STR(outcome.response.body, "hello");
    REQUIRE(outcome.response.header_count == 3);
    CHECK_STR(outcome.response.headers[0].name, "X-First");
    CHECK_STR(outcome.response.headers[2].name, "x-second");
    CHECK_STR(outcome.response.headers[2].value, "two");
    struct str wire = arena_printf(rig.arena,
                                   "GET /a/../b?q=1%%20 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                                   "User-Agent: tester/1\r\nAccept: */*\r\n\r\n",
                                   (unsigned)server->port);
    CHECK_STR_IS(str_of(server->last), wire);
    rig_cleanup(&rig);
    tiny_stop(server);
}

static void check_wire(const struct http_request *request, struct rig *rig,
                       struct tiny_server *server, const char *first_line, const char *rest) {
    struct transport_outcome outcome = send_it(rig, request);
    CHECK_INT(outcome.result, TRANSPORT_OK);
    struct str wire =
        arena_printf(rig->arena, "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: tester/1\r\n%s",
                     first_line, (unsigned)server->port, rest);
    CHECK_STR_IS(str_of(server->last), wire);
}

TEST(bodies_and_headers_are_sent_exactly) {
    static const struct http_header headers[] = {{STR("Accept"), STR("application/json")},
                                                 {STR("X-Empty"), STR("")},
                                                 {STR("Content-Type"), STR("application/json")}};
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/p");
    request.headers = headers;
    request.header_count = 3;
    request.body = STR("{\"a\":1}");
    check_wire(&request, &rig, server, "POST /p",
               "Accept: application/json\r\nX-Empty:\r\nContent-Type: application/json\r\n"
               "Content-Length: 7\r\n\r\n{\"a\":1}");
    request = request_to(&rig, "POST", server->port, "/p");
    check_wire(&request, &rig, server, "POST /p", "Accept: */*\r\nContent-Length: 0\r\n\r\n");
    request.method = STR("PUT");
    check_wire(&request, &rig, server, "PUT /p", "Accept: */*\r\nContent-Length: 0\r\n\r\n");
    request.method = STR("DELETE");
    check_wire(&request, &rig, server, "DELETE /p", "Accept: */*\r\n\r\n");
    request.body = STR("x");
    check_wire(&request, &rig, server, "DELETE /p", "Accept: */*\r\nContent-Length: 1\r\n\r\nx");
    CHECK_INT(atomic_load(&server->connections), 1);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(a_large_body_is_sent_without_asking_first) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    /* libcurl asks from one MiB on. */
    char *body = arena_alloc(rig.arena, 1500001);
    memset(body, 'b', 1500000);
    request.body = str_of(body);
    CHECK_INT(send_it(&rig, &request).result, TRANSPORT_OK);
    CHECK(strstr(server->last, "Expect") == NULL);
    CHECK(strstr(server->last, "Content-Length: 1500000\r\n\r\nbbb") != NULL);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(interim_replies_and_chunks_are_dealt_with) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_interim, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.response.status, 201);
    CHECK_STR(outcome.response.body, "abcde");
    CHECK_INT(outcome.response.header_count, 1);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(a_refused_connection_is_certainly_not_sent) {
    struct rig rig;
    uint16_t port;
    rig_init(&rig, "");
    close(tiny_listen(&port, 1));
    struct http_request request = request_to(&rig, "POST", port, "/");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_NOT_SENT);
    CHECK(!outcome.sent);
    CHECK(str_starts(outcome.detail, STR("Failed to connect to 127.0.0.1 port")));
    rig_cleanup(&rig);
}

TEST(lost_and_broken_replies_are_uncertain) {
    check_result(serve_nothing, "POST", TRANSPORT_UNCERTAIN, true, "Empty reply from server");
    check_result(serve_nothing, "GET", TRANSPORT_UNCERTAIN, true, "Empty reply from server");
    check_result(serve_part, "POST", TRANSPORT_UNCERTAIN, true, "bytes remaining to read");
    check_result(serve_garbage, "POST", TRANSPORT_UNCERTAIN, true, "HTTP/0.9");
}

TEST(replies_have_a_limit) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_thousand, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_OK);
    CHECK_INT(outcome.response.body.len, 1000);
    request.max_response_bytes = 999;
    outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_TOO_LARGE);
    CHECK(outcome.sent);
    CHECK_INT(outcome.response.body.len, 0);
    rig_cleanup(&rig);
    tiny_stop(server);
    check_result(serve_large_head, "POST", TRANSPORT_TOO_LARGE, true, "");
}

TEST(redirects_are_not_followed) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_redirect, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "GET", server->port, "/");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_OK);
    CHECK_INT(outcome.response.status, 302);
    CHECK_STR(outcome.response.headers[0].value, "/elsewhere");
    CHECK_INT(atomic_load(&server->requests), 1);
    rig_cleanup(&rig);
    tiny_stop(server);
}

static void check_refused(struct rig *rig, struct http_request request, const char *detail) {
    struct transport_outcome outcome = send_it(rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_REFUSED);
    CHECK(!outcome.sent);
    CHECK_STR_IS(outcome.detail, str_of(detail));
}

TEST(what_would_be_unsafe_is_refused) {
    static const struct http_header broken_value[] = {{STR("X-A"), STR("1\r\nX-B: 2")}};
    static const struct http_header broken_name[] = {{STR("X-A: 1\r\nX-B"), STR("2")}};
    const char *plain =
        "plain http is used for addresses of this machine only: configure an address that "
        "begins with https://";
    const char *malformed = "the address is not an http or https URL that can be used";
    const char *header = "a header holds a line break or another control character";
    struct rig rig;
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "GET", 1, "/");
    request.url = STR("http://api.example.com/");
    check_refused(&rig, request, plain);
    request.url = STR("http://127.0.0.1.example.com/");
    check_refused(&rig, request, plain);
    request.url = STR("ftp://127.0.0.1/");
    check_refused(&rig, request, malformed);
    request.url = STR("https://user:pass@127.0.0.1/");
    check_refused(&rig, request, malformed);
    request.url = STR("/relative");
    check_refused(&rig, request, malformed);
    request = request_to(&rig, "GET / HTTP/1.1\r\nX:", 1, "/");
    check_refused(&rig, request, malformed);
    request = request_to(&rig, "GET", 1, "/");
    request.headers = broken_value;
    request.header_count = 1;
    check_refused(&rig, request, header);
    request.headers = broken_name;
    check_refused(&rig, request, header);
    rig_cleanup(&rig);
}

static void check_cancelled(tiny_serve_fn *serve) {
    struct rig rig;
    struct flight flight;
    struct tiny_server *server = tiny_start(serve, NULL);
    rig_init(&rig, "");
    take_off(&flight, &rig, request_to(&rig, "POST", server->port, "/"));
    CHECK(tiny_await(server, &server->requests, 1));
    cancel_trip(flight.cancel);
    land(&flight);
    CHECK_INT(flight.outcome.result, TRANSPORT_CANCELLED);
    CHECK(flight.outcome.sent);
    flight_cleanup(&flight);
    /* The transport goes on working. */
    tiny_release(server);
    struct http_request request = request_to(&rig, "GET", server->port, "/");
    CHECK(send_it(&rig, &request).result != TRANSPORT_CANCELLED);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(cancelling_ends_a_request_under_way) {
    check_cancelled(serve_when_released);
    check_cancelled(serve_head_then_wait);
}

/* Some answers tell what nothing else does. */
TEST(a_request_that_lingers_hears_its_answer_after_a_cancel) {
    struct rig rig;
    struct flight flight;
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    request.linger_ms = 60000;
    take_off(&flight, &rig, request);
    CHECK(tiny_await(server, &server->requests, 1));
    cancel_trip(flight.cancel);
    tiny_release(server);
    land(&flight);
    CHECK_INT(flight.outcome.result, TRANSPORT_OK);
    flight_cleanup(&flight);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(a_request_does_not_linger_for_ever) {
    struct rig rig;
    struct flight flight;
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    request.linger_ms = 50;
    take_off(&flight, &rig, request);
    CHECK(tiny_await(server, &server->requests, 1));
    cancel_trip(flight.cancel);
    land(&flight);
    CHECK_INT(flight.outcome.result, TRANSPORT_CANCELLED);
    CHECK(flight.outcome.sent);
    flight_cleanup(&flight);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(a_tripped_token_sends_nothing) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "GET", server->port, "/");
    cancel_trip(rig.cancel);
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_CANCELLED);
    CHECK(!outcome.sent);
    CHECK_INT(atomic_load(&server->connections), 0);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(the_tokens_deadline_ends_a_request_under_way) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    cancel_set_deadline(rig.cancel, clock_system.now_ms(&clock_system) + 300);
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_CANCELLED);
    CHECK_INT(cancel_state(rig.cancel), CANCEL_DEADLINE);
    CHECK_INT(outcome.sent, atomic_load(&server->requests) == 1);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(a_reply_that_does_not_come_in_time_is_uncertain) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    request.timeout_ms = 300;
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_UNCERTAIN);
    CHECK(outcome.sent);
    CHECK(str_find(outcome.detail, STR("timed out")) >= 0);
    rig_cleanup(&rig);
    tiny_stop(server);
}

/* Connections wait in vain once the queue of a listener that nobody accepts from is full. */
struct stalled_port {
    int listener;
    int fillers[4];
    uint16_t port;
};

static void stalled_port_init(struct stalled_port *stalled) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    stalled->listener = tiny_listen(&stalled->port, 0);
    address.sin_port = htons(stalled->port);
    for (size_t i = 0; i < 4; i++) {
        stalled->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connect(stalled->fillers[i], (struct sockaddr *)&address, sizeof(address)) != 0) {
            CHECK_INT(errno, EINPROGRESS);
        }
    }
}

static void stalled_port_cleanup(struct stalled_port *stalled) {
    for (size_t i = 0; i < 4; i++) {
        close(stalled->fillers[i]);
    }
    close(stalled->listener);
}

TEST(a_connection_that_does_not_come_about_is_not_sent) {
    struct rig rig;
    struct stalled_port stalled;
    struct flight flight;
    stalled_port_init(&stalled);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "POST", stalled.port, "/");
    request.timeout_ms = 300;
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_NOT_SENT);
    CHECK(!outcome.sent);
    request.timeout_ms = 60000;
    take_off(&flight, &rig, request);
    cancel_trip(flight.cancel);
    land(&flight);
    CHECK_INT(flight.outcome.result, TRANSPORT_CANCELLED);
    CHECK(!flight.outcome.sent);
    flight_cleanup(&flight);
    rig_cleanup(&rig);
    stalled_port_cleanup(&stalled);
}

TEST(a_stalled_look_up_blocks_neither_cancel_nor_free) {
    struct rig rig;
    struct flight flights[2];
    struct tiny_certificate certificate;
    tiny_certificate_init(&certificate, "DNS:stalled.test");
    rig_init(&rig, certificate.path);
    struct http_request request = request_to(&rig, "POST", 1, "/");
    request.url = STR("https://stalled.test/");
    request.timeout_ms = 60000;
    take_off(&flights[0], &rig, request);
    take_off(&flights[1], &rig, request);
    await_lookups(2);
    cancel_trip(flights[0].cancel);
    land(&flights[0]);
    CHECK_INT(flights[0].outcome.result, TRANSPORT_CANCELLED);
    CHECK(!flights[0].outcome.sent);
    rig.transport->free(rig.transport);
    land(&flights[1]);
    CHECK_INT(flights[1].outcome.result, TRANSPORT_CANCELLED);
    CHECK(!flights[1].outcome.sent);
    rig.transport = NULL;
    release_lookups();
    flight_cleanup(&flights[0]);
    flight_cleanup(&flights[1]);
    rig_cleanup(&rig);
    tiny_certificate_cleanup(&certificate);
}

/* One request that makes the connection, one that loses it: how many came in at the server? */
static void check_lost_connection(const char *method, enum transport_result result, int requests) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_once, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, method, server->port, "/");
    CHECK_INT(send_it(&rig, &request).result, TRANSPORT_OK);
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, result);
    CHECK(outcome.sent);
    CHECK_INT(atomic_load(&server->requests), requests);
    if (result == TRANSPORT_UNCERTAIN) {
        CHECK_STR(outcome.detail, "the connection was closed before a reply came");
    }
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(only_reads_are_repeated_when_a_kept_connection_dies) {
    check_lost_connection("POST", TRANSPORT_UNCERTAIN, 2);
    check_lost_connection("PUT", TRANSPORT_UNCERTAIN, 2);
    check_lost_connection("DELETE", TRANSPORT_UNCERTAIN, 2);
    check_lost_connection("GET", TRANSPORT_OK, 3);
}

/* The reply comes twice: the second one lies ready for whoever sends next on the connection. */
static bool serve_twice(struct tiny_peer *peer) {
    bool goes_on = true;
    for (int i = 0; i < 2 && goes_on && peer->served <= 1; i++) {
        goes_on = serve_ok(peer);
    }
    return goes_on;
}

TEST(a_request_that_changes_something_shares_no_connection) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_twice, NULL);
    rig_init(&rig, "");
    struct http_request read = request_to(&rig, "GET", server->port, "/read");
    struct http_request change = request_to(&rig, "POST", server->port, "/change");
    change.own_connection = true;
    for (int i = 1; i <= 3; i++) {
        CHECK_INT(send_it(&rig, &change).result, TRANSPORT_OK);
        CHECK_INT(atomic_load(&server->connections), i);
        CHECK_INT(atomic_load(&server->requests), i);
    }
    CHECK_INT(send_it(&rig, &read).result, TRANSPORT_OK);
    CHECK_INT(atomic_load(&server->connections), 4);
    CHECK_INT(send_it(&rig, &change).result, TRANSPORT_OK);
    CHECK_INT(atomic_load(&server->connections), 5);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(freeing_ends_what_is_under_way) {
    struct rig rig;
    struct flight flights[8];
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    for (size_t i = 0; i < 8; i++) {
        take_off(&flights[i], &rig, request_to(&rig, "POST", server->port, "/"));
    }
    CHECK(tiny_await(server, &server->requests, 8));
    rig.transport->free(rig.transport);
    rig.transport = NULL;
    for (size_t i = 0; i < 8; i++) {
        land(&flights[i]);
        CHECK_INT(flights[i].outcome.result, TRANSPORT_CANCELLED);
        CHECK(flights[i].outcome.sent);
        flight_cleanup(&flights[i]);
    }
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(a_host_gets_eight_connections_and_the_rest_wait) {
    enum { COUNT = 40 };
    struct rig rig;
    struct flight flights[COUNT];
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    for (size_t i = 0; i < COUNT; i++) {
        take_off(&flights[i], &rig, request_to(&rig, "POST", server->port, "/"));
    }
    CHECK(tiny_await(server, &server->requests, 8));
    CHECK_INT(atomic_load(&server->requests), 8);
    /* One that waits for its turn is cancelled without having been sent. */
    struct flight last;
    take_off(&last, &rig, request_to(&rig, "POST", server->port, "/"));
    cancel_trip(last.cancel);
    land(&last);
    CHECK_INT(last.outcome.result, TRANSPORT_CANCELLED);
    CHECK(!last.outcome.sent);
    flight_cleanup(&last);
    tiny_release(server);
    for (size_t i = 0; i < COUNT; i++) {
        land(&flights[i]);
        CHECK_INT(flights[i].outcome.result, TRANSPORT_OK);
        flight_cleanup(&flights[i]);
    }
    CHECK_INT(atomic_load(&server->requests), COUNT);
    CHECK_INT(atomic_load(&server->most_open), 8);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(the_time_for_a_reply_begins_with_the_connection) {
    struct rig rig;
    struct flight flights[9];
    struct tiny_server *server = tiny_start(serve_when_released, NULL);
    struct tiny_server *silent = tiny_start(serve_when_released, NULL);
    rig_init(&rig, "");
    for (size_t i = 0; i < 8; i++) {
        take_off(&flights[i], &rig, request_to(&rig, "POST", server->port, "/"));
    }
    CHECK(tiny_await(server, &server->requests, 8));
    struct http_request request = request_to(&rig, "POST", server->port, "/");
    request.timeout_ms = 200;
    take_off(&flights[8], &rig, request);
    /* One to another host, begun later and given more time, has lost patience before the ninth
     * even begins. */
    struct http_request other = request_to(&rig, "POST", silent->port, "/");
    other.timeout_ms = 400;
    CHECK_INT(send_it(&rig, &other).result, TRANSPORT_UNCERTAIN);
    CHECK_INT(atomic_load(&server->requests), 8);
    tiny_release(server);
    for (size_t i = 0; i < 9; i++) {
        land(&flights[i]);
        CHECK_INT(flights[i].outcome.result, TRANSPORT_OK);
        flight_cleanup(&flights[i]);
    }
    rig_cleanup(&rig);
    tiny_stop(silent);
    tiny_stop(server);
}

/* A TLS server whose certificate is for `names`, asked by a client that trusts `ca_file` (NULL:
 * that certificate). */
static struct transport_outcome ask_tls(struct rig *rig, const char *names, const char *ca_file,
                                        int newest_version) {
    struct tiny_certificate certificate;
    tiny_certificate_init(&certificate, names);
    SSL_CTX *tls = tiny_certificate_server(&certificate);
    SSL_CTX_set_min_proto_version(tls, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls, newest_version);
    SSL_CTX_set_security_level(tls, 0);
    struct tiny_server *server = tiny_start(serve_ok, tls);
    rig_init(rig, ca_file != NULL ? ca_file : certificate.path);
    struct http_request request = request_to(rig, "POST", 1, "/");
    request.url =
        arena_printf(rig->arena, "https://127.0.0.1:%u/?key=verysecret", (unsigned)server->port);
    struct transport_outcome outcome = send_it(rig, &request);
    rig->transport->free(rig->transport);
    rig->transport = NULL;
    tiny_stop(server);
    SSL_CTX_free(tls);
    tiny_certificate_cleanup(&certificate);
    return outcome;
}

TEST(tls_with_a_trusted_certificate_works) {
    struct rig rig;
    struct transport_outcome outcome = ask_tls(&rig, "IP:127.0.0.1", NULL, TLS1_3_VERSION);
    CHECK_INT(outcome.result, TRANSPORT_OK);
    CHECK_STR(outcome.response.body, "hello");
    rig_cleanup(&rig);
    outcome = ask_tls(&rig, "IP:127.0.0.1", NULL, TLS1_2_VERSION);
    CHECK_INT(outcome.result, TRANSPORT_OK);
    rig_cleanup(&rig);
}

TEST(tls_with_an_untrusted_certificate_is_refused) {
    struct rig rig;
    struct tiny_certificate other;
    tiny_certificate_init(&other, "IP:127.0.0.1");
    struct transport_outcome outcome = ask_tls(&rig, "IP:127.0.0.1", other.path, TLS1_3_VERSION);
    CHECK_INT(outcome.result, TRANSPORT_REFUSED);
    CHECK(!outcome.sent);
    CHECK(str_starts(outcome.detail, STR("SSL certificate problem: ")));
    CHECK(str_ends(
        outcome.detail,
        STR("; if the server is to be trusted, name its certificate authority in caFile")));
    rig_cleanup(&rig);
    tiny_certificate_cleanup(&other);
}

TEST(tls_with_another_hosts_certificate_is_refused) {
    struct rig rig;
    struct transport_outcome outcome = ask_tls(&rig, "DNS:other.example.com", NULL, TLS1_3_VERSION);
    CHECK_INT(outcome.result, TRANSPORT_REFUSED);
    CHECK(!outcome.sent);
    rig_cleanup(&rig);
}

TEST(old_tls_is_not_spoken) {
    struct rig rig;
    struct transport_outcome outcome = ask_tls(&rig, "IP:127.0.0.1", NULL, TLS1_1_VERSION);
    CHECK_INT(outcome.result, TRANSPORT_NOT_SENT);
    CHECK(!outcome.sent);
    rig_cleanup(&rig);
}

TEST(without_authorities_only_https_is_refused) {
    struct rig rig;
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    rig_init(&rig, "/nowhere/ca.pem");
    struct http_request request = request_to(&rig, "GET", server->port, "/");
    CHECK_INT(send_it(&rig, &request).result, TRANSPORT_OK);
    request.url = STR("https://api.example.com/");
    check_refused(&rig, request,
                  "caFile names '/nowhere/ca.pem', which cannot be read: point it at a PEM file of "
                  "certificate authorities");
    rig_cleanup(&rig);
    tiny_stop(server);
}

static void set_proxies(const char *value) {
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy"};
    for (size_t i = 0; i < 3; i++) {
        if (value == NULL) {
            unsetenv(names[i]); /* NOLINT(concurrency-mt-unsafe): no other thread lives */
        } else {
            setenv(names[i], value, 1); /* NOLINT(concurrency-mt-unsafe): as above */
        }
    }
}

TEST(a_proxy_is_used_but_never_for_this_machine) {
    struct rig rig;
    struct tiny_certificate certificate;
    char address[64];
    struct tiny_server *proxy = tiny_start(serve_proxy_refusal, NULL);
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    tiny_certificate_init(&certificate, "DNS:api.example.com");
    snprintf(address, sizeof(address), "http://127.0.0.1:%u", (unsigned)proxy->port);
    set_proxies(address);
    rig_init(&rig, certificate.path);
    struct http_request request = request_to(&rig, "GET", server->port, "/");
    CHECK_INT(send_it(&rig, &request).result, TRANSPORT_OK);
    request.url = arena_printf(rig.arena, "http://localhost:%u/", (unsigned)server->port);
    CHECK_INT(send_it(&rig, &request).result, TRANSPORT_OK);
    CHECK_INT(atomic_load(&proxy->requests), 0);

    /* What is said to the proxy is not yet the request. */
    request = request_to(&rig, "POST", 1, "/");
    request.url = STR("https://api.example.com/?key=verysecret");
    struct transport_outcome outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_NOT_SENT);
    CHECK(!outcome.sent);
    CHECK(strncmp(proxy->last, "CONNECT api.example.com:443 HTTP/1.1\r\n", 38) == 0);
    CHECK(strstr(proxy->last, "verysecret") == NULL);
    CHECK(strstr(proxy->last, "Proxy-Authorization") == NULL);

    snprintf(address, sizeof(address), "http://me:pw-1234@127.0.0.1:%u", (unsigned)proxy->port);
    set_proxies(address);
    outcome = send_it(&rig, &request);
    CHECK_INT(outcome.result, TRANSPORT_NOT_SENT);
    CHECK(str_find(outcome.detail, STR("pw-1234")) < 0);
    CHECK(strstr(proxy->last, "\r\nProxy-Authorization: Basic bWU6cHctMTIzNA==\r\n") != NULL);
    set_proxies(NULL);
    rig_cleanup(&rig);
    tiny_certificate_cleanup(&certificate);
    tiny_stop(server);
    tiny_stop(proxy);
}

static atomic_int signals_taken;

static void on_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals_taken, 1);
}

/* Sends from a thread that is open to SIGUSR1, as the first of this transport does. */
static void *send_open_to_signals(void *user) {
    struct flight *flight = user;
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    return fly(flight);
}

TEST(the_transports_thread_takes_no_signals) {
    struct rig rig;
    struct flight flight;
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t one;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &one, &before);
    sigaction(SIGUSR1, &action, NULL);
    struct tiny_server *server = tiny_start(serve_ok, NULL);
    rig_init(&rig, "");
    struct http_request request = request_to(&rig, "GET", server->port, "/");
    flight = (struct flight){.rig = &rig,
                             .request = request,
                             .cancel = cancel_new(NULL, &clock_system),
                             .arena = arena_new(1024 * 1024)};
    pthread_create(&flight.thread, NULL, send_open_to_signals, &flight);
    land(&flight);
    CHECK_INT(flight.outcome.result, TRANSPORT_OK);

    kill(getpid(), SIGUSR1);
    CHECK_INT(send_it(&rig, &request).result, TRANSPORT_OK);
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGUSR1) == 1);
    CHECK_INT(atomic_load(&signals_taken), 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    CHECK_INT(atomic_load(&signals_taken), 1);
    flight_cleanup(&flight);
    rig_cleanup(&rig);
    tiny_stop(server);
}

TEST(opening_and_freeing_without_a_request_starts_no_thread) {
    struct rig rig;
    rig_init(&rig, "");
    rig_cleanup(&rig);
    CHECK(true);
}

TEST_MAIN {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    set_proxies(NULL);
    RUN(a_reply_comes_back_whole);
    RUN(bodies_and_headers_are_sent_exactly);
    RUN(a_large_body_is_sent_without_asking_first);
    RUN(interim_replies_and_chunks_are_dealt_with);
    RUN(a_refused_connection_is_certainly_not_sent);
    RUN(lost_and_broken_replies_are_uncertain);
    RUN(replies_have_a_limit);
    RUN(redirects_are_not_followed);
    RUN(what_would_be_unsafe_is_refused);
    RUN(cancelling_ends_a_request_under_way);
    RUN(a_request_that_lingers_hears_its_answer_after_a_cancel);
    RUN(a_request_does_not_linger_for_ever);
    RUN(a_tripped_token_sends_nothing);
    RUN(the_tokens_deadline_ends_a_request_under_way);
    RUN(a_reply_that_does_not_come_in_time_is_uncertain);
    RUN(a_connection_that_does_not_come_about_is_not_sent);
    RUN(a_stalled_look_up_blocks_neither_cancel_nor_free);
    RUN(only_reads_are_repeated_when_a_kept_connection_dies);
    RUN(a_request_that_changes_something_shares_no_connection);
    RUN(freeing_ends_what_is_under_way);
    RUN(a_host_gets_eight_connections_and_the_rest_wait);
    RUN(the_time_for_a_reply_begins_with_the_connection);
    RUN(tls_with_a_trusted_certificate_works);
    RUN(tls_with_an_untrusted_certificate_is_refused);
    RUN(tls_with_another_hosts_certificate_is_refused);
    RUN(old_tls_is_not_spoken);
    RUN(without_authorities_only_https_is_refused);
    RUN(a_proxy_is_used_but_never_for_this_machine);
    RUN(the_transports_thread_takes_no_signals);
    RUN(opening_and_freeing_without_a_request_starts_no_thread);
    curl_global_cleanup();
}
