/* SPDX-License-Identifier: MIT */
#include "../../src/http/status_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct status_rows rows;
static struct complaint why;

static int set_up(void **state)
{
    (void)state;
    status_rows_init(&rows);
    why.text[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    status_rows_clear(&rows);
    return 0;
}

static bool parse(const char *text)
{
    return status_text_parse(&rows, slice_of(text), "own.txt", &why);
}

static const struct status *only_row(const char *text)
{
    if (!parse(text))
        fail_msg("%s", why.text);
    assert_int_equal(rows.n, 1);
    return &rows.at[0];
}

static void expect(struct slice got, const char *want)
{
    assert_non_null(got.at);
    if (!slice_is(got, slice_of(want)))
        fail_msg("\"%.*s\" is not \"%s\"", SLICE_ARGS(got), want);
}

/* ---- what is good ---- */

static void test_a_row_with_everything(void **state)
{
    const struct status *row =
        only_row("# ours\n"
                 "id: shop/599-T1\n"
                 "number: 599\n"
                 "phrase: Till Closed\n"
                 "wire: 503\n"
                 "wire-phrase: Service Unavailable\n"
                 "end: close\n"
                 "needs: Retry-After: 7\n"
                 "needs: X-Till: {code} {phrase} {length} {last} {x\n"
                 "text: till {code}\n"
                 "must: Wait. [house rules §1]\n"
                 "should: Come back\n"
                 "summary: The till\n"
                 "   is closed,\n"
                 "\talas.\n"
                 "trigger: It is night.\n"
                 "retry: Tomorrow.\n"
                 "note: n\n"
                 "source: house rules\n"
                 "provenance: measured\n"
                 "kind: internal\n");

    (void)state;
    expect(row->id, "shop/599-T1");
    expect(row->vendor, "shop");
    expect(row->code, "599-T1");
    assert_int_equal(row->number, 599);
    assert_int_equal(row->wire, 503);
    expect(row->wire_phrase, "Service Unavailable");
    assert_int_equal(row->end, STATUS_END_CLOSE);
    assert_int_equal(row->n_fields, 2);
    expect(row->fields[0].name, "Retry-After");
    expect(row->fields[1].value, "599-T1 Till Closed {length} {last} {x");
    expect(row->body_text, "till 599-T1");
    assert_int_equal(row->n_duties, 2);
    expect(row->duties[0].text, "Wait.");
    expect(row->duties[0].source, "house rules §1");
    expect(row->duties[1].level, "should");
    expect(row->duties[1].source, "");
    expect(row->summary, "The till is closed, alas.");
    expect(row->kind, "internal");
    expect(row->provenance, "measured");
}

static void test_an_id_is_enough(void **state)
{
    const struct status *row = only_row("id: shop/599");

    (void)state;
    assert_int_equal(row->number, 599);
    assert_int_equal(row->wire, 599);
    assert_int_equal(row->body, STATUS_BODY_YES);
    assert_int_equal(row->end, STATUS_END_KEEP);
    expect(row->phrase, "");
    expect(row->wire_phrase, "");
    expect(row->instead, "");
    expect(row->kind, "vendor");
    expect(row->provenance, "unverified");
}

static void test_phrases_on_the_wire(void **state)
{
    static const struct {
        const char *text, *phrase, *wire_phrase;
    } cases[] = {
        {"id: a/500\nphrase: X\n", "X", "X"},
        {"id: a/500\nphrase: X\nwire-phrase: Y\n", "X", "Y"},
        {"id: a/500\nphrase: X\nwire-phrase:\n", "X", ""},
        {"id: a/500\nwire-phrase:   \nphrase:X\n", "X", ""},
        {"id: a/500\nphrase: X\nwire: close\n", "X", ""},
        {"id: a/500\nphrase: X\nwire: none\ninstead: 500\n", "X", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct status *row = only_row(cases[i].text);

        expect(row->phrase, cases[i].phrase);
        expect(row->wire_phrase, cases[i].wire_phrase);
        tear_down(state);
        set_up(state);
    }
}

static void test_bodies_follow_from_the_status(void **state)
{
    static const struct {
        const char *text;
        enum status_body body;
    } cases[] = {
        {"id: a/100\n", STATUS_BODY_NEVER},
        {"id: a/199\n", STATUS_BODY_NEVER},
        {"id: a/200\n", STATUS_BODY_YES},
        {"id: a/204\n", STATUS_BODY_NEVER},
        {"id: a/205\n", STATUS_BODY_EMPTY},
        {"id: a/304\n", STATUS_BODY_NEVER},
        {"id: a/404\nbody: empty\n", STATUS_BODY_EMPTY},
        {"id: a/404\nbody: yes\n", STATUS_BODY_YES},
        {"id: a/204\nbody: never\n", STATUS_BODY_NEVER},
        {"id: a/444\nwire: close\n", STATUS_BODY_NEVER},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(only_row(cases[i].text)->body, cases[i].body);
        tear_down(state);
        set_up(state);
    }
}

static void test_rows_of_a_table_share_what_stands_above_them(void **state)
{
    (void)state;
    assert_true(parse("table: iis\n"
                      "wire: 403\n"
                      "wire-phrase: Forbidden\n"
                      "summary: Shared.\n"
                      "retry: No.\n"
                      "needs: X-Sub: {code}\n"
                      "must: Go. [somewhere]\n"
                      "row: 403.1 | One\n"
                      "row:403.2|Two|Own.|When.|Yes.\n"
                      "# between\n"
                      "row: 403.3 | | | Then.\n"
                      "\n"
                      "id: iis/440\n"));
    assert_int_equal(rows.n, 4);
    expect(rows.at[0].id, "iis/403.1");
    expect(rows.at[0].summary, "Shared.");
    expect(rows.at[0].fields[0].value, "403.1");
    assert_int_equal(rows.at[0].number, -1);
    assert_int_equal(rows.at[0].wire, 403);
    expect(rows.at[1].phrase, "Two");
    expect(rows.at[1].wire_phrase, "Forbidden");
    expect(rows.at[1].summary, "Own.");
    expect(rows.at[1].retry, "Yes.");
    expect(rows.at[2].trigger, "Then.");
    expect(rows.at[2].retry, "No.");
    expect(rows.at[2].duties[0].text, "Go.");
    expect(rows.at[3].summary, "");
    assert_int_equal(rows.at[3].n_fields, 0);
}

static void test_lines_may_end_as_they_do_elsewhere(void **state)
{
    (void)state;
    assert_true(
        parse("\r\n\r\nid: a/500\r\nsummary: one\r\n  two\r\n\r\n \t \r\nid: a/501"));
    assert_int_equal(rows.n, 2);
    expect(rows.at[0].summary, "one two");
    expect(rows.at[1].id, "a/501");
}

static void test_nothing_is_no_row(void **state)
{
    static const char *const texts[] = {"", "\n", "\n\n\n", "# only\n# words", "   \n\t\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_true(parse(texts[i]));
    assert_int_equal(rows.n, 0);
}

/* ---- what is not ---- */

static void test_complaints_say_where_and_what(void **state)
{
    static const struct {
        const char *text, *where, *what;
    } cases[] = {
        {"id: a/500\nphraze: x\n", ":2: ", "did you mean \"phrase\"?"},
        {"id: a/500\nzzzzzzz: x\n", ":2: ", "unknown key \"zzzzzzz\""},
        {"id: a/500\nPhrase: x\n", ":2: ", "\"phrase\""},
        {"hello\n", ":1: ", "key: value"},
        {"\n\n  id: a/500\n", ":3: ", "indented"},
        {"# c\n  id: a/500\n", ":2: ", "indented"},
        {"phrase: x\n", ":1: ", "no id"},
        {"\n\nphrase: x\nwire: 500\n\nid: a/501\n", ":3: ", "no id"},
        {"id: 500\n", ":1: ", "vendor/code"},
        {"id: /500\n", ":1: ", "no vendor"},
        {"id: A/500\n", ":1: ", "lower-case"},
        {"id: a/\n", ":1: ", "no code"},
        {"id: a/5 0\n", ":1: ", "no code"},
        {"id: a/5/0\n", ":1: ", "no code"},
        {"id: a/H12\nphrase: x\n", ":1: ", "wire"},
        {"id: a/99\n", ":1: ", "wire"},
        {"id: a/500\nwire: 99\n", ":2: ", "100 to 999"},
        {"id: a/500\nwire: 1000\n", ":2: ", "100 to 999"},
        {"id: a/500\nwire: -1\n", ":2: ", "100 to 999"},
        {"id: a/500\nwire: closed\n", ":2: ", "close or none"},
        {"id: a/500\nwire:\n", ":2: ", "close or none"},
        {"id: a/500\nwire: none\n", ":1: ", "instead"},
        {"id: a/500\nwire: close\nneeds: A: b\n", ":1: ", "no head"},
        {"id: a/500\nnumber: 1000\n", ":2: ", "0 to 999"},
        {"id: a/500\nbody: maybe\n", ":2: ", "yes, never or empty"},
        {"id: a/204\nbody: yes\n", ":1: ", "body is never"},
        {"id: a/205\nbody: yes\n", ":1: ", "body is empty"},
        {"id: a/500\nend: later\n", ":2: ", "keep or close"},
        {"id: a/500\nkind: odd\n", ":2: ", "registered"},
        {"id: a/500\nprovenance: odd\n", ":2: ", "measured"},
        {"id: a/500\nneeds: Retry-After\n", ":2: ", "no field"},
        {"id: a/500\nneeds: Retry After: 1\n", ":2: ", "no field"},
        {"id: a/500\nneeds: : 1\n", ":2: ", "no field"},
        {"id: a/500\nneeds: content-length: 1\n", ":2: ", "Content-Length"},
        {"id: a/500\nneeds: Transfer-Encoding: chunked\n", ":2: ", "Transfer-Encoding"},
        {"id: a/500\nneeds: Connection: close\n", ":2: ", "Connection"},
        {"id: a/500\nneeds: X: a\x01z\n", ":1: ", "control"},
        {"id: a/500\nphrase: a\x7fz\n", ":1: ", "control"},
        {"id: a/500\nphrase: a\rz\n", ":1: ", "control"},
        {"id: a/500\nmust: [only a source]\n", ":2: ", "must do"},
        {"id: a/500\nmust:\n", ":2: ", "must do"},
        {"id: a/500\nphrase: x\nphrase: y\n", ":3: ", "twice"},
        {"id: a/500\nid: a/501\n", ":2: ", "twice"},
        {"id: a/500\n\n\nid: a/500\n", ":4: ", "twice"},
        {"id: a/500\n\nid: a/H1\nwire: 500\n\nid: a/h1\nwire: 500\n", ":6: ", "twice"},
        {"id: a/500\nrow: 501 | x\n", ":2: ", "table"},
        {"table: iis\nwire: 403\n", ":1: ", "without a row"},
        {"table: iis\nphrase: x\n", ":2: ", "rows of a table"},
        {"table: iis\nrow: 500 | x\nwire: 403\n", ":3: ", "too late"},
        {"table: iis\nrow: 500 | 1 | 2 | 3 | 4 | 5\n", ":2: ", "five columns"},
        {"table: iis\nrow: 500.1 | x\n", ":2: ", "wire"},
        {"table: iis\nrow: 500\nrow: 500\n", ":3: ", "twice"},
        {"table: iis\nrow: | x\n", ":2: ", "no code"},
        {"table: i/s\nrow: 500\n", ":1: ", "no vendor"},
        {"id: a/500\ntable: b\nrow: 500\n", ":2: ", "stands first"},
        {"wire: 500\ntable: b\nrow: 500\n", ":2: ", "stands first"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        if (parse(cases[i].text))
            fail_msg("taken: %s", cases[i].text);
        if (strncmp(why.text, "own.txt", 7) != 0 ||
            strstr(why.text, cases[i].where) == NULL ||
            strstr(why.text, cases[i].what) == NULL)
            fail_msg("%s is told as: %s", cases[i].text, why.text);
        assert_int_equal(rows.n, 0);
        tear_down(state);
        set_up(state);
    }
}

static void test_a_bad_text_leaves_earlier_rows_alone(void **state)
{
    (void)state;
    assert_true(parse("id: a/500\n"));
    assert_false(parse("id: a/501\n\nid: a/502\noops\n"));
    assert_int_equal(rows.n, 1);
    assert_true(parse("id: a/500\n")); /* another file may say it again */
    assert_int_equal(rows.n, 2);
}

static void test_octets_that_are_no_text(void **state)
{
    (void)state;
    assert_false(
        status_text_parse(&rows, (struct slice){"id: a/500\n\0", 11}, "own.txt", &why));
    assert_non_null(strstr(why.text, "NUL"));
}

/* As many `line`s as given, after an id. */
static bool parse_many(const char *line, size_t n)
{
    struct buf b = {0};
    bool ok = buf_put(&b, SLICE("id: a/500\n"));

    for (size_t i = 0; i < n && ok; i++)
        ok = buf_put(&b, slice_of(line));
    assert_true(ok);
    ok = status_text_parse(&rows, buf_slice(&b), "own.txt", &why);
    buf_clear(&b);
    return ok;
}

static void test_limits(void **state)
{
    static const struct {
        const char *line;
        size_t most;
        const char *what;
    } cases[] = {
        {"needs: A: b\n", 16, "more than 16 fields"},
        {"may: Rest. [here]\n", 16, "more than 16 duties"},
        {"# 3456789012345\n", ((1u << 20) - 10) / 16, "more than 1048576 octets"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(parse_many(cases[i].line, cases[i].most));
        tear_down(state);
        set_up(state);
        assert_false(parse_many(cases[i].line, cases[i].most + 1));
        assert_non_null(strstr(why.text, cases[i].what));
    }
}

static void test_rows_of_one_file_are_limited(void **state)
{
    struct buf b = {0};

    (void)state;
    for (unsigned i = 0; i < STATUS_ROWS_MOST; i++)
        assert_true(buf_printf(&b, "id: a/x%u\nwire: 500\n\n", i));
    assert_true(status_text_parse(&rows, buf_slice(&b), "own.txt", &why));
    assert_int_equal(rows.n, STATUS_ROWS_MOST);
    assert_true(buf_put(&b, SLICE("id: a/500\n")));
    assert_false(status_text_parse(&rows, buf_slice(&b), "own.txt", &why));
    assert_non_null(strstr(why.text, "4096 rows"));
    buf_clear(&b);
}

/* Half a file is a file, too: whatever ends it, the reader ends as well. */
static void test_every_beginning_of_a_text_is_judged(void **state)
{
    static const char text[] =
        "# c\nid: a/500\nneeds: A: {code}{\nmust: x [y]\n  z\n\n"
        "table: b\nwire: 500\nrow: 1.1 | p | s\n\nid: c/H\nwire: close\n";

    for (size_t n = 0; n < sizeof(text); n++) {
        char *part = mem_copy_text((struct slice){text, n});

        assert_non_null(part);
        why.text[0] = '\0';
        if (!status_text_parse(&rows, (struct slice){part, n}, "own.txt", &why))
            assert_int_not_equal(why.text[0], '\0');
        mem_free(part);
        tear_down(state);
        set_up(state);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_row_with_everything),
        TEST(test_an_id_is_enough),
        TEST(test_phrases_on_the_wire),
        TEST(test_bodies_follow_from_the_status),
        TEST(test_rows_of_a_table_share_what_stands_above_them),
        TEST(test_lines_may_end_as_they_do_elsewhere),
        TEST(test_nothing_is_no_row),
        TEST(test_complaints_say_where_and_what),
        TEST(test_a_bad_text_leaves_earlier_rows_alone),
        TEST(test_octets_that_are_no_text),
        TEST(test_limits),
        TEST(test_rows_of_one_file_are_limited),
        TEST(test_every_beginning_of_a_text_is_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
