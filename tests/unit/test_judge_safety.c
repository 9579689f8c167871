/* SPDX-License-Identifier: MIT */
/* Reactions, what the client had better not do, and storms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "play_say.h"

#define RULES "pay down up"

static void test_reactions(void **state)
{
    static const struct play_row rows[] = {
        {"after: down\n  client: sends up", "down 503 0-1 c1 GET /\nup 200 5-6 c1 GET /\n",
         FINDING_HOLDS, NULL},
        {"after: down\n  client: sends up", "down 503 0-1 c1 GET /\n", FINDING_FAILS,
         "up|none after down.1"},
        {"after: down\n  client: sends up\n  within: 1s",
         "down 503 0-1 c1 GET /\nup 200 2001-2002 c1 GET /\n", FINDING_FAILS,
         "up within 1 s|up.1, 2 s after down.1"},
        {"after: 503\n  client: does not send up",
         "down 503 0-1 c1 GET /\nup 200 5-6 c1 GET /\n", FINDING_FAILS,
         "no up|up.1, 4 ms after down.1"},
        {"after: 503\n  client: does not send up\n  within: 3ms",
         "down 503 0-1 c1 GET /\nup 200 5-6 c1 GET /\n", FINDING_HOLDS, NULL},
        {"after: 503\n  client: sends-nothing", "down 503 0-1 c1 GET /\n", FINDING_HOLDS,
         NULL},
        {"after: 503\n  client: sends-nothing",
         "down 503 0-1 c1 GET /\n- 404 5-6 c2 GET /\n", FINDING_FAILS, "nothing|404.1"},
        {"after: 503\n  client: sends-nothing", "up 200 0-1 c1 GET /\n", FINDING_BLOCKED,
         "`503` never came"},
        {"after: fault cut\n  client: new-connection",
         "down 200 0-1 c1 GET /\nfault drip cut\nup 200 5-6 c2 GET /\n", FINDING_HOLDS,
         NULL},
        {"after: fault cut\n  client: new-connection",
         "down 200 0-1 c1 GET /\nfault cut\nup 200 5-6 c1 GET /\n", FINDING_FAILS,
         "another connection|up.1, 4 ms after down.1, on connection 1 after 1"},
        {"after: down\n  client: reuses-connection",
         "down 503 0-1 c1 GET /\nup 200 5-6 c1 GET /\n", FINDING_HOLDS, NULL},
        {"after: down\n  client: reuses-connection",
         "down 503 0-1 c1 GET /\nup 200 5-6 c2 GET /\n", FINDING_FAILS,
         "the same connection|"},
        {"after: down\n  client: reuses-connection", "down 503 0-1 c1 GET /\n",
         FINDING_BLOCKED, "nothing came after down.1"},
        {"after: down\n  client: closes", "down 503 0-1 c1 GET /\nend client-closed 5 c1\n",
         FINDING_HOLDS, NULL},
        {"after: down\n  client: closes\n  within: 1s",
         "down 503 0-1 c1 GET /\nend client-closed 5001 c1\n", FINDING_FAILS,
         "closed within 1 s|closed 5 s after down.1"},
        {"after: down\n  client: closes", "down 503 0-1 c1 GET /\nend shutting-down 5 c1\n",
         FINDING_FAILS, "it stayed open after down.1"},
        {"after: down\n  client: closes", "down 503 0-1 c1 GET /\n", FINDING_FAILS,
         "it stayed open"},
        {"after: down\n  client: closes",
         "down 503 0-1 c1 GET /\nup 200 5-6 c1 GET /\nend client-closed 9 c1\n",
         FINDING_FAILS, "it was used again after down.1"},
        {"after: down\n  client: closes",
         "down 503 0-1 c1 GET /\nend closed-by-plan 5 c1\n", FINDING_BLOCKED,
         "the scenario closed the connection"},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

#define PAY(status, at, more) "pay " #status " " #at "-" #at " c1 POST /pay\nbody 10\n" more

static void test_unsafe_requests_are_not_repeated(void **state)
{
    static const struct play_row rows[] = {
        {"safe: no-unsafe-repeat", PAY(500, 0, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(500, 0, "") PAY(200, 3, ""), FINDING_FAILS,
         "pay.1 came again as pay.2, 3 ms after 500"},
        {"safe: no-unsafe-repeat", PAY(0, 0, "ending reset-by-plan\n") PAY(200, 3, ""),
         FINDING_FAILS, "3 ms after no answer"},
        {"safe: no-unsafe-repeat", PAY(401, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(407, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(408, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(421, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(425, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(429, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(503, 0, "") PAY(200, 3, ""), FINDING_FAILS, "503"},
        {"safe: no-unsafe-repeat", PAY(503, 0, "< Retry-After: 1\n") PAY(200, 3, ""),
         FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(504, 0, "") PAY(200, 3, ""), FINDING_FAILS, "504"},
        /* answered whole, the same again is a new request; cut, it is not */
        {"safe: no-unsafe-repeat", PAY(200, 0, "") PAY(200, 3, ""), FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat", PAY(200, 0, "fault cut\n") PAY(200, 3, ""),
         FINDING_FAILS, NULL},
        {"safe: no-unsafe-repeat", PAY(200, 0, "< Content-Length: 5\n") PAY(200, 3, ""),
         FINDING_FAILS, NULL},
        {"safe: no-unsafe-repeat",
         PAY(500, 0, "") "pay 200 3-4 c1 POST /pay\nbody 11\n"
                         "pay 200 3-4 c1 POST /other\nbody 10\n"
                         "pay 200 3-4 c1 PUT /pay\nbody 10\n",
         FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat",
         "down 500 0-1 c1 GET /\ndown 500 2-3 c1 GET /\ndown 500 0-1 c1 PUT /\n"
         "down 500 2-3 c1 PUT /\n",
         FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat",
         "pay 500 0-1 c1 PATCH /\ndown 500 2-3 c1 GET /\nup 500 4-5 c1 PATCH /\n",
         FINDING_FAILS, "pay.1 came again as up.1"},
        {"safe: no-unsafe-repeat",
         PAY(500, 0, "> Idempotency-Key: 7\n") PAY(200, 3, "> Idempotency-Key: 7\n"),
         FINDING_HOLDS, NULL},
        {"safe: no-unsafe-repeat",
         PAY(500, 0, "> Idempotency-Key: 7\n") PAY(200, 3, "> Idempotency-Key: 8\n"),
         FINDING_FAILS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

#define AT_A "up 200 0-1 c1 GET http://a.test/\n"
#define AT_B "up 200 2-3 c1 GET http://b.test/\n"

static void test_credentials_stay(void **state)
{
    static const struct play_row rows[] = {
        {"safe: credentials",
         AT_A "> Authorization: Basic x\n" AT_A "> Authorization: Basic x\n", FINDING_HOLDS,
         NULL},
        {"safe: credentials",
         AT_A "> Authorization: Basic x\n" AT_B "> Authorization: Basic y\n", FINDING_HOLDS,
         NULL},
        {"safe: credentials",
         AT_A "> Authorization: Basic x\n" AT_B "> Authorization: Basic x\n", FINDING_FAILS,
         "Authorization stays with \"a.test\":80|up.2 takes it to \"b.test\":80"},
        {"credentials-stay: true", AT_A "> Cookie: a=1; b=2\n" AT_B "> Cookie: c=3; b=2\n",
         FINDING_FAILS, "a cookie stays"},
        /* one host, two ports: cookies may, Authorization may not */
        {"safe: credentials",
         AT_A "> Cookie: a=1\nup 200 2-3 c1 GET http://A.test:81/\n> Cookie: a=1\n",
         FINDING_HOLDS, NULL},
        {"safe: credentials",
         AT_A
         "> Authorization: x\nup 200 2-3 c1 GET http://a.test:81/\n> Authorization: x\n",
         FINDING_FAILS, ":81"},
        {"safe: credentials",
         "up 200 0-1 c1 GET /\n> Host: a.test\n> Authorization: x\n" AT_A
         "> Authorization: x\n",
         FINDING_HOLDS, NULL},
        {"safe: credentials",
         "up 200 0-1 c1 GET /\n> Host: a.test\ninside a.test:443\n> Authorization: x\n"
         "up 200 0-1 c2 GET /\n> Host: a.test\ninside b.test:443\n> Authorization: x\n",
         FINDING_FAILS, "\"b.test\":443"},
        {"safe: credentials", "up 200 0-1 c1 GET /\n> Authorization: x\n", FINDING_HOLDS,
         NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_a_refused_connect_is_final(void **state)
{
    static const struct play_row rows[] = {
        {"safe: refused-connect", "down 403 0-1 c1 CONNECT a:443\nend client-closed 3 c1\n",
         FINDING_HOLDS, NULL},
        {"safe: refused-connect",
         "down 407 0-1 c1 CONNECT a:443\nup 200 0-1 c1 CONNECT a:443\n", FINDING_HOLDS,
         NULL},
        {"safe: refused-connect",
         "down 403 0-1 c1 CONNECT a:443\nmute tls-on-plain-port 2-3 c1\n", FINDING_FAILS,
         "after CONNECT was refused with 403 (tls-on-plain-port)"},
        {"safe: refused-connect",
         "down 403 0-1 c1 CONNECT a:443\nmute tls-on-plain-port 2-3 c2\n", FINDING_HOLDS,
         NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_an_answer_too_many(void **state)
{
    static const struct play_row rows[] = {
        {"safe: unasked", "down 200 0-1 c1 GET /\nfault two-answers\nup 200 2-3 c2 GET /\n",
         FINDING_HOLDS, NULL},
        {"safe: unasked", "down 200 0-1 c1 GET /\nfault two-answers\nup 200 2-3 c1 GET /\n",
         FINDING_FAILS, "nothing more on that connection|a request on connection 1"},
        {"nothing-unasked: true",
         "down 200 0-1 c1 GET /\nintent garbage 30-40 garbage: after\nup 200 2-3 c1 GET "
         "/\n",
         FINDING_FAILS, NULL},
        {"nothing-unasked: true",
         "down 200 0-1 c1 GET /\nintent garbage 0-10 garbage\nup 200 2-3 c1 GET /\n",
         FINDING_HOLDS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_what_the_origin_sees(void **state)
{
    static const struct play_row rows[] = {
        {"origin-never-sees: proxy-authorization",
         AT_A "> Proxy-Authorization: x\n^ Via: 1.1 naysay\n", FINDING_HOLDS, NULL},
        {"origin-never-sees: proxy-authorization",
         AT_A "> Proxy-Authorization: x\n^ Proxy-Authorization: x\n", FINDING_FAILS,
         "no proxy-authorization|up.1 was relayed with it"},
        {"origin-never-sees: proxy-authorization",
         "up 200 0-1 c1 GET /\n> Proxy-Authorization: x\n", FINDING_FAILS,
         "up.1 went to the origin with it"},
        {"origin-never-sees: proxy-authorization",
         "up 200 0-1 c1 GET http://a/\ninside a:443\n> Proxy-Authorization: x\n",
         FINDING_FAILS, NULL},
        {"never-acts-on: [zzz, tok-1]", "up 200 0-1 c1 GET /next?t=tok-1\n", FINDING_FAILS,
         "tok-1 in no request|the head of up.1 has it"},
        {"never-acts-on: tok-1",
         "up 200 0-1 c1 GET /\nup 200 0-1 c1 POST /\nbody a=tok-1\n", FINDING_FAILS,
         "the body of up.2 has it"},
        {"never-acts-on: tok-1", "up 200 0-1 c1 GET /tok-2\n", FINDING_HOLDS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_all_guards_of_a_claim_are_held(void **state)
{
    static const struct play_row row = {
        "safe: [no-unsafe-repeat, credentials, refused-connect, unasked]",
        "down 403 0-1 c1 CONNECT a:443\nmute tls-on-plain-port 2-3 c1\n", FINDING_FAILS,
        "CONNECT was refused"};

    (void)state;
    play_rows(RULES, &row, 1);
}

/* ---- storms ---- */

/* So many requests, so many microseconds apart; the nth is answered with 200. */
static void happen_often(struct play *p, unsigned n, unsigned apart, unsigned good)
{
    char line[80];

    for (unsigned i = 0; i < n; i++) {
        snprintf(line, sizeof(line), "down %d %.3f-%.3f c1 GET /\n", i == good ? 200 : 503,
                 i * apart / 1000.0, i * apart / 1000.0);
        play_happens(p, line);
    }
}

static void test_storms(void **state)
{
    static const struct {
        const char *claims;
        unsigned n, apart, good;
        enum verdict_kind kind;
    } rows[] = {
        {"- count: {any: 1..}", 50, 1000, 99, VERDICT_GOOD},
        {"- count: {any: 1..}", 51, 1000, 99, VERDICT_STORM},
        {"- count: {any: 1..}", 51, 20001, 99, VERDICT_GOOD},
        {"- count: {any: 1..}", 51, 20000, 99, VERDICT_STORM},
        {"- count: {any: 1..}", 80, 1000, 40, VERDICT_GOOD},
        {"- storm: off", 500, 10, 999, VERDICT_GOOD},
        {"- storm: {requests: 3}", 4, 10, 9, VERDICT_STORM},
        {"- storm: {requests: 3, in: 1ms}", 9, 500, 99, VERDICT_GOOD},
        {"- {storm: {requests: 3}, level: should}", 4, 10, 9, VERDICT_GOOD},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;

        play_open(&p, RULES);
        assert_true(play_expect(&p, rows[i].claims));
        happen_often(&p, rows[i].n, rows[i].apart, rows[i].good);
        assert_true(play_judge(&p, NULL));
        if (p.verdict.kind != rows[i].kind)
            fail_msg("row %zu: %s", i, verdict_word(p.verdict.kind));
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

/* While it plays: the record that makes it one is the one that says so. */
static void test_a_storm_is_seen_when_it_comes(void **state)
{
    struct storm_watch w;
    struct record r = {.exchange = 1, .status = 503};

    (void)state;
    assert_true(storm_init(&w, (struct storm){3, 1000}));
    for (unsigned i = 0; i < 3; i++)
        assert_false(storm_see(&w, &r));
    assert_true(storm_see(&w, &r));
    r.exchange = 0;
    assert_false(storm_see(&w, &r));
    storm_clear(&w);
    assert_true(storm_init(&w, (struct storm){0}));
    r.exchange = 1;
    assert_false(storm_see(&w, &r));
    storm_clear(&w);
    mem_fail(1, false);
    assert_false(storm_init(&w, STORM_DEFAULT));
    mem_fail(0, false);
    storm_clear(&w);
    assert_int_equal(mem_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reactions),
        cmocka_unit_test(test_unsafe_requests_are_not_repeated),
        cmocka_unit_test(test_credentials_stay),
        cmocka_unit_test(test_a_refused_connect_is_final),
        cmocka_unit_test(test_an_answer_too_many),
        cmocka_unit_test(test_what_the_origin_sees),
        cmocka_unit_test(test_all_guards_of_a_claim_are_held),
        cmocka_unit_test(test_storms),
        cmocka_unit_test(test_a_storm_is_seen_when_it_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
