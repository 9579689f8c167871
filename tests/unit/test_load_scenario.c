/* SPDX-License-Identifier: MIT */
/* Whole documents: what stands at their top, what they include, and what is refused. */
#include "scenario_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RULE "rules: [{match: any **, do: 200}]\n"

static void test_the_top_of_a_document(void **state)
{
    struct scenario_said s = {0};
    const struct scenario *sc = scenario_of_rules(
        &s,
        RULE "about: more\nas: nginx\nkey: header x-user\nstate: first\nseed: 7\n"
             "upstream: http://[::1]:3000/base/\ntime-limit: 5s\nallow-no-requests: true\n"
             "session: {cookie: sid, lasts: [3 requests, 10m], idle: 1m}\n"
             "connections: [{nth: 2.., do: accept-reset}]\n"
             "otherwise: 404\nfaults: [{reset: , chance: 5%}]\n");

    (void)state;
    assert_true(slice_is(sc->name, SLICE("t")) && slice_is(sc->about, SLICE("more")));
    assert_non_null(sc->persona);
    assert_int_equal(sc->key, KEY_OF_HEADER);
    assert_true(slice_is(sc->key_name, SLICE("x-user")));
    assert_true(slice_is(sc->first_state, SLICE("first")));
    assert_true(sc->has_seed && sc->seed == 7);
    assert_true(slice_is(sc->upstream.host, SLICE("::1")) && sc->upstream.is_ipv6);
    assert_int_equal(sc->upstream.port, 3000);
    assert_true(slice_is(sc->upstream_path, SLICE("/base")));
    assert_int_equal(sc->time_limit, 5 * NS_PER_S);
    assert_true(sc->allow_no_requests);
    assert_int_equal(sc->session.requests, 3);
    assert_int_equal(sc->session.lasts_ns, 600 * NS_PER_S);
    assert_int_equal(sc->session.idle_ns, 60 * NS_PER_S);
    assert_int_equal(sc->greetings.n, 1);
    assert_int_equal(sc->faults.n, 1);
    assert_int_equal(sc->otherwise->answer.wire, 404);
    scenario_said_clear(&s);
}

// clang-format off
static const struct {
    const char *text, *remarks;
} wrongs[] = {
    {"", "1:1 there is no scenario in it"},
    {"x", "1:1 scenario must be a map of keys, not a word"},
    {RULE, "1:1 scenario needs \"scenario\": the title: what happens, and what the client should do"},
    {"scenario: t\nruels: []\n", "2:1 unknown key \"ruels\"; did you mean \"rules\"?"},
    {"scenario: t\nrules: 5\n", "2:8 rules must be a list of rules, not a word"},
    {"scenario: t\nas: ngnix\n" RULE, "2:5 no persona is called \"ngnix\"; did you mean \"nginx\"?"},
    {"scenario: t\nkey: header\n" RULE, "2:6 header wants a name: key: header NAME"},
    {"scenario: t\nkey: run x\n" RULE, "2:6 run takes no name"},
    {"scenario: t\nkey: header x y\n" RULE, "2:6 \"x y\" is no name of a header"},
    {"scenario: t\nkey: planet\n" RULE, "2:6 state hangs on run, client, connection, user, header NAME or cookie NAME, not \"planet\""},
    {"scenario: t\nsession: {cookie: 'a b'}\n" RULE, "2:19 a cookie's name is a token (RFC 6265 §4.1.1)"},
    {"scenario: t\nsession: {cookie: a, lasts: soon}\n" RULE, "2:29 lasts is a number of requests (\"3 requests\") or a duration (10m), not \"soon\""},
    {"scenario: t\nsession: {lasts: 10m}\n" RULE, NULL},
    {"scenario: t\nupstream: https://x\n" RULE, "2:11 an upstream is a URL such as http://127.0.0.1:3000, not \"https://x\": only http:// can be relayed to"},
    {"scenario: t\nupstream: 'http://{{request.header.x}}/'\n" RULE, NULL}, /* FWD-05 */
    {"scenario: t\nrules: [{match: any **, do: {pass: 'http://{{request.header.x}}/'}}]\n", NULL},
    {"scenario: t\nrules: [{match: any **, do: {steps: [{tunnel: '{{request.header.x}}:443'}]}}]\n", NULL},
    {"scenario: t\nconnections: [{do: cut}]\n" RULE, NULL},
    {"scenario: t\nseed: x\n" RULE, NULL},
    {"scenario: t\ninclude: x.yaml\n" RULE, "2:10 files cannot be named here; say the rules themselves"},
    {"scenario: t\nrules: [{match: any **, do: {file: x}}]\n", "2:36 files cannot be named here; say the content itself, or base64"},
    {"scenario: &a t\n" RULE, NULL},
    {"scenario: t\nscenario: u\n" RULE, NULL},
    {"{\"scenario\": \"t\", \"rules\": [{\"match\": \"any **\", \"do\": 42}]}", "1:55 status 42 is not a number from 100 to 999"},
};
// clang-format on

static void test_wrong_documents_are_complained_of(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        struct scenario_said s = {0};

        if (scenario_say(&s, wrongs[i].text))
            fail_msg("%s: nothing was wrong", wrongs[i].text);
        const char *made = scenario_remarks(&s);
        assert_true(made[0] != '\0');
        if (wrongs[i].remarks != NULL && strcmp(made, wrongs[i].remarks) != 0)
            fail_msg("%s\n  made  %s\n  not   %s", wrongs[i].text, made, wrongs[i].remarks);
        scenario_said_clear(&s);
        assert_int_equal(mem_live(), 0);
    }
}

static void test_several_scenarios_and_json(void **state)
{
    struct scenario_said s = {0};

    (void)state;
    assert_true(scenario_say(&s, "scenario: a\n" RULE "---\nscenario: b\n" RULE));
    assert_int_equal(s.book.n, 2);
    assert_true(slice_is(s.book.scenarios[1]->name, SLICE("b")));
    scenario_said_clear(&s);
    assert_true(scenario_say(
        &s, "{\"scenario\": \"t\", \"rules\": [{\"match\": \"GET /\", \"do\": 503}]}"));
    assert_int_equal(s.book.scenarios[0]->rules[0].replies[0].answer.wire, 503);
    scenario_said_clear(&s);
    /* One that is wrong leaves the others, but the whole is not good. */
    assert_false(scenario_say(&s, "scenario: a\n" RULE "---\nscenario: b\nrules: 5\n"));
    assert_int_equal(s.book.n, 1);
    scenario_said_clear(&s);
}

static const struct paper papers[] = {
    {"shared.yaml", "rules: [{name: shared, match: GET /s, do: 200}]\n"},
    {"more.yaml",
     "about: x\ninclude: shared.yaml\nrules: [{name: more, match: GET /m, do: 200}]\n"},
    {"circle.yaml", "include: circle.yaml\nrules: []\n"},
    {"round.yaml", "include: t.yaml\n"},
    {"t.yaml", "scenario: t\ninclude: round.yaml\n"},
    {"wrong.yaml", "rules:\n  - {match: GET /w, do: 42}\n"},
    {"title.yaml", "scenario: no\nrules: []\n"},
    {"two.yaml", "rules: []\n---\nrules: []\n"},
    {"body.txt", "hello"},
    {NULL, NULL},
};

static void test_included_rules_come_last(void **state)
{
    struct scenario_said s = {.papers = papers};
    const struct scenario *sc =
        scenario_of_rules(&s, "include: [more.yaml]\nrules: [{name: own, match: GET /o, "
                              "do: {file: body.txt}}]\n");

    (void)state;
    assert_int_equal(sc->n_rules, 3);
    assert_true(slice_is(sc->rules[0].name, SLICE("own")));
    assert_true(slice_is(sc->rules[1].name, SLICE("more")));
    assert_true(slice_is(sc->rules[2].name, SLICE("shared")));
    assert_int_equal(sc->rules[2].index, 3);
    assert_int_equal(sc->about.len, 0);
    assert_true(slice_is(sc->rules[0].replies[0].content.octets, SLICE("hello")));
    scenario_said_clear(&s);
}

// clang-format off
static const struct {
    const char *include, *remarks;
} includes[] = {
    {"none.yaml", "2:10 there is no none.yaml"},
    {"circle.yaml", "circle.yaml:1:10 circle.yaml includes itself in the end"},
    {"round.yaml", "round.yaml:1:10 t.yaml includes itself in the end"},
    {"wrong.yaml", "wrong.yaml:2:25 status 42 is not a number from 100 to 999"},
    {"title.yaml", "title.yaml:1:1 an included file has rules, include and about, not \"scenario\""},
    {"two.yaml", "2:10 two.yaml must hold one document, not 2"},
    {"{a: b}", "2:10 include must be a path or a list of paths, not a map"},
};
// clang-format on

static void test_wrong_includes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(includes); i++) {
        struct scenario_said s = {.papers = papers};
        char text[256];

        snprintf(text, sizeof(text), "scenario: t\ninclude: %s\n" RULE,
                 includes[i].include);
        assert_false(scenario_say(&s, text));
        assert_string_equal(scenario_remarks(&s), includes[i].remarks);
        scenario_said_clear(&s);
        assert_int_equal(mem_live(), 0);
    }
}

/* Two of each, ten levels deep, would be a thousand files and more. */
static void test_includes_do_not_multiply(void **state)
{
    static char names[16][8], texts[16][64];
    static struct paper tree[17];
    struct scenario_said s = {.papers = tree};

    (void)state;
    for (int i = 0; i < 16; i++) {
        sprintf(names[i], "%d", i);
        if (i < 14)
            sprintf(texts[i], "include: ['%d', '%d', '%d']\n", i + 1, i + 1, i + 1);
        else
            strcpy(texts[i], "rules: []\n");
        tree[i] = (struct paper){names[i], texts[i]};
    }
    assert_false(scenario_say(&s, "scenario: t\ninclude: '0'\n" RULE));
    struct slice said = s.book.why.first->text; /* no NUL ends it */
    assert_non_null(memmem(said.at, said.len, "more than 1000 files are included", 33));
    scenario_said_clear(&s);
}

/* In a folder a document of shared rules is no scenario; one with a slip in it is. */
static void test_shared_documents_are_skipped_in_folders(void **state)
{
    struct scenario_said s = {.papers = papers, .skips_shared = true};

    (void)state;
    assert_true(scenario_say(&s, "about: shared\n" RULE));
    assert_int_equal(s.book.n, 0);
    scenario_said_clear(&s);
    assert_false(scenario_say(&s, "scenaro: t\n" RULE));
    scenario_said_clear(&s);
}

/* What a template or a condition looks at has to be read first. */
static void test_bodies_are_read_where_somebody_looks(void **state)
{
    static const struct {
        const char *rule;
        bool looks;
    } rows[] = {
        {"{match: any **, do: 200}", false},
        {"{match: {json: {a: b}}, do: 200}", true},
        {"{match: {not: {form: {a: b}}}, do: 200}", true},
        {"{match: any **, do: {body: '{{request.body}}'}}", true},
        {"{match: any **, do: {json: {a: '{{request.json.b}}'}}}", true},
        {"{match: any **, do: {headers: {x: '{{request.form.a}}'}}}", true},
        {"{match: any **, do: {set: {x: '{{request.json.a}}'}}}", true},
        {"{match: any **, do: {body: request.body}}", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scenario_said s = {0};
        char text[256];

        snprintf(text, sizeof(text), "rules: [%s]\n", rows[i].rule);
        const struct scenario *sc = scenario_of_rules(&s, text);
        if (sc->looks_at_body != rows[i].looks)
            fail_msg("%s", rows[i].rule);
        scenario_said_clear(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_top_of_a_document),
        cmocka_unit_test(test_wrong_documents_are_complained_of),
        cmocka_unit_test(test_several_scenarios_and_json),
        cmocka_unit_test(test_included_rules_come_last),
        cmocka_unit_test(test_wrong_includes),
        cmocka_unit_test(test_includes_do_not_multiply),
        cmocka_unit_test(test_shared_documents_are_skipped_in_folders),
        cmocka_unit_test(test_bodies_are_read_where_somebody_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
