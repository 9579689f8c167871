/* SPDX-License-Identifier: MIT */
/* Verdicts as a whole: their kind, what every run is held to, the command, baselines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "play_say.h"

#define RULES "down up stray"

static char *argv[] = {(char *)(uintptr_t) "client", NULL};

static void judge(struct play *p, const char *claims, const char *lines,
                  const struct ran *ran)
{
    play_open(p, RULES);
    if (claims != NULL && !play_expect(p, claims))
        fail_msg("%s: %s", claims, play_complaint(p));
    play_happens(p, lines);
    assert_true(play_judge(p, ran));
}

static bool says(const struct play *p, const char *piece)
{
    return memmem(p->verdict.summary.at, p->verdict.summary.len, piece, strlen(piece)) !=
           NULL;
}

static void test_kinds_and_summaries(void **state)
{
    static const struct {
        const char *claims, *lines;
        enum verdict_kind kind;
        const char *says;
    } rows[] = {
        {NULL, "down 503 0-1 c1 GET /\n", VERDICT_GOOD,
         "nothing was expected; 1 request came"},
        {"- order: down, up", "down 503 0-1 c1 GET /\nup 200 2-3 c1 GET /\n", VERDICT_GOOD,
         "1 expectation holds"},
        {"- order: down, up", "up 200 2-3 c1 GET /\n", VERDICT_FAILED,
         "1 of 1 expectations failed"},
        {"- order: up x1..\n- gap: up.1 -> up.2\n  is: 1s..2s\n- within: 1s\n  from: down\n"
         "  to: up\n  level: may\n",
         "up 200 2-3 c1 GET /\n", VERDICT_FAILED, "0 of 2 expectations failed, 1 blocked"},
        {"- order: down, up\n  level: should", "up 200 2-3 c1 GET /\n", VERDICT_GOOD,
         ", 2 warnings"}, /* the order, and a rule that nobody speaks of */
        {"- order: down, up", "", VERDICT_NEVER_CAME, "the client never came through here"},
        {NULL, "", VERDICT_NEVER_CAME, "no_proxy"},
        {NULL, "end client-closed 5 c1\nend client-closed 6 c2\n", VERDICT_NEVER_CAME,
         "2 connections, and no request"},
        {NULL, "mute tls-on-plain-port 5-6 c1\n", VERDICT_NEVER_CAME, "TLS bytes arrived"},
        {"- count: 0", "", VERDICT_GOOD, "1 expectation holds"},
        {"- never: any", "", VERDICT_GOOD, NULL},
        {"- connections: 0..2", "", VERDICT_GOOD, NULL},
        {"- never: stray", "", VERDICT_NEVER_CAME, NULL},
        {"- order: up, unmatched", "up 200 0-1 c1 GET /\nunmatched 404 2-3 c1 GET /x\n",
         VERDICT_UNMATCHED, "1 that no rule speaks of, the first \"GET\" \"/x\""},
        {"- order: up, otherwise", "up 200 0-1 c1 GET /\notherwise 404 2-3 c1 GET /x\n",
         VERDICT_GOOD, NULL},
        {NULL, "- 407 0-1 c1 GET /\n", VERDICT_FAILED,
         "some rule of the scenario is reached: 1 request, and no rule had its turn"},
        {"- order: 407", "- 407 0-1 c1 GET /\n", VERDICT_GOOD, NULL},
        /* rules that rest are told, unless a claim speaks of them */
        {NULL, "down 503 0-1 c1 GET /\n", VERDICT_GOOD, "came, 2 warnings"},
        {"- never: [up, stray]", "down 503 0-1 c1 GET /\n", VERDICT_GOOD, "holds"},
        {"- order: down, ...", "down 503 0-1 c1 GET /\n", VERDICT_GOOD, "2 warnings"},
        {NULL, "down 500 0-1 c1 GET /\nending fault-untold\n", VERDICT_FAILED,
         "every answer goes out as the scenario wants it: down.1 was told 500 instead: a "
         "fault of the scenario cannot be told truly"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;

        judge(&p, rows[i].claims, rows[i].lines, NULL);
        if (p.verdict.kind != rows[i].kind)
            fail_msg("row %zu: %s: %.*s", i, verdict_word(p.verdict.kind),
                     SLICE_ARGS(p.verdict.summary));
        if (rows[i].says != NULL && !says(&p, rows[i].says))
            fail_msg("row %zu: %.*s", i, SLICE_ARGS(p.verdict.summary));
        assert_int_equal(verdict_is_good(&p.verdict), rows[i].kind == VERDICT_GOOD);
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_what_was_seen(void **state)
{
    struct play p;

    (void)state;
    judge(&p, NULL,
          "down 503 0-1 c1 GET /\ndown 503 2-3 c1 GET /\n- 407 4-5 c1 GET /\n"
          "otherwise 200 6-7 c1 GET /\n- 0 8-9 c1 GET /\nending client-gone\nup 200 9-9 c1 "
          "GET /\n",
          NULL);
    assert_true(slice_is(p.verdict.saw, SLICE("down down 407 otherwise client-gone up")));
    play_close(&p);
    judge(&p, NULL, "", NULL);
    assert_int_equal(p.verdict.saw.len, 0);
    play_close(&p);
}

/* ---- the command ---- */

static void test_commands(void **state)
{
#define ENDED .argv = argv, .is_started = true, .is_ended = true
    static const struct {
        const char *claims;
        struct ran ran;
        enum verdict_kind kind;
        enum finding_result result; /* of the first finding */
        const char *seen;
    } rows[] = {
        {"- exit: 0", {ENDED}, VERDICT_GOOD, FINDING_HOLDS, NULL},
        {"- exit: 0", {ENDED, .exit_status = 7}, VERDICT_FAILED, FINDING_FAILS, "7"},
        {"- exit: not 0", {ENDED, .exit_status = 7}, VERDICT_GOOD, FINDING_HOLDS, NULL},
        {"- exit: [1, 5..9]", {ENDED, .exit_status = 7}, VERDICT_GOOD, FINDING_HOLDS, NULL},
        {"- exit: not 0",
         {ENDED, .exit_status = -1, .signal = 11},
         VERDICT_FAILED,
         FINDING_FAILS,
         "signal 11 ended it"},
        /* its own status decides nothing where nothing is said of it */
        {"- order: up", {ENDED, .exit_status = 7}, VERDICT_GOOD, FINDING_HOLDS, NULL},
        {"- output: \"/^done/\"",
         {ENDED, .output = {"done\n", 5}},
         VERDICT_GOOD,
         FINDING_HOLDS,
         NULL},
        {"- output: done",
         {ENDED, .output = {"done\n", 5}},
         VERDICT_GOOD,
         FINDING_HOLDS,
         NULL},
        {"- output: done",
         {ENDED, .output = {"d\x1b[2J", 5}},
         VERDICT_FAILED,
         FINDING_FAILS,
         "\"d?[2J\""},
        {"- output: done",
         {ENDED, .output = {"", 0}},
         VERDICT_FAILED,
         FINDING_FAILS,
         "it printed nothing"},
        {"- ends-within: 1s",
         {ENDED, .took_us = 900000},
         VERDICT_GOOD,
         FINDING_HOLDS,
         NULL},
        {"- ends-within: 1s",
         {ENDED, .took_us = 1900000},
         VERDICT_FAILED,
         FINDING_FAILS,
         "it took 1.9 s"},
        {"- order: up",
         {.argv = argv, .is_started = true, .is_timed_out = true, .took_us = 5000000},
         VERDICT_HANG,
         FINDING_HOLDS,
         NULL},
        {"- exit: 0", {.argv = argv}, VERDICT_NO_COMMAND, FINDING_BLOCKED, "did not start"},
        /* no command at all: nothing to hold to */
        {"- exit: 0", {.argv = NULL}, VERDICT_GOOD, FINDING_UNKNOWN, "no command was run"},
    };
#undef ENDED

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;
        struct slice seen;

        judge(&p, rows[i].claims, "up 200 0-1 c1 GET /\n", &rows[i].ran);
        seen = p.verdict.findings[0].seen;
        if (p.verdict.kind != rows[i].kind ||
            p.verdict.findings[0].result != rows[i].result)
            fail_msg("row %zu: %s: %.*s", i, verdict_word(p.verdict.kind),
                     SLICE_ARGS(seen));
        if (rows[i].seen != NULL &&
            memmem(seen.at, seen.len, rows[i].seen, strlen(rows[i].seen)) == NULL)
            fail_msg("row %zu: %.*s", i, SLICE_ARGS(seen));
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

/* ---- journals that have lost entries ---- */

static void test_what_is_gone_makes_no_claim_true(void **state)
{
    static const struct {
        const char *claims;
        enum finding_result result;
    } rows[] = {
        {"- order: up", FINDING_UNKNOWN},
        {"- order: down", FINDING_UNKNOWN},
        {"- never: down", FINDING_UNKNOWN},
        {"- never: up", FINDING_FAILS},
        {"- gap: up.1 -> up.2\n  is: 1s..2s", FINDING_UNKNOWN},
        {"- up: {has: x}", FINDING_FAILS},
        {"- up: {lacks: x}", FINDING_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;

        play_open(&p, RULES);
        assert_true(play_expect(&p, rows[i].claims));
        play_happens(&p, "up 200 0-1 c1 GET /\n");
        p.records.dropped = 3;
        assert_true(play_judge(&p, NULL));
        if (p.verdict.findings[0].result != rows[i].result)
            fail_msg("row %zu: %d", i, p.verdict.findings[0].result);
        assert_int_equal(p.verdict.kind, VERDICT_FAILED);
        play_close(&p);
    }
}

/* ---- baselines ---- */

static struct baseline *baseline_of(const char *text, struct complaint *why)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct baseline *b;

    assert_non_null(in);
    b = baseline_read(in, "known.txt", why);
    fclose(in);
    return b;
}

static void test_baselines(void **state)
{
    static const char claims[] = "- order: down, up\n- never: stray\n- count: {up: 1}\n";
    static const struct {
        const char *baseline, *lines;
        enum verdict_kind kind;
        const char *says;
    } rows[] = {
        {"# none\n\n", "up 200 0-1 c1 GET /\n", VERDICT_FAILED, "1 of 3"},
        {"play: down, then up\n", "up 200 0-1 c1 GET /\n", VERDICT_GOOD,
         "1 failed that are known to"},
        {"play: down, then up\n", "up 200 0-1 c1 GET /\nup 200 2-3 c1 GET /\n",
         VERDICT_FAILED, NULL},
        /* mended: the line goes */
        {"play: down, then up\n", "down 200 0-1 c1 GET /\nup 200 2-3 c1 GET /\n",
         VERDICT_FAILED, NULL},
        {"play: never heard of\n", "down 200 0-1 c1 GET /\nup 200 2-3 c1 GET /\n",
         VERDICT_FAILED, NULL},
        {"other: down, then up\n", "down 200 0-1 c1 GET /\nup 200 2-3 c1 GET /\n",
         VERDICT_GOOD, NULL},
        {"play: the client comes through here\nplay: down, then up\n"
         "play: up comes once\n",
         "", VERDICT_GOOD, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct complaint why = {""};
        struct baseline *b = baseline_of(rows[i].baseline, &why);
        struct play p;

        assert_non_null(b);
        judge(&p, claims, rows[i].lines, NULL);
        baseline_apply(b, &p.verdict);
        if (p.verdict.kind != rows[i].kind)
            fail_msg("row %zu: %s: %.*s", i, verdict_word(p.verdict.kind),
                     SLICE_ARGS(p.verdict.summary));
        if (rows[i].says != NULL && !says(&p, rows[i].says))
            fail_msg("row %zu: %.*s", i, SLICE_ARGS(p.verdict.summary));
        play_close(&p);
        baseline_free(b);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_a_baseline_says_how_its_lines_read(void **state)
{
    struct complaint why = {""};

    (void)state;
    assert_null(baseline_of("play: x\nnonsense\n", &why));
    assert_non_null(strstr(why.text, "known.txt:2:"));
    baseline_free(NULL);
    assert_int_equal(mem_live(), 0);
}

/* MEM-04: whichever allocation fails, the answer is a verdict or "out of memory". */
static void test_MEM_04_judging_without_memory(void **state)
{
    static const char claims[] =
        "- order: up, down x7\n- count: {down: 7}\n- connections: 7\n"
        "- up: {has: {x: 1}, json: {a: 1}, query: {b: 1}}\n- same: body\n"
        "- gap: each down\n  grows: true\n  jitter: present\n- safe: [no-unsafe-repeat, "
        "credentials, refused-connect, unasked]\n- after: down\n  client: closes\n"
        "- storm: {requests: 5}\n";

    (void)state;
    for (uint64_t nth = 1; nth < 60; nth++) {
        struct play p;

        play_open(&p, RULES);
        assert_true(play_expect(&p, claims));
        for (int i = 0; i < 40; i++)
            play_happens(&p, "down 503 0-1 c1 POST /?b=%20\n> Cookie: a=b\n> Host: a\n"
                             "body {\"a\":2}\nup 200 2-3 c1 GET /\n");
        mem_fail(nth, false);
        (void)play_judge(&p, NULL);
        mem_fail(0, false);
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_and_summaries),
        cmocka_unit_test(test_what_was_seen),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_what_is_gone_makes_no_claim_true),
        cmocka_unit_test(test_baselines),
        cmocka_unit_test(test_a_baseline_says_how_its_lines_read),
        cmocka_unit_test(test_MEM_04_judging_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
