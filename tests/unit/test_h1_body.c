/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "h1_oracle.h"
#include "h1_say.h"

/* What a chunked body is read as: content, trailers with a bar each, how it ended. */
struct heard {
    char content[600], trailers[600];
    size_t used;
    const char *end; /* "done", "more", or the fault */
    struct h1_body body;
};

static void append(char *to, struct slice s)
{
    const size_t n = strlen(to);

    assert_true(n + s.len < 600);
    memcpy(to + n, s.at, s.len);
    to[n + s.len] = '\0';
}

static void hear(struct heard *h, struct slice in, const struct limits *limits)
{
    enum h1_read what;
    struct h1_fault fault;

    memset(h, 0, sizeof(*h));
    h1_body_init(&h->body, (struct http_framing){BODY_CHUNKED, 0});
    do {
        struct slice out;
        size_t used;

        what = h1_body_read(&h->body, in.at + h->used, in.len - h->used, limits, &used,
                            &out, &fault);
        h->used += used;
        if (what == H1_READ_CONTENT)
            append(h->content, out);
        if (what == H1_READ_TRAILER) {
            append(h->trailers, out);
            append(h->trailers, SLICE("|"));
        }
    } while (what == H1_READ_CONTENT || what == H1_READ_TRAILER);
    h->end = what == H1_READ_DONE   ? "done"
             : what == H1_READ_MORE ? "more"
                                    : fault_name(fault.id);
}

struct row {
    struct slice in;
    const char *end;
    const char *content;
    const char *trailers;
};

/* A fourth argument is the trailers. */
#define ROW(text, how, octets, ...)                                       \
    {                                                                     \
        .in = {"" text, sizeof(text) - 1}, .end = how, .content = octets, \
        .trailers = "" __VA_ARGS__                                        \
    }
/* `text` after a good chunk with an x in it. */
#define BAD(text, fault) ROW("1\r\nx\r\n" text, fault, "x", )

static void check(const struct row *rows, size_t n)
{
    static struct heard h;

    for (size_t i = 0; i < n; i++) {
        hear(&h, rows[i].in, &limits_default);
        if (strcmp(h.end, rows[i].end) != 0)
            fail_msg("row %zu: %s instead of %s: %.*s", i, h.end, rows[i].end,
                     SLICE_ARGS(rows[i].in));
        assert_string_equal(h.content, rows[i].content);
        assert_string_equal(h.trailers, rows[i].trailers);
        for (size_t cut = 0; cut <= rows[i].in.len; cut++)
            assert_null(oracle_chunked(rows[i].in, cut));
    }
}

#define CHECK(rows) check(rows, COUNT(rows))

// clang-format off
static void test_chunks_come_out_as_they_went_in(void **state)
{
    static const struct row rows[] = {
        ROW("0\r\n\r\n", "done", ""),
        ROW("1\r\na\r\n0\r\n\r\n", "done", "a"),
        ROW("5\r\nhello\r\n000b\r\n, big world\r\n00\r\n\r\n", "done", "hello, big world"),
        ROW("A\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n", "done", "\r\n\r\n\r\n\r\n\r\n"),
        ROW("3;a=b\r\nabc\r\n0;c=\"d e\t\xe9\"\r\n\r\n", "done", "abc"),
        ROW("0\r\n\r\nGET / HTTP/1.1\r\n", "done", ""),
        ROW("5\r\nhel", "more", "hel"),
        ROW("5\r\nhello\r", "more", "hello"),
        ROW("", "more", ""),
        ROW("5", "more", ""),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_05_chunk_size_is_hexdig_and_nothing_else(void **state)
{
    static const struct row rows[] = {
        BAD("0x1\r\na\r\n", "CHUNK_SIZE"),
        BAD("+1\r\na\r\n", "CHUNK_SIZE"),
        BAD("-1\r\na\r\n", "CHUNK_SIZE"),
        BAD("1_0\r\n", "CHUNK_SIZE"),
        BAD(" 1\r\n", "CHUNK_SIZE"),
        BAD("1 \r\n", "CHUNK_SIZE"),
        BAD("1 ;a\r\n", "CHUNK_SIZE"),
        BAD("1\t\r\n", "CHUNK_SIZE"),
        BAD("1g\r\n", "CHUNK_SIZE"),
        BAD("\r\n", "CHUNK_SIZE"),
        BAD(";a\r\n", "CHUNK_SIZE"),
        BAD("1\n", "CHUNK_SIZE"),
        BAD("1\0\r\n", "CHUNK_SIZE"),
        BAD("\xb1\r\n", "CHUNK_SIZE"),
        BAD("1\r1\n", "BARE_CR"),
        BAD("1\r\r\n", "BARE_CR"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_05_chunk_size_overflow(void **state)
{
    static const struct row rows[] = {
        ROW("7fffffffffffffff\r\na", "more", "a"),
        ROW("8000000000000000\r\na", "CHUNK_SIZE", ""),
        ROW("FFFFFFFFFFFFFFFF\r\na", "CHUNK_SIZE", ""),
        ROW("0000000000000001\r\na", "more", "a"),
        ROW("00000000000000001\r\na", "CHUNK_SIZE", ""),
        ROW("10000000000000000\r\na", "CHUNK_SIZE", ""),
        ROW("1\r\na\r\n7ffffffffffffffe\r\nb", "more", "ab"),
        ROW("1\r\na\r\n7fffffffffffffff\r\nb", "CHUNK_SIZE", "a"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_06_chunk_extension_octets(void **state)
{
    static const struct row rows[] = {
        BAD("1;a\nx\r\n", "CHUNK_EXT"),
        BAD("1;a\0\r\nx\r\n", "CHUNK_EXT"),
        BAD("1;a\x01\r\nx\r\n", "CHUNK_EXT"),
        BAD("1;a\x7f\r\nx\r\n", "CHUNK_EXT"),
        BAD("1;a\rb\r\nx\r\n", "BARE_CR"),
        BAD("0;\n\r\n", "CHUNK_EXT"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_07_chunk_data_ends_in_crlf(void **state)
{
    static const struct row rows[] = {
        BAD("1\r\nab\r\n", "CHUNK_END"),
        BAD("1\r\nXX", "CHUNK_END"),
        BAD("1\r\n\r0\r\n\r\n", "CHUNK_END"),
    };
    static const struct row after[] = {
        ROW("1\r\naXX0\r\n\r\n", "CHUNK_END", "a"),
        ROW("1\r\na\n0\r\n\r\n", "CHUNK_END", "a"),
        ROW("1\r\na\r0\r\n\r\n", "CHUNK_END", "a"),
        ROW("1\r\na0\r\n\r\n", "CHUNK_END", "a"),
        ROW("0\r\nXX", "more", ""), /* might become a trailer */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        static struct heard h;

        hear(&h, rows[i].in, &limits_default);
        assert_string_equal(h.end, rows[i].end);
    }
    CHECK(after);
}

static void test_H1_08_trailers_are_fields_and_frame_nothing(void **state)
{
    static const struct row rows[] = {
        ROW("0\r\nA: b\r\nC:d\r\nE:\t \r\n\r\n", "done", "", "A: b|C:d|E:\t |"),
        ROW("0\r\nX-Sum: \xff\r\n\r\nmore", "done", "", "X-Sum: \xff|"),
        ROW("0\r\nContent-Length: 5\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\ntransfer-encoding: chunked\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nA: b\r\nHost: a\r\n\r\n", "TRAILER_FRAMING", "", "A: b|"),
        ROW("0\r\nconnection: close\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nTrailer: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nTE: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nAuthorization: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nCookie: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nSet-Cookie: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nContent-Encoding: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nContent-Type: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nContent-Range: a\r\n\r\n", "TRAILER_FRAMING", ""),
        ROW("0\r\nA : b\r\n\r\n", "TRAILER", ""),
        ROW("0\r\nA: b\r\n c\r\n\r\n", "TRAILER", "", "A: b|"),
        ROW("0\r\nA\r\n\r\n", "TRAILER", ""),
        ROW("0\r\n: a\r\n\r\n", "TRAILER", ""),
        ROW("0\r\nA: b\n\r\n", "TRAILER", ""),
        ROW("0\r\nA: b\r\n\n", "TRAILER", "", "A: b|"),
        ROW("0\r\nA: b\rc\r\n\r\n", "TRAILER", ""),
        ROW("0\r\nA: \0\r\n\r\n", "TRAILER", ""),
        ROW("0\r\n\r\r\n", "TRAILER", ""),
        ROW("0\r\nA: b", "more", ""),
        ROW("0\r\nA: b\r\n", "more", "", "A: b|"),
    };

    (void)state;
    CHECK(rows);
}
// clang-format on

/* ---- limits: n-1, n, n+1 ---- */

static void test_H1_06_extensions_have_one_limit_for_the_message(void **state)
{
    struct limits limits = limits_default;
    static struct heard h;

    (void)state;
    /* 3 + 4 octets, semicolons among them */
    for (int over = -1; over <= 1; over++) {
        limits.chunk_ext = (uint64_t)(7 - over);
        hear(&h, SLICE("1;ab\r\nx\r\n1;abc\r\ny\r\n0\r\n\r\n"), &limits);
        assert_string_equal(h.end, over <= 0 ? "done" : "CHUNK_EXT");
    }
    assert_string_equal(h.content, "x");
}

static void test_H1_08_trailers_have_limits(void **state)
{
    struct limits limits = limits_default;
    static struct heard h;

    (void)state;
    for (int over = -1; over <= 1; over++) {
        limits.trailers = (uint64_t)(2 - over);
        hear(&h, SLICE("0\r\nA: b\r\nC: d\r\n\r\n"), &limits);
        assert_string_equal(h.end, over <= 0 ? "done" : "TRAILERS_MANY");
    }
    limits = limits_default;
    for (int over = -1; over <= 1; over++) {
        limits.trailer_octets = (uint64_t)(12 - over);
        hear(&h, SLICE("0\r\nA: b\r\nC: d\r\n\r\n"), &limits);
        assert_string_equal(h.end, over <= 0 ? "done" : "TRAILERS_MANY");
    }
    hear(&h, SLICE("0\r\nA: bbbbbbbbbbbbbbbbbbbb"), &limits); /* without its end */
    assert_string_equal(h.end, "TRAILERS_MANY");
}

/* ---- the other framings ---- */

static void test_a_length_is_kept_to(void **state)
{
    struct h1_body b;
    struct h1_fault fault;
    struct slice out;
    size_t used;

    (void)state;
    h1_body_init(&b, (struct http_framing){BODY_LENGTH, 5});
    assert_false(h1_body_is_done(&b));
    assert_int_equal(h1_body_read(&b, "ab", 2, &limits_default, &used, &out, &fault),
                     H1_READ_CONTENT);
    assert_true(used == 2 && out.len == 2 && b.left == 3);
    assert_int_equal(h1_body_read(&b, "", 0, &limits_default, &used, &out, &fault),
                     H1_READ_MORE);
    assert_int_equal(h1_body_read(&b, "cdeGET", 6, &limits_default, &used, &out, &fault),
                     H1_READ_CONTENT);
    assert_true(used == 3 && slice_is(out, SLICE("cde")) && h1_body_is_done(&b));
    assert_int_equal(h1_body_read(&b, "GET", 3, &limits_default, &used, &out, &fault),
                     H1_READ_DONE);
    assert_true(used == 0 && b.content == 5);
}

static void test_no_body_and_empty_body_are_done_at_once(void **state)
{
    struct h1_body b;

    (void)state;
    h1_body_init(&b, (struct http_framing){BODY_NONE, 0});
    assert_true(h1_body_is_done(&b));
    h1_body_init(&b, (struct http_framing){BODY_LENGTH, 0});
    assert_true(h1_body_is_done(&b));
}

static void test_a_body_until_close_is_never_done(void **state)
{
    struct h1_body b;
    struct h1_fault fault;
    struct slice out;
    size_t used;

    (void)state;
    h1_body_init(&b, (struct http_framing){BODY_CLOSE, 0});
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            h1_body_read(&b, "0\r\n\r\n", 5, &limits_default, &used, &out, &fault),
            H1_READ_CONTENT);
        assert_true(used == 5 && out.len == 5);
    }
    assert_false(h1_body_is_done(&b));
    assert_int_equal(b.content, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks_come_out_as_they_went_in),
        cmocka_unit_test(test_H1_05_chunk_size_is_hexdig_and_nothing_else),
        cmocka_unit_test(test_H1_05_chunk_size_overflow),
        cmocka_unit_test(test_H1_06_chunk_extension_octets),
        cmocka_unit_test(test_H1_06_extensions_have_one_limit_for_the_message),
        cmocka_unit_test(test_H1_07_chunk_data_ends_in_crlf),
        cmocka_unit_test(test_H1_08_trailers_are_fields_and_frame_nothing),
        cmocka_unit_test(test_H1_08_trailers_have_limits),
        cmocka_unit_test(test_a_length_is_kept_to),
        cmocka_unit_test(test_no_body_and_empty_body_are_done_at_once),
        cmocka_unit_test(test_a_body_until_close_is_never_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
