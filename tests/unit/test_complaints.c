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
    const char *text;
    uint32_t line, column, width;
    const char *shown;
};

static void begin(struct slice text)
{
    text_said_clear(&said);
    said.source = (struct source){SLICE("in.yaml"), text};
    complaints_init(&said.why, &said.arena);
}

static struct node place(uint32_t line, uint32_t column, uint32_t width)
{
    return (struct node){
        .source = &said.source, .line = line, .column = column, .width = width};
}

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct node at;

        begin(slice_of(rows[i].text));
        at = place(rows[i].line, rows[i].column, rows[i].width);
        complain_at(&said.why, &at, "no");
        assert_string_equal(text_said_print(&said, false), rows[i].shown);
    }
}

static void test_one_reads_like_a_compiler_s(void **state)
{
    struct node at;

    (void)state;
    begin(SLICE("\n\n\n\n\n\n\n\n\n\n\n  do: {statsu: 503}\n"));
    at = place(12, 8, 6);
    said.source.name = SLICE("conf/x.yaml");
    assert_false(complain_at(&said.why, &at, "unknown key \"%s\"; did you mean \"%s\"?",
                             "statsu", "status"));
    assert_string_equal(
        text_said_print(&said, false),
        "conf/x.yaml:12:8: error: unknown key \"statsu\"; did you mean \"status\"?\n"
        "    12 |   do: {statsu: 503}\n"
        "       |        ^~~~~~\n");
}

static void test_carets(void **state)
{
    static const struct row rows[] = {
        {"a: b", 1, 4, 1, "in.yaml:1:4: error: no\n     1 | a: b\n       |    ^\n"},
        {"a: b", 1, 1, 4, "in.yaml:1:1: error: no\n     1 | a: b\n       | ^~~~\n"},
        /* at the end of a line, and wider than the line */
        {"a: b", 1, 5, 1, "in.yaml:1:5: error: no\n     1 | a: b\n       |     ^\n"},
        {"a: b\nc", 1, 3, 9, "in.yaml:1:3: error: no\n     1 | a: b\n       |   ^~\n"},
        /* é and ü are one column, 漢 and 😀 take two cells, U+0301 takes none */
        {"é: ü", 1, 4, 1, "in.yaml:1:4: error: no\n     1 | é: ü\n       |    ^\n"},
        {"漢字: x", 1, 5, 1,
         "in.yaml:1:5: error: no\n     1 | 漢字: x\n       |       ^\n"},
        {"a: 漢😀", 1, 4, 2, "in.yaml:1:4: error: no\n     1 | a: 漢😀\n       |    ^~~~\n"},
        {"e\xcc\x81: x", 1, 5, 1,
         "in.yaml:1:5: error: no\n     1 | e\xcc\x81: x\n       |    ^\n"},
        {"\ta:\tx", 1, 5, 1, "in.yaml:1:5: error: no\n     1 |  a: x\n       |     ^\n"},
        /* an end of the text, an empty line, none at all */
        {"a\n", 2, 1, 1, "in.yaml:2:1: error: no\n     2 | \n       | ^\n"},
        {"a\n\nb", 2, 1, 1, "in.yaml:2:1: error: no\n     2 | \n       | ^\n"},
        {"a", 2, 1, 1, "in.yaml:2:1: error: no\n"},
        {"", 1, 1, 1, "in.yaml:1:1: error: no\n     1 | \n       | ^\n"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_lines_end_as_libyaml_ends_them(void **state)
{
    static const struct row rows[] = {
        {"a\r\nb\r\n", 2, 1, 1, "in.yaml:2:1: error: no\n     2 | b\n       | ^\n"},
        {"a\rb", 2, 1, 1, "in.yaml:2:1: error: no\n     2 | b\n       | ^\n"},
        {"a\xc2\x85"
         "b\xe2\x80\xa8"
         "c\xe2\x80\xa9"
         "d",
         4, 1, 1, "in.yaml:4:1: error: no\n     4 | d\n       | ^\n"},
        {"\xef\xbb\xbf"
         "a: b",
         1, 4, 1, "in.yaml:1:4: error: no\n     1 | a: b\n       |    ^\n"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_nothing_steers_the_terminal(void **state)
{
    static const struct row rows[] = {
        {"a: \x1b[31m\x07\x08\x7f", 1, 4, 1,
         "in.yaml:1:4: error: no\n     1 | a: ?[31m???\n       |    ^\n"},
        /* C1: as UTF-8, as bare octets */
        {"a: \xc2\x9b"
         "31m\x9b",
         1, 8, 1, "in.yaml:1:8: error: no\n     1 | a: ?31m?\n       |        ^\n"},
        /* right to left, and back; a byte order mark within */
        {"a: \xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbfx", 1, 7, 1,
         "in.yaml:1:7: error: no\n     1 | a: ???x\n       |       ^\n"},
        {"a: \xc3(\xed\xa0\x80\xf8", 1, 5, 1,
         "in.yaml:1:5: error: no\n     1 | a: ?(????\n       |     ^\n"},
    };
    struct node at;

    (void)state;
    check(rows, COUNT(rows));
    begin(SLICE("x"));
    said.source.name = SLICE("a\x1b[2J\nb");
    at = place(1, 1, 1);
    complain_at(&said.why, &at, "not \"%s\"", "\x1b]0;t\a\n\xc2\x9b");
    assert_string_equal(text_said_print(&said, false),
                        "a?[2J?b:1:1: error: not \"?]0;t???\"\n     1 | x\n       | ^\n");
}

static void test_every_octet_is_shown_or_not(void **state)
{
    char text[257];
    struct node at;
    const char *shown;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)i;
    begin((struct slice){text, 256});
    for (uint32_t line = 1; line <= 3; line++) {
        at = place(line, 1, 1);
        complain_at(&said.why, &at, "%s", text + 1);
    }
    shown = text_said_print(&said, false);
    for (const char *c = shown; *c != '\0'; c++)
        assert_true(*c == '\n' || ((unsigned char)*c >= ' ' && *c != 0x7f));
}

static void test_color_where_it_is_wanted(void **state)
{
    struct node at;

    (void)state;
    begin(SLICE("a: b"));
    at = place(1, 4, 1);
    complain_at(&said.why, &at, "no");
    warn_at(&said.why, NULL, "careful");
    assert_null(strchr(text_said_print(&said, false), '\033'));
    assert_string_equal(text_said_print(&said, true),
                        "\033[1mnaysay: \033[1;33mwarning\033[0m: careful\n"
                        "\033[1min.yaml:1:4: \033[1;31merror\033[0m: no\n"
                        "\033[2m     1 |\033[0m a: b\n"
                        "\033[2m       |\033[0m    \033[1;31m^\033[0m\n");
}

static void test_they_come_in_order(void **state)
{
    struct source other = {SLICE("a.yaml"), SLICE("x\ny")};
    struct node places[4];

    (void)state;
    begin(SLICE("a: b\nc: d"));
    places[0] = place(2, 1, 1);
    places[1] = place(1, 4, 1);
    places[2] = place(1, 4, 1);
    places[3] = (struct node){.source = &other, .line = 2, .column = 1, .width = 1};
    for (size_t i = 0; i < COUNT(places); i++)
        complain_at(&said.why, &places[i], "%zu", i);
    complain_at(&said.why, NULL, "first");
    assert_string_equal(text_said_print(&said, false),
                        "naysay: error: first\n"
                        "a.yaml:2:1: error: 3\n     2 | y\n       | ^\n"
                        "in.yaml:1:4: error: 1\n     1 | a: b\n       |    ^\n"
                        "in.yaml:1:4: error: 2\n     1 | a: b\n       |    ^\n"
                        "in.yaml:2:1: error: 0\n     2 | c: d\n       | ^\n");
}

static void test_a_thousand_are_kept(void **state)
{
    (void)state;
    begin(SLICE(""));
    for (size_t i = 0; i < 600; i++) {
        complain_at(&said.why, NULL, "e");
        warn_at(&said.why, NULL, "w");
    }
    assert_int_equal(said.why.errors, 600);
    assert_int_equal(said.why.warnings, 600);
    size_t kept = 0;
    for (const struct remark *r = said.why.first; r != NULL; r = r->next)
        kept++;
    assert_int_equal(kept, COMPLAINTS_KEPT);

    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    complaints_print(&said.why, out, false);
    fclose(out);
    assert_non_null(strstr(text, "\nnaysay: and 200 more\n"));
    free(text);
}

static void test_long_lines_are_cut(void **state)
{
    char text[400];
    struct node at;
    const char *shown;

    (void)state;
    memset(text, 'x', sizeof(text));
    begin((struct slice){text, sizeof(text)});
    at = place(1, 200, 300);
    complain_at(&said.why, &at, "no");
    shown = strstr(text_said_print(&said, false), " 1 | ");
    assert_non_null(shown);
    assert_true(slice_starts(slice_of(shown), SLICE(" 1 | …xxx")));
    assert_non_null(strstr(shown, "xxx…\n"));
    shown = strchr(shown, '^');
    assert_non_null(shown);
    assert_int_equal(strspn(shown + 1, "~"), 120 - 40 - 1);
}

static void test_long_complaints_are_cut(void **state)
{
    char text[2000];

    (void)state;
    memset(text, 0, sizeof(text));
    for (size_t i = 0; i < 700; i++)
        memcpy(text + 2 * i, "é", 2);
    begin(SLICE(""));
    complain_at(&said.why, NULL, "%s", text);
    assert_int_equal(said.why.first->text.len % 2, 0);
    complain_at(&said.why, NULL, ".%s", text);
    assert_int_equal(said.why.last->text.len % 2, 1);
    assert_null(strchr(text_said_print(&said, false), '?'));
}

/* 16 MiB in one line, and as much to complain of as is kept: one walk through it. */
static void test_a_long_line_is_walked_once(void **state)
{
    size_t len = DOC_OCTETS;
    char *text = malloc(len);
    struct node at;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', len);
    begin((struct slice){text, len});
    for (uint32_t i = 0; i < COMPLAINTS_KEPT; i++) {
        at = place(1, (uint32_t)len - i, 1);
        complain_at(&said.why, &at, "no");
    }
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    complaints_print(&said.why, out, false);
    fclose(out);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_one_reads_like_a_compiler_s, end),
        cmocka_unit_test_teardown(test_carets, end),
        cmocka_unit_test_teardown(test_lines_end_as_libyaml_ends_them, end),
        cmocka_unit_test_teardown(test_nothing_steers_the_terminal, end),
        cmocka_unit_test_teardown(test_every_octet_is_shown_or_not, end),
        cmocka_unit_test_teardown(test_color_where_it_is_wanted, end),
        cmocka_unit_test_teardown(test_they_come_in_order, end),
        cmocka_unit_test_teardown(test_a_thousand_are_kept, end),
        cmocka_unit_test_teardown(test_long_lines_are_cut, end),
        cmocka_unit_test_teardown(test_long_complaints_are_cut, end),
        cmocka_unit_test_teardown(test_a_long_line_is_walked_once, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
