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
    char *text = say_report(&t.v, report_junit, NULL);

    told_clear(&t);
    assert_int_equal(mem_live(), live);
    return text;
}

static const struct {
    enum told_kind kind;
    const char *has[10];
} reports[] = {
    {TOLD_GOOD,
     {"<testsuites name=\"naysay\" tests=\"4\" failures=\"0\" errors=\"0\" skipped=\"0\" "
      "time=\"3.080\">",
      "timestamp=\"2026-11-21T08:00:00\"", "<property name=\"seed\" value=\"1\"/>",
      "<property name=\"saw\" value=\"down down up\"/>",
      "<testcase name=\"the order is down x2, up\" classname=\"522 twice, then 200; the "
      "client "
      "backs off and gets through\" file=\"conf/cloudflare-blinks.yaml\" time=\"0.000\"/>",
      "<testcase name=\"the verdict\""}},
    {TOLD_FAILING,
     {"tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"2\"",
      "<failure type=\"must\" message=\"120 ms\">expected: at least 2 s",
      "seen: 120 ms\nwhere: journal entry 2\nsee: RFC 9110 §10.2.3\nsaw: away away away\n",
      "<skipped message=\"blocked: back never came\"/>",
      "<skipped message=\"unknown: secrets had been taken out", "<system-out>warning\n",
      "<failure type=\"failed\" message=\"the client came back after 120 ms;"}},
    {TOLD_NEVER_CAME, {"<failure type=\"never came\"", "usual cause: ", "saw: nothing"}},
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

static void test_ADM_06_hostile_octets_stay_in_their_place(void **state)
{
    char *text = report_of_kind(TOLD_HOSTILE);

    (void)state;
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "]]>"));
    for (const char *at = text; *at != '\0'; at++) /* what XML 1.0 may not hold (§2.2) */
        assert_true((unsigned char)*at >= 0x20 || *at == '\n');
    assert_non_null(strstr(text, "\xef\xbf\xbd"));
    free(text);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_run_is_told),
        cmocka_unit_test(test_ADM_06_hostile_octets_stay_in_their_place),
    };

    if (argc > 1)
        return report_main(argc, argv, "xml", report_junit);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
