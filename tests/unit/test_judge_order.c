/* SPDX-License-Identifier: MIT */
/* Which requests come, in which order, how many, and on how many connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "play_say.h"

#define RULES "a b c"

/* "aab": a letter is a request of that rule, a digit d is the status d00 of no rule. */
static const char *lines_of(const char *story)
{
    static char lines[4096];
    size_t n = 0;

    lines[0] = '\0';
    for (int i = 0; story[i] != '\0'; i++)
        if (story[i] >= '0' && story[i] <= '9')
            n += (size_t)snprintf(lines + n, sizeof(lines) - n, "- %c00 %d-%d c1 GET /\n",
                                  story[i], 10 * i, 10 * i + 5);
        else
            n += (size_t)snprintf(lines + n, sizeof(lines) - n, "%c 200 %d-%d c1 GET /\n",
                                  story[i], 10 * i, 10 * i + 5);
    return lines;
}

static void test_orders(void **state)
{
    static const struct play_row rows[] = {
        {"order: a", "a", FINDING_HOLDS, NULL},
        {"order: a", "b", FINDING_FAILS, "as request 1: a|as request 1: b (b)"},
        {"order: a", "aa", FINDING_FAILS,
         "as request 2: nothing more|as request 2: a (a x2)"},
        {"order: a", "", FINDING_BLOCKED, "`a` never came"},
        {"order: a x0.., b x0..", "", FINDING_HOLDS, NULL},
        {"order: a, b", "a", FINDING_FAILS, "as request 2: b|nothing after request 1 (a)"},
        {"order: a x2, b", "aab", FINDING_HOLDS, NULL},
        {"order: a x2, b", "aaab", FINDING_FAILS, "as request 3: b|as request 3: a"},
        {"order: a x2, b", "ab", FINDING_FAILS, "as request 2: a|as request 2: b"},
        {"order: a x1..", "aaaaa", FINDING_HOLDS, NULL},
        {"order: a x1.., b", "aaaab", FINDING_HOLDS, NULL},
        {"order: a x1.., b", "aaaac", FINDING_FAILS, "as request 5: a or b|"},
        {"order: a x2..3, b", "aab", FINDING_HOLDS, NULL},
        {"order: a x2..3, b", "aaab", FINDING_HOLDS, NULL},
        {"order: a x2..3, b", "aaaab", FINDING_FAILS, "as request 4: b|"},
        {"order: a x..2, b", "b", FINDING_HOLDS, NULL},
        {"order: a x..2, b", "aaab", FINDING_FAILS, NULL},
        {"order: a x..2, b", "", FINDING_BLOCKED, "`b`"},
        {"order: a|b x3", "aba", FINDING_HOLDS, NULL},
        {"order: any of (a|b) x3, c", "abac", FINDING_HOLDS, NULL},
        {"order: a|b, c", "cc", FINDING_FAILS, "as request 1: a or b|"},
        /* what comes is accounted for in any way there is, not in the first */
        {"order: a|b x1.., b", "aab", FINDING_HOLDS, NULL},
        {"order: a x1.., a x2, b", "aaab", FINDING_HOLDS, NULL},
        {"order: a x1.., a x2, b", "aab", FINDING_FAILS, NULL},
        {"order: any x2.., a", "bba", FINDING_HOLDS, NULL},
        {"order: ..., c", "abac", FINDING_HOLDS, NULL},
        {"order: a, ..., c", "ac", FINDING_HOLDS, NULL},
        {"order: a, ..., c", "abb", FINDING_FAILS, "as request 4: c|nothing after"},
        {"order: ...", "abc", FINDING_HOLDS, NULL},
        {"order: a, ...", "ba", FINDING_FAILS, "as request 1: a|"},
        {"order: 4xx, a", "4a", FINDING_HOLDS, NULL},
        {"order: 400, a", "4a", FINDING_HOLDS, NULL},
        {"order: 407, a", "4a", FINDING_FAILS, "|as request 1: 400"},
        {"order: 200 x3", "aba", FINDING_HOLDS, NULL},
        {"order: a.1, b, a.2", "aba", FINDING_HOLDS, NULL},
        {"order: a.2, b, a.1", "aba", FINDING_FAILS, NULL},
        {"order: 400.1, a, 400.2", "4a4", FINDING_HOLDS, NULL},
        {"order: 400.2, a, 400.1", "4a4", FINDING_FAILS, NULL},
    };
    struct play_row row;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        row = rows[i];
        row.lines = lines_of(rows[i].lines);
        play_rows(RULES, &row, 1);
    }
}

static void test_the_order_is_that_of_beginning(void **state)
{
    static const struct play_row row = {"order: a, b, c",
                                        "c 200 20-21 c1 GET /\n"
                                        "a 200 0-30 c2 GET /\n"
                                        "b 200 10-11 c1 GET /\n",
                                        FINDING_HOLDS, NULL};

    (void)state;
    play_rows(RULES, &row, 1);
}

/* How a client gets to the play is not the play; what is refused is. */
static void test_tunnels_that_no_rule_opened_are_left_out(void **state)
{
    static const struct play_row rows[] = {
        {"order: 407, a",
         "- 407 0-1 c1 CONNECT o.test:443\n"
         "- 200 2-3 c1 CONNECT o.test:443\n"
         "a 200 4-5 c1 GET /\n"
         "mute idle-timeout 6-7 c1\n"
         "end client-closed 8 c1\n",
         FINDING_HOLDS, NULL},
        {"order: b", "b 200 0-1 c1 CONNECT o.test:443\n", FINDING_HOLDS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_counts(void **state)
{
    static const struct play_row rows[] = {
        {"count: 3", "aab", FINDING_HOLDS, NULL},
        {"count: 2", "aab", FINDING_FAILS, "any twice|any 3 times"},
        {"count: 0", "", FINDING_HOLDS, NULL},
        {"count: {a: 2, b: 1..}", "aab", FINDING_HOLDS, NULL},
        {"count: {a: 2, c: 1..}", "aab", FINDING_FAILS, "c once or more|c never"},
        {"count: {a: not 2}", "aab", FINDING_FAILS, "a not twice|a twice"},
        {"count: {400: 1, 4xx: 1, any: 3}", "a4b", FINDING_HOLDS, NULL},
        {"count: {a: \"< 2\"}", "aab", FINDING_FAILS, "a at most once|a twice"},
        {"never: c", "aab", FINDING_HOLDS, NULL},
        {"never: c", "", FINDING_HOLDS, NULL},
        {"never: a.2", "ab", FINDING_HOLDS, NULL},
        {"never: a.2", "aba", FINDING_FAILS, "no a.2|it came once, first as request 3"},
        {"never: [c, 4xx]", "a4", FINDING_FAILS, "no 4xx|it came once, first as request 2"},
        {"connections: 1", "aab", FINDING_HOLDS, NULL},
        {"connections: 2..", "aab", FINDING_FAILS, "at least 2|1 for 3 requests"},
        {"connections: 0", "", FINDING_HOLDS, NULL},
    };
    struct play_row row;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        row = rows[i];
        row.lines = lines_of(rows[i].lines);
        play_rows(RULES, &row, 1);
    }
}

/* ---- every short order over every short story, by another way of thinking ---- */

struct part {
    const char *text, *letters;
    unsigned least, most;
};

static const struct part parts[] = {
    {"a", "a", 1, 1},       {"b x2", "b", 2, 2},      {"a x0..1", "a", 0, 1},
    {"b x1..", "b", 1, 99}, {"a|b x..2", "ab", 0, 2}, {"...", "ab", 0, 99},
    {"a x2..3", "a", 2, 3}, {"a|b", "ab", 1, 1},
};

/* Tries all there is: the next letter belongs to this part, or the part is over. */
static bool may_be(const struct part *const *order, unsigned n, unsigned had,
                   const char *story)
{
    const struct part *p;

    if (n == 0)
        return *story == '\0';
    p = order[0];
    if (had < p->most && *story != '\0' && strchr(p->letters, *story) != NULL &&
        may_be(order, n, had + 1, story + 1))
        return true;
    return had >= p->least && may_be(order + 1, n - 1, 0, story);
}

static void tell(struct play *p, const char *story, struct record *room)
{
    p->records = (struct records){.first = *story == '\0' ? NULL : room};
    for (unsigned i = 0; story[i] != '\0'; i++)
        room[i] = (struct record){.next = story[i + 1] == '\0' ? NULL : &room[i + 1],
                                  .seq = i + 1,
                                  .exchange = i + 1,
                                  .began_us = 10 * i,
                                  .rule = story[i] == 'a' ? 1 : 2,
                                  .rule_name = {&story[i], 1},
                                  .method = SLICE("GET"),
                                  .status = 200};
}

/* The nth story, by its length and then by its letters. */
static void spell(unsigned nth, char story[8])
{
    unsigned len = 0;

    for (unsigned left = nth + 1; left > 1; left >>= 1)
        story[len++] = (left & 1) != 0 ? 'a' : 'b';
    story[len] = '\0';
}

static void check_order(unsigned i, unsigned j, unsigned k)
{
    const struct part *const order[] = {&parts[i], &parts[j], &parts[k]};
    struct record room[8];
    struct play p;
    char yaml[100], story[8];

    snprintf(yaml, sizeof(yaml), "- order: [%s, %s, %s]\n", parts[i].text, parts[j].text,
             parts[k].text);
    play_open(&p, RULES);
    assert_true(play_expect(&p, yaml));
    for (unsigned nth = 0; nth < 63; nth++) {
        spell(nth, story);
        tell(&p, story, room);
        assert_true(play_judge(&p, NULL));
        if ((p.verdict.findings[0].result == FINDING_HOLDS) != may_be(order, 3, 0, story))
            fail_msg("%s over %s", yaml, story);
    }
    p.records = (struct records){0};
    play_close(&p);
}

static void test_every_short_order_over_every_short_story(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT(parts); i++)
        for (unsigned j = 0; j < COUNT(parts); j++)
            for (unsigned k = 0; k < COUNT(parts); k++)
                check_order(i, j, k);
}

/* A failure shows where it can be seen. */
static void test_a_failure_has_its_place(void **state)
{
    struct play p;

    (void)state;
    play_open(&p, RULES);
    assert_true(play_expect(&p, "- order: a, b\n- count: {a: 1}\n- never: c\n"));
    play_happens(&p, lines_of("aac"));
    assert_true(play_judge(&p, NULL));
    assert_int_equal(p.verdict.findings[0].seq, 2);
    assert_int_equal(p.verdict.findings[1].seq, 2);
    assert_int_equal(p.verdict.findings[2].seq, 3);
    play_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_the_order_is_that_of_beginning),
        cmocka_unit_test(test_tunnels_that_no_rule_opened_are_left_out),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_every_short_order_over_every_short_story),
        cmocka_unit_test(test_a_failure_has_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
