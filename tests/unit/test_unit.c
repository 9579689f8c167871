/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
    const char *text;
    bool ok;
    uint64_t want;
};

typedef bool (*reader)(struct slice, uint64_t *);

static void check(reader read, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t value = 0;

        if (read(slice_of(rows[i].text), &value) != rows[i].ok || value != rows[i].want)
            fail_msg("'%s' became %llu", rows[i].text, (unsigned long long)value);
    }
}

static void test_durations(void **state)
{
    static const struct row rows[] = {
        {"0", true, 0},
        {"0s", true, 0},
        {"250ms", true, 250 * NS_PER_MS},
        {"2s", true, 2 * NS_PER_S},
        {"0.5s", true, NS_PER_S / 2},
        {"1.250s", true, 1250 * NS_PER_MS},
        {"0.000000001s", true, 1},
        {"1m", true, 60 * NS_PER_S},
        {"1.5h", true, 5400 * NS_PER_S},
        {"1d", true, 86400 * NS_PER_S},
        {"7us", true, 7000},
        {"9ns", true, 9},
        {"0.5ns", true, 0},
        {"213503d", true, 213503ull * 86400 * NS_PER_S},
        {"213504d", false, 0},
        {"18446744073709551615ns", true, UINT64_MAX},
        {"18446744073709551616ns", false, 0},
        {"", false, 0},
        {"s", false, 0},
        {"5", false, 0},
        {"00", false, 0},
        {"-1s", false, 0},
        {"+1s", false, 0},
        {"1 s", false, 0},
        {" 1s", false, 0},
        {"1s ", false, 0},
        {".5s", false, 0},
        {"1.s", false, 0},
        {"1.0000000001s", false, 0},
        {"1..5s", false, 0},
        {"1e3s", false, 0},
        {"1sec", false, 0},
        {"1KiB", false, 0},
    };

    (void)state;
    check(unit_duration, rows, COUNT(rows));
}

static void test_sizes(void **state)
{
    static const struct row rows[] = {
        {"0", true, 0},
        {"300", true, 300},
        {"300B", true, 300},
        {"64KiB", true, 65536},
        {"64kib", true, 65536},
        {"1kB", true, 1000},
        {"1MB", true, 1000000},
        {"1MiB", true, 1 << 20},
        {"1.5KiB", true, 1536},
        {"1GiB", true, 1 << 30},
        {"2GB", true, 2000000000},
        {"1TiB", true, 1ull << 40},
        {"1TB", true, 1000000000000},
        {"16777215TiB", true, 16777215ull << 40},
        {"16777216TiB", false, 0},
        {"16777215.999999999TiB", true, 18446744073709550516ull},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"KiB", false, 0},
        {"1K", false, 0},
        {"1 KiB", false, 0},
        {"-1", false, 0},
        {"0x10", false, 0},
        {"1e9", false, 0},
        {"64KiBs", false, 0},
        {"10%", false, 0},
        {"1s", false, 0},
    };

    (void)state;
    check(unit_size, rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
