/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool is(struct slice got, const char *want)
{
    return want == NULL ? got.at == NULL : slice_is(got, slice_of(want));
}

struct good {
    const char *raw;
    enum http_method method;
    enum http_form form;
    const char *scheme, *authority, *host;
    uint16_t port;
    bool is_ipv6;
    const char *path, *query, *origin_form;
};

/* clang-format off */
static const struct good good[] = {
    {"/", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/", NULL, "/"},
    {"/a/b?c=d&e", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/a/b", "c=d&e", "/a/b?c=d&e"},
    {"/a?", METHOD_POST, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/a", "", "/a?"},
    {"/a?b?c", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/a", "b?c", "/a?b?c"},
    {"//host/a", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "//host/a", NULL, "//host/a"},
    {"/%00%zz%", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/%00%zz%", NULL, "/%00%zz%"},
    {"/|\"<>{}^`[]@:,;", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/|\"<>{}^`[]@:,;", NULL, "/|\"<>{}^`[]@:,;"},
    {"/http://x/", METHOD_GET, FORM_ORIGIN, NULL, NULL, NULL, 0, false, "/http://x/", NULL, "/http://x/"},
    {"*", METHOD_OPTIONS, FORM_ASTERISK, NULL, NULL, NULL, 0, false, NULL, NULL, NULL},
    {"http://h", METHOD_GET, FORM_ABSOLUTE, "http", "h", "h", 0, false, "/", NULL, "/"},
    {"http://h/", METHOD_GET, FORM_ABSOLUTE, "http", "h", "h", 0, false, "/", NULL, "/"},
    {"http://h?q", METHOD_GET, FORM_ABSOLUTE, "http", "h", "h", 0, false, "/", "q", "?q"},
    {"http://h:8080/p?q", METHOD_GET, FORM_ABSOLUTE, "http", "h:8080", "h", 8080, false, "/p", "q", "/p?q"},
    {"HTTPS://h:/p", METHOD_GET, FORM_ABSOLUTE, "HTTPS", "h:", "h", 0, false, "/p", NULL, "/p"},
    {"http://[::1]:80/", METHOD_GET, FORM_ABSOLUTE, "http", "[::1]:80", "::1", 80, true, "/", NULL, "/"},
    {"http://[2001:db8::192.0.2.1]", METHOD_GET, FORM_ABSOLUTE, "http", "[2001:db8::192.0.2.1]", "2001:db8::192.0.2.1", 0, true, "/", NULL, "/"},
    {"http://a.b-c_d~e!$&'()*+;=%41/", METHOD_GET, FORM_ABSOLUTE, "http", "a.b-c_d~e!$&'()*+;=%41", "a.b-c_d~e!$&'()*+;=%41", 0, false, "/", NULL, "/"},
    {"http://h/@x", METHOD_GET, FORM_ABSOLUTE, "http", "h", "h", 0, false, "/@x", NULL, "/@x"},
    {"http://h/p", METHOD_OPTIONS, FORM_ABSOLUTE, "http", "h", "h", 0, false, "/p", NULL, "/p"},
    {"ftp://h/f", METHOD_GET, FORM_ABSOLUTE, "ftp", "h", "h", 0, false, "/f", NULL, "/f"},
    {"x+y-z.1://h", METHOD_GET, FORM_ABSOLUTE, "x+y-z.1", "h", "h", 0, false, "/", NULL, "/"},
    {"file:///etc/x", METHOD_GET, FORM_ABSOLUTE, "file", NULL, NULL, 0, false, "/etc/x", NULL, "/etc/x"},
    {"h:443", METHOD_CONNECT, FORM_AUTHORITY, NULL, "h:443", "h", 443, false, NULL, NULL, NULL},
    {"h:00001", METHOD_CONNECT, FORM_AUTHORITY, NULL, "h:00001", "h", 1, false, NULL, NULL, NULL},
    {"127.0.0.1:65535", METHOD_CONNECT, FORM_AUTHORITY, NULL, "127.0.0.1:65535", "127.0.0.1", 65535, false, NULL, NULL, NULL},
    {"[::]:1", METHOD_CONNECT, FORM_AUTHORITY, NULL, "[::]:1", "::", 1, true, NULL, NULL, NULL},
};
/* clang-format on */

static void test_targets_that_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        const struct good *g = &good[i];
        struct http_target t;
        const char *broken = http_split_target(slice_of(g->raw), g->method, &t);

        if (broken != NULL)
            fail_msg("%s: %s", g->raw, broken);
        if (t.form != g->form || !is(t.scheme, g->scheme) ||
            !is(t.authority, g->authority) || !is(t.host, g->host) || t.port != g->port ||
            t.is_ipv6 != g->is_ipv6 || !is(t.path, g->path) || !is(t.query, g->query) ||
            !is(t.origin_form, g->origin_form))
            fail_msg("%s was split otherwise", g->raw);
    }
}

static void test_targets_that_are_refused(void **state)
{
    static const struct {
        const char *raw;
        enum http_method method;
        const char *said;
    } rows[] = {
        {"", METHOD_GET, "not empty"},
        {"", METHOD_CONNECT, "not empty"},
        {"a", METHOD_GET, "begins with /"},
        {"h:443", METHOD_GET, "begins with /"},
        {"?q", METHOD_GET, "begins with /"},
        {"http:/h/", METHOD_GET, "begins with /"},
        {"1http://h/", METHOD_GET, "begins with /"},
        {"://h/", METHOD_GET, "begins with /"},
        {"ht_tp://h/", METHOD_GET, "begins with /"},
        {"urn:x", METHOD_GET, "begins with /"},
        {"*", METHOD_GET, "OPTIONS only"},
        {"**", METHOD_OPTIONS, "begins with /"},
        {"*", METHOD_CONNECT, "needs a port"},
        {"/a#b", METHOD_GET, "fragment"},
        {"http://h#f", METHOD_GET, "fragment"},
        {"/a b", METHOD_GET, "no URI has"},
        {"/a\tb", METHOD_GET, "no URI has"},
        {"/a\\b", METHOD_GET, "no URI has"},
        {"http://h\\x/", METHOD_GET, "no URI has"},
        {"/\x7f", METHOD_GET, "no URI has"},
        {"/\x80", METHOD_GET, "no URI has"},
        {"/caf\xc3\xa9", METHOD_GET, "no URI has"},
        {"http:///p", METHOD_GET, "needs a host"},
        {"https://", METHOD_GET, "needs a host"},
        {"http://:80/", METHOD_GET, "needs a host"},
        {"http://?q", METHOD_GET, "needs a host"},
        {"http://u@h/", METHOD_GET, "user name"},
        {"http://u:p@h/", METHOD_GET, "user name"},
        {"http://@h/", METHOD_GET, "user name"},
        {"ftp://u@h/", METHOD_GET, "user name"},
        {"http://h:0/", METHOD_GET, "port is"},
        {"http://h:65536/", METHOD_GET, "port is"},
        {"http://h:000080/", METHOD_GET, "port is"},
        {"http://h:+80/", METHOD_GET, "port is"},
        {"http://h:80:81/", METHOD_GET, "port is"},
        {"http://h:x/", METHOD_GET, "port is"},
        {"http://a,b/", METHOD_GET, "host has"},
        {"http://a{b/", METHOD_GET, "host has"},
        {"http://[::1]x/", METHOD_GET, "host has"},
        {"http://[::1/", METHOD_GET, "closing bracket"},
        {"http://[]/", METHOD_GET, "no IPv6"},
        {"http://[1]/", METHOD_GET, "no IPv6"},
        {"http://[127.0.0.1]/", METHOD_GET, "no IPv6"},
        {"http://[::1%25lo]/", METHOD_GET, "no IPv6"},
        {"http://[v1.x]/", METHOD_GET, "no IPv6"},
        {"http://[1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5]/", METHOD_GET, "no IPv6"},
        {"http://::1/", METHOD_GET, "needs a host"},
        {"h", METHOD_CONNECT, "needs a port"},
        {"h:", METHOD_CONNECT, "needs a port"},
        {"[::1]", METHOD_CONNECT, "needs a port"},
        {":443", METHOD_CONNECT, "needs a host"},
        {"u@h:443", METHOD_CONNECT, "user name"},
        {"h:443/", METHOD_CONNECT, "port is"},
        {"/", METHOD_CONNECT, "nothing else"},
        {"http://h:443/", METHOD_CONNECT, "nothing else"},
        {"h:0", METHOD_CONNECT, "port is"},
        {"h:65536", METHOD_CONNECT, "port is"},
        {"h?:443", METHOD_CONNECT, "host has"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_target t;
        const char *broken = http_split_target(slice_of(rows[i].raw), rows[i].method, &t);

        if (broken == NULL || strstr(broken, rows[i].said) == NULL)
            fail_msg("'%s': %s", rows[i].raw, broken == NULL ? "accepted" : broken);
    }
}

/* H1-21: control octets, NUL among them, wherever they stand. */
static void test_H1_21_control_octets_are_refused_everywhere(void **state)
{
    static const char *const forms[] = {"/path?query", "http://host:80/path", "h"};

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++)
        for (size_t at = 0; at < strlen(forms[i]); at++)
            for (int c = 0; c <= ' '; c++) {
                char text[32];
                struct http_target t;

                strcpy(text, forms[i]);
                text[at] = (char)c;
                assert_non_null(http_split_target((struct slice){text, strlen(forms[i])},
                                                  METHOD_GET, &t));
            }
}

static void test_H1_16_authorities_of_host_fields(void **state)
{
    static const struct {
        const char *raw, *host; /* host NULL: refused */
        uint16_t port;
        bool is_ipv6;
    } rows[] = {
        {"h", "h", 0, false},
        {"h:", "h", 0, false},
        {"h:80", "h", 80, false},
        {"[::1]", "::1", 0, true},
        {"[::1]:", "::1", 0, true},
        {"[::FFFF:127.0.0.1]:65535", "::FFFF:127.0.0.1", 65535, true},
        {"0x7f.1", "0x7f.1", 0, false},
        {"", NULL, 0, false},
        {":80", NULL, 0, false},
        {"[", NULL, 0, false},
        {"]", NULL, 0, false},
        {"[::1", NULL, 0, false},
        {"::1", NULL, 0, false},
        {"a b", NULL, 0, false},
        {" a", NULL, 0, false},
        {"a, b", NULL, 0, false},
        {"a,b", NULL, 0, false},
        {"a/b", NULL, 0, false},
        {"a?b", NULL, 0, false},
        {"a\\b", NULL, 0, false},
        {"u@a", NULL, 0, false},
        {"caf\xc3\xa9", NULL, 0, false},
        {"h:65536", NULL, 0, false},
        {"h:0", NULL, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice host;
        uint16_t port;
        bool is_ipv6;
        const char *broken =
            http_split_authority(slice_of(rows[i].raw), &host, &port, &is_ipv6);

        if ((broken == NULL) != (rows[i].host != NULL))
            fail_msg("'%s': %s", rows[i].raw, broken == NULL ? "accepted" : broken);
        if (broken != NULL)
            continue;
        assert_true(is(host, rows[i].host));
        assert_int_equal(port, rows[i].port);
        assert_int_equal(is_ipv6, rows[i].is_ipv6);
    }
    struct slice host;
    uint16_t port;
    bool is_ipv6;
    assert_non_null(http_split_authority(SLICE("[::1\0]"), &host, &port, &is_ipv6));
    assert_non_null(http_split_authority(NO_SLICE, &host, &port, &is_ipv6));
}

static void test_default_ports(void **state)
{
    (void)state;
    assert_int_equal(http_default_port(SLICE("http")), 80);
    assert_int_equal(http_default_port(SLICE("HTTPS")), 443);
    assert_int_equal(http_default_port(SLICE("ftp")), 0);
    assert_int_equal(http_default_port(NO_SLICE), 0);
}

static void test_decoding(void **state)
{
    static const struct {
        const char *text;
        bool plus, ok;
        struct slice want;
    } rows[] = {
        {"", false, true, SLICE("")},
        {"plain", false, true, SLICE("plain")},
        {"a%20b%2fC%2F", false, true, SLICE("a b/C/")},
        {"%00%fF%7f", false, true, SLICE("\0\xff\x7f")},
        {"%2541", false, true, SLICE("%41")}, /* once, not twice */
        {"a+b%2b", true, true, SLICE("a b+")},
        {"a+b", false, true, SLICE("a+b")},
        {"%", false, false, NO_SLICE},
        {"%4", false, false, NO_SLICE},
        {"a%4g", false, false, NO_SLICE},
        {"%g4", false, false, NO_SLICE},
        {"%%41", false, false, NO_SLICE},
        {"%+1", true, false, NO_SLICE},
        {"%\x10\x11", false, false, NO_SLICE}, /* digits but for one bit */
    };
    struct arena a;

    (void)state;
    arena_init(&a, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice out = NO_SLICE;

        assert_int_equal(http_decode(slice_of(rows[i].text), rows[i].plus, &a, &out),
                         rows[i].ok);
        assert_true(slice_is(out, rows[i].want));
    }
    arena_clear(&a);
}

static void test_MEM_04_decoding_without_memory(void **state)
{
    struct arena a;
    struct slice out;

    (void)state;
    arena_init(&a, NULL);
    mem_fail(1, true);
    assert_false(http_decode(SLICE("a"), false, &a, &out));
    mem_fail(0, false);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets_that_hold),
        cmocka_unit_test(test_targets_that_are_refused),
        cmocka_unit_test(test_H1_21_control_octets_are_refused_everywhere),
        cmocka_unit_test(test_H1_16_authorities_of_host_fields),
        cmocka_unit_test(test_default_ports),
        cmocka_unit_test(test_decoding),
        cmocka_unit_test(test_MEM_04_decoding_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
