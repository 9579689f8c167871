/* SPDX-License-Identifier: MIT */
#include "naysay/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- exchanges that go to memory and to a file, which is read back ---- */

struct page {
    struct arena arena;
    struct plan plan;
    struct http_request request;
    struct http_response response;
    struct http_field fields[8];
    struct entry entry;
    struct journal *journal;
    struct records live, back;
    struct complaint why;
    int fd;
};

static void parse(struct page *p, struct slice head)
{
    struct h1_fault fault;

    p->request.fields = (struct http_fields){p->fields, 0, COUNT(p->fields)};
    assert_int_equal(
        h1_parse_request(head.at, head.len, 0, &limits_default, 0, &p->request, &fault),
        head.len);
    p->entry.request = &p->request;
    p->entry.request_head = head;
}

static void make_entry(struct page *p)
{
    plan_init(&p->plan, &p->arena);
    p->plan.rule = SLICE("down");
    plan_add_head(&p->plan, 503, SLICE("No"), 0);
    plan_add_end(&p->plan, END_KEEP);
    p->response.status = 503;
    p->entry = (struct entry){.wall_us = 1795248000123456,
                              .connection = 7,
                              .exchange = 2,
                              .client = SLICE("127.0.0.1:50514"),
                              .run_us = 1000,
                              .plan = &p->plan,
                              .response = &p->response,
                              .head = SLICE("HTTP/1.1 503 No\r\nA: b\r\n\r\n"),
                              .sent = {100, 115},
                              .first_us = 12,
                              .end_us = 34,
                              .ending = ENDING_BY_PLAN};
    parse(p, SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

static int begin(void **state)
{
    static struct page p;
    char path[40];

    memset(&p, 0, sizeof(p));
    p.fd = memfd_create("journal", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", p.fd);
    p.journal = journal_open(path, NULL, JOURNAL_PLAIN, &p.why);
    assert_non_null(p.journal);
    records_init(&p.live, 100);
    records_init(&p.back, 100);
    journal_keep(p.journal, &p.live);
    make_entry(&p);
    *state = &p;
    return 0;
}

static int end(void **state)
{
    struct page *p = *state;

    journal_close(p->journal);
    records_clear(&p->live);
    records_clear(&p->back);
    arena_clear(&p->arena);
    close(p->fd);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void read_back(struct page *p)
{
    FILE *in;
    bool ok;

    journal_flush(p->journal);
    in = fdopen(dup(p->fd), "r");
    rewind(in);
    ok = records_read(&p->back, in, "run.jsonl", &p->why);
    fclose(in);
    if (!ok)
        fail_msg("%s", p->why.text);
}

static void same_text(const char *what, struct slice a, struct slice b)
{
    if (!slice_is(a, b))
        fail_msg("%s: \"%.*s\" came back as \"%.*s\"", what, SLICE_ARGS(a), SLICE_ARGS(b));
}

static void must_be_same(const struct record *a, const struct record *b)
{
#define TEXT(member)   same_text(#member, a->member, b->member)
#define NUMBER(member) assert_int_equal(a->member, b->member)
    NUMBER(seq), NUMBER(connection), NUMBER(exchange), NUMBER(rule), NUMBER(match);
    NUMBER(wall_us), NUMBER(began_us), NUMBER(first_us), NUMBER(end_us);
    TEXT(rule_name), TEXT(client), TEXT(method), TEXT(target);
    NUMBER(major), NUMBER(minor);
    TEXT(request_head), TEXT(request_sample);
    NUMBER(request_body), NUMBER(request_digest), NUMBER(status), NUMBER(n_interim);
    assert_memory_equal(a->interim, b->interim, sizeof(a->interim));
    TEXT(response_head), TEXT(response_sample);
    NUMBER(response_body), NUMBER(sent.from), NUMBER(sent.to), NUMBER(received);
    TEXT(relayed), TEXT(upstream), TEXT(inside), TEXT(plan), TEXT(faults), TEXT(intents),
        TEXT(trouble);
    NUMBER(ending), NUMBER(is_reused_upstream), NUMBER(is_redacted);
#undef TEXT
#undef NUMBER
}

/* What was kept is what is read. */
static void must_round_trip(struct page *p)
{
    const struct record *b;

    read_back(p);
    b = p->back.first;
    for (const struct record *a = p->live.first; a != NULL; a = a->next, b = b->next) {
        assert_non_null(b);
        must_be_same(a, b);
    }
    assert_null(b);
    assert_int_equal(p->live.exchanges, p->back.exchanges);
    assert_int_equal(p->live.began_wall_us, p->back.began_wall_us);
}

/* ---- there and back ---- */

static void test_a_plain_exchange_comes_back(void **state)
{
    struct page *p = *state;

    journal_add(p->journal, &p->entry);
    must_round_trip(p);
    assert_false(p->back.first->is_redacted);
}

static void test_all_that_is_known_comes_back(void **state)
{
    static const char *const faults[] = {"cut", "drip"};
    struct page *p = *state;
    struct octets raw[] = {{110, 112}, {112, 115}};
    struct http_field sent[] = {{SLICE("Via"), SLICE("1.1 a"), FIELD_VIA},
                                {SLICE("Empty"), SLICE(""), FIELD_OTHER}};
    struct http_fields relayed = {sent, 2, 2};

    journal_tell_bodies(p->journal, true);
    plan_add_raw(&p->plan, SLICE("12"), SLICE("one\nline \xff"));
    plan_add_raw(&p->plan, SLICE("345"), SLICE("two"));
    p->plan.rule_index = 3;
    p->plan.match = 12;
    parse(p, SLICE("POST /a HTTP/1.0\r\nX-all: \x80\xff\"\\\r\nx-ALL:y \r\n\r\n"));
    p->entry.request_body = 3;
    p->entry.request_sample = SLICE("a\0\xff");
    p->entry.request_digest = UINT64_C(0x0123456789abcdef);
    p->entry.head = SLICE("HTTP/1.1 503 \xe9\nSet\0 : b\nA\r\n\r\n");
    p->entry.interim[0] = 103;
    p->entry.interim[1] = 100;
    p->entry.n_interim = 2;
    p->entry.response_body = 5;
    p->entry.response_sample = SLICE("\r\n\t\"5");
    struct told told[2];
    uint32_t n_told = 0;
    for (const struct step *at = p->plan.first; at != NULL; at = at->next)
        if (at->kind == STEP_RAW && n_told < COUNT(told)) {
            told[n_told] = (struct told){&at->raw.intent, raw[n_told]};
            n_told++;
        }
    p->entry.told = told;
    p->entry.n_told = n_told;
    p->entry.faults = faults;
    p->entry.n_faults = 2;
    p->entry.relayed = &relayed;
    p->entry.inside = SLICE("b:443");
    p->entry.upstream = SLICE("[::1]:80");
    p->entry.reused = true;
    journal_add(p->journal, &p->entry);
    must_round_trip(p);
}

static void test_every_ending_comes_back(void **state)
{
    struct page *p = *state;

    for (int e = ENDING_NONE + 1; e < ENDING_COUNT; e++) {
        p->entry.ending = (enum ending)e;
        p->entry.exchange = (uint32_t)e % 2; /* a connection's end, too */
        p->entry.sent.from = 0;
        journal_add(p->journal, &p->entry);
    }
    must_round_trip(p);
}

static void test_the_end_of_a_connection_comes_back(void **state)
{
    struct page *p = *state;
    struct entry e = {.wall_us = 1795248000000000,
                      .connection = 7,
                      .client = SLICE("a"),
                      .run_us = 7,
                      .sent = {0, 1000},
                      .received = 500,
                      .ending = ENDING_CLIENT_CLOSED};

    journal_add(p->journal, &e);
    must_round_trip(p);
    assert_int_equal(p->back.first->received, 500);
}

static void test_no_request_and_no_answer_come_back(void **state)
{
    struct page *p = *state;

    journal_tell_secrets(p->journal, true);
    p->entry.response = NULL;
    p->entry.head = NO_SLICE;
    p->entry.sent.to = p->entry.sent.from;
    p->entry.first_us = 0;
    p->entry.request_head = SLICE("GET /\xff HTTP/1.1\r\n\r\n");
    p->request = (struct http_request){.method_name = SLICE("GET"), .minor = 1};
    journal_add(p->journal, &p->entry);
    p->entry.request = NULL;
    p->entry.request_head = SLICE("garbage");
    journal_add(p->journal, &p->entry);
    must_round_trip(p);
}

static void test_every_octet_comes_back(void **state)
{
    struct page *p = *state;
    char all[256];

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    p->entry.client = p->plan.rule = (struct slice){all, sizeof(all)};
    p->entry.response_sample = p->entry.request_sample = p->entry.client;
    journal_tell_bodies(p->journal, true);
    journal_add(p->journal, &p->entry);
    must_round_trip(p);
}

static void test_many_come_back_and_the_oldest_go(void **state)
{
    struct page *p = *state;

    for (int i = 0; i < 250; i++)
        journal_add(p->journal, &p->entry);
    must_round_trip(p);
    assert_int_equal(p->back.n, 100);
    assert_int_equal(p->back.dropped, 150);
    assert_int_equal(p->back.first->seq, 151);
}

/* ---- secrets ---- */

static void test_what_was_redacted_is_known(void **state)
{
    struct page *p = *state;
    struct record *r;

    parse(p, SLICE("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n"));
    journal_add(p->journal, &p->entry);
    p->entry.head = SLICE("HTTP/1.1 503\nSet-Cookie: a=b\n\n");
    parse(p, SLICE("GET / HTTP/1.1\r\nHost: a\r\nX: (redacted)\r\n\r\n"));
    journal_add(p->journal, &p->entry);
    p->entry.head = SLICE("HTTP/1.1 503 No\r\n\r\n");
    journal_add(p->journal, &p->entry);
    read_back(p);
    r = p->back.first;
    assert_true(r->is_redacted);
    assert_true(
        slice_is(r->request_head, SLICE("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: "
                                        "Basic (redacted)\r\n\r\n")));
    assert_true(r->next->is_redacted);
    assert_false(r->next->next->is_redacted);
}

static void test_secrets_that_were_told_come_back(void **state)
{
    struct page *p = *state;

    journal_tell_secrets(p->journal, true);
    parse(p, SLICE("GET / HTTP/1.1\r\nHost: a\r\nCookie:  a=b\r\n\r\n"));
    p->entry.head = SLICE("HTTP/1.1 503\nSet-Cookie: a=b\n\n");
    journal_add(p->journal, &p->entry);
    must_round_trip(p);
}

/* ---- files that are not as they should be ---- */

#define TIME "\"time\":\"2026-11-21T08:00:00.123456Z\""
#define END  TIME ",\"connection\":1,\"ending\":\"client-closed\""
#define GOOD "{" END "}\n"
#define X    "{" END ",\"exchange\":1,"

static bool read_text(struct page *p, struct slice text)
{
    FILE *in =
        text.len > 0 ? fmemopen((void *)text.at, text.len, "r") : fopen("/dev/null", "r");
    bool ok = records_read(&p->back, in, "run.jsonl", &p->why);

    fclose(in);
    return ok;
}

static void test_complaints_have_a_place(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"hello\n", "run.jsonl:1: not JSON"},
        {GOOD "[]\n", "run.jsonl:2: no line of a journal"},
        {GOOD "\n{}\n", "run.jsonl:3: no line of a journal"},
        {"{\"connection\":\"1\"}\n", "1: no line of a journal"},
        {GOOD "{\"a\":1,\"a\":1}\n", "2: not JSON"},
        {GOOD "{\"connection\":1}\n", "\"ending\" is missing"},
        {"{" TIME ",\"connection\":1,\"ending\":\"bored\"}\n", "\"ending\" is none"},
        {"{" TIME ",\"connection\":-1,\"ending\":\"by-plan\"}\n",
         "1: \"connection\" is not a number from 0"},
        {"{\"connection\":1,\"ending\":\"by-plan\"}\n", "\"time\" is not like"},
        {"{\"time\":\"2026-13-21T08:00:00.123456Z\",\"connection\":1,"
         "\"ending\":\"by-plan\"}\n",
         "\"time\" is not like"},
        {X "\"seq\":\"1\"}\n", "\"seq\" is not a number"},
        {X "\"seq\":1.5}\n", "\"seq\" is not a number"},
        {X "\"client\":1}\n", "\"client\" is not a string of octets"},
        {X "\"client\":\"\\u0100\"}\n", "\"client\" is not a string of octets"},
        {X "\"rule_index\":4294967296}\n", "\"rule_index\" is not a number from 0 to"},
        {X "\"request\":{\"version\":\"1.x\"}}\n", "\"request.version\" is not digit"},
        {X "\"request\":{\"digest\":\"xyz\"}}\n", "\"request.digest\" is not"},
        {X "\"request\":{\"digest\":\"00000000000000000\"}}\n", "\"request.digest\""},
        {X "\"request\":{\"version\":\"1.1\",\"fields\":1}}\n",
         "\"request.fields\" is not"},
        {X "\"request\":{\"version\":\"1.1\",\"fields\":[[\"a\"]]}}\n",
         "\"request.fields\""},
        {X "\"response\":{\"status\":1000}}\n", "\"response.status\" is neither"},
        {X "\"response\":{\"interim\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}}\n",
         "\"response.interim\" is longer than 16"},
        {X "\"response\":{\"interim\":[null]}}\n", "\"response.interim\" is not"},
        {X "\"response\":{\"head\":[]}}\n", "\"response.head\" is not"},
        {X "\"plan\":{}}\n", "\"plan\" is not a list"},
        {X "\"plan\":[1]}\n", "\"plan\" is not a list of texts"},
        {X "\"intents\":[{}]}\n", "\"intents\" is not a list of kind"},
        {X "\"sent\":[2,1]}\n", "\"sent\" is neither"},
        {X "\"upstream\":{\"reused\":1}}\n", "\"upstream.reused\" is neither"},
        {X "\"relayed\":[[1,2]]}\n", "\"relayed\" is not a list of names"},
    };
    struct page *p = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        records_clear(&p->back);
        p->why.text[0] = '\0';
        if (read_text(p, slice_of(rows[i].text)) ||
            strstr(p->why.text, rows[i].why) == NULL ||
            strstr(p->why.text, "run.jsonl:") != p->why.text)
            fail_msg("row %zu: %s", i, p->why.text);
    }
}

static void test_members_that_nobody_knows_are_passed_over(void **state)
{
    struct page *p = *state;

    assert_true(
        read_text(p, SLICE(X "\"mood\":{\"a\":[1,null]},\"request\":{\"b\":0}}\n")));
    assert_int_equal(p->back.n, 1);
    assert_int_equal(p->back.first->ending, ENDING_CLIENT_CLOSED);
}

static void test_an_empty_journal_is_one(void **state)
{
    struct page *p = *state;

    assert_true(read_text(p, SLICE("")));
    assert_true(read_text(p, SLICE("\n\n")));
    assert_int_equal(p->back.n + p->back.dropped, 0);
}

/* ADM-07: the disk was full, or the writer was killed. */
static void test_ADM_07_torn_lines_are_dropped(void **state)
{
    struct page *p = *state;

    assert_true(read_text(p, SLICE(GOOD "{\"time\":\"2026-11\n" GOOD "{\"a\":tr")));
    assert_int_equal(p->back.n, 2);
    assert_int_equal(p->back.dropped, 2);
}

/* The last line is one without its LF, too. */
static void test_the_last_line_may_end_with_the_file(void **state)
{
    struct page *p = *state;

    assert_true(read_text(p, SLICE(GOOD "{" END "}")));
    assert_int_equal(p->back.n, 2);
    assert_int_equal(p->back.dropped, 0);
}

/* Journals from before there was "run_us" have only the wall to go by. */
static void test_without_run_us_the_wall_tells(void **state)
{
    struct page *p = *state;

    assert_true(read_text(
        p, SLICE("{\"time\":\"2026-11-21T08:00:00.123456Z\",\"connection\":1,"
                 "\"ending\":\"by-plan\"}\n{\"time\":\"2026-11-21T08:00:01.123459Z\","
                 "\"connection\":1,\"exchange\":1,\"times\":{\"end_us\":5},"
                 "\"ending\":\"by-plan\"}\n")));
    assert_int_equal(p->back.last->began_us, 1000003);
    assert_int_equal(p->back.last->end_us, 1000008);
}

static void test_lines_have_a_limit(void **state)
{
    static char text[(4 << 20) + 2];
    struct page *p = *state;

    memset(text, ' ', sizeof(text));
    memcpy(text, GOOD, strlen(GOOD) - 1);
    text[4 << 20] = '\n';
    assert_true(read_text(p, (struct slice){text, (4 << 20) + 1}));
    text[4 << 20] = ' ';
    text[(4 << 20) + 1] = '\n';
    assert_false(read_text(p, (struct slice){text, sizeof(text)}));
    assert_string_equal(p->why.text, "run.jsonl:1: longer than 4 MiB");
    memset(text, '\n', sizeof(text));
    assert_true(read_text(p, (struct slice){text, 1000000}));
    assert_false(read_text(p, (struct slice){text, 1000001}));
    assert_string_equal(p->why.text, "run.jsonl:1000001: more than 1000000 lines");
}

static void test_a_folder_cannot_be_read(void **state)
{
    struct page *p = *state;
    FILE *in = fopen("/", "r");

    assert_non_null(in);
    assert_false(records_read(&p->back, in, "/", &p->why));
    assert_string_equal(p->why.text, "/:1: cannot be read");
    fclose(in);
}

static void test_MEM_04_want_of_memory_is_a_complaint(void **state)
{
    struct page *p = *state;
    bool ok = false;

    for (uint64_t nth = 1; !ok && nth < 50; nth++) {
        records_clear(&p->back);
        mem_fail(nth, false);
        ok = read_text(p, SLICE(GOOD X "\"plan\":[\"a\"],\"request\":{\"version\":\"1.1\","
                                       "\"fields\":[[\"a\",\"b\"]]}}\n"));
        mem_fail(0, false);
        if (!ok)
            assert_non_null(strstr(p->why.text, "out of memory"));
    }
    assert_true(ok);
    assert_int_equal(p->back.n, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_plain_exchange_comes_back),
        TEST(test_all_that_is_known_comes_back),
        TEST(test_every_ending_comes_back),
        TEST(test_the_end_of_a_connection_comes_back),
        TEST(test_no_request_and_no_answer_come_back),
        TEST(test_every_octet_comes_back),
        TEST(test_many_come_back_and_the_oldest_go),
        TEST(test_what_was_redacted_is_known),
        TEST(test_secrets_that_were_told_come_back),
        TEST(test_complaints_have_a_place),
        TEST(test_members_that_nobody_knows_are_passed_over),
        TEST(test_an_empty_journal_is_one),
        TEST(test_ADM_07_torn_lines_are_dropped),
        TEST(test_the_last_line_may_end_with_the_file),
        TEST(test_without_run_us_the_wall_tells),
        TEST(test_lines_have_a_limit),
        TEST(test_a_folder_cannot_be_read),
        TEST(test_MEM_04_want_of_memory_is_a_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
