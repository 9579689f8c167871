/* SPDX-License-Identifier: MIT */
/* What the page says, and that it stays a page. Whether it is well-formed is judged by a
 * parser, in reports_test.py. */
#include "report_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static char *page_of(enum told_kind kind)
{
    struct told_run t;
    uint64_t live = mem_live();

    tell(&t, kind);
    char *text = say_report(&t.v, report_html, NULL);

    told_clear(&t);
    assert_int_equal(mem_live(), live);
    return text;
}

static const struct {
    enum told_kind kind;
    const char *has[8];
} pages[] = {
    {TOLD_GOOD,
     {"The client did its part", "<li>down <small>×2</small></li><li>up</li>", "1.02 s",
      "the order is down x2, up", "status 0 after 3.06 s",
      "HTTP/1.1 522 Connection timed out"}},
    {TOLD_FAILING,
     {"The verdict: failed", "at least 2 s, as Retry-After", "<dd>120 ms</dd>",
      "href=\"#x1-1\"", "id=\"x1-1\"", "Authorization: <em>(redacted)</em>",
      "seed 81723, drawn", "blocked"}},
    {TOLD_NEVER_CAME, {"never came", "The usual causes", "nothing</li>", "no_proxy"}},
    {TOLD_RICH,
     {"<b>103</b> <b>103</b>", "#a-cut", "#a-none", "#a-raw", "#a-gone",
      "on purpose</dt><dd>bad-status-line", "\\x89</i>PNG<i>\\r</i><i>\\n</i>",
      "connected, asked nothing"}},
};

static void test_each_page_says_what_happened(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++) {
        char *text = page_of(pages[i].kind);

        for (size_t j = 0; j < COUNT(pages[i].has) && pages[i].has[j] != NULL; j++)
            if (strstr(text, pages[i].has[j]) == NULL)
                fail_msg("page %zu lacks %s", i, pages[i].has[j]);
        free(text);
    }
}

/* ADM-06: nothing that a peer sent becomes markup. */
static void test_ADM_06_hostile_octets_stay_text(void **state)
{
    static const char *const never[] = {"<script",        "<b>hunter2", "hunter2",
                                        "</pre></style>", "\033",       "\x9b\x80",
                                        "\xe2\x80\xae",   "<u>"};
    char *text = page_of(TOLD_HOSTILE);

    (void)state;
    for (size_t i = 0; i < COUNT(never); i++)
        if (strstr(text, never[i]) != NULL)
            fail_msg("%s got out", never[i]);
    assert_non_null(strstr(text, "&lt;script&gt;alert(1)"));
    free(text);
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

static void test_a_thousand_exchanges_stay_a_page(void **state)
{
    struct told_run t;
    size_t len;

    (void)state;
    tell_many(&t, 1000);
    char *text = say_report(&t.v, report_html, &len);

    assert_true(len < 2u << 20);
    assert_int_equal(count(text, "<details class=\"row"),
                     301); /* and what a claim speaks of */
    assert_non_null(strstr(text, "id=\"x1-990\""));
    assert_non_null(strstr(text, "301 of 1000 exchanges show their octets"));
    free(text);
    told_clear(&t);
    tell_many(&t, 20000);
    text = say_report(&t.v, report_html, &len);
    assert_true(len < 2u << 20);
    assert_non_null(strstr(text, "more exchanges are in the journal"));
    free(text);
    told_clear(&t);
}

/* Octets may run out before details do, and lines before both. */
static void test_what_is_left_of_a_page_runs_out_in_any_order(void **state)
{
    static char body[2048];
    static struct told_run told[3];
    const struct verdict *all[] = {&told[0].v, &told[1].v, &told[2].v};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void)state;
    memset(body, 0xff, sizeof(body));
    for (size_t i = 0; i < COUNT(told); i++) {
        tell_many(&told[i], 700);
        for (struct record *r = told[i].records.first; r != NULL; r = r->next)
            r->request_sample = (struct slice){body, r->exchange > 0 ? sizeof(body) : 0};
    }
    report_html(out, all, COUNT(all));
    fclose(out);
    assert_true(len < 2u << 20);
    assert_int_equal(count(text, "<article"), 3);
    assert_non_null(strstr(text, "more exchanges are in the journal"));
    free(text);
    for (size_t i = 0; i < COUNT(told); i++)
        told_clear(&told[i]);
}

/* MEM-04: a page is whole, whichever allocation fails. */
static void test_MEM_04_memory_runs_out(void **state)
{
    struct told_run t;

    (void)state;
    tell(&t, TOLD_RICH);
    for (uint64_t nth = 1; nth < 8; nth++) {
        mem_fail(nth, false);
        char *text = say_report(&t.v, report_html, NULL);
        mem_fail(0, false);
        assert_string_equal(text + strlen(text) - 8, "</html>\n");
        free(text);
    }
    told_clear(&t);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_page_says_what_happened),
        cmocka_unit_test(test_ADM_06_hostile_octets_stay_text),
        cmocka_unit_test(test_a_thousand_exchanges_stay_a_page),
        cmocka_unit_test(test_what_is_left_of_a_page_runs_out_in_any_order),
        cmocka_unit_test(test_MEM_04_memory_runs_out),
    };

    if (argc > 1)
        return report_main(argc, argv, "html", report_html);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
