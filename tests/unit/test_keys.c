/* SPDX-License-Identifier: MIT */
#include "text_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct text_said said;

static int end(void **state)
{
    (void)state;
    text_said_clear(&said);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static const struct play *load(const char *text)
{
    text_say_load(&said, slice_of(text));
    assert_string_equal(text_said_remarks(&said), "");
    assert_true(said.is_loaded);
    return &said.play;
}

static void test_every_type(void **state)
{
    const struct play *p = load(
        "{title: x, loud: true, times: 12, wait: 1.5s, least-wait: 500ms, size: 1MiB,\n"
        " rate: 2KiB/s, chance: 5%, mood: wild, own: thing}");

    (void)state;
    assert_true(slice_is(p->title, SLICE("x")));
    assert_true(p->is_loud);
    assert_int_equal(p->times, 12);
    assert_int_equal(p->wait, 1500 * NS_PER_MS);
    assert_int_equal(p->least_wait, 500 * NS_PER_MS);
    assert_int_equal(p->size, 1 << 20);
    assert_int_equal(p->rate, 2048);
    assert_true(p->chance > 0.04999 && p->chance < 0.05001);
    assert_int_equal(p->mood, 2);
    assert_true(slice_is(p->own, SLICE("thing")));
}

static void test_shapes_in_shapes(void **state)
{
    const struct play *p = load("lead: {called: Ann, inner: [x, {name: y, inner: z}]}\n"
                                "parts:\n"
                                "  - Bob\n"
                                "  - [one, two, three]\n"
                                "cast:\n"
                                "  Ann: {monday: Eve, sunday: Zoe}\n"
                                "  Bob: {}\n");
    const struct part *inner = p->lead.inner.at, *parts = p->parts.at;
    const struct role *cast = p->cast.at;

    (void)state;
    assert_true(slice_is(p->lead.name, SLICE("Ann")));
    assert_int_equal(p->lead.times, 1); /* prepared */
    assert_int_equal(p->lead.inner.n, 2);
    assert_true(slice_is(inner[0].name, SLICE("x")));
    assert_true(slice_is(inner[1].name, SLICE("y")));
    assert_true(slice_is(((const struct part *)inner[1].inner.at)->name, SLICE("z")));
    assert_int_equal(p->parts.n, 2);
    assert_true(slice_is(parts[0].name, SLICE("Bob")));
    assert_int_equal(parts[1].lines, 3);
    assert_int_equal(p->cast.n, 2);
    assert_true(slice_is(cast[0].name, SLICE("Ann")));
    assert_true(slice_is(cast[0].actor, SLICE("sunday")));
    assert_true(slice_is(cast[1].name, SLICE("Bob")));
}

static void test_one_alone_is_a_list_of_one(void **state)
{
    const struct play *p = load("parts: {name: Ann}");

    (void)state;
    assert_int_equal(p->parts.n, 1);
    assert_true(slice_is(((const struct part *)p->parts.at)->name, SLICE("Ann")));
    assert_int_equal(load("parts: []")->parts.n, 0);
}

struct row {
    const char *text, *remarks;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        text_say_load(&said, slice_of(rows[i].text));
        assert_string_equal(text_said_remarks(&said), rows[i].remarks);
        assert_int_equal(said.is_loaded, said.why.errors == 0);
    }
}

#define DURATION "wait must be a duration, such as 250ms, 2s or 1m, not "
#define SIZE     "size must be a size, such as 300, 64KiB or 1MB, not "
#define RATE     "rate must be a rate above 0, such as 256KiB/s, not "
#define CHANCE   "chance must be a chance from 0 to 1, such as 0.05 or 5%, not "
#define COUNT_   "times must be a whole number, such as 0 or 12, not "

static void test_values_that_will_not_do(void **state)
{
    static const struct row rows[] = {
        {"loud: yes",
         "1:7+3 loud must be true or false, not \"yes\"; did you mean \"true\"?"},
        {"loud: OFF",
         "1:7+3 loud must be true or false, not \"OFF\"; did you mean \"false\"?"},
        {"loud: 'True'",
         "1:7+6 loud must be true or false, not \"True\"; did you mean \"true\"?"},
        {"loud: maybe", "1:7+5 loud must be true or false, not \"maybe\""},
        {"times: -1", "1:8+2 " COUNT_ "\"-1\""},
        {"times: 1.5", "1:8+3 " COUNT_ "\"1.5\""},
        {"times: 0x10", "1:8+4 " COUNT_ "\"0x10\""},
        {"times: 18446744073709551616", "1:8+20 " COUNT_ "\"18446744073709551616\""},
        {"times: ''", "1:8+2 " COUNT_ "\"\""},
        {"times:",
         "1:7+1 times must be a whole number, such as 0 or 12; nothing stands here"},
        {"times: [1]", "1:8+3 times must be a whole number, such as 0 or 12, not a list"},
        {"wait: 5", "1:7+1 " DURATION "\"5\"; did you mean \"5s\"?"},
        {"wait: 5 sec", "1:7+5 " DURATION "\"5 sec\"; did you mean \"5s\"?"},
        {"wait: 1.5 Minutes", "1:7+11 " DURATION "\"1.5 Minutes\"; did you mean \"1.5m\"?"},
        {"wait: 20 ms", "1:7+5 " DURATION "\"20 ms\"; did you mean \"20ms\"?"},
        {"wait: -5s", "1:7+3 " DURATION "\"-5s\""},
        {"wait: 1e999s", "1:7+6 " DURATION "\"1e999s\""},
        {"wait: NaN", "1:7+3 " DURATION "\"NaN\""},
        {"wait: 99999999999999d", "1:7+15 " DURATION "\"99999999999999d\""},
        {"size: 64k", "1:7+3 " SIZE "\"64k\"; did you mean \"64KiB\"?"},
        {"size: 64 KiB", "1:7+6 " SIZE "\"64 KiB\"; did you mean \"64KiB\"?"},
        {"size: 99999999TiB", "1:7+11 " SIZE "\"99999999TiB\""},
        {"rate: 0", "1:7+1 " RATE "\"0\""},
        {"rate: 0.1/s", "1:7+5 " RATE "\"0.1/s\""},
        {"rate: 5Mbps", "1:7+5 " RATE "\"5Mbps\"; did you mean \"5MB/s\"?"},
        {"chance: 5", "1:9+1 " CHANCE "\"5\"; did you mean \"5%\"?"},
        {"chance: 1.01", "1:9+4 " CHANCE "\"1.01\"; did you mean \"1.01%\"?"},
        {"chance: 101%", "1:9+4 " CHANCE "\"101%\""},
        {"chance: -0", "1:9+2 " CHANCE "\"-0\""},
        {"chance: 0x1", "1:9+3 " CHANCE "\"0x1\""},
        {"chance: 1e-3", "1:9+4 " CHANCE "\"1e-3\""},
        {"chance: .", "1:9+1 " CHANCE "\".\""},
        {"chance: nan", "1:9+3 " CHANCE "\"nan\""},
        {"title: {a: b}", "1:8+6 title must be a text, not a map"},
        {"title:", "1:7+1 title must be a text; nothing stands here"},
        {"{\"title\": null}",
         "1:11+4 title must be a text, not null: leave the key out, or put the "
         "word between quotes"},
        {"title: 'null'", ""},
        {"mood: gave",
         "1:7+4 mood must be merry, grave or wild, not \"gave\"; did you mean \"grave\"?"},
        {"mood: [wild]", "1:7+6 mood must be one word, not a list"},
        {"lead: ",
         "1:6+1 lead must be a name, a map of keys or a list; nothing stands here"},
        {"cast: Ann", "1:7+3 cast must be a map from names to values, not a word"},
        {"cast: {a: b}", "1:11+1 a must be a map of keys, not a word"},
        {"title: x\nparts:\n",
         "2:7+1 parts must be a name, a map of keys or a list; nothing stands here"},
        {"just a word", "1:1+11 play must be a map of keys, not a word"},
        {"- a list", "1:1+8 play must be a map of keys, not a list"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_chances(void **state)
{
    (void)state;
    assert_true(load("chance: 0")->chance == 0);
    assert_true(load("chance: 1")->chance == 1);
    assert_true(load("chance: 100%")->chance == 1);
    assert_true(load("chance: .5")->chance == 0.5);
    assert_true(load("chance: 0.25")->chance == 0.25);
    assert_true(load("chance: 0.00%")->chance == 0);
}

static void test_bounds(void **state)
{
    static const struct row rows[] = {
        {"times: 1", ""},
        {"times: 0", "1:8+1 times must be at least 1, not 0"},
        {"wait: 1h", ""},
        {"wait: 61m", "1:7+3 wait must be at most 1h, not 61m"},
        {"least-wait: 100ms", "1:13+5 least-wait must be from 500ms to 2s, not 100ms"},
        {"least-wait: 2.1s", "1:13+4 least-wait must be from 500ms to 2s, not 2.1s"},
        {"size: 2MiB", "1:7+4 size must be at most 1MiB, not 2MiB"},
        {"rate: 1023", "1:7+4 rate must be at least 1KiB/s, not 1023"},
        {"cast: {}", "1:7+2 cast must have from 1 to 3 names, not 0"},
        {"cast: {a: {}, b: {}, c: {}, d: {}}",
         "1:7+28 cast must have from 1 to 3 names, not 4"},
        {"lead: {name: a, repeat: 11}", "1:25+2 repeat must be from 1 to 10, not 11"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_keys_nobody_knows(void **state)
{
    static const struct row rows[] = {
        {"tilte: x", "1:1+5 unknown key \"tilte\"; did you mean \"title\"?"},
        {"Least_Wait: 1s",
         "1:1+10 unknown key \"Least_Wait\"; did you mean \"least-wait\"?"},
        {"lead: {caled: x, name: y}",
         "1:8+5 unknown key \"caled\"; did you mean \"called\"?"},
        {"repeat: 3", "1:1+6 \"repeat\" is no key of play: it goes below \"lead\""},
        {"lead:\n  name: x\n  mood: wild\n",
         "3:3+4 \"mood\" is a key of play, not of part: mind the indentation"},
        {"lead: {name: x, inner: {name: y, chance: 1}}",
         "1:34+6 \"chance\" is a key of play, not of part: mind the indentation"},
        {"lead: {name: x, qqqqqqqq: 3}",
         "1:17+8 unknown key \"qqqqqqqq\"; part takes name, repeat and inner"},
        {"? ''\n: x",
         "1:3+2 unknown key \"\"; play takes title, loud, times, wait, least-wait, "
         "size, rate, chance, mood, lead, parts, cast and own"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_keys_twice_and_missing(void **state)
{
    static const struct row rows[] = {
        {"lead: {name: x, called: y}",
         "1:17+6 \"name\" and \"called\" are the same key, and line 1 has it already"},
        {"title: x\ntitle: y\n", "2:1+5 \"title\" stands here twice, first on line 1"},
        {"lead: {repeat: 2}",
         "1:7+11 part needs \"name\": who speaks, as \"others\" call him"},
        {"lead: {name: 7, repeat: 7}", "1:7+20 warning: seven times is a long run"},
        {"lead: {name: 8, repeat: 8}", "1:7+20 a part is never played 8 times"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_all_is_complained_of(void **state)
{
    static const struct row rows[] = {
        {"tilte: x\nloud: yes\nparts:\n  - {name: a, repeat: 0}\n  - "
         "[1,2,3,4,5,6,7,8,9,10]\n"
         "  - {}\ncast: {a: {mon: []}}\n",
         "1:1+5 unknown key \"tilte\"; did you mean \"title\"?|"
         "2:7+3 loud must be true or false, not \"yes\"; did you mean \"true\"?|"
         "4:23+1 repeat must be from 1 to 10, not 0|"
         "5:5+22 a part has at most 9 lines|"
         "6:5+2 part needs \"name\": who speaks, as \"others\" call him|"
         "7:17+2 role must be a text, not a list"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

/* The advice at the end is what matters. */
static void test_long_values_leave_room(void **state)
{
    static const struct row rows[] = {
        {"mood: ééééééééééééééééééééééééééééééééééééééééééééééééé",
         "1:7+49 mood must be merry, grave or wild, not "
         "\"éééééééééééééééééééééééééééééééééé…\""},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1",
         "1:1+75 unknown key "
         "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\""
         "; play takes title, loud, times, wait, least-wait, size, rate, chance, mood, "
         "lead, "
         "parts, cast and own"},
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void test_items_have_a_limit(void **state)
{
    static char text[2 * KEY_ITEMS + 20];
    char *at = stpcpy(text, "parts: [");

    (void)state;
    for (size_t i = 0; i < KEY_ITEMS; i++)
        at = stpcpy(at, "a,");
    strcpy(at, "]");
    assert_int_equal(load(text)->parts.n, KEY_ITEMS);
    strcpy(at, "a]");
    text_say_load(&said, slice_of(text));
    assert_string_equal(text_said_remarks(&said),
                        "1:8+200003 parts must have at most 100000 items, not 100001");
}

static void test_without_memory(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 30; nth++) {
        mem_fail(nth, false);
        text_say_load(&said,
                      SLICE("tilte: 1\nmood: x\nparts: [a, {name: b, inner: [c, d]}]\n"));
        mem_fail(0, false);
        assert_true(said.why.errors > 0);
        text_said_clear(&said);
        assert_int_equal(mem_live(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_type, end),
        cmocka_unit_test_teardown(test_shapes_in_shapes, end),
        cmocka_unit_test_teardown(test_one_alone_is_a_list_of_one, end),
        cmocka_unit_test_teardown(test_values_that_will_not_do, end),
        cmocka_unit_test_teardown(test_chances, end),
        cmocka_unit_test_teardown(test_bounds, end),
        cmocka_unit_test_teardown(test_keys_nobody_knows, end),
        cmocka_unit_test_teardown(test_keys_twice_and_missing, end),
        cmocka_unit_test_teardown(test_all_is_complained_of, end),
        cmocka_unit_test_teardown(test_long_values_leave_room, end),
        cmocka_unit_test_teardown(test_items_have_a_limit, end),
        cmocka_unit_test_teardown(test_without_memory, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
