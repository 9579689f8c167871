/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "naysay/h1.h"

static struct http_field room[4];

/* Up to two fields; a NULL name is no field. */
static struct http_fields fields_of(const char *name, const char *value)
{
    struct http_fields f = {room, 0, COUNT(room)};

    if (name != NULL) /* the id is left out: the emitter must not need it */
        room[f.n++] = (struct http_field){slice_of(name), slice_of(value), FIELD_OTHER};
    return f;
}

static void must_be(struct buf *out, const char *text)
{
    const struct slice got = buf_slice(out);

    if (!slice_is(got, slice_of(text)))
        fail_msg("%.*s instead of %s", SLICE_ARGS(got), text);
    buf_clear(out);
}

/* ---- responses ---- */

struct response_row {
    unsigned status;
    const char *phrase;
    const char *name, *value;
    struct http_framing framing;
    struct h1_head_opts opts;
    enum h1_refusal outcome;
    const char *octets;
};

#define NONE         \
    {                \
        BODY_NONE, 0 \
    }
#define LENGTH(n)      \
    {                  \
        BODY_LENGTH, n \
    }
#define CHUNKED         \
    {                   \
        BODY_CHUNKED, 0 \
    }
#define CLOSE         \
    {                 \
        BODY_CLOSE, 0 \
    }
#define DATE    .date = {"Sat, 21 Nov 2026 08:00:00 GMT", 29}
#define UPGRADE .upgrade = {"websocket", 9}

static void check_responses(const struct response_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct response_row *row = &rows[i];
        struct buf out = {.block = NULL};
        const struct http_response res = {.status = (uint16_t)row->status,
                                          .phrase = slice_of(row->phrase),
                                          .framing = row->framing,
                                          .fields = fields_of(row->name, row->value)};
        const enum h1_refusal got = h1_put_response(&out, &res, &row->opts);

        if (got != row->outcome)
            fail_msg("row %zu: refusal %d instead of %d", i, (int)got, (int)row->outcome);
        must_be(&out, row->octets == NULL ? "" : row->octets);
    }
}

// clang-format off
static void test_responses_are_written_in_order(void **state)
{
    static const struct response_row rows[] = {
        {522, "Origin Down", "Server", "x", LENGTH(5), {DATE}, H1_EMIT_OK,
         "HTTP/1.1 522 Origin Down\r\nServer: x\r\nDate: Sat, 21 Nov 2026 08:00:00 GMT\r\n"
         "Content-Length: 5\r\n\r\n"},
        {200, "", "Date", "today", LENGTH(UINT64_MAX), {DATE, .close = true}, H1_EMIT_OK,
         "HTTP/1.1 200 \r\nDate: today\r\nContent-Length: 18446744073709551615\r\n"
         "Connection: close\r\n\r\n"},
        {200, "OK", NULL, NULL, CHUNKED, {.keep_alive = true}, H1_EMIT_OK,
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"},
        {200, "OK", "A", "", CLOSE, {.close = true, .keep_alive = true}, H1_EMIT_OK,
         "HTTP/1.1 200 OK\r\nA: \r\nConnection: close\r\n\r\n"},
        {200, "OK", NULL, NULL, NONE, {.method = METHOD_GET}, H1_EMIT_OK,
         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {426, "Upgrade Required", NULL, NULL, LENGTH(0), {UPGRADE, .close = true}, H1_EMIT_OK,
         "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nUpgrade: websocket\r\n"
         "Connection: upgrade, close\r\n\r\n"},
        {101, "Switching Protocols", NULL, NULL, NONE, {UPGRADE}, H1_EMIT_OK,
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"},
        {100, "Continue", NULL, NULL, NONE, {.method = METHOD_POST}, H1_EMIT_OK,
         "HTTP/1.1 100 Continue\r\n\r\n"},
        {204, "No Content", NULL, NULL, NONE, {.method = METHOD_GET}, H1_EMIT_OK,
         "HTTP/1.1 204 No Content\r\n\r\n"},
        {205, "Reset Content", NULL, NULL, LENGTH(0), {.method = METHOD_GET}, H1_EMIT_OK,
         "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"},
        {304, "Not Modified", NULL, NULL, LENGTH(7), {.method = METHOD_GET}, H1_EMIT_OK,
         "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"},
        {304, "Not Modified", NULL, NULL, NONE, {.method = METHOD_GET}, H1_EMIT_OK,
         "HTTP/1.1 304 Not Modified\r\n\r\n"},
        {200, "OK", NULL, NULL, LENGTH(7), {.method = METHOD_HEAD}, H1_EMIT_OK,
         "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"},
        {200, "OK", NULL, NULL, NONE, {.method = METHOD_HEAD}, H1_EMIT_OK,
         "HTTP/1.1 200 OK\r\n\r\n"},
        {200, "Established", NULL, NULL, LENGTH(7), {.method = METHOD_CONNECT}, H1_EMIT_OK,
         "HTTP/1.1 200 Established\r\n\r\n"},
        {999, "\xe9 \t ", NULL, NULL, LENGTH(0), {.method = METHOD_GET}, H1_EMIT_OK,
         "HTTP/1.1 999 \xe9 \t \r\nContent-Length: 0\r\n\r\n"},
    };

    (void)state;
    check_responses(rows, COUNT(rows));
}

static void test_what_is_not_http_is_refused(void **state)
{
    static const struct response_row rows[] = {
        {99, "", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_STATUS, NULL},
        {1000, "", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_STATUS, NULL},
        {0, "", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_STATUS, NULL},
        {200, "O\r\nK", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_PHRASE, NULL},
        {200, "O\x7fK", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_PHRASE, NULL},
        {200, "OK", "", "b", LENGTH(0), {DATE}, H1_EMIT_NAME, NULL},
        {200, "OK", "A b", "b", LENGTH(0), {DATE}, H1_EMIT_NAME, NULL},
        {200, "OK", "A:", "b", LENGTH(0), {DATE}, H1_EMIT_NAME, NULL},
        {200, "OK", "A\r\nB", "b", LENGTH(0), {DATE}, H1_EMIT_NAME, NULL},
        {200, "OK", "A", "b\r\nSet-Cookie: c", LENGTH(0), {DATE}, H1_EMIT_VALUE, NULL},
        {200, "OK", "A", "b\n", LENGTH(0), {DATE}, H1_EMIT_VALUE, NULL},
        {200, "OK", "A", " b", LENGTH(0), {DATE}, H1_EMIT_VALUE, NULL},
        {200, "OK", "A", "b\t", LENGTH(0), {DATE}, H1_EMIT_VALUE, NULL},
        {200, "OK", "A", "\x1b", LENGTH(0), {DATE}, H1_EMIT_VALUE, NULL},
        {200, "OK", "content-length", "5", LENGTH(5), {DATE}, H1_EMIT_FRAMING, NULL},
        {200, "OK", "Transfer-encoding", "chunked", LENGTH(5), {DATE}, H1_EMIT_FRAMING, NULL},
        {200, "OK", "CONNECTION", "close", LENGTH(5), {DATE}, H1_EMIT_FRAMING, NULL},
        {200, "OK", NULL, NULL, CLOSE, {DATE}, H1_EMIT_FRAMING, NULL},
        {100, "", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_FRAMING, NULL},
        {101, "", NULL, NULL, NONE, {DATE}, H1_EMIT_FRAMING, NULL},
        {204, "", NULL, NULL, LENGTH(0), {DATE}, H1_EMIT_FRAMING, NULL},
        {204, "", NULL, NULL, CHUNKED, {DATE}, H1_EMIT_FRAMING, NULL},
        {205, "", NULL, NULL, LENGTH(1), {DATE}, H1_EMIT_FRAMING, NULL},
        {205, "", NULL, NULL, CHUNKED, {DATE}, H1_EMIT_FRAMING, NULL},
        {200, "OK", NULL, NULL, LENGTH(0), {.date = {"a\r\nb", 4}}, H1_EMIT_VALUE, NULL},
        {200, "OK", NULL, NULL, LENGTH(0), {.upgrade = {"a\nb", 3}}, H1_EMIT_VALUE, NULL},
    };

    (void)state;
    check_responses(rows, COUNT(rows));
}

/* ---- requests ---- */

static void test_requests_are_written_or_refused(void **state)
{
    static const struct {
        const char *method, *target;
        const char *name, *value;
        struct http_framing framing;
        struct h1_head_opts opts;
        enum h1_refusal outcome;
        const char *octets;
    } rows[] = {
        {"GET", "/a?b", "Host", "a", NONE, {.close = false}, H1_EMIT_OK,
         "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"PUT", "http://a/", "host", "a", CHUNKED, {.close = true}, H1_EMIT_OK,
         "PUT http://a/ HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\n"
         "Connection: close\r\n\r\n"},
        {"POST", "/", "Host", "a", LENGTH(10), {UPGRADE}, H1_EMIT_OK,
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nUpgrade: websocket\r\n"
         "Connection: upgrade\r\n\r\n"},
        {"CONNECT", "a:443", "Host", "a:443", NONE, {.close = false}, H1_EMIT_OK,
         "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"},
        {"OPTIONS", "*", "Host", "a", NONE, {.close = false}, H1_EMIT_OK,
         "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"", "/", "Host", "a", NONE, {DATE}, H1_EMIT_METHOD, NULL},
        {"G T", "/", "Host", "a", NONE, {DATE}, H1_EMIT_METHOD, NULL},
        {"GET", "", "Host", "a", NONE, {DATE}, H1_EMIT_TARGET, NULL},
        {"GET", "/ HTTP/1.1\r\nA: b", "Host", "a", NONE, {DATE}, H1_EMIT_TARGET, NULL},
        {"GET", "/a b", "Host", "a", NONE, {DATE}, H1_EMIT_TARGET, NULL},
        {"GET", "/a#b", "Host", "a", NONE, {DATE}, H1_EMIT_TARGET, NULL},
        {"GET", "*", "Host", "a", NONE, {DATE}, H1_EMIT_TARGET, NULL},
        {"CONNECT", "a", "Host", "a", NONE, {DATE}, H1_EMIT_TARGET, NULL},
        {"GET", "/", NULL, NULL, NONE, {DATE}, H1_EMIT_HOST, NULL},
        {"GET", "/", "Content-Length", "0", NONE, {DATE}, H1_EMIT_FRAMING, NULL},
        {"GET", "/", "Host", "a", CLOSE, {.close = true}, H1_EMIT_FRAMING, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {.block = NULL};
        const struct http_fields f = fields_of(rows[i].name, rows[i].value);

        assert_int_equal(h1_put_request(&out, slice_of(rows[i].method),
                                        slice_of(rows[i].target), &f, rows[i].framing,
                                        &rows[i].opts),
                         rows[i].outcome);
        must_be(&out, rows[i].octets == NULL ? "" : rows[i].octets);
    }
}
// clang-format on

static void test_two_hosts_are_refused(void **state)
{
    struct buf out = {.block = NULL};
    struct http_fields f = fields_of("Host", "a");

    (void)state;
    f.at[f.n++] = (struct http_field){SLICE("host"), SLICE("b"), FIELD_HOST};
    assert_int_equal(h1_put_request(&out, SLICE("GET"), SLICE("/"), &f,
                                    (struct http_framing)NONE, &(struct h1_head_opts){0}),
                     H1_EMIT_HOST);
    must_be(&out, "");
}

/* ---- chunks ---- */

static void test_chunks(void **state)
{
    struct buf out = {.block = NULL};
    static char text[300];

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(h1_put_chunk(&out, NO_SLICE), H1_EMIT_FRAMING);
    assert_int_equal(h1_put_chunk(&out, SLICE("a")), H1_EMIT_OK);
    assert_int_equal(h1_put_chunk(&out, (struct slice){text, 15}), H1_EMIT_OK);
    assert_int_equal(h1_put_chunk(&out, (struct slice){text, 16}), H1_EMIT_OK);
    must_be(&out, "1\r\na\r\nf\r\nxxxxxxxxxxxxxxx\r\n10\r\nxxxxxxxxxxxxxxxx\r\n");
    assert_int_equal(h1_put_chunk(&out, (struct slice){text, 256}), H1_EMIT_OK);
    assert_true(buf_len(&out) == 5 + 256 + 2 && memcmp(buf_head(&out), "100\r\n", 5) == 0);
    buf_clear(&out);
}

static void test_chunks_in_parts(void **state)
{
    struct buf out = {.block = NULL};

    (void)state;
    assert_int_equal(h1_put_chunk_size(&out, 0), H1_EMIT_FRAMING);
    assert_int_equal(h1_put_chunk_size(&out, 3), H1_EMIT_OK);
    assert_true(buf_put(&out, SLICE("ab")) && buf_put(&out, SLICE("c")));
    assert_int_equal(h1_put_chunk_end(&out), H1_EMIT_OK);
    assert_int_equal(h1_put_chunk_size(&out, 1ull << 34), H1_EMIT_OK);
    must_be(&out, "3\r\nabc\r\n400000000\r\n");
    buf_clear(&out);
}

static void test_last_chunks(void **state)
{
    static const struct {
        const char *name, *value;
        enum h1_refusal outcome;
        const char *octets;
    } rows[] = {
        {NULL, NULL, H1_EMIT_OK, "0\r\n\r\n"},
        {"X-Sum", "1", H1_EMIT_OK, "0\r\nX-Sum: 1\r\n\r\n"},
        {"Host", "a", H1_EMIT_FRAMING, ""},
        {"Content-Length", "1", H1_EMIT_FRAMING, ""},
        {"Set-Cookie", "1", H1_EMIT_FRAMING, ""},
        {"A b", "1", H1_EMIT_NAME, ""},
        {"A", "1\r\n", H1_EMIT_VALUE, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct http_fields f = fields_of(rows[i].name, rows[i].value);
        struct buf out = {.block = NULL};

        assert_int_equal(h1_put_last_chunk(&out, f.n == 0 ? NULL : &f), rows[i].outcome);
        must_be(&out, rows[i].octets);
    }
}

/* ---- memory ---- */

static void test_no_memory_is_a_refusal_that_leaves_nothing(void **state)
{
    struct buf out = {.block = NULL};
    const struct http_response res = {.status = 200, .framing = LENGTH(0)};
    const struct http_fields host = fields_of("Host", "a");
    const struct h1_head_opts plain = {.close = false};

    (void)state;
    mem_fail(1, true);
    assert_int_equal(h1_put_response(&out, &res, &plain), H1_EMIT_MEMORY);
    assert_int_equal(h1_put_request(&out, SLICE("GET"), SLICE("/"), &host,
                                    (struct http_framing)NONE, &plain),
                     H1_EMIT_MEMORY);
    assert_int_equal(h1_put_chunk(&out, SLICE("a")), H1_EMIT_MEMORY);
    assert_int_equal(h1_put_last_chunk(&out, NULL), H1_EMIT_MEMORY);
    assert_int_equal(buf_len(&out), 0);
    mem_fail(0, false);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_responses_are_written_in_order),
        cmocka_unit_test(test_what_is_not_http_is_refused),
        cmocka_unit_test(test_requests_are_written_or_refused),
        cmocka_unit_test(test_two_hosts_are_refused),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_chunks_in_parts),
        cmocka_unit_test(test_last_chunks),
        cmocka_unit_test(test_no_memory_is_a_refusal_that_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
