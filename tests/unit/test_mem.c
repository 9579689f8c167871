/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Several at once, or the compiler folds one away. */
static unsigned asks_that_work(unsigned n)
{
    void *blocks[16];
    unsigned worked = 0;

    assert_true(n <= COUNT(blocks));
    for (unsigned i = 0; i < n; i++) {
        blocks[i] = mem_alloc(8);
        worked += blocks[i] != NULL;
    }
    for (unsigned i = 0; i < n; i++)
        mem_free(blocks[i]);
    return worked;
}

static void test_live_counts_every_way_in_and_out(void **state)
{
    uint64_t before = mem_live(), asked = mem_count();
    char *a = mem_alloc(1), *b = mem_zero(100), *c = mem_copy_text(SLICE("word"));
    char *d = mem_resize(NULL, 10);

    (void)state;
    assert_true(mem_live() == before + 4);
    a = mem_resize(a, 5000);
    assert_non_null(a);
    assert_true(mem_live() == before + 4);
    assert_true(mem_count() == asked + 5);
    mem_free(a);
    mem_free(b);
    mem_free(c);
    mem_free(d);
    mem_free(NULL);
    assert_true(mem_live() == before);
}

static void test_contents(void **state)
{
    char *zero = mem_zero(64), *text = mem_copy_text(SLICE("a\0b")), *none;
    static const char zeros[64];

    (void)state;
    assert_memory_equal(zero, zeros, 64);
    assert_memory_equal(text, "a\0b", 4);
    none = mem_copy_text(NO_SLICE);
    assert_string_equal(none, "");
    mem_free(zero);
    mem_free(text);
    mem_free(none);
}

static void test_nothing_asked_for_is_no_failure(void **state)
{
    void *a = mem_alloc(0), *b = mem_zero(0);

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    a = mem_resize(a, 0);
    assert_non_null(a);
    mem_free(a);
    mem_free(b);
}

static void test_the_nth_ask_fails_once(void **state)
{
    uint64_t before = mem_live();
    void *p;

    (void)state;
    mem_fail(1, false);
    assert_null(mem_alloc(1));
    p = mem_alloc(1);
    assert_non_null(p);
    mem_free(p);
    mem_fail(3, false);
    assert_int_equal(asks_that_work(10), 9);
    mem_fail(0, false);
    assert_int_equal(asks_that_work(10), 10);
    assert_true(mem_live() == before);
}

static void test_each_nth_ask_fails(void **state)
{
    uint64_t before = mem_live();

    (void)state;
    mem_fail(3, true);
    assert_int_equal(asks_that_work(9), 6);
    mem_fail(1, true);
    assert_int_equal(asks_that_work(9), 0);
    mem_fail(0, true);
    assert_int_equal(asks_that_work(9), 9);
    assert_true(mem_live() == before);
}

static void test_a_failed_resize_leaves_the_block(void **state)
{
    uint64_t before = mem_live();
    char *p = mem_copy_text(SLICE("kept"));

    (void)state;
    mem_fail(1, false);
    assert_null(mem_resize(p, 1 << 20));
    mem_fail(0, false);
    assert_string_equal(p, "kept");
    assert_true(mem_live() == before + 1);
    mem_free(p);
    assert_true(mem_live() == before);
}

static void test_must_passes_memory_on(void **state)
{
    char c;

    (void)state;
    assert_ptr_equal(mem_must(&c), &c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live_counts_every_way_in_and_out),
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_nothing_asked_for_is_no_failure),
        cmocka_unit_test(test_the_nth_ask_fails_once),
        cmocka_unit_test(test_each_nth_ask_fails),
        cmocka_unit_test(test_a_failed_resize_leaves_the_block),
        cmocka_unit_test(test_must_passes_memory_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
