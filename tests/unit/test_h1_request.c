/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "h1_say.h"

#define YES "accepted"

struct row {
    struct slice head; /* SLICE, so that a NUL is an octet like any other */
    const char *outcome;
};

#define ROW(text, outcome)                   \
    {                                        \
        {"" text, sizeof(text) - 1}, outcome \
    }

/* Fields of an otherwise good head. */
#define GET(fields, outcome)  ROW("GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n", outcome)
#define POST(fields, outcome) ROW("POST / HTTP/1.1\r\nHost: a\r\n" fields "\r\n", outcome)

static void check(const struct row *rows, size_t n)
{
    static struct said s;

    for (size_t i = 0; i < n; i++) {
        say_request(&s, rows[i].head, &limits_default, 0);
        if (strcmp(said_name(&s), rows[i].outcome) != 0)
            fail_msg("row %zu: %s instead of %s: %.*s", i, said_name(&s), rows[i].outcome,
                     SLICE_ARGS(rows[i].head));
        if (s.got == H1_BAD)
            assert_true(s.fault.offset < rows[i].head.len && s.fault.words[0] != '\0');
    }
}

#define CHECK(rows) check(rows, COUNT(rows))

// clang-format off
static void test_H1_01_length_and_coding_together(void **state)
{
    static const struct row rows[] = {
        POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "LENGTH_AND_CODING"),
        POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "LENGTH_AND_CODING"),
        POST("Transfer-Encoding: gzip\r\nContent-Length: x\r\n", "LENGTH_AND_CODING"),
        ROW("POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "LENGTH_AND_CODING"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_02_length_more_than_once(void **state)
{
    static const struct row rows[] = {
        POST("Content-Length: 5, 5\r\n", "LENGTH"),
        POST("Content-Length: 5, 6\r\n", "LENGTH"),
        POST("Content-Length: 5,\r\n", "LENGTH"),
        POST("Content-Length: 5\r\nContent-Length: 5\r\n", "LENGTH_TWICE"),
        POST("Content-Length: 5\r\nA: b\r\ncontent-length: 6\r\n", "LENGTH_TWICE"),
        POST("Content-Length:\r\n", "LENGTH"),
        POST("Content-Length: \t\r\nContent-Length: 1\r\n", "LENGTH_TWICE"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_03_length_is_digits_that_fit(void **state)
{
    static const struct row rows[] = {
        POST("Content-Length: 0\r\n", YES),
        POST("Content-Length: 00005\r\n", YES),
        POST("Content-Length: +5\r\n", "LENGTH"),
        POST("Content-Length: -1\r\n", "LENGTH"),
        POST("Content-Length: 0x10\r\n", "LENGTH"),
        POST("Content-Length: 1_0\r\n", "LENGTH"),
        POST("Content-Length: 5 5\r\n", "LENGTH"),
        POST("Content-Length: \"5\"\r\n", "LENGTH"),
        POST("Content-Length: 5.0\r\n", "LENGTH"),
        POST("Content-Length: 5\xa0\r\n", "LENGTH"),
        POST("Content-Length: 9223372036854775806\r\n", YES),
        POST("Content-Length: 9223372036854775807\r\n", YES),
        POST("Content-Length: 9223372036854775808\r\n", "LENGTH"),
        POST("Content-Length: 18446744073709551615\r\n", "LENGTH"),
        POST("Content-Length: 18446744073709551616\r\n", "LENGTH"),
        POST("Content-Length: 99999999999999999999999999\r\n", "LENGTH"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_04_coding_is_one_chunked(void **state)
{
    static const struct row rows[] = {
        POST("Transfer-Encoding: chunked\r\n", YES),
        POST("Transfer-Encoding: Chunked\r\n", YES),
        POST("Transfer-Encoding:\tCHUNKED \r\n", YES),
        POST("Transfer-Encoding: ,chunked\r\n", "CODING"),
        POST("Transfer-Encoding: chunked,\r\n", "CODING"),
        POST("Transfer-Encoding: chunked, chunked\r\n", "CODING"),
        POST("Transfer-Encoding: chunked;q=1\r\n", "CODING"),
        POST("Transfer-Encoding: chunked ;q=1\r\n", "CODING"),
        POST("Transfer-Encoding: chunked, gzip\r\n", "CODING"),
        POST("Transfer-Encoding: \"chunked\"\r\n", "CODING"),
        POST("Transfer-Encoding: \xa0" "chunked\r\n", "CODING"),
        POST("Transfer-Encoding: \x0b" "chunked\r\n", "FIELD_VALUE"),
        POST("Transfer-Encoding: \x0c" "chunked\r\n", "FIELD_VALUE"),
        POST("Transfer-Encoding: chunked x\r\n", "CODING"),
        POST("Transfer-Encoding:\r\n", "CODING"),
        POST("Transfer-Encoding: ,\r\n", "CODING"),
        POST("Transfer-Encoding: xchunked\r\n", "CODING_UNKNOWN"),
        POST("Transfer-Encoding: gzip\r\n", "CODING_UNKNOWN"),
        POST("Transfer-Encoding: gzip;level=9 , chunked\r\n", "CODING_UNKNOWN"),
        POST("Transfer-Encoding: identity\r\n", "CODING_UNKNOWN"),
        POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "CODING"),
        POST("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "CODING"),
        ROW("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "CODING_OLD"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_09_bare_lf_is_refused(void **state)
{
    static const struct row rows[] = {
        ROW("GET / HTTP/1.1\n", "BARE_LF"),
        ROW("GET / HTTP/1.1\r\nHost: a\n\r\n", "BARE_LF"),
        ROW("GET / HTTP/1.1\r\nHost: a\r\n\n", "BARE_LF"),
        ROW("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "BARE_LF"),
        ROW("\r\n\nGET / HTTP/1.1\r\n", "BARE_LF"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_10_bare_cr_is_refused(void **state)
{
    static const struct row rows[] = {
        GET("A: b\rc\r\n", "BARE_CR"),
        GET("A: b\r\r\n", "BARE_CR"),
        GET("A\r: b\r\n", "BARE_CR"),
        GET("\rA: b\r\n", "BARE_CR"),
        GET("\r\r\n", "BARE_CR"),
        ROW("GET / HTTP/1.1\rHost: a\r\n", "BARE_CR"),
        ROW("GET /\r HTTP/1.1\r\n", "BARE_CR"),
        ROW("\rGET / HTTP/1.1\r\n", "BARE_CR"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_11_nul_is_refused_anywhere(void **state)
{
    static const struct row rows[] = {
        ROW("G\0T / HTTP/1.1\r\n", "NUL"),
        ROW("GET /\0 HTTP/1.1\r\n", "NUL"),
        ROW("GET / HTTP\0/1.1\r\n", "NUL"),
        ROW("GET / HTTP/1.1\0\r\n", "NUL"),
        GET("A\0: b\r\n", "NUL"),
        GET("A: b\0\r\n", "NUL"),
        GET("\0\r\n", "NUL"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_12_obs_fold_is_refused(void **state)
{
    static const struct row rows[] = {
        GET("A: b\r\n c\r\n", "FOLD"),
        GET("A: b\r\n\tc\r\n", "FOLD"),
        GET(" \r\n", "FOLD"),
        POST("Content-Length: 5\r\n 5\r\n", "FOLD"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_13_white_space_and_colons(void **state)
{
    static const struct row rows[] = {
        GET("A : b\r\n", "FIELD_SPACE"),
        GET("A\t: b\r\n", "FIELD_SPACE"),
        GET("A b: c\r\n", "FIELD_NAME"),
        GET("A\r\n", "FIELD_NAME"),
        GET(": b\r\n", "FIELD_NAME"),
        GET("A:b:c\r\n", YES),
        ROW("GET / HTTP/1.1\r\n Host: a\r\n\r\n", "FIRST_SPACE"),
        ROW("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", "FIRST_SPACE"),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_14_octets_of_names_and_values(void **state)
{
    static const struct row rows[] = {
        GET("A\x85: b\r\n", "FIELD_NAME"),
        GET("\xa0" "A: b\r\n", "FIELD_NAME"),
        GET("A(: b\r\n", "FIELD_NAME"),
        GET("A\x7f: b\r\n", "FIELD_NAME"),
        GET("A!#$%&'*+-.^_`|~9: b\r\n", YES),
        GET("A: \x85 b \xa0\r\n", YES),
        GET("A: b\x7f\r\n", "FIELD_VALUE"),
        GET("A: b\x01\r\n", "FIELD_VALUE"),
        GET("A: b\x1b[0m\r\n", "FIELD_VALUE"),
        GET("A: b\tc\r\n", YES),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_15_request_line(void **state)
{
    static const struct row rows[] = {
        ROW("GET /\r\n", "REQUEST_LINE"),
        ROW("GET\r\n", "REQUEST_LINE"),
        ROW("GET /\n", "REQUEST_LINE"),
        ROW("GET  / HTTP/1.1\r\n", "REQUEST_LINE"),
        ROW("GET /  HTTP/1.1\r\n", "REQUEST_LINE"),
        ROW("GET /a b HTTP/1.1\r\n", "REQUEST_LINE"),
        ROW("GET\t/ HTTP/1.1\r\n", "REQUEST_LINE"),
        ROW("GET /\tHTTP/1.1\r\n", "REQUEST_LINE"),
        ROW(" GET / HTTP/1.1\r\n", "REQUEST_LINE"),
        ROW("GET / HTTP/1.1 \r\n", "VERSION"),
        ROW("G(T / HTTP/1.1\r\n", "METHOD"),
        ROW("G\xc3\x89T / HTTP/1.1\r\n", "METHOD"),
        ROW("GET / HTTP/1.32\r\n", "VERSION"),
        ROW("GET / HTTP/1\r\n", "VERSION"),
        ROW("GET / http/1.1\r\n", "VERSION"),
        ROW("GET / HTTP/1.x\r\n", "VERSION"),
        ROW("GET / XTTP/1.1\r\n", "VERSION"),
        ROW("GET / HTTP/ 1.1\r\n", "REQUEST_LINE"),
        ROW("GET / HTTP/2.0\r\n", "VERSION_UNKNOWN"),
        ROW("GET / HTTP/0.9\r\n", "VERSION_UNKNOWN"),
        ROW("GET / HTTP/1.9\r\nHost: a\r\n\r\n", YES),
        ROW("get / HTTP/1.1\r\nHost: a\r\n\r\n", YES),
        ROW("PURGE / HTTP/1.1\r\nHost: a\r\n\r\n", YES),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_16_host(void **state)
{
#define HOSTS(lines, outcome) ROW("GET / HTTP/1.1\r\n" lines "\r\n", outcome)
    static const struct row rows[] = {
        HOSTS("", "HOST_MISSING"),
        HOSTS("Hosts: a\r\n", "HOST_MISSING"),
        HOSTS("Host: a\r\nHost: a\r\n", "HOST_TWICE"),
        HOSTS("Host:\r\n", "HOST"),
        HOSTS("Host: u@a\r\n", "HOST"),
        HOSTS("Host: a/b\r\n", "HOST"),
        HOSTS("Host: a, b\r\n", "HOST"),
        HOSTS("Host: a,b\r\n", "HOST"),
        HOSTS("Host: a b\r\n", "HOST"),
        HOSTS("Host: a:b\r\n", "HOST"),
        HOSTS("Host: a:70000\r\n", "HOST"),
        HOSTS("Host: http://a\r\n", "HOST"),
        HOSTS("Host: [::1\r\n", "HOST"),
        HOSTS("Host: [::1]:8080\r\n", YES),
        HOSTS("Host: a:\r\n", YES),
        HOSTS("hOST:a\r\n", YES),
        ROW("GET / HTTP/1.0\r\n\r\n", YES),
        ROW("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "HOST_TWICE"),
        ROW("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", "HOST"),
        ROW("GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n", YES), /* the target wins */
    };
#undef HOSTS

    (void)state;
    CHECK(rows);
}

static void test_H1_19_connection_names_no_end_to_end_field(void **state)
{
    static const struct row rows[] = {
        GET("Connection: Content-Length\r\n", "CONNECTION_NAMES"),
        GET("Connection: close, host\r\n", "CONNECTION_NAMES"),
        GET("Connection: close\r\nConnection: TRANSFER-encoding\r\n", "CONNECTION_NAMES"),
        GET("Connection: Authorization\r\n", "CONNECTION_NAMES"),
        GET("Connection: ,,\tCookie ,\r\n", "CONNECTION_NAMES"),
        GET("Connection: Proxy-Authorization\r\n", "CONNECTION_NAMES"),
        GET("Connection: TE, Keep-Alive, Upgrade, X-Mine\r\n", YES),
        GET("Connection:\r\n", YES),
    };

    (void)state;
    CHECK(rows);
}

static void test_H1_21_target_octets(void **state)
{
#define TARGET(text, outcome) ROW("GET " text " HTTP/1.1\r\nHost: a\r\n\r\n", outcome)
    static const struct row rows[] = {
        TARGET("/%00%0d%0a%2e%2e", YES),
        TARGET("/a?b=c&d[]=<>\"{}|^`", YES),
        TARGET("/a#b", "TARGET"),
        TARGET("/a\\b", "TARGET"),
        TARGET("/\x7f", "TARGET"),
        TARGET("/\x01", "TARGET"),
        TARGET("/\xc0\xaf", "TARGET"),
        TARGET("*", "TARGET"),
        TARGET("a", "TARGET"),
        TARGET("http://", "TARGET"),
        TARGET("http://u@a/", "TARGET"),
        TARGET("http://a:99999/", "TARGET"),
        ROW("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET"),
        ROW("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET"),
        ROW("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", YES),
        ROW("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", YES),
    };
#undef TARGET

    (void)state;
    CHECK(rows);
}
// clang-format on

/* ---- what a good head is read as ---- */

static void test_a_head_is_split_into_its_parts(void **state)
{
    static const char head[] = "\r\nPOST http://o.test:81/a?b HTTP/1.1\r\n"
                               "hOsT:\t o.test:81 \r\n"
                               "X-Empty:\r\n"
                               "Content-Length: 3\r\n"
                               "Expect: 100-Continue\r\n"
                               "Connection: x, Upgrade\r\n"
                               "Upgrade: websocket\r\n\r\nabc";
    static struct said s;

    (void)state;
    say_request(&s, slice_of(head), &limits_default, 0);
    assert_int_equal(s.got, sizeof(head) - 1 - 3);
    assert_int_equal(s.req.method, METHOD_POST);
    assert_true(slice_is(s.req.raw_target, SLICE("http://o.test:81/a?b")));
    assert_true(slice_is(s.req.target.host, SLICE("o.test")));
    assert_int_equal(s.req.target.port, 81);
    assert_true(slice_is(s.req.target.query, SLICE("b")));
    assert_true(slice_is(s.req.host, SLICE("o.test:81")));
    assert_int_equal(s.req.framing.kind, BODY_LENGTH);
    assert_int_equal(s.req.framing.length, 3);
    assert_true(s.req.keeps_alive && s.req.expects_100 && s.req.wants_upgrade);
    assert_int_equal(s.req.fields.n, 6);
    assert_int_equal(s.req.fields.at[0].id, FIELD_HOST);
    assert_int_equal(s.req.fields.at[1].id, FIELD_OTHER);
    assert_true(slice_is(s.req.fields.at[1].name, SLICE("X-Empty")));
    assert_int_equal(s.req.fields.at[1].value.len, 0);
}

/* RFC 9112 §9.3; 1 for "100 expected", 2 for "upgrade wanted". */
static void test_version_and_connection_decide_what_is_kept(void **state)
{
    static const struct {
        const char *head;
        bool keeps;
        int wants;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, 0},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, 0},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: Close\r\n\r\n", false,
         0},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n", false, 0},
        {"GET / HTTP/1.0\r\n\r\n", false, 0},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, 0},
        {"GET / HTTP/1.0\r\nProxy-Connection: Keep-Alive\r\n\r\n", false, 0},
        {"GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", false, 0},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n", true, 0},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n", true, 0},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", true, 2},
        {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", true, 0},
        {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
         true, 0},
        {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
         true, 1},
        {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n", true,
         0},
        {"PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", false, 0},
        {"PUT / HTTP/1.1\r\nHost: a\r\nexpect: 100-Continue\r\n"
         "Transfer-Encoding: chunked\r\n\r\n",
         true, 1},
    };
    static struct said s;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        say_request(&s, slice_of(rows[i].head), &limits_default, 0);
        assert_string_equal(said_name(&s), YES);
        assert_int_equal(s.req.keeps_alive, rows[i].keeps);
        assert_int_equal(s.req.expects_100, rows[i].wants == 1);
        assert_int_equal(s.req.wants_upgrade, rows[i].wants == 2);
    }
}

static void test_H1_17_framing_does_not_depend_on_the_method(void **state)
{
    static const char *const methods[] = {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "X"};
    static struct said s;

    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        char head[128];

        snprintf(head, sizeof(head),
                 "%s / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n", methods[i]);
        say_request(&s, slice_of(head), &limits_default, 0);
        assert_string_equal(said_name(&s), YES);
        assert_int_equal(s.req.framing.kind, BODY_LENGTH);
        assert_int_equal(s.req.framing.length, 7);
    }
}

static void test_H1_18_what_follows_a_head_is_not_looked_at(void **state)
{
    static const char two[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n\0GARBAGE";
    static struct said s;

    (void)state;
    say_request(&s, (struct slice){two, sizeof(two) - 1}, &limits_default, 0);
    assert_int_equal(s.got, sizeof(two) - 1 - 8);
}

static void test_lf_ends_a_line_only_when_lenient(void **state)
{
    static const char head[] = "\nGET / HTTP/1.1\nHost: a\r\nA: b \n\n";
    static struct said s;

    (void)state;
    say_request(&s, slice_of(head), &limits_default, H1_LENIENT_BARE_LF);
    assert_int_equal(s.got, sizeof(head) - 1);
    assert_true(slice_is(s.req.fields.at[1].value, SLICE("b")));
    say_request(&s, SLICE("GET / HTTP/1.1\nHost: a\rb\n\n"), &limits_default,
                H1_LENIENT_BARE_LF);
    assert_string_equal(said_name(&s), "BARE_CR");
}

static void test_no_octets_are_no_head(void **state)
{
    static struct said s;

    (void)state;
    say_request(&s, NO_SLICE, &limits_default, 0);
    assert_string_equal(said_name(&s), "more");
}

static void test_at_most_eight_empty_lines_come_first(void **state)
{
    static struct said s;
    char text[200];

    (void)state;
    for (size_t n = 7; n <= 9; n++) {
        for (size_t i = 0; i < n; i++)
            memcpy(text + 2 * i, "\r\n", 2);
        strcpy(text + 2 * n, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        say_request(&s, slice_of(text), &limits_default, 0);
        assert_string_equal(said_name(&s), n <= 8 ? YES : "REQUEST_LINE");
    }
}

static void test_a_bad_head_still_tells_method_and_target(void **state)
{
    static struct said s;

    (void)state;
    say_request(&s, SLICE("BREW /pot HTTP/1.1\r\nA b\r\n\r\n"), &limits_default, 0);
    assert_string_equal(said_name(&s), "FIELD_NAME");
    assert_true(slice_is(s.req.method_name, SLICE("BREW")));
    assert_true(slice_is(s.req.raw_target, SLICE("/pot")));
    say_request(&s, SLICE("GET\r\n"), &limits_default, 0);
    assert_int_equal(s.req.method_name.len, 0);
}

static void test_faults_say_where(void **state)
{
    static const struct {
        const char *head;
        uint32_t offset;
        uint16_t status;
    } rows[] = {
        {"GET /a\\b HTTP/1.1\r\n", 4, 400},
        {"GET / HTTP/3.0\r\n", 6, 505},
        {"GET / HTTP/1.1\r\nHost: a\r\nA: b\x01\r\n\r\n", 29, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 26, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 25, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 44, 501},
    };
    static struct said s;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        say_request(&s, slice_of(rows[i].head), &limits_default, 0);
        assert_int_equal(s.got, H1_BAD);
        assert_int_equal(s.fault.offset, rows[i].offset);
        assert_int_equal(s.fault.status, rows[i].status);
    }
}

/* ---- limits: n-1, n, n+1 ---- */

static void test_H1_22_head_limit(void **state)
{
    static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct limits limits = limits_default;
    static struct said s;

    (void)state;
    for (int over = -1; over <= 1; over++) {
        limits.head = (uint64_t)((int)sizeof(head) - 1 - over);
        say_request(&s, slice_of(head), &limits, 0);
        assert_string_equal(said_name(&s), over <= 0 ? YES : "HEAD_LONG");
    }
    assert_int_equal(s.fault.status, 431);
    assert_int_equal(s.fault.offset, limits.head);
    say_request(&s, (struct slice){head, limits.head}, &limits, 0);
    assert_string_equal(said_name(&s), "more");
}

static void test_H1_22_target_limit(void **state)
{
    struct limits limits = limits_default;
    static struct said s;
    char text[100];

    (void)state;
    limits.target = 20;
    for (int n = 19; n <= 21; n++) {
        snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", n - 1, 0);
        say_request(&s, slice_of(text), &limits, 0);
        assert_string_equal(said_name(&s), n <= 20 ? YES : "TARGET_LONG");
    }
    assert_int_equal(s.fault.status, 414);
    assert_int_equal(s.fault.offset, 24);
    assert_int_equal(s.req.raw_target.len, 20);
}

/* 32 KiB of target and no end in sight: refused without waiting for the line. */
static void test_H1_22_endless_target_is_refused_early(void **state)
{
    const size_t len = 40000;
    char *text = malloc(len);
    static struct said s;

    (void)state;
    memset(text, 'a', len);
    memcpy(text, "GET /", 5);
    say_request(&s, (struct slice){text, len}, &limits_default, 0);
    assert_string_equal(said_name(&s), "TARGET_LONG");
    text[3] = 'x'; /* no target at all: only the head's limit speaks */
    say_request(&s, (struct slice){text, len}, &limits_default, 0);
    assert_string_equal(said_name(&s), "more");
    free(text);
}

static void test_H1_22_field_limits(void **state)
{
    struct limits limits = limits_default;
    static struct said s;
    char text[400];

    (void)state;
    limits.field = 30;
    for (int n = 29; n <= 31; n++) {
        snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: a\r\nA: %0*d\r\n\r\n", n - 3,
                 0);
        say_request(&s, slice_of(text), &limits, 0);
        assert_string_equal(said_name(&s), n <= 30 ? YES : "FIELD_LONG");
    }
    limits = limits_default;
    limits.fields = 10;
    for (int n = 9; n <= 11; n++) {
        strcpy(text, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < n; i++)
            strcat(text, "A: b\r\n");
        strcat(text, "\r\n");
        say_request(&s, slice_of(text), &limits, 0);
        assert_string_equal(said_name(&s), n <= 10 ? YES : "FIELDS_MANY");
    }
}

/* Single octets of a large head: time would tell, but a counted read does not waver. */
static void test_H1_22_single_octets_of_a_large_head(void **state)
{
    enum { LINES = 4000, LINE = 14 };
    struct limits limits = limits_default;
    const size_t len = 27 + (size_t)LINES * LINE;
    struct http_field *room = calloc(LINES + 1, sizeof(*room));
    struct http_request req = {.fields = {room, 0, LINES + 1}};
    char *text = malloc(len + 1);
    struct h1_fault fault;
    ssize_t got = H1_MORE;
    size_t n = 0;

    (void)state;
    limits.fields = LINES + 1;
    strcpy(text, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 0; i < LINES; i++)
        memcpy(text + 25 + i * LINE, "Abcdef: ghij\r\n", LINE);
    memcpy(text + len - 2, "\r\n", 2);
    while (got == H1_MORE && n < len) {
        n++;
        got = h1_parse_request(text, n, n - 1, &limits, 0, &req, &fault);
    }
    assert_int_equal(got, len);
    assert_int_equal(req.fields.n, LINES + 1);
    free(text);
    free(room);
}

/* ---- moving, sorting ---- */

static void test_slices_follow_a_moved_head(void **state)
{
    static const char head[] = "GET http://a HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
    static struct said s;
    char *now = malloc(sizeof(head)), *was = malloc(sizeof(head));

    (void)state;
    memcpy(was, head, sizeof(head));
    memcpy(now, head, sizeof(head));
    say_request(&s, (struct slice){was, sizeof(head) - 1}, &limits_default, 0);
    h1_move_request(&s.req, was, now);
    memset(was, 'X', sizeof(head));
    free(was);
    assert_true(slice_is(s.req.method_name, SLICE("GET")));
    assert_true(slice_is(s.req.target.host, SLICE("a")));
    assert_true(slice_is(s.req.target.path, SLICE("/"))); /* never was in the head */
    assert_true(slice_is(s.req.host, SLICE("a")));
    assert_true(slice_is(s.req.fields.at[1].value, SLICE("c")));
    assert_ptr_equal(s.req.fields.at[1].value.at, now + sizeof(head) - 1 - 5);
    free(now);
}

static void test_first_octets_tell_the_protocol(void **state)
{
    static const struct {
        struct slice octets;
        enum h1_sort sort;
    } rows[] = {
        {{"", 0}, H1_SORT_MORE},
        {{"\x16", 1}, H1_SORT_MORE},
        {{"\x16\x03", 2}, H1_SORT_TLS},
        {{"\x16\x03\x01\x02", 4}, H1_SORT_TLS},
        {{"\x16\x04", 2}, H1_SORT_JUNK},
        {{"\x05\x01", 2}, H1_SORT_JUNK},
        {{" GET", 4}, H1_SORT_JUNK},
        {{"\x80", 1}, H1_SORT_JUNK},
        {{"P", 1}, H1_SORT_MORE},
        {{"PO", 2}, H1_SORT_HTTP},
        {{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", 23}, H1_SORT_MORE},
        {{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24}, H1_SORT_H2_PREFACE},
        {{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nx", 25}, H1_SORT_H2_PREFACE},
        {{"PRI * HTTP/1.1\r\n", 16}, H1_SORT_HTTP},
        {{"\r\n", 2}, H1_SORT_HTTP},
        {{"G", 1}, H1_SORT_HTTP},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(h1_sort(rows[i].octets), rows[i].sort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_H1_01_length_and_coding_together),
        cmocka_unit_test(test_H1_02_length_more_than_once),
        cmocka_unit_test(test_H1_03_length_is_digits_that_fit),
        cmocka_unit_test(test_H1_04_coding_is_one_chunked),
        cmocka_unit_test(test_H1_09_bare_lf_is_refused),
        cmocka_unit_test(test_H1_10_bare_cr_is_refused),
        cmocka_unit_test(test_H1_11_nul_is_refused_anywhere),
        cmocka_unit_test(test_H1_12_obs_fold_is_refused),
        cmocka_unit_test(test_H1_13_white_space_and_colons),
        cmocka_unit_test(test_H1_14_octets_of_names_and_values),
        cmocka_unit_test(test_H1_15_request_line),
        cmocka_unit_test(test_H1_16_host),
        cmocka_unit_test(test_H1_17_framing_does_not_depend_on_the_method),
        cmocka_unit_test(test_H1_18_what_follows_a_head_is_not_looked_at),
        cmocka_unit_test(test_H1_19_connection_names_no_end_to_end_field),
        cmocka_unit_test(test_H1_21_target_octets),
        cmocka_unit_test(test_H1_22_head_limit),
        cmocka_unit_test(test_H1_22_target_limit),
        cmocka_unit_test(test_H1_22_endless_target_is_refused_early),
        cmocka_unit_test(test_H1_22_field_limits),
        cmocka_unit_test(test_H1_22_single_octets_of_a_large_head),
        cmocka_unit_test(test_a_head_is_split_into_its_parts),
        cmocka_unit_test(test_version_and_connection_decide_what_is_kept),
        cmocka_unit_test(test_lf_ends_a_line_only_when_lenient),
        cmocka_unit_test(test_no_octets_are_no_head),
        cmocka_unit_test(test_at_most_eight_empty_lines_come_first),
        cmocka_unit_test(test_a_bad_head_still_tells_method_and_target),
        cmocka_unit_test(test_faults_say_where),
        cmocka_unit_test(test_slices_follow_a_moved_head),
        cmocka_unit_test(test_first_octets_tell_the_protocol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
