/* SPDX-License-Identifier: MIT */
#include "text_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct text_said said;

static int end(void **state)
{
    (void)state;
    text_said_clear(&said);
    assert_int_equal(mem_live(), 0);
    return 0;
}

struct row {
    struct slice text;
    const char *tree, *remarks;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        text_say_parse(&said, rows[i].text);
        assert_string_equal(text_said_tree(&said), rows[i].tree);
        assert_string_equal(text_said_remarks(&said), rows[i].remarks);
        if (said.top == NULL)
            assert_int_not_equal(said.why.errors, 0);
    }
}

#define T(text) SLICE(text)

#define ANCHOR                                                                          \
    "anchors are not read: `include` shares rules; a text that begins with \"&\" must " \
    "stand between quotes"
#define ALIAS                                                                           \
    "aliases are not read: `include` shares rules; a text that begins with \"*\" must " \
    "stand between quotes"
#define NUL "a text has no NUL; say octets as base64"
#define TAG "tags are not read; a text that begins with \"!\" must stand between quotes"

static void test_texts_stay_texts(void **state)
{
    static const struct row rows[] = {
        {T("on: yes\n1:30: 1:30\nnull: ~\n"), "{on: yes, 1:30: 1:30, null: ~}", ""},
        {T("a: 2001-01-01\nb: 0x1f\nc: 1e3\nd: .inf"),
         "{a: 2001-01-01, b: 0x1f, c: 1e3, d: .inf}", ""},
        {T("a: \"b\"\nc: 'd'\ne: |\n  f\n"), "{a: 'b', c: 'd', e: 'f\n'}", ""},
        {T("a:\nb: ''\n"), "{a: , b: ''}", ""},
        {T("<<: a\n"), "{<<: a}", ""},
        {T("- [a, {b: c}]\n-\n  - d\n"), "[[a, {b: c}], [d]]", ""},
        {T("match: any /api/**\n"), "{match: any /api/**}", ""},
        {T("match: GET /a/{id}\n"), "{match: GET /a/{id}}", ""},
        {T("a: http://x:80/#b # c\n"), "{a: http://x:80/#b}", ""},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_streams(void **state)
{
    static const struct row rows[] = {
        {{"", 0}, "", ""},
        {{NULL, 0}, "", ""},
        {T("\n\n"), "", ""},
        {T("# nothing\n  # at all"), "", ""},
        {T("\xef\xbb\xbf"), "", ""},
        {T("a"), "a", ""},
        {T("---\na: 1\n---\n---\nb\n...\n--- c\n"), "{a: 1}; ; b; c", ""},
        {T("%YAML 1.2\n---\na"), "a", ""},
        {T("%YAML 2.0\n---\na"), "-",
         "1:1+1 this version of YAML is not read; leave the line out"},
        {T("{a: 1}\nb: 2"), "-",
         "2:1+1 the document ended before this; a line of \"---\" begins another"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_line_ends_and_marks(void **state)
{
    static const struct row rows[] = {
        {T("\xef\xbb\xbf"
           "a: &b 1\n"),
         "-", "1:4+4 " ANCHOR},
        {T("a: 1\r\nb:\r\n  - !c\r\n"), "-", "3:5+2 " TAG},
        {T("a: 1\rb: !c"), "-", "2:4+2 " TAG},
        {T("# \xe2\x80\xa8\n# \xc2\x85# \xe2\x80\xa9#\n\xff"), "-",
         "6:1+1 this is not UTF-8: save the file as UTF-8"},
        {T("\xc3\xa9\xf0\x9f\x98\x80: !c"), "-", "1:5+2 " TAG},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_what_yaml_has_and_we_refuse(void **state)
{
    static const struct row rows[] = {
        {T("a: &x b\nc: *x\n"), "-", "1:4+4 " ANCHOR "|2:4+2 " ALIAS},
        {T("a: &x\n  b: c\n"), "-", "1:4+1 " ANCHOR},
        {T("- &x [a]\n- *y\n- !!str b\n- !<c> {}"), "-",
         "1:3+4 " ANCHOR "|2:3+2 " ALIAS "|3:3+7 " TAG "|4:3+6 " TAG},
        {T("*x : 1\n"), "-", "1:1+2 " ALIAS},
        {T("a: **"), "-", "1:4+1 a text that begins with \"*\" must stand between quotes"},
        {T("a: *.png"), "-",
         "1:4+1 a text that begins with \"*\" must stand between quotes"},
        {T("a: & b"), "-", "1:4+1 a text that begins with \"&\" must stand between quotes"},
        {T("a: !x!y b"), "-",
         "1:4+1 tags are not read; a text that begins with \"!\" must stand between "
         "quotes"},
        {T("a: @b"), "-", "1:4+1 a text that begins with \"@\" must stand between quotes"},
        {T("? [a]\n: b"), "-", "1:3+1 a key must be a word, not a list or a map"},
        {T("{a: {[b]: c}}"), "-", "1:6+1 a key must be a word, not a list or a map"},
        {T("a: {{b}}"), "-",
         "1:5+1 a key must be a word, not a map; a text with {{ }} must stand between "
         "quotes"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_keys_come_once(void **state)
{
    static const struct row rows[] = {
        {T("a: 1\nb: 2\na: 3\na: 4\n"), "{a: 1, b: 2, a: 3, a: 4}",
         "3:1+1 \"a\" stands here twice, first on line 1|"
         "4:1+1 \"a\" stands here twice, first on line 1"},
        {T("{\"a\": 1, 'a': 2}"), "{a: 1, a: 2}",
         "1:10+3 \"a\" stands here twice, first on line 1"},
        {T("[{\"a\": {\"b\": 1, \"b\": 1}, \"c\": 0}]"), "[{a: {b: 1, b: 1}, c: 0}]",
         "1:17+3 \"b\" stands here twice, first on line 1"},
        {T("a: 1\n---\na: 1\n"), "{a: 1}; {a: 1}", ""},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_octets_that_are_no_text(void **state)
{
    static const struct row rows[] = {
        {T("a: \"b\0c\""), "-", "1:6+1 " NUL},
        {T("a: \"b\\0c\""), "-", "1:4+6 " NUL},
        {T("{\"a\\u0000\": 1}"), "-", "1:2+9 " NUL},
        {T("a: b\nc: \xff"), "-", "2:4+1 this is not UTF-8: save the file as UTF-8"},
        {T("\xc3\xa9: \xc3("), "-", "1:4+1 this is not UTF-8: save the file as UTF-8"},
        {T("a: \xed\xa0\x80"), "-", "1:4+1 this is not UTF-8: save the file as UTF-8"},
        {T("a: \xc0\x80"), "-", "1:4+1 this is not UTF-8: save the file as UTF-8"},
        {T("a: \xf4\x90\x80\x80"), "-", "1:4+1 this is not UTF-8: save the file as UTF-8"},
        {T("a: \xe2\x82"), "-", "1:4+1 this is not UTF-8: save the file as UTF-8"},
        {T("\xff\xfe"
           "a\0"),
         "-", "1:1+1 this is UTF-16: save the file as UTF-8"},
        {T("a: \x1b[31m"), "-",
         "1:4+1 U+001B may not stand here; between double quotes, \\x1b says it"},
        {T("a: \x7f"), "-",
         "1:4+1 U+007F may not stand here; between double quotes, \\x7f says it"},
        {T("a: \"\\x1b\\x7f\""), "{a: '\x1b\x7f'}", ""},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_syntax(void **state)
{
    static const struct row rows[] = {
        {T("a: b: c"), "-",
         "1:5+1 a \":\" is not expected here: a text with \": \" in it must stand between "
         "quotes, and keys of one map in one column"},
        {T("a:\n\t- b"), "-", "2:1+1 a tab may not indent: use spaces"},
        {T("a: - b"), "-",
         "1:4+1 a list may not begin here: put its first \"- \" on a line of its own"},
        {T("a: b\n- c"), "-",
         "2:1+1 a key is expected here, in the column of those above it"},
        {T("- a\nb: c"), "-",
         "2:1+1 a \"- \" is expected here, in the column of those above it"},
        {T("a: 1\nb\nc: 2"), "-",
         "2:1+1 no \": \" follows this, and a key is expected here"},
        {T("a: [b"), "-", "1:4+1 this \"[\" is never closed"},
        {T("a:\n  {b: c\n\n"), "-", "2:3+1 this \"{\" is never closed"},
        {T("a: \"b\nc: 1"), "-", "1:4+1 this quote is never closed"},
        {T("a: 'b\n---\n"), "-",
         "1:4+1 this quote is not closed before the end of the document"},
        {T("a: {b: /x/{id}, c: d}"), "-",
         "1:11+1 \",\" or \"}\" is expected here; a text with any of , [ ] { } in it must "
         "stand between quotes"},
        {T("- {a: 1\n- {b: 2}\n"), "-",
         "2:3+1 \",\" or \"}\" is expected here; a text with any of , [ ] { } in it must "
         "stand between quotes; or the \"{\" of line 1 was to be closed above"},
        {T("[a,,b]"), "-", "1:4+1 a value is expected here"},
        {T("a: \"\\d\""), "-",
         "1:5+1 there is no such escape: write \"\\\\\" for a backslash, or put the text "
         "between single quotes"},
        {T("a: \"\\u00\""), "-",
         "1:7+1 \\x, \\u and \\U want 2, 4 and 8 hexadecimal digits"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_json(void **state)
{
#define NO_HALVES                                                                \
    "this escape is no character; write those beyond U+FFFF as they are, or as " \
    "\\U0001F600"
    static const struct row rows[] = {
        {T("{\n\t\"a\":\t[1,\t-2.5e3, true, null],\n\t\"b\":{}\n}\n"),
         "{a: [1, -2.5e3, true, null], b: {}}", ""},
        {T("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}"), "{a: '\"\\/\b\f\n\r\té'}", ""},
        {T("{\"a\":\"\\ud83d\\uDE00\"}"), "{a: '\xf0\x9f\x98\x80'}", ""},
        {T("[\"\\uD800\\uDC00\\uDBFF\\uDFFF\"]"), "['\xf0\x90\x80\x80\xf4\x8f\xbf\xbf']",
         ""},
        {T("[\"\\\\ud83d\\\\ude00\"]"), "['\\ud83d\\ude00']", ""},
        {T("[\"\\ud83d\"]"), "-", "1:5+1 " NO_HALVES},
        {T("[\"\\ude00\\ud83d\"]"), "-", "1:5+1 " NO_HALVES},
        /* What follows a pair is where the writer sees it. */
        {T("[\"\\ud83d\\ude00\", \"\\ud83d\\ude00\", \"\\u0000\"]"), "-", "1:34+8 " NUL},
        {T("[\"\\ud83d\\ude00\\u0000\"]"), "-", "1:2+20 " NUL},
        {T("[\"\\ud83d\\ude00\",\r\n \"\\u0000\"]"), "-", "2:2+8 " NUL},
        {T("[\"\\ud83d\\ude00\", \"\xff\"]"), "-",
         "1:19+1 this is not UTF-8: save the file as UTF-8"},
        /* No JSON: these octets stand for themselves. */
        {T("['\\ud83d\\ude00']"), "['\\ud83d\\ude00']", ""},
        {T("a: \"\\ud83d\\ude00\""), "-", "1:7+1 " NO_HALVES},
    };

    (void)state;
    check(rows, COUNT(rows));
}

/* ---- limits ---- */

static struct slice repeat(const char *unit, size_t n)
{
    size_t len = strlen(unit);
    char *text = malloc(n * len + 1);

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, unit, len);
    text[n * len] = '\0';
    return (struct slice){text, n * len};
}

static void must_parse(const char *unit, size_t n, const char *remarks)
{
    struct slice text = repeat(unit, n);

    text_say_parse(&said, text);
    assert_string_equal(text_said_remarks(&said), remarks);
    assert_int_equal(said.top == NULL, remarks[0] != '\0');
    text_said_clear(&said);
    free((char *)text.at);
}

static void test_levels(void **state)
{
    struct slice deep = repeat("[", DOC_DEPTH);
    char text[2 * DOC_DEPTH + 1];

    (void)state;
    memcpy(text, deep.at, DOC_DEPTH);
    memset(text + DOC_DEPTH, ']', DOC_DEPTH);
    text_say_parse(&said, (struct slice){text, 2 * DOC_DEPTH});
    assert_non_null(said.top);
    free((char *)deep.at);
    must_parse("- ", DOC_DEPTH, "");
    must_parse("[", DOC_DEPTH + 1, "1:65+1 nested too deeply: a file may have 64 levels");
    must_parse("- ", DOC_DEPTH + 1, "1:129+1 nested too deeply: a file may have 64 levels");
    must_parse("{a: ", DOC_DEPTH + 1,
               "1:257+1 nested too deeply: a file may have 64 levels");
    must_parse("[", DOC_OCTETS, "1:65+1 nested too deeply: a file may have 64 levels");
}

static void test_octets(void **state)
{
    (void)state;
    must_parse("a", DOC_OCTETS - 1, "");
    assert_int_equal(mem_live(), 0);
    must_parse("a", DOC_OCTETS, "");
    must_parse("a", DOC_OCTETS + 1, "1:1+1 a file may have 16 MiB, not 16777217 octets");
    must_parse("#", DOC_OCTETS, "");
    must_parse("\n", DOC_OCTETS, "");
}

static void test_nodes(void **state)
{
    (void)state;
    must_parse("- a\n", DOC_NODES - 1, "");
    must_parse("- a\n", DOC_NODES,
               "2000000:3+1 too many values: a file may hold 2,000,000");
}

static void test_find(void **state)
{
    const struct node *map;

    (void)state;
    text_say_parse(&said, SLICE("a: 1\nb: [c]\n"));
    map = said.top->first;
    assert_true(node_is(node_find(map, "a"), "1"));
    assert_false(node_is(node_find(map, "a"), "2"));
    assert_false(node_is(node_find(map, "b"), "c"));
    assert_null(node_find(map, "c"));
    assert_null(node_find(node_find(map, "b"), "c"));
    assert_null(node_find(NULL, "c"));
    assert_false(node_is(NULL, "c"));
}

/* Every allocation fails once: a complaint, and nothing is left behind. */
static void test_without_memory(void **state)
{
    static const char text[] = "{\"a\": [1, {\"b\": \"\\ud83d\\ude00\"}], \"c\": 3}";
    struct slice big = repeat("- {a: 1}\n", 2000);

    (void)state;
    for (uint64_t nth = 1; nth < 40; nth++) {
        mem_fail(nth, false);
        text_say_parse(&said, slice_of(text));
        text_say_parse(&said, big);
        mem_fail(0, false);
        assert_true(said.top != NULL || said.why.errors > 0);
        text_said_clear(&said);
        assert_int_equal(mem_live(), 0);
    }
    free((char *)big.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_texts_stay_texts, end),
        cmocka_unit_test_teardown(test_streams, end),
        cmocka_unit_test_teardown(test_line_ends_and_marks, end),
        cmocka_unit_test_teardown(test_what_yaml_has_and_we_refuse, end),
        cmocka_unit_test_teardown(test_keys_come_once, end),
        cmocka_unit_test_teardown(test_octets_that_are_no_text, end),
        cmocka_unit_test_teardown(test_syntax, end),
        cmocka_unit_test_teardown(test_json, end),
        cmocka_unit_test_teardown(test_levels, end),
        cmocka_unit_test_teardown(test_octets, end),
        cmocka_unit_test_teardown(test_nodes, end),
        cmocka_unit_test_teardown(test_find, end),
        cmocka_unit_test_teardown(test_without_memory, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
