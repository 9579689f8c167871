/* SPDX-License-Identifier: MIT */
#include "report_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct report_style in_log = {.columns = 100};
static const struct report_style on_terminal = {
    .color = REPORT_COLORED, .is_terminal = true, .columns = 100};

static char *text_of_kind(enum told_kind kind, const struct report_style *style)
{
    struct told_run t;
    uint64_t live = mem_live();

    tell(&t, kind);
    char *text = say_text(&t.v, style);

    told_clear(&t);
    assert_int_equal(mem_live(), live);
    return text;
}

struct expectation {
    enum told_kind kind;
    struct report_style style;
    const char *has[8], *lacks[4];
};

#define LOG            \
    {                  \
        .columns = 100 \
    }
#define VERBOSE                            \
    {                                      \
        .columns = 100, .is_verbose = true \
    }
#define QUIET                            \
    {                                    \
        .columns = 100, .is_quiet = true \
    }
#define TTY                                 \
    {                                       \
        .columns = 100, .is_terminal = true \
    }

static const struct expectation expectations[] = {
    {TOLD_GOOD,
     LOG,
     {"saw: down down up\n", "ok 522 twice, then 200; ",
      "3 requests, 3 claims hold, 3.08 s"},
     {"GET /pay", "seed"}},
    {TOLD_GOOD, QUIET, {""}, {"saw", "ok"}},
    {TOLD_GOOD,
     VERBOSE,
     {"saw: down", "0.012 s  * A  GET /pay -> 522 Connection timed out", "... 1.02 s",
      "down.1", "up.1", "ok the order is"},
     {NULL}},
    {TOLD_GOOD,
     {.columns = 100, .is_verbose = true, .is_terminal = true},
     {"● A  GET /pay → 522", "┆", "… 1.02 s", "✔ the order is"},
     {" -> 522", "ok "}},
    {TOLD_FAILING,
     LOG,
     {"saw: away away away\n", "FAILED the gap away.1", "    expected  at least 2 s",
      "    seen      120 ms", "    where     away.2 at 0.140 s on connection B",
      "blocked back repeats", "seed 81723 (drawn; --seed 81723 plays it again)",
      "failed  3 requests, 1 of 5 claims holds, 1 warning, 290 ms"},
     {"✘"}},
    {TOLD_FAILING, QUIET, {"FAILED the gap"}, {"POST"}},
    {TOLD_FAILING,
     TTY,
     {"✘ the gap", "✘ the origin is away", "◀", "! each connection"},
     {"FAILED"}},
    {TOLD_NEVER_CAME,
     LOG,
     {"saw: nothing\n", "usual causes", "https_proxy", "no_proxy", "{url}", "CONNECT",
      "never came"},
     {NULL}},
    {TOLD_RICH,
     VERBOSE,
     {"103, 103, 200 OK, reset-by-plan", "no answer, reset-by-plan",
      "raw octets, closed-by-plan", "(no request)", "200 OK, client-gone",
      "warning after a reset"},
     {NULL}},
};

static void test_each_run_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(expectations); i++) {
        const struct expectation *e = &expectations[i];
        char *text = text_of_kind(e->kind, &e->style);

        for (size_t j = 0; j < COUNT(e->has) && e->has[j] != NULL; j++)
            if (strstr(text, e->has[j]) == NULL)
                fail_msg("row %zu lacks %s in:\n%s", i, e->has[j], text);
        for (size_t j = 0; j < COUNT(e->lacks) && e->lacks[j] != NULL; j++)
            if (strstr(text, e->lacks[j]) != NULL)
                fail_msg("row %zu has %s in:\n%s", i, e->lacks[j], text);
        free(text);
    }
}

/* ADM-06: no octet of a peer steers the terminal, and none makes a line of its own. */
static void test_ADM_06_hostile_octets_stay_harmless(void **state)
{
    static const struct report_style styles[] = {
        {.columns = 60}, {.columns = 180, .is_verbose = true, .is_terminal = true}};

    (void)state;
    for (size_t i = 0; i < COUNT(styles); i++) {
        char *text = text_of_kind(TOLD_HOSTILE, &styles[i]);

        for (const char *at = text; *at != '\0'; at++)
            assert_true((unsigned char)*at >= 0x20 || *at == '\n');
        assert_null(strchr(text, 0x7f));
        assert_null(strstr(text, "\xc2\x9b"));     /* CSI */
        assert_null(strstr(text, "\xe2\x80\xae")); /* right-to-left override */
        assert_null(strstr(text, "\nok 9"));
        assert_null(strstr(text, "hunter2"));
        free(text);
    }
}

static void test_colours_only_where_they_are_asked_for(void **state)
{
    char *with = text_of_kind(TOLD_FAILING, &on_terminal);
    char *without = text_of_kind(TOLD_FAILING, &in_log);

    (void)state;
    assert_non_null(strstr(with, "\033[31m"));
    assert_null(strchr(without, '\033'));
    for (const char *at = without; *at != '\0';
         at++) /* and ASCII, but for the author's words */
        assert_true((unsigned char)*at < 0x80 || strstr(at - 3, "§") != NULL);
    free(with);
    free(without);
}

static unsigned widest(const char *text)
{
    unsigned most = 0, n = 0;

    for (; *text != '\0'; text++) {
        n = *text == '\n' ? 0 : n + (((unsigned char)*text & 0xc0) != 0x80);
        most = n > most ? n : most;
    }
    return most;
}

static void test_lines_keep_to_the_columns(void **state)
{
    (void)state;
    for (unsigned columns = 80; columns <= 200; columns += 20) {
        struct report_style style = {
            .is_terminal = true, .is_verbose = true, .columns = columns};
        for (int kind = 0; kind < TOLD_HOSTILE; kind++) {
            char *text = text_of_kind((enum told_kind)kind, &style);
            if (widest(text) > columns)
                fail_msg("%u columns of %u:\n%s", widest(text), columns, text);
            free(text);
        }
    }
}

static void test_a_long_run_is_told_by_its_start_its_end_and_its_findings(void **state)
{
    struct told_run t;

    (void)state;
    tell_many(&t, 1000);
    char *text = say_text(&t.v, &in_log);

    assert_non_null(strstr(text, "more here; -v tells all"));
    assert_non_null(strstr(text, "order.991")); /* what the finding speaks of */
    assert_true(strlen(text) < 10000);
    free(text);
    told_clear(&t);
}

static void test_one_line_at_the_end_of_many(void **state)
{
    struct told_run good, bad;
    const struct verdict *all[] = {&good.v, &bad.v};
    char text[200];
    FILE *out = fmemopen(text, sizeof(text), "w");

    (void)state;
    tell(&good, TOLD_GOOD);
    tell(&bad, TOLD_FAILING);
    report_total(out, all, 2, &in_log);
    fclose(out);
    assert_string_equal(text, "FAILED 2 scenarios, 1 good, 1 not, 1 warning  6 requests\n");
    told_clear(&good);
    told_clear(&bad);
}

/* MEM-04: a report says what it can, whichever allocation fails. */
static void test_MEM_04_memory_runs_out(void **state)
{
    struct told_run t;

    (void)state;
    tell(&t, TOLD_RICH);
    for (uint64_t nth = 1; nth < 6; nth++) {
        mem_fail(nth, false);
        char *text = say_text(&t.v, &(struct report_style){.is_verbose = true});
        mem_fail(0, false);
        assert_non_null(strstr(text, "saw: ask page"));
        free(text);
    }
    told_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_run_is_told),
        cmocka_unit_test(test_ADM_06_hostile_octets_stay_harmless),
        cmocka_unit_test(test_colours_only_where_they_are_asked_for),
        cmocka_unit_test(test_lines_keep_to_the_columns),
        cmocka_unit_test(test_a_long_run_is_told_by_its_start_its_end_and_its_findings),
        cmocka_unit_test(test_one_line_at_the_end_of_many),
        cmocka_unit_test(test_MEM_04_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
