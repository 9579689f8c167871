/* SPDX-License-Identifier: MIT */
/* Rules and their conditions, as they are written. */
#include "scenario_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* "method GET; path /a": the conditions of the only rule. */
static const char *conditions_of(const struct scenario *s)
{
    static char text[4096];
    size_t n = 0;

    text[0] = '\0';
    assert_int_equal(s->n_rules, 1);
    for (const struct condition *c = s->rules[0].conditions; c != NULL; c = c->next) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", n == 0 ? "" : "; ");
        n += condition_print(c, text + n, sizeof(text) - n);
        assert_true(n < sizeof(text));
    }
    return text;
}

static void judge_match(const char *match, const char *want)
{
    struct scenario_said s = {0};
    char rules[2048];

    snprintf(rules, sizeof(rules), "rules:\n  - {match: %s, do: 200}\n", match);
    const char *made = conditions_of(scenario_of_rules(&s, rules));
    if (strcmp(made, want) != 0)
        fail_msg("%s\n  made  %s\n  not   %s", match, made, want);
    scenario_said_clear(&s);
    assert_int_equal(mem_live(), 0);
}

// clang-format off
static const struct {
    const char *match, *conditions;
} forms[] = {
    {"GET /pay", "method GET; path /pay"},
    {"GET|POST /pay", "method GET or POST; path /pay"},
    {"' GET   /pay '", "method GET; path /pay"},
    {"any **", ""},
    {"any", ""},
    {"'*'", ""},
    {"'**'", ""},
    {"GET", "method GET"},
    {"BREW", "method BREW"},
    {"/pay", "path /pay"},
    {"any /api/**", "path /api/**"},
    {"'any /items/{id}'", "path /items/{id}"},
    {"CONNECT *:443", "method CONNECT; host *:443"},
    {"api.test", "host api.test"},
    {"API.Test", "host api.test"},
    {"'api.test:8080'", "host api.test:8080"},
    {"'api.test:*'", "host api.test"},
    {"'[::1]:80'", "host ::1:80"},
    {"GET http://api.test/v1/**", "method GET; path /v1/**; host http://api.test"},
    {"http://api.test:81", "host http://api.test:81"},
    {"http://api.test:*/", "path /; host http://api.test:0"},
    {"'*://api.test/'", "path /; host api.test"},
    {"{method: [PUT, POST], path: /x}", "method PUT or POST; path /x"},
    {"{path: /x, method: any}", "path /x"},
    {"{host: '*.test'}", "host *.test"},
    {"{url: 'http://a.test/b'}", "path /b; host http://a.test"},
    {"{header: {accept: text/html, x: absent}}", "header accept equal to \"text/html\"; header x absent"},
    {"{query: {q: 'a*'}, cookie: {sid: present}}", "query q like a*; cookie sid present"},
    {"{form: {a: b}, json: {items.0.id: '> 5'}, body: '/x/'}",
     "form a equal to \"b\"; json items.0.id more than 5; body matching /x/"},
    {"{version: '1.0', client: 127.0.0.1, user: ada}", "version equal to \"1.0\"; client equal to \"127.0.0.1\"; user equal to \"ada\""},
    {"{connection: new}", "a new connection"},
    {"{connection: reused, on-connection: 2..}", "a reused connection; request on its connection 2.."},
    {"{request: ..10, since: 0.5s..5s}", "request of the run 0..10; time since the run began 0.5s..5s"},
    {"{request: not 3}", "request of the run not 3"},
    {"{request: at least 3}", "request of the run 3.."},
    {"{chance: 5%, nth: 2, path: /x}", "path /x; nth time 2; a chance of 0.05"},
    {"{not: {method: GET}}", "not (method GET)"},
    {"{any: [GET /a, {path: /b}]}", "any of (all of (method GET and path /a) or all of (path /b))"},
    {"{all: [{path: /b}, {not: POST}]}", "all of (path /b); all of (not (method POST))"},
};
// clang-format on

static void test_matches_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++)
        judge_match(forms[i].match, forms[i].conditions);
}

// clang-format off
static const struct {
    const char *rule, *remarks;
} wrongs[] = {
    {"{match: get /x, do: 200}", "3:13 methods are written in capitals: GET"},
    {"{match: GET|any /x, do: 200}", NULL},
    {"{match: 'GET,POST /x', do: 200}", "3:13 methods are parted by |: GET|POST"},
    {"{match: {method: [any, GET]}, do: 200}", "3:22 `any` stands alone: it is every method"},
    {"{match: {path: x}, do: 200}", "3:20 a path begins with \"/\", or is ** for any: \"x\""},
    {"{match: GET /x?a=b, do: 200}", "3:13 a path has no query: say query: {name: value} beside it"},
    {"{match: GET /a /b, do: 200}",
     "3:13 a match is METHOD PATTERN, such as \"GET /pay\" or \"any **\"; for more, use a map"},
    {"{match: 'a.test:99999', do: 200}", "3:13 \"99999\" is no port"},
    {"{match: 'a.test:0', do: 200}", "3:13 \"0\" is no port"},
    {"{match: 'http:///x', do: 200}", "3:13 a host is missing; say * for any"},
    {"{match: {header: {'x y': a}}, do: 200}", "3:23 \"x y\" is no field name (RFC 9110 §5.1)"},
    {"{match: {header: x}, do: 200}", "3:22 header must be a map from names to values, not a word"},
    {"{match: {nth: 5..3}, do: 200}", "3:19 nth must be a number or a range, such as 3, 2.. or 1..5, not \"5..3\""},
    {"{match: {nth: ..}, do: 200}", "3:19 nth must be a number or a range, such as 3, 2.. or 1..5, not \"..\""},
    {"{match: {since: 5}, do: 200}", "3:21 since must be a number or a range, such as 0.5s..5s, 2s.. or ..10s, not \"5\""},
    {"{match: {not: {nth: 2}}, do: 200}", "3:19 nth and chance count whole rules: they cannot stand within not, any or all"},
    {"{match: {any: []}, do: 200}", NULL},
    {"{match: {paht: /x}, do: 200}", "3:14 unknown key \"paht\"; did you mean \"path\"?"},
    {"{do: 200}", "3:5 a rule needs match: which requests? (\"any **\" is all of them)"},
    {"{match: any **}", "3:5 a rule needs do: what shall it say?"},
    {"{match: any **, do: []}", "3:25 there is nothing to do here"},
    {"{match: any **, do: 200, choose: [200, 500]}", NULL},
    {"{match: any **, choose: [200]}", "3:29 choose must be a list of two or more answers, not a list"},
    {"{name: 3x, match: any **, do: 200}",
     "3:12 a rule's name is made of letters, digits, - and _, and begins with a letter: expectations speak of it"},
    {"{match: any **, on: any **, do: 200}", NULL},
    {"{match: any **, do: 200, times: 0}", NULL},
};
// clang-format on

static void test_wrong_rules_are_complained_of(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        struct scenario_said s = {0};
        char text[2048];

        snprintf(text, sizeof(text), "scenario: t\nrules:\n  - %s\n", wrongs[i].rule);
        if (scenario_say(&s, text))
            fail_msg("%s: nothing was wrong", wrongs[i].rule);
        const char *made = scenario_remarks(&s);
        if (wrongs[i].remarks != NULL && strcmp(made, wrongs[i].remarks) != 0)
            fail_msg("%s\n  made  %s\n  not   %s", wrongs[i].rule, made, wrongs[i].remarks);
        assert_true(strchr(made, '|') == NULL || wrongs[i].remarks == NULL ||
                    strchr(wrongs[i].remarks, '|') != NULL);
        scenario_said_clear(&s);
        assert_int_equal(mem_live(), 0);
    }
}

/* What a file can make a match cost is bounded. */
static void test_conditions_are_not_endless(void **state)
{
    struct scenario_said s = {0};
    char *text = mem_alloc(64 << 10);
    size_t n = 0;

    (void)state;
    n += (size_t)sprintf(text,
                         "scenario: t\nrules:\n  - do: 200\n    match:\n      header:\n");
    for (int i = 0; i < 257; i++)
        n += (size_t)sprintf(text + n, "        x%d: a\n", i);
    assert_false(scenario_say(&s, text));
    assert_non_null(strstr(scenario_remarks(&s), "more than 256 conditions"));
    scenario_said_clear(&s);
    mem_free(text);
    assert_int_equal(mem_live(), 0);
}

static void test_rules_have_names_and_turns(void **state)
{
    struct scenario_said s = {0};
    const struct scenario *sc = scenario_of_rules(
        &s, "rules:\n"
            "  - {match: GET /a, do: [200, 500], then: fall-through}\n"
            "  - {name: b, on: GET /b, do: [200, 500], then: cycle, times: 7, about: why}\n"
            "  - {match: GET /c, when: {header: {x: y}}, choose: [{status: 200, weight: "
            "3}, 500]}\n");

    (void)state;
    assert_true(slice_is(sc->rules[0].name, SLICE("rule-1")));
    assert_int_equal(sc->rules[0].times, 2);
    assert_true(slice_is(sc->rules[1].name, SLICE("b")));
    assert_int_equal(sc->rules[1].times, 7);
    assert_int_equal(sc->rules[1].then, THEN_CYCLE);
    assert_true(slice_is(sc->rules[1].about, SLICE("why")));
    assert_true(slice_is(sc->rules[2].text, SLICE("GET /c")));
    assert_int_equal(sc->rules[2].replies[0].weight, 3);
    assert_int_equal(sc->rules[2].replies[1].weight, 1);
    assert_true(slice_is(glob_text(sc->rules[2].path), SLICE("/c")));
    scenario_said_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_are_read),
        cmocka_unit_test(test_wrong_rules_are_complained_of),
        cmocka_unit_test(test_conditions_are_not_endless),
        cmocka_unit_test(test_rules_have_names_and_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
