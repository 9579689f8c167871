/* SPDX-License-Identifier: MIT */
#include "naysay/text.h"

#include <setjmp.h>
#include <stdarg.h>

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

/* A pattern as it stands in a file, in YAML; NULL, and complaints. */
static struct pattern *load(struct arena *a, const char *yaml, struct complaints *why)
{
    struct source *source = arena_zero(a, sizeof(*source));
    struct loader l = {.arena = a, .why = why};
    struct pattern *p = NULL;
    struct node *all;

    complaints_init(why, a);
    if (source == NULL)
        return NULL;
    *source = (struct source){SLICE("x.yaml"), slice_of(yaml)};
    all = doc_parse(a, source, why);
    if (all == NULL || all->n != 1)
        return NULL;
    return shape_load(&l, &shape_pattern, all->first, &p) && why->errors == 0 ? p : NULL;
}

static struct pattern *parse(const char *yaml)
{
    struct complaints why;
    struct pattern *p = load(&arena, yaml, &why);

    if (p == NULL)
        fail_msg("%s: %.*s", yaml, why.first == NULL ? 0 : (int)why.first->text.len,
                 why.first == NULL ? "" : why.first->text.at);
    return p;
}

#define NONE NULL /* there is no value */

struct row {
    const char *yaml, *value;
    bool fits;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pattern_fits(parse(rows[i].yaml), slice_of(rows[i].value),
                         rows[i].value != NULL) != rows[i].fits)
            fail_msg("%s and '%s'", rows[i].yaml, rows[i].value);
}

static void test_one_word(void **state)
{
    static const struct row rows[] = {
        {"x", "x", true},
        {"x", "X", false},
        {"x", "xx", false},
        {"x", NONE, false},
        {"\"\"", "", true},
        {"\"\"", NONE, false},
        {"5", "5", true},
        {"5", "5.0", false},
        {"present", "x", true},
        {"present", "", true},
        {"present", NONE, false},
        {"\"present\"", "x", true},
        {"absent", "x", false},
        {"absent", NONE, true},
        {"'*.png'", "a/b.png", true},
        {"'*.png'", "a.gif", false},
        {"'*.png'", "A.PNG", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", true},
        {"a?c", "ac", false},
        {"a\\*", "a*", true},
        {"a\\*", "ab", false},
        {"'***'", "", true},
        {"'*a*b'", "xaabab", true},
        {"'{id}*'", "{id}7", true},
        {"C:\\x", "C:\\x", true},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_expressions_between_slashes(void **state)
{
    static const struct row rows[] = {
        {"/^Digest /", "Digest x", true},
        {"/^Digest /", "Basic x", false},
        {"/^Digest /", NONE, false},
        {"/x/i", "aXb", true},
        {"/a.b/s", "a\nb", true},
        {"/^b$/m", "a\nb", true},
        {"/a b/xi", "AB", true},
        {"/a/b/", "xa/bx", true},
        {"/^https?:\\/\\//", "http://x", true},
        {"/api/", "my api", true},
        /* none of these is one */
        {"/api/x", "/api/x", true},
        {"/api/x", "api", false},
        {"/api/s", "/api/s", true},
        {"/api/ms", "/api/ms", true},
        {"/api/xx", "/api/xx", true},
        {"/api/v1", "/api/v1", true},
        {"/api", "/api", true},
        {"/", "/", true},
        {"//", "//", true},
        {"//", "x", false},
        {"/a\\/", "/a\\/", true},
        {"/a\\\\/", "a\\", true},
        {"x/a/i", "x/a/i", true},
        {"/^x", "/^x", true},
        {"/^x/g", "/^x/g", true},
    };

    (void)state;
    check(rows, COUNT(rows));
}

#define BIG "123456789012345678901234567890"

static void test_SCN_05_numbers(void **state)
{
    static const struct row rows[] = {
        {"'> 5'", "6", true},
        {"'> 5'", "5", false},
        {"'> 5'", "5.0001", true},
        {"'>5'", "10", true},
        {"'>= 5'", "5", true},
        {"'>= 5'", "005.00", true},
        {"'>= 5'", "4.999", false},
        {"'< 5'", "4", true},
        {"'< 5'", "-100", true},
        {"'< 5'", "5", false},
        {"'<= 5'", "5", true},
        {"'<= 5'", "50", false},
        {"'<=-1.5'", "-2", true},
        {"'<=-1.5'", "-1", false},
        {"'> -0'", "0", false},
        {"'>= 0'", "-0.0", true},
        {"5..10", "5", true},
        {"5..10", "10.0", true},
        {"5..10", "10.01", false},
        {"5..10", "4", false},
        {"5..", "5", true},
        {"5..", "4", false},
        {"-2..-1", "-1.5", true},
        {"0.1..0.25", "0.2", true},
        {"'> " BIG "'", BIG "1", true},
        {"'> " BIG "'", BIG, false},
        {"'> " BIG "'", BIG ".000000000000000000000000000001", true},
        /* what is no number is neither less nor more */
        {"'> 5'", "", false},
        {"'> 5'", "six", false},
        {"'> 5'", "6 ", false},
        {"'> 5'", "6x", false},
        {"'> 5'", "+6", false},
        {"'> 5'", "6.", false},
        {"'> 5'", ".6", false},
        {"'> 5'", "1e9", false},
        {"'> 5'", "inf", false},
        {"'> 5'", "0x10", false},
        {"'< 5'", "nan", false},
        {"'< 5'", "-", false},
        {"'< 5'", NONE, false},
        /* no comparisons */
        {"'<html>'", "<html>", true},
        {"5...10", "5...10", true},
        {"1..x", "1..x", true},
        {"'..5'", "..5", true},
        {"'>'", ">", true},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_maps(void **state)
{
    static const struct row rows[] = {
        {"{equals: 'a*b'}", "a*b", true},
        {"{equals: 'a*b'}", "axb", false},
        {"{equals: present}", "x", false},
        {"{equals: Ab, case: ignore}", "aB", true},
        {"{case: ignore, equals: Ab}", "aB", true},
        {"{equals: Ab, case: exact}", "aB", false},
        {"{glob: '*.PNG', case: ignore}", "x.png", true},
        {"{glob: 'a\\*', case: ignore}", "A*", true},
        {"{contains: oo}", "foo", true},
        {"{contains: oo}", "fo", false},
        {"{contains: OO, case: ignore}", "foo", true},
        {"{contains: OO, case: ignore}", "o", false},
        {"{matches: '^x'}", "xy", true},
        {"{matches: '^X', case: ignore}", "xy", true},
        {"{matches: 'a/b'}", "xa/b", true},
        {"{less-than: 5}", "4", true},
        {"{less-than: 5}", "5", false},
        {"{more-than: 5, less-than: 7}", "6", true},
        {"{more-than: 5, less-than: 7}", "7", false},
        {"{at-least: 5, at-most: 7}", "7", true},
        {"{at-least: 5, at-most: 7}", "8", false},
        {"{matches: '^a', contains: b}", "ab", true},
        {"{matches: '^a', contains: b}", "ba", false},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_groups(void **state)
{
    static const struct row rows[] = {
        {"[a, b]", "b", true},
        {"[a, b]", "c", false},
        {"[a]", "a", true},
        {"[absent, '> 5']", NONE, true},
        {"[absent, '> 5']", "6", true},
        {"[absent, '> 5']", "5", false},
        {"{any: [a, '/^b/']}", "bc", true},
        {"{any: a}", "a", true},
        {"{all: ['/a/', '/b/']}", "xbax", true},
        {"{all: ['/a/', '/b/']}", "xax", false},
        {"{not: a}", "b", true},
        {"{not: a}", "a", false},
        {"{not: a}", NONE, true},
        {"{not: present}", NONE, true},
        {"{not: [a, b]}", "b", false},
        {"{not: {not: a}}", "a", true},
        {"{not: a, matches: '.'}", "b", true},
        {"{not: a, matches: '.'}", "", false},
        {"{all: [present, {not: ''}]}", "x", true},
        {"{all: [present, {not: ''}]}", "", false},
        {"{all: [[a, b], [b, c]]}", "b", true},
        {"{all: [[a, b], [b, c]]}", "a", false},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_said_aloud(void **state)
{
    static const char *const rows[][2] = {
        {"x", "equal to \"x\""},
        {"'*.png'", "like *.png"},
        {"/^Digest /i", "matching /^Digest /i"},
        {"present", "present"},
        {"absent", "absent"},
        {"'> 5'", "more than 5"},
        {"'<= 5.50'", "at most 5.50"},
        {"5..10", "at least 5 and at most 10"},
        {"{less-than: 5}", "less than 5"},
        {"{equals: x, case: ignore}", "equal to \"x\" in any case"},
        {"{glob: 'a*', case: ignore}", "like a* in any case"},
        {"{matches: '^x', case: ignore}", "matching /^x/i"},
        {"{contains: x}", "containing \"x\""},
        {"[a, b, c]", "equal to \"a\" or equal to \"b\" or equal to \"c\""},
        {"{not: x}", "not equal to \"x\""},
        {"{not: [x, y]}", "not (equal to \"x\" or equal to \"y\")"},
        {"{all: [present, [x, y]]}", "present and (equal to \"x\" or equal to \"y\")"},
        {"\"a\\r\\n\\e[0m\\x7f\"", "equal to \"a\\x0d\\x0a\\x1b[0m\\x7f\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct pattern *p = parse(rows[i][0]);
        size_t len = strlen(rows[i][1]);
        char said[200];

        assert_int_equal(pattern_print(p, said, sizeof(said)), len);
        assert_string_equal(said, rows[i][1]);
        for (size_t size = 0; size <= len + 1; size++) {
            memset(said, '#', sizeof(said));
            assert_int_equal(pattern_print(p, said, size), len);
            assert_int_equal(said[size], '#');
            assert_true(size == 0 || (strlen(said) == size - 1 &&
                                      strncmp(said, rows[i][1], size - 1) == 0));
        }
    }
}

static void test_literal_text_is_known(void **state)
{
    static const char *const rows[][2] = {
        {"x", "x"},         {"\"\"", ""},
        {"a\\*", "a*"},     {"{equals: present}", "present"},
        {"[x]", "x"},       {"{equals: x, case: ignore}", NULL},
        {"x*", NULL},       {"/x/", NULL},
        {"present", NULL},  {"[x, y]", NULL},
        {"{not: x}", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice text = pattern_literal(parse(rows[i][0]));
        assert_int_equal(text.at == NULL, rows[i][1] == NULL);
        assert_true(slice_is(text, slice_of(rows[i][1])));
    }
}

static void test_complaints(void **state)
{
    static const char *const rows[][2] = {
        {"/(/", "no regular expression: missing closing parenthesis (behind \"(\")"},
        {"'a*\\'", "\"\\\" at the end escapes nothing: write \"\\\\\""},
        {"'> x'", "a number must follow \">\", such as 5 or 2.5; for the text itself write "
                  "{equals: \"> x\"}"},
        {"'>= 5s'", "a number must follow \">=\", such as 5 or 2.5; for the text itself "
                    "write {equals: \">= 5s\"}"},
        {"'<5>'", "a number must follow \"<\", such as 5 or 2.5; for the text itself write "
                  "{equals: \"<5>\"}"},
        {"10..5", "nothing is from 10 to 5: the least comes first"},
        {"[]", "an empty list: nothing to compare with"},
        {"{any: []}", "an empty list: nothing to compare with"},
        {"{}", "an empty map: nothing to compare with"},
        {"{case: ignore}", "case goes beside equals, contains, glob or matches"},
        {"{case: ignore, more-than: 5}",
         "case goes beside equals, contains, glob or matches"},
        {"{equals: x, case: ignored}",
         "case must be exact or ignore, not \"ignored\"; did you mean \"ignore\"?"},
        {"{equal: x}", "unknown key \"equal\"; did you mean \"equals\"?"},
        {"{equals: [x]}", "equals must be a text, not a list"},
        {"{contains: ''}", "contains: nothing is in every value; to ask whether there is "
                           "one, write present"},
        {"{less-than: x}", "less-than must be a number, such as 5 or 2.5"},
        {"{less-than: [5]}", "less-than must be a number, such as 5 or 2.5"},
        {"{matches: '/^x/i'}", "matches takes an expression without slashes around it; a "
                               "literal one in front is \"[/]\""},
        {"{not: {}}", "an empty map: nothing to compare with"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct complaints why;
        assert_null(load(&arena, rows[i][0], &why));
        assert_int_equal(why.errors, 1);
        if (!slice_is(why.first->text, slice_of(rows[i][1])))
            fail_msg("%s: %.*s", rows[i][0], SLICE_ARGS(why.first->text));
    }
}

static void test_what_looks_like_an_expression_is_warned_of(void **state)
{
    static const char *const rows[] = {"/^Digest ", "/^Digest/g", "/^x/7"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct complaints why;
        assert_non_null(load(&arena, rows[i], &why));
        assert_int_equal(why.warnings, 1);
    }
}

static void test_every_mistake_is_found(void **state)
{
    struct complaints why;

    (void)state;
    assert_null(load(&arena, "[/(/, {glob: x, foo: 1}, {any: ['> x', /)/]}, fine]", &why));
    assert_int_equal(why.errors, 4);
}

static void test_deep_trees(void **state)
{
    char yaml[60 * 6 + 70] = "";

    (void)state;
    for (int i = 0; i < 60; i++)
        strcat(yaml, "{not: ");
    strcat(yaml, "x");
    for (int i = 0; i < 60; i++)
        strcat(yaml, "}");
    assert_true(pattern_fits(parse(yaml), SLICE("x"), true));
    assert_false(pattern_fits(parse(yaml), SLICE("y"), true));
}

static void test_SCN_03_hostile_values_are_quick(void **state)
{
    static const char *const rows[] = {"'*a*a*a*a*a*a*b'", "/(a+)+$/",
                                       "{contains: aaaaaaaaaaaaaaab, case: ignore}",
                                       "{glob: '*a?a*a?a*B', case: ignore}"};
    char *value = arena_alloc(&arena, 32768);

    (void)state;
    assert_non_null(value);
    memset(value, 'a', 32768);
    value[32767] = '!';
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_false(pattern_fits(parse(rows[i]), (struct slice){value, 32768}, true));
}

static void test_MEM_04_no_memory_is_a_complaint(void **state)
{
    static const char *const rows[] = {
        "x",
        "'*x*'",
        "/x/i",
        "5..7",
        "[a, '> 5', present]",
        "{not: {equals: x, case: ignore}, glob: 'y*', less-than: 5, any: [a, b]}"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool made = false;
        for (uint64_t nth = 1; !made; nth++) {
            struct complaints why;
            struct arena small;
            arena_init(&small, NULL);
            mem_fail(nth, false);
            made = load(&small, rows[i], &why) != NULL;
            mem_fail(0, false);
            arena_clear(&small);
        }
    }
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_one_word),
        EACH(test_expressions_between_slashes),
        EACH(test_SCN_05_numbers),
        EACH(test_maps),
        EACH(test_groups),
        EACH(test_said_aloud),
        EACH(test_literal_text_is_known),
        EACH(test_complaints),
        EACH(test_what_looks_like_an_expression_is_warned_of),
        EACH(test_every_mistake_is_found),
        EACH(test_deep_trees),
        EACH(test_SCN_03_hostile_values_are_quick),
        EACH(test_MEM_04_no_memory_is_a_complaint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
