/* SPDX-License-Identifier: MIT */
/* Expectations as they are written: what they say aloud, and what is complained of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "play_say.h"

#define RULES "down up login call gone stray page v1.2"

/* ---- each claim is a line that can be read aloud ---- */

static void test_claims_say_what_they_mean(void **state)
{
    static const struct {
        const char *yaml, *said;
    } rows[] = {
        {"order: down x2, up", "down, twice, then up"},
        {"order: 407, page x1..", "407, then page, once or more"},
        {"order: login, call x3, gone, login, call x1..",
         "login, then call, 3 times, then gone, then login, then call, once or more"},
        {"order: [down x..3, ..., up|stray x2..5]",
         "down, at most 3 times, then anything, then up or stray, 2 to 5 times"},
        {"order: any of (up|down) x0..1, 4xx x10",
         "up or down, at most once, then 4xx, 10 times"},
        {"count: 3", "3 requests come"},
        {"count: 1", "1 request comes"},
        {"count: at least 2", "at least 2 requests come"},
        {"count: {down: 2, up: 1.., any: <= 9}",
         "down comes twice, up comes once or more and a request comes at most 9 times"},
        {"never: stray", "stray never comes"},
        {"never: [stray, 5xx]", "stray or 5xx never comes"},
        {"connections: 1", "the client uses 1 connection"},
        {"connections: \"<= 2\"", "the client uses at most 2 connections"},
        {"407: {lacks: proxy-authorization}", "every 407 lacks proxy-authorization"},
        {"page.2: {has: [accept, host], of: last}", "page.2 has accept and has host"},
        {"page: {has: accept, lacks: cookie, method: absent, of: first}",
         "the first page has accept, lacks cookie and lacks a method"},
        {"any: {query: {a: present, b: absent}}",
         "every request has the parameter a and lacks the parameter b"},
        {"same: [method, target, body, header x-id]\n  in: [407, page]",
         "407 and page have the same method, target, body and x-id"},
        {"same: connection", "all requests have the same connection"},
        {"same: [target]\n  in: down", "all of down have the same target"},
        {"repeat: gone\n  as: call.4", "gone comes again, whole, as call.4"},
        {"gap: down.1 -> down.2\n  is: 0.5s..5s",
         "the client waits 0.5 s to 5 s between down.1 and down.2"},
        {"gap: down.1->up\n  is: [at least 3ms, at most 2m]",
         "the client waits at least 3 ms and at most 2 min between down.1 and up"},
        {"gap: down -> up\n  is: about 1s",
         "the client waits about 1 s between down and up"},
        {"gap: each down\n  is: at least 1.5 x previous",
         "the client waits at least 1.5 times as long as before between one down and the "
         "next"},
        {"gap: down -> up\n  is: at least retry-after",
         "the client waits at least as long as Retry-After says between down and up"},
        {"gap: each 503\n  is: retry-after\n  grows: true",
         "the client waits at least as long as Retry-After says, longer each time between "
         "one "
         "503 and the next"},
        {"gap: each down\n  grows: 1.5\n  jitter: tolerated",
         "the client waits at least 1.5 times as long each time, give or take half between "
         "one down and the next"},
        {"gap: each down\n  jitter: present",
         "the client waits irregularly between one down and the next"},
        {"within: 5s\n  from: gone\n  to: login", "login comes within 5 s of gone"},
        {"storm: {requests: 20, in: 500ms}",
         "at most 20 requests in 0.5 s without an answer below 400"},
        {"storm: off", "as many requests as the client likes"},
        {"after: 503\n  client: sends up\n  within: 1s",
         "after 503, the client sends up within 1 s"},
        {"after: iis/440\n  client: does not send call",
         "after iis/440, the client does not send call"},
        {"after: fault cut\n  client: new-connection",
         "after fault cut, the client opens a new connection"},
        {"after: down\n  client: sends-nothing\n  within: 90ms",
         "after down, the client sends nothing more for 90 ms"},
        {"after: down\n  client: closes", "after down, the client closes the connection"},
        {"after: down\n  client: reuses-connection",
         "after down, the client uses the same connection again"},
        {"safe: no-unsafe-repeat",
         "no request that changes something is repeated on suspicion"},
        {"refused-connect-is-final: true", "a refused CONNECT is final"},
        {"origin-never-sees: proxy-authorization",
         "the origin never sees proxy-authorization"},
        {"never-acts-on: [tok-1, tok-2]", "the client never acts on tok-1 or tok-2"},
        {"exit: 0", "the command exits with 0"},
        {"exit: not 0", "the command exits with anything but 0"},
        {"exit: [3, 5..9]", "the command exits with 3 or 5 to 9"},
        {"ends-within: 10s", "the command ends within 10 s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;
        char yaml[512], said[512];

        snprintf(yaml, sizeof(yaml), "- %s\n", rows[i].yaml);
        play_open(&p, RULES);
        if (!play_expect(&p, yaml))
            fail_msg("%s: %s", yaml, play_complaint(&p));
        snprintf(said, sizeof(said), "%.*s", SLICE_ARGS(p.claims[0].text));
        assert_string_equal(said, rows[i].said);
        assert_int_equal(p.claims[0].level, CLAIM_MUST);
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_patterns_are_said_as_they_are_written(void **state)
{
    struct play p;

    (void)state;
    play_open(&p, RULES);
    assert_true(play_expect(&p, "- page: {has: {proxy-authorization: \"/^Digest /\"}}\n"
                                "- output: \"*done*\"\n"));
    assert_non_null(memmem(p.claims[0].text.at, p.claims[0].text.len, "^Digest ", 8));
    assert_non_null(memmem(p.claims[1].text.at, p.claims[1].text.len, "done", 4));
    play_close(&p);
    assert_int_equal(mem_live(), 0);
}

static void test_level_spec_and_reason(void **state)
{
    struct play p;

    (void)state;
    play_open(&p, RULES);
    assert_true(play_expect(&p, "- never: stray\n"
                                "  level: should\n"
                                "  spec: RFC 9110 §15.5.8\n"
                                "  because: the origin is not ours\n"
                                "- {exit: 0, level: may}\n"));
    assert_int_equal(p.claims[0].level, CLAIM_SHOULD);
    assert_true(slice_is(p.claims[0].spec, SLICE("RFC 9110 §15.5.8")));
    assert_true(slice_is(p.claims[0].because, SLICE("the origin is not ours")));
    assert_int_equal(p.claims[1].level, CLAIM_MAY);
    play_close(&p);
}

/* ---- what cannot be meant ---- */

static void test_complaints(void **state)
{
    static const struct {
        const char *yaml, *said;
    } rows[] = {
        {"{}", "nothing is expected here"},
        {"{level: must}", "nothing is expected here"},
        {"order", "expectation must be"},
        {"oredr: down", "did you mean \"order\"?"},
        {"zzz: 5", "a claim about requests is NAME: {has"},
        {"order: downn", "did you mean \"down\"?"},
        {"order: wholly-else", "no rule is called \"wholly-else\""},
        {"order: down x0", "never: says it better"},
        {"order: down x3..2", "should be a number of times"},
        {"order: down xx, up", "no rule is called \"down xx\""},
        {"order: {a: b}", "order must be steps"},
        {"order: down,,up", "here should stand the name of a rule"},
        {"order: 42", "no status"},
        {"order: down.0", "counted from 1"},
        {"order: nginx/499", "sends no status"},
        {"count: x", "a number or a range"},
        {"count: 3..1", "a number or a range"},
        {"count: [1]", "count must be a number or a map"},
        {"count: {donw: 1}", "did you mean \"down\"?"},
        {"never: {a: b}", "must be names"},
        {"never: []", "empty"},
        {"order: up\n  count: 3", "order and count are two expectations"},
        {"page: {has: a}\n  407: {has: b}", "page and 407 are two expectations"},
        {"exit: 0\n  page: {has: b}", "exit and page are two expectations"},
        {"order: up\n  is: 5s", "is"},
        {"is: 5s", "is goes with gap, and here is none"},
        {"page: {}", "what the request has or lacks"},
        {"page: {hsa: b}", "did you mean \"has\"?"},
        {"page: {has: a, of: evry}", "did you mean \"every\"?"},
        {"same: [methd]", "did you mean \"method\"?"},
        {"same: []", "empty"},
        {"repeat: gone", "needs as"},
        {"gap: down", "FROM -> TO"},
        {"gap: down -> up", "needs is"},
        {"gap: down -> up\n  grows: true", "needs gap: each"},
        {"gap: down -> up\n  is: 5s", "a range such as"},
        {"gap: down -> up\n  is: 5s..1s", "a range such as"},
        {"gap: down -> up\n  is: 1s..2 x previous", "a range such as"},
        {"gap: down -> up\n  is: at least 2 x previous", "no previous"},
        {"gap: each down\n  grows: 0.5", "a factor such as 1.5"},
        {"gap: each down\n  is: 1s..2s\n  jitter: some", "present or tolerated"},
        {"within: 5s", "needs from"},
        {"within: 5\n  from: down\n  to: up", "a duration"},
        {"storm: on", "storm takes off"},
        {"storm: {requests: 0}", "from 1 to"},
        {"storm: {in: 0s}", "no time at all"},
        {"after: down", "needs client"},
        {"after: down\n  client: dances", "client takes"},
        {"client: closes", "client goes with after"},
        {"safe: [no-unsafe-repaet]", "did you mean \"no-unsafe-repeat\"?"},
        {"no-unsafe-repeat: false", "takes true"},
        {"never-acts-on: \"\"", "an empty word"},
        {"exit: never", "a number or a range"},
        {"ends-within: soon", "a duration"},
        {"exit: 0\n  level: mst", "did you mean \"must\"?"},
        {"order: down x2, up\n- never: down", "in the order expected, down comes twice"},
        {"order: down x2, up\n- count: {down: 3}",
         "in the order expected, down comes twice"},
        {"order: down x2, up\n- gap: down.1 -> down.3\n  is: 1s..2s",
         "in the order expected, down comes twice"},
        {"order: down x2, up\n- never: any", "in the order expected, any comes 3 times"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;
        char yaml[512];

        snprintf(yaml, sizeof(yaml), "- %s\n", rows[i].yaml);
        play_open(&p, RULES);
        if (play_expect(&p, yaml))
            fail_msg("taken: %s", yaml);
        if (strstr(play_complaint(&p), rows[i].said) == NULL)
            fail_msg("%s: %s", yaml, play_complaint(&p));
        assert_true(p.why.first->line > 0);
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_what_the_order_leaves_room_for_is_fine(void **state)
{
    static const char *const rows[] = {
        "order: down x2.., up\n- count: {down: 7}",
        "order: down x0..1, up\n- never: down",
        "order: down x2, ...\n- gap: down.1 -> down.9\n  is: 1s..2s",
        "order: 4xx x3\n- count: {down: 3}",
        "order: down x2, up\n- never: down.3",
        "order: v1.2\n- never: stray",
        "order: otherwise, unmatched",
        "order: down x2, up\n  level: should\n- never: down",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;
        char yaml[512];

        snprintf(yaml, sizeof(yaml), "- %s\n", rows[i]);
        play_open(&p, RULES);
        if (!play_expect(&p, yaml))
            fail_msg("%s: %s", yaml, play_complaint(&p));
        play_close(&p);
    }
}

/* The examples of the design, word for word. */
static void test_the_examples_load(void **state)
{
    static const char *const rows[] = {
        "- order: down x2, up\n"
        "- gap: down.1 -> down.2\n"
        "  is: 0.5s..5s\n"
        "- gap: down.2 -> up\n"
        "  is: at least 1.5 x previous\n",
        "- order: 407, page x1..\n"
        "- 407: {lacks: proxy-authorization}              # nothing before it is asked "
        "for\n"
        "- page: {has: {proxy-authorization: \"/^Digest /\"}}\n"
        "- same: [method, target, body]\n"
        "  in: [407, page]\n"
        "- origin-never-sees: proxy-authorization\n",
        "- order: login, call x3, gone, login, call x1..\n"
        "- within: 5s\n"
        "  from: gone\n"
        "  to: login\n"
        "- repeat: gone\n"
        "  as: call.4\n"
        "- never: stray\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct play p;

        play_open(&p, RULES);
        if (!play_expect(&p, rows[i]))
            fail_msg("%s: %s", rows[i], play_complaint(&p));
        play_close(&p);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_words_for_times(void **state)
{
    static const struct {
        uint64_t us;
        const char *said;
    } spans[] = {
        {0, "0 ms"},         {400, "0.4 ms"},      {3000, "3 ms"},
        {99999, "100 ms"},   {100000, "0.1 s"},    {1234567, "1.235 s"},
        {60000000, "60 s"},  {120000000, "2 min"}, {90000000, "90 s"},
        {7200000000, "2 h"}, {121000000, "121 s"},
    };
    char out[SPAN_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(spans); i++) {
        span_print(spans[i].us, out);
        assert_string_equal(out, spans[i].said);
    }
    assert_true(span_print(UINT64_MAX, out) < SPAN_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims_say_what_they_mean),
        cmocka_unit_test(test_patterns_are_said_as_they_are_written),
        cmocka_unit_test(test_level_spec_and_reason),
        cmocka_unit_test(test_complaints),
        cmocka_unit_test(test_what_the_order_leaves_room_for_is_fine),
        cmocka_unit_test(test_the_examples_load),
        cmocka_unit_test(test_words_for_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
