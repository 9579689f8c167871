/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif
#ifdef ASAN
#include <sanitizer/asan_interface.h>
#endif

static void test_asks_are_rounded_up_to_a_class(void **state)
{
    static const struct {
        size_t want, got;
    } rows[] = {
        {0, 4096},
        {1, 4096},
        {4096, 4096},
        {4097, 8192},
        {8192, 8192},
        {8193, 16384},
        {(1 << 20) - 1, 1 << 20},
        {1 << 20, 1 << 20},
        {(1 << 20) + 1, (1 << 20) + 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct shelf s = {0};
        size_t got;
        char *block = shelf_take(&s, rows[i].want, &got);

        assert_non_null(block);
        assert_int_equal(got, rows[i].got);
        memset(block, 0xa5, got);
        shelf_give(&s, block, got);
        shelf_clear(&s);
    }
}

static void test_the_last_given_is_the_next_taken(void **state)
{
    struct shelf s = {0};
    size_t got;
    void *a = shelf_take(&s, 1, &got), *b = shelf_take(&s, 1, &got);
    uint64_t asked = mem_count();

    (void)state;
    shelf_give(&s, a, got);
    shelf_give(&s, b, got);
    assert_ptr_equal(shelf_take(&s, 4096, &got), b);
    assert_ptr_equal(shelf_take(&s, 1, &got), a);
    assert_true(mem_count() == asked);
    shelf_give(&s, a, got);
    shelf_give(&s, b, got);
    shelf_clear(&s);
}

static void test_classes_do_not_mix(void **state)
{
    struct shelf s = {0};
    size_t small, large;
    void *a = shelf_take(&s, 4096, &small), *b;

    (void)state;
    shelf_give(&s, a, small);
    b = shelf_take(&s, 8192, &large);
    assert_ptr_not_equal(a, b);
    shelf_give(&s, b, large);
    shelf_clear(&s);
}

static void test_what_is_kept_is_bounded_and_clear_gives_all_back(void **state)
{
    static void *blocks[2000];
    uint64_t before = mem_live();
    struct shelf s = {0};
    size_t got = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(blocks); i++)
        assert_non_null(blocks[i] = shelf_take(&s, 4096, &got));
    for (size_t i = 0; i < COUNT(blocks); i++)
        shelf_give(&s, blocks[i], got);
    assert_true(mem_live() - before == 1024);
    shelf_clear(&s);
    assert_true(mem_live() == before);
    shelf_clear(&s);
}

static void test_without_a_shelf_it_is_plain_memory(void **state)
{
    uint64_t before = mem_live();
    size_t got;
    void *block = shelf_take(NULL, 5000, &got);

    (void)state;
    assert_int_equal(got, 8192);
    shelf_give(NULL, block, got);
    shelf_give(NULL, NULL, 0);
    assert_true(mem_live() == before);
}

static void test_no_memory_is_null(void **state)
{
    struct shelf s = {0};
    size_t got;

    (void)state;
    mem_fail(1, true);
    assert_null(shelf_take(&s, 1, &got));
    assert_null(shelf_take(&s, 2 << 20, &got));
    mem_fail(0, false);
}

/* MEM-01: a block on the shelf is as forbidden as one that was freed. */
static void test_MEM_01_kept_blocks_are_poisoned(void **state)
{
    (void)state;
#ifdef ASAN
    struct shelf s = {0};
    size_t got;
    char *block = shelf_take(&s, 1, &got);

    shelf_give(&s, block, got);
    assert_true(__asan_address_is_poisoned(block));
    assert_true(__asan_address_is_poisoned(block + got - 1));
    assert_ptr_equal(shelf_take(&s, 1, &got), block);
    assert_null(__asan_region_is_poisoned(block, got));
    shelf_give(&s, block, got);
    shelf_clear(&s);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asks_are_rounded_up_to_a_class),
        cmocka_unit_test(test_the_last_given_is_the_next_taken),
        cmocka_unit_test(test_classes_do_not_mix),
        cmocka_unit_test(test_what_is_kept_is_bounded_and_clear_gives_all_back),
        cmocka_unit_test(test_without_a_shelf_it_is_plain_memory),
        cmocka_unit_test(test_no_memory_is_null),
        cmocka_unit_test(test_MEM_01_kept_blocks_are_poisoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
