/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void put(struct buf *b, char c, size_t n)
{
    assert_true(buf_reserve(b, n));
    memset(b->block + b->to, c, n);
    b->to += (uint32_t)n;
}

static void test_what_goes_in_comes_out_in_order(void **state)
{
    struct shelf s = {0};
    struct buf b = {.shelf = &s};

    (void)state;
    assert_true(buf_put(&b, SLICE("one ")));
    assert_true(buf_printf(&b, "%s %d", "two", 3));
    assert_true(slice_is(buf_slice(&b), SLICE("one two 3")));
    buf_skip(&b, 4);
    assert_true(slice_is(buf_slice(&b), SLICE("two 3")));
    buf_skip(&b, 5);
    assert_int_equal(buf_len(&b), 0);
    assert_int_equal(b.from, 0);
    buf_clear(&b);
    shelf_clear(&s);
}

static void test_an_empty_one_owns_nothing(void **state)
{
    uint64_t asked = mem_count();
    struct buf b = {0};

    (void)state;
    assert_true(buf_put(&b, NO_SLICE));
    assert_true(buf_put(&b, SLICE("")));
    assert_true(buf_reserve(&b, 0));
    assert_true(slice_is(buf_slice(&b), SLICE("")));
    assert_non_null(buf_slice(&b).at);
    buf_rest(&b);
    buf_clear(&b);
    assert_true(mem_count() == asked);
}

static void test_rest_gives_the_block_back_only_when_empty(void **state)
{
    struct shelf s = {0};
    struct buf b = {.shelf = &s};

    (void)state;
    put(&b, 'x', 10);
    buf_rest(&b);
    assert_non_null(b.block);
    buf_skip(&b, 10);
    assert_non_null(b.block);
    buf_rest(&b);
    assert_null(b.block);
    assert_int_equal(b.cap, 0);
    assert_int_equal(s.kept[0], 1);
    shelf_clear(&s);
}

static void test_room_is_made_at_the_front_first(void **state)
{
    struct buf b = {0};
    uint64_t asked;

    (void)state;
    put(&b, 'a', 2048);
    put(&b, 'b', 2048);
    assert_int_equal(buf_room(&b), 0);
    buf_skip(&b, 2048);
    asked = mem_count();
    assert_true(buf_reserve(&b, 2048));
    assert_true(mem_count() == asked);
    assert_int_equal(b.from, 0);
    assert_int_equal(b.block[0], 'b');
    assert_int_equal(b.block[2047], 'b');
    buf_clear(&b);
}

static void test_it_grows_by_doubling_and_keeps_what_it_holds(void **state)
{
    struct shelf s = {0};
    struct buf b = {.shelf = &s};
    size_t n = 0;

    (void)state;
    for (uint32_t cap = 4096; cap <= 4u << 20; cap *= 2) {
        for (; n < cap; n += 1024)
            put(&b, (char)(n / 1024), 1024);
        assert_int_equal(b.cap, cap);
    }
    for (size_t i = 0; i < n; i++)
        assert_true(b.block[i] == (char)(i / 1024));
    buf_clear(&b);
    shelf_clear(&s);
}

/* H1-22: one octet out, one in, near the brim: each must not cost the whole. */
static void test_H1_22_single_octets_through_a_full_buffer_stay_cheap(void **state)
{
    struct buf b = {0};
    unsigned moves = 0;
    char *head;

    (void)state;
    put(&b, 'x', 4095);
    for (unsigned i = 0; i < 100000; i++) {
        head = buf_head(&b);
        put(&b, 'y', 1);
        moves += buf_head(&b) != head;
        buf_skip(&b, 1);
    }
    assert_true(moves < 100);
    assert_true(b.cap <= 16384);
    buf_clear(&b);
}

static void test_printf_longer_than_the_room(void **state)
{
    struct buf b = {0};
    char text[9001];

    (void)state;
    memset(text, 'p', 9000);
    text[9000] = '\0';
    put(&b, 'x', 4000);
    assert_true(buf_printf(&b, "%s|", text));
    assert_int_equal(buf_len(&b), 13001);
    assert_int_equal(buf_head(&b)[13000], '|');
    buf_clear(&b);
    assert_true(buf_printf(&b, "%.4096s", text)); /* fits but for the NUL */
    assert_int_equal(buf_len(&b), 4096);
    buf_clear(&b);
}

/* MEM-06: over 2^31 is refused before anything is asked for. */
static void test_MEM_06_sizes_over_two_gigabytes_are_refused(void **state)
{
    struct buf b = {0};
    uint64_t asked;

    (void)state;
    put(&b, 'x', 1);
    asked = mem_count();
    assert_false(buf_reserve(&b, (size_t)1 << 31));
    assert_false(buf_reserve(&b, SIZE_MAX));
    assert_false(buf_reserve(&b, SIZE_MAX - 1));
    assert_true(mem_count() == asked);
    mem_fail(1, true);
    assert_false(buf_reserve(&b, ((size_t)1 << 31) - 1)); /* goes as far as asking */
    mem_fail(0, false);
    assert_true(mem_count() == asked + 1);
    buf_clear(&b);
}

static void test_MEM_04_without_memory_it_stays_as_it_was(void **state)
{
    struct buf b = {0};

    (void)state;
    mem_fail(1, true);
    assert_false(buf_put(&b, SLICE("x")));
    assert_false(buf_printf(&b, "x"));
    mem_fail(0, false);
    put(&b, 'x', 4096);
    mem_fail(1, true);
    assert_false(buf_put(&b, SLICE("y")));
    assert_false(buf_printf(&b, "y"));
    mem_fail(0, false);
    assert_int_equal(buf_len(&b), 4096);
    assert_int_equal(buf_head(&b)[4095], 'x');
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_goes_in_comes_out_in_order),
        cmocka_unit_test(test_an_empty_one_owns_nothing),
        cmocka_unit_test(test_rest_gives_the_block_back_only_when_empty),
        cmocka_unit_test(test_room_is_made_at_the_front_first),
        cmocka_unit_test(test_it_grows_by_doubling_and_keeps_what_it_holds),
        cmocka_unit_test(test_H1_22_single_octets_through_a_full_buffer_stay_cheap),
        cmocka_unit_test(test_printf_longer_than_the_room),
        cmocka_unit_test(test_MEM_06_sizes_over_two_gigabytes_are_refused),
        cmocka_unit_test(test_MEM_04_without_memory_it_stays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
