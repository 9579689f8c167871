/* SPDX-License-Identifier: MIT */
/* All scanners this machine can run, against what the sets are by definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "naysay/h1.h"

static bool is_token(unsigned char c)
{
    return c > 0x20 && c < 0x7f && strchr("\"(),/:;<=>?@[\\]{}", c) == NULL;
}

static bool is_target(unsigned char c)
{
    return c >= 0x21 && c <= 0x7e;
}

static bool is_value(unsigned char c)
{
    return c == '\t' || (c >= 0x20 && c != 0x7f);
}

struct set {
    const char *name;
    bool (*has)(unsigned char c);
    char filler;
};

static const struct set sets[] = {
    {"token", is_token, 'a'}, {"target", is_target, '/'}, {"value", is_value, '\xa0'}};

static size_t scan(const struct h1_scan *s, size_t set, const char *at, size_t len)
{
    return set == 0 ? s->token(at, len) : set == 1 ? s->target(at, len) : s->value(at, len);
}

static size_t expected(size_t set, const char *at, size_t len)
{
    size_t i = 0;

    while (i < len && sets[set].has((unsigned char)at[i]))
        i++;
    return i;
}

/* Two pages, the second one forbidden: the end of the first is a cliff. */
static char *cliff(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *at =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(at != MAP_FAILED);
    assert_int_equal(mprotect(at + page, page, PROT_NONE), 0);
    return at + page;
}

static void compare(const char *at, size_t len)
{
    size_t n;
    const struct h1_scan *const *all = h1_scan_all(&n);

    for (size_t set = 0; set < COUNT(sets); set++) {
        const size_t right = expected(set, at, len);

        for (size_t i = 0; i < n; i++) {
            const size_t got = scan(all[i], set, at, len);

            if (got != right)
                fail_msg("%s %s: %zu of %zu instead of %zu", all[i]->name, sets[set].name,
                         got, len, right);
        }
    }
}

static void test_the_best_scanner_is_in_use(void **state)
{
    size_t n;
    const struct h1_scan *const *all = h1_scan_all(&n);

    (void)state;
    assert_true(n >= 1);
    assert_string_equal(all[0]->name, "portable");
    assert_ptr_equal(h1_scan, all[n - 1]);
    assert_ptr_equal(h1_scan_best(), all[n - 1]);
}

/* Every octet, at every place of runs around one and two steps, up to the page's end. */
static void test_every_octet_at_every_place(void **state)
{
    char *end = cliff();

    (void)state;
    for (size_t set = 0; set < COUNT(sets); set++)
        for (size_t len = 0; len <= 70; len++) {
            char *at = end - len;

            memset(at, sets[set].filler, len);
            compare(at, len);
            for (size_t place = 0; place < len; place++) {
                for (unsigned octet = 0; octet < 256; octet += len % 16 < 2 ? 1 : 17) {
                    at[place] = (char)octet;
                    compare(at, len);
                }
                at[place] = sets[set].filler;
            }
        }
}

static void test_random_octets_at_every_offset(void **state)
{
    char *end = cliff();
    uint32_t dice = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        const size_t len = (dice >> 8) % 200;
        char *at = end - 300 + (dice >> 20) % (300 - len + 1);

        for (size_t i = 0; i < len; i++) {
            dice = dice * 1664525 + 1013904223;
            at[i] = (char)(round % 2 == 0 || (dice >> 24) % 64 == 0 ? dice >> 16 : 'a');
        }
        compare(at, len);
        dice = dice * 1664525 + 1013904223;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_scanner_is_in_use),
        cmocka_unit_test(test_every_octet_at_every_place),
        cmocka_unit_test(test_random_octets_at_every_offset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
