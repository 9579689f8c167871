/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define VECTOR_SEED 0x0706050403020100u /* see chance.c */

/* The octets 0, 1, 2 … of each length, from the paper and its reference code. */
static void test_siphash_of_the_published_vectors(void **state)
{
    static const struct {
        size_t len;
        uint64_t want;
    } rows[] = {
        {0, 0x726fdb47dd0e0e31u},  {1, 0x74f839c593dc67fdu},  {7, 0xab0200f58b01d137u},
        {8, 0x93f5f5799a932462u},  {15, 0xa129ca6149be45e5u}, {16, 0x3f2acc7f57c29bdbu},
        {63, 0x958a324ceb064572u},
    };
    char octets[64];

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (char)i;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(chance_of_text(VECTOR_SEED, (struct slice){octets, rows[i].len}),
                         rows[i].want);
}

static void test_words_are_octets_in_one_order_on_all_machines(void **state)
{
    const uint64_t words[] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

    (void)state;
    assert_int_equal(chance_of(VECTOR_SEED, words, 0), 0x726fdb47dd0e0e31u);
    assert_int_equal(chance_of(VECTOR_SEED, words, 1), 0x93f5f5799a932462u);
    assert_int_equal(chance_of(VECTOR_SEED, words, 2), 0x3f2acc7f57c29bdbu);
}

static void test_SCN_08_the_same_words_are_the_same_number(void **state)
{
    const uint64_t a[] = {7, 1, 2}, b[] = {7, 1, 3}, c[] = {7, 2, 1};

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(chance_of(1, a, 3), chance_of(1, a, 3));
    assert_int_not_equal(chance_of(1, a, 3), chance_of(2, a, 3));
    assert_int_not_equal(chance_of(1, a, 3), chance_of(1, b, 3));
    assert_int_not_equal(chance_of(1, a, 3), chance_of(1, c, 3));
    assert_int_not_equal(chance_of(1, a, 3), chance_of(1, a, 2));
    assert_int_not_equal(chance_of_text(1, SLICE("a")), chance_of_text(1, SLICE("a\0")));
}

static void test_never_and_always(void **state)
{
    static const uint64_t drawn[] = {0, 1, UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(drawn); i++) {
        assert_false(chance_is(drawn[i], 0));
        assert_false(chance_is(drawn[i], -1));
        assert_false(chance_is(drawn[i], (double)NAN));
        assert_true(chance_is(drawn[i], 1));
        assert_true(chance_is(drawn[i], (double)INFINITY));
    }
    assert_true(chance_is(0, 0.5));
    assert_true(chance_is(UINT64_MAX / 2, 0.5));
    assert_false(chance_is(UINT64_MAX / 2 + 1, 0.5));
}

#define DRAWS 20000u

static uint64_t draw(uint64_t i)
{
    return chance_of(2026, &i, 1);
}

static void test_likely_is_about_as_often(void **state)
{
    static const double rows[] = {0.01, 0.05, 0.5, 0.95};

    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        unsigned n = 0;
        for (uint64_t i = 0; i < DRAWS; i++)
            n += chance_is(draw(i), rows[r]);
        double often = (double)n / DRAWS;
        assert_true(often > rows[r] - 0.01 && often < rows[r] + 0.01);
    }
}

static void test_between_takes_both_ends_in(void **state)
{
    static const struct {
        uint64_t drawn, least, most, want;
    } rows[] = {
        {0, 1, 6, 1},
        {UINT64_MAX, 1, 6, 6},
        {UINT64_MAX / 6, 1, 6, 1},
        {UINT64_MAX / 6 + 1, 1, 6, 2},
        {12345, 9, 9, 9},
        {12345, 0, UINT64_MAX, 12345},
        {UINT64_MAX, 0, UINT64_MAX, UINT64_MAX},
        {UINT64_MAX, 1, UINT64_MAX, UINT64_MAX},
        {0, UINT64_MAX, UINT64_MAX, UINT64_MAX},
    };
    unsigned seen[7] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(chance_between(rows[i].drawn, rows[i].least, rows[i].most),
                         rows[i].want);
    for (uint64_t i = 0; i < 6000; i++)
        seen[chance_between(draw(i), 1, 6)]++;
    assert_int_equal(seen[0], 0);
    for (int i = 1; i <= 6; i++)
        assert_in_range(seen[i], 900, 1100);
}

#define MS(n) ((n)*NS_PER_MS)

static void test_spreads_have_their_mean_and_deviation(void **state)
{
    static const struct {
        struct spread spread;
        double mean, deviation; /* of many; in ms */
    } rows[] = {
        {{SPREAD_FIXED, MS(7), 0, 0}, 7, 0},
        {{SPREAD_UNIFORM, MS(10), MS(30), 0}, 20, 5.77},
        {{SPREAD_NORMAL, MS(80), MS(20), 0}, 80, 20},
        {{SPREAD_LOGNORMAL, MS(100), 500, 0}, 113.3, 60.4}, /* m·exp(σ²/2) */
        {{SPREAD_PARETO, MS(20), 3000, 0}, 30, 17.3},       /* α·a/(α-1) */
    };

    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        double sum = 0, squares = 0;
        for (uint64_t i = 0; i < DRAWS; i++) {
            double ms = (double)spread_value(&rows[r].spread, draw(i)) / NS_PER_MS;
            sum += ms;
            squares += ms * ms;
        }
        double mean = sum / DRAWS, deviation = sqrt(squares / DRAWS - mean * mean);
        if (fabs(mean - rows[r].mean) > 0.02 * rows[r].mean ||
            fabs(deviation - rows[r].deviation) > 0.1 * rows[r].deviation + 1e-4)
            fail_msg("row %zu: mean %f, deviation %f", r, mean, deviation);
    }
}

static void test_spreads_stay_within_their_bounds(void **state)
{
    static const struct {
        struct spread spread;
        uint64_t least, most;
    } rows[] = {
        {{SPREAD_UNIFORM, 10, 20, 0}, 10, 20},
        {{SPREAD_UNIFORM, 20, 10, 0}, 20, 20},
        {{SPREAD_NORMAL, 10, 1000, 0}, 0, 7000},
        {{SPREAD_NORMAL, 1000, 1000, 500}, 0, 500},
        {{SPREAD_LOGNORMAL, 100, 500, 200}, 0, 200},
        {{SPREAD_PARETO, 20, 1000, 0}, 20, 3600 * NS_PER_S},
        {{SPREAD_PARETO, 20, 1000, 90}, 20, 90},
    };

    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++)
        for (uint64_t i = 0; i < 2000; i++)
            assert_in_range(spread_value(&rows[r].spread, draw(i)), rows[r].least,
                            rows[r].most);
}

/* Whatever stands in a file: no overflow, nothing that is not a number. */
static void test_SCN_05_extreme_spreads_end_at_most(void **state)
{
    static const uint64_t extremes[] = {
        0, 1, 999, 1000, 1ull << 53, 1ull << 63, UINT64_MAX - 1, UINT64_MAX};
    static const uint64_t drawn[] = {
        0, 1, UINT32_MAX, 1ull << 32, 1ull << 63, UINT64_MAX - 1, UINT64_MAX};
    static const uint64_t mosts[] = {0, 1, NS_PER_S, UINT64_MAX};
    struct spread s;

    (void)state;
    for (int kind = SPREAD_FIXED; kind <= SPREAD_PARETO; kind++)
        for (size_t a = 0; a < COUNT(extremes); a++)
            for (size_t b = 0; b < COUNT(extremes); b++)
                for (size_t d = 0; d < COUNT(drawn); d++)
                    for (size_t m = 0; m < COUNT(mosts); m++) {
                        s = (struct spread){(enum spread_kind)kind, extremes[a],
                                            extremes[b], mosts[m]};
                        assert_true(spread_value(&s, drawn[d]) <=
                                    (mosts[m] == 0 ? 3600 * NS_PER_S : mosts[m]));
                    }
}

static void test_SCN_08_spreads_tell_the_same_story_everywhere(void **state)
{
    static const struct {
        struct spread spread;
        uint64_t want;
    } rows[] = {
        {{SPREAD_UNIFORM, MS(10), MS(30), 0}, 19038513},
        {{SPREAD_NORMAL, MS(80), MS(20), 0}, 68858187},
        {{SPREAD_LOGNORMAL, MS(100), 500, 0}, 75688397},
        {{SPREAD_PARETO, MS(20), 3000, 0}, 26061996},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(spread_value(&rows[i].spread, draw(1)), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_siphash_of_the_published_vectors),
        cmocka_unit_test(test_words_are_octets_in_one_order_on_all_machines),
        cmocka_unit_test(test_SCN_08_the_same_words_are_the_same_number),
        cmocka_unit_test(test_never_and_always),
        cmocka_unit_test(test_likely_is_about_as_often),
        cmocka_unit_test(test_between_takes_both_ends_in),
        cmocka_unit_test(test_spreads_have_their_mean_and_deviation),
        cmocka_unit_test(test_spreads_stay_within_their_bounds),
        cmocka_unit_test(test_SCN_05_extreme_spreads_end_at_most),
        cmocka_unit_test(test_SCN_08_spreads_tell_the_same_story_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
