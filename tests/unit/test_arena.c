/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_pieces_are_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {0,    1,    15,   16,   17,   100,
                                   1024, 1025, 4079, 4080, 4081, 100000};
    struct shelf s = {0};
    struct arena a;
    char *pieces[COUNT(sizes)];

    (void)state;
    arena_init(&a, &s);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        pieces[i] = arena_alloc(&a, sizes[i]);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(pieces[i][k], (char)i);
    arena_clear(&a);
    shelf_clear(&s);
}

static void test_small_pieces_share_one_block(void **state)
{
    struct arena a;
    uint64_t asked = mem_count();

    (void)state;
    arena_init(&a, NULL);
    assert_true(mem_count() == asked); /* nothing until the first piece */
    for (int i = 0; i < 255; i++)      /* 4096 less the chunk's own 16 */
        assert_non_null(arena_alloc(&a, 16));
    assert_true(mem_count() == asked + 1);
    assert_non_null(arena_alloc(&a, 1));
    assert_true(mem_count() == asked + 2);
    arena_clear(&a);
}

static void test_a_large_piece_does_not_waste_the_room_left(void **state)
{
    struct arena a;
    char *first, *next;

    (void)state;
    arena_init(&a, NULL);
    first = arena_alloc(&a, 16);
    assert_non_null(arena_alloc(&a, 50000));
    next = arena_alloc(&a, 16);
    assert_ptr_equal(next, first + 16);
    arena_clear(&a);
}

static void test_clear_gives_all_back_and_it_can_start_again(void **state)
{
    uint64_t before = mem_live();
    struct shelf s = {0};
    struct arena a;

    (void)state;
    arena_init(&a, &s);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 1; n < 3000; n += 7)
            assert_non_null(arena_alloc(&a, n));
        arena_clear(&a);
        assert_null(a.chunks);
    }
    shelf_clear(&s);
    assert_true(mem_live() == before);
    arena_clear(&a);
}

static void test_copies_and_prints(void **state)
{
    struct arena a;
    char text[1001];
    struct slice s;

    (void)state;
    memset(text, 'p', 1000);
    text[1000] = '\0';
    arena_init(&a, NULL);
    s = arena_copy(&a, SLICE("a\0b"));
    assert_true(slice_is(s, SLICE("a\0b")));
    s = arena_copy(&a, NO_SLICE);
    assert_true(s.at != NULL && s.len == 0);
    assert_true(slice_is(arena_printf(&a, "%d-%s", 7, "x"), SLICE("7-x")));
    assert_non_null(arena_printf(&a, "%s", "").at);
    for (int n = 254; n <= 258; n++) { /* about the length that is tried first */
        s = arena_printf(&a, "%.*s", n, text);
        assert_int_equal(s.len, n);
        assert_memory_equal(s.at, text, n);
    }
    assert_int_equal(arena_printf(&a, "%s%s", text, text).len, 2000);
    arena_clear(&a);
}

static void test_zeroed(void **state)
{
    static const char zeros[500];
    struct shelf s = {0};
    struct arena a;

    (void)state;
    arena_init(&a, &s);
    memset(arena_alloc(&a, 3000), 0xa5, 3000);
    arena_clear(&a); /* the next chunk is the dirty one */
    assert_memory_equal(arena_zero(&a, 500), zeros, 500);
    arena_clear(&a);
    shelf_clear(&s);
}

static char given_back[8];

static void note(void *owner)
{
    strncat(given_back, owner, sizeof(given_back) - strlen(given_back) - 1);
}

static void test_what_owns_something_outside_gives_it_back(void **state)
{
    char names[] = {'a', 0, 'b', 0, 'c', 0};
    struct arena a, moved;

    (void)state;
    arena_init(&a, NULL);
    assert_true(arena_at_clear(&a, note, names));
    assert_non_null(arena_alloc(&a, 5000));
    assert_true(arena_at_clear(&a, note, names + 2));
    mem_fail(1, true);
    while (arena_alloc(&a, 16) != NULL)
        ;
    assert_false(arena_at_clear(&a, note, names + 4));
    mem_fail(0, false);
    moved = a;
    arena_clear(&moved);
    assert_string_equal(given_back, "ba");
    arena_clear(&moved);
    assert_string_equal(given_back, "ba");
}

static void test_MEM_04_no_memory_is_null(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, NULL);
    mem_fail(1, true);
    assert_null(arena_alloc(&a, 1));
    assert_null(arena_zero(&a, 5000));
    assert_null(arena_copy(&a, SLICE("x")).at);
    assert_null(arena_printf(&a, "x").at);
    mem_fail(0, false);
    assert_null(a.chunks);
    arena_clear(&a);
}

static void test_MEM_06_sizes_do_not_wrap(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, NULL);
    assert_non_null(arena_alloc(&a, 1));
    for (size_t n = 0; n < 40; n++) {
        volatile size_t ask = SIZE_MAX - n; /* more than any allocator is told of */

        mem_fail(1, true);
        assert_null(arena_alloc(&a, ask));
        mem_fail(0, false);
    }
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_aligned_and_apart),
        cmocka_unit_test(test_small_pieces_share_one_block),
        cmocka_unit_test(test_a_large_piece_does_not_waste_the_room_left),
        cmocka_unit_test(test_clear_gives_all_back_and_it_can_start_again),
        cmocka_unit_test(test_copies_and_prints),
        cmocka_unit_test(test_zeroed),
        cmocka_unit_test(test_what_owns_something_outside_gives_it_back),
        cmocka_unit_test(test_MEM_04_no_memory_is_null),
        cmocka_unit_test(test_MEM_06_sizes_do_not_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
