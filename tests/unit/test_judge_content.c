/* SPDX-License-Identifier: MIT */
/* What is in requests, and what they have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "play_say.h"

#define RULES "page gone call"

#define ONE                                                        \
    "page 200 0-1 c1 POST http://o.test/p/x?a=1&b=two%20words&c\n" \
    "> Accept: */*\n"                                              \
    "> accept: text/html\n"                                        \
    "> Cookie: sid=7; theme=dark\n"                                \
    "> Authorization: Basic YTpi\n"                                \
    "body {\"n\":1.50,\"s\":\"hi\",\"list\":[{\"id\":\"x\"}],\"no\":null}\n"

static void test_traits(void **state)
{
    static const struct play_row rows[] = {
        {"page: {has: accept}", ONE, FINDING_HOLDS, NULL},
        {"page: {has: [ACCEPT, cookie]}", ONE, FINDING_HOLDS, NULL},
        {"page: {has: x-id}", ONE, FINDING_FAILS, "x-id|page.1 has no x-id"},
        {"page: {has: {accept: text/html}}", ONE, FINDING_HOLDS, NULL},
        {"page: {has: {accept: \"/^image/\"}}", ONE, FINDING_FAILS,
         "page.1 has accept: \"*/*\""},
        {"page: {lacks: x-id}", ONE, FINDING_HOLDS, NULL},
        {"page: {lacks: accept}", ONE, FINDING_FAILS, "no accept|page.1 has accept"},
        {"page: {lacks: {accept: image/png}}", ONE, FINDING_HOLDS, NULL},
        {"page: {lacks: {accept: text/html}}", ONE, FINDING_FAILS, NULL},
        {"page: {has: {x-id: absent, accept: present}}", ONE, FINDING_HOLDS, NULL},
        {"page: {has: {x-id: {not: 5}}}", ONE, FINDING_HOLDS, NULL},
        {"page: {query: {a: 1, b: two words, c: present, d: absent}}", ONE, FINDING_HOLDS,
         NULL},
        {"page: {query: {a: 2}}", ONE, FINDING_FAILS, "page.1 has the parameter a: \"1\""},
        {"page: {query: {a: \"> 0\"}}", ONE, FINDING_HOLDS, NULL},
        {"page: {cookie: {sid: 7, theme: dark}}", ONE, FINDING_HOLDS, NULL},
        {"page: {cookie: {sid: 8}}", ONE, FINDING_FAILS, "the cookie sid: another value"},
        {"page: {json: {n: 1.5}}", ONE, FINDING_HOLDS, NULL},
        {"page: {json: {s: hi, list.0.id: x}}", ONE, FINDING_HOLDS, NULL},
        {"page: {json: {\"no\": \"null\"}}", ONE, FINDING_HOLDS, NULL},
        {"page: {json: {list.1.id: absent, s.t: absent}}", ONE, FINDING_HOLDS, NULL},
        {"page: {json: {list: present}}", ONE, FINDING_HOLDS, NULL},
        {"page: {json: {s: ho}}", ONE, FINDING_FAILS, "JSON s: \"hi\""},
        {"page: {body: \"/hi/\"}", ONE, FINDING_HOLDS, NULL},
        {"page: {method: POST, path: /p/x}", ONE, FINDING_HOLDS, NULL},
        {"page: {target: \"/p/x?a=1&b=two%20words&c\"}", ONE, FINDING_HOLDS, NULL},
        {"page: {target: \"http://o.test/*\"}", ONE, FINDING_HOLDS, NULL},
        {"page: {method: GET}", ONE, FINDING_FAILS, "page.1 has method: \"POST\""},
        {"gone: {has: accept}", ONE, FINDING_BLOCKED, "`gone` never came"},
        {"200: {has: accept}", ONE, FINDING_HOLDS, NULL},
        {"page: {form: {x: 1}}", "page 200 0-1 c1 POST /\nbody x=1&y=%20\n", FINDING_HOLDS,
         NULL},
        {"page: {form: {y: \" \"}}", "page 200 0-1 c1 POST /\nbody x=1&y=+\n",
         FINDING_HOLDS, NULL},
        {"page: {json: {x: 1}}", "page 200 0-1 c1 POST /\nbody no json\n", FINDING_FAILS,
         NULL},
        {"page: {body: present}", "page 200 0-1 c1 POST /\n", FINDING_FAILS,
         "page.1 has no body"},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

#define THREE                         \
    "page 200 0-1 c1 GET /\n> X: 1\n" \
    "page 200 2-3 c1 GET /\n"         \
    "page 200 4-5 c1 GET /\n> X: 3\n"

static void test_every_first_last_and_nth(void **state)
{
    static const struct play_row rows[] = {
        {"page: {has: x}", THREE, FINDING_FAILS, "page.2 has no x"},
        {"page: {has: x, of: every}", THREE, FINDING_FAILS, "page.2 has no x"},
        {"page: {has: {x: 1}, of: first}", THREE, FINDING_HOLDS, NULL},
        {"page: {has: {x: 3}, of: last}", THREE, FINDING_HOLDS, NULL},
        {"page.2: {lacks: x}", THREE, FINDING_HOLDS, NULL},
        {"page.4: {lacks: x}", THREE, FINDING_BLOCKED, "`page.4` never came"},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

/* Findings go into logs: they do not tell secrets. */
static void test_secrets_are_not_told(void **state)
{
    static const struct play_row row = {"page: {has: {authorization: \"/^Digest /\"}}", ONE,
                                        FINDING_FAILS,
                                        "authorization: \"Basic (redacted)\""};

    (void)state;
    play_rows(RULES, &row, 1);
}

static void test_what_is_gone_is_not_guessed(void **state)
{
    static const struct {
        const char *claim;
        enum finding_result result;
        const char *says;
    } rows[] = {
        {"page: {has: authorization}", FINDING_HOLDS, NULL},
        {"page: {lacks: authorization}", FINDING_FAILS, NULL},
        {"page: {has: {authorization: \"/^Digest /\"}}", FINDING_HOLDS, NULL},
        {"page: {has: {authorization: \"/abc/\"}}", FINDING_UNKNOWN, "taken out"},
        {"page: {cookie: {sid: 7}}", FINDING_UNKNOWN, "taken out"},
        {"page: {body: \"*end\"}", FINDING_UNKNOWN, "longer than what was kept"},
        {"page: {json: {a: 1}}", FINDING_UNKNOWN, "longer than what was kept"},
        {"same: [header authorization]\n  in: page", FINDING_UNKNOWN, "taken out"},
        {"credentials-stay: true", FINDING_UNKNOWN, "taken out"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;
        char yaml[256], said[512];

        snprintf(yaml, sizeof(yaml), "- %s\n", rows[i].claim);
        play_open(&p, RULES);
        assert_true(play_expect(&p, yaml));
        for (int j = 0; j < 2; j++)
            play_happens(&p, "page 200 0-1 c1 POST /\n"
                             "> Authorization: Digest (redacted)\n"
                             "> Cookie: (redacted)\n"
                             "> Host: a\n"
                             "body {\"a\":\n");
        for (struct record *r = p.records.first; r != NULL; r = r->next) {
            r->is_redacted = true;
            r->request_body = 1000000;
        }
        assert_true(play_judge(&p, NULL));
        snprintf(said, sizeof(said), "%.*s", SLICE_ARGS(p.verdict.findings[0].seen));
        if (p.verdict.findings[0].result != rows[i].result)
            fail_msg("%s: %d, %s", rows[i].claim, p.verdict.findings[0].result, said);
        if (rows[i].says != NULL)
            assert_non_null(strstr(said, rows[i].says));
        if (rows[i].result == FINDING_UNKNOWN)
            assert_int_equal(p.verdict.kind, VERDICT_FAILED);
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

/* A body of a million brackets, as far as it was kept, is no JSON that anybody reads. */
static void test_deep_json_is_not_descended_into(void **state)
{
    struct play p;
    static char deep[200000];

    (void)state;
    play_open(&p, RULES);
    assert_true(play_expect(&p, "- page: {json: {a: absent}}\n"));
    play_happens(&p, "page 200 0-1 c1 POST /\nbody x\n");
    memset(deep, '[', sizeof(deep));
    p.records.first->request_sample = (struct slice){deep, sizeof(deep)};
    p.records.first->request_body = sizeof(deep);
    assert_true(play_judge(&p, NULL));
    assert_int_equal(p.verdict.findings[0].result, FINDING_HOLDS);
    play_close(&p);
}

static void test_same(void **state)
{
    static const struct play_row rows[] = {
        {"same: [method, target, body]\n  in: [407, page]",
         "- 407 0-1 c1 POST /x\nbody abc\npage 200 2-3 c1 POST /x\nbody abc\n",
         FINDING_HOLDS, NULL},
        {"same: [method, target, body]\n  in: [407, page]",
         "- 407 0-1 c1 POST /x\nbody abc\npage 200 2-3 c1 POST /x\nbody abd\n",
         FINDING_FAILS, "body of 407.1: 3 octets"},
        {"same: method\n  in: [407, page]",
         "- 407 0-1 c1 POST /x\npage 200 2-3 c1 GET /x\n", FINDING_FAILS,
         "method of 407.1: \"POST\"|method of page.1: \"GET\""},
        {"same: target\n  in: [407, page]", "- 407 0-1 c1 GET /x\npage 200 2-3 c1 GET /y\n",
         FINDING_FAILS, "\"/y\""},
        /* each with what follows it, and no more */
        {"same: target\n  in: [407, page]",
         "- 407 0-1 c1 GET /x\npage 200 2-3 c1 GET /x\npage 200 4-5 c1 GET /y\n"
         "- 407 6-7 c1 GET /z\npage 200 8-9 c1 GET /z\n",
         FINDING_HOLDS, NULL},
        {"same: target\n  in: [407, page]", "page 200 0-1 c1 GET /x\n", FINDING_BLOCKED,
         "`407` never came"},
        {"same: target\n  in: [407, page]", "page 200 0-1 c1 GET /x\n- 407 2-3 c1 GET /x\n",
         FINDING_BLOCKED, "no page came after 407"},
        {"same: connection", "page 200 0-1 c1 GET /x\npage 200 2-3 c1 GET /y\n",
         FINDING_HOLDS, NULL},
        {"same: connection", "page 200 0-1 c1 GET /x\npage 200 2-3 c2 GET /y\n",
         FINDING_FAILS, "connection 2"},
        {"same: connection", "", FINDING_BLOCKED, NULL},
        {"same: header x-id\n  in: page",
         "page 200 0-1 c1 GET /\n> X-Id: 7\npage 200 2-3 c1 GET /\n> x-id: 7\n",
         FINDING_HOLDS, NULL},
        {"same: header x-id\n  in: page",
         "page 200 0-1 c1 GET /\n> X-Id: 7\npage 200 2-3 c1 GET /\n", FINDING_FAILS,
         "x-id of page.2: none"},
        /* a body that waited for a 100 that did not come is compared by its length */
        {"same: body\n  in: [407, page]",
         "- 407 0-1 c1 POST /\n> Content-Length: 3\npage 200 2-3 c1 POST /\n"
         "> Content-Length: 3\nbody abc\n",
         FINDING_HOLDS, NULL},
        {"same: body\n  in: [407, page]",
         "- 407 0-1 c1 POST /\n> Content-Length: 4\npage 200 2-3 c1 POST /\n"
         "> Content-Length: 3\nbody abc\n",
         FINDING_FAILS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_repeat(void **state)
{
    static const struct play_row rows[] = {
        {"repeat: gone\n  as: call.2",
         "call 200 0-1 c1 POST /a\nbody 1\ngone 440 2-3 c1 POST /a\nbody 2\n"
         "call 200 4-5 c1 POST /a\nbody 2\n",
         FINDING_HOLDS, NULL},
        {"repeat: gone\n  as: call.2",
         "call 200 0-1 c1 POST /a\ngone 440 2-3 c1 POST /a\nbody 2\n"
         "call 200 4-5 c1 POST /a\nbody 3\n",
         FINDING_FAILS, "body of call.2"},
        {"repeat: gone\n  as: call",
         "call 200 0-1 c1 GET /z\ngone 440 2-3 c1 GET /a\ncall 200 4-5 c1 GET /a\n",
         FINDING_HOLDS, NULL},
        {"repeat: gone\n  as: call.1", "call 200 0-1 c1 GET /a\ngone 440 2-3 c1 GET /a\n",
         FINDING_FAILS, "call.1 came before"},
        {"repeat: gone\n  as: call.4", "gone 440 2-3 c1 GET /a\n", FINDING_BLOCKED,
         "`call.4` never came"},
        {"repeat: gone\n  as: call.4", "call 200 2-3 c1 GET /a\n", FINDING_BLOCKED,
         "`gone` never came"},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traits),
        cmocka_unit_test(test_every_first_last_and_nth),
        cmocka_unit_test(test_secrets_are_not_told),
        cmocka_unit_test(test_what_is_gone_is_not_guessed),
        cmocka_unit_test(test_deep_json_is_not_descended_into),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
