/* SPDX-License-Identifier: MIT */
#include "naysay/scenario.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* "103 200 ietf/200 literal": what was understood, for tables. */
static const char *words_of(const struct answer *a)
{
    static char text[200];
    size_t n = 0;

    for (size_t i = 0; i < a->n_interim; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%u ", a->interim[i].wire);
    snprintf(text + n, sizeof(text) - n, "%u %.*s%s", a->wire,
             a->status == NULL ? 6 : (int)a->status->id.len,
             a->status == NULL ? "nobody" : a->status->id.at,
             a->is_literal ? " literal" : "");
    return text;
}

static void test_queries_that_hold(void **state)
{
    static const struct {
        const char *query, *words;
    } rows[] = {
        {"522", "522 cloudflare/522 literal"},
        {"200", "200 ietf/200 literal"},
        {"404", "404 ietf/404 literal"},
        {"499", NULL},
        {"444", "444 nobody literal"},
        {"440", "440 iis/440 literal"},
        {"777", "777 nobody literal"},
        {"999", NULL},
        {"iis/440", "440 iis/440"},
        {"IIS/440", "440 iis/440"},
        {"nginx/444", "0 nginx/444"},
        {"nginx/495", "400 nginx/495"},
        {"iis/403.14", "403 iis/403.14"},
        {"cloudflare/1020", NULL},
        {"ietf/204", "204 ietf/204"},
        {"101", "101 ietf/101 literal"},
        {"100", "100 200 ietf/200 literal"},
        {"199", "199 200 ietf/200 literal"},
        {"103,200", "103 200 ietf/200 literal"},
        {"103, 407", "103 407 ietf/407 literal"},
        {" 103 ,\t102 , iis/440 ", "103 102 440 iis/440"},
        {"103,nginx/444", "103 0 nginx/444"},
        {"100,101", "100 101 ietf/101 literal"},
        {"103,103", "103 103 200 ietf/200 literal"},
        {"102,102,102,102,102,102,102,102,200",
         "102 102 102 102 102 102 102 102 200 ietf/200 literal"},
        {"102,102,102,102,102,102,102,102",
         "102 102 102 102 102 102 102 102 200 ietf/200 literal"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a;
        struct complaint why = {""};

        if (!answer_parse(slice_of(rows[i].query), &a, &why))
            fail_msg("%s: %s", rows[i].query, why.text);
        if (rows[i].words != NULL)
            assert_string_equal(words_of(&a), rows[i].words);
    }
}

/* A refusal says what is wrong, and what to say instead. */
static void test_queries_that_are_refused(void **state)
{
    static const struct {
        const char *query, *said;
    } rows[] = {
        {"", "missing"},
        {" ", "missing"},
        {",", "missing"},
        {"103,", "missing"},
        {",200", "missing"},
        {"99", "100 to 999"},
        {"000", "100 to 999"},
        {"1000", ""},
        {"+522", ""},
        {"52x", ""},
        {"200,200", "cannot stand before"},
        {"101,200", "cannot stand before"},
        {"nginx/444,200", "cannot stand before"},
        {"102,102,102,102,102,102,102,102,102,200", "more than 8"},
        {"102,102,102,102,102,102,102,102,102", "more than 8"},
        {"cloudflar/522", "\"cloudflare/522\""},
        {"iis/444444", ""},
        {"what", "naysay codes"},
        {"nginx/499", "instead"},
        {"aws/460", ""},
        {"522\n", ""},
        {"5\00022", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a;
        struct complaint why = {""};

        if (answer_parse(slice_of(rows[i].query), &a, &why))
            fail_msg("%s was taken", rows[i].query);
        assert_true(why.text[0] != '\0');
        if (strstr(why.text, rows[i].said) == NULL)
            fail_msg("%s: \"%s\" does not say %s", rows[i].query, why.text, rows[i].said);
    }
}

/* ---- options ---- */

/* "wait 2000 body \"x\" raw - A=b": what was understood. */
static const char *options_of(const struct answer *a)
{
    static char text[400];
    int n = snprintf(
        text, sizeof(text), "wait %llu body %.*s raw %.*s",
        (unsigned long long)(a->delay_ns / NS_PER_MS),
        a->body.at == NULL ? 1 : (int)a->body.len, a->body.at == NULL ? "-" : a->body.at,
        a->raw.at == NULL ? 1 : (int)a->raw.len, a->raw.at == NULL ? "-" : a->raw.at);

    for (uint32_t i = 0; i < a->fields.n; i++)
        n += snprintf(text + n, sizeof(text) - (size_t)n, " %.*s=%.*s",
                      SLICE_ARGS(a->fields.at[i].name), SLICE_ARGS(a->fields.at[i].value));
    return text;
}

static bool parse_options(const char *status, const char *options, struct arena *arena,
                          struct answer *a, struct complaint *why)
{
    if (!answer_parse(slice_of(status), a, why))
        fail_msg("%s: %s", status, why->text);
    return answer_parse_options(slice_of(options), arena, a, why);
}

static void test_options_that_hold(void **state)
{
    static const struct {
        const char *status, *options, *words;
    } rows[] = {
        {"200", NULL, "wait 0 body - raw -"},
        {"200", "", "wait 0 body - raw -"},
        {"200", "&&", "wait 0 body - raw -"},
        {"200", "delay=2s", "wait 2000 body - raw -"},
        {"200", "delay=0.25s&delay=250ms", "wait 250 body - raw -"},
        {"200", "delay=1h", "wait 3600000 body - raw -"},
        {"200", "body=a+b%20c%2Bd", "wait 0 body a b c+d raw -"},
        {"200", "body=", "wait 0 body  raw -"},
        {"200", "body", "wait 0 body  raw -"},
        {"200", "header=X-A:b", "wait 0 body - raw - X-A=b"},
        {"200", "header=X-A:%20b%20&header=x-a:c", "wait 0 body - raw - X-A=b x-a=c"},
        {"200", "header=X:", "wait 0 body - raw - X="},
        {"200", "header=X:a:b", "wait 0 body - raw - X=a:b"},
        {"200", "header=Date:never", "wait 0 body - raw - Date=never"},
        {"200", "type=text/html", "wait 0 body - raw - Content-Type=text/html"},
        {"200", "raw=a+b%0d%0a", "wait 0 body - raw a+b\r\n"},
        {"204", "body=", "wait 0 body  raw -"},
        {"204", "body=x&raw=y", "wait 0 body x raw y"},
        {"444", "body=x", "wait 0 body x raw -"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena;
        struct answer a;
        struct complaint why = {""};

        arena_init(&arena, NULL);
        if (!parse_options(rows[i].status, rows[i].options, &arena, &a, &why))
            fail_msg("%s: %s", rows[i].options, why.text);
        assert_string_equal(options_of(&a), rows[i].words);
        arena_clear(&arena);
    }
}

static void test_options_that_are_refused(void **state)
{
    static const struct {
        const char *status, *options, *said;
    } rows[] = {
        {"200", "delay=", "duration"},
        {"200", "delay=2", "duration"},
        {"200", "delay=-1s", "duration"},
        {"200", "delay=61m", "up to 1h"},
        {"200", "delay=99999999999999999999s", "duration"},
        {"200", "delay=1e9s", "duration"},
        {"200", "header=X", "Name:value"},
        {"200", "header=", "Name:value"},
        {"200", "header=:v", "token"},
        {"200", "header=X%20Y:v", "token"},
        {"200", "header=X%00:v", "token"},
        {"200", "header=X:a%0d%0aY:b", "control"}, /* SCN-02 */
        {"200", "header=X:%00", "control"},
        {"200", "header=X:%7f", "control"},
        {"200", "header=Content-Length:5", "framing"},
        {"200", "header=transfer-encoding:chunked", "framing"},
        {"200", "header=Connection:close", "framing"},
        {"200", "header=Upgrade:x", "framing"},
        {"200", "header=Trailer:x", "framing"},
        {"200", "type=", "media type"},
        {"200", "type=a%0ab", "media type"},
        {"200", "body=%zz", "percent"},
        {"200", "body=%", "percent"},
        {"200", "body=%4", "percent"},
        {"200", "what=1", "unknown option"},
        {"200", "Delay=1s", "unknown option"},
        {"200", "=", "unknown option"},
        {"204", "body=x", "no body"},
        {"205", "body=x", "no body"},
        {"304", "body=x", "no body"},
        {"101", "body=x", "no body"},
        {"nginx/444", "body=x", "no body"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena;
        struct answer a;
        struct complaint why = {""};

        arena_init(&arena, NULL);
        if (parse_options(rows[i].status, rows[i].options, &arena, &a, &why))
            fail_msg("%s was taken", rows[i].options);
        if (strstr(why.text, rows[i].said) == NULL)
            fail_msg("%s: \"%s\" does not say %s", rows[i].options, why.text, rows[i].said);
        arena_clear(&arena);
    }
}

static void test_sixteen_fields_are_enough(void **state)
{
    char options[400] = "type=a/b";
    struct arena arena;
    struct answer a;
    struct complaint why = {""};

    (void)state;
    arena_init(&arena, NULL);
    for (int i = 0; i < 15; i++)
        strcat(options, "&header=A:b");
    assert_true(parse_options("200", options, &arena, &a, &why));
    assert_int_equal(a.fields.n, 16);
    strcat(options, "&header=A:b");
    assert_false(parse_options("200", options, &arena, &a, &why));
    assert_non_null(strstr(why.text, "more than 16"));
    arena_clear(&arena);
}

/* MEM-04: no memory is a complaint like any other. */
static void test_MEM_04_options_without_memory(void **state)
{
    struct arena arena;
    struct answer a;
    struct complaint why = {""};

    (void)state;
    assert_true(answer_parse(SLICE("200"), &a, &why));
    arena_init(&arena, NULL);
    mem_fail(1, false);
    assert_false(answer_parse_options(SLICE("body=x"), &arena, &a, &why));
    mem_fail(0, false);
    assert_true(why.text[0] != '\0');
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries_that_hold),
        cmocka_unit_test(test_queries_that_are_refused),
        cmocka_unit_test(test_options_that_hold),
        cmocka_unit_test(test_options_that_are_refused),
        cmocka_unit_test(test_sixteen_fields_are_enough),
        cmocka_unit_test(test_MEM_04_options_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
