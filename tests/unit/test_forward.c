/* SPDX-License-Identifier: MIT */
#include "decide_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define END "\r\n"

static const struct setting forward = {.from_loopback = true, .pseudonym = SLICE("me")};
static const struct setting reverse = {.upstream = {.host = SLICE("10.0.0.1"), .port = 80},
                                       .upstream_path = SLICE(""),
                                       .pseudonym = SLICE("me")};
static const struct setting prefixed = {.upstream = {.host = SLICE("o.test"), .port = 8080},
                                        .upstream_path = SLICE("/api"),
                                        .pseudonym = SLICE("me")};

/* ---- requests ---- */

struct request_row {
    const struct setting *setting;
    const char *head;
    const char *sent; /* method, target and fields as they go upstream */
};

// clang-format off
static const struct request_row requests[] = {
    /* H1-16: the authority of an absolute-form wins over Host. */
    {&forward, "GET http://o.test/a?b HTTP/1.1\r\nHost: other\r\n" END, "GET /a?b Host: o.test|Via: 1.1 me"},
    {&forward, "GET http://o.test:80/ HTTP/1.1\r\nHost: x\r\n" END, "GET / Host: o.test|Via: 1.1 me"},
    {&forward, "GET http://[::1]:81/ HTTP/1.1\r\nHost: x\r\n" END, "GET / Host: [::1]:81|Via: 1.1 me"},
    {&forward, "GET http://[::1] HTTP/1.1\r\nHost: x\r\n" END, "GET / Host: [::1]|Via: 1.1 me"},
    {&forward, "GET http://o.test HTTP/1.0\r\n" END, "GET / Host: o.test|Via: 1.0 me"},
    {&forward, "GET http://o.test?q HTTP/1.1\r\nHost: x\r\n" END, "GET /?q Host: o.test|Via: 1.1 me"},
    {&forward, "OPTIONS http://o.test HTTP/1.1\r\nHost: x\r\n" END, "OPTIONS * Host: o.test|Via: 1.1 me"},
    {&forward, "OPTIONS http://o.test/ HTTP/1.1\r\nHost: x\r\n" END, "OPTIONS / Host: o.test|Via: 1.1 me"},
    {&forward, "BREW http://o.test/pot HTTP/1.1\r\nHost: x\r\n" END, "BREW /pot Host: o.test|Via: 1.1 me"},
    {&forward, "GET http://o.test/%0d%0a HTTP/1.1\r\nHost: x\r\n" END, "GET /%0d%0a Host: o.test|Via: 1.1 me"},
    /* Our Via follows those of others. */
    {&forward, "GET http://o.test/ HTTP/1.1\r\nHost: x\r\nVia: 1.0 fred\r\n" END, "GET / Host: o.test|Via: 1.0 fred|Via: 1.1 me"},
    /* Hop-by-hop fields, and those that Connection names, stay here (H1-19). */
    {&forward, "GET http://o.test/ HTTP/1.1\r\nHost: x\r\nConnection: close, X-A\r\nX-A: 1\r\nX-B: 2\r\nKeep-Alive: 5\r\n"
               "TE: trailers\r\nProxy-Connection: keep-alive\r\n" END, "GET / Host: o.test|X-B: 2|Via: 1.1 me"},
    {&forward, "GET http://o.test/ HTTP/1.1\r\nHost: x\r\nConnection: x-a\r\nConnection: x-b\r\nX-A: 1\r\nX-B: 2\r\nx-c: 3\r\n" END,
     "GET / Host: o.test|x-c: 3|Via: 1.1 me"},
    {&forward, "POST http://o.test/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Type: a/b\r\n" END,
     "POST / Host: o.test|Content-Type: a/b|Via: 1.1 me"},
    {&forward, "POST http://o.test/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n" END,
     "POST / Host: o.test|Trailer: T|Via: 1.1 me"},
    /* FWD-07: what is for us is not for the origin. */
    {&forward, "GET http://o.test/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic QTpC\r\nAuthorization: Basic QTpC\r\nNaysay: 1\r\n" END,
     "GET / Host: o.test|Authorization: Basic QTpC|Via: 1.1 me"},
    /* Max-Forwards counts for TRACE and OPTIONS only. */
    {&forward, "OPTIONS http://o.test/ HTTP/1.1\r\nHost: x\r\nMax-Forwards: 9\r\n" END, "OPTIONS / Host: o.test|Max-Forwards: 8|Via: 1.1 me"},
    {&forward, "TRACE http://o.test/ HTTP/1.1\r\nHost: x\r\nMax-Forwards: 1\r\n" END, "TRACE / Host: o.test|Max-Forwards: 0|Via: 1.1 me"},
    {&forward, "GET http://o.test/ HTTP/1.1\r\nHost: x\r\nMax-Forwards: 9\r\n" END, "GET / Host: o.test|Max-Forwards: 9|Via: 1.1 me"},
    {&forward, "OPTIONS http://o.test/ HTTP/1.1\r\nHost: x\r\nMax-Forwards: nine\r\n" END, "OPTIONS / Host: o.test|Max-Forwards: nine|Via: 1.1 me"},
    /* The reverse side says who asked. */
    {&reverse, "GET /a HTTP/1.1\r\nHost: shop.test:4070\r\n" END,
     "GET /a Host: 10.0.0.1|X-Forwarded-For: 192.0.2.7|X-Forwarded-Host: shop.test:4070|X-Forwarded-Proto: http|Via: 1.1 me"},
    {&reverse, "GET /a HTTP/1.0\r\n" END,
     "GET /a Host: 10.0.0.1|X-Forwarded-For: 192.0.2.7|X-Forwarded-Proto: http|Via: 1.0 me"},
    {&reverse, "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.9.9.9\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.8.8.8\r\n" END,
     "GET / Host: 10.0.0.1|X-Forwarded-For: 10.9.9.9, 10.8.8.8, 192.0.2.7|X-Forwarded-Host: a|X-Forwarded-Proto: http|Via: 1.1 me"},
    {&prefixed, "GET /a?b HTTP/1.1\r\nHost: a\r\n" END,
     "GET /api/a?b Host: o.test:8080|X-Forwarded-For: 192.0.2.7|X-Forwarded-Host: a|X-Forwarded-Proto: http|Via: 1.1 me"},
    {&prefixed, "OPTIONS * HTTP/1.1\r\nHost: a\r\n" END,
     "OPTIONS * Host: o.test:8080|X-Forwarded-For: 192.0.2.7|X-Forwarded-Host: a|X-Forwarded-Proto: http|Via: 1.1 me"},
};
// clang-format on

static void test_requests_on_their_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct said s = {0};
        char sent[1024];

        decide_say_request(&s, requests[i].setting, requests[i].head);
        const struct step *step = said_step(&s, STEP_RELAY);
        assert_non_null(step);
        snprintf(sent, sizeof(sent), "%.*s %.*s %s", SLICE_ARGS(step->relay->method),
                 SLICE_ARGS(step->relay->target), said_fields(&s));
        assert_string_equal(sent, requests[i].sent);
        said_clear(&s);
    }
}

/* What stands besides the head: framing, upgrade, and whether it may go out twice. */
static void test_what_a_relay_knows(void **state)
{
    static const struct {
        const char *head;
        enum http_body_kind kind;
        uint64_t length;
        const char *upgrade;
        bool idempotent;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n" END, BODY_NONE, 0, "", true},
        {"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n" END, BODY_LENGTH, 7, "",
         true},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" END, BODY_CHUNKED,
         0, "", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" END,
         BODY_NONE, 0, "websocket", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: H2C\r\n" END,
         BODY_NONE, 0, "", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" END, BODY_NONE, 0, "", true},
        {"GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" END, BODY_NONE,
         0, "", true},
        {"BREW / HTTP/1.1\r\nHost: a\r\n" END, BODY_NONE, 0, "", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct said s = {0};

        decide_say_request(&s, &reverse, rows[i].head);
        const struct relay *r = said_step(&s, STEP_RELAY)->relay;
        assert_int_equal(r->framing.kind, rows[i].kind);
        if (rows[i].kind == BODY_LENGTH)
            assert_int_equal(r->framing.length, rows[i].length);
        assert_true(slice_is(r->upgrade, slice_of(rows[i].upgrade)));
        assert_int_equal(r->idempotent, rows[i].idempotent);
        said_clear(&s);
    }
}

/* ---- responses ---- */

static const char *const framings[] = {"none", "length", "chunked", "close"};

#define GET  "GET / HTTP/1.1\r\nHost: a\r\n" END
#define OLD  "GET / HTTP/1.0\r\n" END
#define HEAD "HEAD / HTTP/1.1\r\nHost: a\r\n" END
#define WS   "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: ws\r\n" END

struct response_row {
    const char *asked, *head;
    const char *plan;
    const char *said; /* framing and fields, or NULL: no final head */
};

// clang-format off
static const struct response_row responses[] = {
    {GET, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n" END, "relay: head 200; pipe body; end keep", "length X-A: b|Via: 1.1 me"},
    {GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" END, "relay: head 200; pipe body; end keep", "length Via: 1.1 me"},
    {GET, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" END, "relay: head 200; pipe body; end keep", "chunked Via: 1.1 me"},
    {GET, "HTTP/1.1 200 OK\r\n" END, "relay: head 200; pipe body; end keep", "chunked Via: 1.1 me"},
    {GET, "HTTP/1.0 200 OK\r\n" END, "relay: head 200; pipe body; end keep", "chunked Via: 1.0 me"},
    {OLD, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" END, "relay: head 200; pipe body; end keep", "close Via: 1.1 me"},
    {OLD, "HTTP/1.1 200 OK\r\n" END, "relay: head 200; pipe body; end keep", "close Via: 1.1 me"},
    {HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" END, "relay: head 200; end keep", "length Via: 1.1 me"},
    {GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n" END, "relay: head 304; end keep", "length ETag: x|Via: 1.1 me"},
    {GET, "HTTP/1.1 204 No Content\r\n" END, "relay: head 204; end keep", "none Via: 1.1 me"},
    {GET, "HTTP/1.1 777\r\nContent-Length: 1\r\n" END, "relay: head 777; pipe body; end keep", "length Via: 1.1 me"},
    {GET, "HTTP/1.1 200 OK\r\nConnection: close, x-a\r\nX-A: 1\r\nKeep-Alive: 1\r\nContent-Length: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n" END,
     "relay: head 200; pipe body; end keep", "length Set-Cookie: a|Set-Cookie: b|Via: 1.1 me"},
    {GET, "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n" END, "relay: head 407; pipe body; end keep",
     "length Proxy-Authenticate: Basic|Via: 1.1 me"},
    {GET, "HTTP/1.1 426 No\r\nUpgrade: ws\r\nConnection: upgrade\r\nContent-Length: 0\r\n" END, "relay: head 426; pipe body; end keep", "length Via: 1.1 me"},
    {WS, "HTTP/1.1 101 Go\r\nUpgrade: ws\r\nConnection: upgrade\r\nX: y\r\n" END, "relay: head 101; tunnel; end close", "none X: y|Via: 1.1 me"},
    {GET, "HTTP/1.1 103 Hints\r\nLink: x\r\n" END, "relay: interim 103; await head; end close", NULL},
    {GET, "HTTP/1.1 100 Continue\r\n" END, "relay: interim 100; await head; end close", NULL},
    {OLD, "HTTP/1.1 103 Hints\r\nLink: x\r\n" END, "relay: await head; end close", NULL},
};
// clang-format on

static void test_responses_on_their_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(responses); i++) {
        const struct response_row *row = &responses[i];
        struct said s = {0};
        char said[1024];

        decide_say_request(&s, &reverse, row->asked);
        decide_say_response(&s, &reverse, row->head);
        assert_string_equal(said_plan(&s), row->plan);
        const struct step *head = said_step(&s, STEP_HEAD);
        assert_int_equal(head != NULL, row->said != NULL);
        if (head != NULL) {
            snprintf(said, sizeof(said), "%s %s",
                     framings[head->head.response.framing.kind], said_fields(&s));
            assert_string_equal(said, row->said);
        }
        said_clear(&s);
    }
}

static void test_upgrades_keep_their_protocol(void **state)
{
    struct said s = {0};

    (void)state;
    decide_say_request(&s, &reverse, WS);
    decide_say_response(&s, &reverse,
                        "HTTP/1.1 101 Go\r\nUpgrade: ws\r\nConnection: upgrade\r\n" END);
    assert_true(slice_is(said_step(&s, STEP_HEAD)->head.upgrade, SLICE("ws")));
    said_clear(&s);
}

/* As many fields as a head may have, all of them kept. */
static void test_many_fields_go_through(void **state)
{
    char head[4096] = "GET http://o.test/ HTTP/1.1\r\nHost: x\r\n";
    struct said s = {0};

    (void)state;
    for (int i = 0; i < 60; i++)
        strcat(head, "X-Many: y\r\n");
    strcat(head, END);
    decide_say_request(&s, &forward, head);
    assert_int_equal(said_step(&s, STEP_RELAY)->relay->fields.n, 62);
    said_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_on_their_way),
        cmocka_unit_test(test_what_a_relay_knows),
        cmocka_unit_test(test_responses_on_their_way),
        cmocka_unit_test(test_upgrades_keep_their_protocol),
        cmocka_unit_test(test_many_fields_go_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
