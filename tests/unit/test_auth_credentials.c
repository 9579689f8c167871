/* SPDX-License-Identifier: MIT */
#include "naysay/auth.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

/* "Scheme token68" or "Scheme a=<1> b=<2>". */
static const char *print_words(const struct auth_words *w)
{
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof(text), "%.*s", SLICE_ARGS(w->scheme));

    if (w->token68.at != NULL)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " %.*s", SLICE_ARGS(w->token68));
    for (uint32_t i = 0; i < w->n; i++)
        n +=
            (size_t)snprintf(text + n, sizeof(text) - n,
                             w->params[i].is_quoted ? " %.*s=<%.*s>" : " %.*s=%.*s",
                             SLICE_ARGS(w->params[i].name), SLICE_ARGS(w->params[i].value));
    assert_true(n < sizeof(text));
    return text;
}

static void test_credentials_that_are_right(void **state)
{
    static const struct {
        const char *value, *want;
    } rows[] = {
        {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"bASIC   Og==", "bASIC Og=="},
        {"Bearer a.b-c_d~e+f/g", "Bearer a.b-c_d~e+f/g"},
        {"Negotiate", "Negotiate"},
        {"Negotiate ", "Negotiate"},
        {"X a=", "X a="}, /* a token68, for lack of a value */
        {"X a==", "X a=="},
        {"X a=b", "X a=b"},
        {"X a = b", "X a=b"},
        {"X a=\"b\"", "X a=<b>"},
        {"X a=\"\"", "X a=<>"},
        {"X a=\"b, c=d\", e=f", "X a=<b, c=d> e=f"},
        {"X a=\"b\\\"c\\\\\", d=e", "X a=<b\"c\\> d=e"},
        {"X a=\"\\b\"", "X a=<b>"},
        {"X a=b,c=d", "X a=b c=d"},
        {"X a=b\t,\t c=d", "X a=b c=d"},
        {"X ,, a=b , ,c=d,", "X a=b c=d"},
        {"X username*=UTF-8''a%20b", "X username*=UTF-8''a%20b"},
        {"X a=\"\xc3\xa4\xff\"", "X a=<\xc3\xa4\xff>"},
        {"X a=\"b\tc\"", "X a=<b\tc>"},
    };
    struct auth_words w;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *wrong = auth_read_credentials(slice_of(rows[i].value), &arena, &w);

        if (wrong != NULL)
            fail_msg("%s: %s", rows[i].value, wrong);
        assert_string_equal(print_words(&w), rows[i].want);
    }
}

static void test_credentials_that_are_wrong(void **state)
{
    static const struct {
        const char *value, *want;
    } rows[] = {
        {"", "empty"},
        {" Basic a", "scheme is not a token"},
        {"\"Basic\" a", "scheme is not a token"},
        {"Basic\ta", "tab follows the scheme"},
        {"Basic:a", "no space follows the scheme"},
        {"Basic a b", "among the parameters"},
        {"Basic a, b", "comma follows"},
        {"Basic, Digest", "comma follows"},
        {"Basic a=== =", "neither a token nor"},
        {"Basic a==b", "neither a token nor"},
        {"Basic a\"b\"", "among the parameters"},
        {"X a=\"b", "does not end"},
        {"X a=\"b\\", "does not end"},
        {"X a=\"b\\\"", "does not end"},
        {"X a=\"", "does not end"},
        {"X a=\"b\x01\"", "control character"},
        {"X a=\"b\x7f\"", "control character"},
        {"X a=\"b\\\r\"", "control character"},
        {"X a=\"b\"c", "not parted by commas"},
        {"X a=\"b\" c=d", "not parted by commas"},
        {"X a=b c=d", "not parted by commas"},
        {"X a=b;c=d", "not parted by commas"},
        {"X a=b, =d", "name is not a token"},
        {"X a=,b=c", "comma follows"},
        {"X b=c, a=,d=e", "neither a token nor"},
        {"X a=b, A=c", "comes twice"},
        {"X a=b, c", "among the parameters"},
        {"X a=(b)", "neither a token nor"},
        {"X \"a\"=b", "name is not a token"},
        {"X \xc3\xa4=b", "name is not a token"},
    };
    struct auth_words w;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *wrong = auth_read_credentials(slice_of(rows[i].value), &arena, &w);

        if (wrong == NULL)
            fail_msg("%s is taken: %s", rows[i].value, print_words(&w));
        if (strstr(wrong, rows[i].want) == NULL)
            fail_msg("%s: said \"%s\", not \"%s\"", rows[i].value, wrong, rows[i].want);
    }
}

static void test_nul_is_a_control_character(void **state)
{
    struct auth_words w;

    (void)state;
    assert_non_null(auth_read_credentials(SLICE("X a=\"\0\""), &arena, &w));
    assert_non_null(auth_read_credentials(SLICE("X \0"), &arena, &w));
    assert_non_null(auth_read_credentials(SLICE("\0"), &arena, &w));
}

static void test_parameters_have_a_limit(void **state)
{
    char text[8 * (AUTH_PARAMS + 1)] = "X ";
    size_t n = 2;
    struct auth_words w;

    (void)state;
    for (unsigned i = 0; i < AUTH_PARAMS; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "p%u=v,", i);
    assert_null(auth_read_credentials((struct slice){text, n}, &arena, &w));
    assert_int_equal(w.n, AUTH_PARAMS);
    n += (size_t)snprintf(text + n, sizeof(text) - n, "q=v");
    assert_string_equal(auth_read_credentials((struct slice){text, n}, &arena, &w),
                        "more than 32 parameters");
}

static void test_parameters_are_found_in_any_case(void **state)
{
    struct auth_words w;

    (void)state;
    assert_null(auth_read_credentials(SLICE("Digest NONCE=a, username*=b"), &arena, &w));
    assert_non_null(auth_find(&w, "nonce"));
    assert_non_null(auth_find(&w, "username*"));
    assert_null(auth_find(&w, "username"));
}

static void test_lists_of_challenges(void **state)
{
    static const struct {
        const char *value, *want;
    } rows[] = {
        {"", ""},
        {", ,", ""},
        {"Basic realm=\"x\"", "Basic realm=<x>; "},
        {"Negotiate, NTLM", "Negotiate; NTLM; "},
        {"Negotiate , NTLM", "Negotiate; NTLM; "},
        {"Negotiate, Basic realm=\"x\"", "Negotiate; Basic realm=<x>; "},
        {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
         "realm=\"simple\"",
         "Newauth realm=<apps> type=1 title=<Login to \"apps\">; Basic realm=<simple>; "},
        {"NTLM TlRMTVNTUAAC==, Digest nonce=\"a\", qop=\"auth,auth-int\"",
         "NTLM TlRMTVNTUAAC==; Digest nonce=<a> qop=<auth,auth-int>; "},
        {", ,Basic realm=\"x\",, Digest a=b,", "Basic realm=<x>; Digest a=b; "},
    };
    char said[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice rest = slice_of(rows[i].value);
        struct auth_words w;
        const char *wrong;
        size_t n = 0;

        said[0] = '\0';
        while (auth_next_challenge(&rest, &arena, &w, &wrong))
            n += (size_t)snprintf(said + n, sizeof(said) - n, "%s; ", print_words(&w));
        if (wrong != NULL)
            fail_msg("%s: %s", rows[i].value, wrong);
        assert_string_equal(said, rows[i].want);
    }
}

static void test_base64(void **state)
{
    static const struct {
        const char *text, *want; /* "!": what is wrong with it */
    } rows[] = {
        {"", ""},
        {"Og==", ":"},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYmFy", "foobar"},
        {"+/+/", "\xfb\xff\xbf"},
        {"Zg", "!padding"},
        {"Zg=", "!padding"},
        {"Zg===", "!padding"},
        {"Zm9v====", "!padding"},
        {"=", "!padding"},
        {"====", "!padding"},
        {"Z", "!cut short"},
        {"Zm9vY", "!cut short"},
        {"Zh==", "!stray bits"},
        {"Zm9=", "!stray bits"},
        {"Zm9-", "!not of base64"},
        {"Zm_v", "!not of base64"},
        {"Z=9v", "!not of base64"},
        {"Zm 9v", "!cut short"},
        {"Zm9vZm v", "!not of base64"},
    };
    struct slice out;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *wrong = auth_decode64(slice_of(rows[i].text), &arena, &out);

        if (rows[i].want[0] != '!' &&
            (wrong != NULL || !slice_is(out, slice_of(rows[i].want))))
            fail_msg("%s: %s", rows[i].text, wrong != NULL ? wrong : "other octets");
        if (rows[i].want[0] == '!' &&
            (wrong == NULL || strstr(wrong, rows[i].want + 1) == NULL))
            fail_msg("%s: %s", rows[i].text, wrong != NULL ? wrong : "is taken");
    }
}

static void test_without_memory(void **state)
{
    struct auth_words w;
    struct slice out;

    (void)state;
    mem_fail(1, true);
    assert_ptr_equal(auth_read_credentials(SLICE("X a=\"\\b\""), &arena, &w),
                     auth_no_memory);
    assert_ptr_equal(auth_decode64(SLICE("Zg=="), &arena, &out), auth_no_memory);
    mem_fail(0, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_credentials_that_are_right, begin, end),
        cmocka_unit_test_setup_teardown(test_credentials_that_are_wrong, begin, end),
        cmocka_unit_test_setup_teardown(test_nul_is_a_control_character, begin, end),
        cmocka_unit_test_setup_teardown(test_parameters_have_a_limit, begin, end),
        cmocka_unit_test_setup_teardown(test_parameters_are_found_in_any_case, begin, end),
        cmocka_unit_test_setup_teardown(test_lists_of_challenges, begin, end),
        cmocka_unit_test_setup_teardown(test_base64, begin, end),
        cmocka_unit_test_setup_teardown(test_without_memory, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
