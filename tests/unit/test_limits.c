/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_values_in_range_are_taken(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        uint64_t want;
    } rows[] = {
        {"head=32KiB", offsetof(struct limits, head), 32768},
        {"head=1", offsetof(struct limits, head), 1},
        {"head=1MiB", offsetof(struct limits, head), 1 << 20},
        {"fields=10000", offsetof(struct limits, fields), 10000},
        {"trailer-octets=64KiB", offsetof(struct limits, trailer_octets), 65536},
        {"requests=4294967295", offsetof(struct limits, requests), UINT32_MAX},
        {"idle-time=250ms", offsetof(struct limits, idle_time), 250 * NS_PER_MS},
        {"drain-time=1d", offsetof(struct limits, drain_time), 86400 * NS_PER_S},
        {"drain-time=1ns", offsetof(struct limits, drain_time), 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limits l = limits_default;
        struct complaint why = {""};
        uint64_t got;

        assert_true(limits_set(&l, slice_of(rows[i].text), &why));
        memcpy(&got, (char *)&l + rows[i].offset, sizeof(got));
        assert_true(got == rows[i].want);
        assert_string_equal(why.text, "");
    }
}

static void test_complaints_say_what_and_what_to_do(void **state)
{
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"haed=1", "did you mean 'head'?"},
        {"HEAD=1", "did you mean 'head'?"},
        {"trailer_octets=1", "did you mean 'trailer-octets'?"},
        {"zzzzzz=1", "--help"},
        {"", "--help"},
        {"=5", "--help"},
        {"head", "is not a size like 64KiB"},
        {"head=", "is not a size like 64KiB"},
        {"head=2s", "is not a size like 64KiB"},
        {"fields=1KiB", "is not a whole number"},
        {"fields=-1", "is not a whole number"},
        {"idle-time=5", "is not a duration like 250ms"},
        {"idle-time=0", "is out of range; it takes 1ns to 24h"},
        {"head=0",
         "is out of range; it takes 1 to 1MiB (octets of a request or response head)"},
        {"head=1048577", "is out of range"},
        {"fields=10001", "is out of range; it takes 1 to 10000"},
        {"requests=4294967296", "is out of range"},
        {"idle-time=86401s", "is out of range"},
        {"a\x1b[2Jb=1", "'a?[2Jb'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limits l = limits_default;
        struct complaint why = {""};

        assert_false(limits_set(&l, slice_of(rows[i].text), &why));
        if (strstr(why.text, rows[i].said) == NULL)
            fail_msg("'%s': %s", rows[i].text, why.text);
        assert_memory_equal(&l, &limits_default, sizeof(l));
    }
}

static void test_defaults_are_within_their_bounds(void **state)
{
    (void)state;
#define X(member, name, unit, def, most, help)   \
    assert_true(limits_default.member == (def)); \
    assert_true((uint64_t)(def) > 0 && (uint64_t)(def) <= (uint64_t)(most));
    LIMITS(X)
#undef X
}

static void test_the_printed_table_names_each(void **state)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void)state;
    limits_print(out);
    fclose(out);
#define X(member, name, unit, def, most, help)    \
    assert_non_null(strstr(text, "\n" name " ")); \
    assert_non_null(strstr(text, help));
    LIMITS(X)
#undef X
    assert_non_null(strstr(text, " 64KiB "));
    assert_non_null(strstr(text, " 10m "));
    free(text);
}

/* A complaint of any length fits, and nobody needs to listen. */
static void test_complaints_are_cut_to_their_room(void **state)
{
    struct complaint why = {""};

    (void)state;
    assert_false(complain(&why, "%600d", 1));
    assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
    assert_false(complain(NULL, "%d", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_in_range_are_taken),
        cmocka_unit_test(test_complaints_say_what_and_what_to_do),
        cmocka_unit_test(test_defaults_are_within_their_bounds),
        cmocka_unit_test(test_the_printed_table_names_each),
        cmocka_unit_test(test_complaints_are_cut_to_their_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
