/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "h1_say.h"

#define YES "accepted"

static const struct h1_asked get = {METHOD_GET, false};

struct row {
    struct slice head;
    const char *outcome;
};

#define ROW(text, outcome)                   \
    {                                        \
        {"" text, sizeof(text) - 1}, outcome \
    }
#define OK_WITH(fields, outcome) ROW("HTTP/1.1 200 OK\r\n" fields "\r\n", outcome)

static void check(const struct row *rows, size_t n)
{
    static struct said s;

    for (size_t i = 0; i < n; i++) {
        say_response(&s, rows[i].head, &limits_default, get);
        if (strcmp(said_name(&s), rows[i].outcome) != 0)
            fail_msg("row %zu: %s instead of %s: %.*s", i, said_name(&s), rows[i].outcome,
                     SLICE_ARGS(rows[i].head));
        if (s.got == H1_BAD)
            assert_int_equal(s.fault.status, 502);
    }
}

#define CHECK(rows) check(rows, COUNT(rows))

// clang-format off
static void test_H1_20_status_line(void **state)
{
    static const struct row rows[] = {
        ROW("HTTP/1.1 200 OK\r\n\r\n", YES),
        ROW("HTTP/1.1 200 \r\n\r\n", YES),
        ROW("HTTP/1.1 200\r\n\r\n", YES),
        ROW("HTTP/1.1 200  \tO\xc3\x89K \r\n\r\n", YES),
        ROW("HTTP/1.1 999 x\r\n\r\n", YES),
        ROW("HTTP/1.1 100 x\r\n\r\n", YES),
        ROW("HTTP/1.1 099 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 000 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 20 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 2000 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 +20 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1  200 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1\t200 x\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 200\tx\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 \r\n", "STATUS_LINE"),
        ROW("HTTP/1.1\r\n", "STATUS_LINE"),
        ROW("HTTP/1.1 200 x\n", "BARE_LF"),
        ROW("HTTP/1.1 200 x\ry\r\n", "BARE_CR"),
        ROW("HTTP/1.1 200 x\0y\r\n", "NUL"),
        ROW("HTTP/1.1 200 x\x01y\r\n", "PHRASE"),
        ROW("HTTP/1.1 200 x\x7fy\r\n", "PHRASE"),
        ROW("HTTP/2.0 200 x\r\n", "VERSION_UNKNOWN"),
        ROW("http/1.1 200 x\r\n", "STATUS_LINE"),
        ROW("ICY 200 OK\r\n", "STATUS_LINE"),
        ROW("\r\nHTTP/1.1 200 OK\r\n\r\n", "STATUS_LINE"),
        ROW("<html>\n", "STATUS_LINE"),
        ROW("HTTP/1.1 200 OK", "more"),
        ROW("HTTP/1.1 200 OK\r\nA: b\r\n", "more"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_20_framing_of_a_response_is_as_strict(void **state)
{
    static const struct row rows[] = {
        OK_WITH("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "LENGTH_AND_CODING"),
        OK_WITH("Content-Length: 5\r\nContent-Length: 5\r\n", "LENGTH_TWICE"),
        OK_WITH("Content-Length: 5, 5\r\n", "LENGTH"),
        OK_WITH("Content-Length: -5\r\n", "LENGTH"),
        OK_WITH("Transfer-Encoding: gzip, chunked\r\n", "CODING_UNKNOWN"),
        OK_WITH("Transfer-Encoding: chunked, gzip\r\n", "CODING"),
        OK_WITH("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "CODING"),
        ROW("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "CODING_OLD"),
        OK_WITH("Connection: Content-Length\r\n", "CONNECTION_NAMES"),
        OK_WITH("A: b\r\n c\r\n", "FOLD"),
        OK_WITH("A : b\r\n", "FIELD_SPACE"),
        OK_WITH("A: b\n", "BARE_LF"),
        OK_WITH("Host: a\r\nHost: b\r\n", YES),
    };

    (void)state;
    CHECK(rows);
}

/* RFC 9112 §6.3 */
static void test_H1_17_framing_follows_status_and_method(void **state)
{
    static const struct {
        const char *head;
        struct h1_asked asked;
        enum http_body_kind kind;
        bool keeps;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", {METHOD_GET, 0}, BODY_LENGTH, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", {METHOD_HEAD, 0}, BODY_NONE, true},
        {"HTTP/1.1 200 OK\r\n\r\n", {METHOD_HEAD, 0}, BODY_NONE, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", {METHOD_CONNECT, 0}, BODY_NONE, true},
        {"HTTP/1.1 299 OK\r\nContent-Length: x\r\nTransfer-Encoding: y\r\n\r\n",
         {METHOD_CONNECT, 0}, BODY_NONE, true},
        {"HTTP/1.1 407 No\r\nContent-Length: 9\r\n\r\n", {METHOD_CONNECT, 0}, BODY_LENGTH, true},
        {"HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n", {METHOD_GET, 0}, BODY_NONE, true},
        {"HTTP/1.1 204 x\r\n\r\n", {METHOD_GET, 0}, BODY_NONE, true},
        {"HTTP/1.1 103 x\r\n\r\n", {METHOD_GET, 0}, BODY_NONE, true},
        {"HTTP/1.1 205 x\r\nContent-Length: 0\r\n\r\n", {METHOD_GET, 0}, BODY_LENGTH, true},
        {"HTTP/1.1 200 OK\r\n\r\n", {METHOD_GET, 0}, BODY_CLOSE, false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", {METHOD_GET, 0}, BODY_CHUNKED, true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
         {METHOD_GET, 0}, BODY_CHUNKED, false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n", {METHOD_GET, 0}, BODY_LENGTH, false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 9\r\nConnection: keep-alive\r\n\r\n",
         {METHOD_GET, 0}, BODY_LENGTH, true},
        {"HTTP/1.1 101 x\r\nUpgrade: y\r\nConnection: upgrade\r\n\r\n", {METHOD_GET, true},
         BODY_NONE, true},
    };
    static struct said s;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        say_response(&s, slice_of(rows[i].head), &limits_default, rows[i].asked);
        assert_string_equal(said_name(&s), YES);
        assert_int_equal(s.res.framing.kind, rows[i].kind);
        assert_int_equal(s.res.keeps_alive, rows[i].keeps);
    }
}
// clang-format on

static void test_H1_20_101_comes_only_when_asked_for(void **state)
{
    static struct said s;

    (void)state;
    say_response(&s, SLICE("HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\n"), &limits_default, get);
    assert_string_equal(said_name(&s), "UPGRADE_UNASKED");
    assert_int_equal(s.fault.status, 502);
}

static void test_101_names_the_protocol(void **state)
{
    static struct said s;
    struct h1_asked asked = {METHOD_GET, true};

    (void)state;
    say_response(&s, SLICE("HTTP/1.1 101 x\r\nConnection: upgrade\r\n\r\n"),
                 &limits_default, asked);
    assert_string_equal(said_name(&s), "UPGRADE_UNASKED");
}

static void test_H1_20_phrase_counts_against_the_head(void **state)
{
    struct limits limits = limits_default;
    static struct said s;
    char text[200];

    (void)state;
    limits.head = 100;
    for (int n = 99; n <= 101; n++) {
        snprintf(text, sizeof(text), "HTTP/1.1 200 %0*d\r\n\r\n", n - 17, 0);
        say_response(&s, slice_of(text), &limits, get);
        assert_string_equal(said_name(&s), n <= 100 ? YES : "HEAD_LONG");
    }
    memset(text, 'x', sizeof(text)); /* and no line at all */
    say_response(&s, (struct slice){text, sizeof(text)}, &limits, get);
    assert_string_equal(said_name(&s), "HEAD_LONG");
}

static void test_slices_follow_a_moved_head(void **state)
{
    static const char head[] = "HTTP/1.1 200 Fine\r\nA: b\r\n\r\n";
    char *was = malloc(sizeof(head)), *now = malloc(sizeof(head));
    static struct said s;

    (void)state;
    memcpy(was, head, sizeof(head));
    memcpy(now, head, sizeof(head));
    say_response(&s, (struct slice){was, sizeof(head) - 1}, &limits_default, get);
    assert_string_equal(said_name(&s), YES);
    h1_move_response(&s.res, was, now);
    free(was);
    assert_true(slice_is(s.res.phrase, SLICE("Fine")));
    assert_true(slice_is(s.res.fields.at[0].name, SLICE("A")));
    assert_true(slice_is(s.res.fields.at[0].value, SLICE("b")));
    free(now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_H1_17_framing_follows_status_and_method),
        cmocka_unit_test(test_H1_20_status_line),
        cmocka_unit_test(test_H1_20_framing_of_a_response_is_as_strict),
        cmocka_unit_test(test_H1_20_101_comes_only_when_asked_for),
        cmocka_unit_test(test_101_names_the_protocol),
        cmocka_unit_test(test_H1_20_phrase_counts_against_the_head),
        cmocka_unit_test(test_slices_follow_a_moved_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
