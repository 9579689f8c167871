/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <time.h>

static void assert_date(int64_t at, const char *want)
{
    char got[HTTP_DATE_LEN + 1];

    got[HTTP_DATE_LEN] = '|'; /* nothing is written behind the end */
    http_put_date(at, got);
    assert_int_equal(got[HTTP_DATE_LEN], '|');
    assert_memory_equal(got, want, HTTP_DATE_LEN);
}

static void test_known_moments(void **state)
{
    static const struct {
        int64_t at;
        const char *want;
    } rows[] = {
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {-1, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {INT64_MIN, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {1709251199, "Thu, 29 Feb 2024 23:59:59 GMT"},
        {1709251200, "Fri, 01 Mar 2024 00:00:00 GMT"},
        {1795248000, "Sat, 21 Nov 2026 08:00:00 GMT"},
        {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT"},
        {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
        {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {253402300800, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_date(rows[i].at, rows[i].want);
}

/* Every day of eight centuries, at some odd time of day, as the C library tells it. */
static void test_every_day_agrees_with_the_library(void **state)
{
    char want[64];

    (void)state;
    for (int64_t day = 0; day < 292194; day++) {
        time_t at = (time_t)(day * 86400 + day * 7919 % 86400);
        struct tm tm;

        gmtime_r(&at, &tm);
        assert_int_equal(strftime(want, sizeof(want), "%a, %d %b %Y %H:%M:%S GMT", &tm),
                         29);
        assert_date(at, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_moments),
        cmocka_unit_test(test_every_day_agrees_with_the_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
