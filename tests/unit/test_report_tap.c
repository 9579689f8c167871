/* SPDX-License-Identifier: MIT */
#include "report_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static char *report_of_kind(enum told_kind kind)
{
    struct told_run t;
    uint64_t live = mem_live();

    tell(&t, kind);
    char *text = say_report(&t.v, report_tap, NULL);

    told_clear(&t);
    assert_int_equal(mem_live(), live);
    return text;
}

static const struct {
    enum told_kind kind;
    const char *has[10];
} reports[] = {
    {TOLD_GOOD,
     {"TAP version 14\n1..1\n# Subtest: 522 twice, then 200;", "\n    1..4\n",
      "\n    ok 1 - the order is down x2, up\n", "\n    ok 4 - the verdict: good\n",
      "\nok 1 - 522 twice, then 200;"}},
    {TOLD_FAILING,
     {"\n    not ok 1 - the gap away.1 -> away.2 is at least Retry-After\n      ---\n      "
      "level: "
      "\"must\"\n      expected: \"at least 2 s, as Retry-After of away.1 says\"\n      "
      "seen: "
      "\"120 ms\"\n      entry: 2\n",
      "\n    ok 2 - back repeats away: same method, target and body # SKIP blocked: back "
      "never came\n",
      "\n    not ok 4 - each connection is used again # TODO should\n",
      "\n    not ok 6 - the verdict: failed\n", "\nnot ok 1 - the origin is away"}},
    {TOLD_NEVER_CAME, {"\n    not ok 2 - the verdict: never came\n", "saw: \"nothing\""}},
};

static void test_each_run_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reports); i++) {
        char *text = report_of_kind(reports[i].kind);

        for (size_t j = 0; j < COUNT(reports[i].has) && reports[i].has[j] != NULL; j++)
            if (strstr(text, reports[i].has[j]) == NULL)
                fail_msg("row %zu lacks %s in:\n%s", i, reports[i].has[j], text);
        free(text);
    }
}

/* No line of their own, no directive of their own. */
static void test_ADM_06_hostile_octets_stay_in_their_place(void **state)
{
    char *text = report_of_kind(TOLD_HOSTILE);

    (void)state;
    assert_null(strstr(text, "\nok 9"));
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "ok 1 - <script>")); /* and its "#" is escaped */
    assert_non_null(strstr(text, "{{\\#"));
    for (const char *at = text; *at != '\0'; at++)
        assert_true((unsigned char)*at >= 0x20 || *at == '\n');
    free(text);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_run_is_told),
        cmocka_unit_test(test_ADM_06_hostile_octets_stay_in_their_place),
    };

    if (argc > 1)
        return report_main(argc, argv, "tap", report_tap);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
