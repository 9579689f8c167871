/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_distances(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned cap, want;
    } rows[] = {
        {"", "", 3, 0},
        {"same", "same", 0, 0},
        {"Same", "sAME", 0, 0},
        {"a", "b", 3, 1},
        {"listen", "lsiten", 3, 1}, /* swapped */
        {"listen", "listn", 3, 1},
        {"listn", "listen", 3, 1},
        {"kitten", "sitting", 5, 3},
        {"ca", "abc", 5, 3},
        {"", "abc", 3, 3},
        {"abc", "", 2, 3},
        {"abcdef", "uvwxyz", 2, 3},
        {"abcdef", "uvwxyz", 6, 6},
        {"short", "a much longer text than that", 4, 5},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (word_distance(slice_of(rows[i].a), slice_of(rows[i].b), rows[i].cap) !=
            rows[i].want)
            fail_msg("%s to %s", rows[i].a, rows[i].b);
}

static void test_distance_is_the_same_both_ways(void **state)
{
    static const char *const words[] = {"a",   "ab",  "ba",   "abc",
                                        "acb", "cab", "head", "haed"};

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++)
        for (size_t k = 0; k < COUNT(words); k++)
            assert_int_equal(word_distance(slice_of(words[i]), slice_of(words[k]), 9),
                             word_distance(slice_of(words[k]), slice_of(words[i]), 9));
}

static void test_words_of_absurd_length_are_far_from_all(void **state)
{
    char text[1000];
    struct slice s = {text, sizeof(text)};

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_int_equal(word_distance(s, SLICE("a"), 5), 6);
    assert_int_equal(word_distance(s, s, 5), 0);
    assert_int_equal(word_distance(s, (struct slice){text, 999}, 5), 6);
    s.len = 64;
    assert_int_equal(word_distance(s, (struct slice){text, 63}, 5), 1);
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"serve",   "run",   "check",
                                        "explain", "codes", "grade"};
    static const struct {
        const char *word, *want;
    } rows[] = {
        {"serv", "serve"},  {"sevre", "serve"}, {"CHECK", "check"},
        {"chekc", "check"}, {"code", "codes"},  {"explian", "explain"},
        {"rn", "run"},      {"grad", "grade"},  {"xyzzy", NULL},
        {"", NULL},         {"q", NULL},        {"r", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = word_nearest(slice_of(rows[i].word), words, COUNT(words));

        if (rows[i].want == NULL)
            assert_null(got);
        else
            assert_string_equal(got, rows[i].want);
    }
    assert_null(word_nearest(SLICE("serve"), words, 0));
}

static void test_of_equally_near_words_the_first_is_meant(void **state)
{
    static const char *const words[] = {"iis/441", "iis/442", "iis/440"};

    (void)state;
    assert_string_equal(word_nearest(SLICE("iis/449"), words, COUNT(words)), "iis/441");
    assert_string_equal(word_nearest(SLICE("IIS/440"), words, COUNT(words)), "iis/440");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_distance_is_the_same_both_ways),
        cmocka_unit_test(test_words_of_absurd_length_are_far_from_all),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_of_equally_near_words_the_first_is_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
