/* SPDX-License-Identifier: MIT */
/* What only shows when all rules are there. */
#include "scenario_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// clang-format off
/* Rules by their matches, and which of them never speak: numbers from 1, of the rule itself. */
static const struct {
    const char *first, *second;
    bool is_hidden;
} reaches[] = {
    {"match: any **", "match: GET /x", true},
    {"match: any **", "match: CONNECT *:443", true},
    {"match: any /**", "match: CONNECT *:443", false},
    {"match: GET /x", "match: GET /x", true},
    {"match: GET /x", "match: POST /x", false},
    {"match: GET|POST /x", "match: POST /x", true},
    {"match: GET /x", "match: any /x", false},
    {"match: any /x", "match: GET /x", true},
    {"match: any /api/**", "match: any /api", true},
    {"match: any /api/**", "match: 'any /api/{id}/x'", true},
    {"match: any /api/*", "match: 'any /api/{id}'", true},
    {"match: 'any /api/{id}'", "match: 'any /api/{x}'", true},
    {"match: 'any /api/{id}'", "match: 'any /api/*'", false},
    {"match: 'any /api/{id}/a'", "match: any /api/7/a", true},
    {"match: 'any /api/{id}/a'", "match: any /api/7/b", false},
    {"match: any /api/7", "match: 'any /api/{id}'", false},
    {"match: 'any /api/v*'", "match: any /api/v1", true},
    {"match: 'any /**/x'", "match: any /a/b/x", true},
    {"match: any **, times: 3", "match: GET /x", false},
    {"match: any **, when: {header: {a: b}}", "match: GET /x", false},
    {"match: {chance: 50%}", "match: GET /x", false},
    {"match: any **, then: fall-through", "match: GET /x", false},
    {"match: any **", "match: GET /x, when: {header: {a: b}}", true},
    {"match: GET /x, when: {path: '/{id}'}", "match: GET /x", false},
    {"match: GET /x, when: {method: POST}", "match: GET /x", false},
};
// clang-format on

static void test_rules_that_never_speak(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reaches); i++) {
        struct scenario_said s = {0};
        char text[512];

        snprintf(
            text, sizeof(text),
            "scenario: t\nrules:\n  - {name: a, %s, do: 200}\n  - {name: b, %s, do: 200}\n",
            reaches[i].first, reaches[i].second);
        if (scenario_say(&s, text) == reaches[i].is_hidden)
            fail_msg("%s, then %s: %s", reaches[i].first, reaches[i].second,
                     scenario_remarks(&s));
        if (reaches[i].is_hidden)
            assert_string_equal(
                scenario_remarks(&s),
                "4:5 this rule never speaks: \"a\" on line 3 always does before it");
        scenario_said_clear(&s);
        assert_int_equal(mem_live(), 0);
    }
}

// clang-format off
static const struct {
    const char *rest, *remarks;
} rows[] = {
    {"rules:\n  - {name: a, match: GET /a, do: 200}\n  - {name: a, match: GET /b, do: 200}\n",
     "4:5 two rules are called \"a\"; the first is on line 3"},
    {"rules:\n  - {name: rule-2, match: GET /a, do: 200}\n  - {match: GET /b, do: 200}\n",
     "4:5 two rules are called \"rule-2\"; the first is on line 3"},
    {"rules: [{match: GET /a, when: {state: b}, do: 200}]\n",
     "2:32 no `goto` leads to the state \"b\", and \"start\" is the first"},
    {"rules: [{match: {not: {state: [start, b]}}, do: 200}]\n",
     "2:24 no `goto` leads to the state \"b\", and \"start\" is the first"},
    {"state: b\nrules: [{match: {any: [{state: b}]}, do: 200}]\n", ""},
    {"rules: [{match: {state: b}, do: 200}]\notherwise: {goto: b}\n", ""},
    {"rules: [{match: {state: b}, do: 200}, {match: GET /, do: [200, {goto: b}]}]\n", ""},
    {"rules: [{match: {session: open}, do: 200}]\n",
     "2:18 this speaks of sessions, and the scenario has none: say session: {cookie: NAME}"},
    {"rules: [{match: {any: [{session: open}]}, do: 200}]\n",
     "2:25 this speaks of sessions, and the scenario has none: say session: {cookie: NAME}"},
    {"rules: [{match: GET /, do: {session: close}}]\n",
     "2:28 this speaks of sessions, and the scenario has none: say session: {cookie: NAME}"},
    {"rules: [{match: GET /, do: 200}]\notherwise: {session: open}\n",
     "3:12 this speaks of sessions, and the scenario has none: say session: {cookie: NAME}"},
    {"rules: [{match: GET /, do: {session: close}}]\nsession: {cookie: a}\n", ""},
};
// clang-format on

static void test_names_states_and_sessions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scenario_said s = {0};
        char text[512];
        const char *made;

        snprintf(text, sizeof(text), "scenario: t\n%s", rows[i].rest);
        scenario_say(&s, text);
        made = scenario_remarks(&s);
        /* Where exactly a key's condition stands is its key or its value. */
        if ((strchr(made, ' ') == NULL) != (rows[i].remarks[0] == '\0') ||
            (made[0] != '\0' &&
             strcmp(strchr(made, ' '), strchr(rows[i].remarks, ' ')) != 0))
            fail_msg("%s\n  made  %s\n  not   %s", text, made, rows[i].remarks);
        scenario_said_clear(&s);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_variables_have_a_bound(void **state)
{
    struct scenario_said s = {0};
    char *text = mem_alloc(64 << 10);
    size_t n = (size_t)sprintf(text, "scenario: t\nrules:\n");

    (void)state;
    for (int i = 0; i < 257; i++)
        n += (size_t)sprintf(text + n, "  - {match: GET /%d, do: {count: v%d}}\n", i, i);
    assert_false(scenario_say(&s, text));
    assert_string_equal(scenario_remarks(&s),
                        "1:1 a scenario has 256 variables at most, not 257");
    scenario_said_clear(&s);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_that_never_speak),
        cmocka_unit_test(test_names_states_and_sessions),
        cmocka_unit_test(test_variables_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
