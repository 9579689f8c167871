/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
    struct slice in;
    const char *want;
};

static void check(bool (*put)(struct buf *, struct slice), const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf b = {0};

        assert_true(put(&b, rows[i].in));
        if (!slice_is(buf_slice(&b), slice_of(rows[i].want)))
            fail_msg("row %zu became %.*s", i, SLICE_ARGS(buf_slice(&b)));
        buf_clear(&b);
    }
}

static void test_octets(void **state)
{
    static const struct row rows[] = {
        {SLICE(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {SLICE("plain text /"), "\"plain text /\""},
        {SLICE("a\"b\\c"), "\"a\\\"b\\\\c\""},
        {SLICE("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\""},
        {SLICE("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\\u007f\""},
        {SLICE("\x1b[31m"), "\"\\u001b[31m\""},
        {SLICE("\x80\xff"), "\"\\u0080\\u00ff\""},
        {SLICE("\xc3\xa9"), "\"\\u00c3\\u00a9\""},
    };

    (void)state;
    check(json_put_octets, rows, COUNT(rows));
}

static void test_text(void **state)
{
    static const struct row rows[] = {
        {SLICE("caf\xc3\xa9!"), "\"caf\xc3\xa9!\""},
        {SLICE("\xe2\x82\xac"), "\"\xe2\x82\xac\""},
        {SLICE("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\""},
        {SLICE("\xc2\xa0"), "\"\xc2\xa0\""},
        {SLICE("\xc2\x9b"
               "31m"),
         "\"\\u009b31m\""},             /* CSI: steers terminals */
        {SLICE("\xc3"), "\"\\u00c3\""}, /* cut short */
        {SLICE("\xe2\x82"), "\"\\u00e2\\u0082\""},
        {SLICE("\xe2\x82"
               "x"),
         "\"\\u00e2\\u0082x\""},
        {SLICE("\xf0\x9f\x98"), "\"\\u00f0\\u009f\\u0098\""},
        {SLICE("\xc0\x80"), "\"\\u00c0\\u0080\""}, /* overlong */
        {SLICE("\xe0\x9f\xbf"), "\"\\u00e0\\u009f\\u00bf\""},
        {SLICE("\xf0\x8f\xbf\xbf"), "\"\\u00f0\\u008f\\u00bf\\u00bf\""},
        {SLICE("\xed\xa0\x80"), "\"\\u00ed\\u00a0\\u0080\""}, /* surrogate */
        {SLICE("\xed\x9f\xbf"), "\"\xed\x9f\xbf\""},
        {SLICE("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\""},
        {SLICE("\xf4\x90\x80\x80"), "\"\\u00f4\\u0090\\u0080\\u0080\""}, /* over 10FFFF */
        {SLICE("\x80"), "\"\\u0080\""},
        {SLICE("\xff"), "\"\\u00ff\""},
        {SLICE("\"\xc3\xa9\n"), "\"\\\"\xc3\xa9\\n\""},
    };

    (void)state;
    check(json_put_text, rows, COUNT(rows));
}

static unsigned hex_at(const char *at)
{
    unsigned n = 0;

    for (int i = 0; i < 4; i++)
        n = n * 16 + (unsigned)(at[i] <= '9' ? at[i] - '0' : at[i] - 'a' + 10);
    return n;
}

/* One octet of a string, read back; *at moves on. */
static unsigned read_back(const char **at)
{
    static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    const char *p = *at;

    if (*p != '\\') {
        *at += 1;
        return (unsigned char)*p;
    }
    *at += p[1] == 'u' ? 6 : 2;
    return p[1] == 'u' ? hex_at(p + 2)
                       : (unsigned char)meant[strchr(letters, p[1]) - letters];
}

/* ADM-06: all 256 come back, and what is written is one line of printable ASCII. */
static void test_ADM_06_every_octet_survives(void **state)
{
    char all[256];
    struct buf b = {0};
    const char *at;

    (void)state;
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    assert_true(json_put_octets(&b, (struct slice){all, 256}));
    for (size_t i = 0; i < buf_len(&b); i++)
        assert_in_range(buf_head(&b)[i], ' ', '~');
    at = buf_head(&b) + 1;
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(read_back(&at), i);
    assert_int_equal(*at, '"');
    buf_clear(&b);
}

/* Eight octets are looked at together: none of them may slip through. */
static void test_every_octet_is_seen_wherever_it_stands(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++)
        for (size_t at = 0; at < 17; at++) {
            char text[] = "aaaaaaaaaaaaaaaaa";
            struct buf b = {0}, alone = {0};
            size_t extra;

            text[at] = (char)c;
            assert_true(json_put_octets(&alone, (struct slice){text + at, 1}));
            assert_true(json_put_octets(&b, (struct slice){text, 17}));
            extra = buf_len(&alone) - 2;
            assert_int_equal(buf_len(&b), 16 + extra + 2);
            assert_memory_equal(buf_head(&b) + 1 + at, buf_head(&alone) + 1, extra);
            buf_clear(&b);
            buf_clear(&alone);
        }
}

static void test_MEM_04_no_memory_is_false(void **state)
{
    static char text[5000];
    struct buf b = {0};

    (void)state;
    mem_fail(1, true);
    assert_false(json_put_octets(&b, SLICE("x")));
    mem_fail(2, false); /* the second block, when the escapes outgrow the first */
    assert_false(json_put_octets(&b, (struct slice){text, sizeof(text)}));
    mem_fail(0, false);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_octets),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_ADM_06_every_octet_survives),
        cmocka_unit_test(test_every_octet_is_seen_wherever_it_stands),
        cmocka_unit_test(test_MEM_04_no_memory_is_false),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
