/* SPDX-License-Identifier: MIT */
#include "naysay/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- an entry to keep, whose octets go away when it is kept ---- */

struct page {
    struct arena arena;
    struct plan plan;
    struct http_request request;
    struct http_response response;
    struct http_field fields[8], relayed_field;
    struct http_fields relayed;
    const char *faults[2];
    struct told told[2];
    struct entry entry;
    struct records records;
    char octets[1024]; /* all of them */
    size_t used;
};

static struct slice put(struct page *p, struct slice s)
{
    char *at = p->octets + p->used;

    assert_true(s.len <= sizeof(p->octets) - p->used);
    memcpy(at, s.at, s.len);
    p->used += s.len;
    return (struct slice){at, s.len};
}

static void make_request(struct page *p)
{
    struct h1_fault fault;
    struct slice head = put(p, SLICE("POST /a?b HTTP/1.1\r\nHost: a\r\nX:  y\r\n"
                                     "Content-Length: 3\r\n\r\n"));

    p->request.fields = (struct http_fields){p->fields, 0, COUNT(p->fields)};
    assert_int_equal(
        h1_parse_request(head.at, head.len, 0, &limits_default, 0, &p->request, &fault),
        head.len);
    p->entry.request = &p->request;
    p->entry.request_head = head;
    p->entry.request_body = 3;
    p->entry.request_sample = put(p, SLICE("abc"));
    p->entry.request_digest = digest_add(0, SLICE("abc"));
}

static void make_plan(struct page *p)
{
    plan_init(&p->plan, &p->arena);
    p->plan.rule = put(p, SLICE("down"));
    p->plan.rule_index = 2;
    p->plan.match = 5;
    plan_add_head(&p->plan, 503, SLICE("No"), 0);
    plan_add_raw(&p->plan, SLICE("12"), put(p, SLICE("one\nline")));
    plan_add_body(&p->plan, SLICE("12345"));
    plan_add_raw(&p->plan, SLICE("345"), SLICE("two"));
    plan_add_end(&p->plan, END_KEEP);
    p->entry.plan = &p->plan;
    static const struct octets ranges[] = {{110, 112}, {112, 115}};
    for (const struct step *at = p->plan.first; at != NULL; at = at->next)
        if (at->kind == STEP_RAW) {
            p->told[p->entry.n_told] =
                (struct told){&at->raw.intent, ranges[p->entry.n_told]};
            p->entry.n_told++;
        }
    p->entry.told = p->told;
}

static void make_entry(struct page *p)
{
    p->entry = (struct entry){.seq = 9,
                              .wall_us = 1795248000123456,
                              .connection = 7,
                              .exchange = 2,
                              .client = put(p, SLICE("127.0.0.1:50514")),
                              .run_us = 1000,
                              .interim = {103, 102},
                              .n_interim = 2,
                              .response_body = 5,
                              .sent = {100, 115},
                              .inside = put(p, SLICE("b:443")),
                              .upstream = put(p, SLICE("[::1]:80")),
                              .reused = true,
                              .first_us = 12,
                              .end_us = 34,
                              .ending = ENDING_BY_PLAN};
    p->response.status = 503;
    p->entry.response = &p->response;
    p->entry.head = put(p, SLICE("HTTP/1.1 503 No\r\nA: b\r\n\r\n"));
    p->entry.response_sample = put(p, SLICE("12345"));
    p->relayed_field = (struct http_field){put(p, SLICE("Via")), put(p, SLICE("x")), 0};
    p->relayed = (struct http_fields){&p->relayed_field, 1, 1};
    p->entry.relayed = &p->relayed;
    p->faults[0] = "cut";
    p->faults[1] = "drip";
    p->entry.faults = p->faults;
    p->entry.n_faults = 2;
}

static int begin(void **state)
{
    static struct page p;

    memset(&p, 0, sizeof(p));
    arena_init(&p.arena, NULL);
    make_entry(&p);
    make_request(&p);
    make_plan(&p);
    records_init(&p.records, 100);
    *state = &p;
    return 0;
}

static int end(void **state)
{
    struct page *p = *state;

    records_clear(&p->records);
    arena_clear(&p->arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void must_be(struct slice got, const char *want)
{
    if (!slice_is(got, slice_of(want)))
        fail_msg("%.*s is not %s", SLICE_ARGS(got), want);
}

/* ---- what a record says ---- */

static void test_a_record_is_a_copy(void **state)
{
    struct page *p = *state;
    const struct record *r;

    records_add(&p->records, &p->entry);
    memset(p->octets, 'z', sizeof(p->octets));
    r = p->records.first;
    must_be(r->rule_name, "down");
    must_be(r->client, "127.0.0.1:50514");
    must_be(r->method, "POST");
    must_be(r->target, "/a?b");
    must_be(r->request_head,
            "POST /a?b HTTP/1.1\r\nHost: a\r\nX:  y\r\nContent-Length: 3\r\n\r\n");
    must_be(r->request_sample, "abc");
    must_be(r->response_head, "HTTP/1.1 503 No\r\nA: b\r\n\r\n");
    must_be(r->response_sample, "12345");
    must_be(r->relayed, "Via: x\r\n");
    must_be(r->upstream, "[::1]:80");
    must_be(r->inside, "b:443");
    must_be(r->plan, "head 503; raw 2; body 5; raw 3; end keep");
    must_be(r->faults, "cut drip");
    must_be(r->intents, "raw 110-112 one line\nraw 112-115 two");
}

static void test_a_record_has_the_numbers(void **state)
{
    struct page *p = *state;
    const struct record *r;

    records_add(&p->records, &p->entry);
    r = p->records.first;
    assert_int_equal(r->seq, 9);
    assert_int_equal(r->connection, 7);
    assert_int_equal(r->exchange, 2);
    assert_int_equal(r->rule, 2);
    assert_int_equal(r->match, 5);
    assert_int_equal(r->wall_us, 1795248000123456);
    assert_int_equal(r->began_us, 1000);
    assert_int_equal(r->first_us, 1012);
    assert_int_equal(r->end_us, 1034);
    assert_true(r->major == 1 && r->minor == 1);
    assert_int_equal(r->request_body, 3);
    assert_int_equal(r->request_digest, digest_add(0, SLICE("abc")));
    assert_int_equal(r->status, 503);
    assert_int_equal(r->n_interim, 2);
    assert_true(r->interim[0] == 103 && r->interim[1] == 102);
    assert_int_equal(r->response_body, 5);
    assert_true(r->sent.from == 100 && r->sent.to == 115);
    assert_int_equal(r->ending, ENDING_BY_PLAN);
    assert_true(r->is_reused_upstream && !r->is_redacted);
    assert_int_equal(p->records.began_wall_us, 1795248000122456);
}

static void test_without_request_or_answer(void **state)
{
    struct page *p = *state;
    const struct record *r;

    p->entry.request = NULL;
    p->entry.request_head = SLICE("\x16\x03\x01");
    p->entry.response = NULL;
    p->entry.sent = (struct octets){100, 100};
    p->entry.first_us = 0;
    p->entry.relayed = NULL;
    p->entry.n_faults = p->entry.n_told = 0;
    records_add(&p->records, &p->entry);
    r = p->records.first;
    assert_true(r->method.len == 0 && r->target.len == 0 && r->major == 0);
    must_be(r->request_head, "\x16\x03\x01");
    assert_true(r->status == 0 && r->response_head.len == 0 && r->first_us == 0);
    assert_true(r->relayed.len == 0 && r->faults.len == 0 && r->intents.len == 0);
    assert_int_equal(p->records.exchanges, 0);
}

static void test_the_end_of_a_connection(void **state)
{
    struct page *p = *state;
    struct entry e = {.wall_us = 1795248000123456,
                      .connection = 7,
                      .client = SLICE("a"),
                      .run_us = 50,
                      .exchanges = 3,
                      .sent = {0, 1000},
                      .received = 500,
                      .ending = ENDING_CLIENT_CLOSED};
    const struct record *r;

    records_add(&p->records, &e);
    r = p->records.first;
    assert_true(r->seq == 0 && r->exchange == 0 && r->first_us == 0);
    assert_true(r->began_us == 50 && r->end_us == 50);
    assert_true(r->sent.to == 1000 && r->received == 500);
    assert_int_equal(r->ending, ENDING_CLIENT_CLOSED);
    assert_int_equal(p->records.exchanges, 0);
}

/* An answer in the moment the run began was an answer. */
static void test_the_first_octet_is_never_at_zero(void **state)
{
    struct page *p = *state;

    p->entry.run_us = p->entry.first_us = 0;
    records_add(&p->records, &p->entry);
    assert_int_equal(p->records.first->first_us, 1);
}

/* ---- how many are kept ---- */

static void add_many(struct page *p, unsigned n)
{
    for (unsigned i = 1; i <= n; i++) {
        p->entry.seq = i;
        records_add(&p->records, &p->entry);
    }
}

/* Each in its place: from the first to the last by `next`. */
static void must_hold(const struct records *r, uint64_t from, uint64_t to)
{
    uint64_t seq = from;

    for (const struct record *at = r->first; at != NULL; at = at->next) {
        assert_int_equal(at->seq, seq++);
        must_be(at->client, "127.0.0.1:50514");
        if (at->next == NULL)
            assert_ptr_equal(at, r->last);
    }
    assert_int_equal(seq, to + 1);
    assert_int_equal(r->n, to + 1 - from);
}

static void test_the_oldest_go(void **state)
{
    struct page *p = *state;

    add_many(p, 100);
    must_hold(&p->records, 1, 100);
    assert_int_equal(p->records.dropped, 0);
    add_many(p, 250);
    must_hold(&p->records, 151, 250);
    assert_int_equal(p->records.dropped, 250);
    assert_int_equal(p->records.exchanges, 350);
}

/* A block is used again where the new record fits, and given back where it does not. */
static void test_the_oldest_differ_in_size(void **state)
{
    struct page *p = *state;
    static char big[64 << 10];

    p->records.most = 3;
    for (unsigned i = 1; i <= 200; i++) {
        p->entry.seq = i;
        p->entry.response_sample = (struct slice){big, i * 7919 % sizeof(big)};
        records_add(&p->records, &p->entry);
    }
    must_hold(&p->records, 198, 200);
}

static void test_octets_have_a_bound(void **state)
{
    struct page *p = *state;

    p->records.most_octets = 100 << 10;
    add_many(p, 1000);
    assert_true(p->records.octets <= 100 << 10);
    assert_true(p->records.n >= 50 && p->records.n <= 100);
    must_hold(&p->records, 1001 - p->records.n, 1000);
    p->records.most_octets = 1; /* one is kept, whatever it takes */
    add_many(p, 10);
    must_hold(&p->records, 10, 10);
}

static void test_none_are_kept(void **state)
{
    struct page *p = *state;

    p->records.most = 0;
    add_many(p, 3);
    assert_true(p->records.n == 0 && p->records.first == NULL && p->records.last == NULL);
    assert_int_equal(p->records.dropped, 3);
    assert_int_equal(p->records.exchanges, 3);
}

static void test_cleared_records_can_be_used_again(void **state)
{
    struct page *p = *state;

    add_many(p, 3);
    records_clear(&p->records);
    assert_true(p->records.n == 0 && p->records.octets == 0 && p->records.most == 100);
    add_many(p, 2);
    must_hold(&p->records, 1, 2);
}

static void test_MEM_04_what_memory_cannot_hold_is_counted(void **state)
{
    struct page *p = *state;

    p->records.most = 4;
    for (unsigned nth = 1; nth <= 4; nth++) {
        records_clear(&p->records);
        mem_fail(nth, false);
        add_many(p, 6);
        mem_fail(0, false);
        assert_int_equal(p->records.n + p->records.dropped, 6);
        assert_true(p->records.n <= 4);
    }
}

/* ---- fields of heads ---- */

static void test_fields_are_found(void **state)
{
    static const char head[] = "GET /a:b HTTP/1.1\r\nHost: a\r\nX:1\r\nx:\t 2 \t\r\nX: \r\n"
                               "Fold: a\r\n b\r\n\tc \r\nno colon\r\nno token : x\r\n"
                               "Bare: lf\n: nameless\r\nNul: a\001b\r\n\r\nX: body\r\n";
    static const struct {
        const char *name;
        uint32_t nth;
        const char *value; /* NULL: none */
    } rows[] = {
        {"host", 0, "a"},
        {"HOST", 1, NULL},
        {"X", 0, "1"},
        {"X", 1, "2"},
        {"x", 2, ""},
        {"x", 3, NULL},
        {"Fold", 0, "a\r\n b\r\n\tc"},
        {"Bare", 0, "lf"},
        {"Nul", 0, "a\001b"},
        {"no token ", 0, NULL},
        {"no token", 0, NULL},
        {"", 0, NULL},
        {"GET /a", 0, NULL},
        {"a", 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice value =
            record_field(slice_of(head), slice_of(rows[i].name), rows[i].nth);
        if (rows[i].value == NULL)
            assert_null(value.at);
        else
            must_be(value, rows[i].value);
    }
}

static void test_heads_may_be_anything(void **state)
{
    static const char *const heads[] = {
        "",      "\r\n", "\n", "a",  "a:",    "a:\r", "a:\n ",
        "a:b\r", ":",    " :", "\r", "a\n b", "a: b", "A: b\r\n"};
    static const int fields[] = {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1};

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        size_t len = strlen(heads[i]);
        char *exact = malloc(len + (len == 0)); /* so that a step outside is seen */
        struct slice rest = {exact, len}, name, value;
        int n = 0;
        memcpy(exact, heads[i], len);
        while (record_next_field(&rest, &name, &value))
            n++;
        assert_int_equal(n, fields[i]);
        assert_false(record_next_field(&rest, &name, &value));
        free(exact);
    }
    assert_null(record_field(NO_SLICE, SLICE("a"), 0).at);
}

/* ---- digests ---- */

static void test_digests_do_not_depend_on_the_pieces(void **state)
{
    char octets[64];

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (char)(i * 167 + 250);
    for (size_t len = 0; len <= sizeof(octets); len++) {
        uint64_t want = digest_add(0, (struct slice){octets, len}), singly = 0;
        for (size_t cut = 0; cut <= len; cut++) {
            uint64_t got = digest_add(0, (struct slice){octets, cut});
            got = digest_add(got, (struct slice){octets + cut, len - cut});
            assert_int_equal(got, want);
        }
        for (size_t i = 0; i < len; i++)
            singly = digest_add(singly, (struct slice){octets + i, 1});
        assert_int_equal(singly, want);
        assert_true((want == 0) == (len == 0));
    }
}

static void test_digests_tell_apart(void **state)
{
    static const struct {
        struct slice a, b;
    } rows[] = {
        {SLICE("a"), SLICE("b")},         {SLICE("a"), SLICE("aa")},
        {SLICE("\0"), SLICE("\0\0")},     {SLICE("\0a"), SLICE("a")},
        {SLICE("ab"), SLICE("ba")},       {SLICE("a\0"), SLICE("a")},
        {SLICE("\xff"), SLICE("\0\xff")}, {SLICE("12345678a"), SLICE("12345678b")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_not_equal(digest_add(0, rows[i].a), digest_add(0, rows[i].b));
    assert_int_equal(digest_add(0, NO_SLICE), 0);
    assert_int_equal(digest_add(5, NO_SLICE), 5);
}

/* Journals are compared by it: it is the same tomorrow. */
static void test_a_digest_is_for_good(void **state)
{
    (void)state;
    assert_true(digest_add(0, SLICE("a")) == 'a' + 1);
    assert_true(digest_add(0, SLICE("{\"paid\":true}")) == UINT64_C(0x06315208515c433d));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_record_is_a_copy),
        TEST(test_a_record_has_the_numbers),
        TEST(test_without_request_or_answer),
        TEST(test_the_end_of_a_connection),
        TEST(test_the_first_octet_is_never_at_zero),
        TEST(test_the_oldest_go),
        TEST(test_the_oldest_differ_in_size),
        TEST(test_octets_have_a_bound),
        TEST(test_none_are_kept),
        TEST(test_cleared_records_can_be_used_again),
        TEST(test_MEM_04_what_memory_cannot_hold_is_counted),
        cmocka_unit_test(test_fields_are_found),
        cmocka_unit_test(test_heads_may_be_anything),
        cmocka_unit_test(test_digests_do_not_depend_on_the_pieces),
        cmocka_unit_test(test_digests_tell_apart),
        cmocka_unit_test(test_a_digest_is_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
