/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_slice(struct slice s, const char *want)
{
    assert_int_equal(s.len, strlen(want));
    assert_memory_equal(s.at, want, s.len);
}

static void test_comparison_ignores_ascii_case_only(void **state)
{
    (void)state;
    assert_true(slice_is_nocase(SLICE("Host"), SLICE("hOST")));
    assert_false(slice_is_nocase(SLICE("Host"), SLICE("Hos")));
    assert_false(slice_is_nocase(SLICE("["), SLICE("{"))); /* differ in the same bit */
    assert_false(slice_is_nocase(SLICE("\xc0"), SLICE("\xe0")));
    assert_true(slice_is_nocase(SLICE(""), NO_SLICE));
}

static void test_prefixes(void **state)
{
    (void)state;
    assert_true(slice_starts(SLICE("http://x"), SLICE("http")));
    assert_true(slice_starts(SLICE("x"), SLICE("")));
    assert_false(slice_starts(SLICE("ht"), SLICE("http")));
    assert_false(slice_starts(SLICE("HTTP"), SLICE("http")));
    assert_true(slice_starts_nocase(SLICE("HTTP/"), SLICE("http")));
    assert_false(slice_starts_nocase(SLICE("HTT"), SLICE("http")));
}

static void test_find(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("a:b:c"), ':'), 1);
    assert_int_equal(slice_find(SLICE("abc"), ':'), -1);
    assert_int_equal(slice_find(NO_SLICE, ':'), -1);
    assert_int_equal(slice_find(SLICE("a\0b"), '\0'), 1);
}

static void test_cut_tells_an_empty_rest_from_none(void **state)
{
    (void)state;
    struct slice rest = SLICE("k=v=w");

    assert_slice(slice_cut(&rest, '='), "k");
    assert_slice(rest, "v=w");
    rest = SLICE("k=");
    assert_slice(slice_cut(&rest, '='), "k");
    assert_true(rest.at != NULL && rest.len == 0);
    rest = SLICE("k");
    assert_slice(slice_cut(&rest, '='), "k");
    assert_null(rest.at);
}

static void test_trim(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {" \ta b\t ", "a b"}, {"a", "a"}, {"  \t ", ""}, {"", ""}, {"\va", "\va"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_slice(slice_trim(slice_of(rows[i].text), " \t"), rows[i].want);
}

static void test_numbers_are_digits_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t want;
    } rows[] = {
        {"0", true, 0},
        {"42", true, 42},
        {"00000000000000000000000007", true, 7},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"+1", false, 0},
        {"-1", false, 0},
        {"0x10", false, 0},
        {"1_0", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"\xb2", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t n = 0;

        assert_int_equal(slice_to_u64(slice_of(rows[i].text), &n), rows[i].ok);
        assert_true(n == rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparison_ignores_ascii_case_only),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_cut_tells_an_empty_rest_from_none),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_numbers_are_digits_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
