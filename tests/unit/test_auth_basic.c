/* SPDX-License-Identifier: MIT */
#include "auth_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
    const char *credentials;
    enum auth_result want;
    const char *why;
};

static void judge_rows(const char *realm, const struct row *rows, size_t n)
{
    struct lab l;

    lab_open(&l, realm);
    for (size_t i = 0; i < n; i++) {
        lab_judge(&l, "GET", "http://h.test/", rows[i].credentials);
        lab_must(&l, rows[i].want, rows[i].why);
    }
    lab_close(&l);
}

/* RFC 7617 §2 and §2.1; and what a client says in ISO-8859-1. */
static void test_the_examples_of_the_rfc(void **state)
{
    static const char realm[] =
        "realm: x, users: {Aladdin: open sesame, test: \"123\xc2\xa3\"}";
    static const struct row rows[] = {
        {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", AUTH_OK, ""},
        {"Basic dGVzdDoxMjPCow==", AUTH_OK, ""},
        {"Basic dGVzdDoxMjOj", AUTH_OK, "the password is in ISO-8859-1"},
    };

    (void)state;
    judge_rows(realm, rows, COUNT(rows));
}

static void test_a_charset_that_was_announced_is_kept(void **state)
{
    static const char realm[] =
        "realm: x, charset: UTF-8, users: {test: \"123\xc2\xa3\", \"\xc3\xa4\": a}";
    static const struct row rows[] = {
        {"Basic dGVzdDoxMjPCow==", AUTH_OK, ""},
        {"Basic dGVzdDoxMjOj", AUTH_WRONG, "charset=\"UTF-8\" (RFC 7617 §2.1)"},
        {"Basic w6Q6YQ==", AUTH_OK, ""},
        {"Basic 5Dph", AUTH_WRONG, "no user is called"},
    };

    (void)state;
    judge_rows(realm, rows, COUNT(rows));
}

static void test_who_may_come_in(void **state)
{
    static const char realm[] = "realm: x, users: {username: password, colon: \"a:b\", "
                                "\"\": \"\", \"\xc3\xa4\": a}";
    static const struct row rows[] = {
        {NULL, AUTH_NONE, ""},
        {"Basic dXNlcm5hbWU6cGFzc3dvcmQ=", AUTH_OK, ""},
        {"bASIC    dXNlcm5hbWU6cGFzc3dvcmQ=", AUTH_OK, ""},
        {"Basic Y29sb246YTpi", AUTH_OK, ""}, /* colon:a:b */
        {"Basic Og==", AUTH_OK, ""},         /* : */
        {"Basic 5Dph", AUTH_OK, ""},         /* ä in ISO-8859-1 */
        {"Basic dXNlcm5hbWU6UGFzc3dvcmQ=", AUTH_WRONG, "password is not right"},
        {"Basic dXNlcm5hbWU6", AUTH_WRONG, "password is not right"},
        {"Basic eDp5", AUTH_WRONG, "no user is called \"x\""},
        {"Bearer abc", AUTH_WRONG, "scheme Bearer was not offered"},
        {"Digest a=b", AUTH_WRONG, "scheme Digest was not offered"},
        {"", AUTH_MALFORMED, "empty"},
        {"Basic", AUTH_MALFORMED, "nothing follows"},
        {"Basic ", AUTH_MALFORMED, "nothing follows"},
        {"Basic realm=\"x\"", AUTH_MALFORMED, "token68"},
        {"Basic\tOg==", AUTH_MALFORMED, "tab"},
        {"Basic dXNlcm5hbWU6cGFzc3dvcmQ", AUTH_MALFORMED, "padding"},
        {"Basic dXNlcm5hbWU6cGFzc3dvcmQ= x", AUTH_MALFORMED, ""},
        {"Basic dXNlcm5hbWU6cGFzc3dvcmQ=, Basic Og==", AUTH_MALFORMED, "comma"},
        {"Basic dXNlcm5hbWU=", AUTH_MALFORMED, "no colon"},
        {"Basic YQo6Yg==", AUTH_MALFORMED, "control character"}, /* a LF : b */
        {"Basic YTpiAA==", AUTH_MALFORMED, "control character"}, /* a : b NUL */
        {"Basic YTpiCQ==", AUTH_MALFORMED, "control character"}, /* a : b HTAB */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        judge_rows(realm,
                   &(struct row){rows[i].credentials, rows[i].want,
                                 rows[i].why[0] == '\0' && rows[i].want != AUTH_OK
                                     ? NULL
                                     : rows[i].why},
                   1);
}

static void test_the_user_is_named(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB);
    lab_judge(&l, "GET", "/", "Basic YWRhOmxvdmVsYWNl");
    lab_must(&l, AUTH_OK, "");
    assert_true(slice_is(l.out.user, SLICE("ada")));
    assert_ptr_equal(l.out.known, l.realm->users.at);
    assert_int_equal(l.out.scheme, AUTH_SCHEME_BASIC);

    lab_judge(&l, "GET", "/", "Basic YWRhOng=");
    lab_must(&l, AUTH_WRONG, NULL);
    assert_true(slice_is(l.out.user, SLICE("ada")));
    assert_null(l.out.known);
    lab_close(&l);
}

static void test_long_credentials(void **state)
{
    static char text[8 << 10] = "Basic ";
    struct lab l;

    (void)state;
    memset(text + 6, 'A', sizeof(text) - 8);
    lab_open(&l, LAB);
    lab_judge(&l, "GET", "/", text);
    lab_must(&l, AUTH_MALFORMED, NULL);
    lab_close(&l);
}

static void test_two_lines_are_malformed(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB);
    lab_ask(&l, "GET", "http://h.test/", "Basic YWRhOmxvdmVsYWNl");
    assert_true(http_add(&l.request.fields, SLICE("proxy-authorization"),
                         SLICE("Basic YWRhOmxvdmVsYWNl")));
    auth_judge(l.realm, &l.state, &l.r, &l.arena, &l.out);
    lab_must(&l, AUTH_MALFORMED, "Proxy-Authorization comes 2 times");
    lab_close(&l);
}

static void test_the_field_of_the_other_side(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB);
    lab_ask(&l, "GET", "http://h.test/", "Basic YWRhOmxvdmVsYWNl");
    l.r.side = AUTH_ORIGIN;
    auth_judge(l.realm, &l.state, &l.r, &l.arena, &l.out);
    lab_must(&l, AUTH_NONE, "Proxy-Authorization came, where Authorization is asked for");
    lab_close(&l);
}

static void must_challenge(const char *realm, const char *want)
{
    struct lab l;
    struct slice said;

    lab_open(&l, realm);
    lab_judge(&l, "GET", "/", NULL);
    said = lab_challenge(&l, 0);
    assert_int_equal(l.challenges.n, 1);
    assert_true(http_is_field_value(said));
    if (!slice_is(said, slice_of(want)))
        fail_msg("said: %.*s\nwant: %s", SLICE_ARGS(said), want);
    lab_close(&l);
}

static void test_challenges(void **state)
{
    (void)state;
    must_challenge("users: {a: b}", "Basic realm=\"naysay\"");
    must_challenge("realm: 'a \"b\" \\c'", "Basic realm=\"a \\\"b\\\" \\\\c\"");
    must_challenge("realm: lab, charset: UTF-8", "Basic realm=\"lab\", charset=\"UTF-8\"");
}

static void test_nothing_is_said_to_those_let_in(void **state)
{
    struct lab l;
    struct slice value;

    (void)state;
    lab_open(&l, LAB);
    lab_judge(&l, "GET", "/", "Basic YWRhOmxvdmVsYWNl");
    assert_true(auth_info(l.realm, &l.state, &l.r, &l.out, NO_SLICE, &l.arena, &value));
    assert_int_equal(value.len, 0);
    lab_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_examples_of_the_rfc),
        cmocka_unit_test(test_a_charset_that_was_announced_is_kept),
        cmocka_unit_test(test_who_may_come_in),
        cmocka_unit_test(test_the_user_is_named),
        cmocka_unit_test(test_long_credentials),
        cmocka_unit_test(test_two_lines_are_malformed),
        cmocka_unit_test(test_the_field_of_the_other_side),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_nothing_is_said_to_those_let_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
