/* SPDX-License-Identifier: MIT */
#include "naysay/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static struct arena arena;
static uint64_t live;

static int begin(void **state)
{
    (void)state;
    live = mem_live();
    arena_init(&arena, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    assert_int_equal(mem_live(), live);
    return 0;
}

static struct regex *parse(const char *text, const char *flags)
{
    struct complaint why = {""};
    struct regex *r = regex_parse(&arena, slice_of(text), flags, &why);

    if (r == NULL)
        fail_msg("/%s/%s: %s", text, flags == NULL ? "" : flags, why.text);
    return r;
}

static void test_what_fits(void **state)
{
    static const struct {
        const char *text, *flags;
        struct slice value;
        bool fits;
    } rows[] = {
        {"^Digest ", NULL, SLICE("Digest username=\"ada\""), true},
        {"^Digest ", "", SLICE("Basic QQ=="), false},
        {"^digest ", "i", SLICE("DIGEST x"), true},
        {"^digest ", "", SLICE("DIGEST x"), false},
        {"b", "", SLICE("abc"), true},
        {"^b$", "", SLICE("a\nb\nc"), false},
        {"^b$", "m", SLICE("a\nb\nc"), true},
        {"a.c", "", SLICE("a\nc"), false},
        {"a.c", "s", SLICE("a\nc"), true},
        {"a b # c", "x", SLICE("ab"), true},
        {"A . C", "xsi", SLICE("a\nc"), true},
        {"", "", SLICE(""), true},
        {"^$", "", NO_SLICE, true},
        {"^.$", "", SLICE("\0"), true},
        {"a\\x00b", "", SLICE("a\0b"), true},
        {"^\\S+$", "", SLICE("\xff\xfe"), true},
        {"(a)(?:b)(?<c>c)\\1\\k<c>", "", SLICE("abcac"), true},
        {"(?<=a)b(?!c)", "", SLICE("abd"), true},
        {"(?<=a)b(?!c)", "", SLICE("abc"), false},
        {"(?i)x", "", SLICE("X"), true},
        /* beyond ASCII an expression is of characters */
        {"^[\xc3\xa9]$", "", SLICE("\xc3\xa9"), true},
        {"^\xc3\xa9.$", "", SLICE("\xc3\xa9\xc3\xbc"), true},
        {"^\xc3\x89$", "i", SLICE("\xc3\xa9"), true},
        {"\xc3\xa9", "", SLICE("\xff\xc3\xa9"), true},
        {"\xc3\xa9", "", SLICE("\xc3"), false},
        {"^\xc3\xa9?.$", "", SLICE("\xff"), false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (regex_fits(parse(rows[i].text, rows[i].flags), rows[i].value) != rows[i].fits)
            fail_msg("/%s/ (row %zu)", rows[i].text, i);
}

static void test_complaints(void **state)
{
    static const struct {
        const char *text, *flags, *want;
    } rows[] = {
        {"(", "", "no regular expression: missing closing parenthesis (behind \"(\")"},
        {"a**", "",
         "no regular expression: quantifier does not follow a repeatable item (behind "
         "\"a*\")"},
        {"[z-a]", "",
         "no regular expression: range out of order in character class (behind \"[z-\")"},
        {"\xc3\x28", "",
         "no regular expression: UTF-8 error: byte 2 top bits not 0x80 "
         "(behind \"\")"},
        {"a\\C", "",
         "no regular expression: using \\C is disabled by the application (behind "
         "\"a\\C\")"},
        {"a", "g", "a regular expression has no flag \"g\"; i, m, s and x are"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct complaint why = {""};
        assert_null(regex_parse(&arena, slice_of(rows[i].text), rows[i].flags, &why));
        assert_string_equal(why.text, rows[i].want);
    }
}

static struct slice repeat(const char *with, size_t n, const char *last)
{
    size_t each = strlen(with), len = n * each + strlen(last);
    char *text = arena_alloc(&arena, len + 1);

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * each, with, each);
    memcpy(text + n * each, last, strlen(last));
    return (struct slice){text, len};
}

static void test_limits_of_an_expression(void **state)
{
    struct complaint why = {""};
    struct slice brackets = repeat("(", 150, ""), long_one = repeat("a", 7000, "");

    (void)state;
    assert_non_null(regex_parse(&arena, long_one, "", &why));
    assert_null(regex_parse(&arena, repeat("a", 20000, ""), "", &why));
    assert_non_null(strstr(why.text, "regular expression is too large"));
    assert_null(regex_parse(&arena, repeat("a", 70000, ""), "", &why));
    assert_non_null(strstr(why.text, "pattern string is longer than the limit"));
    assert_null(regex_parse(&arena, brackets, "", &why));
    assert_non_null(strstr(why.text, "parentheses are too deeply nested"));
}

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

static void must_be_quick(const struct regex *r, const char *text)
{
    double before = cpu_ms(), took;

    regex_fits(r, repeat("a", 10000, "!"));
    regex_fits(r, repeat("x", 10000, "!"));
    regex_fits(r, repeat("aaaaaaaaaaaaaaaaaaaaaaaaa!", 400, "!"));
    took = cpu_ms() - before;
    if (took > 1000)
        fail_msg("/%s/ took %f ms", text, took);
}

/* Without a bound over all beginnings these take minutes and more. */
static void test_SCN_03_hostile_values_are_quick(void **state)
{
    static const char *const hostile[] = {
        "(a+)+$",         "(a|a)*$",
        "(a|aa)+$",       "^(a+)+$",
        "(.*)*b",         "(x+x+)+y",
        "a*a*a*a*a*[bc]", "(?:a?){30}b",
        "(a*)*\\1b",      "([a-z]+)*=",
        "(?=(a+))a*b=",   "(\\w|\\d)+[-]",
        "a+?b|a+?c|a+?d", "(?:(?:a{1,9}){1,9})+[^a]z",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        char interpreted[80];
        snprintf(interpreted, sizeof(interpreted), "(*NO_JIT)%s", hostile[i]);
        must_be_quick(parse(hostile[i], ""), hostile[i]);
        must_be_quick(parse(interpreted, ""), interpreted);
    }
    assert_false(regex_fits(parse("(a+)+$", ""), repeat("a", 10000, "!")));
}

/* The bound is no bother where the expression is a sane one. */
static void test_long_values_are_searched_to_their_end(void **state)
{
    static const struct {
        const char *text, *with, *last;
        size_t n;
        bool fits;
    } rows[] = {
        {"\"paid\":\\s*true", "{\"paid\": false},\n", "{\"paid\": true}", 60000, true},
        {"\"paid\":\\s*true", "{\"paid\": false},\n", "", 60000, false},
        {"\\w+\\s*=\\s*true", "the quick brown fox, 77; ", "jumps = true", 40000, true},
        {"(?s).*end$", "a\nb", "end", 300000, true},
        {"needle", "haystack ", "needle", 100000, true},
        {"^(?:[^,]*,){3}x", "aaaaaaaaa", ",b,c,x", 100000, true},
        {"^(?:a|b)*$", "ab", "", 32768, true}, /* more than the stack of the JIT holds */
        {"[a-z]+@[a-z]+", "some words ", "x@y", 90000, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (regex_fits(parse(rows[i].text, ""),
                       repeat(rows[i].with, rows[i].n, rows[i].last)) != rows[i].fits)
            fail_msg("/%s/", rows[i].text);
}

static void test_matching_leaves_nothing_behind(void **state)
{
    const struct regex *r = parse("^(a+)+b$", ""), *deep = parse("^(?:a|b)*$", "");
    struct slice value = repeat("ab", 32768, "");
    uint64_t before = mem_count(), lives = mem_live();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(regex_fits(r, SLICE("aaaab")));
        assert_false(regex_fits(r, SLICE("aaaac")));
    }
    assert_int_equal(mem_count(), before); /* not even for a moment */
    assert_true(regex_fits(deep, value));
    assert_int_equal(mem_live(), lives);
}

static void test_MEM_04_no_memory_is_a_complaint_or_no_match(void **state)
{
    const struct regex *deep = parse("^(?:a|b)*$", "");
    struct slice value = repeat("ab", 32768, "");
    bool made = false;

    (void)state;
    for (uint64_t nth = 1; !made; nth++) {
        struct complaint why = {""};
        struct arena small;
        arena_init(&small, NULL);
        mem_fail(nth, false);
        made = regex_parse(&small, SLICE("^(a|b)+[^c]$"), "i", &why) != NULL;
        mem_fail(0, false);
        assert_int_equal(why.text[0] == '\0', made);
        arena_clear(&small);
    }
    mem_fail(1, true);
    assert_true(regex_fits(deep, SLICE("ab")));
    assert_false(regex_fits(deep, value));
    mem_fail(0, false);
    assert_true(regex_fits(deep, value));
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_what_fits),
        EACH(test_complaints),
        EACH(test_limits_of_an_expression),
        EACH(test_SCN_03_hostile_values_are_quick),
        EACH(test_long_values_are_searched_to_their_end),
        EACH(test_matching_leaves_nothing_behind),
        EACH(test_MEM_04_no_memory_is_a_complaint_or_no_match),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
